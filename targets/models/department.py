"""部门整体支出绩效目标: what a whole department is to achieve with its budget of a year (domain rules §2.8, §3.5)."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from budgets.models import FiscalYear, ProjectYear
from budgets.models.sums import fen_sum, yuan_of
from budgets.models.years import MONEY
from core.access import Role, held_by, held_by_case
from core.models import Organisation
from core.workflow import Holder, TwoHandReview, WorkflowRecord, state_constraint, state_field, step
from targets import rules
from targets.models.indicators import IndicatorLine

NOBODY = -1


class DepartmentState(models.TextChoices):
    DRAFT = "draft", "填报中"
    LEADER_REVIEW = "leader_review", "待部门负责人审核"
    FISCAL_REVIEWING = "fiscal_reviewing", "待财政审核"
    READY_FOR_APPROVAL = "ready_for_approval", "待批复"
    APPROVED = "approved", "已批复"
    RETURNED = "returned", "退回修改"


class DepartmentDeclarationQuerySet(models.QuerySet):
    """``declaration_path`` leads from the row to its declaration."""

    declaration_path = ""

    def visible_to(self, user) -> "DepartmentDeclarationQuerySet":
        """The county-wide roles see all, a section its departments', a department its own; units none."""
        sight, department = user.sight, f"{self.declaration_path}department"
        if sight.everything:
            return self
        return self.filter(Q(**{f"{department}__in": sight.departments})
                           | Q(**{f"{department}__fiscal_section__in": sight.sections}))


class DepartmentLineQuerySet(DepartmentDeclarationQuerySet):
    declaration_path = "declaration__"


class DepartmentDeclaration(TwoHandReview, WorkflowRecord):
    """Filed by the department's performance office, signed by its leader, reviewed by finance in two hands.

    ``basic_yuan`` is the basic expenditure; with the department's projects it makes up the budget that the tasks share.
    """

    State = DepartmentState
    lock_with = ("department", "fiscal_year__ruleset")
    holders = {
        DepartmentState.DRAFT: Holder((Role.DEPT_PERFORMANCE,), "填报部门整体绩效目标"),
        DepartmentState.RETURNED: Holder((Role.DEPT_PERFORMANCE,), "修改部门整体绩效目标"),
        DepartmentState.LEADER_REVIEW: Holder((Role.DEPT_LEADER,), "审核部门整体绩效目标", "unit_review"),
        DepartmentState.FISCAL_REVIEWING: Holder(
            (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), "审核部门整体绩效目标", "fiscal_review"
        ),
        DepartmentState.READY_FOR_APPROVAL: Holder((Role.FISCAL_BUDGET,), "随部门预算批复", "approval"),
    }
    editable_states = frozenset({DepartmentState.DRAFT, DepartmentState.RETURNED})
    editable_by = held_by(Role.DEPT_PERFORMANCE)

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, verbose_name="年度", related_name="+")
    department = models.ForeignKey(Organisation, models.PROTECT, verbose_name="主管部门", related_name="+")
    state = state_field(DepartmentState)
    duties = models.TextField("部门职责", max_length=1000, blank=True)
    annual_goal = models.TextField("年度总体目标", max_length=1000, blank=True)
    basic_yuan = models.DecimalField("基本支出（元）", **MONEY)
    document_no = models.CharField("批复文号", max_length=60, blank=True)

    objects = DepartmentDeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门整体绩效目标"
        ordering = ["-fiscal_year", "department__code"]
        constraints = [
            state_constraint(DepartmentState, name="department_declaration_state_known"),
            models.UniqueConstraint(
                fields=["fiscal_year", "department"], name="one_whole_declaration_per_department_and_year"
            ),
            models.CheckConstraint(
                condition=Q(basic_yuan__gte=0), name="basic_expenditure_not_negative",
                violation_error_message="基本支出不能是负数，请改正后再保存。",
            ),
        ]

    def title(self) -> str:
        return f"{self.department.name}{self.fiscal_year_id}年度部门整体绩效目标"

    def thread(self) -> str:
        return f"department:{self.department_id}:{self.fiscal_year_id}"

    def rulebook(self):
        return self.fiscal_year.rulebook()

    def get_absolute_url(self) -> str:
        return reverse("targets:department", args=[self.pk])

    def organisation_for(self, role: Role) -> int | None:
        if role in (Role.DEPT_PERFORMANCE, Role.DEPT_LEADER):
            return self.department_id
        if role == Role.FISCAL_BUSINESS:
            return self.department.fiscal_section_id
        return None if role in (Role.FISCAL_PERFORMANCE, Role.FISCAL_BUDGET) else NOBODY

    def facts(self) -> dict[str, Any]:
        return {
            "subject": self.department.name, "subtitle": "部门整体", "year": self.fiscal_year_id,
            "amount_yuan": self.budget_yuan(),
        }

    def projects(self) -> models.QuerySet[ProjectYear]:
        """The department's project-years that have not been turned down."""
        return ProjectYear.objects.filter(
            project__department=self.department_id, fiscal_year=self.fiscal_year_id
        ).exclude(stage=ProjectYear.Stage.REJECTED)

    def projects_yuan(self) -> Decimal:
        return yuan_of(self.projects().order_by().aggregate(fen=fen_sum("requested_yuan"))["fen"])

    def budget_yuan(self) -> Decimal:
        return self.basic_yuan + self.projects_yuan()

    def sector(self) -> str:
        """A department's work is no single sector of the library; whoever adds to it says which."""
        return ""

    def task_list(self) -> list["DepartmentTask"]:
        return list(self.tasks.all())

    def indicator_list(self) -> list["DepartmentIndicator"]:
        return list(self.indicators.all())

    def judged(self) -> rules.Subject:
        """As the quality check sees it; the funds are checked against the tasks."""
        budget = self.budget_yuan()
        return rules.Subject(
            title=self.title(), project_name=self.department.name, year=self.fiscal_year_id,
            years=(self.fiscal_year_id, self.fiscal_year_id), book=self.rulebook(), annual_goal=self.annual_goal,
            overall_goal="", requested=budget, sources_total=budget, indicators=tuple(self.indicator_list()),
        )

    @step(source=[DepartmentState.DRAFT, DepartmentState.RETURNED], target=DepartmentState.LEADER_REVIEW,
          by=held_by(Role.DEPT_PERFORMANCE), label="报送部门负责人审核",
          guards=(rules.duties_are_written, rules.tasks_share_the_budget, rules.must_be_mended))
    def submit(self, *, by, at, reason, data):
        self.submitted_by = by
        self.business_opinion = ""

    @step(source=DepartmentState.LEADER_REVIEW, target=DepartmentState.DRAFT, by=held_by(Role.DEPT_PERFORMANCE),
          label="撤回", style="plain")
    def recall(self, *, by, at, reason, data):
        pass

    @step(source=DepartmentState.LEADER_REVIEW, target=DepartmentState.FISCAL_REVIEWING, by=held_by(Role.DEPT_LEADER),
          label="审核通过，报送财政", reviews=True)
    def pass_leader(self, *, by, at, reason, data):
        pass

    @step(source=DepartmentState.FISCAL_REVIEWING, target=DepartmentState.FISCAL_REVIEWING,
          by=held_by(Role.FISCAL_BUSINESS), label="签署业务股室审核意见", needs_reason=True, reviews=True)
    def review_first(self, *, by, at, reason, data):
        self.business_opinion = reason

    @step(source=DepartmentState.FISCAL_REVIEWING, target=DepartmentState.READY_FOR_APPROVAL,
          by=held_by(Role.FISCAL_PERFORMANCE), label="审核通过", needs_reason=True, reviews=True,
          guards=(rules.business_section_has_reviewed,))
    def pass_fiscal(self, *, by, at, reason, data):
        pass

    @step(source=[DepartmentState.LEADER_REVIEW, DepartmentState.FISCAL_REVIEWING, DepartmentState.READY_FOR_APPROVAL],
          target=DepartmentState.RETURNED, label="退回修改", needs_reason=True, reviews=True, style="plain",
          by=held_by_case("state", {
              DepartmentState.LEADER_REVIEW: (Role.DEPT_LEADER,),
              DepartmentState.FISCAL_REVIEWING: (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE),
              DepartmentState.READY_FOR_APPROVAL: (Role.FISCAL_BUDGET,),
          }))
    def send_back(self, *, by, at, reason, data):
        pass

    @step(source=DepartmentState.READY_FOR_APPROVAL, target=DepartmentState.APPROVED, by=held_by(Role.FISCAL_BUDGET),
          label="随部门预算批复", reviews=True, checks=(rules.document_is_given,))
    def approve(self, *, by, at, reason, data):
        self.document_no = data["document_no"]


class DepartmentTask(models.Model):
    """年度主要任务: one task with its share of the department's budget, in yuan."""

    declaration = models.ForeignKey(
        DepartmentDeclaration, models.CASCADE, verbose_name="部门整体绩效目标", related_name="tasks"
    )
    position = models.PositiveIntegerField("序号")
    name = models.CharField("任务名称", max_length=120)
    content = models.TextField("主要内容", blank=True)
    fiscal_yuan = models.DecimalField("财政拨款（元）", **MONEY)
    other_yuan = models.DecimalField("其他资金（元）", **MONEY)

    objects = DepartmentLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度主要任务"
        ordering = ["declaration", "position"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "position"], name="one_task_per_position"),
            models.CheckConstraint(
                condition=Q(fiscal_yuan__gte=0, other_yuan__gte=0), name="task_money_not_negative",
                violation_error_message="任务的预算金额不能是负数，请改正后再保存。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def total_yuan(self) -> Decimal:
        return self.fiscal_yuan + self.other_yuan


class DepartmentIndicator(IndicatorLine):
    """``actual_shown`` stays empty: a whole department's self-evaluation does not write back to its lines."""

    actual_shown = ""
    declaration = models.ForeignKey(
        DepartmentDeclaration, models.CASCADE, verbose_name="部门整体绩效目标", related_name="indicators"
    )

    objects = DepartmentLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门整体绩效指标"
        ordering = ["declaration", "position"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "position"], name="one_department_indicator_per_position"),
        ]
