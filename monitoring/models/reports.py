"""A progress report and its lines."""

from decimal import Decimal

from django.db import models
from django.urls import reverse

from budgets.models import ProjectRecord, ProjectYear, WindowStage, YearQuerySet
from budgets.models.years import MONEY, UNCHECKED_MONEY
from budgets.rules import window_allows_filing
from core.access import Role, held_by, held_by_case
from core.money import percent_text
from core.workflow import Holder, state_constraint, state_field, step
from monitoring import rules
from monitoring.models.choices import AlertState, DeviationReason, LampColour, LikelihoodChoice, QualityChoice
from monitoring.models.rounds import MonitoringRound
from targets.models import Indicator, TargetDeclaration


class ReportState(models.TextChoices):
    DRAFT = "draft", "待填报"
    UNIT_REVIEW = "unit_review", "待单位审核"
    DEPT_REVIEWING = "dept_reviewing", "待初审"
    FISCAL_REVIEWING = "fiscal_reviewing", "待复核"
    ACCEPTED = "accepted", "已通过"
    CORRECTING = "correcting", "纠偏中"
    RETURNED = "returned", "退回修改"


FINANCE_STATES = (ReportState.FISCAL_REVIEWING, ReportState.ACCEPTED, ReportState.CORRECTING)
SENT_STATES = (ReportState.DEPT_REVIEWING, *FINANCE_STATES)


class ProgressReportQuerySet(YearQuerySet):
    def with_names(self) -> "ProgressReportQuerySet":
        return self.select_related(
            "round", "declaration", "project_year__fiscal_year__ruleset", "project_year__project__unit",
            "project_year__project__department__fiscal_section",
        )

    def with_shown_lamp(self) -> "ProgressReportQuerySet":
        """``shown_lamp``: the lamp once the unit has sent the report, no data before."""
        return self.annotate(
            shown_lamp=models.Case(
                models.When(state__in=SENT_STATES, then=models.F("project_lamp")),
                default=models.Value(LampColour.GREY.value),
            )
        )


class ProgressReport(ProjectRecord):
    """One project-year's return for one round. The money is read from the payments each time a draft is saved."""

    State = ReportState

    holders = {
        ReportState.DRAFT: Holder((Role.UNIT_OPERATOR,), "填报绩效监控", window=WindowStage.MONITORING),
        ReportState.RETURNED: Holder((Role.UNIT_OPERATOR,), "修改绩效监控"),
        ReportState.UNIT_REVIEW: Holder((Role.UNIT_LEADER,), "审核绩效监控", "unit_review"),
        ReportState.DEPT_REVIEWING: Holder((Role.DEPT_PERFORMANCE,), "初审绩效监控", "dept_review"),
        ReportState.FISCAL_REVIEWING: Holder(
            (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), "复核绩效监控", "fiscal_review"
        ),
        ReportState.CORRECTING: Holder((Role.UNIT_LEADER,), "报送纠偏结果", "correction"),
    }
    editable_states = frozenset({ReportState.DRAFT, ReportState.RETURNED})
    editable_by = held_by(Role.UNIT_OPERATOR)

    round = models.ForeignKey(MonitoringRound, models.PROTECT, verbose_name="监控轮次", related_name="reports")
    project_year = models.ForeignKey(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="progress_reports"
    )
    declaration = models.ForeignKey(TargetDeclaration, models.PROTECT, verbose_name="绩效目标", related_name="+")
    state = state_field(ReportState)
    initial_yuan = models.DecimalField("年初预算数（元）", **MONEY)
    budget_yuan = models.DecimalField("调整后预算数（元）", **MONEY)
    executed_yuan = models.DecimalField("截至期末执行数（元）", **MONEY)
    execution_rate = models.DecimalField("执行率", max_digits=24, decimal_places=4, null=True, blank=True)
    forecast_yuan = models.DecimalField("全年预计执行数（元）", null=True, blank=True, **UNCHECKED_MONEY)
    surplus_reason = models.CharField("预计结余原因", max_length=200, blank=True)
    problem = models.TextField("存在问题", blank=True)
    measures = models.TextField("拟采取措施", blank=True)
    money_lamp = models.CharField("支出灯", max_length=10, choices=LampColour.choices, default=LampColour.GREY)
    project_lamp = models.CharField("监控灯", max_length=10, choices=LampColour.choices, default=LampColour.GREY)
    attainment_rate = models.DecimalField("目标完成率", max_digits=9, decimal_places=4, null=True, blank=True)
    workings = models.JSONField("计算过程", default=dict)
    correction_due_on = models.DateField("纠偏期限", null=True, blank=True)
    correction_text = models.TextField("纠偏措施及结果", blank=True)

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效监控表"
        ordering = ["-round", "project_year"]
        constraints = [
            state_constraint(ReportState, name="report_state_known"),
            models.UniqueConstraint(fields=["round", "project_year"], name="one_report_per_round"),
        ]

    def title(self) -> str:
        return f"“{self.project_year.project.name}”{self.project_year.fiscal_year_id}年{self.round.period_label}监控表"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:report", args=[self.pk])

    @property
    def is_sent(self) -> bool:
        return self.state in SENT_STATES

    @property
    def surplus_yuan(self) -> Decimal | None:
        return None if self.forecast_yuan is None else self.budget_yuan - self.forecast_yuan

    def value_list(self) -> list["ProgressValue"]:
        return list(self.values.select_related("indicator"))

    def open_red_alerts(self) -> int:
        return self.alerts.filter(lamp=LampColour.RED, state=AlertState.OPEN).count()

    def deadline_for(self, holder: Holder):
        if self.state == ReportState.CORRECTING:
            return self.correction_due_on
        return self.round.due_on if self.state in self.editable_states else None

    def facts(self):
        return super().facts() | {
            "subtitle": f"{self.project_year.project.unit.name} · {self.round.period_label}监控"
        }

    @step(source=[ReportState.DRAFT, ReportState.RETURNED], target=ReportState.UNIT_REVIEW,
          by=held_by(Role.UNIT_OPERATOR), label="报送单位负责人审核",
          guards=(window_allows_filing, rules.forecast_is_given, rules.every_indicator_is_reported,
                  rules.values_are_possible, rules.deviations_are_explained))
    def submit(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=ReportState.UNIT_REVIEW, target=ReportState.DRAFT, by=held_by(Role.UNIT_OPERATOR),
          label="撤回", style="plain")
    def recall(self, *, by, at, reason, data):
        pass

    @step(source=ReportState.UNIT_REVIEW, target=ReportState.DEPT_REVIEWING, by=held_by(Role.UNIT_LEADER),
          label="审核通过，报送主管部门", reviews=True)
    def pass_unit(self, *, by, at, reason, data):
        pass

    @step(source=ReportState.DEPT_REVIEWING, target=ReportState.FISCAL_REVIEWING, by=held_by(Role.DEPT_PERFORMANCE),
          label="初审通过，报送财政", reviews=True)
    def pass_department(self, *, by, at, reason, data):
        pass

    @step(source=[ReportState.UNIT_REVIEW, ReportState.DEPT_REVIEWING, ReportState.FISCAL_REVIEWING],
          target=ReportState.RETURNED, label="退回修改", needs_reason=True, reviews=True, style="plain",
          by=held_by_case("state", {
              ReportState.UNIT_REVIEW: (Role.UNIT_LEADER,),
              ReportState.DEPT_REVIEWING: (Role.DEPT_PERFORMANCE,),
              ReportState.FISCAL_REVIEWING: (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE),
          }))
    def send_back(self, *, by, at, reason, data):
        pass

    @step(source=ReportState.FISCAL_REVIEWING, target=ReportState.ACCEPTED,
          by=held_by(Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), label="复核通过", reviews=True,
          guards=(rules.no_red_alert_is_open,))
    def accept(self, *, by, at, reason, data):
        pass

    @step(source=ReportState.FISCAL_REVIEWING, target=ReportState.CORRECTING, by=held_by(Role.FISCAL_PERFORMANCE),
          label="责成纠偏", needs_reason=True, reviews=True, checks=(rules.deadline_is_given,), style="danger")
    def order_correction(self, *, by, at, reason, data):
        self.correction_due_on = data["correction_due_on"]

    @step(source=ReportState.CORRECTING, target=ReportState.FISCAL_REVIEWING, by=held_by(Role.UNIT_LEADER),
          label="报送纠偏结果", checks=(rules.correction_is_described,))
    def report_correction(self, *, by, at, reason, data):
        self.correction_text = data["correction_text"]


class ProgressValue(models.Model):
    """What was reached of one indicator by the end of the period, and what is expected by the end of the year."""

    report = models.ForeignKey(ProgressReport, models.CASCADE, verbose_name="监控表", related_name="values")
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="绩效指标", related_name="+")
    actual_value = models.DecimalField("完成值", max_digits=20, decimal_places=4, null=True, blank=True)
    quality = models.CharField("定性完成情况", max_length=10, choices=QualityChoice.choices, blank=True)
    actual_text = models.CharField("完成情况说明", max_length=200, blank=True)
    forecast_text = models.CharField("全年预计", max_length=200, blank=True)
    likelihood = models.CharField("完成目标可能性", max_length=20, choices=LikelihoodChoice.choices, blank=True)
    reasons = models.JSONField("偏差原因", default=list, blank=True)
    note = models.TextField("原因说明", blank=True)
    lamp = models.CharField("预警灯", max_length=10, choices=LampColour.choices, default=LampColour.GREY)
    completion_rate = models.DecimalField("完成率", max_digits=30, decimal_places=4, null=True, blank=True)
    working = models.JSONField("计算过程", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "监控填报"
        ordering = ["report", "indicator__position"]
        constraints = [models.UniqueConstraint(fields=["report", "indicator"], name="one_value_per_indicator")]

    @property
    def has_value(self) -> bool:
        return self.actual_value is not None or bool(self.quality)

    @property
    def actual_shown(self) -> str:
        """The reached value as forms print it: ``2.53万平方米``."""
        if self.actual_value is None:
            return ""
        return f"{self.actual_value.normalize():,f}{self.indicator.unit_of_measure}"

    @property
    def completion_shown(self) -> str:
        return "" if self.completion_rate is None else f"完成率 {percent_text(self.completion_rate)}"

    @property
    def reason_labels(self) -> str:
        return "、".join(DeviationReason(each).label for each in self.reasons)
