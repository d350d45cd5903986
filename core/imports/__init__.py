"""Staged imports of workbooks.

One definition of the columns, all errors by cell, preview, one commit of the same file.
"""

from core.imports.columns import (
    ChoiceWidget,
    CodeWidget,
    Column,
    DayWidget,
    NumberWidget,
    TextWidget,
    WanWidget,
    YearWidget,
    YesNoWidget,
    YuanWidget,
)
from core.imports.workbooks import (
    CellError,
    Change,
    Plan,
    Row,
    SheetResource,
    WorkbookImport,
    import_kinds,
    register_import,
)

__all__ = [
    "CellError", "Change", "ChoiceWidget", "CodeWidget", "Column", "DayWidget", "NumberWidget", "Plan", "Row",
    "SheetResource", "TextWidget", "WanWidget", "WorkbookImport", "YearWidget", "YesNoWidget", "YuanWidget",
    "import_kinds", "register_import",
]
