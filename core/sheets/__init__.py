"""Workbooks and documents as grids of text: what a person sees in each cell, whatever the format. Pure: no Django."""

from core.sheets.grid import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Area, Grid, Place, cell_name, text_of
from core.sheets.reading import Book, read_book, read_workbook

__all__ = [
    "MAX_CELLS", "MAX_COLUMNS", "MAX_ROWS", "Area", "Book", "Grid", "Place", "cell_name", "read_book",
    "read_workbook", "text_of",
]
