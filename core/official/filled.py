"""An official form as somebody filled it in: every text with the cell it stands in. Pure: no Django."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.errors import Reason
from core.money import MoneyError, from_wan, half_up, yuan
from core.notation import Reading
from core.rulebook.terms import Term

_DASHES = frozenset("-—–－一/\\无")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_MONEY_UNITS = ("万元", "元")
_PLACES_OF_A_PRINTED_RATE = 3


class PaperKind(Term):
    TARGET_DECLARATION = "target_declaration", "项目支出绩效目标申报表"
    DEPARTMENT_TARGET = "department_target", "部门整体支出绩效目标申报表"
    TARGET_REVIEW = "target_review", "项目支出绩效目标审核表"
    PROGRESS_REPORT = "progress_report", "项目支出绩效目标执行监控表"
    SELF_EVALUATION = "self_evaluation", "项目支出绩效自评表"
    DEPARTMENT_SELF_EVALUATION = "department_self_evaluation", "部门整体绩效自评表"
    EVALUATION_SCORES = "evaluation_scores", "绩效评价指标体系评分表"
    EX_ANTE = "ex_ante", "事前绩效评估表"
    FEEDBACK_LETTER = "feedback_letter", "绩效评价反馈意见书"
    ALLOCATION = "allocation", "下年度预算安排表"

    @property
    def declares(self) -> bool:
        return self in {PaperKind.TARGET_DECLARATION, PaperKind.DEPARTMENT_TARGET}

    @property
    def self_evaluates(self) -> bool:
        return self in {PaperKind.SELF_EVALUATION, PaperKind.DEPARTMENT_SELF_EVALUATION}

    @property
    def is_whole(self) -> bool:
        """About a whole department, not about one project."""
        return self in {PaperKind.DEPARTMENT_TARGET, PaperKind.DEPARTMENT_SELF_EVALUATION}

    @property
    def scores_items(self) -> bool:
        return self in {PaperKind.TARGET_REVIEW, PaperKind.EX_ANTE, PaperKind.EVALUATION_SCORES}


class FundKind(Term):
    TOTAL = "total", "资金总额"
    FISCAL = "fiscal", "财政拨款"
    FISCAL_PART = "fiscal_part", "财政拨款的分级资金"
    CARRYOVER = "carryover", "上年结转"
    OTHER = "other", "其他资金"
    UNKNOWN = "unknown", "未列明来源"


@dataclass(frozen=True, kw_only=True)
class Written:
    """A text and where it stands.

    `cell` of an empty one is where it should stand, "" where the form has no place for it.
    """

    text: str = ""
    cell: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def is_dash(self) -> bool:
        """Nothing but a stroke, or 无: written so as not to leave the cell empty."""
        return bool(self.text) and all(letter in _DASHES for letter in self.text.strip())

    @property
    def number(self) -> Decimal | None:
        """The figure of a cell of points (10, 9.60分, 95%); None for anything else."""
        text = unicodedata.normalize("NFKC", self.text).strip().removesuffix("分").removesuffix("%").strip()
        return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) else None

    @property
    def places(self) -> int:
        """How many decimals were written."""
        digits = unicodedata.normalize("NFKC", self.text).strip().rstrip("分% ")
        return len(digits.partition(".")[2])

    def yuan(self, *, in_yuan: bool) -> Decimal | None:
        """The amount in yuan; None where nothing or no amount is written."""
        text = unicodedata.normalize("NFKC", self.text).strip()
        for unit in _MONEY_UNITS:
            if text.endswith(unit):
                in_yuan, text = unit == "元", text.removesuffix(unit).strip()
                break
        try:
            return (yuan if in_yuan else from_wan)(text.lstrip("¥"))
        except MoneyError:
            return None


EMPTY = Written()


@dataclass(frozen=True, kw_only=True)
class FundRow:
    """One line of the money block.

    `amounts` are by column: declared, initial, adjusted, executed, forecast, surplus.
    """

    kind: FundKind
    label: Written
    amounts: Mapping[str, Written]
    in_yuan: bool = False
    rate: Written = EMPTY
    weight: Written = EMPTY
    score: Written = EMPTY
    reason: Written = EMPTY

    def yuan(self, column: str) -> Decimal | None:
        return self.amounts.get(column, EMPTY).yuan(in_yuan=self.in_yuan)

    def cell(self, column: str) -> str:
        return self.amounts.get(column, EMPTY).cell or self.label.cell

    @property
    def said(self) -> str:
        """How a sentence calls it."""
        return f"“{self.label.text.strip() or self.kind.label}”"

    @property
    def ratio(self) -> Decimal | None:
        """The stated rate as 0–1; 96, 96% and 0.96 are the same."""
        number = self.rate.number
        if number is None:
            return None
        return number if "%" not in unicodedata.normalize("NFKC",
            self.rate.text) and abs(number) <= 2 else number / 100


@dataclass(frozen=True, kw_only=True)
class FilledIndicator:
    """One indicator. `cells` holds what was written by column name; level1 and level2 are the usual names.

    `actual` is None in a form without such a column.
    """

    level1: str
    level2: str
    name: str
    cells: Mapping[str, Written]
    target: Reading
    actual: Reading | None = None

    def __getitem__(self, column: str) -> Written:
        return self.cells.get(column, EMPTY)

    def cell(self, column: str) -> str:
        """Where the column's entry stands; the name's cell where the form has no such column."""
        return self[column].cell or self["name"].cell

    @property
    def weight(self) -> Decimal | None:
        return self["weight"].number

    @property
    def score(self) -> Decimal | None:
        return self["score"].number

    @property
    def said(self) -> str:
        """How a sentence calls it."""
        return f"“{self.name or self.level2 or self.level1}”"


@dataclass(frozen=True, kw_only=True)
class LevelPoints:
    """Points written beside the name of a level: 产出指标（50分）; `outer` is the level 1 above a level 2."""

    column: str
    outer: str
    name: str
    points: Decimal
    cell: str


@dataclass(frozen=True, kw_only=True)
class FilledForm:
    """Everything read from one form.

    `fields` are the single entries by their English name (goal, result, grade, document_no …); one that the form
    has a place for is there even when it is empty. `lines` are the rows of a list that holds no indicators,
    `columns` and `listed` the columns that the two tables have. `sheet` is where a form stands that is not on the first
    sheet with one, `other_forms` are those sheets as the first form knows them.
    """

    kind: PaperKind
    file: str
    title: str = ""
    titled_kind: PaperKind | None = None
    project: Written = EMPTY
    code: Written = EMPTY
    department: Written = EMPTY
    unit: Written = EMPTY
    year: int | None = None
    in_yuan: bool = False
    fields: Mapping[str, Written] = field(default_factory=dict)
    funds: tuple[FundRow, ...] = ()
    indicators: tuple[FilledIndicator, ...] = ()
    overall_indicators: tuple[FilledIndicator, ...] = ()
    execution: FundRow | None = None
    level_points: tuple[LevelPoints, ...] = ()
    columns: frozenset[str] = frozenset()
    total_weight: Written = EMPTY
    total_score: Written = EMPTY
    lines: tuple[Mapping[str, Written], ...] = ()
    listed: frozenset[str] = frozenset()
    faulty_cells: tuple[Written, ...] = ()
    uncomputed: tuple[str, ...] = ()
    sheet: str = ""
    other_forms: tuple[str, ...] = ()
    warnings: tuple[Reason, ...] = ()

    def field(self, name: str) -> Written:
        return self.fields.get(name, EMPTY)

    @property
    def total_fund(self) -> FundRow | None:
        """The row of the total, else the only source of money that the form lists."""
        total = next((row for row in self.funds if row.kind is FundKind.TOTAL), None)
        sources = [row for row in self.funds if row.kind is not FundKind.FISCAL_PART]
        return sources[0] if total is None and len(sources) == 1 else total

    @property
    def has_cost_level(self) -> bool:
        return any(each.level1 == "成本指标" for each in self.indicators)

    def record(self) -> dict[str, Any]:
        """What the form says, without its cells and file: equal for the same form in whatever format."""
        return {
            "kind": self.kind.value,
            "project": self.project.text, "code": self.code.text, "department": self.department.text,
            "unit": self.unit.text, "year": self.year, "in_yuan": self.in_yuan,
            "fields": {name: _text(written) for name, written in sorted(self.fields.items()) if written},
            "funds": [_fund_record(row) for row in self.funds],
            "indicators": [_indicator_record(each) for each in self.indicators],
            "overall_indicators": [_indicator_record(each) for each in self.overall_indicators],
            "execution": _fund_record(self.execution) if self.execution else None,
            "level_points": [(each.column, each.name, each.points) for each in self.level_points],
            "total_weight": self.total_weight.number, "total_score": self.total_score.number,
            "lines": [{name: _text(written) for name, written in line.items()} for line in self.lines],
        }


def _text(written: Written) -> str:
    """A figure without separators and needless zeros: 1,280.00 on paper is 1280 in a workbook."""
    whole = unicodedata.normalize("NFKC", written.text).strip()
    digits = whole.removesuffix("%")
    if not _NUMBER.fullmatch(digits):
        return written.text
    return f"{Decimal(digits.replace(',', '')).normalize():f}" + whole[len(digits):]


def _fund_record(row: FundRow) -> dict[str, Any]:
    return {
        "kind": row.kind.value, "label": row.label.text, "weight": row.weight.number,
        "score": row.score.number, "reason": row.reason.text,
        "ratio": None if row.ratio is None else half_up(row.ratio, _PLACES_OF_A_PRINTED_RATE),
        "amounts": {name: row.yuan(name) for name in row.amounts},
    }


def _indicator_record(indicator: FilledIndicator) -> dict[str, Any]:
    texts = {name: _text(written) for name,
             written in indicator.cells.items() if name not in {"weight", "score", "level1"}}
    return texts | {
        "level1": indicator.level1, "level2": indicator.level2, "name": indicator.name,
        "weight": indicator.weight, "score": indicator.score,
    }
