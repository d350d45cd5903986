"""Official forms as table documents, and the three ways out: PDF, Word, workbook.

The ways out, each with its own library, are imported from their modules: `paper.to_pdf`, `word.to_docx`,
`workbook.to_xlsx`.
"""

from core.official.document import (
    Align,
    Cell,
    FormDocument,
    Kind,
    Orientation,
    Prose,
    Row,
    Table,
    check_code,
    label,
    number,
    percent,
    text,
)

__all__ = [
    "Align", "Cell", "FormDocument", "Kind", "Orientation", "Prose", "Row", "Table",
    "check_code", "label", "number", "percent", "text",
]
