"""实施进度计划: the steps of a project within its declaration, each with its begin and end (domain rules §3.3)."""

from typing import Any

from django.db import models

from budgets.models import YearQuerySet
from targets.models.declarations import TargetDeclaration


class ScheduleQuerySet(YearQuerySet):
    year_path = "declaration__project_year__"


class ScheduleItem(models.Model):
    declaration = models.ForeignKey(
        TargetDeclaration, models.CASCADE, verbose_name="绩效目标", related_name="schedule"
    )
    position = models.PositiveIntegerField("序号")
    content = models.CharField("实施内容", max_length=200)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("完成日期")

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "实施进度计划"
        ordering = ["declaration", "position"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "position"], name="one_schedule_item_per_position"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="schedule_ends_after_start",
                violation_error_message="完成日期早于开始日期，请核对后重填。", violation_error_code="dates",
            ),
        ]

    def __str__(self) -> str:
        return self.content

    def fields(self) -> dict[str, Any]:
        return {"content": self.content, "starts_on": self.starts_on, "ends_on": self.ends_on}
