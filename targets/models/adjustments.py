"""What an adjustment during the year rests on: its ground, and the change of budget it goes with."""

from django.db import models

from budgets.models import BudgetAdjustment, FundSource, YearQuerySet
from budgets.models.years import UNCHECKED_MONEY
from targets.models.declarations import TargetDeclaration


class AdjustmentGround(models.TextChoices):
    """Grounds of domain rules §3.12."""

    POLICY = "policy", "政策变化"
    EMERGENCY = "emergency", "突发事件"
    ADDED = "added", "预算追加"
    CUT = "cut", "预算调减"
    DUTY = "duty", "单位职责变化"
    OTHER = "other", "其他"


class AdjustmentQuerySet(YearQuerySet):
    year_path = "declaration__project_year__"


class TargetAdjustment(models.Model):
    """The application behind a version that replaces the one in force.

    Targets change only together with the budget (house reading of 财预〔2015〕88号 art. 28): ``amount_yuan`` is what is
    added (positive) or cut; ``budget_adjustment`` is that change once it was made with the approval.
    """

    Ground = AdjustmentGround

    declaration = models.OneToOneField(
        TargetDeclaration, models.CASCADE, verbose_name="调整稿", related_name="adjustment"
    )
    replaces = models.ForeignKey(
        TargetDeclaration, models.PROTECT, verbose_name="原目标", related_name="adjustments_asked"
    )
    ground = models.CharField("调整事由", max_length=20, choices=AdjustmentGround.choices)
    reason = models.TextField("调整原因")
    source = models.CharField("资金来源", max_length=10, choices=FundSource.choices)
    amount_yuan = models.DecimalField("预算调整数（元）", **UNCHECKED_MONEY)
    budget_adjustment = models.OneToOneField(
        BudgetAdjustment, models.PROTECT, verbose_name="预算调整", related_name="target_adjustment", null=True, blank=True
    )

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标调整"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.declaration.title()}的调整"
