"""A round of monitoring, opened for everybody at once."""


from django.conf import settings
from django.db import models
from django.urls import reverse

from budgets.models import FiscalYear


class MonitoringRoundQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MonitoringRoundQuerySet":
        """Everybody in the county's own offices knows the rounds; third parties have no part in monitoring (SEP-3)."""
        sight = user.sight
        inside = sight.everything or sight.departments or sight.units or sight.sections
        return self if inside else self.none()


class MonitoringRound(models.Model):
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, verbose_name="年度", related_name="monitoring_rounds"
    )
    number = models.PositiveIntegerField("轮次")
    period_start = models.DateField("监控期间起")
    period_end = models.DateField("监控期间止")
    due_on = models.DateField("报送期限")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="发起人", related_name="+")
    opened_at = models.DateTimeField("发起时间")

    objects = MonitoringRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "监控轮次"
        ordering = ["-fiscal_year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "number"], name="one_round_per_number",
                violation_error_message="该年度已有同一轮次，请改用下一个轮次号。",
            ),
            models.CheckConstraint(
                condition=models.Q(period_end__gte=models.F("period_start")), name="round_ends_after_start",
                violation_error_message="监控期间的截止日期早于开始日期，请改正。",
            ),
        ]

    def __str__(self) -> str:
        return self.title()

    def title(self) -> str:
        return f"{self.fiscal_year_id}年度第{self.number}轮绩效监控（{self.period_label}）"

    @property
    def period_label(self) -> str:
        return f"{self.period_start.month}—{self.period_end.month}月"

    def get_absolute_url(self) -> str:
        return reverse("monitoring:round", args=[self.pk])
