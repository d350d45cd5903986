"""An official form on paper."""

from django.utils import timezone

from core import pdf
from core.official.document import (
    FormDocument,
    Orientation,
    Placed,
    Prose,
    Table,
    cut_tall,
    head_and_body,
    lines_needed,
    texts_of,
)

LONG_TABLE_ROWS = 100
LONG_CELL_LINES = 40
LABEL_EVERY_ROWS = 20
MILLIMETRES_WIDE = {Orientation.PORTRAIT: 180, Orientation.LANDSCAPE: 267}
MILLIMETRES_OF_HALF_CHARACTER = 1.7
GENERATOR = "预算绩效管理系统生成"


def to_pdf(form: FormDocument) -> bytes:
    """The form on A4 with embedded faces, by the engine that suits its length.

    Raises: RuleViolation `pdf_glyph_missing` naming the place and the character, `pdf_font_missing`.
    """
    pdf.check_glyphs(texts_of(form), title=form.title)
    if is_long(form):
        return pdf.render("official_form_long", paper_data(form, tallest=LABEL_EVERY_ROWS))
    return pdf.render("official_form", paper_data(form))


def is_long(form: FormDocument) -> bool:
    """Whether the form is laid out by typst: more than 100 rows, or a cell that takes most of a page."""
    return sum(len(table.rows) for table in form.tables) > LONG_TABLE_ROWS or any(
        _lines_of(placed, form) > LONG_CELL_LINES
        for table in form.tables
        for row in sum(head_and_body(table, len(form.columns)), [])
        for placed in row
    )


def _lines_of(placed: Placed, form: FormDocument) -> int:
    share = sum(form.columns[placed.column:placed.last_column + 1]) / sum(form.columns)
    wide = share * MILLIMETRES_WIDE[form.orientation]
    return lines_needed(placed.cell.text, int(wide / MILLIMETRES_OF_HALF_CHARACTER))


def foot_of(form: FormDocument) -> tuple[str, str]:
    """What stands left and right in the foot of every page: reference and version; generator, time, check code."""
    left = [form.reference, f"版本：{form.version}" if form.version else ""]
    right = [GENERATOR, _minute(form), f"校验码 {form.check_code}"]
    return "　".join(filter(None, left)), "　".join(filter(None, right))


def _minute(form: FormDocument) -> str:
    return f"{timezone.localtime(form.printed_at):%Y-%m-%d %H:%M}" if form.printed_at else ""


def paper_data(form: FormDocument, *, tallest: int | None = None) -> dict[str, object]:
    """The form as the plain data that the templates of both engines print.

    `tallest` is the most rows a merged cell may cover before its words are repeated.
    """
    foot_left, foot_right = foot_of(form)
    return {
        "title": form.title,
        "annex": form.annex,
        "year_label": form.year_label,
        "unit_line": form.unit_line,
        "money_unit_line": form.money_unit_line,
        "landscape": form.orientation is Orientation.LANDSCAPE,
        "widths": [f"{100 * width / sum(form.columns):.4f}%" for width in form.columns],
        "blocks": [
            _table(block, form, tallest) if isinstance(block, Table) else _prose(block) for block in form.blocks
        ],
        "signatures": list(form.signatures),
        "notes": list(form.notes),
        "foot_left": foot_left,
        "foot_right": foot_right,
    }


def _table(table: Table, form: FormDocument, tallest: int | None) -> dict[str, object]:
    head, body = head_and_body(table, len(form.columns))
    if tallest:
        body = cut_tall(body, tallest)
    return {"kind": "table", "head": _cells(head), "body": _cells(body)}


def _prose(prose: Prose) -> dict[str, object]:
    return {"kind": "prose", "paragraphs": list(prose.paragraphs), "align": prose.align, "indent": prose.indent,
            "bold": prose.bold}


def _cells(rows: list[list[Placed]]) -> list[list[dict[str, object]]]:
    return [[_cell(placed) for placed in row] for row in rows]


def _cell(placed: Placed) -> dict[str, object]:
    cell = placed.cell
    return {
        "text": "\n".join(cell.text) if cell.vertical else cell.text,
        "colspan": cell.colspan,
        "rowspan": cell.rowspan,
        "align": cell.alignment,
        "bold": cell.bold,
        "open_top": placed.open_top,
        "open_bottom": placed.open_bottom,
    }
