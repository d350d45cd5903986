"""A filled 项目支出绩效目标申报表 becomes the draft of a declaration."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from budgets.models import FundSource, ProjectRecord
from core.errors import Reason
from core.notation import Reading
from core.official.filled import FilledForm, FilledIndicator, FundKind, PaperKind
from core.official.intake import Intake, Paper, Plan, Subject, drafts_named, register
from core.official.intake.lines import doubt
from targets.forms import MOST_LINES, QUALITATIVE, GoalForm, IndicatorForm
from targets.models import LEVEL2_OF, Indicator, Level1, Level2, TargetDeclaration
from targets.services import TEXTS, content_of, save_declaration

TEXT_FIELDS = {
    "project_summary": ("项目概况", "summary"), "overall_goal": ("总体（中长期）目标", "overall_goal"),
    "annual_goal": ("年度总体目标", "goal"), "safeguards": ("保证项目实施的制度、措施", "safeguards"),
}
SOURCES = {
    FundSource.FISCAL: FundKind.FISCAL, FundSource.CARRYOVER: FundKind.CARRYOVER, FundSource.OTHER: FundKind.OTHER,
}
OTHER_NAMES = {"成本指标": Level2.ECONOMIC_COST, "满意度指标": Level2.SERVICE_SATISFACTION}


def subject_of(record: ProjectRecord) -> Subject:
    """What a form must name to be about this record."""
    year = record.project_year
    project = year.project
    return Subject(
        title=record.title(), project=project.name, code=project.code, unit=project.unit.name,
        department=project.department.name, year=year.fiscal_year_id,
    )


def plan_declaration(declaration: TargetDeclaration, paper: Paper) -> Plan:
    """Texts are taken one by one, the indicators as a whole list in the order of the form; amounts stay."""
    form, plan = paper.form, Plan()
    plan.take_head(form, subject_of(declaration))
    _keep_amounts(plan, declaration, form)
    texts = {name: getattr(declaration, name) for name in TEXTS}
    for name, (label, field) in TEXT_FIELDS.items():
        plan.take_text(texts, name, label, form.field(field))
    plan.obstacles += [
        Reason("goal_text", f"{TEXT_FIELDS[name][0]}：{sentence}")
        for name, sentences in GoalForm(texts).errors.items() for sentence in sentences
    ]
    indicators = _take_indicators(plan, declaration, form) if form.indicators else None
    plan.data = {"changes": texts, "indicators": indicators}
    if indicators is not None and not plan.obstacles:
        whole = sum((each["weight"] for each in indicators), Decimal(0))
        plan.outcome = f"填入后共 {len(indicators)} 条指标，分值合计 {whole.normalize():f} 分"
    return plan


def _keep_amounts(plan: Plan, declaration: TargetDeclaration, form: FilledForm) -> None:
    year = declaration.project_year
    plan.keep_amount("资金总额", form.total_fund, "declared", year.requested_yuan)
    asked = {line.source: line.requested_yuan for line in year.lines.all()}
    for source, kind in SOURCES.items():
        row = next((row for row in form.funds if row.kind is kind), None)
        plan.keep_amount(source.label, row, "declared", asked.get(source, Decimal(0)))


def _take_indicators(plan: Plan, declaration: TargetDeclaration, form: FilledForm) -> list[dict[str, Any]]:
    """The form's lines as the grid would save them; a line that the grid would not take is an obstacle."""
    taken = []
    for number, line in enumerate(form.indicators, start=1):
        typed = IndicatorForm(_typed(plan, line))
        if typed.is_valid() and not typed.is_blank:
            taken.append((line, typed.content()))
        plan.obstacles += [
            Reason("indicator", f"{_where(number, line)}：{sentence}")
            for sentences in typed.errors.values() for sentence in sentences
        ]
    if len(taken) > MOST_LINES:
        plan.obstacles.append(Reason(
            "too_many_lines", f"表里有 {len(taken)} 条指标，超过 {MOST_LINES} 条的上限，请合并后重新上传。"
        ))
    if not plan.obstacles:
        _compare_lines(plan, declaration.indicator_list(), taken)
    return [content for _, content in taken]


def _where(number: int, line: FilledIndicator) -> str:
    return f"第 {number} 条指标{line.said}（{line.cell('name') or '表内'}）"


def _typed(plan: Plan, line: FilledIndicator) -> dict[str, str]:
    """The line as somebody would type it into the grid."""
    target = line.target
    measured = target.is_number
    if target.ambiguous:
        plan.remark("ambiguous", line.cell("target"), doubt(line.said, "年度指标值", target))
    if measured and target.op is None:
        plan.remark(
            "no_operator", line.cell("target"), f"{line.said}的指标值“{target.cell}”没有写≥、=或≤，填入后请补选指标性质。"
        )
    if not measured and target.values:
        plan.remark(
            "kept_as_text", line.cell("target"),
            f"{line.said}的指标值“{target.cell}”不是一个数，按文字作为定性指标填入，请核对。",
        )
    return {
        "level2": _level2(line), "name": line.name, "operator": _operator(target),
        "value": f"{target.values[0]:f}" if measured else _words(target),
        "unit_of_measure": target.unit if measured else "", "weight": line["weight"].text.strip().removesuffix("分"),
        "source": line["source"].text, "scoring_standard": line["standard"].text,
        "explanation": line["explanation"].text,
    }


def _level2(line: FilledIndicator) -> str:
    """The second level by its label; an older form's 成本 and 满意度 under other levels; "" where it cannot be told."""
    named = next((level for level in Level2 if level.label == line.level2), None) or OTHER_NAMES.get(line.level2)
    if named is not None:
        return named.value
    level1 = next((level for level in Level1 if level.label == line.level1), None)
    below = LEVEL2_OF.get(level1, ())
    return below[0].value if not line.level2 and len(below) == 1 else ""


def _operator(target: Reading) -> str:
    if target.is_empty:
        return ""
    return (target.op.value if target.op else "") if target.is_number else QUALITATIVE


def _words(target: Reading) -> str:
    return "" if target.is_empty else target.cell.strip()


def _compare_lines(
    plan: Plan, present: Sequence[Indicator], taken: Sequence[tuple[FilledIndicator, Mapping[str, Any]]]
) -> None:
    """What of each line changes; lines are the same by name, else by place."""
    left = {each.position: each for each in present}
    for place, (line, content) in enumerate(taken, start=1):
        same_name = next((each for each in left.values() if each.name == content["name"]), None)
        before = left.pop(same_name.position if same_name else place, None)
        old = _shown(content_of(before)) if before else ""
        plan.compare("绩效指标", line.cell("name"), old, _shown(content), where=content["name"])
        if before is not None and before.position != place:
            plan.compare("位置", line.cell("name"), f"第 {before.position} 条", f"第 {place} 条", where=content["name"])
    for gone in left.values():
        plan.compare("绩效指标", "", _shown(content_of(gone)), "（表里没有，填入后删除）", where=gone.name)


def _shown(content: Mapping[str, Any]) -> str:
    """One line of the form in words."""
    indicator = Indicator(**content)
    head = f"{indicator.get_level2_display()}“{indicator.name}” {indicator.target_shown or '（指标值空）'}"
    rest = (f"{indicator.weight.normalize():f} 分", indicator.source, indicator.explanation, indicator.scoring_standard)
    return "，".join(each for each in (head, *rest) if each)


def save(declaration: TargetDeclaration, data: Mapping[str, Any], *, by, at: datetime, seen: int) -> TargetDeclaration:
    return save_declaration(declaration, by=by, at=at, seen=seen, **data)


register(Intake(
    paper=PaperKind.TARGET_DECLARATION, model=TargetDeclaration, plan=plan_declaration, save=save,
    drafts=drafts_named(TargetDeclaration), guide=(
        ("项目名称、编码、单位、年度", "只用来核对，必须与本项目一致。"),
        ("项目资金", "只用来核对；与系统登记的不同时提示，金额以系统为准。"),
        ("项目概况、总体目标、年度总体目标、制度措施", "填入对应的文字；空白格不改动草稿。"),
        ("绩效指标", "按表里的顺序整张替换草稿的指标；指标值拆成性质、数值和单位，看不准的逐条提示。"),
        ("实施进度计划", "不导入，请在系统的“项目与资金”里按步填写。"),
        ("审核意见、签字", "不导入，由各级在系统里办理。"),
    ),
))
