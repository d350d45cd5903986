"""Which form it is, by the words of its title, else by the columns of its tables."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from core.layout import INDICATOR_COLUMNS, areas_in_row, find_table, plain
from core.official.filled import PaperKind
from core.sheets import Grid

_TITLES: tuple[tuple[re.Pattern[str], PaperKind], ...] = tuple((re.compile(pattern), kind) for pattern,
    kind in (
    (r"反馈意见|整改通知书", PaperKind.FEEDBACK_LETTER),
    (r"事前.*评估", PaperKind.EX_ANTE),
    (r"目标.*审核.*表|审核.*目标.*表", PaperKind.TARGET_REVIEW),
    (r"(?:监控|跟踪).*表|监控情况", PaperKind.PROGRESS_REPORT),
    (r"(?:整体|部门\(单位\)).*(?:自评|自我评价)|(?:自评|自我评价).*整体", PaperKind.DEPARTMENT_SELF_EVALUATION),
    (r"自评.*(?:表|情况|报告)|自我评价表|自评价", PaperKind.SELF_EVALUATION),
    (r"(?:下年度|次年|年度|项目)预算安排|预算安排.*表|结果应用.*表|挂钩.*表", PaperKind.ALLOCATION),
    (r"评价.*(?:指标体系|评分表|打分表|指标表)|指标体系.*(?:评分|打分)", PaperKind.EVALUATION_SCORES),
    (r"整体.*目标.*表", PaperKind.DEPARTMENT_TARGET),
    (r"目标.*(?:申报|批复|申请|编报|填报)?表|目标申报", PaperKind.TARGET_DECLARATION),
))
_EVALUATED = re.compile(r"(?:\A|:|年度?)((?:(?!年度|附[件表])[^:\d]){2,40}?)(?:项目)?(?:支出)?绩效评价")
_GENERAL = {"项目", "财政", "部门", "部门整体", "预算", "项目支出", "财政支出", "重点"}
_TITLE_ROWS, _TITLE_TABLES = 6, 3
_LONGEST_TITLE = 45
_ALLOCATION = {
    "project": ("项目名称",), "previous": ("上年预算数", "本年预算数", "上年预算", "本年预算"),
    "amount": ("建议安排数", "建议安排金额", "建议数", "下年度预算安排数", "安排数", "最终安排数", "决定安排数", "下年度预算数"),
}


def kind_by_title(grids: Sequence[Grid], file: str) -> tuple[PaperKind | None, str]:
    """The kind and the title that tells it; the title on the form counts before sheet and file name."""
    for title in (*_titles(grids), *(grid.name for grid in grids), PurePath(file).stem):
        kind = kind_of_title(title)
        if kind:
            return kind, title.strip()
    return None, ""


def kind_of_title(title: str) -> PaperKind | None:
    """None for a text that is no title of an official form."""
    text = plain(title)
    if not text or len(text) > _LONGEST_TITLE:
        return None
    return next((kind for pattern, kind in _TITLES if pattern.search(text)), None)


def _titles(grids: Sequence[Grid]) -> Iterator[str]:
    for grid in grids[:_TITLE_TABLES]:
        yield from grid.before
        first = next((row for row, cells in enumerate(grid.rows) if any(cells)), 0)
        for row in range(first, min(first + _TITLE_ROWS, len(grid.rows))):
            areas = [place for place in areas_in_row(grid, row) if place.text]
            if len(areas) == 1:
                yield areas[0].text


def kind_by_columns(grids: Sequence[Grid]) -> PaperKind | None:
    """What the tables look like; None when they are no tables of an official form."""
    for grid in grids:
        table = find_table(grid, INDICATOR_COLUMNS, required=("name",))
        if table is None:
            continue
        has = set(table.columns)
        levels = {plain(row["level1"])[:2] for row in table.rows}
        if {"决策", "过程"} <= levels and "score" in has:
            return PaperKind.EVALUATION_SCORES
        if {"target", "actual", "score"} <= has:
            return PaperKind.SELF_EVALUATION
        if {"target", "actual"} <= has:
            return PaperKind.PROGRESS_REPORT
        if "target" in has and has & {"level1", "level2", "weight"}:
            return PaperKind.TARGET_DECLARATION
    if any(find_table(grid, _ALLOCATION, required=("project", "previous", "amount")) for grid in grids):
        return PaperKind.ALLOCATION
    return None


def project_in_title(title: str) -> str:
    """2024年度乡村道路硬化项目绩效评价评分表: what was evaluated; "" where the title names nothing."""
    named = _EVALUATED.search(plain(title))
    return "" if named is None or named[1] in _GENERAL else named[1]
