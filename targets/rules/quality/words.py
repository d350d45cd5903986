"""Names, expected states and other texts of an indicator."""

import re
from collections.abc import Iterator

from core.notation.written import plain
from core.rulebook.terms import Level
from targets.rules.findings import Finding
from targets.rules.quality.names import is_waiting
from targets.rules.quality.subject import Subject, change

CATEGORIES = (
    "成本|产出|效益|满意度|经济成本|社会成本|生态环境成本|数量|质量|时效|经济效益|社会效益|生态效益|可持续影响|服务对象满意度"
)
_ONLY_CATEGORY = re.compile(rf"(?:{CATEGORIES})指标\d*|(?:产出|效益|数量|质量|时效|[经济社会生态]{{2}}效益|可持续影响)\d*")
_CATEGORY_FIRST = re.compile(
    rf"^[（(【\[]?(?:{CATEGORIES})(?:指标\d*[）)】\]]?[\s:：—\-、.]*|\d*[）)】\]:：—\-]+)"
)
_INDICATOR_LAST = re.compile(r"指标\d*$")
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_PLACEHOLDER = re.compile(r"[XxＸ×╳]{2,}|…+|\.{3,}|待定|待补充|待填写|另行确定|暂定|TBD|_{2,}|[?？]{2,}|\*{2,}|某某|□")
_INPUT = re.compile(
    r"(?:投入|支出|拨付|支付|到位|使用|安排|采购|项目|专项|财政|工作)(?:资金|经费|金额)(?:数|额|总额|规模|量|率|及时率|到位率|执行率)?$"
    r"|(?:资金|经费|金额)(?:投入|支出|拨付|支付|到位|使用|执行|安排)(?:数|额|量|率|及时率|进度|情况|总额)?$"
    r"|预算(?:执行|支出)(?:率|进度)|支付进度|支出进度|投入(?:人员|人力|人数|设备|车辆|资金|经费)|工作人员数|人员经费|采购经费"
    r"|(?:配备|聘用|招聘)(?:(?:工作|专职|兼职|窗口|管理|辅助|编外|临时|技术)+)?人员"
)
_NOT_INPUT = re.compile(r"节约|节省|撬动|带动|吸引|争取|社会资本|社会资金|追回|挽回|补贴|补助|救助|奖补")
_ON_TIME = re.compile(r"(?:及时率|按期[^率]*率|按时[^率]*率|如期[^率]*率|准时率)$")
_WRONG_PLACE = (
    ("timeliness", "时效指标", lambda name: is_waiting(name) or _ON_TIME.search(name)),
    ("quality", "质量指标", re.compile(r"(?:合格率|达标率|完好率|优良率|准确率|差错率)$").search),
    ("quantity", "数量指标", re.compile(r"(?:数量|人数|人次|次数|场次|户数|里程|面积|个数|座数|件数)$").search),
)
_BETWEEN = re.compile(r"[、；;/／]|以及|及(?![时格])|和(?!谐)|与")
_MEASURE = re.compile(
    r".(?:率|比例|比重|占比|满意度|数量|人数|人次|次数|户数|场次|件数|面积|里程|长度|时间|时限|金额|产量|产值|收入|成本)$"
)
_ACT = re.compile(
    r"(?:培训|购置|采购|建设|新建|改造|维修|开展|举办|完成|发放|资助|补助|制定|编制|印发|检查|清理|治理"
    r"|促进|推动|推进|带动|提高|提升|增加|增强|改善|完善|保障|减少|降低).{2}"
)
_EVENT = re.compile(r"(?:投诉|举报|事故|案件|纠纷)$")
_COST = re.compile(r"(?:成本|单价|造价)$")
_SAVED = re.compile(r"降低|下降|节约|节省|减少")


def no_placeholder(subject: Subject) -> Iterator[Finding]:
    for field, text in (("annual_goal", subject.annual_goal), ("overall_goal", subject.overall_goal)):
        found = _PLACEHOLDER.search(text)
        if found:
            yield subject.whole(
                f"的目标文字里还有“{found[0]}”，请填写实际内容。", short=f"目标文字还有“{found[0]}”", field=field
            )
    for row, each in subject.rows():
        cells = (
            ("name", each.name), ("value", each.target_text), ("unit_of_measure", each.unit_of_measure),
            ("scoring_standard", each.scoring_standard), ("explanation", each.explanation),
        )
        for field, text in cells:
            found = _PLACEHOLDER.search(text)
            if found:
                yield subject.cell(row, field, f"里还有“{found[0]}”，请填写实际内容。", short=f"还有“{found[0]}”没有填写")


def specific_name(subject: Subject) -> Iterator[Finding]:
    """G-10: the name repeats its category or mixes several measures."""
    for row, each in subject.rows():
        name = each.name.strip()
        if not name:
            continue
        if _ONLY_CATEGORY.fullmatch(name):
            yield subject.cell(row, "name", "只是类别名称，请改为一项具体的三级指标。", short="名称只是类别，不够具体")
        elif _CATEGORY_FIRST.match(name) or _INDICATOR_LAST.search(name):
            bare = _INDICATOR_LAST.sub("", _CATEGORY_FIRST.sub("", name)).strip()
            yield subject.cell(
                row, "name", "的名称重复了类别，请只写所考核的内容。", short="名称重复类别",
                mend=change(row, f"改为“{bare}”", name=bare) if bare else None,
            )
        elif _is_mixed(_BRACKETS.sub("", name)):
            yield subject.cell(row, "name", "合并了几项内容，无法分别考核，请拆成几条指标。", short="名称合并了几项内容")


def _is_mixed(name: str) -> bool:
    """Several measures in one name; several things counted by one measure (小麦、玉米播种面积) are one."""
    parts = _BETWEEN.split(name)
    if len(parts) == 1:
        return False
    measures = any(_MEASURE.search(part) for part in parts[:-1])
    acts = all(_ACT.match(part) for part in parts)
    return measures or acts or ";" in plain(name) or all(_EVENT.search(part) for part in parts)


def not_an_input(subject: Subject) -> Iterator[Finding]:
    """G-11: money, people or things put in are not what the project brings forth."""
    for row, each in subject.rows():
        put_in = _INPUT.search(plain(each.name)) and not _NOT_INPUT.search(each.name)
        if each.level1 in (Level.OUTPUT, Level.BENEFIT) and put_in:
            yield subject.cell(
                row, "name", "是投入，不是产出或效果，请改为这笔钱完成的工作或带来的变化。", short="把投入当作产出"
            )


def not_vague(subject: Subject) -> Iterator[Finding]:
    """An expected state that nobody can check: no figure, document or status in it."""
    for row, each in subject.rows():
        text = each.target_text.strip()
        if each.value_type != "qualitative" or not text:
            continue
        vague = next((word for word in subject.rule.vague_words if word in text), "")
        if text in subject.rule.empty_states:
            yield subject.cell(
                row, "value", f"只写“{text}”，看不出达到什么状态，请写明可核验的数字、文件或状态。",
                short=f"只写“{text}”，无法考核",
            )
        elif vague and not re.search(r"\d|《", text):
            yield subject.cell(
                row, "value", f"的“{text}”没有可核验的标志，请写明数字、文件或状态。",
                short=f"“{vague}”过于笼统，无法考核",
            )


def right_level(subject: Subject) -> Iterator[Finding]:
    """A name that belongs to another category; the mend moves it within its level 1 so that weights stay."""
    for row, each in subject.rows():
        name = plain(_BRACKETS.sub("", each.name))
        if each.level1 == Level.OUTPUT and each.level2 and not _is_mixed(name):
            yield from _other_output(subject, row, each, name)
        about = _other_level1(subject, each, name)
        if about:
            yield subject.cell(
                row, "level2", f"属于{about}，却列在{each.get_level2_display()}，请移到{about}并调整权重。",
                short=f"应列在{about}",
            )


def _other_output(subject: Subject, row: int, each, name: str) -> Iterator[Finding]:
    for level2, label, fits in _WRONG_PLACE:
        if fits(name):
            if each.level2 != level2:
                yield subject.cell(
                    row, "level2", f"属于{label}，却列在{each.get_level2_display()}，请改正。", short=f"应列在{label}",
                    mend=change(row, f"移到{label}", level2=level2),
                )
            return


def _other_level1(subject: Subject, each, name: str) -> str:
    joined = subject.book.weights.satisfaction_in_benefit and each.level1 == Level.BENEFIT
    if "满意" in name and each.level1 != Level.SATISFACTION and not joined:
        return Level.SATISFACTION.label
    costly = _COST.search(name) and not _SAVED.search(name)
    return Level.COST.label if costly and each.level1 != Level.COST and subject.has_cost_level else ""


def standard_given(subject: Subject) -> Iterator[Finding]:
    """G-12; the mend is the rule set's wording for the indicator's kind."""
    standards = subject.rule.standards
    for row, each in subject.rows():
        if not each.scoring_standard.strip():
            kind = {">=": "at_least", ">": "at_least", "<=": "at_most", "<": "at_most"}.get(each.operator, "equal")
            text = getattr(standards, "qualitative" if each.value_type == "qualitative" else kind)
            yield subject.cell(
                row, "scoring_standard", "没有评（扣）分标准，请写明怎样得分、怎样扣分。", short="评分标准未填",
                mend=change(row, "采用范本", scoring_standard=text),
            )


def explanation_given(subject: Subject) -> Iterator[Finding]:
    """G-12."""
    for row, each in subject.rows():
        if not each.explanation.strip():
            before = subject.evidence.before(each)
            text = before.explanation.strip() if before else ""
            yield subject.cell(
                row, "explanation", "没有指标解释，请写明统计口径和数据来源。", short="指标解释未填",
                mend=change(row, "采用上年的解释", explanation=text) if text else None,
            )
