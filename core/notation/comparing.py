"""Whether what was done meets what was asked, and why; never more certain than the two cells allow."""

import re
from dataclasses import dataclass
from fractions import Fraction

from core.lexicon import any_of, words
from core.notation import units
from core.notation.directions import direction_of
from core.notation.reading import Reading
from core.notation.written import plain
from core.scoring.values import Direction, Kind, Op
from core.scoring.working import plain as digits

NUMBER, DATE, WORDS, CLAIM = "number", "date", "words", "claim"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`met` is None when the cells do not tell; `basis` is number, date, words or claim (a status phrase)."""

    met: bool | None
    basis: str | None = None
    why: str


_UNDONE = words("""
    完成 实施 开展 开始 达成 达标 达到 启动 开工 执行 实现 建成 支付 验收 发放 拨付 到位 进行 落实 完工 竣工 动工 建设 采购 购置 购买 招标 交付 投入 使用 办结 结束 通过 出台 组织 举办
""")
_NEGATIVE = re.compile(
    rf"未(?:能|按[^,。]{{0,8}})?{any_of(_UNDONE)}|尚未|没有(?:完成|实施|开展|达到)|暂未|不达标|停止实施|取消实施"
    r"|(?:项目|活动|工程|计划|任务)已?被?取消|(?:已|被)(?:终止|中止|停建)$"
)
_PENDING = re.compile(r"基本|部分|大部|正在|进行中|推进中|进展|按进度|在建|陆续|逐步|即将|预计|接近|左右|拟|大约|约")
_NOTHING_HAPPENED = re.compile(r"[未不]发生|没有发生|无.{0,6}发生|零发生|^无[^效力法]{1,8}$|未出现|^零[^零]{1,6}$")
_WANTED_NONE = re.compile(rf"{_NOTHING_HAPPENED.pattern}|^杜绝|杜绝发生$")
_CLAIM = re.compile("|".join((
    r"达成(?:预期|年度)?(?:指标|目标)?",
    r"达到(?:预期|年度|既定|规定|目标|指标|要求|标准)[^,。;]{0,6}",
    r"实现(?:预期|年度)?(?:目标|指标)",
    r"(?:全部|全面|如期|按期|按时|及时|圆满|顺利|超额|已)*完成",
    r"已?达标",
    r"(?:已经?|均|全部|全额|足额)(?:采购|购置|购买|安装|验收|发放|拨付|支付|兑付|兑现|交付|投入使用|办结|整改|落实|到位)(?:到位|完毕|使用)?",
    r"已?(?:建成|完工|竣工|结项)",
    r"(?:已|均|全部)*(?:通过验收|验收合格|验收通过)",
    r"按[^,。;]{0,10}(?:发放|执行|完成|支付|落实|拨付|实施|兑付|兑现|到位)",
    r"^√$",
    r"^(?:均?已)?(?:达到|实现)$",
    r"^(?:同|与|等于)(?:左|上|目标|年度目标|指标|年度指标|计划)值?(?:一致|相同)?$",
)))
_FILLERS = words("""
    已经 已 均 全部 全面 全年 本年 年度 年初 目标 任务 指标 工作 项目 预期 在 规定 计划 要求 时间 时限 期限 内 按照 按 期 时 及时 了 各项 圆满 顺利 超额 到位 保质保量 质量
    进度 所有 相关 标准 100%
""")
_CLAIM_FILLERS = re.compile(rf"[\s,.;:、。()!]|{any_of(_FILLERS)}")
_SCALES = re.compile(r"好坏|优良中低?差|[高中]+低|有无|是否|优良差|好中差|是/否|优、?良、?中、?(?:低、?)?差")
_SAME_WORDS = (
    ("显著", "明显"), ("提升", "提高"), ("改进", "改善"), ("优秀", "优"), ("良好", "良"), ("加强", "增强"), ("上升", "提高"),
    ("遵守", "符合"), ("强化", "增强"), ("合规", "符合规定"), ("超过", "超"),
)
_NOT = re.compile("没有|未")
_PADDING = re.compile(r"[\s,.;:、。()“”\"!]|效果|成效|情况|得到|进一步|已经|已|均|全部|切实|了|达到|标准|非常|十分")
_WEAKER = re.compile(r"[不未无没非]|^中$|较|基本|一定|有所|略|部分|待|难")
_DEGREES = re.compile(r"显著|明显|较大|大幅|长期|持续|稳步|逐步|逐年|有效|充分|全面|完全")


def compare(requirement: Reading, actual: Reading, *, direction: Direction | None = None) -> Comparison:
    """Judge from the two cells alone. Without `direction` only the operator of the target decides.

    No operator: higher means at least, lower at most, equal the same figure. A bound copied from the target is met.
    """
    direction = direction or direction_of(requirement)[0]
    if requirement.is_empty:
        return Comparison(met=None, why=f"年度指标值{_named(requirement)}，没有可比的要求，请补填后再比较。")
    if actual.is_empty and not _means_nothing_happened(requirement, actual, direction):
        return Comparison(met=None, why=f"实际完成值{_named(actual)}，没有可比的结果，请补填后再比较。")
    for rule in (_copied, _by_date, _by_number, _by_parts, _by_absence, _by_denial, _by_words, _by_claim):
        verdict = rule(requirement, actual, direction)
        if verdict:
            return verdict
    return Comparison(met=None, why=f"目标“{_short(requirement)}”与实际“{_short(actual)}”不是同一种计量或说法，无法判断是否达到，请人工判断。")


def _copied(requirement: Reading, actual: Reading, direction: Direction) -> Comparison | None:
    """The same writing on both sides, a copied bound among it; a scale's name on both sides says nothing."""
    if plain(requirement.cell) != plain(actual.cell) or not requirement.cell:
        return None
    if requirement.op in {Op.MORE, Op.LESS} and actual.op is None:
        return None
    if _SCALES.fullmatch(plain(requirement.cell)):
        return Comparison(met=None, why=f"两边都写“{_short(actual)}”，只是评价档次的名称，没有选定哪一档，请写明档次。")
    basis = DATE if requirement.date else NUMBER if requirement.values else WORDS
    return Comparison(met=True, basis=basis, why=f"实际完成值与年度指标值同为“{_short(actual)}”，达到目标。")


def _by_date(requirement: Reading, actual: Reading, direction: Direction) -> Comparison | None:
    if requirement.kind not in {Kind.DATE, Kind.PERIOD} or actual.kind not in {Kind.DATE, Kind.PERIOD}:
        return None
    if requirement.date is None or actual.date is None:
        return Comparison(met=None, why="目标或实际的日期没有年份，无法比较，请补填年份。")
    met = actual.date <= requirement.date
    told = "达到目标" if met else f"逾期 {(actual.date - requirement.date).days} 天"
    return Comparison(met=met, basis=DATE, why=f"要求不晚于 {requirement.date}，实际为 {actual.date}，{told}。")


def _by_number(requirement: Reading, actual: Reading, direction: Direction) -> Comparison | None:
    wanted = requirement.is_number or requirement.kind is Kind.RANGE
    if not wanted or not actual.is_number:
        return None
    factor = _factor(requirement, actual)
    if factor is None:
        return None
    done = Fraction(actual.values[0]) * factor
    met = _within(done, requirement) if requirement.kind is Kind.RANGE else _reached(done, requirement, direction)
    if met is None:
        return Comparison(met=None, why=f"目标 {_short(requirement)} 没有算符，指标名也看不出越多越好还是越少越好，无法判断，请补填指标性质。")
    if met and actual.op and not _bound_agrees(requirement, actual):
        return Comparison(met=None, why=f"实际完成值写的是界限“{_short(actual)}”，不是完成的数，无法判断，请改填实际数。")
    return _counted(met, f"目标 {_short(requirement)}，实际 {_short(actual)}，按{direction.label}比较")


def _by_parts(requirement: Reading, actual: Reading, direction: Direction) -> Comparison | None:
    """Several quantities beside as many of the same kinds, in the same order: each one has to be reached."""
    asked, done = (_single_parts(reading) for reading in (requirement, actual))
    if len(asked) < 2 or len(asked) != len(done):
        return None
    pairs = list(zip(asked, done, strict=True))
    factors = [_factor(one, other) for one, other in pairs]
    if not all(one.unit and other.unit for one, other in pairs) or None in factors:
        return None
    verdicts = [
        _reached(Fraction(other.values[0]) * factor, one, direction_of(one)[0] if one.op else direction)
        for (one, other), factor in zip(pairs, factors, strict=True)
    ]
    if None in verdicts:
        return None
    return _counted(all(verdicts), f"目标 {_short(requirement)}，实际 {_short(actual)}，逐项比较")


def _single_parts(reading: Reading) -> list[Reading]:
    return [
        Reading(kind=Kind.NUMERIC, op=part.op, values=(part.value,), unit=part.unit) for part in reading.parts
    ]


def _counted(met: bool, told: str) -> Comparison:
    return Comparison(met=met, basis=NUMBER, why=f"{told}，{'达到' if met else '未达到'}目标。")


def _by_absence(requirement: Reading, actual: Reading, direction: Direction) -> Comparison | None:
    """未发生 meets a target of at most so many; 零事故 is met by 0 and by 未发生."""
    if requirement.kind is not Kind.QUALITATIVE:
        nothing = direction is not Direction.HIGHER and _means_nothing_happened(requirement, actual, direction)
        return _none_found(requirement, actual) if nothing else None
    if not _WANTED_NONE.search(plain(requirement.cell)):
        return None
    if actual.is_number:
        return _counted(actual.values[0] == 0, f"目标“{_short(requirement)}”即为 0，实际 {_short(actual)}")
    return _none_found(requirement, actual) if _NOTHING_HAPPENED.search(plain(actual.cell)) else None


def _none_found(requirement: Reading, actual: Reading) -> Comparison:
    return Comparison(met=True, basis=CLAIM, why=f"实际写“{_short(actual)}”，即没有发生，达到“{_short(requirement)}”的目标。")


def _by_denial(requirement: Reading, actual: Reading, direction: Direction) -> Comparison | None:
    if not _NEGATIVE.search(plain(actual.cell)):
        return None
    return Comparison(met=False, basis=CLAIM, why=f"填报单位写明“{_short(actual)}”，未达到目标。")


def _by_claim(requirement: Reading, actual: Reading, direction: Direction) -> Comparison | None:
    partial = actual.is_number and actual.unit == "%" and actual.values[0] < 100
    if partial or _PENDING.search(plain(actual.cell)) or not is_claim(actual):
        return None
    return Comparison(met=True, basis=CLAIM, why=f"填报单位声明“{_short(actual)}”，没有可核对的数，按已达到目标记，请核对佐证。")


def is_claim(actual: Reading) -> bool:
    """A status phrase (达成预期指标, 按时完成) and little else; a number in front of it does not matter."""
    text = plain(actual.cell)
    found = _CLAIM.search(text)
    if not found:
        return False
    rest = text[: found.start()] + text[found.end():]
    for value in actual.values:
        rest = rest.replace(f"{value:f}{actual.unit}", "", 1)
    return len(_CLAIM_FILLERS.sub("", rest)) <= 3


def _by_words(requirement: Reading, actual: Reading, direction: Direction) -> Comparison | None:
    if requirement.kind is not Kind.QUALITATIVE or actual.kind is not Kind.QUALITATIVE:
        return None
    asked, done = _gist(requirement.text), _gist(actual.text)
    if not asked or not done:
        return None
    if done == "不" + asked or (asked, done) in {("是", "否"), ("有", "不"), ("有", "无")}:
        return Comparison(met=False, basis=WORDS, why=f"目标为“{_short(requirement)}”，实际写“{_short(actual)}”，未达到目标。")
    if asked == done or _says_all(asked, done) or _says_nearly(asked, done):
        return Comparison(met=True, basis=WORDS, why=f"实际“{_short(actual)}”与目标“{_short(requirement)}”说法相同，达到目标。")
    return None


def _gist(text: str) -> str:
    """The words that count, one of two words for the same."""
    text = _NOT.sub("不", plain(text))
    bare = _PADDING.sub("", text) or text
    for word, same in _SAME_WORDS:
        bare = bare.replace(word, same)
    return bare


def _says_all(asked: str, done: str) -> bool:
    """The actual holds all that was asked, with nothing that weakens it."""
    at = done.find(asked)
    return at >= 0 and not _WEAKER.search(done[:at] + done[at + len(asked):])


def _says_nearly(asked: str, done: str) -> bool:
    """The actual leaves out no more than the subject of a sentence, and no word of degree."""
    left_out = _left_out(asked, done)
    if left_out is None or 3 * len(done) < 2 * len(asked):
        return False
    return not _DEGREES.search(left_out) and not _WEAKER.search(left_out)


def _left_out(asked: str, done: str) -> str | None:
    """What of `asked` is missing in `done`, which holds the rest in the same order; None when it says other things."""
    rest, place = "", 0
    for char in asked:
        if place < len(done) and char == done[place]:
            place += 1
        else:
            rest += char
    return rest if place == len(done) else None


def _reached(done: Fraction, requirement: Reading, direction: Direction) -> bool | None:
    target = Fraction(requirement.values[0])
    if requirement.op is Op.MORE:
        return done > target
    if requirement.op is Op.LESS:
        return done < target
    answers = {Direction.HIGHER: done >= target, Direction.LOWER: done <= target, Direction.EQUAL: done == target}
    return answers.get(direction, True if done == target else None)


def _within(done: Fraction, requirement: Reading) -> bool:
    low, high = sorted(map(Fraction, requirement.values))
    return low <= done <= high


def _bound_agrees(requirement: Reading, actual: Reading) -> bool:
    """An actual that is itself a bound proves the target only when it bounds on the same side."""
    sides = {Op.AT_LEAST: 1, Op.MORE: 1, Op.AT_MOST: -1, Op.LESS: -1}
    side = sides.get(actual.op, 0)
    return side == 0 or requirement.op is None or sides.get(requirement.op, 0) in {0, side}


def _factor(requirement: Reading, actual: Reading) -> Fraction | None:
    """How many units of the target one of the actual is; 每户2万元 is 2万元/户, 每月1期 is not comparable with 12期."""
    if requirement.per == actual.per:
        meant = [units.mended(reading.unit) or reading.unit for reading in (actual, requirement)]
        return units.converted(*meant) or _left_out_rate(requirement, actual)
    rates = [units.rate(reading.unit, reading.per) for reading in (actual, requirement)]
    factor = units.converted(*rates)
    if factor is not None or (requirement.per and actual.per) or not units.is_money(requirement.unit):
        return factor
    return units.converted(actual.unit, requirement.unit)


def _left_out_rate(requirement: Reading, actual: Reading) -> Fraction | None:
    """10万元 beside ≤10万元/个: the rate was left out, unless the figures differ so much that one is a total."""
    wanted, _, each = units.spelled(requirement.unit).partition("/")
    paid, _, other = units.spelled(actual.unit).partition("/")
    shortened = each != other and (each.startswith(other) or other.startswith(each))
    if not (shortened and units.is_money(wanted) and units.is_money(paid) and requirement.values[0]):
        return None
    factor = units.converted(paid, wanted)
    times = Fraction(actual.values[0]) * factor / Fraction(requirement.values[0]) if factor else 0
    return factor if Fraction(1, 2) <= times <= 2 else None


def _means_nothing_happened(requirement: Reading, actual: Reading, direction: Direction) -> bool:
    limited = requirement.is_number and direction in {Direction.LOWER, Direction.EQUAL}
    said = plain(actual.cell)
    zero = limited and (direction is Direction.LOWER or requirement.values[0] == 0)
    return zero and (bool(_NOTHING_HAPPENED.search(said)) or (said == "无" and requirement.values[0] == 0))


def _named(reading: Reading) -> str:
    written = reading.cell.strip()
    return "没有填写" if reading.kind is Kind.BLANK else f"“{written[:20]}”是{reading.kind.label}"


def _short(reading: Reading) -> str:
    if reading.is_number and len(reading.cell) > 20:
        return (reading.op.label if reading.op else "") + digits(reading.values[0]) + reading.unit
    return reading.cell.strip()[:30]
