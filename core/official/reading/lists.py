"""The lists of forms that hold no indicators: problems of a feedback letter, projects of an allocation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from core.layout import FOOTERS, Table, TableRow, find_table, plain
from core.official.filled import PaperKind, Written
from core.official.reading.head import is_heading
from core.official.reading.source import Source, top_of
from core.sheets import Grid

PROBLEM_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("序号",),
    "problem": ("存在问题", "存在的问题", "问题", "主要问题", "问题描述"),
    "demand": ("整改要求", "整改建议", "意见建议", "建议"),
    "category": ("问题类别", "类别", "问题类型"),
    "due": ("完成时限", "整改时限", "完成期限", "整改期限", "时限"),
    "owner": ("责任单位", "责任人", "责任部门"),
}
ALLOCATION_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("序号",),
    "code": ("项目编码", "项目代码", "项目编号"),
    "project": ("项目名称",),
    "unit": ("实施单位", "预算单位", "项目单位", "单位名称"),
    "department": ("主管部门",),
    "score": ("评价得分", "得分", "绩效得分", "自评得分"),
    "grade": ("评价等级", "等级", "绩效等级"),
    "previous": ("上年预算数", "上年预算", "本年预算数", "上年安排数", "上年预算安排数"),
    "declared": ("申请数", "申报数", "本次申报数", "下年度申报数", "申报金额", "单位申报数", "下年申报数"),
    "suggested": ("规则建议数", "建议安排数", "系统建议数", "建议数", "建议安排金额"),
    "amount": ("安排数", "最终安排数", "决定安排数", "下年度预算安排数", "安排金额", "下年度预算数", "审定数", "核定数"),
    "difference": ("增减额", "增减", "比上年增减", "较上年增减"),
    "reason": ("调整理由", "理由", "原因", "说明", "调整原因", "备注", "人工调整理由", "调整说明"),
    "rule": ("触发规则", "适用规则", "规则", "挂钩规则"),
}
TASK_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "task": ("任务名称",), "content": ("主要内容", "任务内容"), "amount": ("预算金额", "预算总额", "预算金额总额", "总额"),
    "fiscal": ("其中:财政拨款", "财政拨款"), "other": ("其他资金",),
}
PROJECT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "project": ("项目名称",), "budget": ("项目全年预算数", "全年预算数", "预算数"), "executed": ("项目全年执行数", "全年执行数", "执行数"),
    "rate": ("项目执行率", "执行率"), "score": ("项目自评得分", "自评得分"), "grade": ("自评等级", "等级"),
}
LISTS: Mapping[PaperKind, tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, ...], ...]]] = {
    PaperKind.FEEDBACK_LETTER: (PROBLEM_COLUMNS, (("problem",),)),
    PaperKind.ALLOCATION: (ALLOCATION_COLUMNS, (("project", "amount"), ("project", "suggested"))),
    PaperKind.DEPARTMENT_TARGET: (TASK_COLUMNS, (("task", "amount"),)),
    PaperKind.DEPARTMENT_SELF_EVALUATION: (PROJECT_COLUMNS, (("project", "score"),)),
}
_STOP = (*FOOTERS, "年度总体目标", "年度目标", "年度总体绩效目标", "一级指标", "指标名称", "所属项目")
_SCORE = re.compile(r"(?:得分|评分)(?:为|:)?(\d{1,3}(?:\.\d{1,2})?)分?")
_GRADE = re.compile(r"等级(?:评定)?(?:为|:)?[“\"']?([优良中差])")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[(]\d{4}[〕\])]\s*\d+号")
_PLAN_DUE = re.compile(r"(\d+)个?(?:工作)?日内(?:向我[局厅处])?(?:报送|提交|上报|制定)?整改(?:方案|措施|计划)")
_PROJECT = re.compile(r"“([^“”]{2,80})”项目|对([^，。“”]{2,60}?)项目开展")
_SERIAL = re.compile(r"\(?(?:\d+|[一二三四五六七八九十]+)[).、]?|-|/")
_LONGEST_LINE_OF_A_HEAD = 40
_ADDRESSEE = re.compile(r"\A\S{2,40}[:：]\Z")


@dataclass(frozen=True)
class Lines:
    """The rows of a list, its row of totals under the same columns, and where it stands by grid name."""

    rows: tuple[Mapping[str, Written], ...] = ()
    total: Mapping[str, Written] = field(default_factory=dict)
    body: Mapping[str, range] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()


def read_lines(source: Source, kind: PaperKind) -> Lines:
    if kind not in LISTS:
        return Lines()
    columns, required = LISTS[kind]
    for grid in source.grids:
        table = next(filter(None, (find_table(grid, columns, required=words, stop=_STOP) for words in required)), None)
        if table is not None:
            rows = list(takewhile(_is_numbered, table.rows))
            whole = len(rows) == len(table.rows)
            last = table.end + bool(table.total) if whole else table.rows[len(rows)].index
            columns = _columns_of(table)
            return Lines(
                tuple(cells for row in rows if _says_more(cells := _cells(source, grid, row, columns))),
                _cells(source, grid, table.total, columns) if table.total else {},
                {grid.name: range(top_of(table), last)}, frozenset(columns),
            )
    return Lines()


def _is_numbered(row: TableRow) -> bool:
    """Words where the serial number belongs are the label of something below the list."""
    return not row["number"] or bool(_SERIAL.fullmatch(plain(row["number"])))


def _columns_of(table: Table) -> dict[str, str]:
    """Column name → name in the table; where only one amount is proposed, that is the amount allocated."""
    names = {name: name for name in table.columns}
    if "suggested" in names and "amount" not in names:
        del names["suggested"]
        names["amount"] = "suggested"
    return names


def _cells(source: Source, grid: Grid, row: TableRow, columns: Mapping[str, str]) -> dict[str, Written]:
    cells = source.of_row(grid, row)
    return {name: cells[column] for name, column in columns.items()}


def _says_more(cells: Mapping[str, Written]) -> bool:
    """A row that holds no more than its serial number is still to be filled in."""
    return any(written.text and name != "number" for name, written in cells.items())


def letter_fields(source: Source) -> dict[str, Written]:
    """What the sentences of a letter say: number, addressee, project, score, grade, days for the plan."""
    lines = [line.strip() for line in source.prose()]
    text = plain(" ".join(lines))
    patterns = {"total": (_SCORE, text), "grade": (_GRADE, text), "plan_days": (_PLAN_DUE, text),
                "project": (_PROJECT, " ".join(lines))}
    said = {
        name: next(filter(None, match.groups())).strip()
        for name, (pattern, where) in patterns.items() if (match := pattern.search(where))
    }
    found = {name: Written(text=words) for name, words in said.items() if words}
    opening = list(takewhile(lambda line: len(line) <= _LONGEST_LINE_OF_A_HEAD, lines))
    number = next((match for line in opening if (match := _NUMBER.search(line))), None)
    addressee = next((line for line in opening if _ADDRESSEE.match(line) and not is_heading(line)), "")
    if number:
        found["document_no"] = Written(text=number[0])
    if addressee:
        found["addressee"] = Written(text=addressee.rstrip(":："))
    return found
