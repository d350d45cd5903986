"""The indicator tables: columns by their words, levels by their usual names, cells by core.notation."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from core.layout import (
    FOOTERS,
    INDICATOR_COLUMNS,
    Table,
    areas_in_row,
    bare,
    find_table,
    plain,
    says,
    split_level,
)
from core.notation import Reading, read_actual, read_target
from core.official.filled import EMPTY, FilledIndicator, FundKind, FundRow, LevelPoints, PaperKind, Written
from core.official.reading.source import Source, top_of
from core.sheets import Grid

COLUMNS: Mapping[str, tuple[str, ...]] = INDICATOR_COLUMNS | {
    "actual": INDICATOR_COLUMNS["actual"] + (
        "1-N月完成情况", "1-N月实际完成值", "1-N月完成值", "1-N月执行情况", "截至…完成值", "1-N月实际完成情况", "业绩值", "1-N月指标完成情况",
    ),
    "name4": ("四级指标", "四级指标名称", "四级"),
    "adjusted_target": ("调整指标值", "调整后指标值", "调整后目标值", "全年调整指标值"),
    "coefficient": ("得分系数", "得分率"),
    "forecast": ("全年预计完成情况", "全年预计完成值", "预计全年完成情况", "全年预计", "全年预计完成"),
    "likelihood": ("完成目标可能性", "目标完成可能性", "完成可能性"),
    "certain": ("确定能",),
    "possible": ("有可能",),
    "impossible": ("完全不可能", "不可能"),
    "funding": ("经费保障",), "policy_system": ("制度保障",), "staffing": ("人员保障",), "hardware": ("硬件条件保障",),
    "other_cause": ("其他",),
    "note": ("原因说明",),
    "lamp": ("预警灯", "预警", "灯色"),
    "deviation": ("进度偏离度", "偏离度", "偏差度"),
    "is_core": ("是否核心指标",),
    "of_project": ("所属项目",),
    "source": ("指标来源", "指标值来源", "数据来源"),
    "paper": ("底稿编号", "工作底稿编号"),
    "points_checked": ("评价要点", "评价内容", "评分要点"),
}
REVIEW_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "level1": ("审核内容", "审核维度", "评估维度", "维度", "评估内容", "审核类别", "一级指标", "评价维度"),
    "level2": ("二级指标", "分项"),
    "name": ("评估指标", "审核要点", "审核项目", "审核项", "评分项", "评估要点", "评审要点", "评估项", "三级指标", "具体内容", "指标名称", "审核指标"),
    "explanation": ("审核说明", "评分说明", "评审内容", "主要内容", "具体审核内容", "判断标准", "评价要点", "审核标准"),
    "weight": INDICATOR_COLUMNS["weight"] + ("满分值",),
    "grade": ("评定等级", "等级", "档次", "评级", "评定"),
    "score": INDICATOR_COLUMNS["score"] + ("审核得分", "评估得分", "审核评分"),
    "reason": ("问题", "存在问题", "审核意见", "扣分原因…", "扣分理由", "主要问题", "评分理由", "评估意见", "存在的问题", "评分依据"),
}
EXECUTION_NAMES = ("预算执行率", "资金执行率", "预算执行", "执行率")
_VALUES = ("target", "actual", "adjusted_target", "score")
_ELLIPSIS = re.compile(r"[.…·\s]+|\.{2,}.*")
_LETTERED = re.compile(r"\A[A-Za-z]\d{0,3}[.、:-]?(?=[\u4e00-\u9fff])")
_SUBTOTAL = ("小计", "合计", "分类小计", "得分小计")
_TOTAL = re.compile(r"合计|总分|总计|总得分")
_REVIEW_STOP = (*FOOTERS, "…得分合计", "…总分", "综合评定等级", "总体意见", "总体结论", "…合计")


@dataclass
class Found:
    """What the indicator tables of a form hold."""

    indicators: list[FilledIndicator] = field(default_factory=list)
    overall: list[FilledIndicator] = field(default_factory=list)
    execution: FundRow | None = None
    level_points: list[LevelPoints] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    total_weight: Written = EMPTY
    total_score: Written = EMPTY
    total_cells: tuple[Written, ...] = ()
    body: dict[str, range] = field(default_factory=dict)


def read_indicators(source: Source, kind: PaperKind, *, year: int | None) -> Found:
    """All indicators of the form; `body` gives the rows of the table in each grid."""
    found = Found()
    for grid in source.grids:
        table = _table_of(grid, kind)
        if table is None:
            continue
        found.body[grid.name] = range(top_of(table), table.end)
        for is_overall, block in _named_blocks([each for each in _blocks(table, kind) if each]):
            _take(found, source, block, kind, year=year,
                  into=found.overall if is_overall else found.indicators, whole=table)
        if _take_total(found, source, table):
            found.body[grid.name] = range(top_of(table), table.end + 1)
    return found


def _table_of(grid: Grid, kind: PaperKind, **options) -> Table | None:
    carry = ("level1", "level2")
    if kind in {PaperKind.TARGET_REVIEW, PaperKind.EX_ANTE}:
        tables = (find_table(grid, REVIEW_COLUMNS, required=("name", judged), carry=carry, stop=_REVIEW_STOP, **options)
                  for judged in ("weight", "grade"))
        return next(filter(None, tables), None)
    table = find_table(grid, COLUMNS, required=("name",), carry=carry, **options)
    useful = table and table.columns.keys() & {*_VALUES, "weight", "likelihood"}
    return table if useful else None


def _blocks(table: Table, kind: PaperKind) -> Iterator[Table | None]:
    """The table, or its parts where two sets of indicators stand side by side."""
    grid, row = table.grid, table.header[1]
    heads = areas_in_row(grid, row)
    names = [place for place in heads if says(place.text, COLUMNS["name"])]
    if len(names) < 2 or kind.scores_items:
        yield table
        return
    starts = []
    for name in names[1:]:
        start, left = name.column, [place for place in heads if place.column < name.column]
        while left and says(left[-1].text, COLUMNS["level2"] + COLUMNS["level1"]):
            start = left.pop().column
        starts.append(start)
    bounds = [0, *starts, grid.width]
    for first, after in zip(bounds, bounds[1:], strict=False):
        yield _table_of(grid, kind, within=(first, after - 1), start=table.header[0])


def _named_blocks(blocks: list[Table]) -> list[tuple[bool, Table]]:
    """Of two sets the one under 中期 or 总体 is of the whole term, unless none is named so."""
    if len(blocks) < 2:
        return [(False, block) for block in blocks]
    above = [_heading_above(block) for block in blocks]
    return [(bool(re.search(r"中期|总体|实施期|长期", text)) and "年度" not in text, block)
            for text, block in zip(above, blocks, strict=True)]


def _heading_above(block: Table) -> str:
    """What is written over a block of columns, at most three rows up."""
    first, last = block.columns.get("level2", block.columns["name"])[0], block.columns["name"][1]
    texts = [block.grid.text(row, column) for row in range(max(0, block.header[0] - 3), block.header[1])
             for column in range(first, last + 1)]
    return plain("".join(dict.fromkeys(texts)))


def _take(found: Found, source: Source, table: Table, kind: PaperKind, *, year: int | None,
          into: list[FilledIndicator], whole: Table) -> None:
    """A block of columns has the levels that stand left of it."""
    found.columns |= table.columns.keys() - {"name4"}
    shared = {row.index: source.of_row(table.grid, row) for row in whole.rows}
    for row in table.rows:
        outer = shared.get(row.index, {})
        cells = {name: outer[name] for name in ("level1", "level2") if name in outer}
        cells = _with_finest_name(cells | source.of_row(table.grid, row))
        _note_points(found, cells, kind)
        if not _is_indicator(cells):
            continue
        if _is_execution(cells):
            found.execution = _execution(cells)
            continue
        into.append(_indicator(cells, kind, year=year))


def _with_finest_name(cells: dict[str, Written]) -> dict[str, Written]:
    """An indicator of a fourth level is one of its own; that of the third level is its heading."""
    finest = cells.pop("name4", EMPTY)
    return cells | {"name": finest} if finest and not finest.is_dash else cells


def _note_points(found: Found, cells: Mapping[str, Written], kind: PaperKind) -> None:
    """Points beside the name of a level, each level once."""
    outer = _level(cells, "level1", kind)
    for column in ("level1", "level2"):
        written = cells.get(column, EMPTY)
        name, points = _level(cells, column, kind), split_level(written.text)[1]
        above = outer if column == "level2" else ""
        known = {(each.column, each.outer, each.name) for each in found.level_points}
        if points is not None and (column, above, name) not in known:
            found.level_points.append(LevelPoints(column=column, outer=above, name=name, points=points,
                cell=written.cell))


def _is_indicator(cells: Mapping[str, Written]) -> bool:
    said = [cells.get(column, EMPTY).text for column in ("name", *_VALUES, "weight")]
    named = [cells.get(column, EMPTY).text for column in ("level1", "level2", "name")]
    if any(plain(text) in _SUBTOTAL for text in named):
        return False
    return any(text and not _ELLIPSIS.fullmatch(text) for text in said)


def _is_execution(cells: Mapping[str, Written]) -> bool:
    names = [split_level(cells.get(column, EMPTY).text)[0] for column in ("level1", "level2",
        "name") if cells.get(column)]
    return bool(names) and names[0] in EXECUTION_NAMES


def _execution(cells: Mapping[str, Written]) -> FundRow:
    return FundRow(
        kind=FundKind.TOTAL, label=cells.get("name") or cells.get("level1", EMPTY), amounts={},
        rate=cells.get("actual", EMPTY), weight=cells.get("weight", EMPTY), score=cells.get("score", EMPTY),
        reason=cells.get("reason", EMPTY),
    )


def _level(cells: Mapping[str, Written], column: str, kind: PaperKind) -> str:
    """The usual name of a level of targets; forms that score items have names of their own."""
    text = cells.get(column, EMPTY).text
    return _LETTERED.sub("", bare(text)) if kind.scores_items else split_level(text)[0]


def _indicator(cells: dict[str, Written], kind: PaperKind, *, year: int | None) -> FilledIndicator:
    level1, level2 = (_level(cells, column, kind) for column in ("level1", "level2"))
    name = " ".join(cells.get("name", EMPTY).text.split())
    wanted = _wanted(cells)
    qualitative = plain(cells.get("value_type", EMPTY).text) == "定性"
    target = read_target(
        wanted.text, operator_col=_text(cells, "operator"), unit_col=_text(cells, "unit"), name=name,
        level2=level2, year=year,
    )
    if qualitative and target.op:
        target = replace(target, op=None)
    return FilledIndicator(
        level1=level1, level2=level2, name=name, cells=cells | ({"target": wanted} if wanted.cell else {}),
        target=target,
        actual=_actual(cells, name, target, year),
    )


def _wanted(cells: Mapping[str, Written]) -> Written:
    """The adjusted target where one was written, else the first."""
    adjusted = cells.get("adjusted_target", EMPTY)
    return adjusted if adjusted and not adjusted.is_dash else cells.get("target", EMPTY)


def _actual(cells: Mapping[str, Written], name: str, target: Reading, year: int | None) -> Reading | None:
    if "actual" not in cells:
        return None
    return read_actual(cells["actual"].text, unit_col=_text(cells, "unit"), name=name, target=target,
                       year=year)


def _text(cells: Mapping[str, Written], column: str) -> str | None:
    return cells[column].text if column in cells else None


def _take_total(found: Found, source: Source, table: Table) -> bool:
    """The row of totals right below the indicators, whatever it is called."""
    grid, row = table.grid, table.end
    places = [place for place in areas_in_row(grid, row) if place.text and place.row == row]
    if not any(_TOTAL.search(plain(place.text)) for place in places[:2]):
        return False
    for column, name in (("weight", "total_weight"), ("score", "total_score")):
        if column in table.columns and not getattr(found, name):
            written = source.at(grid, row, table.columns[column][0])
            setattr(found, name, written if written.number is not None else replace(written, text=""))
    found.total_cells = tuple(source.of_place(grid, place) for place in places)
    return True
