"""年度指标值: can it be measured, and only in one way?"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from core.layout import plain
from core.notation import direction_of, read_target
from core.notation.units import converted
from core.official.checking.findings import Finding, Severity, found
from core.official.checking.proposals import level_of
from core.official.filled import FilledForm, FilledIndicator
from core.rulebook.terms import Level
from core.scoring.values import Direction, Kind, Op

VAGUE = (
    "明显", "显著", "有效", "进一步", "逐步", "不断", "大幅", "持续", "较好", "较大", "有所", "一定", "切实", "加强", "积极", "良好", "稳步",
    "充分",
)
_NUMBERED = {"数量指标", "成本指标", "经济成本指标"}
_NAMED_UNIT = re.compile(r"\((?:单位:)?[^()]*(?:%|元|个|人|次|米|亩|吨|天|年|月|件|项|户|台|辆|公里|处|平方|立方|小时)[^()]*\)")
_WITHOUT_OPERATOR = {Kind.NUMERIC, Kind.DURATION}
_WHOLE = Decimal(100)
_PRAISED = re.compile(
    r"(?:满意|合格|达标|完成|及时|准确|覆盖|到位|知晓|参与|出勤|通过|办结|成功|就业|入学|巩固|成活|完好|优良|普及|签约|落实|整改|利用|使用|完整|互认|达成|按期开展|保存|处置|见效)(?:率|度)$"
)
_SERVED = re.compile(r"(?:受益|服务|参观|培训|参与|带动|惠及|就业|覆盖|观众|访问).*(?:人次|人数|人口|户数|数量|量)$")
_HIGH_SHARE = Decimal(70)
_KEPT_LOW = re.compile(r"控制|负债|债务|占比|耗|杠杆|依存|占用|空置|变动|执行偏差")
_MAY_EXCEED = re.compile(r"增|提高|提升|上升|变动|超|利用|周转|回报|收益|负债|完成率|执行率|比例|倍")


def targets_are_measurable(form: FilledForm) -> Iterator[Finding]:
    if "target" not in form.columns and "adjusted_target" not in form.columns:
        return
    for each in form.indicators:
        yield from _presence(each)
        if not each.target.is_empty:
            conflicts = [*_unit_conflict(each, form), *_operator_conflict(each, form)]
            yield from conflicts
            yield from _quantity(each)
            yield from _operator(each, form)
            yield from _bounds(each)
            yield from () if conflicts else _doubts(each)
            yield from _year(each, form)


def _presence(each: FilledIndicator) -> Iterator[Finding]:
    at, written = each.cell("target"), each["target"].text
    if each.target.kind is Kind.BLANK:
        yield found("target_missing", at, f"{each.said}没有年度指标值，请填写。")
    elif each.target.kind is Kind.PLACEHOLDER:
        yield found("target_placeholder", at, f"{each.said}的年度指标值写的是“{written}”，只是占位，请填写真正的指标值。")
    elif each.target.kind is Kind.UNFILLED:
        yield found("target_without_number", at, f"{each.said}的年度指标值“{written}”里没有数字，请填写数字。")


def _quantity(each: FilledIndicator) -> Iterator[Finding]:
    target, at = each.target, each.cell("target")
    quantitative = plain(each["value_type"].text) == "定量"
    if target.kind is Kind.QUALITATIVE and (each.level2 in _NUMBERED or quantitative):
        severity = Severity.ERROR if quantitative else None
        yield found("target_not_quantified", at,
                    f"{each.said}是{each.level2 or '定量指标'}，指标值却是文字“{_short(target.cell)}”，请改为可以计量的数。",
                    severity=severity)
    elif target.kind is Kind.QUALITATIVE:
        word = next((word for word in VAGUE if word in target.cell), "")
        if word:
            yield found("target_vague", at,
                        f"{each.said}的指标值“{_short(target.cell)}”里的“{word}”无法核验，请写明数字、文件或状态。")
    if target.is_number and not target.unit and not _unit_is_named(each):
        yield found("target_unit_missing", at, f"{each.said}的指标值“{_short(target.cell)}”没有计量单位，请补填。")


def _unit_conflict(each: FilledIndicator, form: FilledForm) -> Iterator[Finding]:
    inner = read_target(each["target"].text, name=each.name, level2=each.level2, year=form.year)
    column = read_target("1", unit_col=each["unit"].text).unit
    if column and inner.is_number and inner.unit and converted(inner.unit, column) is None:
        yield found("unit_conflict", each.cell("unit"),
                    f"{each.said}的指标值写“{inner.unit}”，计量单位栏写“{column}”，请改成一致。")


def _operator_conflict(each: FilledIndicator, form: FilledForm) -> Iterator[Finding]:
    inner = read_target(each["target"].text, name="", year=form.year)
    if each["operator"] and inner.op and each.target.op and inner.op is not each.target.op:
        yield found("operator_conflict", each.cell("operator"),
                    f"{each.said}的指标性质是“{each['operator'].text}”，指标值里却写“{_short(each['target'].text)}”，"
                    f"请改成一致。")


def _unit_is_named(each: FilledIndicator) -> bool:
    return bool(_NAMED_UNIT.search(plain(each.name)))


def _operator(each: FilledIndicator, form: FilledForm) -> Iterator[Finding]:
    """G-6. A bare number beside its unit is usual; an office that has a column for the sign asks for it."""
    target = each.target
    has_column = "operator" in form.columns
    if target.kind not in _WITHOUT_OPERATOR or target.op or not (has_column or form.kind.declares):
        return
    if not _is_plainly_whole(each):
        yield found("operator_missing", each.cell("operator") if has_column else each.cell("target"),
                    f"{each.said}的指标值“{_short(each['target'].text)}”没有写明是≥、=还是≤，请补填指标性质。",
                    severity=Severity.ERROR if has_column else None)


def _is_plainly_whole(each: FilledIndicator) -> bool:
    """100% of a rate, and none at all (0起), can only be meant as equal."""
    value = each.target.values[0]
    return value == 0 or (each.target.unit == "%" and value == _WHOLE)


def _bounds(each: FilledIndicator) -> Iterator[Finding]:
    target, at, shown = each.target, each.cell("target"), _short(each["target"].text)
    if not target.is_number:
        return
    value, lower = target.values[0], target.op in {Op.AT_LEAST, Op.MORE}
    if value < 0:
        yield found("target_negative", at, f"{each.said}的指标值是负数 {value}，请改用正数表达，或注明允许负值。")
    elif lower and value == 0:
        yield found("target_never_missed", at, f"{each.said}的指标值“{shown}”怎样完成都得满分，请改为有约束力的值。")
    is_share = target.unit == "%"
    if is_share and lower and value == _WHOLE:
        yield found("rate_at_least_whole", at, f"{each.said}写成“{shown}”，比率不会超过 100%，请改为 =100%。")
    elif is_share and value > _WHOLE and not _MAY_EXCEED.search(each.name):
        yield found("rate_over_whole", at, f"{each.said}的指标值“{shown}”超过 100%，请核对。")


def _doubts(each: FilledIndicator) -> Iterator[Finding]:
    target = each.target
    notes = " ".join(target.notes)
    if _is_limited_praise(each) or _is_limited_count(each):
        yield found("operator_reversed", each.cell("operator" if each["operator"] else "target"),
                    f"{each.said}越高越好，指标值却写成“{target.op.label}{target.values[0]:f}{target.unit}”的上限，请核对算符。")
    elif target.alt is not None and target.alt.op is not target.op and target.alt.values == target.values:
        yield found("operator_reversed", each.cell("operator" if each["operator"] else "target"),
                    f"{each.said}：{notes}")
    elif target.ambiguous:
        yield found("target_ambiguous", each.cell("target"),
                    f"{each.said}的指标值“{_short(each['target'].text)}”：{notes}")


def _is_limited_praise(each: FilledIndicator) -> bool:
    """≤90% for a satisfaction or a rate that is wanted as high as possible."""
    target = each.target
    if not target.is_number or target.op not in {Op.AT_MOST, Op.LESS} or target.unit != "%":
        return False
    name, high = plain(each.name), _HIGH_SHARE <= target.values[0] < _WHOLE
    by_name = direction_of(replace(target, op=None), each.name, each.level2)[0]
    return bool(_PRAISED.search(name)) or bool(
        high and by_name is Direction.HIGHER and name.endswith(("率", "度")) and not _KEPT_LOW.search(name))


def _is_limited_count(each: FilledIndicator) -> bool:
    """≤18万人次 for the people a project serves."""
    target = each.target
    limited = target.is_number and target.op in {Op.AT_MOST, Op.LESS} and target.unit != "%"
    return limited and level_of(each.level1) is Level.BENEFIT and bool(_SERVED.search(plain(each.name)))


def _year(each: FilledIndicator, form: FilledForm) -> Iterator[Finding]:
    due = each.target.date
    if due and form.year and due.year != form.year and level_of(each.level1) is Level.OUTPUT:
        yield found("target_other_year", each.cell("target"),
                    f"{each.said}要求 {due.isoformat()} 前完成，不在 {form.year} 年度内，请核对年份。")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 30 else f"{text[:30]}…"
