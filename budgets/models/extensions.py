"""延期申请: a unit asks for a later last day in a task window, finance grants or refuses it (domain rules §2)."""

from django.db import models
from django.urls import reverse

from budgets import rules
from budgets.models.base import NOBODY
from budgets.models.windows import ExtensionQuerySet, TaskWindow
from core.access import DEPARTMENT_ROLES, UNIT_ROLES, Role, held_by
from core.workflow import Holder, WorkflowRecord, state_constraint, state_field, step


class ExtensionRequestState(models.TextChoices):
    APPLIED = "applied", "待财政审核"
    GRANTED = "granted", "已通过"
    REFUSED = "refused", "不予通过"
    WITHDRAWN = "withdrawn", "已撤回"


class ExtensionRequest(WorkflowRecord):
    """``wished_on`` is the last day the unit would like, ``granted_on`` the one it got."""

    State = ExtensionRequestState

    lock_with = ("unit__parent", "window__fiscal_year__ruleset")
    holders = {
        ExtensionRequestState.APPLIED: Holder((Role.FISCAL_PERFORMANCE,), "审核延期申请", "resubmission"),
    }

    window = models.ForeignKey(TaskWindow, models.CASCADE, verbose_name="任务期", related_name="requests")
    unit = models.ForeignKey("core.Organisation", models.PROTECT, verbose_name="单位", related_name="+")
    state = state_field(ExtensionRequestState)
    wished_on = models.DateField("希望延至")
    reason = models.CharField("延期理由", max_length=500)
    granted_on = models.DateField("批准延至", null=True, blank=True)
    decision = models.TextField("财政审核意见", blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ["-pk"]
        constraints = [
            state_constraint(ExtensionRequestState, name="extension_request_state_known"),
            models.UniqueConstraint(
                fields=["window", "unit"], condition=models.Q(state=ExtensionRequestState.APPLIED),
                name="one_open_extension_request", violation_error_message="该单位的延期申请正在审核，请等待结果。",
            ),
        ]

    def title(self) -> str:
        return f"{self.unit}{self.window}的延期申请"

    def thread(self) -> str:
        return f"extensionrequest:{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("budgets:extension_request", args=[self.pk])

    def rulebook(self):
        return self.window.fiscal_year.rulebook()

    def facts(self):
        return {"year": self.window.fiscal_year_id, "subtitle": f"希望延至 {self.wished_on}"}

    def organisation_for(self, role: Role) -> int | None:
        department = self.unit.parent or self.unit
        if role in UNIT_ROLES:
            return self.unit_id
        if role in DEPARTMENT_ROLES:
            return department.pk
        if role == Role.FISCAL_BUSINESS:
            return department.fiscal_section_id
        return NOBODY if role in (Role.THIRD_PARTY_LEAD, Role.THIRD_PARTY_MEMBER, Role.EXPERT) else None

    @step(source=ExtensionRequestState.APPLIED, target=ExtensionRequestState.GRANTED,
          by=held_by(Role.FISCAL_PERFORMANCE), label="批准延期", reviews=True)
    def grant(self, *, by, at, reason, data):
        self.granted_on = data.get("due_on") or self.wished_on
        self.decision = reason

    @step(source=ExtensionRequestState.APPLIED, target=ExtensionRequestState.REFUSED,
          by=held_by(Role.FISCAL_PERFORMANCE), label="不予延期", reviews=True, needs_reason=True, style="danger")
    def refuse(self, *, by, at, reason, data):
        self.decision = reason

    @step(source=ExtensionRequestState.APPLIED, target=ExtensionRequestState.WITHDRAWN, by=held_by(*rules.ASKING_ROLES),
          label="撤回申请", style="plain")
    def withdraw(self, *, by, at, reason, data):
        pass
