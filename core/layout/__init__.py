"""Finds the parts of an official form by their words, never by their position. Pure: no Django.

Rows and columns are counted from 0, as in a ``Grid``; ``cell`` gives the address people know (A1).
Words are compared without white space, line breaks, list numbers, trailing colons and brackets, so that 「年初预算数（万元）：」 is
年初预算数. In a word given by a caller, … at its end or beginning stands for any text; 「1-N月」 is any span of months.
"""

from core.layout.labels import Label, find_label, find_labels, inline_value
from core.layout.levels import split_level
from core.layout.places import Place, areas_in_row
from core.layout.tables import Table, TableRow, find_table
from core.layout.vocabulary import FOOTERS, FORM_LABELS, INDICATOR_COLUMNS, TOTALS
from core.layout.words import bare, plain, says
from core.layout.years import find_year

__all__ = [
    "FOOTERS",
    "FORM_LABELS",
    "INDICATOR_COLUMNS",
    "TOTALS",
    "Label",
    "Place",
    "Table",
    "TableRow",
    "areas_in_row",
    "bare",
    "find_label",
    "find_labels",
    "find_table",
    "find_year",
    "inline_value",
    "plain",
    "says",
    "split_level",
]
