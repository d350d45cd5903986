"""A declaration: one version of what the money of a project-year is to achieve, and its steps."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django_fsm import GET_STATE

from budgets.models import ProjectRecord, ProjectYear, WindowStage
from budgets.rules import window_allows_filing
from core.access import Role, driven_by_document, held_by, held_by_case
from core.workflow import Holder, TwoHandReview, state_constraint, state_field, step
from targets import rules
from targets.models.evidence import Judged


class DeclarationState(models.TextChoices):
    DRAFT = "draft", "填报中"
    UNIT_REVIEW = "unit_review", "待单位审核"
    DEPT_REVIEWING = "dept_reviewing", "待初审"
    FISCAL_REVIEWING = "fiscal_reviewing", "待财政审核"
    READY_FOR_APPROVAL = "ready_for_approval", "待批复"
    APPROVED = "approved", "已批复"
    SUPERSEDED = "superseded", "已被新版取代"
    RETURNED = "returned", "退回修改"
    BLOCKED = "blocked", "不予通过"


FILING_GUARDS = (
    rules.project_may_file, rules.quality_stands,
)
REVIEWING = (
    DeclarationState.UNIT_REVIEW, DeclarationState.DEPT_REVIEWING, DeclarationState.FISCAL_REVIEWING,
    DeclarationState.READY_FOR_APPROVAL,
)
SETTLED = (DeclarationState.SUPERSEDED, DeclarationState.BLOCKED)


class ReturnedFrom(GET_STATE):
    """Back to the state the declaration was returned from."""

    def __init__(self) -> None:
        super().__init__(lambda record, **_: record.returned_from, states=[state.value for state in REVIEWING])

    def __str__(self) -> str:
        return "returned_from"


class TargetDeclaration(Judged, TwoHandReview, ProjectRecord):
    """``opened`` names the places (``rules.contents``) that a return has opened; empty when all of them are open.

    ``submissions`` counts how often the unit has filed this version; what it filed each time is kept.
    """

    State = DeclarationState

    holders = {
        DeclarationState.DRAFT: Holder((Role.UNIT_OPERATOR,), "填报绩效目标", window=WindowStage.TARGET_FILING),
        DeclarationState.RETURNED: Holder((Role.UNIT_OPERATOR,), "修改绩效目标并重新报送", "resubmission"),
        DeclarationState.UNIT_REVIEW: Holder((Role.UNIT_LEADER,), "审核绩效目标", "unit_review"),
        DeclarationState.DEPT_REVIEWING: Holder(
            (Role.DEPT_PERFORMANCE,), "初审绩效目标", "dept_review", WindowStage.DEPT_REVIEW
        ),
        DeclarationState.FISCAL_REVIEWING: Holder(
            (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), "审核绩效目标", "fiscal_review",
            WindowStage.TARGET_REVIEW,
        ),
        DeclarationState.READY_FOR_APPROVAL: Holder(
            (Role.FISCAL_BUDGET,), "随预算批复", "approval", WindowStage.APPROVAL
        ),
    }
    editable_states = frozenset({DeclarationState.DRAFT, DeclarationState.RETURNED})
    editable_by = held_by(Role.UNIT_OPERATOR)

    project_year = models.ForeignKey(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="target_declarations"
    )
    version = models.PositiveIntegerField("版本", default=1)
    state = state_field(DeclarationState)
    project_summary = models.TextField("项目概况", blank=True)
    overall_goal = models.TextField("总体（中长期）目标", blank=True)
    annual_goal = models.TextField("年度总体目标", blank=True)
    safeguards = models.TextField("保证项目实施的制度、措施", blank=True)
    business_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="业务股室审核人", related_name="+", null=True, blank=True
    )
    document_no = models.CharField("批复文号", max_length=60, blank=True)
    submissions = models.PositiveIntegerField("报送次数", default=0, editable=False)
    returned_from = models.CharField("退回环节", max_length=20, choices=DeclarationState.choices, blank=True)
    revise_whole = models.BooleanField("须重走全程", default=False)
    opened = models.JSONField("退回时开放的内容", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标"
        ordering = ["-project_year__fiscal_year", "-pk"]
        constraints = [
            state_constraint(DeclarationState, name="declaration_state_known"),
            models.UniqueConstraint(fields=["project_year", "version"], name="one_declaration_per_version"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("targets:declaration", args=[self.pk])

    @property
    def window_stage(self) -> str:
        """An adjustment during the year is bound by no task window."""
        return super().window_stage if self.version == 1 else ""

    def sector(self) -> str:
        return self.project_year.project.sector

    def indicator_list(self) -> list[models.Model]:
        return list(self.indicators.all())

    def step_list(self) -> list[dict[str, Any]]:
        """The schedule: content, starts_on and ends_on of every step in their order."""
        return [each.fields() for each in self.schedule.all()]

    def facts(self) -> dict[str, Any]:
        """A reviewer's to-do leads straight to the review page."""
        reviewed = {"url": reverse("targets:review", args=[self.pk])} if self.state in REVIEWING else {}
        return super().facts() | reviewed

    def commented_places(self) -> list[str]:
        """What the reviewers of the present state have commented on and not settled."""
        unsettled = self.field_comments.filter(stage=self.state, settled_at=None)
        return sorted(set(unsettled.values_list("place", flat=True)))

    def changed_beyond_comments(self) -> list[str]:
        """Names of what differs from the content filed last and was not opened by a comment."""
        filed = self.submission_rows.order_by("number").last()
        return list(rules.changes_outside(self.opened, filed.content, rules.content(self))) if filed else []

    @step(source=[DeclarationState.DRAFT, DeclarationState.RETURNED], target=DeclarationState.UNIT_REVIEW,
          by=held_by(Role.UNIT_OPERATOR), label="报送单位负责人审核",
          guards=(window_allows_filing, *FILING_GUARDS))
    def submit(self, *, by, at, reason, data):
        """The whole way; opinions given so far no longer count."""
        self.submitted_by = by
        self.submissions += 1
        self.business_opinion, self.business_by = "", None
        self.returned_from, self.revise_whole, self.opened = "", False, []

    @step(source=DeclarationState.RETURNED, target=ReturnedFrom(), by=held_by(Role.UNIT_OPERATOR),
          label="改好，直接报送退回人", guards=(rules.goes_straight_back, *FILING_GUARDS))
    def resubmit(self, *, by, at, reason, data):
        """Straight to whoever returned it; opinions given before it still count."""
        self.submitted_by = by
        self.submissions += 1
        self.opened = []

    @step(source=DeclarationState.UNIT_REVIEW, target=DeclarationState.DRAFT, by=held_by(Role.UNIT_OPERATOR),
          label="撤回", style="plain")
    def recall(self, *, by, at, reason, data):
        pass

    @step(source=DeclarationState.UNIT_REVIEW, target=DeclarationState.DEPT_REVIEWING, by=held_by(Role.UNIT_LEADER),
          label="审核通过，报送主管部门", reviews=True)
    def pass_unit(self, *, by, at, reason, data):
        pass

    @step(source=DeclarationState.DEPT_REVIEWING, target=DeclarationState.FISCAL_REVIEWING,
          by=held_by(Role.DEPT_PERFORMANCE), label="初审通过，报送财政", reviews=True,
          checks=(rules.review_is_complete, rules.grade_allows_passing, rules.edits_are_written))
    def pass_department(self, *, by, at, reason, data):
        pass

    @step(source=DeclarationState.FISCAL_REVIEWING, target=DeclarationState.FISCAL_REVIEWING,
          by=held_by(Role.FISCAL_BUSINESS), label="签署业务股室初审意见", needs_reason=True, reviews=True,
          checks=rules.FIRST_REVIEW)
    def review_first(self, *, by, at, reason, data):
        self.business_opinion, self.business_by = reason, by

    @step(source=DeclarationState.FISCAL_REVIEWING, target=DeclarationState.READY_FOR_APPROVAL,
          by=held_by(Role.FISCAL_PERFORMANCE), label="审核通过", reviews=True,
          guards=(rules.business_section_has_reviewed,),
          checks=(rules.review_is_complete, rules.grade_allows_passing, rules.edits_are_written))
    def pass_fiscal(self, *, by, at, reason, data):
        pass

    @step(source=list(REVIEWING), target=DeclarationState.RETURNED, label="退回修改", needs_reason=True,
          reviews=True, style="plain",
          by=held_by_case("state", {
              DeclarationState.UNIT_REVIEW: (Role.UNIT_LEADER,),
              DeclarationState.DEPT_REVIEWING: (Role.DEPT_PERFORMANCE,),
              DeclarationState.FISCAL_REVIEWING: (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE),
              DeclarationState.READY_FOR_APPROVAL: (Role.FISCAL_BUDGET,),
          }))
    def send_back(self, *, by, at, reason, data):
        """The section takes its opinion back with its own return."""
        self.revise_whole = rules.demands_whole_way(self, data)
        self.opened = [] if self.revise_whole else self.commented_places()
        self.returned_from = self.state
        if by.pk == self.business_by_id:
            self.business_opinion, self.business_by = "", None

    @step(source=[DeclarationState.DEPT_REVIEWING, DeclarationState.FISCAL_REVIEWING],
          target=DeclarationState.BLOCKED, label="不予通过", needs_reason=True, reviews=True, style="danger",
          by=held_by_case("state", {
              DeclarationState.DEPT_REVIEWING: (Role.DEPT_PERFORMANCE,),
              DeclarationState.FISCAL_REVIEWING: (Role.FISCAL_PERFORMANCE,),
          }), checks=(rules.grade_allows_blocking,), consequence="不予通过的项目本轮不得进入下一步预算安排。")
    def block(self, *, by, at, reason, data):
        self.returned_from = self.state

    @step(source=DeclarationState.READY_FOR_APPROVAL, target=DeclarationState.APPROVED,
          by=held_by(Role.FISCAL_BUDGET), label="随预算批复", reviews=True, guards=(rules.goes_with_the_budget,),
          checks=(rules.document_is_given,))
    def approve(self, *, by, at, reason, data):
        self.document_no = data["document_no"]

    @step(source=DeclarationState.APPROVED, target=DeclarationState.SUPERSEDED, by=driven_by_document,
          label="被新版取代")
    def supersede(self, *, by, at, reason, data):
        pass
