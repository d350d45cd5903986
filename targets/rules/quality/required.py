"""What a declaration must contain (domain rules §2.2.1, from 财预〔2021〕101号)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from core.money import wan_text
from core.rulebook import Rulebook
from core.rulebook.parts import Weights
from core.rulebook.terms import Level
from targets.rules.findings import LEVELS, ZERO, Finding, Mend
from targets.rules.quality.names import PERCENT, ends_at_hundred
from targets.rules.quality.subject import Subject, change

CENT = Decimal("0.01")


def goal_written(subject: Subject) -> Iterator[Finding]:
    """G-13."""
    if not subject.annual_goal.strip():
        yield subject.whole("没有填写年度总体目标，请填写后再报送。", short="年度总体目标未填", field="annual_goal")


def schedule_written(subject: Subject) -> Iterator[Finding]:
    """The other half of G-13: the work in steps, each of which has its begin and its end."""
    if subject.steps == 0:
        yield subject.whole("没有填写实施进度计划，请写明每一步的内容和起止日期。", short="实施进度计划未填")


def overall_goal_written(subject: Subject) -> Iterator[Finding]:
    """A project of several years says where it leads (domain rules §3.3)."""
    first, last = subject.years
    if first < last and not subject.overall_goal.strip():
        yield subject.whole(
            f"的项目从 {first} 年做到 {last} 年，没有填写总体（中长期）目标，请写明到 {last} 年达到什么状态。",
            short="总体（中长期）目标未填", field="overall_goal",
        )


def required_levels(subject: Subject) -> Iterator[Finding]:
    """G-1: at least one output and one benefit indicator."""
    present = {each.level1 for each in subject.indicators}
    for level in (Level.OUTPUT, Level.BENEFIT):
        if level not in present:
            yield subject.whole(f"没有{level.label}，请至少填写一条。", short=f"缺少{level.label}")


def cost_present(subject: Subject) -> Iterator[Finding]:
    """G-2: capital works, big repair and big purchase have a cost indicator, where the rule set has such a level."""
    word = next((word for word in subject.rule.cost_projects if word in subject.project_name), "")
    has_cost = any(each.level1 == Level.COST for each in subject.indicators)
    if subject.indicators and word and subject.has_cost_level and not has_cost:
        yield subject.whole(
            f"属于“{word}”类项目，没有成本指标，请至少填写一条，例如单位造价或采购单价。", short="工程、购置类项目缺少成本指标"
        )


def quantity_and_quality(subject: Subject) -> Iterator[Finding]:
    """G-3: outputs in principle have both."""
    level2 = {each.level2 for each in subject.indicators}
    for wanted, label in (("quantity", "数量指标"), ("quality", "质量指标")):
        if subject.indicators and wanted not in level2:
            yield subject.whole(f"的产出指标没有{label}，原则上数量和质量都要设置，请补充或说明理由。", short=f"没有{label}")


def weights_by_level(indicators: Sequence, book: Rulebook) -> dict[Level, Decimal]:
    """Points of each first level that has points of its own, those that the rule set counts in it included."""
    counted = _counted(book)
    return {
        level: sum((each.weight for each in indicators if counted.get(each.level1) is level), ZERO)
        for level in LEVELS if counted[level] is level
    }


def _counted(book: Rulebook) -> dict[Level, Level]:
    """Each first level and the one whose points it shares."""
    return {level: book.weights.counted_as(level) for level in LEVELS}


def weight_template(book: Rulebook, given: Mapping[Level, Decimal]) -> Weights:
    """The rule set's template for the levels that have points."""
    return book.weights.template(
        has_cost=given.get(Level.COST, ZERO) > 0, has_satisfaction=given.get(Level.SATISFACTION, ZERO) > 0
    )


def weights_due(subject: Subject) -> Iterator[Finding]:
    """G-5 and G-4: weights of each level 1 add up to the rule set's template; the execution rate joins later."""
    given = weights_by_level(subject.indicators, subject.book)
    template = weight_template(subject.book, given)
    for level, points in given.items():
        due = template.of(level)
        if points != due:
            yield subject.whole(
                f"的{level.label}权重合计 {points} 分，规定为 {due} 分，请调整该类指标的权重。",
                short=f"{level.label}权重合计 {points} 分，应为 {due} 分",
                mend=_rescaled(subject, level, points, due),
            )


def _rescaled(subject: Subject, level: Level, given: Decimal, due: Decimal) -> Mend | None:
    """Every weight in proportion; what rounding leaves goes to the last."""
    counted = _counted(subject.book)
    rows = [(row, each) for row, each in subject.rows() if counted.get(each.level1) is level]
    if not given or not due:
        return None
    weights = {row: (each.weight * due / given).quantize(CENT, ROUND_HALF_UP) for row, each in rows}
    weights[rows[-1][0]] += due - sum(weights.values(), ZERO)
    return Mend(f"按比例调为 {due} 分", lines={row: {"weight": weight} for row, weight in weights.items()})


def levels_agree(subject: Subject) -> Iterator[Finding]:
    for row, each in subject.rows():
        wanted = each.level1_due
        if wanted != each.level1:
            label = Level(wanted).label if wanted else ""
            yield subject.cell(
                row, "level2", f"的二级指标不属于{Level(each.level1).label}，请改正一级或二级指标。",
                short="二级指标与一级指标不符", mend=change(row, f"归入{label}", level1=wanted) if wanted else None,
            )


def measurable(subject: Subject) -> Iterator[Finding]:
    """G-6: a name and a weight; operator, number and unit when quantitative, a text when qualitative."""
    for row, each in subject.rows():
        if not each.name.strip():
            yield Finding(
                "", f"{subject.title}第 {row} 行没有三级指标名称，请填写或删除该行。",
                row=row, field="name", short="三级指标未填",
            )
        if each.weight <= 0:
            yield subject.cell(
                row, "weight", f"的权重是 {each.weight} 分，请填写大于 0 的分值或删除该行。", short="权重未填"
            )
        yield from _missing(subject, row, each)


def _missing(subject: Subject, row: int, each) -> Iterator[Finding]:
    if each.value_type == "qualitative":
        if not each.target_text.strip():
            yield subject.cell(row, "value", "是定性指标，请写明预期达到的状态。", short="预期状态未填")
        return
    lacking = {
        "operator": "" if each.operator else "性质",
        "value": "" if each.target_value is not None else "指标值",
        "unit_of_measure": "" if each.unit_of_measure.strip() else "计量单位",
    }
    words = "、".join(word for word in lacking.values() if word)
    if words:
        yield subject.cell(
            row, next(name for name, word in lacking.items() if word),
            f"是定量指标，还缺{words}，请填全指标性质、指标值和计量单位。", short=f"{words}未填",
            mend=_filled(subject, row, each, lacking),
        )


def _filled(subject: Subject, row: int, each, lacking: Mapping[str, str]) -> Mend | None:
    """Operator and unit as last year, the unit of a share as %; a missing value is for people to find."""
    if lacking["value"]:
        return None
    before = subject.evidence.before(each)
    share = PERCENT if ends_at_hundred(each.name) else ""
    known = {
        "operator": before.operator if before else "",
        "unit_of_measure": (before.unit_of_measure if before else "") or share,
    }
    values = {name: known[name] for name in known if lacking[name]}
    if not all(values.values()):
        return None
    signs = {"operator": before.operator_sign if before else "", "unit_of_measure": known["unit_of_measure"]}
    return change(row, "填上" + "、".join(f"“{signs[name]}”" for name in values), **values)


def binding(subject: Subject) -> Iterator[Finding]:
    """G-7: a target that any result reaches."""
    for row, each in subject.measured():
        always = each.operator in (">=", ">") and each.target_value <= 0
        never_over = each.operator == "<=" and each.unit_of_measure == PERCENT and each.target_value >= 100
        if always or never_over and ends_at_hundred(each.name):
            unit = PERCENT if never_over else ""
            shown = f"{each.operator_sign}{each.number_shown}{unit}"
            yield subject.cell(
                row, "value", f"的指标值为 {shown}，怎样完成都得满分，请改为有约束力的值。",
                short=f"指标值 {shown} 没有约束力",
            )


def funds_agree(subject: Subject) -> Iterator[Finding]:
    """G-9: the fund sources of the year add up to the requested amount."""
    if subject.sources_total != subject.requested:
        total = wan_text(subject.sources_total)
        yield subject.whole(
            f"各资金来源合计 {total} 万元，与申请数 {wan_text(subject.requested)} 万元不一致，请核对资金。",
            short=f"资金来源合计 {total} 万元，与申请数不一致",
        )


def number_of_indicators(subject: Subject) -> Iterator[Finding]:
    count, rule = len(subject.indicators), subject.rule
    if 0 < count < rule.fewest:
        yield subject.whole(f"只有 {count} 条指标，一般不少于 {rule.fewest} 条，请补充。", short=f"只有 {count} 条指标")
    elif count > rule.most:
        yield subject.whole(
            f"有 {count} 条指标，一般不超过 {rule.most} 条，请保留能反映核心任务的指标。", short=f"指标多达 {count} 条"
        )
