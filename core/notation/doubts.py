"""What the indicator's name adds to a cell: an operator, a scale, a suspicion. A doubt is always said."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.lexicon import any_of, words
from core.notation import dates, operators
from core.notation.directions import direction_of
from core.notation.reading import Reading
from core.notation.written import plain
from core.scoring.values import Direction, Kind, Op

_TIMELY = re.compile(r"时间|时限|日期|期限|截止|何时|完成时点")
_WHOLE_SHARES = words("""
    满意度 合格率 覆盖率 完成率 达标率 及时率 准确率 到位率 执行率 知晓率 参与率 使用率 利用率 发放率 通过率 办结率 签约率 入学率 巩固率 接种率 处理率 普及率 成活率 参保率 规范率 公开率
    响应率 拨付率 支付率 支出率 兑现率 优良率 正常率 配备率 完好率 查处率 落实率 整改率 管理率 建档率 治愈率 检测率
""")
_WHOLE_SHARE = re.compile(any_of(_WHOLE_SHARES))
_NEVER_ABOVE = re.compile(r"满意度|合格率|覆盖率|达标率|及时率|准确率|知晓率|参与率|入学率|巩固率|接种率|普及率|成活率|通过率")
_SHARE = re.compile(r"率|满意度|比例|占比|程度")
_SMALL_SHARE = re.compile(r"增长|增幅|增速|提升|提高|下降|降低|变动|超|误差|事故|死亡|受害|成灾|发生|发病|自然")
_NAMED_SHARE = re.compile(r"(?:率|度)(?:达到?|为)?([0-9]{1,3}(?:\.[0-9]+)?)%$")
_TIMELY_HEADING = re.compile(r"时效|进度")
_COUNT_HEADING = re.compile(r"数量")
_COST_HEADING = re.compile(r"成本")
_BOUGHT = re.compile(r"成本|费用|投入|支出|投资|经费|造价|单价")


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """The words around a cell, in one writing."""

    name: str = ""
    level2: str = ""
    unit: str = ""

    @property
    def is_timely(self) -> bool:
        return bool(_TIMELY.search(self.name))

    @property
    def is_whole_share(self) -> bool:
        """A rate that is normally near, and never above, 100%."""
        return bool(_WHOLE_SHARE.search(self.name)) and not _SMALL_SHARE.search(self.name)


def indicator(name: object, level2: object, unit: str) -> Indicator:
    return Indicator(name=plain(str(name or "")), level2=plain(str(level2 or "")), unit=unit)


def settle_target(reading: Reading, around: Indicator) -> Reading:
    for doubt in _TARGET:
        reading = doubt(reading, around)
    return reading


def settle_actual(reading: Reading, around: Indicator, target: Reading | None) -> Reading:
    if _NEVER_ABOVE.search(around.name):
        reading = _impossible_share(reading, around)
    reading = _stored_share(reading, around)
    return _share_beside_target(reading, target)


def _operator_of_name(reading: Reading, around: Indicator) -> Reading:
    numbers = {Kind.NUMERIC, Kind.DURATION, Kind.UNFILLED}
    if reading.op or reading.kind not in numbers or reading.ambiguous:
        return reading
    op = operators.of_name(around.name)
    return replace(reading, op=op, notes=(*reading.notes, f"算符“{op.label}”来自指标名称。")) if op else reading


def _serial_day(reading: Reading, around: Indicator) -> Reading:
    """45291 under 时效指标 may be a day, though the name does not ask for one."""
    plain_number = reading.kind is Kind.NUMERIC and not reading.unit and not reading.ambiguous
    if not plain_number or not _TIMELY_HEADING.search(around.level2):
        return reading
    day = dates.of_serial(f"{reading.values[0]:f}")
    if day is None:
        return reading
    note = f"“{reading.values[0]:f}”按数字读，也可能是表格软件存放的日期 {day.isoformat()}。"
    return reading.doubted(note, Reading(kind=Kind.DATE, date=day))


def _impossible_share(reading: Reading, around: Indicator) -> Reading:
    """290% 满意度: the 2 is a misread ≥, in an actual only where no more than all can be (任务完成率 may be 290%)."""
    share = reading.is_number and reading.unit == "%" and not reading.op and around.is_whole_share
    if not share or reading.values[0] <= 100:
        return reading
    digits = f"{reading.values[0]:f}"
    meant = Decimal(digits[1:] or "0")
    note = f"“{digits}%”超过 100%，"
    if digits.startswith("2") and Decimal(50) <= meant <= 100:
        mended = replace(reading, op=Op.AT_LEAST, values=(meant,))
        return mended.doubted(f"{note}开头的 2 疑为“≥”识别错，按 ≥{digits[1:]}% 读。", reading)
    return reading.doubted(f"{note}请核对。")


def _stored_share(reading: Reading, around: Indicator) -> Reading:
    """0.95 under 满意度(%): a percentage that the workbook stores as a number."""
    if not reading.is_number or reading.unit not in {"", "%"} or reading.cell.strip().endswith(("%", "％", "百分比")):
        return reading
    value = reading.values[0]
    percent = reading.unit == "%" or "(%)" in around.name or around.unit == "%"
    if not 0 < value < 1 or not (percent or _SHARE.search(around.name)):
        return reading
    as_percent = replace(reading, values=(_hundredfold(value),), unit="%")
    if around.is_whole_share:
        return as_percent.doubted(f"“{value:f}”按表格里以小数存放的百分数读作 {as_percent.values[0]:f}%。", reading)
    if percent and direction_of(reading, around.name, around.level2)[0] is not Direction.HIGHER:
        return reading
    return reading.doubted(f"“{value:f}”也可能是以小数存放的百分数 {as_percent.values[0]:f}%。", as_percent)


def _share_beside_target(reading: Reading, target: Reading | None) -> Reading:
    """An actual of 0.98 or 1 without unit beside a target of 95%."""
    if not target or not target.is_number or target.unit != "%" or not reading.is_number or reading.ambiguous:
        return reading
    value = reading.values[0]
    if reading.unit or not 0 < value <= 1 or target.values[0] < 10:
        return reading
    as_percent = replace(reading, values=(_hundredfold(value),), unit="%")
    return as_percent.doubted(f"目标以 % 计，“{value:f}”按以小数存放的百分数读作 {as_percent.values[0]:f}%。", reading)


def _reversed_operator(reading: Reading, around: Indicator) -> Reading:
    """≤4 for a number of things to build, ≥ for a cost: kept as written, the other way beside it."""
    if not reading.is_number or reading.op not in {Op.AT_LEAST, Op.AT_MOST} or reading.ambiguous:
        return reading
    natural = direction_of(replace(reading, op=None), around.name, around.level2)[0]
    to_build = _COUNT_HEADING.search(around.level2) and natural is Direction.HIGHER
    cost = _COST_HEADING.search(around.level2) and _BOUGHT.search(around.name) and natural is Direction.LOWER
    if reading.op is Op.AT_MOST and to_build:
        return reading.doubted("数量指标写“≤”，疑为方向填反，照写法读，请核对。", replace(reading, op=Op.AT_LEAST))
    if reading.op is Op.AT_LEAST and cost:
        return reading.doubted("成本指标写“≥”，疑为方向填反，照写法读，请核对。", replace(reading, op=Op.AT_MOST))
    return reading


def _value_in_name(reading: Reading, around: Indicator) -> Reading:
    """A figure in the name (达标率100%) beside another one, or none, in the cell: the cell counts."""
    found = _NAMED_SHARE.search(around.name)
    if not found or reading.ambiguous:
        return reading
    named = Reading(kind=Kind.NUMERIC, op=reading.op, values=(Decimal(found[1]),), unit="%")
    if reading.kind is Kind.BLANK:
        return reading.doubted(f"年度指标值没有填写，指标名称里写有 {found[1]}%。", named)
    if reading.is_number and reading.unit == "%" and reading.values[0] != named.values[0]:
        return reading.doubted(f"指标名称里写 {found[1]}%，与年度指标值不一致，按年度指标值读。", named)
    return reading


def _hundredfold(value: Decimal) -> Decimal:
    return Decimal(f"{(value * 100).normalize():f}")


_TARGET: tuple[Callable[[Reading, Indicator], Reading], ...] = (
    _operator_of_name, _serial_day, _impossible_share, _stored_share, _reversed_operator, _value_in_name,
)
