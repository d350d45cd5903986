"""The year a form speaks of."""

import re
import unicodedata

from core.layout.places import areas_in_row
from core.sheets import Grid

_YEAR = re.compile(r"(20\d{2})\s*年度?")
_YEAR_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def find_year(grid: Grid, *, rows: int = 8) -> int | None:
    """The year a form speaks of, from its title lines and first filled rows; 「2025年度」 counts before a bare 2025年."""
    top = next((row for row, cells in enumerate(grid.rows) if any(cells)), 0)
    first_rows = range(top, min(top + rows, len(grid.rows)))
    texts = [*grid.before, *(place.text for row in first_rows for place in areas_in_row(grid, row))]
    short = [unicodedata.normalize("NFKC", text).translate(_YEAR_DIGITS) for text in texts if len(text) <= 60]
    years = [(match[0].endswith("度"), int(match[1])) for text in short for match in _YEAR.finditer(text)]
    if not years:
        return None
    return next((year for full, year in years if full), years[0][1])
