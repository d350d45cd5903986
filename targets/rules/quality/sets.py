"""Indicators beside each other: the same one twice, fillers, weights."""

import re
from collections.abc import Iterator
from decimal import Decimal

from targets.rules.findings import Finding, Mend
from targets.rules.quality.names import PERCENT, core_of, gist, says_the_same, unit_of
from targets.rules.quality.subject import Subject, number_text

ENOUGH = 3
SAME_WEIGHTS_FROM = 6
_ANYBODY = re.compile(
    r"项目|工作|任务|工程|年度|全年|服务对象|服务|群众|公众|受益|社会|对象|人员|相关|各项|总体|整体|目标|计划|验收|质量|的"
)
_FILLER = re.compile(
    r"(?:按期|按时|及时|如期)?(?:完成|完工|合格|达标|达成|落实|实施|执行)?(?:及时|合格|完成)?(?:率|情况|程度)|满意度?|满意率"
)


def no_duplicate(subject: Subject) -> Iterator[Finding]:
    """The same name twice, blanks and punctuation apart."""
    first: dict[str, int] = {}
    for row, each in subject.rows():
        name = gist(each.name)
        if name in first:
            yield subject.cell(
                row, "name", f"与第 {first[name]} 行重复，请删除其中一行。", short=f"与第 {first[name]} 行重复",
                mend=_merged(subject, first[name], row),
            )
        elif name:
            first[name] = row


def no_twin(subject: Subject) -> Iterator[Finding]:
    """Two names of one thing with one unit: 改造桥梁数量 and 完成改造桥梁."""
    seen: list[tuple[int, str]] = []
    for row, each in subject.rows():
        core = core_of(each.name)
        earlier = next((number for number, known in seen if _twins(subject, number, row, known, core)), None)
        if earlier:
            other = subject.indicators[earlier - 1]
            yield subject.cell(
                row, "name", f"与第 {earlier} 行“{other.name}”考核的是同一内容，请删除其中一行，或改为不同的内容。",
                short=f"与“{other.name}”近似", mend=_merged(subject, earlier, row),
            )
        elif core:
            seen.append((row, core))


def _twins(subject: Subject, earlier: int, later: int, known: str, core: str) -> bool:
    one, two = subject.indicators[earlier - 1], subject.indicators[later - 1]
    if gist(one.name) == gist(two.name) or unit_of(one) != unit_of(two) or one.value_type != two.value_type:
        return False
    same_value = one.target_value is not None and (one.operator, one.target_value) == (two.operator, two.target_value)
    inside = same_value and unit_of(one) != PERCENT and (known in core or core in known)
    return says_the_same(known, core) or inside


def _merged(subject: Subject, kept: int, gone: int) -> Mend | None:
    """Take the second out and give its points to the first, when they are points of one level 1."""
    one, two = subject.indicators[kept - 1], subject.indicators[gone - 1]
    if one.level1 != two.level1:
        return None
    return Mend(
        f"删除第 {gone} 行，权重并入第 {kept} 行", drops=frozenset({gone}),
        lines={kept: {"weight": one.weight + two.weight}},
    )


def few_fillers(subject: Subject) -> Iterator[Finding]:
    """完成率, 合格率, 满意度 of nothing in particular fit every project and measure none."""
    names = [each.name for each in subject.indicators if _FILLER.fullmatch(_ANYBODY.sub("", gist(each.name)))]
    count = len(subject.indicators)
    if len(names) >= ENOUGH and Decimal(len(names)) / count > subject.rule.filler_share:
        listed = "、".join(names)
        yield subject.whole(
            f"的 {count} 条指标中有 {len(names)} 条是通用指标（{listed}），超过 {subject.rule.filler_share:.0%}，"
            "请换成反映本项目内容的指标。",
            short=f"{count} 条指标中 {len(names)} 条是通用指标",
        )


def weight_not_heavy(subject: Subject) -> Iterator[Finding]:
    limit = subject.rule.heaviest_weight
    for row, each in subject.rows():
        if each.weight > limit:
            yield subject.cell(
                row, "weight", f"的权重 {number_text(each.weight)} 分，超过单项 {number_text(limit)} 分，请拆分或分给其他指标。",
                short=f"权重 {number_text(each.weight)} 分偏大",
            )


def weights_differ(subject: Subject) -> Iterator[Finding]:
    weights = {each.weight for each in subject.indicators}
    if len(subject.indicators) >= SAME_WEIGHTS_FROM and len(weights) == 1:
        yield subject.whole(
            f"的 {len(subject.indicators)} 条指标权重都是 {number_text(weights.pop())} 分，请按重要程度分出轻重。",
            short="各指标权重都相同",
        )


def mostly_quantified(subject: Subject) -> Iterator[Finding]:
    count = len(subject.indicators)
    measured = sum(each.value_type == "quantitative" for each in subject.indicators)
    share = subject.rule.quantified_share
    if count and Decimal(measured) / count < share:
        yield subject.whole(
            f"的 {count} 条指标中定量的只有 {measured} 条，一般不低于 {share:.0%}，请把能用数字表示的改为定量指标。",
            short=f"{count} 条指标中只有 {measured} 条定量",
        )
