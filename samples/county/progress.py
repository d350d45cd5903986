"""What units reported against their indicators: monitoring rounds of 2026 and self-evaluation of 2025."""

from datetime import date
from decimal import ROUND_FLOOR, Decimal
from random import Random

from samples.county.budgets import budget_rows, flagship
from samples.county.fates import Fate, fates
from samples.county.spending import paid_until
from samples.county.tables import TOWNS, dice, rounded, rows
from samples.county.targets import Indicator, final_indicators, flagship_lines, indicators

ROUND_ENDS = {1: date(2026, 7, 31), 2: date(2026, 10, 31)}
WORKS = {
    "公路养护",
    "公路工程",
    "设备购置",
    "市政工程",
    "房屋维修",
    "房屋建设",
    "文物保护",
    "农田建设",
    "水利工程",
    "卫生设备",
    "教学设备",
    "规划咨询",
    "信息化",
}
FLAGSHIP_REASONS = {
    "小修保养处治面积": (
        "经费保障",
        "石坝乡、云溪镇6条村道共1.10万平方米未完成，第三季度资金10月下旬到位，计划12月5日前补到4.30万平方米。",
    ),
    "路面技术状况优良中等路率": (
        "硬件条件保障",
        "7月连续强降雨后西岭乡11.4公里路况降级，已列入11月小修计划，年末复测。",
    ),
    "养护任务按期完成率": ("硬件条件保障", "13项任务中2项受7月强降雨影响顺延，11月底前完成。"),
    "管养长效机制健全程度": ("制度保障", "石坝乡、云溪镇细则待乡镇党委会审议，计划12月上旬印发。"),
}
ACHIEVED = ("达成预期指标", "部分达成预期指标并具有一定效果", "未达成预期指标且效果较差")
WAN = Decimal(10000)


def monitoring_sheet() -> list[list[object]]:
    """Rows of both rounds; a report still in draft has its last third unfilled."""
    sheet = []
    for number in (1, 2):
        for (year, code), fate in fates().items():
            state = fate.round_one if number == 1 else fate.round_two
            if year != 2026 or not state:
                continue
            group = final_indicators(year, code) if number == 2 else indicators()[year, code]
            filled = len(group) * 2 // 3 if state == "draft" else len(group)
            for item in group[:filled]:
                sheet.append(
                    ["2026", str(number), code, item.project.name, item.name, *_monitored(fate, number, item)]
                )
    return sheet


def self_evaluation_sheet() -> list[list[object]]:
    """Rows of 2025; a form still in draft has its last third unfilled."""
    sheet = []
    for (year, code), fate in fates().items():
        if year != 2025:
            continue
        group = indicators()[year, code]
        filled = len(group) * 2 // 3 if fate.self_evaluation == "draft" else len(group)
        for item in group[:filled]:
            sheet.append(["2025", code, item.project.name, item.name, *_self_evaluated(fate, item)])
    return sheet


def _monitored(fate: Fate, number: int, item: Indicator) -> list[str]:
    """截至完成值, 全年预计, 完成可能性, 偏差原因, 原因说明."""
    if fate.project == flagship():
        cells = flagship_lines()[item.name]
        done, expected = cells[12 + number], cells[15]
    else:
        done, expected = _value_by(fate, number, item), ""
    roll = dice("monitor", number, fate.project.code, item.name)
    likelihood, cause, reason = "确定能", "", ""
    if not done:
        reason = f"{item.name}年末统一考核，12月组织调查或核算后填列。"
    elif _lags(done, number, item):
        possible = fate.work >= 550 or item.level1 == "成本指标"
        likelihood = "有可能" if possible else "完全不可能"
        cause, reason = _reason(_kind("监控", fate, item), roll, ROUND_ENDS[number].month)
        if fate.project == flagship() and number == 2:
            cause, reason = FLAGSHIP_REASONS[item.name]
    expected = expected or _expected(fate, item, done, likelihood, roll)
    return [done, expected, likelihood, cause, reason]


def _value_by(fate: Fate, number: int, item: Indicator) -> str:
    roll = dice("value", number, fate.project.code, item.name)
    share = Decimal(fate.work if number == 2 else fate.work * roll.randint(62, 70) // 100) / 1000
    if item.level1 == "满意度指标" or item.role == "单价":
        return ""
    if item.role == "预算":
        return f"{rounded(paid_until(2026, fate.project.code, ROUND_ENDS[number]) / WAN)}"
    if item.is_qualitative:
        return (
            ACHIEVED[0]
            if share >= Decimal("0.80")
            else ACHIEVED[1]
            if share >= Decimal("0.30")
            else ACHIEVED[2]
        )
    if item.unit in ("%", "‰", "小时", "个月") or item.amount == 0:
        return _rate(roll, item, share)
    if item.value == "1":
        return item.value
    if item.operator in ("≤", "<"):
        return str(int(item.amount * share * roll.randint(40, 95) / 100))
    return _count(item, item.amount * share)


def _rate(roll: Random, item: Indicator, share: Decimal) -> str:
    """Rates stand near their target all year; they fall short where the work itself is far behind."""
    if item.amount == 0:
        return "0"
    step = "0.1" if item.unit == "%" or "." in item.value else "1"
    if item.operator in ("≤", "<"):
        return _plain(rounded(item.amount * roll.randint(72, 98) / 100, step))
    percent = roll.randint(70, 88) if share < Decimal("0.30") else roll.randint(100, 104)
    value = rounded(item.amount * percent / 100, step)
    return _plain(min(value, Decimal(100)) if item.unit == "%" else value)


def _lags(done: str, number: int, item: Indicator) -> bool:
    """Ten points behind the calendar, a rate below its target, or a quality not reached by October."""
    if item.is_qualitative:
        return done == ACHIEVED[2] or (number == 2 and done != ACHIEVED[0])
    value, target = Decimal(done), item.amount
    if item.operator in ("≤", "<"):
        return value > target
    if item.unit in ("%", "小时", "个月"):
        return value < target
    calendar = Decimal(ROUND_ENDS[number].month) / 12
    return value / target < calendar - Decimal("0.10")


def _expected(fate: Fate, item: Indicator, done: str, likelihood: str, roll: Random) -> str:
    if item.is_qualitative:
        return ACHIEVED[0] if likelihood == "确定能" else ACHIEVED[1]
    if item.operator in ("≤", "<", "=") or item.unit == "%" or likelihood == "确定能":
        return item.value
    share = Decimal(roll.randint(92, 100) if likelihood == "有可能" else roll.randint(55, 80)) / 100
    return _count(item, max(item.amount * share, Decimal(done)))


def _self_evaluated(fate: Fate, item: Indicator) -> list[str]:
    """实际完成值, 偏差原因及改进措施."""
    if fate.project == flagship():
        return _flagship_self_evaluated(item)
    roll = dice("self", fate.project.code, item.name)
    if item.role == "预算":
        return [
            f"{rounded(paid_until(2025, fate.project.code, date(2025, 12, 31)) / WAN)}",
            _overspent_reason(fate, item),
        ]
    if item.is_qualitative:
        short = roll.randint(1, 9) == 1 or fate.work < 600
        return [ACHIEVED[1], _reason(_kind("自评", fate, item), roll)[1]] if short else [ACHIEVED[0], ""]
    if item.amount == 0:
        return ["0", ""]
    if item.operator in ("≤", "<"):
        return [_plain(rounded(item.amount * roll.randint(78, 100) / 100, _step(item))), ""]
    return _reached(fate, item, roll)


def _reached(fate: Fate, item: Indicator, roll: Random) -> list[str]:
    percent = roll.choice(
        (100, 100, 100, roll.randint(101, 106), roll.randint(100, 112), roll.randint(88, 99))
    )
    if item.role == "主要" and fate.work < 1000 and item.amount > 3:
        percent = max(fate.work // 10, 40)
    if item.unit != "%" and item.role != "主要" and roll.randint(1, 25) == 1:
        percent = roll.randint(133, 168)
    if item.unit == "%":
        percent = min(percent, 103)
    value = item.amount * percent / 100
    shown = _plain(min(rounded(value, "0.1"), Decimal(100))) if item.unit == "%" else _count(item, value)
    if Decimal(shown) < item.amount:
        return [shown, _reason(_kind("自评", fate, item), roll)[1]]
    if Decimal(shown) > item.amount * Decimal("1.3"):
        return [shown, _reason("自评超额", roll)[1]]
    return [shown, ""]


def _flagship_self_evaluated(item: Indicator) -> list[str]:
    reasons = {
        "小修保养处治面积": "7月连续强降雨，西岭乡0.34万平方米路段推迟至2026年一季度实施，已于2026年2月完工。",
        "养护任务按期完成率": "受上述路段顺延影响，13项任务中1项跨年。",
        "因路况引发交通事故下降率": "实施安防工程后弯道事故明显减少，年初指标值设定偏低，2026年申报时据实调整。",
        "管养长效机制健全程度": "乡级管养细则尚有2个乡镇未印发，计划2026年6月底前完成。",
    }
    return [flagship_lines()[item.name][12], reasons.get(item.name, "")]


def _overspent_reason(fate: Fate, item: Indicator) -> str:
    spent = rounded(paid_until(2025, fate.project.code, date(2025, 12, 31)) / WAN)
    excess = spent - budget_rows()[2025, fate.project.code].total_wan
    return (
        f"冬季集中救助增加支出，超预算{excess}万元，从单位自有资金垫付，次年按近三年平均救助量测算。"
        if excess > 0
        else ""
    )


def _kind(use: str, fate: Fate, item: Indicator) -> str:
    """The project's own reasons where it has a story, else those of the kind of indicator."""
    if use == "监控" and any(cells[0] == fate.project.name for cells in rows("reasons")):
        return fate.project.name
    if item.is_qualitative:
        return use + "定性"
    if item.level1 == "满意度指标" and use == "自评":
        return "自评满意"
    if item.unit == "%":
        return use + "比率"
    return use + ("工程" if fate.project.sector in WORKS else "服务")


def _reason(use: str, roll: Random, month: int = 12) -> tuple[str, str]:
    choices = [cells for cells in rows("reasons") if cells[0] == use]
    _, cause, text = roll.choice(choices)
    town, other = roll.sample(TOWNS, 2)
    return cause, text.format(
        town=town, town2=other, m=month, x=f"{roll.randint(6, 90)}.{roll.randint(10, 99)}"
    )


def _step(item: Indicator) -> str:
    return (
        "0.01"
        if "元" in item.unit and "." in item.value
        else "0.1"
        if "." in item.value or item.unit == "%"
        else "1"
    )


def _count(item: Indicator, value: Decimal) -> str:
    """As many places as the target has; whole things are rounded down, since half a bridge is none."""
    places = len(item.value.partition(".")[2])
    step = Decimal(1).scaleb(-places)
    return _plain(value.quantize(step, rounding=ROUND_FLOOR))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
