"""Forms in a dozen published layouts: clean ones are silent, the same planted faults are found in every one of them."""

from decimal import Decimal

import pytest

from core.official.checking import Checked, check
from core.official.filled import FundKind, PaperKind
from core.official.reading import read_form
from core.sheets import read_book
from tests.core import form_layouts

SCORED = [
    "province_of_2020", "word_of_2020", "sichuan", "in_yuan", "two_tables_in_word", "with_instructions",
    "execution_as_indicator",
]
OTHERS = {
    "area_of_transfers": (PaperKind.SELF_EVALUATION, 2025, "困难群众救助补助资金", 4),
    "declaration_in_word": (PaperKind.TARGET_DECLARATION, 2026, form_layouts.PROJECT, 7),
    "yunnan_declaration": (PaperKind.TARGET_DECLARATION, 2026, form_layouts.PROJECT, 7),
    "monitoring": (PaperKind.PROGRESS_REPORT, 2026, form_layouts.PROJECT, 7),
    "department": (PaperKind.DEPARTMENT_SELF_EVALUATION, 2025, "", 4),
}
LEFT_OUT = {"yunnan_declaration": ["department_missing", "funds_missing"]}
"""What a layout has no place for; only told."""


def file_name(layout: str) -> str:
    return "表.docx" if "word" in layout else "表.xlsx"


def checked(layout: str) -> Checked:
    return check(read_form(form_layouts.CLEAN[layout](), name=file_name(layout)))


def text_at(layout: str, cell: str) -> str:
    """What the file has at the cell that a finding names."""
    shown = [grid for grid in read_book(form_layouts.CLEAN[layout](), name=file_name(layout)).grids if grid.rows]
    table, _, address = cell.rpartition("!")
    grids = [grid for grid in shown if grid.name == table] if table else shown
    letters, digits = address.rstrip("0123456789"), address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    texts = [grid.rows[int(digits) - 1][column - 1] for grid in grids
             if len(grid.rows) >= int(digits) and len(grid.rows[int(digits) - 1]) >= column]
    return " ".join(texts)


def test_every_layout_is_tried():
    assert {*SCORED, *OTHERS} == set(form_layouts.CLEAN)


@pytest.mark.parametrize("layout", form_layouts.CLEAN)
def test_a_clean_form_is_silent(layout):
    findings = checked(layout).findings
    assert [finding.code for finding in findings] == LEFT_OUT.get(layout, [])
    assert {finding.severity.value for finding in findings} <= {"warning"}


@pytest.mark.parametrize("layout", SCORED)
def test_a_self_evaluation_is_read_whole(layout):
    result = checked(layout)
    form = result.form
    assert (form.kind, form.year) == (PaperKind.SELF_EVALUATION, 2025)
    assert form.project.text.endswith(form_layouts.PROJECT)
    assert form.department.text.startswith(form_layouts.DEPARTMENT)
    assert form.unit.text == form_layouts.UNIT or layout == "two_tables_in_word"
    total = next(row for row in form.funds if row.kind is FundKind.TOTAL)
    assert [total.yuan(column) for column in ("initial", "adjusted", "executed")] == [3_000_000, 3_200_000, 3_040_000]
    assert [str(each.target.values[0]) for each in form.indicators if each.target.values] == [
        "1260", "98", "100", "320", "100", "90"
    ]
    assert [each.cells["score"].text for each in form.indicators] == ["15", "15", "9.5", "10", "20", "10", "10"]
    assert form.field("goal").text == form_layouts.GOAL
    assert form.field("result").text == form_layouts.RESULT
    assert (result.computed_total, result.added_scores) == (Decimal("99.00"), Decimal("99.00"))


@pytest.mark.parametrize(("layout", "facts"), OTHERS.items())
def test_the_other_forms_are_read_whole(layout, facts):
    form = checked(layout).form
    assert (form.kind, form.year, form.project.text, len(form.indicators)) == facts


ROW_FAULTS = {
    "a score above the formula": (2, 6, "9.9", [("total_score", "99"), ("score_above_computed", "9.9")]),
    "a score below it": (0, 6, "12", [
        ("below_full_reason", ""), ("total_score", "99"), ("score_below_computed", "12"),
    ]),
    "more than the points": (1, 6, "15.8", [("score_over_weight", "15.8"), ("total_score", "99")]),
    "no score": (4, 6, "", [("score_missing", ""), ("total_score", "99")]),
    "no actual": (3, 4, "", [("actual_missing", "")]),
    "no target": (6, 3, "", [("target_missing", "")]),
    "no reason": (2, 7, "", [("below_full_reason", "")]),
    "points too many": (5, 5, "11", [("weights_total", "100"), ("total_weight", "100"), ("below_full_reason", "")]),
    "another unit": (0, 4, "1268户", [("unit_differs", "1268户")]),
    "a claim for a number": (3, 4, "达成预期指标", [("actual_unmeasured", "达成预期指标")]),
    "a vague target": (5, 3, "进一步提升", [("target_vague", "进一步提升")]),
    "a target never missed": (0, 3, "≥0人", [("target_never_missed", "≥0人")]),
}
MONEY_FAULTS = {
    "a wrong rate": (0, 5, "99.00%", [("rate_wrong", "99.00%")]),
    "parts beyond the total": (1, 2, "310.00", [("fund_total", "320.00"), ("rate_wrong", "95.00%")]),
    "points for execution": (0, 6, "10", [("execution_score", "10"), ("total_score", "99")]),
    "spent without amount": (0, 3, "", [("amount_missing", "")]),
    "more spent than budgeted": (0, 3, "334.00", [
        ("fund_total", "334.00"), ("rate_wrong", "95.00%"), ("execution_score", "9.50"), ("overspent", "334.00"),
    ]),
}


def planted(monkeypatch, table: str, row: int, column: int, text: str) -> None:
    rows = [list(each) for each in getattr(form_layouts, table)]
    rows[row][column] = text
    monkeypatch.setattr(form_layouts, table, [tuple(each) for each in rows])


def told(layout: str) -> list[tuple[str, str]]:
    """Code of each finding and what stands in its cell; points beside the levels are of one layout only."""
    found = [(each.code, text_at(layout, each.cell)) for each in checked(layout).findings]
    return [(code, text.removesuffix(".00") if code == "total_score" else text)
            for code, text in found if code != "level_points"]


@pytest.mark.parametrize("layout", [name for name in SCORED if name != "sichuan"])
@pytest.mark.parametrize("fault", ROW_FAULTS)
def test_a_faulty_row_is_found_in_every_layout(monkeypatch, layout, fault):
    row, column, text, expected = ROW_FAULTS[fault]
    planted(monkeypatch, "INDICATORS", row, column, text)
    assert told(layout) == expected


@pytest.mark.parametrize("layout", ["province_of_2020", "word_of_2020", "two_tables_in_word", "with_instructions"])
@pytest.mark.parametrize("fault", MONEY_FAULTS)
def test_faulty_money_is_found_in_every_layout(monkeypatch, layout, fault):
    row, column, text, expected = MONEY_FAULTS[fault]
    planted(monkeypatch, "MONEY", row, column, text)
    assert told(layout) == expected
