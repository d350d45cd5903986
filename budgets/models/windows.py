"""Task windows: the time in which everybody deals with a stage of a fiscal year, and who has been given longer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from core import clock
from core.models import Organisation
from core.workflow import WindowEnd


class WindowStage(models.TextChoices):
    EX_ANTE = "ex_ante", "事前绩效评估"
    TARGET_FILING = "target_filing", "绩效目标申报"
    DEPT_REVIEW = "dept_review", "绩效目标初审"
    TARGET_REVIEW = "target_review", "绩效目标财政审核"
    APPROVAL = "approval", "随预算批复"
    MONITORING = "monitoring", "绩效监控"
    SELF_EVALUATION = "self_evaluation", "单位自评"
    EVALUATION = "evaluation", "绩效评价"
    RECTIFICATION = "rectification", "反馈整改"
    APPLICATION = "application", "结果应用"


class TaskWindow(models.Model):
    """The time in which a stage is dealt with by everybody together."""

    Stage = WindowStage

    fiscal_year = models.ForeignKey(
        "budgets.FiscalYear", models.CASCADE, verbose_name="年度", related_name="windows"
    )
    stage = models.CharField("环节", max_length=20, choices=WindowStage.choices)
    opens_on = models.DateField("开始日期")
    due_on = models.DateField("截止日期")
    warning_days = models.PositiveIntegerField("提前提醒天数", default=4)

    class Meta:
        verbose_name = verbose_name_plural = "任务期"
        ordering = ["fiscal_year", "opens_on"]
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "stage"], name="one_window_per_stage"),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("opens_on")), name="window_ends_after_start",
                violation_error_message="任务期的截止日期早于开始日期，请核对后重填。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year_id}年度{self.get_stage_display()}"

    def last_day(self, longer: date | None) -> date:
        """For a unit whose own last day is ``longer``; a window that was moved past it holds for this unit too."""
        return max(longer or self.due_on, self.due_on)

    def last_day_of(self, unit: Organisation) -> date:
        return self.last_day(self.extensions.filter(unit=unit).values_list("due_on", flat=True).first())

    def title(self) -> str:
        return f"{self}任务期"


class ExtensionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ExtensionQuerySet":
        """Units see their own, departments those of their units, the bureau all."""
        sight = user.sight
        if sight.everything:
            return self
        return self.filter(
            models.Q(unit__in=sight.units) | models.Q(unit__in=sight.departments)
            | models.Q(unit__parent__in=sight.departments) | models.Q(unit__fiscal_section__in=sight.sections)
            | models.Q(unit__parent__fiscal_section__in=sight.sections)
        )


class WindowExtension(models.Model):
    """One unit's own last day in a task window, with the reason it was given longer."""

    window = models.ForeignKey(TaskWindow, models.CASCADE, verbose_name="任务期", related_name="extensions")
    unit = models.ForeignKey("core.Organisation", models.PROTECT, verbose_name="单位", related_name="+")
    due_on = models.DateField("延至")
    reason = models.CharField("延期理由", max_length=500)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="批准人", related_name="+")
    granted_at = models.DateTimeField("批准时间")

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["-granted_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["window", "unit"], name="one_extension_per_unit")]

    def __str__(self) -> str:
        return f"{self.window}：{self.unit}延至 {self.due_on}"

    def title(self) -> str:
        return f"{self.unit}{self.window}的延期"


def window_ends(records: Sequence[Any]) -> list[WindowEnd | None]:
    """For each record of a project-year the end of its holder's window; two queries for any number of records."""
    stages = [record.window_stage for record in records]
    if not any(stages):
        return [None] * len(records)
    years = [record.project_year for record in records]
    windows = {
        (window.fiscal_year_id, window.stage): window
        for window in TaskWindow.objects.filter(
            stage__in={*stages} - {""}, fiscal_year__in={year.fiscal_year_id for year in years}
        )
    }
    longer = {
        (extension.window_id, extension.unit_id): extension.due_on
        for extension in WindowExtension.objects.filter(window__in=windows.values())
    } if windows else {}
    return [
        _end(windows.get((year.fiscal_year_id, stage)), year.project.unit_id, longer)
        for year, stage in zip(years, stages, strict=True)
    ]


def _end(window: TaskWindow | None, unit_id: int, longer) -> WindowEnd | None:
    if window is None:
        return None
    due_on = longer.get((window.pk, unit_id))
    return WindowEnd(due_on=window.last_day(due_on), extended=due_on is not None)


def longer_url(record: Any) -> str:
    """Where a later last day is asked for, once a record that a window bounds is due soon or late."""
    if not record.window_stage or record.due_on is None:
        return ""
    year = record.project_year
    window = TaskWindow.objects.filter(fiscal_year=year.fiscal_year_id, stage=record.window_stage).first()
    if window is None or (record.due_on - clock.today()).days > window.warning_days:
        return ""
    where = reverse("budgets:window_ask", args=[window.fiscal_year_id, window.stage])
    return f"{where}?unit={year.project.unit_id}"
