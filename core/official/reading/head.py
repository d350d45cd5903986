"""The single entries of a form: project, unit, year, goals, opinions, signatures."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.layout import FORM_LABELS, INDICATOR_COLUMNS, Label, find_year, plain, says
from core.official.filled import EMPTY, Written
from core.official.reading.funds import FUND_COLUMNS
from core.official.reading.source import Source, Tables
from core.sheets import Grid

PROJECT = ("项目名称", "项目(政策)名称", "政策名称", "被评价项目", "评价项目", "评估对象", "转移支付名称",
           "转移支付(项目)名称", "专项名称", "专项资金名称", "专项(项目)名称", "项目(专项)名称")
CODE = ("项目编码", "项目代码", "项目编号")
DEPARTMENT = ("主管部门", "主管部门及代码", "主管单位", "预算部门", "部门名称", "部门(单位)名称", "预算主管部门", "主管部门名称",
              "地方主管部门", "省级主管部门", "市级主管部门", "县级主管部门", "业务主管部门", "一级预算单位", "中央主管部门")
UNIT = ("实施单位", "项目单位", "项目实施单位", "预算单位", "填报单位", "单位名称", "申报单位", "资金使用单位", "实施单位名称", "实施单位及代码", "预算单位及代码",
        "被评价单位", "填报单位名称")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "goal": ("预期目标", "年度绩效目标", "年度总体绩效目标", "年度总体目标", "年度目标", "年初设定目标", "全年绩效目标", "年初绩效目标", "整体绩效目标", "绩效目标",
             "项目年度目标", "项目年度绩效目标", "项目绩效目标", "本年度目标", "本年度绩效目标", "设定目标"),
    "overall_goal": ("总体目标", "中期目标", "实施期目标", "中长期目标", "总体绩效目标"),
    "result": ("实际完成情况", "全年目标实际完成情况", "目标实际完成情况", "全年实际完成情况", "实际完成目标",
               "年度目标完成情况", "目标完成情况", "绩效目标完成情况", "完成情况", "全年完成情况"),
    "process": ("实施内容及过程概述",),
    "conclusion": ("评价结论", "自评结论", "总体结论", "评估结论", "结论"),
    "problems": ("存在问题", "存在的问题", "存在问题及原因", "主要问题"),
    "measures": ("改进措施", "改进措施及结果应用方案", "拟采取措施", "拟采取的措施"),
    "deviation": ("偏差大或目标未完成原因分析", "偏差原因分析", "未完成原因分析", "执行率偏低原因", "完成情况及原因"),
    "duties": ("单位职能概述", "职责", "部门职责", "部门职能"),
    "summary": ("项目概况", "主要内容"),
    "basis": ("立项依据", "立项背景", "立项背景与依据"),
    "fund_structure": ("资金构成与测算", "资金构成"),
    "plan": ("实施方案",),
    "risks": ("风险与应对", "风险和应对"),
    "object_type": ("评估对象类型",),
    "execution_note": ("预算执行情况说明", "执行率说明"),
    "surplus_reason": ("预计结余原因",),
    "correction": ("纠偏措施及结果",),
    "department_opinion": ("主管部门审核意见",),
    "business_opinion": ("业务股室审核意见", "业务股室初审意见"),
    "fiscal_opinion": ("财政部门审核意见", "财政审核意见"),
    "feasibility": ("可行性", "项目可行性"),
    "necessity": ("必要性", "项目必要性"),
    "schedule": ("实施进度计划", "项目实施进度计划"),
    "safeguards": ("保证项目实施的制度、措施", "保证项目实施的制度措施", "保障措施"),
    "opinion": ("总体意见", "审核意见", "评估意见", "相关建议"),
    "grade": ("综合评定等级", "自评等级", "评定等级", "评价等级", "审核等级", "等级"),
    "total": ("自评总分", "自评得分", "项目自评得分", "绩效自评得分", "审核得分合计", "评价得分", "审核总分", "评估总分", "总得分", "综合得分", "最终得分"),
    "attribute": ("项目属性",),
    "category": ("项目类别",),
    "duration": ("项目类型",),
    "term": ("项目期", "起止时间", "项目起止时间", "实施期限"),
    "owner": ("项目负责人",),
    "phone": ("联系电话",),
    "contact": ("填报人", "填表人", "联系人"),
    "filed_on": ("填报日期", "填表日期", "日期"),
    "applied": ("申请金额", "申请资金总额", "申请资金"),
    "applied_fiscal": ("其中:财政资金", "其中财政资金", "申请财政资金"),
    "suggested": ("建议安排金额", "建议金额", "建议安排资金"),
    "mode": ("审核方式",),
    "document_no": ("文号", "编号", "反馈意见书编号"),
    "plan_due": ("整改方案报送时限", "整改方案报送期限", "整改措施报送期限", "整改方案期限", "整改方案时限"),
    "result_due": ("整改结果报送时限", "整改结果报送期限", "整改完成期限", "整改期限", "整改时限", "整改结果时限"),
    "issued_on": ("反馈日期", "印发日期"),
    "evaluator": ("评价机构", "评价实施机构", "评价组织单位"),
}
_TASKS = ("任务名称", "预算金额", "其中:财政拨款", "项目自评情况", "年度主要任务", "评价类型", "安排轮次", "审核部门")
_SIGNERS = ("审核人", "主评人", "评估专家", "评估专家(签名)")
KNOWN_LABELS = tuple(dict.fromkeys((
    *FORM_LABELS, *PROJECT, *CODE, *DEPARTMENT, *UNIT, *_TASKS, *_SIGNERS,
    *(word for words in (*FIELDS.values(), *INDICATOR_COLUMNS.values(),
                         *FUND_COLUMNS.values()) for word in words),
)))
"""What is a heading and never an entry."""
_CODED = re.compile(r"([0-9A-Za-z]{15,})\s*[-—－:：]?\s*(\S.*)")
_BLANK_DATE = re.compile(r"[年月日至\s_]*")
_LONGEST_LABEL = 14
_ABOVE = frozenset({"goal", "overall_goal", "result"})
_MONEY_UNIT = re.compile(r"单位:?(?:人民币)?(万元|元)|\((?:单位:?)?(万元|元)\)")
_NOTE = re.compile(r"(?:注|备注|说明|填表说明|填报说明)\d*:")
_NOTE_GOES_ON = re.compile(r"\d+[.、]")
_GRADE = re.compile(r"(?:等级|评定|评价结果|结论)[^优良中差]{0,6}([优良中差])")


def read_facts(source: Source, tables: Tables) -> dict[str, Written]:
    """project, code, department and unit, from above the indicators."""
    return _code_apart({
        name: _first_answer(source, words, tables)
        for name, words in (("project", PROJECT), ("code", CODE), ("department", DEPARTMENT), ("unit", UNIT))
    })


def _code_apart(facts: dict[str, Written]) -> dict[str, Written]:
    """51010025R000011122233-免费开放补助: the code of the project before its name."""
    both = _CODED.fullmatch(facts["project"].text)
    if both is None:
        return facts
    code, name = (replace(facts["project"], text=text) for text in both.groups())
    return facts | {"project": name, "code": facts["code"] or code}


def read_fields(source: Source, tables: Tables) -> dict[str, Written]:
    """Each field that the form has a place for; goals and results stand above the indicators, the rest anywhere.

    A note tells which grades there are (等级：优 ≥90 · 良 80–90); the form's own grade never stands in one.
    """
    found, notes = {}, _notes(source)
    for name, words in FIELDS.items():
        places = [
            _answer(source, grid, label, word) for word in words
            for grid, label in source.labels(word, tables=tables, above=name in _ABOVE)
            if name != "grade" or label.text.strip().split("\n")[0] not in notes
        ]
        known = [place for place in places if place is not None]
        if known:
            found[name] = next((place for place in known if place), known[0])
    return found


def _notes(source: Source) -> set[str]:
    """The lines of notes: 注：1. …, and the numbered lines that follow one."""
    notes, inside = set(), False
    for line in map(str.strip, source.prose()):
        text = plain(line)
        inside = bool(_NOTE.match(text) or (inside and _NOTE_GOES_ON.match(text)))
        if inside:
            notes.add(line)
    return notes


def _first_answer(source: Source, words: Sequence[str], tables: Tables) -> Written:
    """The answer to the first label that has one; else the empty place of the first label; else nothing."""
    empty = EMPTY
    for word in words:
        for grid, label in source.labels(word, tables=tables, above=True):
            written = _answer(source, grid, label, word)
            if written:
                return written
            if not empty.cell and label.place:
                empty = Written(cell=source.cell(grid, label.place.cell)) if written is None else written
    return empty


def _answer(source: Source, grid: Grid, label: Label, word: str) -> Written | None:
    """What stands at a label or where it should stand; None where the label heads something else."""
    alone = not label.right and label.text.rstrip().endswith((":", "："))
    if label.place is None or label.inline or alone or not says(label.text, (word,)):
        return Written(text=_tidy(label.inline),
                       cell=source.cell(grid, label.place.cell) if label.place else "")
    beside = label.right[0] if label.right else None
    place = label.below[0] if label.below and beside and says(beside.text, KNOWN_LABELS) else label.answer
    if place is None or place is label.place:
        return Written(cell=source.cell(grid, label.place.cell))
    if is_heading(place.text):
        if beside is None or beside.text:
            return None
        lower = label.below[0] if label.below else beside
        place = lower if len(lower.text) > _LONGEST_LABEL and not is_heading(lower.text) else beside
    return Written(text=_tidy(place.text), cell=source.cell(grid, place.cell))


def is_heading(text: str) -> bool:
    """A label, with or without something behind its colon."""
    return says(text, KNOWN_LABELS) or says(plain(text).partition(":")[0], KNOWN_LABELS)


def _tidy(text: str) -> str:
    """Without blank lines; the blanks of a date that nobody filled in are nothing."""
    tidy = "\n".join(line.strip() for line in text.strip().split("\n") if line.strip())
    return "" if _BLANK_DATE.fullmatch(tidy) else tidy


def read_year(source: Source, file: str) -> int | None:
    """The year of the form: of its title lines, of a label 年度, else of the sheet or file name."""
    for grid in source.grids:
        found = find_year(grid)
        if found:
            return found
    for _, label in source.labels("年度", "预算年度", "评价年度", "申报年度", tables=Tables({})):
        digits = re.search(r"20\d{2}", unicodedata.normalize("NFKC", label.value))
        if digits:
            return int(digits[0])
    digits = re.search(r"20\d{2}", " ".join([*(grid.name for grid in source.grids), file]))
    return int(digits[0]) if digits else None


def amounts_in_yuan(source: Source) -> bool:
    """Whether the form says that it counts money in 元; the first such word counts, 万元 where there is none."""
    for line in source.prose():
        match = _MONEY_UNIT.search(plain(line))
        if match:
            return "元" in match.groups()
    return False


def grade_in(texts: Sequence[Written]) -> Written:
    """自评等级：优 wherever it stands in these cells."""
    for written in texts:
        match = _GRADE.search(plain(written.text))
        if match:
            return Written(text=match[1], cell=written.cell)
    return EMPTY


def bare_grade(written: Written) -> Written:
    """良（84.60分） → 良."""
    match = re.match(r"([优良中差])(?:秀|好|等)?(?:\W|$)", plain(written.text))
    return Written(text=match[1], cell=written.cell) if match else written
