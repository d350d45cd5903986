"""What an indicator of the library must say before it may be used, and what may be shown of others' values."""

from collections.abc import Iterator
from enum import StrEnum

from core.errors import Reason

FEWEST_OTHERS = 3  # fewer projects would give away whose value it is (house decision, 2026-11)
COMMON = "共性"


class Direction(StrEnum):
    """Which way a value is better; the operator of a target follows from it."""

    HIGHER = "higher"
    LOWER = "lower"
    EQUAL = "equal"
    STATE = "state"

    @property
    def operator(self) -> str:
        return {"higher": ">=", "lower": "<=", "equal": "="}.get(self.value, "")


def entry_is_complete(entry) -> Iterator[Reason]:
    """Everything a unit takes over with the indicator is written (domain rules §3.3).

    A number needs its unit, a state its text.
    """
    missing = [
        label for field, label in (
            ("name", "指标名称"), ("explanation", "指标解释"), ("scoring_standard", "评（扣）分标准"), ("source", "指标值来源"),
        ) if not getattr(entry, field).strip()
    ]
    if entry.direction == Direction.STATE:
        missing += [] if entry.expected_state.strip() else ["预期状态"]
    elif not entry.unit_of_measure.strip():
        missing.append("计量单位")
    if missing:
        yield Reason("incomplete", f"{entry.title()}还缺{'、'.join(missing)}，请补齐后再审定。")


def entry_is_unique(entry) -> Iterator[Reason]:
    """One indicator of a name in a sector and category; a declined proposal does not count."""
    twin = entry.twin()
    if twin is not None:
        yield Reason(
            "duplicate",
            f"“{entry.sector_shown}”{entry.get_level2_display()}中已有“{twin.name}”，目前是“{twin.state_label}”，"
            "请直接使用或修改原有的指标。",
        )
