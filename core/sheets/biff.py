"""Sheets of an .xls file of Excel 97 and later, as WPS and old office machines still write them.

Read here and not by calamine, whose .xls reader ends the whole process on some damaged files.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.sheets import formats, problems
from core.sheets.compound import Compound
from core.sheets.grid import Area, Grid, fill_merged, text_of, trimmed
from core.sheets.problems import Damaged

_BOF, _EOF, _CONTINUE, _PASSWORD = 0x809, 0x0A, 0x3C, 0x2F
_SHEET, _FORMAT, _STYLE, _DATE_MODE, _STRINGS, _BOOK_LINK = 0x85, 0x41E, 0xE0, 0x22, 0xFC, 0x1AE
_NUMBER, _SMALL_NUMBER, _SMALL_NUMBERS, _FORMULA, _FORMULA_TEXT = 0x203, 0x27E, 0xBD, 0x06, 0x207
_SHARED_TEXT, _TEXT, _RICH_TEXT, _TRUTH_OR_ERROR, _MERGED = 0xFD, 0x204, 0xD6, 0x205, 0xE5
_VERSION_8, _MOST_COLUMNS, _MOST_SHEETS = 0x600, 256, 300
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}

Record = tuple[int, bytes]


@dataclass
class _Book:
    """What the sheets share: texts, the format code of each style, where each sheet begins and if it is hidden."""

    texts: list[str] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=lambda: dict(formats.BUILT_IN))
    styles: list[int] = field(default_factory=list)
    sheets: list[tuple[str, int, bool]] = field(default_factory=list)
    since_1904: bool = False
    has_links: bool = False

    def code(self, style: int) -> str:
        return self.codes.get(self.styles[style], "") if style < len(self.styles) else ""


def read_xls(compound: Compound, *, name: str, formatted: bool) -> tuple[list[Grid], bool]:
    """Every worksheet, and whether the workbook refers to others.

    Raises ``Damaged``, ``struct.error`` or ``IndexError`` for broken content, ``RuleViolation`` for a protected or
    older file.
    """
    if "Workbook" not in compound.names:
        raise problems.foreign(name, "old_xls")
    data = compound.stream("Workbook")
    book = _read_globals(data, name)
    grids = [
        _read_sheet(book, title, _records(data, start), hidden=hidden, formatted=formatted)
        for title, start, hidden in book.sheets[:_MOST_SHEETS]
    ]
    return grids, book.has_links


def _records(data: bytes, place: int) -> Iterator[Record]:
    """The records from a place to the end of the sheet they belong to; charts inside a sheet are passed over."""
    depth = 0
    while place + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, place)
        depth += {_BOF: 1, _EOF: -1}.get(kind, 0)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, data[place + 4:place + 4 + length]
        place += 4 + length
    raise Damaged("a sheet without an end")


def _read_globals(data: bytes, name: str) -> _Book:
    book = _Book()
    pieces: list[bytes] = []
    last = 0
    for kind, body in _records(data, 0):
        if kind == _BOF and struct.unpack_from("<H", body)[0] != _VERSION_8:
            raise problems.foreign(name, "old_xls")
        if kind == _PASSWORD:
            raise problems.protected(name)
        if kind == _STRINGS or kind == _CONTINUE and last == _STRINGS:
            pieces.append(body)
            kind = _STRINGS
        else:
            _note_global(book, kind, body)
        last = kind
    if pieces:
        book.texts = _SharedTexts(pieces).read()
    return book


def _note_global(book: _Book, kind: int, body: bytes) -> None:
    if kind == _FORMAT:
        book.codes[struct.unpack_from("<H", body)[0]] = _text(body[2:])
    elif kind == _STYLE:
        book.styles.append(struct.unpack_from("<H", body, 2)[0])
    elif kind == _DATE_MODE:
        book.since_1904 = body[:1] == b"\1"
    elif kind == _BOOK_LINK:
        book.has_links |= len(body) > 4
    elif kind == _SHEET and body[5] == 0:
        start, state = struct.unpack_from("<IB", body)
        book.sheets.append((_text(body[6:], short=True), start, state & 3 != 0))


def _text(body: bytes, *, short: bool = False) -> str:
    length, = struct.unpack_from("<B" if short else "<H", body)
    start = 2 if short else 3
    if body[start - 1] & 1:
        return body[start:start + length * 2].decode("utf-16-le", errors="replace")
    return body[start:start + length].decode("latin-1")


class _SharedTexts:
    """The table of shared texts, cut anywhere into records; a text that goes on tells anew how wide it is written."""

    def __init__(self, pieces: list[bytes]):
        self.pieces, self.piece, self.place = pieces, 0, 8
        self.count, = struct.unpack_from("<I", pieces[0], 4)

    def read(self) -> list[str]:
        texts = []
        while len(texts) < self.count and self._go_on():
            texts.append(self._one())
        return texts

    def _go_on(self) -> bool:
        while self.piece < len(self.pieces) and self.place >= len(self.pieces[self.piece]):
            self.piece, self.place = self.piece + 1, 0
        return self.piece < len(self.pieces)

    def _one(self) -> str:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        text = ""
        while len(text) < length:
            width = 2 if flags & 1 else 1
            piece = self.pieces[self.piece]
            taken = piece[self.place:self.place + (length - len(text)) * width]
            text += _halves(taken) if width == 2 else taken.decode("latin-1")
            self.place += len(taken)
            if len(text) < length:
                self.place = len(piece)
                if not self._go_on():
                    raise Damaged("a shared text without an end")
                flags = self.pieces[self.piece][0]
                self.place = 1
        self._skip(runs * 4 + extra)
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            if not self._go_on():
                raise Damaged("a shared text without an end")
            more = self.pieces[self.piece][self.place:self.place + size - len(taken)]
            self.place += len(more)
            taken += more
        return taken

    def _skip(self, size: int) -> None:
        while size and self._go_on():
            step = min(size, len(self.pieces[self.piece]) - self.place)
            self.place += step
            size -= step


def _halves(data: bytes) -> str:
    """UTF-16 in which the two halves of a rare character still count as two, as in the lengths the file states."""
    return "".join(map(chr, struct.unpack(f"<{len(data) // 2}H", data[:len(data) // 2 * 2])))


def _read_sheet(book: _Book, title: str, records: Iterator[Record], *, hidden: bool, formatted: bool) -> Grid:
    cells: dict[tuple[int, int], str] = {}
    areas: list[Area] = []
    waiting: tuple[int, int] | None = None
    for kind, body in records:
        if kind == _MERGED:
            areas += _areas(body)
        elif kind == _FORMULA_TEXT and waiting:
            cells[waiting] = _text(body).strip()
        elif kind == _SMALL_NUMBERS:
            row, column = struct.unpack_from("<HH", body)
            for place in range(4, len(body) - 2, 6):
                style, packed = struct.unpack_from("<HI", body, place)
                cells[row, column + (place - 4) // 6] = _number_text(book, _unpacked(packed), style, formatted)
        elif kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", body)
            waiting = (row, column) if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 0 else None
            cells[row, column] = _CELLS[kind](book, body, style, formatted)
    rows = _laid_out(cells)
    return Grid(title, rows, merged=fill_merged(rows, areas), hidden=hidden)


def _laid_out(cells: dict[tuple[int, int], str]) -> list[list[str]]:
    filled = {place: text for place, text in cells.items() if text}
    height = max((row for row, _ in filled), default=-1) + 1
    width = max((column for _, column in filled), default=-1) + 1
    if width > _MOST_COLUMNS:
        raise Damaged("more columns than the format has")
    rows = [[""] * width for _ in range(height)]
    for (row, column), text in filled.items():
        rows[row][column] = text
    return trimmed(rows)


def _areas(body: bytes) -> list[Area]:
    count, = struct.unpack_from("<H", body)
    found = [struct.unpack_from("<HHHH", body, 2 + number * 8) for number in range(min(count, (len(body) - 2) // 8))]
    return [Area(top, left, bottom, right) for top, bottom, left, right in found]


def _unpacked(packed: int) -> float:
    """A number of the short form: an integer or the upper half of a float, as it is or in hundredths."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        value, = struct.unpack("<d", struct.pack("<II", 0, packed & 0xFFFFFFFC))
    return value / 100 if packed & 1 else value


def _number_text(book: _Book, value: float, style: int, formatted: bool) -> str:
    code = book.code(style)
    if not code:
        return text_of(value)
    moment = formats.moment_of(value, code, since_1904=book.since_1904)
    shown_value = value if moment is None else moment
    return formats.shown(shown_value, code) if formatted else text_of(shown_value)


def _number(book: _Book, body: bytes, style: int, formatted: bool) -> str:
    return _number_text(book, struct.unpack_from("<d", body, 6)[0], style, formatted)


def _small_number(book: _Book, body: bytes, style: int, formatted: bool) -> str:
    return _number_text(book, _unpacked(struct.unpack_from("<I", body, 6)[0]), style, formatted)


def _formula(book: _Book, body: bytes, style: int, formatted: bool) -> str:
    if body[12:14] != b"\xff\xff":
        return _number(book, body, style, formatted)
    if body[6] == 1:
        return text_of(bool(body[8]))
    return _ERRORS.get(body[8], "") if body[6] == 2 else ""


def _truth_or_error(book: _Book, body: bytes, style: int, formatted: bool) -> str:
    return _ERRORS.get(body[6], "") if body[7] else text_of(bool(body[6]))


def _shared_text(book: _Book, body: bytes, style: int, formatted: bool) -> str:
    return book.texts[struct.unpack_from("<I", body, 6)[0]].strip()


def _own_text(book: _Book, body: bytes, style: int, formatted: bool) -> str:
    return _text(body[6:]).strip()


_CELLS = {
    _NUMBER: _number, _SMALL_NUMBER: _small_number, _FORMULA: _formula, _TRUTH_OR_ERROR: _truth_or_error,
    _SHARED_TEXT: _shared_text, _TEXT: _own_text, _RICH_TEXT: _own_text,
}
