"""What kind of cell it is: rules tried in order, the first that answers decides. They see only the cell."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from core.lexicon import any_of
from core.lexicon import words as listed
from core.notation import dates, operators, units
from core.notation.quantities import Quantity, outside, scan
from core.notation.reading import Part, Reading
from core.notation.written import LONGEST
from core.scoring.values import Kind, Op


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`written` as found, `text` in one writing; `unit` and `year` from around the cell.

    `timely` when the indicator asks for a day.
    """

    written: str
    text: str
    unit: str = ""
    year: int | None = None
    timely: bool = False

    def having(self, text: str) -> "Cell":
        return replace(self, text=text)


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
_GARBLED = re.compile("|".join((
    r"(?<![0-9])\.[0-9]",
    r"[0-9]\.{2,}[0-9]",
    r"[0-9]\.[0-9]+\.[0-9]",
    r"(?<![0-9,])[0-9]+,[0-9]{1,2}(?![0-9,])",
    r"(?<=[0-9])[Oolº]+(?=[0-9%元万个人]|$)",
    r"(?<![A-Za-z])[lIO](?=[0-9O]+[.%])",
)))
_LIST_MARK = re.compile(r"(?:^|(?<=[;。,、]))(?:\([0-9一二三四五六七八九十]{1,2}\)|[0-9]{1,2}(?:[、.](?![0-9])|\))|[①-⑳⒈-⒛])")
_REMARK = re.compile(r"\([^()]*\)")
_GRADE = re.compile(r"[一二三四五六七八九十1-9A-D][档级等类]|特等|[高中低]档|优秀?[:≥>]|良好?[:≥>]|重度|中度|轻度|分档|得分|得满分|扣[0-9.]*分|否则")
_CLAUSE = re.compile(r"[,;。、]")
_CLAIM = re.compile(r"达成|达标|完成|实现|达到预期")
_OF_FINISHING = listed("""
    全部 全面 项目 任务 工作 工程 资金 补助 补贴 经费 验收 竣工 完工 建成 投入 使用 发放 拨付 支付 到位 完成 完毕 结束 按时 按期 及时 以前 之前 前 底 末 内 于 在 截至 截止 到
    至 起 止 实施 建设 开工 交付 落实 均 已 并 的 日 ≤ 不晚于 不迟于 不超过 时间 月 提交 上报 报送 达到 预计 计划 初 份 通过 前后 左右 基本 主体 采购 报告 安装 施工 支出
    开展 履行 执行 下达
""")
_DONE = re.compile(rf"[\s,.;:、。()]|{any_of(_OF_FINISHING)}")
_NAMED = re.compile(r"(?![及和与或至到])[\u4e00-\u9fff]")
_DIGIT_FOR = str.maketrans("OolI", "0011")
_LENGTH = {"sure": 8, "sentence": 18, "each": 20, "date": 16}


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
    return _words(cell) if len(cell.text) > LONGEST else None


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
    return _words(cell) if dated else None


def period(cell: Cell) -> Reading | None:
    found = dates.find_period(cell.text, year=cell.year, loose=cell.timely)
    if found is None or _rest(cell.text, found) or scan(_without(cell.text, [found])):
        return None
    reading = Reading(kind=Kind.PERIOD, date=found.last, date_from=found.first)
    if cell.timely and not dates.find_period(cell.text, year=cell.year):
        return reading.doubted("数字按日期读，因为指标问的是时间。", read(replace(cell, timely=False)))
    return reading if found.last else reading.doubted("期间没有写年份，表上也没有年度，不能确定是哪一年。")


def date(cell: Cell) -> Reading | None:
    found = dates.find_dates(cell.text, year=cell.year, loose=cell.timely)
    rest = _without(cell.text, found)
    if not found or (scan(rest) and not _NOTHING_MORE.fullmatch(rest)):
        return None
    left = _DONE.sub("", rest)
    if found[-1].coarse and left or re.search(r"(?:[^前]期间|以来)", rest):
        return None
    if len(left) > _LENGTH["date"]:
        words = _words(cell)
        return words.doubted("这句话里有日期，是否以它为完成时限请核对。", _due(found[-1], rest))
    reading = _due(found[-1], rest)
    if cell.timely and not dates.find_dates(cell.text, year=cell.year):
        return reading.doubted("数字按日期读，因为指标问的是时间。", read(replace(cell, timely=False)))
    if len(found) > 1:
        return reading.doubted("格内有几个日期，按最后一个读。", _words(cell))
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
    return number.doubted(f"“{cell.text}”按数字读，也可能是日期。", _due(days[0], ""))


def impossible_date(cell: Cell) -> Reading | None:
    found = re.search(r"(?<![0-9.])([0-9]{1,2})月([0-9]{1,2})[日号]", cell.text)
    if not found or dates.exists(int(found[1]), int(found[2]), cell.year or 2000):
        return None
    if len(_DONE.sub("", cell.text[: found.start()] + cell.text[found.end():])) > _LENGTH["date"]:
        return None
    return Reading(kind=Kind.UNFILLED).doubted(f"“{found[0]}”不是日历上有的日子，请改填。")


def unfilled(cell: Cell) -> Reading | None:
    """A unit or an operator with no number between them."""
    found = _UNFILLED.fullmatch(cell.text)
    if not found or not (found["unit"] is None or found["op"] or found["mask"] or units.is_known(found["unit"])):
        return None
    op = operators.before_number(found["op"] or "")[0] or operators.after_number(found["tail"] or "")[0]
    return Reading(kind=Kind.UNFILLED, op=op, unit=units.named(found["unit"] or "") or cell.unit)


def quantities(cell: Cell) -> Reading | None:
    """One number, a range, or several quantities, alone or inside words."""
    text, remarked = _without_remarks(_LIST_MARK.sub("", cell.text))
    days = dates.find_dates(text, year=cell.year)
    text = _without(text, [day for day in days if not day.coarse or text[: day.end].endswith(("年", "年度"))])
    found = _meant(scan(text))
    if not found:
        return None
    words = outside(text, found)
    if len(found) == 1:
        reading = _single(cell, found[0], words)
    else:
        reading = _bounds(found, words) or _several(cell, found, words, text)
    if remarked and not reading.ambiguous and scan(remarked):
        reading = reading.doubted("括号里另有数字，按括号外的数字读。")
    due = next((day for day in reversed(days) if not day.coarse), None)
    if due and not reading.ambiguous:
        reading = reading.doubted("格内既有日期又有数字，按数字读。", _due(due, ""))
    return reading


def fraction(cell: Cell) -> Reading | None:
    """3/4 is a part of a whole or a date or two counts; no rule can tell."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", cell.text)
    if not found:
        return None
    low, high = Decimal(found[1]), Decimal(found[2])
    exact = high and (low * 10_000) % high == 0
    share = Reading(kind=Kind.NUMERIC, values=((low / high).normalize() + 0,)) if exact else None
    return Reading(kind=Kind.UNFILLED, unit=cell.unit).doubted(f"“{cell.text}”可能是比例、日期或两个数，请改填。", share)


def words(cell: Cell) -> Reading | None:
    return _words(cell)


RULES: tuple[Callable[[Cell], Reading | None], ...] = (
    blank, placeholder, too_long, spreadsheet_error, misread_sign, garbled, serial_date, date_like_number, recurring,
    period, date, impossible_date, unfilled, fraction, quantities, words,
)
_NOTHING_MORE = re.compile(r"[\s,.;:、。()≤<=-]*")


def _words(cell: Cell) -> Reading:
    return Reading(kind=Kind.QUALITATIVE, text=cell.written.strip())


def _due(span: dates.Span, rest: str) -> Reading:
    late = span.before or "≤" in rest or "不晚于" in rest or "不迟于" in rest or "不超过" in rest
    reading = Reading(kind=Kind.DATE, op=Op.AT_MOST if late else None, date=span.due)
    return reading if span.due else reading.doubted("日期没有写年份，表上也没有年度，不能确定是哪一年。")


def _without(text: str, spans: list[dates.Span]) -> str:
    for span in reversed(spans):
        text = text[: span.start] + text[span.end:]
    return text


def _rest(text: str, span: dates.Span) -> str:
    return _DONE.sub("", _without(text, [span]))


def _without_remarks(text: str) -> tuple[str, str]:
    """The text without its brackets, and what stood in them; a text that has no number outside keeps them."""
    remarks = _REMARK.findall(text)
    bare = _REMARK.sub(lambda found: found[0] if units.is_known(found[0][1:-1]) else "", text) if remarks else text
    if not remarks or not re.search(r"[0-9]", bare):
        return text, ""
    return bare, "".join(remarks)


def _meant(found: list[Quantity]) -> list[Quantity]:
    """Years and ages describe what is counted; an age counts only when nothing else does."""
    counted = [each for each in found if not _is_year(each)]
    return [each for each in counted if not each.is_age] or counted


def _is_year(quantity: Quantity) -> bool:
    return quantity.unit in {"年", "年度"} and dates.is_year(f"{quantity.values[0]:f}")


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


def _single(cell: Cell, one: Quantity, words: str) -> Reading:
    reading = _number(cell, one)
    clauses = len(_CLAUSE.findall(cell.text)) + 1
    if len(words) > _LENGTH["sentence"] or (clauses > 2 and len(words) > _LENGTH["sure"]):
        return _words(cell).doubted("一句话里带有数字，按文字读，数字是否就是指标值请核对。", reading)
    if len(words) > _LENGTH["sure"] or (words and _CLAIM.search(words) and len(words) > 3 and not one.start):
        return reading.doubted("数字写在一句话里，按数字读，请核对。", _words(cell))
    return reading


def _number(cell: Cell, one: Quantity) -> Reading:
    unit = _unit(one, cell)
    if len(one.values) == 2:
        return _range(one.values, unit, one.op)
    kind = Kind.DURATION if units.is_time(unit) else Kind.NUMERIC
    reading = Reading(kind=kind, op=one.op, values=one.values, unit=unit, per=one.per)
    if one.approximate:
        reading = replace(reading, notes=("写的是约数，按所写数字读。",))
    if one.other_op:
        return reading.doubted("数字前后的算符不一致，按前一个读。", replace(reading, op=one.other_op))
    if one.per and unit and "/" not in unit:
        return reading.doubted(f"“{one.per}”写在数字前，单位也可读作“{units.rate(unit, one.per)}”。",
                               replace(reading, per="", unit=units.rate(unit, one.per)))
    if one.meant:
        return reading.doubted(f"单位“{unit}”疑为“{one.meant}”之误。", replace(reading, unit=one.meant))
    if one.unit and cell.unit and not _agree(one.unit, cell.unit):
        return reading.doubted(f"格内单位“{one.unit}”与度量单位“{cell.unit}”不一致，按格内读。", replace(reading, unit=cell.unit))
    if one.guessed_unit:
        return reading.doubted(f"“{one.unit}”不是常见的单位，请核对。", replace(reading, unit=""))
    return reading


def _unit(one: Quantity, cell: Cell) -> str:
    """As written in the cell, else the unit column; a bare 万 is completed by the column."""
    if units.is_magnitude(one.unit) and cell.unit and not units.is_magnitude(cell.unit):
        return cell.unit if cell.unit.startswith(one.unit) else one.unit + cell.unit
    return one.unit or cell.unit


def _agree(unit: str, column: str) -> bool:
    return units.converted(unit, column) is not None or units.is_magnitude(unit) or column.startswith(f"{unit}/")


def _range(values: tuple[Decimal, ...], unit: str, op: Op | None) -> Reading:
    reading = Reading(kind=Kind.RANGE, values=values, unit=unit)
    if values[0] > values[1]:
        return reading.doubted("区间的前一个数大于后一个数，请核对。", replace(reading, values=values[::-1]))
    if op:
        return reading.doubted(f"区间前后又写了“{op.label}”，按区间读。")
    return reading


def _bounds(found: list[Quantity], words: str) -> Reading | None:
    """≥85%且≤95% is one range."""
    if len(found) != 2 or len(words) > _LENGTH["sure"] or any(len(each.values) != 1 for each in found):
        return None
    lowest = next((each for each in found if each.op in {Op.AT_LEAST, Op.MORE}), None)
    highest = next((each for each in found if each.op in {Op.AT_MOST, Op.LESS}), None)
    if not lowest or not highest or (lowest.unit and highest.unit and lowest.unit != highest.unit):
        return None
    if lowest.values[0] > highest.values[0]:
        return None
    return Reading(kind=Kind.RANGE, values=(lowest.values[0], highest.values[0]), unit=lowest.unit or highest.unit)


def _several(cell: Cell, found: list[Quantity], words: str, text: str) -> Reading:
    """Several quantities or objects (compound), or graded values of one quantity (bands)."""
    parts = tuple(
        Part(value=value, unit=each.unit or cell.unit, op=each.op) for each in found for value in each.values
    )
    ops = {part.op for part in parts}
    same = len({part.unit for part in parts if part.unit}) <= 1
    unlabelled = not any(_NAMED.search(each.label) for each in found[1:])
    graded = same and (unlabelled or bool(_GRADE.search(cell.text)))
    reading = Reading(
        kind=Kind.BANDS if graded else Kind.COMPOUND,
        op=next(iter(ops)) if len(ops) == 1 else None,
        values=tuple(part.value for part in parts),
        unit=";".join(dict.fromkeys(part.unit for part in parts if part.unit)),
        parts=parts,
    )
    if len(words) > _LENGTH["each"] * len(found):
        return _words(cell).doubted("一段话里带有几个数字，按文字读，请核对。", reading)
    first = _number(cell, found[0])
    return reading.doubted("格内有几个数字，不能按一个数计分，请拆成几条指标。", replace(first, alt=None))

