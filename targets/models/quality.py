"""Findings of the quality check that a unit keeps, each with its reason."""

from django.conf import settings
from django.db import models

from budgets.models import YearQuerySet
from targets.models.declarations import TargetDeclaration


class KeptWarningQuerySet(YearQuerySet):
    year_path = "declaration__project_year__"


class KeptWarning(models.Model):
    """One finding and why it is kept. It holds for the figures it was given for: ``finding`` is their wording."""

    declaration = models.ForeignKey(
        TargetDeclaration, models.CASCADE, verbose_name="绩效目标", related_name="kept_warnings"
    )
    code = models.CharField("检查编号", max_length=20)
    about = models.CharField("指标", max_length=120, blank=True)
    field = models.CharField("栏目", max_length=40, blank=True)
    finding = models.CharField("检查意见", max_length=400)
    reason = models.TextField("保留理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="说明人", related_name="+")
    at = models.DateTimeField("说明时间")

    objects = KeptWarningQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "保留并说明的检查意见"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "code", "about", "field", "finding"], name="one_reason_per_finding"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.finding}"

    def title(self) -> str:
        return f"{self.declaration.title()}的检查意见“{self.finding}”"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        return self.code, self.about, self.field, self.finding
