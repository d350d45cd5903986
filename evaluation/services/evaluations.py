"""Putting projects on the evaluation list, and what each step of an evaluation brings with it."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from budgets.models import ProjectYear
from budgets.services import close_access, grant_access
from core import records
from core.errors import refuse, refuse_any
from core.transitions import effect_of, perform
from evaluation import rules
from evaluation.models import Evaluation, EvaluationLine, Objection, Rectification, RectificationItem
from evaluation.models.evaluations import CLIENT

FRAMEWORK = (
    ("decision", "项目立项", "立项依据充分性", "4", "符合法律法规、政策规划和部门职责，属于公共财政支持范围且不重复的得满分，缺一项扣 1 分。"),
    ("decision", "项目立项", "立项程序规范性", "3", "按规定申请设立、文件材料齐全、经过必要的论证和集体决策的得满分，缺一项扣 1 分。"),
    ("decision", "绩效目标", "绩效目标合理性", "3", "有绩效目标、与工作内容相关、符合正常业绩水平、与资金量相匹配的得满分，缺一项扣 1 分。"),
    ("decision", "绩效目标", "绩效指标明确性", "3", "目标细化为具体指标、可衡量、与任务数相对应的得满分，缺一项扣 1 分。"),
    ("decision", "资金投入", "预算编制科学性", "4", "经过论证、内容匹配、按标准测算、与任务量匹配的得满分，缺一项扣 1 分。"),
    ("decision", "资金投入", "资金分配合理性", "3", "分配依据充分、数额合理的得满分，依据不足的扣 1 至 3 分。"),
    ("process", "资金管理", "资金到位率", "3", "得分＝分值×实际到位资金÷预算资金，最高为满分。"),
    ("process", "资金管理", "预算执行率", "4", "得分＝分值×实际支出资金÷实际到位资金，最高为满分。"),
    ("process", "资金管理", "资金使用合规性", "5", "符合财务制度、审批手续完整、用途合规的得满分；有截留、挤占、挪用、虚列支出的不得分。"),
    ("process", "组织实施", "管理制度健全性", "3", "财务和业务管理制度合法、合规、完整的得满分，缺一项扣 1 分。"),
    ("process", "组织实施", "制度执行有效性", "5", "遵守制度、调整手续完备、资料齐全归档、人员设备落实的得满分，每发现一处不符扣 0.5 分。"),
    ("output", "产出数量", "实际完成率", "10", "得分＝分值×实际产出数÷计划产出数，最高为满分。"),
    ("output", "产出质量", "质量达标率", "8", "得分＝分值×质量达标产出数÷实际产出数。"),
    ("output", "产出时效", "完成及时性", "7", "按计划时间完成的得满分，未按时完成的按未及时完成的比例扣分。"),
    ("output", "产出成本", "成本节约率", "5", "实际成本不高于计划成本的得满分，每超过 1 个百分点扣 0.5 分。"),
    ("benefit", "项目效益", "实施效益", "20", "按经济、社会、生态效益和可持续影响的实现程度评分。"),
    ("benefit", "项目效益", "满意度", "10", "服务对象满意度达到目标值的得满分，未达到的按比例得分。"),
)


@transaction.atomic
def list_evaluation(project_year: ProjectYear, *, kind: str, ground: str, by, at: datetime) -> Evaluation:
    """Put a project-year on the evaluation list, with the lines of the common framework (财预〔2020〕10号) to begin with.

    Raises ``PermissionDenied`` for others than the evaluating body, ``RuleViolation`` for a project that is not as far
    and for a second evaluation of the same kind.
    """
    evaluation = Evaluation(project_year=project_year, kind=kind, ground=ground)
    if not CLIENT(evaluation, by):
        raise PermissionDenied(f"您没有把项目列入{evaluation.get_kind_display()}的权限。")
    refuse_any(rules.may_be_listed(evaluation))
    if project_year.evaluations.filter(kind=kind).exists():
        raise refuse("duplicate", f"{evaluation.title()}已经列入，请直接打开原有的评价。")
    records.create(evaluation, by=by, at=at, label="列入评价", reason=ground)
    EvaluationLine.objects.bulk_create(
        EvaluationLine(
            evaluation=evaluation, position=position, level1=level1, level2=level2, name=name, weight=Decimal(weight),
            standard=standard,
        )
        for position, (level1, level2, name, weight, standard) in enumerate(FRAMEWORK, start=1)
    )
    return evaluation


@effect_of(Evaluation, "notify")
def start_evaluation_of_year(evaluation: Evaluation, *, by, at: datetime, reason: str, data) -> None:
    year = evaluation.project_year
    if year.stage == ProjectYear.Stage.SELF_EVALUATING:
        perform(year, "start_evaluation", by=by, at=at, cause=evaluation)


@effect_of(Evaluation, "assign")
def open_papers_to_institution(evaluation: Evaluation, *, by, at: datetime, reason: str, data) -> None:
    grant_access(
        evaluation.project_year, institution=evaluation.institution, ground=evaluation.access_ground(), by=by, at=at
    )


@effect_of(Evaluation, "withdraw", "archive")
def close_papers_to_institution(evaluation: Evaluation, *, by, at: datetime, reason: str, data) -> None:
    close_access(
        evaluation.project_year, institution=evaluation.institution, ground=evaluation.access_ground(), by=by, at=at
    )


@effect_of(Evaluation, "respond")
def keep_objection(evaluation: Evaluation, *, by, at: datetime, reason: str, data) -> None:
    line = data.get("line")
    if line is not None and line.evaluation_id != evaluation.pk:
        raise refuse("foreign_line", f"所选指标不属于{evaluation.title()}，请重新选择。")
    records.create(
        Objection(evaluation=evaluation, line=line, view=reason, raised_by=by, raised_at=at),
        by=by, at=at, label="提出意见",
    )


@effect_of(Evaluation, "feed_back")
def issue_letter(evaluation: Evaluation, *, by, at: datetime, reason: str, data) -> None:
    """The feedback letter: one item to rectify for every problem found; the project-year goes on to rectification."""
    letter = Rectification(
        project_year=evaluation.project_year, evaluation=evaluation, letter_no=data["letter_no"],
        demands=data["demands"], issued_on=timezone.localdate(at),
    )
    records.create(letter, by=by, at=at, label="下达反馈意见书")
    RectificationItem.objects.bulk_create(
        RectificationItem(rectification=letter, seq=seq, problem=problem)
        for seq, problem in enumerate(evaluation.problem_list(), start=1)
    )
    year = evaluation.project_year
    if year.stage in (ProjectYear.Stage.SELF_EVALUATING, ProjectYear.Stage.EVALUATING):
        perform(year, "start_rectification", by=by, at=at, cause=letter)
