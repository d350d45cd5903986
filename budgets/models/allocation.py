"""How last year's results decide next year's money.

``AllocationBasis`` is what the upper apps record about a project; an ``AllocationRound`` reads nothing else. In a line
the rule's suggestion, a person's change and the final amount stay apart.
"""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.urls import reverse

from budgets import rules
from budgets.models.base import YearQuerySet
from budgets.models.projects import Project, own_projects
from budgets.models.sums import fen_sum, yuan_of
from budgets.models.years import MONEY, UNCHECKED_MONEY, FiscalYear, ProjectYear
from core.access import Role, held_by
from core.ruleset_versions import rulebook_of
from core.workflow import Holder, WorkflowRecord, state_constraint, state_field, step


class AllocationBasis(models.Model):
    """One result of one project-year. A later correction is a new row; a decided allocation keeps the row it used."""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="bases")
    evaluation = models.CharField("评价类型", max_length=20)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2)
    grade = models.CharField("等级", max_length=10)
    poor_years = models.PositiveIntegerField("连续低等级年数", default=0)
    rectification = models.CharField("整改情况", max_length=20)
    execution_rate = models.DecimalField("执行率", max_digits=9, decimal_places=4, null=True)
    carryover_yuan = models.DecimalField("结转结余（元）", **MONEY)
    lamps = models.JSONField("监控灯记录", default=list)
    source = models.CharField("来源", max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    reason = models.TextField("更正原因", blank=True)

    objects = YearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "挂钩依据"
        ordering = ["project_year", "-pk"]
        get_latest_by = "pk"

    def __str__(self) -> str:
        return f"{self.project_year.title()}挂钩依据"

    def thread(self) -> str:
        return self.project_year.thread()


class AllocationState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SIMULATED = "simulated", "已测算"
    SUBMITTED = "submitted", "待决定"
    DECIDED = "decided", "已决定"
    ISSUED = "issued", "已下达"


def sees_every_line(user) -> bool:
    return bool(user.sight.everything or user.sight.sections)


class AllocationRoundQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AllocationRoundQuerySet":
        """The bureau and its overseers see every round; others only what was issued."""
        if sees_every_line(user):
            return self
        if user.sight.departments or user.sight.units:
            return self.filter(state=AllocationState.ISSUED)
        return self.none()


class AllocationRound(WorkflowRecord):
    State = AllocationState

    holders = {
        AllocationState.DRAFT: Holder((Role.FISCAL_BUDGET,), "测算下年度预算安排"),
        AllocationState.SIMULATED: Holder((Role.FISCAL_BUDGET,), "核定并报领导决定"),
        AllocationState.SUBMITTED: Holder((Role.FISCAL_LEADER,), "决定下年度预算安排"),
        AllocationState.DECIDED: Holder((Role.FISCAL_BUDGET,), "下达控制数"),
    }
    editable_states = frozenset({AllocationState.DRAFT, AllocationState.SIMULATED})
    editable_by = held_by(Role.FISCAL_BUDGET)

    name = models.CharField("名称", max_length=120)
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, verbose_name="安排年度", related_name="allocation_rounds"
    )
    base_year = models.ForeignKey(FiscalYear, models.PROTECT, verbose_name="基数年度", related_name="+")
    result_year = models.ForeignKey(FiscalYear, models.PROTECT, verbose_name="结果年度", related_name="+")
    ruleset = models.ForeignKey("core.RuleSet", models.PROTECT, verbose_name="规则集", related_name="+")
    ceiling_yuan = models.DecimalField("总控制数（元）", **UNCHECKED_MONEY)
    state = state_field(AllocationState)
    document_no = models.CharField("决定文号", max_length=60, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)

    objects = AllocationRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预算安排轮次"
        ordering = ["-fiscal_year", "-pk"]
        constraints = [
            state_constraint(AllocationState, name="allocation_state_known"),
            models.CheckConstraint(
                condition=models.Q(ceiling_yuan__gt=0), name="allocation_ceiling_positive",
                violation_error_message="总控制数应大于 0，请改正后再保存。",
            ),
        ]

    def title(self) -> str:
        return f"“{self.name}”"

    def thread(self) -> str:
        return f"allocationround:{self.pk}"

    def organisation_for(self, role: Role) -> None:
        return None

    def rulebook(self):
        return rulebook_of(self.ruleset)

    def get_absolute_url(self) -> str:
        return reverse("budgets:allocation", args=[self.pk])

    def facts(self):
        return {"subject": self.name, "year": self.fiscal_year_id, "amount_yuan": self.ceiling_yuan}

    def has_lines(self) -> bool:
        return self.lines.exists()

    def final_total_yuan(self) -> Decimal:
        return yuan_of(self.lines.aggregate(total=fen_sum("final_yuan"))["total"])

    def lines_without_basis(self) -> list[str]:
        """Names of continuing projects that have neither a recorded result nor a waiver with its reason."""
        return list(self.unsettled_lines().values_list("project__name", flat=True))

    def unsettled_lines(self) -> models.QuerySet["AllocationLine"]:
        return self.lines.filter(basis=None, waiver="", base_yuan__gt=0)

    @step(source=[AllocationState.DRAFT, AllocationState.SIMULATED], target=AllocationState.SIMULATED,
          by=held_by(Role.FISCAL_BUDGET), label="测算")
    def simulate(self, *, by, at, reason, data):
        pass

    @step(source=AllocationState.SIMULATED, target=AllocationState.SUBMITTED, by=held_by(Role.FISCAL_BUDGET),
          label="报领导决定", guards=(rules.round_is_simulated, rules.basis_is_recorded, rules.totals_within_ceiling))
    def submit(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=AllocationState.SUBMITTED, target=AllocationState.DRAFT, by=held_by(Role.FISCAL_LEADER),
          label="退回重新测算", needs_reason=True, reviews=True, style="plain")
    def send_back(self, *, by, at, reason, data):
        pass

    @step(source=AllocationState.SUBMITTED, target=AllocationState.DECIDED, by=held_by(Role.FISCAL_LEADER),
          label="决定", reviews=True, guards=(rules.totals_within_ceiling,),
          checks=(rules.decision_document_is_given, rules.decision_date_is_given))
    def decide(self, *, by, at, reason, data):
        self.document_no = data["document_no"]
        self.decided_on = data["decided_on"]

    @step(source=AllocationState.DECIDED, target=AllocationState.ISSUED, by=held_by(Role.FISCAL_BUDGET),
          label="下达控制数", consequence="下达后，各单位下年度申报不得超过控制数。")
    def issue(self, *, by, at, reason, data):
        pass


class AllocationLineQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AllocationLineQuerySet":
        """Whoever sees the round sees every line if of the bureau, else the lines of the own projects."""
        rounds = self.filter(round__in=AllocationRound.objects.visible_to(user))
        if sees_every_line(user):
            return rounds
        return rounds.filter(own_projects(user.sight, "project__"))


class AllocationLine(models.Model):
    """One project in a round. ``working`` holds the inputs, formula and rule of the suggestion."""

    round = models.ForeignKey(AllocationRound, models.CASCADE, verbose_name="轮次", related_name="lines")
    project = models.ForeignKey(Project, models.PROTECT, verbose_name="项目", related_name="allocation_lines")
    basis = models.ForeignKey(
        AllocationBasis, models.PROTECT, verbose_name="挂钩依据", related_name="+", null=True, blank=True
    )
    requested_yuan = models.DecimalField("申请数（元）", **MONEY)
    base_yuan = models.DecimalField("上年预算（元）", **MONEY)
    rule_code = models.CharField("适用规则", max_length=40, blank=True)
    action = models.CharField("作用", max_length=20, blank=True)
    suggested_yuan = models.DecimalField("规则建议数（元）", **MONEY)
    changed_yuan = models.DecimalField("人工调整数（元）", null=True, blank=True, **UNCHECKED_MONEY)
    change_reason = models.TextField("调整理由", blank=True)
    waiver = models.TextField("免于挂钩的理由", blank=True)
    final_yuan = models.DecimalField("最终安排数（元）", **MONEY)
    working = models.JSONField("测算过程", default=dict)

    objects = AllocationLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "安排明细"
        ordering = ["-base_yuan", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "project"], name="one_line_per_project_and_round"),
            models.CheckConstraint(
                condition=models.Q(final_yuan__gte=0), name="allocation_line_not_negative",
                violation_error_message="安排数不能是负数，请改正后再保存。",
            ),
        ]
