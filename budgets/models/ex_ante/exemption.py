"""Going without an ex-ante assessment: asked for by the unit on a ground of the rule set, decided by finance."""

from django.db import models
from django.urls import reverse

from budgets import rules
from budgets.models.base import ProjectRecord
from budgets.models.years import ProjectYear
from core.access import Role, held_by
from core.workflow import Holder, state_constraint, state_field, step


class ExAnteExemptionState(models.TextChoices):
    APPLIED = "applied", "待财政审核"
    GRANTED = "granted", "免评估"
    REFUSED = "refused", "不予通过"


class ExAnteExemption(ProjectRecord):
    State = ExAnteExemptionState

    holders = {
        ExAnteExemptionState.APPLIED: Holder((Role.FISCAL_PERFORMANCE,), "审核免予评估申请", "fiscal_review"),
    }

    project_year = models.ForeignKey(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="ex_ante_exemptions"
    )
    state = state_field(ExAnteExemptionState)
    ground = models.CharField("免予评估的情形", max_length=80)
    basis_text = models.TextField("依据说明")
    decision = models.TextField("财政审核意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "免予事前评估申请"
        ordering = ["-pk"]
        constraints = [
            state_constraint(ExAnteExemptionState, name="ex_ante_exemption_state_known"),
            models.UniqueConstraint(
                fields=["project_year"], condition=models.Q(state=ExAnteExemptionState.APPLIED),
                name="one_open_exemption", violation_error_message="该项目的免予评估申请正在审核，请等待结果。",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("budgets:ex_ante_exemption", args=[self.pk])

    @step(source=ExAnteExemptionState.APPLIED, target=ExAnteExemptionState.GRANTED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="准予免评估", reviews=True, guards=(rules.exemption_is_still_needed,))
    def grant(self, *, by, at, reason, data):
        self.decision = reason

    @step(source=ExAnteExemptionState.APPLIED, target=ExAnteExemptionState.REFUSED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="不予免评估", reviews=True, needs_reason=True, style="danger")
    def refuse(self, *, by, at, reason, data):
        self.decision = reason
