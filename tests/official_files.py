"""What stands in an official form, and in the files made from it."""

import io
import re

import docx
import openpyxl
import pypdf

from core.official import FormDocument
from core.official.paper import to_pdf
from core.official.word import to_docx
from core.official.workbook import to_xlsx


def rows_of(form: FormDocument) -> list[list[str]]:
    """The texts of all tables, row by row, as the form gives its cells."""
    return [[cell.text for cell in row] for table in form.tables for row in table.rows]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def pdf_pages(content: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def docx_texts(content: bytes) -> set[str]:
    document = docx.Document(io.BytesIO(content))
    return {squeezed(cell.text) for table in document.tables for row in table.rows for cell in row.cells}


def xlsx_values(content: bytes) -> list[object]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


def assert_prints(form: FormDocument, *, pages: int) -> None:
    """Every text is in the PDF of that many pages, in the Word file and in the workbook, figures as figures."""
    cells = [cell for table in form.tables for row in table.rows for cell in row if cell.text.strip()]
    paper = pdf_pages(to_pdf(form))
    assert len(paper) == pages
    printed = "".join(paper)
    assert [cell.text for cell in cells if squeezed(cell.text) not in printed] == []
    assert {squeezed(cell.text) for cell in cells} - docx_texts(to_docx(form)) == set()
    values = xlsx_values(to_xlsx(form))
    assert [cell.text for cell in cells if cell.amount is None and cell.text not in values] == []
    figures = [value for value in values if isinstance(value, int | float)]
    assert sorted(map(float, figures)) == sorted(float(cell.amount) for cell in cells if cell.amount is not None)
    assert form.check_code in printed or form.printed_at is None
