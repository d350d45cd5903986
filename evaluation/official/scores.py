"""绩效评价指标体系评分表."""

from decimal import Decimal

from budgets.official import YEAR_NAMES, code_line, wrote
from core.official import FormDocument, Orientation, Row, Table, label, text
from core.official.kinds import Filing, FormKind, handed_in, register
from core.official.parts import (
    BLANK_DATE,
    Line,
    centred,
    grouped,
    points,
    room,
    score,
    with_points,
    year_label,
)
from core.rulebook import Rulebook
from evaluation import queries
from evaluation.models import Evaluation, EvaluationLevel, EvaluationLine
from evaluation.models.evaluations import BEFORE_CONSULTING
from evaluation.services.evaluations import FRAMEWORK

ZERO = Decimal("0.00")
BEFORE_ACCEPTANCE = {
    *BEFORE_CONSULTING, Evaluation.State.CONSULTING, Evaluation.State.REPORT_REVIEWING,
}


def score_form(evaluation: Evaluation | None, book: Rulebook) -> FormDocument:
    year = evaluation.project_year if evaluation else None
    institution = evaluation.institution.name if evaluation and evaluation.institution else ""
    return FormDocument(
        title="绩效评价指标体系评分表", columns=(20, 24, 34, 12, 50, 50, 14, 40, 20), orientation=Orientation.LANDSCAPE,
        year_label=year_label(year.fiscal_year_id if year else None), unit_line=f"评价机构（盖章）：{institution}",
        blocks=(_facts(evaluation), _lines(evaluation), _end(evaluation)),
        signatures=(f"主评人：{wrote(evaluation and evaluation.lead)}", "复核人：", f"评价日期：{BLANK_DATE}"),
        notes=(f"注：等级：{queries.bands_in_words(book)}。",), reference=code_line(year.project if year else None),
        version=evaluation.state_label if evaluation else "",
    )


def _facts(evaluation: Evaluation | None) -> Table:
    project = evaluation.project_year.project if evaluation else None
    return Table((
        (label("项目名称"), text(project.name if project else "", colspan=4), label("评价类型"),
         text(evaluation.get_kind_display() if evaluation else "", colspan=3)),
        (label("主管部门"), text(project.department.name if project else "", colspan=4), label("实施单位"),
         text(project.unit.name if project else "", colspan=3)),
    ))


def _lines(evaluation: Evaluation | None) -> Table:
    head = tuple(map(label, (
        "一级指标", "二级指标", "三级指标", "分值", "评分标准", "业绩值", "得分", "扣分原因", "底稿编号",
    )))
    found = list(evaluation.lines.all()) if evaluation else _framework()
    scored = [line.score for line in found if line.score is not None]
    total = (
        label("合计", colspan=3, bold=True), points(sum((line.weight for line in found), ZERO), bold=True), text(),
        text(), score(sum(scored, ZERO) if scored else None, bold=True), text(), text(),
    )
    return Table((head, *grouped(_labelled(found, with_papers=evaluation is not None)), total), header_rows=1)


def _framework() -> list[EvaluationLine]:
    """The common framework of 财预〔2020〕10号, to be filled in."""
    return [
        EvaluationLine(level1=level1, level2=level2, name=name, weight=Decimal(weight), standard=standard)
        for level1, level2, name, weight, standard in FRAMEWORK
    ]


def _labelled(lines: list[EvaluationLine], *, with_papers: bool) -> list[Line]:
    whole = {
        level: sum((line.weight for line in lines if line.level1 == level), ZERO) for level in EvaluationLevel.values
    }
    return [
        (with_points(line.get_level1_display(), whole[line.level1]), line.level2, _cells(line, with_papers=with_papers))
        for line in lines
    ]


def _cells(line: EvaluationLine, *, with_papers: bool) -> Row:
    papers = "、".join(paper.number for paper in line.papers.all()) if with_papers else ""
    return (
        text(line.name), points(line.weight), text(line.standard), text(line.finding), score(line.score),
        text(line.deduction_reason), centred(papers),
    )


def _end(evaluation: Evaluation | None) -> Table:
    grade = ""
    if evaluation and evaluation.grade:
        grade = f"{evaluation.grade}（{evaluation.score}分）"
    return Table((
        (label("评价结论"), room(evaluation.conclusion if evaluation else "", colspan=8)),
        (label("评价等级"), text(grade, colspan=8)),
    ))


def find_evaluation(user, pk: int, year: int | None = None) -> Evaluation:
    """Raises ObjectDoesNotExist also for whoever may see the task but not yet its scores."""
    evaluation = Evaluation.objects.visible_to(user).select_related(
        *YEAR_NAMES, "project_year__project__department__fiscal_section", "institution", "lead"
    ).prefetch_related("lines__papers").get(pk=pk)
    if not evaluation.shows_scores_to(user):
        raise Evaluation.DoesNotExist(f"{evaluation.title()}征求意见前不公开评分，请待征求意见后再下载。")
    return evaluation


def subject_of_evaluation(evaluation: Evaluation) -> str:
    year = evaluation.project_year
    return f"{year.fiscal_year_id}年度{year.project.name}-{evaluation.get_kind_display()}"


register(FormKind(
    name="evaluation_scores", title="绩效评价指标体系评分表", order=70, model=Evaluation, document=score_form,
    find=find_evaluation, subject=subject_of_evaluation,
    filing=Filing(
        part="绩效评价", place=70, within=handed_in(unless=BEFORE_ACCEPTANCE), note=Evaluation.get_kind_display,
    ),
))
