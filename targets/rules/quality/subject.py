"""What is judged: the content of a declaration and what it is compared with. No models, no database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from core.rulebook import Rulebook
from targets.rules.findings import Finding, Mend
from targets.rules.quality.names import gist

Indicator = Any


@dataclass(frozen=True)
class Evidence:
    """What a declaration is compared with.

    ``last`` are last year's indicators in force by name, ``last_money`` their budget in yuan;
    ``others`` are the values of the same indicator in other projects by (name, unit); ``kept`` the identities of
    findings that the unit keeps, each with the reason.
    """

    last: Mapping[str, Indicator] = field(default_factory=dict)
    last_goal: str = ""
    last_money: Decimal | None = None
    others: Mapping[tuple[str, str], tuple[Decimal, ...]] = field(default_factory=dict)
    kept: Mapping[tuple[str, str, str, str], str] = field(default_factory=dict)

    def before(self, each: Indicator) -> Indicator | None:
        """Last year's indicator of the same name, blanks and punctuation apart."""
        return self._by_gist.get(gist(each.name))

    @cached_property
    def _by_gist(self) -> dict[str, Indicator]:
        return {gist(name): known for name, known in self.last.items()}


@dataclass(frozen=True)
class Subject:
    """One declaration. ``years`` are the first and the last year of the project; amounts are yuan.

    ``steps`` of its schedule, ``None`` for a form that has no schedule.
    """

    title: str
    project_name: str
    year: int
    years: tuple[int, int]
    book: Rulebook
    annual_goal: str
    overall_goal: str
    requested: Decimal
    sources_total: Decimal
    indicators: tuple[Indicator, ...]
    evidence: Evidence = field(default_factory=Evidence)
    steps: int | None = None

    @property
    def rule(self):
        return self.book.quality

    @property
    def has_cost_level(self) -> bool:
        """Whether the rule set gives points to cost indicators of their own."""
        return not self.book.weights.cost_in_output

    def rows(self) -> Iterator[tuple[int, Indicator]]:
        return enumerate(self.indicators, start=1)

    def measured(self) -> Iterator[tuple[int, Indicator]]:
        """The rows that have a number and a unit."""
        for row, each in self.rows():
            if each.value_type == "quantitative" and each.target_value is not None and each.unit_of_measure.strip():
                yield row, each

    def whole(self, what: str, *, short: str, field: str = "", mend: Mend | None = None) -> Finding:
        """A finding about the declaration; ``what`` continues its title."""
        return Finding("", f"{self.title}{what}", short=short, field=field, mend=mend)

    def cell(self, row: int, field: str, what: str, *, short: str, mend: Mend | None = None) -> Finding:
        """A finding about one cell; ``what`` continues the title, the row and the indicator's name."""
        name = self.indicators[row - 1].name
        return Finding(
            "", f"{self.title}第 {row} 行“{name}”{what}", row=row, field=field, short=short, about=name, mend=mend
        )


def change(row: int, label: str, **values: Any) -> Mend:
    """A mend that sets fields of one row."""
    return Mend(label, lines={row: values})


def number_text(value: Decimal) -> str:
    """A number as forms print it."""
    whole = value == value.to_integral_value()
    return f"{value.quantize(Decimal(1)):,}" if whole else f"{value.normalize():,f}"
