"""What a rule says against a declaration, with the cell it is about and the change that would mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as declared
from decimal import Decimal
from hashlib import blake2s
from typing import Any

from core.errors import Reason
from core.rulebook.terms import CheckLevel, Level

LEVELS = (Level.COST, Level.OUTPUT, Level.BENEFIT, Level.SATISFACTION)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Mend:
    """A change of a declaration's content, offered as one button. Rows count from 1.

    ``lines`` gives new values of an indicator's fields by row, ``drops`` the rows to take out, ``texts`` new texts.
    """

    label: str
    lines: Mapping[int, Mapping[str, Any]] = declared(default_factory=dict)
    drops: frozenset[int] = frozenset()
    texts: Mapping[str, str] = declared(default_factory=dict)

    def applied(self, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The lines after the change, everything else as it was."""
        return [
            dict(line) | dict(self.lines.get(row, {}))
            for row, line in enumerate(lines, start=1) if row not in self.drops
        ]


def all_together(mends: Sequence[Mend]) -> Mend:
    """One change out of many that take out no rows; of two that set one field the last counts."""
    lines: dict[int, dict[str, Any]] = {}
    texts: dict[str, str] = {}
    for each in mends:
        texts |= each.texts
        for row, values in each.lines.items():
            lines[row] = lines.get(row, {}) | dict(values)
    return Mend(f"{len(mends)} 处一并采用", lines=lines, texts=texts)


@dataclass(frozen=True)
class Finding(Reason):
    """A reason about one cell: ``row`` counts from 1, ``field`` is the indicator's; ``short`` omits the title.

    ``about`` is the indicator's name: with the code and ``short`` it says whether a finding was kept with a reason,
    so that a reason holds for the figures it was written for.
    """

    row: int | None = None
    field: str = ""
    short: str = ""
    about: str = ""
    level: CheckLevel = CheckLevel.BLOCK
    part: str = ""
    mend: Mend | None = declared(default=None, compare=False)

    @property
    def identity(self) -> tuple[str, str, str, str]:
        return self.code, self.about, self.field, self.short

    @property
    def key(self) -> str:
        """Names the finding in a page's button."""
        return blake2s(repr((self.identity, self.row)).encode(), digest_size=8).hexdigest()


def joins_others(finding: Finding) -> bool:
    """Whether the change it offers may be taken together with others: row numbers stay what they are."""
    return finding.mend is not None and not finding.mend.drops
