"""The hand-written tables of samples/source, read into plain records."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from random import Random

SOURCE = Path(__file__).resolve().parent.parent / "source"
YEARS = (2025, 2026, 2027)
DEPARTMENT_LETTERS = dict(
    zip(
        [str(code) for code in range(101, 113)],
        ["JT", "ZJ", "CG", "NY", "SL", "WJ", "MZ", "RS", "JY", "WL", "GA", "YJ"],
        strict=True,
    )
)
TOWNS = ["石坝乡", "云溪镇", "西岭乡", "青坪镇", "龙潭镇", "白鹤乡", "河口镇", "柳林镇", "金沙镇", "大安乡"]


@dataclass(frozen=True)
class Organisation:
    code: str
    name: str
    kind: str
    parent: str
    section: str


@dataclass(frozen=True)
class Project:
    code: str
    name: str
    unit: str
    sector: str
    amount_wan: Decimal
    quantity_name: str
    quantity: Decimal
    quantity_unit: str
    flags: frozenset[str]
    entry_year: int

    @property
    def department(self) -> str:
        return self.unit[:3]

    @property
    def years(self) -> tuple[int, ...]:
        first = 2027 if "N27" in self.flags else 2026 if "N26" in self.flags else 2025
        last = 2025 if "E25" in self.flags else 2026 if "E26" in self.flags else 2027
        return tuple(range(first, last + 1))


def rows(table: str) -> Iterator[list[str]]:
    """Cells of each data line of samples/source/<table>.psv."""
    for line in (SOURCE / f"{table}.psv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("|")


def dice(*seed: object) -> Random:
    """A generator that gives the same numbers for the same seed on every machine."""
    return Random("/".join(str(part) for part in seed))


def rounded(value: Decimal, step: str = "0.01") -> Decimal:
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


@cache
def organisations() -> tuple[Organisation, ...]:
    return tuple(Organisation(*cells) for cells in rows("organisations"))


@cache
def organisation_names() -> dict[str, str]:
    return {organisation.code: organisation.name for organisation in organisations()}


@cache
def projects() -> tuple[Project, ...]:
    """All projects, coded 入库年度-部门字母-部门内序号."""
    count: dict[str, int] = {}
    made = []
    for name, unit, sector, amount, quantity_name, quantity, quantity_unit, flags in rows("projects"):
        letters = DEPARTMENT_LETTERS[unit[:3]]
        count[letters] = count.get(letters, 0) + 1
        marks = frozenset(flags.split())
        entry_year = _entry_year(name, marks)
        made.append(
            Project(
                f"{entry_year % 100}-{letters}-{count[letters]:04d}",
                name,
                unit,
                sector,
                Decimal(amount),
                quantity_name,
                Decimal(quantity),
                quantity_unit,
                marks,
                entry_year,
            )
        )
    return tuple(made)


@cache
def project_named() -> dict[str, Project]:
    return {project.name: project for project in projects()}


def _entry_year(name: str, marks: frozenset[str]) -> int:
    for mark, year in (("N27", 2027), ("N26", 2026), ("E25", 2025)):
        if mark in marks:
            return year
    if marks & {"S", "Z"}:
        return dice("entry", name).choice((2019, 2020, 2021, 2022))
    return dice("entry", name).choice((2019, 2020, 2021, 2022, 2022, 2023, 2023, 2024, 2024, 2025))
