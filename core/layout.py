"""Finds the parts of an official form by their words, never by their position. Pure: no Django.

Rows and columns are counted from 0, as in a ``Grid``; ``cell`` gives the address people know (A1).
Words are compared without white space, line breaks, list numbers, trailing colons and brackets, so that 「年初预算数（万元）：」 is
年初预算数. In a word given by a caller, … at its end or beginning stands for any text; 「1-N月」 is any span of months.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from core.sheets import Grid, cell_name

INDICATOR_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "level1": ("一级指标", "一级", "一级指标名称"),
    "level2": ("二级指标", "二级", "二级指标名称"),
    "name": ("三级指标", "三级指标名称", "指标名称", "指标内容", "绩效指标名称", "具体指标", "三级", "四级指标"),
    "value_type": ("指标值类型", "指标类型", "指标值性质"),
    "operator": ("指标性质", "指标方向", "运算符号", "运算符", "符号", "计算符号", "比较符", "算符", "绩效指标性质"),
    "target": (
        "年度指标值", "年度目标值", "全年目标值", "全年指标值", "年初指标值", "年初目标值", "指标值", "目标值", "绩效指标值", "预期指标值",
        "预期目标值", "年度绩效指标值", "计划指标值", "计划完成值", "预期值", "指标目标值", "年初设定指标值", "年度指标值内容", "指标值内容",
    ),
    "unit": ("计量单位", "度量单位", "指标值单位", "单位", "指标单位"),
    "actual": (
        "实际完成值", "全年实际完成值", "全年完成值", "实际完成指标值", "实际完成情况", "完成值", "完成情况", "实际值", "全年实际值", "目标完成值",
        "年度实际完成值", "全年完成情况", "指标完成值", "指标完成情况", "全年实际完成情况", "实际完成", "实际完成结果",
    ),
    "weight": ("分值", "权重", "指标权重", "权重分值", "指标分值", "标准分", "标准分值", "满分", "分值权重", "权重分", "设定分值"),
    "score": ("得分", "自评得分", "指标得分", "实际得分", "评价得分", "自评分", "评分", "自评分值"),
    "reason": (
        "偏差原因分析及改进措施", "偏差原因分析及改进", "偏差原因…", "未完成原因…", "原因分析…", "产生偏差…", "偏离原因…", "扣分原因…",
        "未完成…原因…", "差异原因…",
    ),
    "explanation": ("指标解释", "指标说明", "指标释义", "指标内涵", "指标定义"),
    "standard": ("评分标准", "评扣分标准", "评(扣)分标准", "评价标准", "计分标准", "赋分标准", "评分细则", "评分方法"),
    "remark": ("备注", "说明"),
}
"""The columns of an indicator table and the words offices use for them, the most telling first."""

TOTALS = (
    "总分", "合计", "总计", "总分合计", "合计得分", "得分合计", "自评总分", "总得分", "综合得分", "自评得分合计", "权重合计", "分值合计",
    "总分值",
)
FOOTERS = TOTALS + (
    "说明:…", "说明", "注:…", "注…:…", "备注:…", "填表说明…", "填报说明…", "填报人…", "填表人…", "制表人…", "联系人…", "联系电话…", "单位负责人…",
    "项目负责人…", "财务负责人…", "审核意见…", "其他需要说明的问题…", "其他需说明…", "自评结论…", "评价结论…", "存在问题…", "改进措施…",
    "主管部门审核意见…", "财政部门审核意见…",
)
"""What stands below a table, not in it."""

FORM_LABELS = (
    "项目名称", "项目编码", "项目代码", "项目编号", "主管部门", "主管部门及代码", "预算部门", "实施单位", "项目单位", "预算单位", "填报单位", "单位名称",
    "部门名称", "部门(单位)名称", "年度", "预算年度", "项目属性", "项目类别", "项目类型", "项目期", "项目负责人", "负责人", "联系人", "联系电话", "电话",
    "项目资金", "资金总额", "年度资金总额", "其中:财政拨款", "财政拨款", "上年结转", "上年结转资金", "其他资金", "年初预算数", "全年预算数", "全年执行数",
    "执行率", "分值", "得分", "预期目标", "实际完成情况", "年度目标", "年度总体目标", "总体目标", "绩效指标", "一级指标", "填报日期", "填表日期", "填报人",
    "金额单位", "单位负责人", "起止时间", "开始时间", "结束时间", "自评总分", "财政处室", "自评等级", "评定等级", "总分",
)

_MONTHS = re.compile(r"(?<!\d)\d{1,2}月?(?:[-—–~至到]|--|——)(?:\d{1,2}|[NnXx×*])月")
_NUMBERING = re.compile(r"\A(?:[一二三四五六七八九十]{1,3}[、.]|\((?:[一二三四五六七八九十]{1,3}|\d{1,2})\)|\d{1,2}[、.)](?!\d))")
_BRACKETS = str.maketrans("【】〔〕[]{}〈〉〖〗", "()()()()()()")
_BRACKETED = re.compile(r"\([^()]*\)")
_DEEPEST_HEADER = 3
_LONGEST_LABEL = 14


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """The text as words are compared: one form of brackets and digits, nothing unseen, no trailing colon."""
    text = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    return _MONTHS.sub("1-N月", text.lstrip("*★☆※▲●").rstrip(":*"))


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """``plain`` without brackets and their content and without a list number in front."""
    without = _NUMBERING.sub("", plain(text))
    return _BRACKETED.sub("", without).rstrip(":*") or without


def says(text: str, words: Sequence[str]) -> bool:
    """Whether a cell says one of these words."""
    return _rank(text, words) is not None


def _rank(text: str, words: Sequence[str]) -> int | None:
    """The place of the first word that fits, exact words before words with …"""
    if not text:
        return None
    whole, without = plain(text), bare(text)
    for place, word in enumerate(words):
        if "…" not in word and plain(word) in (whole, without):
            return place
    for place, word in enumerate(words):
        if "…" in word and (_fits(word, whole) or _fits(word, without)):
            return place
    return None


@lru_cache(maxsize=20_000)
def _fits(word: str, text: str) -> bool:
    pattern = ".*".join(re.escape(plain(part) + (":" if part.endswith((":", "：")) else "")) for part in word.split("…"))
    return re.fullmatch(pattern, text, re.DOTALL) is not None


class Place(NamedTuple):
    """A cell, or a merged area by its first cell."""

    row: int
    column: int
    text: str

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column)


def areas_in_row(grid: Grid, row: int) -> list[Place]:
    """The cells of a row from the left, each merged area once."""
    places = []
    column = 0
    while row < len(grid.rows) and column < len(grid.rows[row]):
        area = grid.area(row, column)
        places.append(Place(area.first_row, area.first_column, grid.rows[row][column]))
        column = area.last_column + 1
    return places


@dataclass(frozen=True)
class Label:
    """A label and what stands beside it.

    ``inline`` is the rest of its own cell or line after a colon; ``right`` and ``below`` are the cells there, nearest
    first. A label found in a line outside the table has ``place`` None.
    """

    text: str
    place: Place | None
    inline: str
    right: tuple[Place, ...] = ()
    below: tuple[Place, ...] = ()

    @property
    def answer(self) -> Place | None:
        """The cell that answers: its own, the nearest to the right, or the one below where right is another label.

        An empty cell is passed over only when the next filled one is no label itself; a sentence below empty cells
        counts.
        """
        if self.inline or not (self.right or self.below):
            return self.place
        if self.below and (not self.right or says(self.right[0].text, FORM_LABELS)):
            return self.below[0]
        filled = next((place for place in self.right if place.text), None)
        if filled is None and self.below and len(self.below[0].text) > _LONGEST_LABEL:
            return self.below[0]
        return self.right[0] if filled is None or says(filled.text, FORM_LABELS) else filled

    @property
    def value(self) -> str:
        """The text that answers the label; "" when nothing was written."""
        if self.inline:
            return self.inline
        return self.answer.text if self.answer and self.answer is not self.place else ""


def find_label(grid: Grid, *words: str, start: int = 0, end: int | None = None) -> Label | None:
    """The first cell that says one of the words, else the first cell or line that has 「word：value」 in it."""
    return next(find_labels(grid, *words, start=start, end=end), None)


def find_labels(grid: Grid, *words: str, start: int = 0, end: int | None = None) -> Iterator[Label]:
    """All of them in reading order, in the rows from ``start`` to before ``end``: whole cells before inline ones."""
    rows = range(start, len(grid.rows) if end is None else min(end, len(grid.rows)))
    places = [
        (row, place) for row in rows for place in areas_in_row(grid, row)
        if place.text and (place.row == row or row == start)
    ]
    for row, place in places:
        if says(place.text, words):
            yield _label(grid, row, place, "")
    for row, place in places:
        for word in words:
            if (inline := inline_value(place.text, word)) is not None:
                yield _label(grid, row, place, inline)
                break
    for line in (*grid.before, *grid.after):
        for word in words:
            if (inline := inline_value(line, word)) is not None:
                yield Label(line, None, inline)
                break


def _label(grid: Grid, row: int, place: Place, inline: str) -> Label:
    area = grid.area(place.row, place.column)
    right = tuple(other for other in areas_in_row(grid, row) if other.column > area.last_column)
    below = []
    under = area.last_row + 1
    while under < len(grid.rows) and place.column < len(grid.rows[under]):
        lower = grid.area(under, place.column)
        below.append(Place(lower.first_row, lower.first_column, grid.rows[under][place.column]))
        under = lower.last_row + 1
    return Label(place.text, place, inline, right, tuple(below))


def inline_value(text: str, word: str) -> str | None:
    """What follows 「word：」 in a text, to the next such label or the end of the line; None where it is not so used."""
    if ":" not in text and "：" not in text:
        return None
    found = _inline_pattern(word).search(text)
    return found["value"].strip() if found else None


@lru_cache(maxsize=2_000)
def _inline_pattern(word: str) -> re.Pattern[str]:
    letters = r"[ \t\u3000\xa0]*".join(re.escape(letter) for letter in word.rstrip("…：:"))
    rest = r"[^\s:：]*?" if word.endswith("…") else ""
    bracket = r"(?:[(（][^)）\n]*[)）])?"
    space = r"[ \t\u3000\xa0]"
    return re.compile(
        rf"(?:^|(?<=[\s\u3000\xa0，,；;(（])){letters}{rest}{space}*{bracket}{space}*[:：](?P<value>[^\n]*?)"
        rf"(?={space}{{1,}}[^\s:：]{{2,14}}{bracket}{space}*[:：]|\n|\Z)",
        re.MULTILINE,
    )


@dataclass(frozen=True)
class TableRow:
    """One line of a table: its texts by column name, and all its cells."""

    index: int
    texts: Mapping[str, str]
    cells: Sequence[str]
    heading: str
    places: Mapping[str, tuple[int, int]]

    @property
    def number(self) -> int:
        """The row as a spreadsheet program counts, from 1."""
        return self.index + 1

    def __getitem__(self, name: str) -> str:
        """The text of a column, "" where the table has no such column."""
        return self.texts.get(name, "")

    def cell(self, name: str) -> str:
        """The address of a column's cell in this row; of a merged area its first cell; "" without such a column."""
        return cell_name(*self.places[name]) if name in self.places else ""


@dataclass(frozen=True)
class Table:
    """A table found by its header words.

    ``header`` is its first and last header row; ``columns`` gives the first and last column of each name found.
    ``total`` is the row of totals below it. ``end`` is the first row that no longer belongs to it.
    """

    grid: Grid
    header: tuple[int, int]
    columns: Mapping[str, tuple[int, int]]
    rows: Sequence[TableRow]
    total: TableRow | None
    end: int

    def header_cell(self, name: str) -> str:
        """The address of a column's heading."""
        return cell_name(self.header[1], self.columns[name][0])

    def header_text(self, name: str) -> str:
        return self.grid.text(self.header[1], self.columns[name][0])


def find_table(
    grid: Grid,
    columns: Mapping[str, tuple[str, ...]],
    *,
    required: Sequence[str] = (),
    start: int = 0,
    stop: Sequence[str] = FOOTERS,
    carry: Sequence[str] = (),
    within: tuple[int, int] | None = None,
) -> Table | None:
    """The table whose header names most of the columns, from row ``start`` on; None without the required ones.

    The header may have up to three rows; a column is then named by the lower cell, or by upper and lower cell together
    (全年执行数 above 财政拨款: 全年执行数财政拨款). The body ends before the first row that says one of ``stop`` in its first cells.
    ``carry`` names columns whose empty cells repeat the cell above, from the outer to the inner.
    ``within`` limits the search to columns from … to, for tables that stand side by side.
    """
    best = None
    for row in range(start, len(grid.rows)):
        for depth in range(1, _DEEPEST_HEADER + 1):
            if row + depth > len(grid.rows):
                break
            found = _header_places(grid, row, depth, columns, within)
            if not found or any(name not in found for name in required):
                continue
            merit = (len(found), -depth, -row)
            if best is None or merit > best[0]:
                best = (merit, row, depth, found)
    if best is None:
        return None
    _, row, depth, found = best
    last = row + depth - 1
    reach = max(grid.area(last, first).last_row for first, _ in found.values())
    return _read_body(grid, (row, min(reach, row + _DEEPEST_HEADER - 1)), found, columns, stop, carry)


def _header_places(
    grid: Grid, row: int, depth: int, columns: Mapping[str, tuple[str, ...]], within: tuple[int, int] | None
) -> dict[str, tuple[int, int]]:
    """Column name → first and last column, for the names found in these rows; the more telling word wins."""
    bottom = row + depth - 1
    found: dict[str, tuple[int, tuple[int, int]]] = {}
    first_column, last_column = within or (0, len(grid.rows[bottom]) - 1)
    for place in areas_in_row(grid, bottom):
        if not first_column <= place.column <= last_column:
            continue
        heading = _heading_at(grid, row, bottom, place.column)
        name, rank = _best_name(heading, columns)
        if name and (name not in found or rank < found[name][0]):
            area = grid.area(bottom, place.column)
            found[name] = rank, (area.first_column, area.last_column)
    return {name: span for name, (_, span) in found.items()}


def _heading_at(grid: Grid, top: int, bottom: int, column: int) -> list[str]:
    """What a column may be called: upper and lower words together, the lower alone, the upper above an empty one."""
    texts = list(dict.fromkeys(filter(None, (grid.text(row, column) for row in range(top, bottom + 1)))))
    if not texts:
        return []
    joined = "".join(bare(text) for text in texts)
    return [joined, texts[-1]] if len(texts) > 1 else [texts[0]]


def _best_name(headings: Sequence[str], columns: Mapping[str, tuple[str, ...]]) -> tuple[str | None, int]:
    for heading in headings:
        ranks = [
            (rank, name) for name, words in columns.items()
            if (rank := _rank_of_heading(heading, words)) is not None
        ]
        if ranks:
            rank, name = min(ranks, key=lambda pair: pair[0])
            return name, rank
    return None, 0


@lru_cache(maxsize=50_000)
def _rank_of_heading(heading: str, words: tuple[str, ...]) -> int | None:
    return _rank(heading, words) if len(heading) <= 60 else None


def _read_body(
    grid: Grid, header: tuple[int, int], places: Mapping[str, tuple[int, int]], columns: Mapping[str, tuple[str, ...]],
    stop: Sequence[str], carry: Sequence[str],
) -> Table:
    rows: list[TableRow] = []
    total, index = None, header[1] + 1
    while index < len(grid.rows):
        row = _table_row(grid, index, places)
        if _ends_table(grid, index, stop):
            total = row if _ends_table(grid, index, TOTALS) else None
            break
        if any(row.texts.values()) and not _is_aside(grid, index, places) and not _repeats_header(row, columns):
            rows.append(_carried(row, rows[-1] if rows else None, carry))
        index += 1
    return Table(grid, header, places, rows, total, index)


def _table_row(grid: Grid, index: int, places: Mapping[str, tuple[int, int]]) -> TableRow:
    anchors = {}
    for name, (first, _) in places.items():
        area = grid.area(index, first)
        anchors[name] = (area.first_row, area.first_column)
    texts = {name: _text_across(grid, index, first, last) for name, (first, last) in places.items()}
    leftmost = min(first for first, _ in places.values())
    heading = next((text for text in reversed(grid.rows[index][:leftmost]) if text), "")
    return TableRow(index, texts, grid.rows[index], heading, anchors)


def _text_across(grid: Grid, row: int, first: int, last: int) -> str:
    """The cells under one heading as one text: ≥ and 95% give ≥95%; two figures stay apart."""
    text, column = "", first
    while column <= last and column < len(grid.rows[row]):
        piece = grid.rows[row][column]
        gap = " " if text[-1:].isdigit() and piece[:1].isdigit() else ""
        text += gap + piece if piece else ""
        column = grid.area(row, column).last_column + 1
    return text


def _ends_table(grid: Grid, index: int, stop: Sequence[str]) -> bool:
    texts = [place.text for place in areas_in_row(grid, index) if place.text and place.row == index]
    return any(says(text, stop) for text in texts[:2])


def _is_aside(grid: Grid, index: int, places: Mapping[str, tuple[int, int]]) -> bool:
    """A title or note across all the columns of the table."""
    return len(places) > 1 and len({grid.area(index, first) for first, _ in places.values()}) == 1


def _repeats_header(row: TableRow, columns: Mapping[str, tuple[str, ...]]) -> bool:
    same = [name for name, text in row.texts.items() if _rank_of_heading(text, columns[name]) is not None]
    return len(same) * 2 > len(row.texts)


def _carried(row: TableRow, above: TableRow | None, carry: Sequence[str]) -> TableRow:
    """Empty cells of the carried columns repeat those above; a new outer cell ends the repeating of the inner ones."""
    if above is None:
        return row
    texts, places = dict(row.texts), dict(row.places)
    for name in carry:
        if name not in texts:
            continue
        if texts[name]:
            if texts[name] != above.texts[name]:
                break
            continue
        texts[name], places[name] = above.texts[name], above.places[name]
    return TableRow(row.index, texts, row.cells, row.heading, places)


_LEVELS = {
    "成本指标": ("成本", "项目成本", "产出成本"),
    "产出指标": ("产出", "项目产出", "产出类", "绩效产出"),
    "效益指标": ("效益", "项目效益", "效果", "项目效果", "效益类", "绩效效益"),
    "满意度指标": ("满意度", "满意度类", "项目满意度"),
    "决策": ("决策", "项目决策"),
    "过程": ("过程", "项目过程", "管理", "项目管理"),
    "数量指标": ("数量", "产出数量"),
    "质量指标": ("质量", "产出质量"),
    "时效指标": ("时效", "产出时效", "进度"),
    "经济成本指标": ("经济成本",),
    "社会成本指标": ("社会成本",),
    "生态环境成本指标": ("生态环境成本", "生态成本", "环境成本"),
    "经济效益指标": ("经济效益",),
    "社会效益指标": ("社会效益",),
    "生态效益指标": ("生态效益", "生态环境效益", "环境效益"),
    "可持续影响指标": ("可持续影响", "可持续发展", "可持续性", "可持续", "可持续发展影响", "可持续影响力"),
    "服务对象满意度指标": (
        "服务对象满意度", "受益对象满意度", "服务对象满意", "社会公众满意度", "社会公众或服务对象满意度", "社会公众及服务对象满意度",
        "群众满意度", "受益群众满意度", "服务对象或社会公众满意度", "公众满意度", "服务对象或受益人满意度", "使用对象满意度",
    ),
    "预算执行率": ("预算执行率", "预算执行", "资金执行率", "执行率"),
}
_LEVEL_OF = {spelling: level for level, spellings in _LEVELS.items() for spelling in spellings}
_POINTS = re.compile(
    r"(?:\((?:权重|分值|满分|共|计)*:?(\d{1,3}(?:\.\d{1,2})?)(?:分|%)?\)|(?<!\d)(\d{1,3}(?:\.\d{1,2})?)(?:分|%))\Z"
)
_DECORATION = re.compile(r"(?:类)?(?:绩效)?(?:指标|方面)?(?:值|等)?\Z")


def split_level(text: str) -> tuple[str, Decimal | None]:
    """「产出指标(50分)」 → ("产出指标", 50): the level's usual name and the points beside it, None without points.

    一、产出 and 产出类指标 are 产出指标 too; a name that is no known level comes back as written, without number and points.
    """
    whole = _NUMBERING.sub("", plain(text))
    found = _POINTS.search(whole)
    points = Decimal(found[1] or found[2]) if found else None
    name = (whole[:found.start()] if found else whole).rstrip(":")
    stem = _BRACKETED.sub("", name)
    known = _LEVEL_OF.get(stem) or _LEVEL_OF.get(_DECORATION.sub("", stem))
    return known or name, points


_YEAR = re.compile(r"(20\d{2})\s*年度?")
_YEAR_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def find_year(grid: Grid, *, rows: int = 8) -> int | None:
    """The year a form speaks of, from its title lines and first rows; 「2025年度」 counts before a bare 2025年."""
    first_rows = range(min(rows, len(grid.rows)))
    texts = [*grid.before, *(place.text for row in first_rows for place in areas_in_row(grid, row))]
    short = [unicodedata.normalize("NFKC", text).translate(_YEAR_DIGITS) for text in texts if len(text) <= 60]
    years = [(match[0].endswith("度"), int(match[1])) for text in short for match in _YEAR.finditer(text)]
    if not years:
        return None
    return next((year for full, year in years if full), years[0][1])
