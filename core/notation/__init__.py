"""Cells of official forms as people fill them: kind, operator, values, unit and date. Pure: no Django."""

from core.notation.bridge import to_actual, to_requirement
from core.notation.comparing import Comparison, compare
from core.notation.directions import direction_of
from core.notation.reader import read_actual, read_target
from core.notation.reading import Part, Reading

__all__ = [
    "Comparison", "Part", "Reading", "compare", "direction_of", "read_actual", "read_target", "to_actual",
    "to_requirement",
]
