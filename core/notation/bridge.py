"""Readings as core.scoring takes them."""

from core.notation import units
from core.notation.reading import Reading
from core.scoring.values import Actual, Requirement


def to_requirement(reading: Reading, *, allows_negative: bool = False) -> Requirement:
    """The target for scoring, its unit in the one spelling that the scales of core.scoring know."""
    return Requirement(
        kind=reading.kind, op=reading.op, values=reading.values, unit=units.spelled(reading.unit),
        date=reading.date, start=reading.date_from, text=reading.text or reading.cell.strip(),
        allows_negative=allows_negative,
    )


def to_actual(reading: Reading, *, met: bool | None = None) -> Actual:
    """The achieved value for scoring; `met` is the verdict of `compare`, used where no formula fits.

    A blank, a placeholder or an unreadable number is a missing actual.
    """
    if reading.is_empty:
        return Actual()
    return Actual(
        value=reading.values[0] if reading.is_number else None, unit=units.spelled(reading.unit),
        date=reading.date, met=met, text=reading.text or reading.cell.strip(),
    )
