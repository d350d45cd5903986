"""The quantities in a text: number, unit, operator, what stands before 每, one after another."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from core.lexicon import any_of, words
from core.notation import operators, units
from core.scoring.values import Op

_PLAIN = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2}(?![0-9]))?"
_NUMBER = re.compile(rf"(?<![0-9.A-Za-z第〔_])(?P<number>{_PLAIN})")
_SIGNED = re.compile(rf"(?P<number>[-+]?{_PLAIN})")
_SIGN = re.compile(r"(?:^|(?<=[≥≤<>=~(:,;、为到至达于率幅长降]))[+-]$")
_JOINER = re.compile(r"(?:-+|—+|~+|至|到)(?=[-+]?[0-9])")
_MARGIN = re.compile(rf"±(?P<number>{_PLAIN})")
_BETWEEN = re.compile(
    r"^(?P<low>[0-9.]+)(?P<unit>[%‰]?)[<≤][A-Za-z\u4e00-\u9fff]{1,6}[<≤](?P<high>[0-9.]+)(?P<rest>.*)$"
)
_EACH_NOUN = rf"(?:学生|书屋|村庄|社区|行政村|自然村|学校|班级|项目|乡镇|街道|{units.UNIT}|生|学年|期|家|季)"
_EACH = re.compile(rf"每个?{_EACH_NOUN}(?:每个?{_EACH_NOUN})*")
_MANY = re.compile(r"(?:余|多|来)(?=[\u4e00-\u9fff])")
_SHORT_UNIT = re.compile(rf"[\u4e00-\u9fff]{{1,2}}(?:$|/(?:{units.UNIT})$|/[\u4e00-\u9fff]{{1,3}}$)")
_NOT_UNITS = words("""
    以 及 之 内 左 上 下 完 达 合格 到位 全 覆 建 已 未 不 有 无 按 约 即 且 和 与 或 的 为 是 在 较 比 逐 均 可 得 后 前 起 止 其中 实 通过 知 满 良 优 中 差 提
    降 增 减 含 高 低 至 到 率 合规
""")
_NO_UNIT = re.compile(any_of(_NOT_UNITS))
_ORDINAL = re.compile(
    r"号(?!楼|井)|个?档次|档(?!案)|个?等级|(?<=[0-9])A级|G网|[A-GT]级|:[0-9]|/(?!10{0,2}万)[0-9]|×[0-9]|\*[0-9]|大类|方面"
)
_AGE = re.compile(r"(?:周?岁|月龄|周龄|孕周)")


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One number, or both bounds of a range, at `start`–`end`; `label` is the text since the quantity before it."""

    values: tuple[Decimal, ...]
    start: int
    end: int
    unit: str = ""
    meant: str = ""
    op: Op | None = None
    per: str = ""
    label: str = ""
    approximate: bool = False
    other_op: Op | None = None
    guessed_unit: bool = False

    @property
    def is_age(self) -> bool:
        return bool(_AGE.match(self.unit))


def scan(text: str) -> list[Quantity]:
    """Every quantity in the text; ordinals, document numbers, ratios (1:3) and digits of names (PM2.5) are none."""
    between = _BETWEEN.match(text)
    if between:
        return _bounded(between, text)
    found: list[Quantity] = []
    place = 0
    while match := _NUMBER.search(text, place):
        quantity = _at(text, match, found[-1].end if found else 0)
        place = quantity.end if quantity else match.end()
        if quantity:
            found.append(quantity)
    return found


def outside(text: str, found: list[Quantity]) -> str:
    """The words left when the quantities are taken out, without punctuation."""
    kept, place = [], 0
    for quantity in found:
        kept.append(text[place: quantity.start])
        place = quantity.end
    return re.sub(r"[\s,.;:、。()“”\"'*/·!?-]|\u2014", "", "".join((*kept, text[place:])))


def decimal_of(number: str) -> Decimal:
    value = Decimal(number.replace(",", ""))
    return Decimal(f"{value:f}") if "e" in number.lower() else value


def _at(text: str, match: re.Match[str], since: int) -> Quantity | None:
    number, start, end = match["number"], match.start(), match.end()
    sign = _SIGN.search(text[:start])
    if sign:
        start -= 1
    value = decimal_of(("-" if sign and text[start] == "-" else "") + number)
    if _ORDINAL.match(text, end) or re.search(r"[0-9][:/×*]$", text[:start]):
        return None
    values, unit, end, guessed = (value,), *_unit_at(text, end)
    if bound := _upper_bound(text, end, unit):
        high, unit, end, guessed = bound
        values = (value, high)
    elif margin := _MARGIN.match(text, end):
        spread = decimal_of(margin["number"])
        other, end, guessed = _unit_at(text, margin.end())
        values, unit = (value - spread, value + spread), other or unit
    elif start and text[start - 1] == "±":
        values, start = (-value, value), start - 1
    bare = Quantity(values=values, start=start, end=end, unit=unit, guessed_unit=guessed,
                    approximate=bool(_MANY.match(text, match.end())))
    return _with_words(text, bare, since)


def _upper_bound(text: str, end: int, unit: str) -> tuple[Decimal, str, int, bool] | None:
    """The second bound of a range with the unit of both; 5千元至1万元 is in two units and no range."""
    joiner = _JOINER.match(text, end)
    second = _SIGNED.match(text, joiner.end()) if joiner else None
    if second is None:
        return None
    other, after, guessed = _unit_at(text, second.end())
    if unit and other and not (unit == other or units.is_magnitude(unit) and other.startswith(unit)):
        return None
    return decimal_of(second["number"]), other or unit, after, guessed


def _with_words(text: str, bare: Quantity, since: int) -> Quantity:
    """The quantity with the operators and the 每 that belong to it."""
    before = text[since: bare.start]
    op, op_start = operators.before_number(before)
    soft = op is not None and operators.is_soft(before)
    start = since + op_start if op else bare.start
    eaches = list(_EACH.finditer(before))
    each = eaches[-1] if eaches else None
    if op is None and each and each.end() == len(before):
        op, op_start = operators.before_number(before[: each.start()])
        start = since + op_start
    elif each and each.end() == op_start:
        start = since + each.start()
    tail_op, length = operators.after_number(text[bare.end:])
    extra = "" if length else units.misspelt(bare.unit, text[bare.end:])
    unit, end = bare.unit + extra, bare.end + len(extra)
    return replace(
        bare, start=start, end=end + length, unit=units.named(unit), meant=units.mended(unit),
        op=tail_op if tail_op and (op is None or soft) else op,
        per=each[0] if each else "", label=before,
        approximate=bare.approximate or bool(length) and tail_op is None or before.endswith(("约", "近", "大概")),
        other_op=tail_op if op and not soft and tail_op is not op else None,
    )


def _unit_at(text: str, end: int) -> tuple[str, int, bool]:
    """Unit, where it ends, and whether it is no known measure word but all that the cell has left."""
    many = _MANY.match(text, end)
    if many:
        end = many.end()
    if _AGE.match(text, end):
        unit = _AGE.match(text, end)[0]
        return unit, end + len(unit), False
    unit = units.leading_unit(text[end:])
    if unit and not (unit[0] in "方级" and text[end: end + 2] in {"方面", "级以"}):
        return unit, end + len(unit), False
    last = _SHORT_UNIT.match(text, end)
    if last and not _NO_UNIT.match(text, end):
        return last[0], last.end(), True
    return "", end, False


def _bounded(between: re.Match[str], text: str) -> list[Quantity]:
    """60%≤x<80%: one range."""
    unit = units.leading_unit(between["rest"]) or between["unit"]
    try:
        values = (Decimal(between["low"]), Decimal(between["high"]))
    except ArithmeticError:
        return []
    end = between.end("high") + len(unit if between["rest"] else "")
    return [Quantity(values=values, start=0, end=end, unit=units.named(unit))]
