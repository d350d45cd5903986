"""An official form as a Word document that can be filled in: merged cells, repeated heads, faces by name."""

import io

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm

from core.official.document import (
    ANNEX_FACE,
    LETTER_FACE,
    TABLE_FACE,
    TITLE_FACE,
    Align,
    FormDocument,
    Orientation,
    Placed,
    Prose,
    Table,
    head_and_body,
    text_units,
)
from core.official.paper import MILLIMETRES_WIDE, foot_of

LATIN_FACE = "Times New Roman"
HALF_POINTS = {"title": 38, "annex": 24, "year": 22, "table": 18, "letter": 28, "note": 17, "foot": 16}
# Exact, because the line height of a face differs from machine to machine, and with it the number of pages.
LINE_TWIPS = {
    "title": "560", "annex": "340", "year": "340", "table": "240", "letter": "560", "note": "250", "foot": "220",
}
TWIPS_OF_MILLIMETRE = 1440 / 25.4
LINE_EIGHTHS = "5"
CELL_MARGINS = {"top": "30", "left": "60", "bottom": "30", "right": "60"}
TABLE_UNIT_TWIPS = HALF_POINTS["table"] * 5
ROW_TWIPS = "340"
GAP = "20"


def to_docx(form: FormDocument) -> bytes:
    """The form as .docx on A4. The faces are named, not embedded: Chinese office machines have them."""
    document = Document()
    _set_up_page(document.sections[0], form)
    document.styles.element.find(f".//{qn('w:lang')}").set(qn("w:eastAsia"), "zh-CN")
    properties = document.core_properties
    properties.title, properties.author, properties.comments = form.title, "", ""
    if form.printed_at:
        properties.created = properties.modified = form.printed_at.replace(tzinfo=None)
    body = document.element.body
    for element in _parts(form):
        body.insert(len(body) - 1, element)
    _fill_foot(document.sections[0].footer.paragraphs[0]._p, form)
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


def _set_up_page(section, form: FormDocument) -> None:
    landscape = form.orientation is Orientation.LANDSCAPE
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin, section.bottom_margin = Mm(15 if landscape else 18), Mm(16)
    section.header_distance, section.footer_distance = Mm(8), Mm(7)


def _parts(form: FormDocument) -> list[BaseOxmlElement]:
    """What stands between the margins, from above. A hair-high paragraph keeps two tables from growing together."""
    parts = [_paragraph(form.annex, ANNEX_FACE, "annex")] if form.annex else []
    parts.append(_paragraph(form.title, TITLE_FACE, "title", align=Align.CENTER))
    if form.year_label:
        parts.append(_paragraph(form.year_label, TABLE_FACE, "year", align=Align.CENTER))
    if form.unit_line or form.money_unit_line:
        parts.append(_spread((form.unit_line, form.money_unit_line), form))
    for place, block in enumerate(form.blocks):
        if isinstance(block, Table):
            if place and isinstance(form.blocks[place - 1], Table):
                parts.append(_gap())
            parts.append(_table(block, form))
        else:
            parts += _letter(block)
    parts.append(_spread(form.signatures, form) if form.signatures else _gap())
    return parts + [_paragraph(note, TABLE_FACE, "note") for note in form.notes]


def _letter(prose: Prose) -> list[BaseOxmlElement]:
    return [
        _paragraph(paragraph, LETTER_FACE, "letter", align=prose.align, indent=prose.indent, bold=prose.bold)
        for paragraph in prose.paragraphs
    ]


# --- tables -----------------------------------------------------------------------------------------------


def _table(table: Table, form: FormDocument) -> BaseOxmlElement:
    widths = _twips(form)
    element = OxmlElement("w:tbl")
    look = _add(element, "w:tblPr")
    _add(look, "w:tblW", w=str(sum(widths)), type="dxa")
    _add(look, "w:jc", val="center")
    borders = _add(look, "w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _add(borders, f"w:{edge}", val="single", sz=LINE_EIGHTHS, space="0", color="000000")
    _add(look, "w:tblLayout", type="fixed")
    margins = _add(look, "w:tblCellMar")
    for edge, width in CELL_MARGINS.items():
        _add(margins, f"w:{edge}", w=width, type="dxa")
    grid = _add(element, "w:tblGrid")
    for width in widths:
        _add(grid, "w:gridCol", w=str(width))
    head, body = head_and_body(table, len(widths))
    _add_rows(element, head, 0, widths, repeated=True)
    _add_rows(element, body, len(head), widths, repeated=False)
    return element


def _twips(form: FormDocument) -> list[int]:
    whole = MILLIMETRES_WIDE[form.orientation] * TWIPS_OF_MILLIMETRE
    return [round(whole * width / sum(form.columns)) for width in form.columns]


def _add_rows(element: BaseOxmlElement, rows: list[list[Placed]], first: int, widths: list[int], *,
              repeated: bool) -> None:
    """Rows of which the first is row `first` of the table; every row of a merged cell has its own piece of it."""
    reaching: list[Placed] = []
    for number, cells in enumerate(rows, start=first):
        row = _add(element, "w:tr")
        look = _add(row, "w:trPr")
        if not repeated:
            _add(look, "w:cantSplit")
        _add(look, "w:trHeight", val=ROW_TWIPS, hRule="atLeast")
        if repeated:
            _add(look, "w:tblHeader")
        for placed in sorted([*reaching, *cells], key=lambda placed: placed.column):
            _add_cell(row, placed, widths, is_first=placed.row == number)
        reaching = [placed for placed in [*reaching, *cells] if placed.last_row > number]


def _add_cell(row: BaseOxmlElement, placed: Placed, widths: list[int], *, is_first: bool) -> None:
    cell = placed.cell
    element = _add(row, "w:tc")
    look = _add(element, "w:tcPr")
    _add(look, "w:tcW", w=str(sum(widths[placed.column:placed.last_column + 1])), type="dxa")
    if cell.colspan > 1:
        _add(look, "w:gridSpan", val=str(cell.colspan))
    if cell.rowspan > 1:
        _add(look, "w:vMerge", **({"val": "restart"} if is_first else {}))
    if placed.open_top or placed.open_bottom:
        borders = _add(look, "w:tcBorders")
        for edge, is_open in (("top", placed.open_top), ("bottom", placed.open_bottom)):
            if is_open:
                _add(borders, f"w:{edge}", val="nil")
    if cell.vertical:
        _add(look, "w:textDirection", val="tbRlV")
    _add(look, "w:vAlign", val="center")
    align = Align.CENTER if cell.vertical else cell.alignment
    element.append(_paragraph(cell.text if is_first else "", TABLE_FACE, "table", align=align, bold=cell.bold))


# --- paragraphs -------------------------------------------------------------------------------------------


def _paragraph(words: str, face: str, size: str, *, align: Align = Align.LEFT, indent: bool = False,
               bold: bool = False) -> BaseOxmlElement:
    element = OxmlElement("w:p")
    look = _add(element, "w:pPr")
    _add(look, "w:spacing", before="0", after="0", line=LINE_TWIPS[size], lineRule="exact")
    if indent:
        _add(look, "w:ind", firstLineChars="200", firstLine=str(HALF_POINTS[size] * 20))
    _add(look, "w:jc", val=align.value)
    _add_run(element, words, face, size, bold=bold)
    return element


def _add_run(paragraph: BaseOxmlElement, words: str, face: str, size: str, *, bold: bool = False) -> None:
    run = _add(paragraph, "w:r")
    look = _add(run, "w:rPr")
    _add(look, "w:rFonts", ascii=LATIN_FACE, hAnsi=LATIN_FACE, eastAsia=face, cs=LATIN_FACE, hint="eastAsia")
    if bold:
        _add(look, "w:b")
    _add(look, "w:sz", val=str(HALF_POINTS[size]))
    for place, line in enumerate(words.split("\n")):
        if place:
            _add(run, "w:br")
        text = _add(run, "w:t")
        text.text = line
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _spread(words: tuple[str, ...], form: FormDocument) -> BaseOxmlElement:
    """One line with its parts from margin to margin, the gaps alike, the last part against the right margin."""
    element = _paragraph("", TABLE_FACE, "table")
    widths = [text_units(part) * TABLE_UNIT_TWIPS for part in words]
    whole = sum(_twips(form))
    gap = max(0, whole - sum(widths)) // max(1, len(words) - 1)
    starts = [sum(widths[:place]) + gap * place for place in range(1, len(words) - 1)]
    _add_tab_stops(element, [*(("left", start) for start in starts), ("right", whole)])
    for place, part in enumerate(words):
        if place:
            _add_tab(element)
        _add_run(element, part, TABLE_FACE, "table")
    return element


def _add_tab_stops(paragraph: BaseOxmlElement, stops: list[tuple[str, int]]) -> None:
    tabs = OxmlElement("w:tabs")
    paragraph.find(qn("w:pPr")).insert(0, tabs)
    for kind, position in stops:
        _add(tabs, "w:tab", val=kind, pos=str(position))


def _add_tab(paragraph: BaseOxmlElement) -> None:
    _add(_add(paragraph, "w:r"), "w:tab")


def _gap() -> BaseOxmlElement:
    element = OxmlElement("w:p")
    look = _add(element, "w:pPr")
    _add(look, "w:spacing", before="0", after="0", line=GAP, lineRule="exact")
    _add(_add(look, "w:rPr"), "w:sz", val="2")
    return element


def _fill_foot(paragraph: BaseOxmlElement, form: FormDocument) -> None:
    left, right = foot_of(form)
    whole = sum(_twips(form))
    look = paragraph.get_or_add_pPr()
    for child in list(look):
        look.remove(child)
    _add_tab_stops(paragraph, [("center", round(whole * 0.42)), ("right", whole)])
    _add_run(paragraph, left, TABLE_FACE, "foot")
    _add_tab(paragraph)
    for words, instruction in (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES")):
        _add_run(paragraph, words, TABLE_FACE, "foot")
        _add_run(_add(paragraph, "w:fldSimple", instr=instruction), "1", TABLE_FACE, "foot")
    _add_run(paragraph, " 页", TABLE_FACE, "foot")
    _add_tab(paragraph)
    _add_run(paragraph, right, TABLE_FACE, "foot")


def _add(parent: BaseOxmlElement, tag: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(tag, {qn(f"w:{name}"): value for name, value in attributes.items()})
    parent.append(element)
    return element
