"""The assessment itself: no project above the threshold enters the pool without it (domain rules §2.1, §3.2)."""

from dataclasses import replace
from decimal import Decimal

from django.db import models
from django.urls import reverse

from budgets import rules
from budgets.models.base import ProjectRecord
from budgets.models.windows import WindowStage
from budgets.models.years import UNCHECKED_MONEY, ProjectYear
from core.access import Role, driven_by_document, held_by, held_by_case
from core.attachments import attachments_of
from core.rulebook.parts import Dimension
from core.rulebook.terms import AssessedObject
from core.workflow import Holder, TwoHandReview, state_constraint, state_field, step

REPORT_KIND = "评估报告"


class ExAnteState(models.TextChoices):
    DRAFT = "draft", "填报中"
    DEPT_REVIEWING = "dept_reviewing", "待初审"
    ASSESSING = "assessing", "评估中"
    CONCLUDED = "concluded", "已出结论"
    FISCAL_REVIEWING = "fiscal_reviewing", "待财政审核"
    PASSED = "passed", "已通过"
    FAILED = "failed", "未通过"
    RETURNED = "returned", "退回修改"


class ExAnteConclusion(models.TextChoices):
    SUPPORT = "support", "予以支持"
    PARTIAL = "partial_support", "部分支持"
    AFTER_REVISION = "support_after_revision", "调整完善后支持"
    REJECT = "reject", "不予支持"


class ExAnteAssessment(TwoHandReview, ProjectRecord):
    State = ExAnteState
    Conclusion = ExAnteConclusion

    holders = {
        ExAnteState.DRAFT: Holder((Role.UNIT_OPERATOR, Role.UNIT_LEADER), "填写评估申报", window=WindowStage.EX_ANTE),
        ExAnteState.RETURNED: Holder((Role.UNIT_OPERATOR, Role.UNIT_LEADER), "修改评估申报", "resubmission"),
        ExAnteState.DEPT_REVIEWING: Holder((Role.DEPT_PERFORMANCE,), "组织评估", "dept_review"),
        ExAnteState.ASSESSING: Holder((Role.DEPT_PERFORMANCE,), "组织专家评分", "dept_review"),
        ExAnteState.CONCLUDED: Holder((Role.DEPT_LEADER,), "报送财政审核", "dept_review"),
        ExAnteState.FISCAL_REVIEWING: Holder(
            (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), "审核事前评估", "fiscal_review"
        ),
    }
    editable_states = frozenset({ExAnteState.DRAFT, ExAnteState.RETURNED})
    editable_by = held_by(Role.UNIT_OPERATOR)

    project_year = models.ForeignKey(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="ex_ante_assessments"
    )
    version = models.PositiveIntegerField("版本", default=1)
    state = state_field(ExAnteState)
    object_type = models.CharField(
        "评估对象类型", max_length=10, choices=[(each.value, each.label) for each in AssessedObject],
        default=AssessedObject.PROJECT.value,
    )
    background = models.TextField("立项背景与依据", blank=True)
    content = models.TextField("主要内容", blank=True)
    goal_text = models.TextField("绩效目标", blank=True)
    fund_structure = models.TextField("资金构成与测算", blank=True)
    plan = models.TextField("实施方案", blank=True)
    risks = models.TextField("风险与应对", blank=True)
    amount_applied_yuan = models.DecimalField("申请金额（元）", null=True, blank=True, **UNCHECKED_MONEY)
    attempt = models.PositiveIntegerField("评估次数", default=0)
    convened_at = models.DateTimeField("组织评估时间", null=True, blank=True)
    is_short_of_reviewers = models.BooleanField("专家人数不足", default=False)
    opened_at = models.DateTimeField("评分公开时间", null=True, blank=True)
    score = models.DecimalField("评估得分", max_digits=6, decimal_places=2, null=True, blank=True)
    conclusion = models.CharField("总体结论", max_length=30, choices=ExAnteConclusion.choices, blank=True)
    amount_suggested_yuan = models.DecimalField("建议安排金额（元）", null=True, blank=True, **UNCHECKED_MONEY)
    minutes = models.TextField("评审会议纪要", blank=True)
    spread_note = models.TextField("分歧说明", blank=True)
    suggestions = models.TextField("相关建议", blank=True)
    fiscal_opinion = models.TextField("财政审核意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事前绩效评估"
        ordering = ["-project_year__fiscal_year", "-pk"]
        constraints = [
            state_constraint(ExAnteState, name="ex_ante_state_known"),
            models.UniqueConstraint(fields=["project_year", "version"], name="one_ex_ante_per_version"),
        ]

    @property
    def holder(self) -> Holder | None:
        holder = super().holder
        if self.state == ExAnteState.CONCLUDED and self.conclusion == ExAnteConclusion.REJECT:
            return replace(holder, roles=(Role.DEPT_PERFORMANCE, Role.DEPT_LEADER), verb="办理终止")
        if self.state != ExAnteState.ASSESSING:
            return holder
        if self.is_short_of_reviewers:
            return replace(holder, verb="增补评估专家")
        return holder if self.opened_at is None else replace(holder, verb="出具评估结论")

    def get_absolute_url(self) -> str:
        return reverse("budgets:ex_ante", args=[self.pk])

    def dimensions(self) -> tuple[Dimension, ...]:
        return self.rulebook().ex_ante.dimensions_of(self.object_type)

    def material_names(self) -> dict[str, bool]:
        """Every document asked for by name, and whether it is required."""
        kind = self.project_year.project.kind
        return {each.name: each.required for each in self.rulebook().ex_ante.materials_of(self.object_type, kind)}

    def missing_materials(self) -> list[str]:
        handed_in = set(attachments_of(self).values_list("kind", flat=True))
        return [name for name, required in self.material_names().items() if required and name not in handed_in]

    def has_report(self) -> bool:
        """A report handed in since the panel was convened, and not by the unit that asks for the money."""
        reports = attachments_of(self).filter(kind=REPORT_KIND, uploaded_at__gte=self.convened_at)
        unit = self.project_year.project.unit_id
        return reports.exclude(uploaded_by__role_assignments__organisation=unit).exists()

    def panel(self):
        """The sheets of the present attempt, also of those who have withdrawn."""
        return self.reviews.filter(attempt=self.attempt)

    def seated_ids(self) -> set[int]:
        """Who is or was on the panel in the present attempt; nobody before it is convened."""
        if self.state != ExAnteState.ASSESSING:
            return set()
        return set(self.panel().values_list("reviewer", flat=True))

    def seated_count(self) -> int:
        """How many score or have scored in the present attempt; none before it is convened."""
        return self.panel().seated().count() if self.state == ExAnteState.ASSESSING else 0

    def submitted_count(self) -> int:
        return self.panel().filter(state="submitted").count()

    def marks(self) -> list[dict[str, Decimal]]:
        """Item to points, one mapping for each sheet that counts."""
        sheets = self.panel().filter(state="submitted").prefetch_related("scores")
        return [sheet.marks() for sheet in sheets]

    def totals(self) -> list[Decimal]:
        return [sum(marks.values(), Decimal("0.00")) for marks in self.marks()]

    def opens_files_to(self, user) -> bool:
        """A reviewer reads the documents after the statement, not before it (SEP-6)."""
        return not self.panel().filter(reviewer=user.pk).exclude(state__in=("scoring", "submitted")).exists()

    @step(source=[ExAnteState.DRAFT, ExAnteState.RETURNED], target=ExAnteState.DEPT_REVIEWING,
          by=held_by(Role.UNIT_LEADER), label="报送主管部门",
          guards=(rules.window_allows_filing, rules.ex_ante_is_complete, rules.materials_are_complete))
    def submit(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=[ExAnteState.DEPT_REVIEWING, ExAnteState.FISCAL_REVIEWING], target=ExAnteState.RETURNED,
          by=held_by_case("state", {
              ExAnteState.DEPT_REVIEWING: (Role.DEPT_PERFORMANCE,),
              ExAnteState.FISCAL_REVIEWING: (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE),
          }), label="退回修改", needs_reason=True, reviews=True, style="plain")
    def send_back(self, *, by, at, reason, data):
        self._forget_outcome()

    @step(source=ExAnteState.DEPT_REVIEWING, target=ExAnteState.ASSESSING, by=held_by(Role.DEPT_PERFORMANCE),
          label="组织评估", reviews=True,
          checks=(rules.reviewers_are_enough, rules.reviewers_are_eligible))
    def convene(self, *, by, at, reason, data):
        self.attempt += 1
        self.convened_at = at
        self.is_short_of_reviewers = False

    @step(source=ExAnteState.ASSESSING, target=ExAnteState.ASSESSING, by=held_by(Role.DEPT_PERFORMANCE), style="plain",
          label="增补专家", reviews=True, guards=(rules.panel_still_scores,),
          checks=(rules.reviewers_are_named, rules.reviewers_are_eligible))
    def add_reviewers(self, *, by, at, reason, data):
        pass

    @step(source=ExAnteState.ASSESSING, target=ExAnteState.ASSESSING, by=held_by(Role.DEPT_PERFORMANCE), style="plain",
          label="打开评审会议", reviews=True, needs_reason=True, guards=(rules.panel_still_scores, rules.enough_have_scored),
          consequence="会议打开后公开已提交的评分，没有提交的专家不再计入。")
    def open_meeting(self, *, by, at, reason, data):
        pass

    @step(source=ExAnteState.ASSESSING, target=ExAnteState.ASSESSING, by=driven_by_document, label="汇总专家评分")
    def count(self, *, by, at, reason, data):
        self.is_short_of_reviewers = data["is_short"]
        self.score = data["score"]
        self.opened_at = None if data["score"] is None else self.opened_at or at

    @step(source=ExAnteState.ASSESSING, target=ExAnteState.CONCLUDED, by=held_by(Role.DEPT_PERFORMANCE),
          label="出具结论", reviews=True, guards=(rules.ex_ante_is_scored, rules.report_is_attached),
          checks=(rules.conclusion_is_sound, rules.wide_spread_is_explained))
    def conclude(self, *, by, at, reason, data):
        self.conclusion = data["conclusion"]
        self.amount_suggested_yuan = data["amount_suggested_yuan"]
        self.minutes = data["minutes"]
        self.spread_note = data.get("spread_note", "")
        self.suggestions = data.get("suggestions", "")

    @step(source=ExAnteState.CONCLUDED, target=ExAnteState.FISCAL_REVIEWING, by=held_by(Role.DEPT_LEADER),
          label="报送财政审核", reviews=True, guards=(rules.conclusion_supports,))
    def submit_to_fiscal(self, *, by, at, reason, data):
        pass

    @step(source=ExAnteState.CONCLUDED, target=ExAnteState.FAILED, by=held_by(Role.DEPT_PERFORMANCE, Role.DEPT_LEADER),
          label="不予支持，终止", needs_reason=True, reviews=True, style="danger", guards=(rules.conclusion_rejects,))
    def drop(self, *, by, at, reason, data):
        self.fiscal_opinion = reason

    @step(source=ExAnteState.FISCAL_REVIEWING, target=ExAnteState.FISCAL_REVIEWING, by=held_by(Role.FISCAL_BUSINESS),
          label="签署业务股室初审意见", needs_reason=True, reviews=True)
    def review_first(self, *, by, at, reason, data):
        self.business_opinion = reason

    @step(source=ExAnteState.FISCAL_REVIEWING, target=ExAnteState.PASSED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="审核通过，准予入库", reviews=True,
          guards=(rules.business_section_has_reviewed, rules.score_reaches_pass_mark))
    def approve(self, *, by, at, reason, data):
        self.fiscal_opinion = reason

    @step(source=ExAnteState.FISCAL_REVIEWING, target=ExAnteState.FAILED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="不予通过", needs_reason=True, reviews=True, style="danger",
          guards=(rules.business_section_has_reviewed,), consequence="不予通过的项目本轮不得申报绩效目标和预算。")
    def refuse(self, *, by, at, reason, data):
        self.fiscal_opinion = reason

    @step(source=ExAnteState.FAILED, target=ExAnteState.DRAFT, by=held_by(Role.UNIT_OPERATOR),
          label="修改后重新评估", guards=(rules.may_be_revised,))
    def revise(self, *, by, at, reason, data):
        self.version += 1
        self._forget_outcome()

    def _forget_outcome(self) -> None:
        self.score = self.opened_at = self.amount_suggested_yuan = None
        self.conclusion = self.minutes = self.spread_note = self.suggestions = ""
        self.business_opinion = self.fiscal_opinion = ""
