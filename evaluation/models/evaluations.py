"""部门评价 and 财政评价: by third parties, from the notice to the archived file (domain rules §2.5, §2.6)."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from budgets.models import ProjectAccess, ProjectRecord, ProjectYear, YearQuerySet
from budgets.models.projects import own_projects
from core.access import INSTITUTION_ROLES, Role, held_by, held_by_case
from core.models import Attachment
from core.workflow import Holder, state_constraint, state_field, step
from evaluation import rules
from evaluation.models.self_evaluations import SCORE

REPORT_FILE = "评价报告"
PAPER_FILE = "工作底稿"


class EvaluationKind(models.TextChoices):
    DEPARTMENT = "department", "部门评价"
    FISCAL = "fiscal", "财政评价"
    REEVALUATION = "reevaluation", "再评价"


class EvaluationState(models.TextChoices):
    LISTED = "listed", "拟评价"
    NOTIFIED = "notified", "已通知"
    ASSIGNED = "assigned", "已委托"
    PLAN_REVIEWING = "plan_reviewing", "方案待审"
    IN_FIELD = "in_field", "实施中"
    CONSULTING = "consulting", "征求意见中"
    REPORT_REVIEWING = "report_reviewing", "报告待验收"
    ACCEPTED = "accepted", "报告已验收"
    GRADED = "graded", "已定级"
    FED_BACK = "fed_back", "已反馈"
    ARCHIVED = "archived", "已归档"


def client(department: Role, fiscal: Role):
    """The evaluating body: the department for its own evaluation, finance for the others."""
    return held_by_case("kind", {
        EvaluationKind.DEPARTMENT: (department,),
        EvaluationKind.FISCAL: (fiscal,),
        EvaluationKind.REEVALUATION: (fiscal,),
    })


CLIENT = client(Role.DEPT_PERFORMANCE, Role.FISCAL_PERFORMANCE)
CLIENT_LEADER = client(Role.DEPT_LEADER, Role.FISCAL_LEADER)
LEAD = held_by(Role.THIRD_PARTY_LEAD)
TEAM = held_by(Role.THIRD_PARTY_LEAD, Role.THIRD_PARTY_MEMBER)
BEFORE_CONSULTING = {
    EvaluationState.LISTED, EvaluationState.NOTIFIED, EvaluationState.ASSIGNED, EvaluationState.PLAN_REVIEWING,
    EvaluationState.IN_FIELD,
}


class EvaluationQuerySet(YearQuerySet):
    def visible_to(self, user) -> "EvaluationQuerySet":
        """As every record of a project-year; an institution sees only its own tasks and only while they are open."""
        sight = user.sight
        if sight.everything:
            return self
        opened = ProjectAccess.objects.open_to(sight).values("project_year")
        return self.filter(
            own_projects(sight, "project_year__project__")
            | models.Q(institution__in=sight.institutions, project_year__in=opened)
        )


class Evaluation(ProjectRecord):
    State = EvaluationState

    client_verbs = {
        EvaluationState.LISTED: "下达评价通知", EvaluationState.NOTIFIED: "委托第三方机构",
        EvaluationState.PLAN_REVIEWING: "审核评价方案", EvaluationState.REPORT_REVIEWING: "验收评价报告",
        EvaluationState.GRADED: "下达反馈意见书",
    }
    holders = {
        EvaluationState.ASSIGNED: Holder((Role.THIRD_PARTY_LEAD,), "提交评价方案"),
        EvaluationState.IN_FIELD: Holder((Role.THIRD_PARTY_LEAD,), "评分并提交报告初稿"),
        EvaluationState.CONSULTING: Holder(
            (Role.UNIT_LEADER, Role.THIRD_PARTY_LEAD), "反馈与答复意见"
        ),
        EvaluationState.FED_BACK: Holder((Role.THIRD_PARTY_LEAD,), "整理归档"),
    }
    editable_states = frozenset({EvaluationState.ASSIGNED, EvaluationState.IN_FIELD, EvaluationState.CONSULTING})
    editable_by = TEAM

    project_year = models.ForeignKey(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="evaluations"
    )
    kind = models.CharField("评价类型", max_length=20, choices=EvaluationKind.choices)
    state = state_field(EvaluationState)
    ground = models.TextField("选题理由", blank=True)
    notice_no = models.CharField("通知书文号", max_length=60, blank=True)
    institution = models.ForeignKey(
        "core.Organisation", models.PROTECT, verbose_name="第三方机构", related_name="+", null=True, blank=True
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="主评人", related_name="+", null=True, blank=True
    )
    contract_no = models.CharField("合同编号", max_length=60, blank=True)
    fee_yuan = models.DecimalField("委托费用（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    report_due_on = models.DateField("报告提交期限", null=True, blank=True)
    consult_due_on = models.DateField("征求意见期限", null=True, blank=True)
    plan_text = models.TextField("评价方案", blank=True)
    conclusion = models.TextField("评价结论", blank=True)
    score = models.DecimalField("评价得分", null=True, blank=True, **SCORE)
    report_quality = models.DecimalField("报告质量得分", null=True, blank=True, **SCORE)
    grade = models.CharField("评价等级", max_length=10, blank=True)
    grade_opinion = models.TextField("定级意见", blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效评价"
        ordering = ["-project_year__fiscal_year", "-pk"]
        constraints = [
            state_constraint(EvaluationState, name="evaluation_state_known"),
            models.UniqueConstraint(fields=["project_year", "kind"], name="one_evaluation_per_kind",
                                    violation_error_message="该项目本年度已有同一类型的评价，请直接打开原有的评价。"),
        ]

    def title(self) -> str:
        return f"“{self.project_year.project.name}”{self.project_year.fiscal_year_id}年度{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:evaluation", args=[self.pk])

    @property
    def author_ids(self) -> frozenset[int]:
        """Whoever handed in the plan or report; the client who put the project on the list reviews it."""
        return frozenset({self.submitted_by_id} - {None})

    @property
    def holder(self) -> Holder | None:
        if self.state in self.client_verbs:
            return Holder(CLIENT.roles_for(self), self.client_verbs[self.state], "fiscal_review")
        if self.state == EvaluationState.ACCEPTED:
            return Holder(CLIENT_LEADER.roles_for(self), "评定等级", "fiscal_review")
        return super().holder

    def organisation_for(self, role: Role) -> int | None:
        if role in INSTITUTION_ROLES and self.institution_id:
            return self.institution_id
        return super().organisation_for(role)

    def deadline_for(self, holder: Holder):
        if self.state == EvaluationState.CONSULTING:
            return self.consult_due_on
        return self.report_due_on if self.state in (EvaluationState.ASSIGNED, EvaluationState.IN_FIELD) else None

    def access_ground(self) -> str:
        """Under which name the project's papers are opened to the institution."""
        return f"{self.get_kind_display()}（{self.notice_no}）"

    def shows_scores_to(self, user) -> bool:
        """Until the draft report goes out for opinion, scores are for those who evaluate and for the bureau."""
        if self.state not in BEFORE_CONSULTING or user.sight.everything:
            return True
        return any(permission(self, user) for permission in (CLIENT, CLIENT_LEADER, TEAM))

    opens_files_to = shows_scores_to

    def line_list(self) -> list["EvaluationLine"]:
        return list(self.lines.all())

    def lead_statement(self) -> "ConflictStatement | None":
        return self.conflict_statements.filter(person=self.lead).first()

    def has_report(self) -> bool:
        """Only what the institution itself has uploaded counts as its report."""
        return Attachment.objects.filter(
            model=self._meta.label_lower, object_id=self.pk, kind=REPORT_FILE,
            uploaded_by__role_assignments__organisation=self.institution_id,
        ).exists()

    def unanswered_objections(self) -> int:
        return self.objections.filter(verdict="").count()

    def lines_total(self) -> Decimal:
        return sum((line.score for line in self.line_list() if line.score is not None), Decimal("0.00"))

    def problem_list(self) -> list[str]:
        """The problems found, as the feedback letter numbers them."""
        return list(self.lines.exclude(problem="").values_list("problem", flat=True))

    def has_problems(self) -> bool:
        return self.lines.exclude(problem="").exists()

    def lines_without_paper(self) -> list[str]:
        return list(self.lines.filter(papers=None).values_list("name", flat=True))

    @step(source=EvaluationState.LISTED, target=EvaluationState.NOTIFIED, by=CLIENT, label="下达评价通知书",
          guards=(rules.project_has_reached_evaluation,), checks=(rules.notice_is_numbered,))
    def notify(self, *, by, at, reason, data):
        self.notice_no = data["notice_no"]

    @step(source=EvaluationState.NOTIFIED, target=EvaluationState.ASSIGNED, by=CLIENT, label="委托第三方机构",
          checks=(rules.assignment_is_complete,))
    def assign(self, *, by, at, reason, data):
        self.institution = data["institution"]
        self.lead = data["lead"]
        self.contract_no = data.get("contract_no", "")
        self.fee_yuan = data.get("fee_yuan")
        self.report_due_on = data["report_due_on"]

    @step(source=EvaluationState.ASSIGNED, target=EvaluationState.NOTIFIED, by=CLIENT, label="解除委托",
          needs_reason=True, style="danger", consequence="解除后该机构不能再查看项目资料，可另行委托其他机构。")
    def withdraw(self, *, by, at, reason, data):
        self.report_due_on = None

    @step(source=EvaluationState.ASSIGNED, target=EvaluationState.PLAN_REVIEWING, by=LEAD, label="提交评价方案",
          guards=(rules.conflict_statement_is_signed, rules.plan_is_written))
    def submit_plan(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=EvaluationState.PLAN_REVIEWING, target=EvaluationState.ASSIGNED, by=CLIENT, label="方案退回修改",
          needs_reason=True, style="plain")
    def return_plan(self, *, by, at, reason, data):
        pass

    @step(source=EvaluationState.PLAN_REVIEWING, target=EvaluationState.IN_FIELD, by=CLIENT, label="同意评价方案",
          guards=(rules.plan_is_written,))
    def approve_plan(self, *, by, at, reason, data):
        pass

    @step(source=EvaluationState.IN_FIELD, target=EvaluationState.CONSULTING, by=LEAD, label="提交报告初稿，征求意见",
          guards=(rules.every_line_is_scored, rules.report_is_attached))
    def submit_draft(self, *, by, at, reason, data):
        self.submitted_by = by
        self.score = self.lines_total()
        days = self.rulebook().deadlines.consult_working_days
        self.consult_due_on = timezone.localdate(at) + timedelta(days=days)

    @step(source=EvaluationState.CONSULTING, target=EvaluationState.CONSULTING, by=held_by(Role.UNIT_LEADER),
          label="反馈意见", needs_reason=True, style="plain")
    def respond(self, *, by, at, reason, data):
        pass

    @step(source=EvaluationState.CONSULTING, target=EvaluationState.REPORT_REVIEWING, by=LEAD, label="提交正式报告",
          guards=(rules.objections_are_answered, rules.every_line_is_scored, rules.report_is_attached))
    def submit_final(self, *, by, at, reason, data):
        self.submitted_by = by
        self.score = self.lines_total()

    @step(source=EvaluationState.REPORT_REVIEWING, target=EvaluationState.IN_FIELD, by=CLIENT, label="报告退回修改",
          needs_reason=True, style="plain")
    def return_report(self, *, by, at, reason, data):
        pass

    @step(source=EvaluationState.REPORT_REVIEWING, target=EvaluationState.ACCEPTED, by=CLIENT, label="报告验收通过",
          reviews=True, checks=(rules.quality_score_is_sound,))
    def accept(self, *, by, at, reason, data):
        self.report_quality = data["report_quality"]

    @step(source=EvaluationState.ACCEPTED, target=EvaluationState.GRADED, by=CLIENT_LEADER, label="评定等级",
          needs_reason=True, reviews=True, checks=(rules.grade_follows_score,))
    def decide_grade(self, *, by, at, reason, data):
        self.grade = data["grade"]
        self.grade_opinion = reason

    @step(source=EvaluationState.GRADED, target=EvaluationState.FED_BACK, by=CLIENT, label="下达反馈意见书",
          guards=(rules.problems_are_listed,), checks=(rules.letter_is_complete,))
    def feed_back(self, *, by, at, reason, data):
        pass

    @step(source=EvaluationState.FED_BACK, target=EvaluationState.ARCHIVED, by=LEAD, label="归档",
          guards=(rules.conflict_free_to_archive,))
    def archive(self, *, by, at, reason, data):
        pass


class EvaluationLevel(models.TextChoices):
    DECISION = "decision", "决策"
    PROCESS = "process", "过程"
    OUTPUT = "output", "产出"
    BENEFIT = "benefit", "效益"


class EvaluationLine(models.Model):
    """One indicator of the evaluation table (domain rules §3.9, framework §4.4)."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, verbose_name="绩效评价", related_name="lines")
    position = models.PositiveIntegerField("序号")
    level1 = models.CharField("一级指标", max_length=20, choices=EvaluationLevel.choices)
    level2 = models.CharField("二级指标", max_length=40)
    name = models.CharField("三级指标", max_length=120)
    weight = models.DecimalField("权重", **SCORE)
    standard = models.TextField("评分标准", blank=True)
    finding = models.TextField("业绩值与评价依据", blank=True)
    score = models.DecimalField("得分", null=True, blank=True, **SCORE)
    deduction_reason = models.TextField("扣分原因", blank=True)
    problem = models.TextField("问题", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评价指标"
        ordering = ["evaluation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "position"], name="one_line_per_position"),
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__gte=0, score__lte=models.F("weight")),
                name="line_score_within_weight",
                violation_error_message="得分应在 0 与该指标权重之间，请改正。", violation_error_code="score_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("evaluation:line", args=[self.pk])


class WorkingPaper(models.Model):
    """工作底稿: where a finding comes from and who collected it."""

    line = models.ForeignKey(EvaluationLine, models.CASCADE, verbose_name="评价指标", related_name="papers")
    number = models.CharField("底稿编号", max_length=20)
    source = models.CharField("资料来源", max_length=120)
    content = models.TextField("内容")
    collected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="采集人", related_name="+")
    collected_at = models.DateTimeField("采集时间")
    file = models.ForeignKey(Attachment, models.PROTECT, verbose_name="佐证文件", related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作底稿"
        ordering = ["line__position", "pk"]

    def __str__(self) -> str:
        return f"{self.line.evaluation.title()}底稿 {self.number}"

    def thread(self) -> str:
        return self.line.evaluation.thread()


class ConflictStatement(models.Model):
    """回避声明 of one person for one task (SEP-6). Given once, never changed."""

    evaluation = models.ForeignKey(
        Evaluation, models.CASCADE, verbose_name="绩效评价", related_name="conflict_statements"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="声明人", related_name="+")
    has_conflict = models.BooleanField("存在利害关系")
    statement = models.TextField("说明", blank=True)
    signed_at = models.DateTimeField("签署时间")

    class Meta:
        verbose_name = verbose_name_plural = "回避声明"
        constraints = [models.UniqueConstraint(fields=["evaluation", "person"], name="one_statement_per_person")]

    def __str__(self) -> str:
        return f"{self.person}对{self.evaluation.title()}的回避声明"

    def thread(self) -> str:
        return self.evaluation.thread()


class Verdict(models.TextChoices):
    ADOPTED = "adopted", "已采纳"
    PARTLY = "partly", "部分采纳"
    REJECTED = "rejected", "未采纳"


class Objection(models.Model):
    """One opinion of the evaluated unit on the draft report, and how it was answered."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, verbose_name="绩效评价", related_name="objections")
    line = models.ForeignKey(
        EvaluationLine, models.PROTECT, verbose_name="针对指标", related_name="objections", null=True, blank=True
    )
    view = models.TextField("单位意见")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", related_name="+")
    raised_at = models.DateTimeField("提出时间")
    verdict = models.CharField("处理结果", max_length=20, choices=Verdict.choices, blank=True)
    answer = models.TextField("答复", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "征求意见"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.evaluation.title()}第 {self.pk} 号意见"

    def thread(self) -> str:
        return self.evaluation.thread()
