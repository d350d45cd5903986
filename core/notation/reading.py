"""What a reader makes of one cell: 年度指标值 or 实际完成值."""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from core.scoring.values import Kind, Op


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of several quantities in a cell."""

    value: Decimal
    unit: str = ""
    op: Op | None = None

    def as_data(self) -> dict[str, str | None]:
        return {"op": _word(self.op), "value": f"{self.value:f}", "unit": self.unit}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`values` are digits as written, the magnitude (万, 亿) stays in `unit`; `date` is the latest acceptable day.

    `text` holds the words of a qualitative cell, `cell` whatever was written. An `ambiguous` reading says why in
    `notes` and, where there is one, gives the second reading in `alt`.
    """

    kind: Kind
    op: Op | None = None
    values: tuple[Decimal, ...] = ()
    unit: str = ""
    date: datetime.date | None = None
    date_from: datetime.date | None = None
    text: str = ""
    per: str = ""
    parts: tuple[Part, ...] = ()
    ambiguous: bool = False
    alt: "Reading | None" = None
    notes: tuple[str, ...] = ()
    cell: str = ""

    @property
    def is_number(self) -> bool:
        """One number that may be compared and scored."""
        return self.kind in {Kind.NUMERIC, Kind.DURATION} and len(self.values) == 1

    @property
    def is_empty(self) -> bool:
        return self.kind in {Kind.BLANK, Kind.PLACEHOLDER, Kind.UNFILLED}

    def doubted(self, note: str, alt: "Reading | None" = None) -> "Reading":
        """The same reading, marked as one of two."""
        other = replace(alt, cell=self.cell, alt=None) if alt else self.alt
        return replace(self, ambiguous=True, alt=other, notes=(*self.notes, note))

    def as_data(self) -> dict[str, Any]:
        """JSON shape: kind, op, values, unit, date, text; parts, date_from, per only where the cell has them."""
        data: dict[str, Any] = {
            "kind": self.kind.value,
            "op": _word(self.op),
            "values": [f"{value:f}" for value in self.values],
            "unit": self.unit,
            "date": self.date.isoformat() if self.date else None,
            "text": self.text,
        }
        if self.date_from:
            data["date_from"] = self.date_from.isoformat()
        if self.per:
            data["per"] = self.per
        if self.parts:
            data["parts"] = [part.as_data() for part in self.parts]
        return data


def _word(op: Op | None) -> str | None:
    return op.value if op else None
