"""What a lamp has raised and how it was dealt with."""


from django.db import models
from django.urls import reverse

from budgets.models import ProjectRecord, ProjectYear, YearQuerySet
from core.access import Role, driven_by_document, held_by
from core.workflow import Holder, state_constraint, state_field, step
from monitoring import rules
from monitoring.models.choices import AlertState, LampColour
from monitoring.models.reports import ProgressReport


class AlertOutcome(models.TextChoices):
    CORRECTED = "corrected", "已纠偏"
    SUSPENDED = "suspended", "已暂缓拨付"
    STOPPED = "stopped", "已停止项目"
    TARGET_ADJUSTED = "target_adjusted", "已调整目标"
    EXPLAINED = "explained", "已核实说明"
    LIFTED = "lifted", "重报后解除"


UNSETTLED = [AlertState.OPEN, AlertState.CORRECTING, AlertState.VERIFYING]


class AlertQuerySet(YearQuerySet):
    def with_names(self) -> "AlertQuerySet":
        return self.select_related(
            "report__round", "project_year__fiscal_year__ruleset", "project_year__project__unit",
            "project_year__project__department__fiscal_section",
        )


class Alert(ProjectRecord):
    """A red or yellow report that has reached finance, until somebody has dealt with it."""

    State = AlertState
    Outcome = AlertOutcome

    holders = {
        AlertState.OPEN: Holder((Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), "处置预警", "fiscal_review"),
        AlertState.CORRECTING: Holder((Role.UNIT_LEADER,), "报送纠偏结果", "correction"),
        AlertState.VERIFYING: Holder((Role.FISCAL_PERFORMANCE,), "核实纠偏结果", "fiscal_review"),
    }

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="alerts")
    report = models.ForeignKey(ProgressReport, models.PROTECT, verbose_name="监控表", related_name="alerts")
    lamp = models.CharField("监控灯", max_length=10, choices=LampColour.choices)
    message = models.TextField("预警内容")
    state = state_field(AlertState)
    outcome = models.CharField("处置结果", max_length=20, choices=AlertOutcome.choices, blank=True)
    order_text = models.TextField("纠偏要求", blank=True)
    correction_due_on = models.DateField("纠偏期限", null=True, blank=True)
    correction_text = models.TextField("纠偏措施及结果", blank=True)
    closing_note = models.TextField("处置意见", blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "监控预警"
        ordering = ["-pk"]
        constraints = [
            state_constraint(AlertState, name="alert_state_known"),
            models.UniqueConstraint(fields=["report"], name="one_alert_per_report"),
        ]

    def title(self) -> str:
        return f"“{self.project_year.project.name}”{self.project_year.fiscal_year_id}年度{self.get_lamp_display()}预警"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:alert", args=[self.pk])

    def deadline_for(self, holder: Holder):
        return self.correction_due_on if self.state == AlertState.CORRECTING else None

    @step(source=AlertState.OPEN, target=AlertState.CORRECTING,
          by=held_by(Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), label="下达纠偏通知", needs_reason=True,
          checks=(rules.deadline_is_given,))
    def order_correction(self, *, by, at, reason, data):
        self.order_text = reason
        self.correction_due_on = data["correction_due_on"]

    @step(source=AlertState.CORRECTING, target=AlertState.VERIFYING, by=held_by(Role.UNIT_LEADER),
          label="报送纠偏结果", checks=(rules.correction_is_described,))
    def report_correction(self, *, by, at, reason, data):
        self.correction_text = data["correction_text"]
        self.submitted_by = by

    @step(source=AlertState.VERIFYING, target=AlertState.CORRECTING, by=held_by(Role.FISCAL_PERFORMANCE),
          label="纠偏不到位，退回", needs_reason=True, reviews=True, style="plain", checks=(rules.deadline_is_given,))
    def send_back(self, *, by, at, reason, data):
        self.order_text = reason
        self.correction_due_on = data["correction_due_on"]

    @step(source=AlertState.VERIFYING, target=AlertState.CLOSED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="核实通过，销号", reviews=True)
    def verify(self, *, by, at, reason, data):
        self.outcome = AlertOutcome.CORRECTED
        self.closing_note = reason

    @step(source=AlertState.OPEN, target=AlertState.CLOSED,
          by=held_by(Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), label="核实说明，销号", needs_reason=True,
          style="plain")
    def explain(self, *, by, at, reason, data):
        self.outcome = AlertOutcome.EXPLAINED
        self.closing_note = reason

    @step(source=UNSETTLED, target=AlertState.CLOSED, by=held_by(Role.FISCAL_BUDGET), label="暂缓拨付",
          needs_reason=True, style="danger", guards=(rules.project_can_be_suspended,),
          consequence="暂缓期间停止拨付，余下资金冻结；恢复后方可继续支付。")
    def suspend(self, *, by, at, reason, data):
        self.outcome = AlertOutcome.SUSPENDED
        self.closing_note = reason

    @step(source=UNSETTLED, target=AlertState.CLOSED, by=held_by(Role.FISCAL_BUDGET), label="停止项目",
          needs_reason=True, style="danger", guards=(rules.project_can_be_stopped,),
          consequence="停止后收回未支出的预算，项目不再支付，仍须完成自评。")
    def stop(self, *, by, at, reason, data):
        self.outcome = AlertOutcome.STOPPED
        self.closing_note = reason

    @step(source=UNSETTLED, target=AlertState.CLOSED, by=held_by(Role.FISCAL_BUDGET, Role.FISCAL_PERFORMANCE),
          label="同意调整目标", needs_reason=True, style="plain")
    def adjust_target(self, *, by, at, reason, data):
        self.outcome = AlertOutcome.TARGET_ADJUSTED
        self.closing_note = reason

    @step(source=UNSETTLED, target=AlertState.CLOSED, by=driven_by_document, label="重报后解除")
    def lift(self, *, by, at, reason, data):
        self.outcome = AlertOutcome.LIFTED
        self.closing_note = reason

    @step(source=AlertState.CLOSED, target=AlertState.OPEN, by=driven_by_document, label="重报后再次预警")
    def reopen(self, *, by, at, reason, data):
        self.outcome = ""
        self.closing_note = ""
