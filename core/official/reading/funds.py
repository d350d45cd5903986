"""The money block: a table with a row for each source, or labels with an amount beside each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.layout import FORM_LABELS, Place, Table, TableRow, areas_in_row, bare, find_table, plain, says
from core.official.filled import EMPTY, FundKind, FundRow, Written
from core.official.reading.source import Source, Tables
from core.sheets import Grid

FUND_COLUMNS = {
    "initial": ("年初预算数", "年初预算", "年初预算金额", "年初预算安排数", "年初预算(数)", "年初安排数"),
    "adjusted": (
        "全年预算数", "调整后预算数", "调整预算数", "全年预算", "调整后预算", "全年调整预算数", "预算数", "年度预算数", "预算金额", "预算安排数",
        "本年预算数", "全年预算安排数",
    ),
    "executed": (
        "全年执行数", "执行数", "实际执行数", "全年实际执行数", "全年支出数", "实际支出数", "支出数", "预算执行数", "决算数", "实际支出", "全年支出",
        "执行金额", "支出金额", "全年执行金额", "实际执行", "实际支付数", "1-N月执行数", "1-N月支出数",
        "1-N月实际执行数", "1-N月预算执行数", "截至…执行数",
    ),
    "rate": ("执行率", "预算执行率", "1-N月执行率", "全年执行率", "1-N月预算执行率", "支出进度"),
    "weight": ("分值", "执行率权重", "执行率分值", "权重", "满分", "标准分"),
    "score": ("得分", "执行率得分", "自评得分"),
    "forecast": ("全年预计执行数", "预计全年执行数", "全年预计支出数", "预计执行数"),
    "surplus": ("预计全年结余", "全年预计结余", "预计结余", "全年预计结转结余"),
    "reason": ("偏差原因…", "未完成原因…", "执行率偏低…", "原因分析…", "执行情况说明", "未执行完…原因…"),
}
AMOUNTS = ("declared", "initial", "adjusted", "executed", "forecast", "surplus")
FUND_STOP = (
    "年度总体目标", "总体目标", "年度目标", "预期目标", "年初设定目标", "年度绩效目标", "总体绩效目标", "绩效指标", "一级指标", "绩效目标", "实际完成情况",
    "实施内容…", "年初绩效目标", "全年绩效目标", "年度绩效指标", "预期绩效目标", "整体绩效目标", "年度主要任务", "项目概况", "立项依据", "实际完成目标",
    "任务名称", "全年目标…", "年度总体绩效目标",
)
_KINDS = (
    (FundKind.CARRYOVER, r"(?:上年|以前年度|历年)?(?:财政)?(?:结转|结余|结转结余)(?:资金|数)?"),
    (FundKind.OTHER, r"财政专户(?:管理)?资金|(?:单位|自有|自筹|单位自有|单位自筹|事业|经营|社会|其他|其它|银行)(?:收入|资金|投入|贷款|来源)?"
                     r"|银行贷款|事业单位经营收入|其他收入|非财政资金|社会资本"),
    (FundKind.FISCAL_PART, r"(?:中央|省级?|市级?|州级?|县级?|区级?|区县级?|县区级?|乡镇|本级|上级|地方|省市|地市)(?:级)?(?:财政)?"
                           r"(?:拨款|资金|补助|投入|专项|支出)*"
                           r"|(?:上级|中央)?转移支付(?:资金)?"),
    (FundKind.FISCAL, r"(?:当年|本年|本年度|年度|一般公共预算|政府性基金|本级)?(?:一般公共预算)?财政(?:拨款|资金|预算资金|补助|性资金|预算拨款)(?:收入)?"
                      r"|(?:当年|本年|本年度|年度)?(?:一般公共预算(?:拨款|资金)?|政府性基金(?:预算)?(?:拨款|资金)?)"),
    (FundKind.TOTAL, r"(?:项目|年度|本年度|全年|当年|部门|部门整体)*(?:财政)?(?:支出)?(?:资金|预算|支出)?(?:总额|总金额|合计|总计|总量)"
                     r"|年度预算申请|申请(?:资金|金额|数)|(?:年度)?预算金额|部门整体支出|年度(?:资金|预算)总?额?"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_PREFIX = re.compile(r"\A(?:其中|[①-⑩]|[-—·])+:?")
_MID_TERM = re.compile(r"中期|总投资|实施期|项目总|总预算")
_INLINE = re.compile(r"(?P<label>.+?):(?P<amount>[+-]?[\d,]+(?:\.\d+)?(?:万元|元)?)")
_POINTS = re.compile(r"\((?:满分|权重|分值|共|计)*:?(\d{1,3}(?:\.\d{1,2})?)分")
_LONGEST_AMOUNT = 30
_LABELLED = ("initial", "adjusted", "executed", "rate")
BUDGET_LABELS = ("预算数", "年初预算数", "全年预算数")
EXECUTED_LABELS = ("执行数", "全年执行数", "实际执行数")


def fund_kind(text: str) -> FundKind | None:
    """Which source a row is about; None for a text that names none."""
    whole = _PREFIX.sub("", bare(text))
    whole = _PREFIX.sub("", whole.lstrip(":-"))
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(whole)), None)


def read_funds(source: Source, tables: Tables, *, in_yuan: bool) -> tuple[FundRow, ...]:
    """The rows of the money block; empty when the form has none."""
    for grid in source.grids:
        found = find_table(grid, FUND_COLUMNS, required=("executed",), stop=FUND_STOP)
        if found and found.columns.keys() & {"initial", "adjusted"}:
            above = [row for row in found.rows if row.index < tables.end(grid)]
            rows = [read for row in above if (read := _row(source, grid, row, in_yuan=in_yuan))]
            if rows:
                return _with_points(_with_a_total(rows), source, found)
    return _labelled(source, tables, in_yuan=in_yuan) or tuple(_pairs(source, tables, in_yuan=in_yuan))


def _row(source: Source, grid: Grid, row: TableRow, *, in_yuan: bool) -> FundRow | None:
    cells = source.of_row(grid, row)
    amounts = {name: cells[name] for name in AMOUNTS if name in cells}
    label, heading = _heading(source, grid, row)
    kind = fund_kind(heading)
    if kind is None and not any(cells[name] for name in amounts):
        return None
    return FundRow(
        kind=kind or FundKind.UNKNOWN, label=label, amounts=amounts, in_yuan=in_yuan,
        rate=cells.get("rate", EMPTY), weight=cells.get("weight", EMPTY), score=cells.get("score", EMPTY),
        reason=cells.get("reason", EMPTY),
    )


def _heading(source: Source, grid: Grid, row: TableRow) -> tuple[Written, str]:
    """The name of the row: the nearest filled cell left of its amounts that begins in this row."""
    leftmost = min(column for _, column in row.places.values())
    for place in reversed([each for each in areas_in_row(grid, row.index) if each.column < leftmost]):
        if place.text and (place.row == row.index or fund_kind(place.text)):
            return source.of_place(grid, place), place.text
    return Written(cell=source.at(grid, row.index, leftmost).cell), ""


def _with_a_total(rows: list[FundRow]) -> list[FundRow]:
    """A first row of figures without a known name is the total when it stands alone or the next says 其中."""
    first, *others = rows
    alone = not others or plain(others[0].label.text).startswith("其中")
    if first.kind is FundKind.UNKNOWN and alone and all(row.kind is not FundKind.TOTAL for row in others):
        return [replace(first, kind=FundKind.TOTAL), *others]
    return rows


def _with_points(rows: list[FundRow], source: Source, table: Table) -> tuple[FundRow, ...]:
    """Points of the execution rate that stand in a heading: 预算执行情况（10分）, 得分（20分×执行率）."""
    scored = next((row for row in rows if row.score.number is not None), None)
    if "weight" in table.columns or scored is None:
        return tuple(rows)
    grid, left = table.grid, min(first for first, _ in table.columns.values())
    heads = [source.at(grid, table.header[1], table.columns[name][0])
             for name in ("score", "rate") if name in table.columns]
    beside = [source.at(grid, row, column)
              for row in (*table.header, table.rows[0].index) for column in range(left + 1)]
    for written in (*heads, *beside):
        points = _POINTS.search(plain(written.text))
        if points:
            weight = Written(text=points[1], cell=written.cell)
            return tuple(replace(row, weight=weight) if row is scored else row for row in rows)
    return tuple(rows)


def _labelled(source: Source, tables: Tables, *, in_yuan: bool) -> tuple[FundRow, ...]:
    """One row of the total whose columns are labels of the head: 年初预算数, 预算执行数, 预算执行率 with a figure beside each."""
    found: dict[str, tuple[Written, Written]] = {}
    for grid in source.grids:
        for row, place in source.texts(grid, end=tables.end(grid)):
            if tables.holds(grid, row):
                continue
            if fund_kind(place.text) in {FundKind.FISCAL, FundKind.CARRYOVER, FundKind.OTHER}:
                return ()
            column = next((name for name in _LABELLED if says(place.text, FUND_COLUMNS[name])), None)
            _, amount = _label_and_amount(source, grid, place)
            if column and amount is not None:
                found.setdefault(column, (source.of_place(grid, place), amount))
    if "executed" not in found or not found.keys() & {"initial", "adjusted"}:
        return ()
    label = next(iter(found.values()))[0]
    return (FundRow(
        kind=FundKind.TOTAL, label=replace(label, text=FundKind.TOTAL.label), in_yuan=in_yuan,
        amounts={name: amount for name, (_, amount) in found.items() if name in AMOUNTS},
        rate=found["rate"][1] if "rate" in found else EMPTY,
    ),)


def _pairs(source: Source, tables: Tables, *, in_yuan: bool) -> list[FundRow]:
    """Labels with the amount beside them, or in their own cell after a colon."""
    found: dict[tuple[FundKind, str], FundRow] = {}
    for grid in source.grids:
        places = [place for row, place in source.texts(grid, end=tables.end(grid)) if not tables.holds(grid,
            row)]
        columns, annual = _columns_of_pairs(places), _annual_column(places)
        for place in places:
            label, amount = _label_and_amount(source, grid, place)
            kind = FundKind.TOTAL if place.column in columns and says(label,
                BUDGET_LABELS + EXECUTED_LABELS) else fund_kind(label)
            of_whole_term = _MID_TERM.search(plain(label)) or (annual is not None and place.column < annual)
            if kind is None or amount is None or of_whole_term:
                continue
            key = (kind, "" if kind is FundKind.TOTAL else bare(label))
            before = found.get(key)
            written = Written(text=label, cell=source.cell(grid, place.cell))
            found[key] = FundRow(
                kind=kind, label=before.label if before else written, in_yuan=in_yuan,
                amounts={**(before.amounts if before else {}), columns.get(place.column, "declared"): amount},
            )
    return list(found.values())


def _columns_of_pairs(places: Sequence[Place]) -> dict[int, str]:
    """Where 预算数 and 执行数 stand side by side as labels, what the amounts beside each column of labels are."""
    budget = next((place.column for place in places if says(place.text, BUDGET_LABELS)), None)
    executed = next((place.column for place in places if says(place.text, EXECUTED_LABELS)), None)
    return {budget: "adjusted", executed: "executed"} if budget is not None and executed is not None else {}


def _annual_column(places: Sequence[Place]) -> int | None:
    """Where the annual amounts begin in a form that has those of the whole term on its left."""
    if not any(_MID_TERM.search(plain(place.text)) and "资金" in place.text for place in places):
        return None
    return next((place.column for place in places if fund_kind(place.text) is FundKind.TOTAL
                 and plain(place.text).startswith(("年度", "本年度", "当年"))), None)


def _behind(source: Source, grid: Grid, row: int, column: int) -> Iterator[Written]:
    """The cells further right: a file without merged cells leaves the rest of a wide label empty."""
    return (source.at(grid, row, each) for each in range(column + 1, len(grid.rows[row])))


def _label_and_amount(source: Source, grid: Grid, place: Place) -> tuple[str, Written | None]:
    """No cell or an empty one beside a label is an amount not written; None where none belongs beside the text."""
    inline = _INLINE.fullmatch(plain(place.text))
    if inline:
        return inline["label"], Written(text=inline["amount"], cell=source.cell(grid, place.cell))
    beside = grid.area(place.row, place.column).last_column + 1
    if beside >= len(grid.rows[place.row]):
        return place.text, Written(cell=source.cell(grid, place.cell))
    answer = source.at(grid, place.row, beside)
    if not answer:
        answer = next((each for each in _behind(source, grid, place.row, beside) if each), answer)
        answer = answer if answer.yuan(in_yuan=True) is not None else source.at(grid, place.row, beside)
    is_label = answer and (fund_kind(answer.text) or says(answer.text, FORM_LABELS))
    return place.text, None if is_label or len(answer.text) > _LONGEST_AMOUNT else answer
