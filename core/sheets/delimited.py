"""Text files with separators: CSV in the usual encodings, and the tab-separated text some programs call .xls."""

import csv
import io

from core.sheets import problems
from core.sheets.grid import Grid, trimmed

ENCODINGS = ("utf-8-sig", "gb18030")
_CONTROL = frozenset(chr(code) for code in range(32)) - set("\t\n\r\f\v")


def decoded(content: bytes) -> str | None:
    """The text, or None where no usual encoding gives readable text."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.intersection(text) else text
    return None


def read_delimited(content: bytes, *, name: str) -> list[Grid]:
    text = decoded(content)
    if text is None:
        raise problems.encoding(name)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        rows = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise problems.damaged(name) from error
    width = max((len(row) for row in rows), default=0)
    return [Grid("CSV", trimmed([row + [""] * (width - len(row)) for row in rows]))]


def _delimiter(text: str) -> str:
    first_lines = "\n".join(text.splitlines()[:20]) if len(text) < 10_000 else text[:10_000]
    return max(",\t;", key=first_lines.count)
