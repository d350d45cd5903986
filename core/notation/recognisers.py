"""What kind of cell it is: rules tried in order, the first that answers decides. They see only the cell."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from core.lexicon import any_of
from core.lexicon import words as listed
from core.notation import dates, operators, units
from core.notation.cells import Cell, as_words, due_on, without
from core.notation.figures import fraction, quantities
from core.notation.quantities import scan
from core.notation.reading import Reading
from core.notation.written import LONGEST
from core.scoring.values import Kind

PLACEHOLDERS = frozenset(listed(r"""
    - -- --- ---- — —— / // /// \ | _ __ ___ ____ 一 一一 一一一 无 无无 空 略 . .. ... …… … 、 , * ** *** × ×× ××× N/A
    n/a NA #N/A null NULL None none nan NaN 不适用 暂无 无此项
"""))
_DAY_OF_EACH = re.compile(r"(?:每[年月季周].{0,6}|[次当下本]月)[0-9]+[日号](?!线)")
_DATE_LIKE = re.compile(r"20[0-4][0-9](?:\.(?:0[1-9]|1[0-2])|[01][0-9][0-3][0-9])")
_ERRORS = re.compile(r"#(?:REF|DIV/0|VALUE|NAME|NUM|NULL)[!?]?|#+")
_MASK = r"(?:\*+|[xX]{2,}|×+|_+|…+|\.{3,}|□+|〇{2,}|\?+|-{2,}|—+|\(\))"
_UNFILLED = re.compile(
    rf"(?P<op>{operators.BEFORE})?(?P<mask>{_MASK})?(?P<unit>{units.UNIT})?(?P<tail>{operators.AFTER})?"
)
_SIGN_OR_MASK = re.compile(rf"^(?:{operators.BEFORE})?(?:{_MASK})?")
_GARBLED = re.compile("|".join((
    r"(?<![0-9])\.[0-9]",
    r"[0-9]\.{2,}[0-9]",
    r"[0-9]\.[0-9]+\.[0-9]",
    r"(?<![0-9,])[0-9]+,[0-9]{1,2}(?![0-9,])",
    r"(?<=[0-9])[Oolº]+(?=[0-9%元万个人]|$)",
    r"(?<![A-Za-z])[lIO](?=[0-9O]+[.%])",
)))
_OF_FINISHING = listed("""
    全部 全面 项目 任务 工作 工程 资金 补助 补贴 经费 验收 竣工 完工 建成 投入 使用 发放 拨付 支付 到位 完成 完毕 结束 按时 按期 及时 以前 之前 前 底 末 内 于 在 截至 截止 到
    至 起 止 实施 建设 开工 交付 落实 均 已 并 的 日 ≤ 不晚于 不迟于 不超过 时间 月 提交 上报 报送 达到 预计 计划 初 份 通过 前后 左右 基本 主体 采购 报告 安装 施工 支出
    开展 履行 执行 下达
""")
_DONE = re.compile(rf"[\s,.;:、。()]|{any_of(_OF_FINISHING)}")
_LATER = re.compile(r"(?:再|统一|集中|将|待|进行)*(?:调查|统计|测评|考核|评价|评估|核算|清算|结算|汇总|反馈)")
_DIGIT_FOR = str.maketrans("OolI", "0011")
_LONGEST_REST = 16


def read(cell: Cell) -> Reading:
    """The reading of the first rule that answers; the last one takes anything as words."""
    answers = (rule(cell) for rule in RULES)
    reading = next(answer for answer in answers if answer is not None)
    return replace(reading, cell=cell.written)


def blank(cell: Cell) -> Reading | None:
    return Reading(kind=Kind.BLANK) if not cell.text else None


def placeholder(cell: Cell) -> Reading | None:
    if cell.text not in PLACEHOLDERS:
        return None
    if cell.text == "无":
        words = Reading(kind=Kind.QUALITATIVE, text="无")
        return Reading(kind=Kind.PLACEHOLDER).doubted("“无”按未填写的占位符读，也可能指“没有发生”。", words)
    if cell.text == "一":
        return Reading(kind=Kind.PLACEHOLDER, notes=("“一”按破折号读，不是数字 1。",))
    return Reading(kind=Kind.PLACEHOLDER)


def too_long(cell: Cell) -> Reading | None:
    return as_words(cell) if len(cell.text) > LONGEST else None


def spreadsheet_error(cell: Cell) -> Reading | None:
    if not _ERRORS.fullmatch(cell.text):
        return None
    return Reading(kind=Kind.UNFILLED, unit=cell.unit).doubted(f"格内是表格软件的错误值“{cell.text[:12]}”，没有可读的数字。")


def misread_sign(cell: Cell) -> Reading | None:
    """Scanned forms: %= stands for ≥ and 二 in front of digits for =."""
    for wrong, meant, instead in (("%=", "≥", "="), ("二", "=", "")):
        rest = cell.text[len(wrong):]
        if cell.text.startswith(wrong) and re.match(r"[0-9]", rest):
            note = f"“{wrong}”疑为“{meant}”识别错，请核对。"
            reading = read(cell.having(meant + rest))
            return replace(reading, notes=()).doubted(note, read(cell.having(instead + rest)))
    return None


def garbled(cell: Cell) -> Reading | None:
    """A number with a sign in it that does not belong there is not guessed; what it may be is the second reading."""
    found = _GARBLED.search(cell.text)
    if not found or dates.find_dates(cell.text, year=2000, loose=True):
        return None
    unit = _last_unit(cell.text[found.start():]) or cell.unit
    reading = Reading(kind=Kind.UNFILLED, unit=unit)
    meant = _restored(cell.text, found)
    alt = read(cell.having(meant)) if meant and meant != cell.text else None
    return reading.doubted(f"“{cell.written[:20]}”里的数字写得不完整或识别有误，不能确定是多少，请改填。",
                           alt if alt and alt.is_number else None)


def recurring(cell: Cell) -> Reading | None:
    if not dates.recurs(cell.text):
        return None
    dated = dates.find_dates(cell.text, year=2000) or _DAY_OF_EACH.search(cell.text)
    return as_words(cell) if dated else None


def period(cell: Cell) -> Reading | None:
    found = dates.find_period(cell.text, year=cell.year, loose=cell.timely)
    if found is None or _rest(cell.text, found) or scan(without(cell.text, [found])):
        return None
    reading = Reading(kind=Kind.PERIOD, date=found.last, date_from=found.first)
    if cell.timely and not dates.find_period(cell.text, year=cell.year):
        return reading.doubted("数字按日期读，因为指标问的是时间。", read(replace(cell, timely=False)))
    return reading if found.last else reading.doubted("期间没有写年份，表上也没有年度，不能确定是哪一年。")


def date(cell: Cell) -> Reading | None:
    found = dates.find_dates(cell.text, year=cell.year, loose=cell.timely)
    rest = without(cell.text, found)
    if not found or (scan(rest) and not _NOTHING_MORE.fullmatch(rest)):
        return None
    left = _DONE.sub("", rest)
    if found[-1].coarse and left or _LATER.fullmatch(left) or re.search(r"(?:[^前]期间|以来)", rest):
        return None
    if len(left) > _LONGEST_REST:
        words = as_words(cell)
        return words.doubted("这句话里有日期，是否以它为完成时限请核对。", due_on(found[-1], rest))
    reading = due_on(found[-1], rest)
    if cell.timely and not dates.find_dates(cell.text, year=cell.year):
        return reading.doubted("数字按日期读，因为指标问的是时间。", read(replace(cell, timely=False)))
    if len(found) > 1:
        return reading.doubted("格内有几个日期，按最后一个读。", as_words(cell))
    span = found[0]
    if span.before and span.bare:
        end = replace(reading, date=span.last)
        return reading.doubted("“前”字前只写了月份，按普通读法不含该月；也有单位指该月月底。", end)
    if span.coarse:
        whole = Reading(kind=Kind.PERIOD, date=span.last, date_from=span.first)
        return reading.doubted("只写了年份，按该年年底读，也可能指全年。", whole)
    return reading


def serial_date(cell: Cell) -> Reading | None:
    """An Excel date stored as a number, only where the indicator asks for a day and no unit says otherwise."""
    day = dates.of_serial(cell.text.removesuffix(".0")) if cell.timely and not cell.unit else None
    if day is None:
        return None
    number = Reading(kind=Kind.NUMERIC, values=(Decimal(cell.text),))
    return Reading(kind=Kind.DATE, date=day).doubted(f"“{cell.text}”按表格软件的日期序号读作 {day.isoformat()}。", number)


def date_like_number(cell: Cell) -> Reading | None:
    """20230630 and 2023.12 are numbers unless the indicator asks for a day; the day is the second reading."""
    if cell.timely or cell.unit or not _DATE_LIKE.fullmatch(cell.text):
        return None
    days = dates.find_dates(cell.text, year=cell.year, loose=True)
    if len(days) != 1:
        return None
    number = Reading(kind=Kind.NUMERIC, values=(Decimal(cell.text),))
    return number.doubted(f"“{cell.text}”按数字读，也可能是日期。", due_on(days[0], ""))


def impossible_date(cell: Cell) -> Reading | None:
    found = re.search(r"(?<![0-9.])([0-9]{1,2})月([0-9]{1,2})[日号]", cell.text)
    if not found or dates.exists(int(found[1]), int(found[2]), cell.year or 2000):
        return None
    if len(_DONE.sub("", cell.text[: found.start()] + cell.text[found.end():])) > _LONGEST_REST:
        return None
    return Reading(kind=Kind.UNFILLED).doubted(f"“{found[0]}”不是日历上有的日子，请改填。")


def unfilled(cell: Cell) -> Reading | None:
    """A unit or an operator with no number between them."""
    found = _UNFILLED.fullmatch(cell.text)
    if not found:
        return _misspelt_unit(cell)
    if not (found["unit"] is None or found["op"] or found["mask"] or units.is_known(found["unit"])):
        return None
    op = operators.before_number(found["op"] or "")[0] or operators.after_number(found["tail"] or "")[0]
    return Reading(kind=Kind.UNFILLED, op=op, unit=units.named(found["unit"] or "") or cell.unit)


def _misspelt_unit(cell: Cell) -> Reading | None:
    """≥ 万元亩: a unit with a slip in it and no number; 户户 and 年年 are words."""
    unit = _SIGN_OR_MASK.sub("", cell.text)
    first = units.leading_unit(unit)
    meant = units.mended(unit)
    if not units.misspelt(first, unit[len(first):]) or unit == meant * 2:
        return None
    reading = Reading(kind=Kind.UNFILLED, op=operators.before_number(cell.text[: -len(unit)])[0], unit=unit)
    return reading.doubted(f"单位“{unit}”疑为“{meant}”之误。", replace(reading, unit=meant))


def words(cell: Cell) -> Reading | None:
    return as_words(cell)


RULES: tuple[Callable[[Cell], Reading | None], ...] = (
    blank, placeholder, too_long, spreadsheet_error, misread_sign, garbled, serial_date, date_like_number, recurring,
    period, date, impossible_date, unfilled, fraction, quantities, words,
)
_NOTHING_MORE = re.compile(r"[\s,.;:、。()≤<=-]*")


def _rest(text: str, span: dates.Span) -> str:
    return _DONE.sub("", without(text, [span]))


def _last_unit(text: str) -> str:
    return units.leading_unit(re.sub(r"^[^0-9]*[0-9OlI.,]+", "", text))


def _restored(text: str, found: re.Match[str]) -> str:
    """The writing that was probably meant: letters for digits, a comma for a point."""
    if re.search(r"[OolI]", found[0]):
        return re.sub(r"(?<![A-Za-z])[OolI0-9.]+", lambda run: run[0].translate(_DIGIT_FOR), text)
    if "," in found[0]:
        return text.replace(",", ".")
    if found[0].startswith(".") and (not found.start() or not text[found.start() - 1].isascii()):
        return text[: found.start()] + "0" + text[found.start():]
    return re.sub(r"\.{2,}", ".", text)


