"""实施进度计划 of a declaration."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.errors import Reason, refuse_any
from targets.models import ScheduleItem, TargetDeclaration


def write_schedule(row: TargetDeclaration, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Make the schedule equal to ``steps`` in their order. Returns what it was and what it is, empty when the same.

    Raises ``RuleViolation`` for a step that ends before it begins.
    """
    refuse_any(_faults(steps))
    before = [each.fields() for each in row.schedule.order_by("position")]
    if before == list(steps):
        return {}
    row.schedule.all().delete()
    ScheduleItem.objects.bulk_create(
        ScheduleItem(declaration=row, position=position, **step) for position, step in enumerate(steps, start=1)
    )
    return {"schedule_before": before, "schedule": list(steps)}


def _faults(steps: Sequence[Mapping[str, Any]]) -> Iterator[Reason]:
    for number, step in enumerate(steps, start=1):
        if step["ends_on"] < step["starts_on"]:
            yield Reason("dates", (
                f"实施进度计划第 {number} 步“{step['content']}”的完成日期 {step['ends_on']} 早于开始日期 {step['starts_on']}，"
                "请核对后重填。"
            ))
