"""Operator, number and unit of an indicator against its name."""

import re
from collections.abc import Iterator
from decimal import Decimal

from core.money import wan_text
from core.notation import dates, read_target, units
from core.notation.written import plain
from core.rulebook.terms import Level
from core.scoring.values import Direction, Op
from targets.rules.findings import Finding
from targets.rules.quality.names import (
    HUNDRED,
    PERCENT,
    ends_at_hundred,
    is_share,
    is_whole_share,
    natural_direction,
    unit_of,
)
from targets.rules.quality.subject import Subject, change

AT_LEAST, AT_MOST = (">=", ">"), ("<=", "<")
FLIPPED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
SIGNS = {">=": "≥", ">": ">", "=": "=", "<=": "≤", "<": "<"}
YUAN_IN = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
_COUNTED = re.compile(r"(?:数量|人数|次数|户数|场次|里程|面积|个数|座数|件数|长度|吨数)$")
_NUMBER = re.compile(
    r"(?:≥|≤|>|<|=|不低于|不少于|不超过|不高于|不大于|不小于|大于等于|小于等于|大于|小于|超过|达到|高于|低于|控制在|保持在|稳定在|至少)?"
    r"(?:\d[\d,.]*(?:%|[^\d,。;、]{0,4})|百分之[零一二三四五六七八九十百点]+)(?:及?以上|及?以下|以内)?"
)
_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]")
_UPPER = re.compile(r"不超过|不高于|不大于|不多于|以内|控制在|≤")
_LOWER = re.compile(r"不低于|不少于|不小于|以上|≥")
_TITLES = re.compile(r"《[^》]*》|〔[^〕]*〕|\([^)]*\)|“[^”]*”")


def rate_sign(subject: Subject) -> Iterator[Finding]:
    """G-8."""
    for row, each in subject.measured():
        full = each.operator in AT_LEAST and each.target_value == HUNDRED
        if full and unit_of(each) == PERCENT and ends_at_hundred(each.name):
            yield subject.cell(
                row, "operator", f"写成 {each.operator_sign}100%，比率不会超过 100%，请改为 =100%。",
                short=f"“{each.operator_sign}100%”应写成“=100%”", mend=change(row, "改为 =100%", operator="="),
            )


def possible_rate(subject: Subject) -> Iterator[Finding]:
    for row, each in subject.measured():
        if unit_of(each) == PERCENT and each.target_value > HUNDRED and ends_at_hundred(each.name):
            shown = each.target_shown
            yield subject.cell(
                row, "value", f"的指标值 {shown} 超过 100%，这类比率最高 100%，请改为能够达到的值。",
                short=f"{shown} 超过 100%",
                mend=None if each.operator in AT_MOST else change(
                    row, "改为 =100%", operator="=", target_value=HUNDRED.quantize(Decimal("0.0001"))
                ),
            )


def whole_percent(subject: Subject) -> Iterator[Finding]:
    for row, each in subject.measured():
        if unit_of(each) == PERCENT and 0 < each.target_value <= 1 and is_whole_share(each.name):
            meant = (each.target_value * 100).quantize(Decimal("0.0001"))
            shown = f"{each.operator_sign}{meant.normalize():f}%"
            yield subject.cell(
                row, "value", f"的指标值是 {each.target_shown}，疑为以小数填写的百分数，请核对，应为 {shown} 的请改正。",
                short=f"{each.target_shown} 疑为 {shown}", mend=change(row, f"改为 {shown}", target_value=meant),
            )


def right_direction(subject: Subject) -> Iterator[Finding]:
    """A satisfaction of at most, an accident rate of at least: the sign is the wrong way round."""
    for row, each in subject.measured():
        natural, quantity = natural_direction(each, each.get_level2_display()), each.level2 == "quantity"
        sure = is_whole_share(each.name) or quantity
        harm = natural is Direction.LOWER and not quantity and each.operator in AT_LEAST
        good = natural is Direction.HIGHER and sure and each.operator in AT_MOST
        if harm or good:
            sign = SIGNS[FLIPPED[each.operator]]
            yield subject.cell(
                row, "operator", f"越{'小' if harm else '大'}越好，性质却填“{each.operator_sign}”，请改为“{sign}”。",
                short=f"性质“{each.operator_sign}”与指标方向相反",
                mend=change(row, f"改为“{sign}”", operator=FLIPPED[each.operator]),
            )


def sign_agrees(subject: Subject) -> Iterator[Finding]:
    """不超过 in the name beside ≥."""
    for row, each in subject.measured():
        upper, lower = _UPPER.search(plain(each.name)), _LOWER.search(plain(each.name))
        said = upper if each.operator in AT_LEAST else lower if each.operator in AT_MOST else None
        if said:
            sign = SIGNS[FLIPPED[each.operator]]
            yield subject.cell(
                row, "operator", f"的名称里写“{said[0]}”，性质却填“{each.operator_sign}”，请改为一致。",
                short=f"性质“{each.operator_sign}”与名称矛盾",
                mend=change(row, f"改为“{sign}”", operator=FLIPPED[each.operator]),
            )


def right_unit(subject: Subject) -> Iterator[Finding]:
    for row, each in subject.measured():
        unit = unit_of(each)
        if is_share(each.name) and unit not in (PERCENT, "‰", "分", "百分点", "个百分点"):
            yield subject.cell(
                row, "unit_of_measure", f"是比率，计量单位却是“{each.unit_of_measure}”，请改为“%”。",
                short=f"比率的单位填成“{each.unit_of_measure}”", mend=change(row, "单位改为“%”", unit_of_measure=PERCENT),
            )
        elif unit == PERCENT and _COUNTED.search(plain(each.name)):
            yield subject.cell(
                row, "unit_of_measure", "是数量，计量单位却是“%”，请填写实物单位，或改为比率指标。",
                short="数量的单位填成“%”",
            )
        elif units.mended(plain(each.unit_of_measure)):
            meant = units.mended(plain(each.unit_of_measure))
            yield subject.cell(
                row, "unit_of_measure", f"的计量单位“{each.unit_of_measure}”写法有误，请改为“{meant}”。",
                short=f"单位“{each.unit_of_measure}”写法有误", mend=change(row, f"单位改为“{meant}”", unit_of_measure=meant),
            )


def number_as_number(subject: Subject) -> Iterator[Finding]:
    """≥90% typed as an expected state: it can be measured."""
    for row, each in subject.rows():
        text = each.target_text.strip()
        if each.value_type != "qualitative" or not _NUMBER.fullmatch(plain(text)):
            continue
        reading = read_target(text, name=each.name, level2=each.get_level2_display(), year=subject.year)
        if not reading.is_number:
            continue
        op, value = (reading.op or Op.EQUAL).value, reading.values[0].quantize(Decimal("0.0001"))
        yield subject.cell(
            row, "value", f"填成定性指标，指标值“{text}”其实是数字，请改为定量指标。", short=f"“{text}”是数字，应为定量指标",
            mend=change(
                row, "改为定量指标", value_type="quantitative", operator=op, target_value=value, target_text="",
                unit_of_measure=reading.unit,
            ) if reading.unit and op in SIGNS else None,
        )


def within_year(subject: Subject) -> Iterator[Finding]:
    """A day outside of the fiscal year, or one that the calendar does not have."""
    for row, each in subject.rows():
        for field, cell, written in (("name", "name", each.name), ("target_text", "value", each.target_text)):
            text = _TITLES.sub("", plain(written))
            for month, day in _DAY.findall(text):
                if not dates.exists(int(month), int(day), subject.year):
                    yield subject.cell(
                        row, cell, f"的“{written}”里没有 {month}月{day}日 这一天，请核对日期。", short=f"“{written}”日期有误"
                    )
            yield from _outside(subject, row, field, cell, written, dates.find_dates(text, year=subject.year))


def _outside(
    subject: Subject, row: int, field: str, cell: str, written: str, found: list[dates.Span]
) -> Iterator[Finding]:
    span = next((each for each in found if each.last and each.last.year != subject.year), None)
    if span:
        wrong, right = f"{span.last.year}年", f"{subject.year}年"
        yield subject.cell(
            row, cell, f"的“{written}”写的是 {span.last.year} 年，不在 {subject.year} 年度之内，请改为本年度的日期。",
            short=f"“{written}”不在本年度",
            mend=change(row, f"改为 {right}", **{field: written.replace(wrong, right)}) if wrong in written else None,
        )


def cost_measured(subject: Subject) -> Iterator[Finding]:
    """An economic cost is money, money for each, or a share of a quota."""
    for row, each in subject.rows():
        if each.level2 != "economic_cost":
            continue
        unit = unit_of(each)
        money = "元" in unit or unit == PERCENT or units.money_for(unit)
        if each.value_type == "qualitative" or unit and not money:
            shown = each.target_shown
            yield subject.cell(
                row, "value", f"是经济成本指标，指标值“{shown}”没有金额，请写明单价、造价或控制数，例如“≤0.98 万元/公里”。",
                short="成本指标没有金额",
            )


def cost_within_request(subject: Subject) -> Iterator[Finding]:
    """A total cost allowed for that is more than the money asked for."""
    for row, each in subject.measured():
        rate = YUAN_IN.get(unit_of(each))
        if each.level1 != Level.COST or rate is None or each.operator not in (*AT_MOST, "="):
            continue
        yuan = each.target_value * rate
        if subject.requested and yuan > subject.requested:
            limit = (subject.requested / rate).quantize(Decimal("0.0001"))
            yield subject.cell(
                row, "value", f"的控制数 {wan_text(yuan)} 万元超过申请数 {wan_text(subject.requested)} 万元，"
                "请调低或核对申请数。", short=f"控制数 {wan_text(yuan)} 万元超过申请数",
                mend=change(row, "改为申请数", target_value=limit),
            )
