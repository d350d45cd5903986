"""What is looked at in a zipped workbook or document before any reader opens it."""

import io
import re
import zipfile
from collections.abc import Iterator
from copy import copy

from core.sheets import problems
from core.sheets.grid import MAX_CELLS, MAX_ROWS

MAX_UNZIPPED = 300 * 1024 * 1024
CHUNK = 1 << 20
OVERLAP = 400
"""Bytes repeated between two pieces of a sheet; a cell's opening tag is shorter."""

_ENTITY = re.compile(rb"<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y")
_HUGE_COUNT = re.compile(rb"ount\s*=\s*[\"']\s*\d{8}")
"""A stated number of parts for which the sheet reader would set memory aside beforehand."""
_WIDE = re.compile(rb"\br\s*=\s*[\"'][A-Za-z]{2}")
_USUAL_WIDE = re.compile(rb"<c r=\"[A-Za-z]{2}")
_FILLED_CELL = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Za-z]+)(\d+)[\"'](?:[^>/]|/(?!>))*>(?!</)"
)
_CELL_STARTS = tuple(b"<c" + end for end in (b" ", b">", b"/", b"\n", b"\r", b"\t"))
_ROW = re.compile(rb"\br\s*=\s*[\"'][A-Za-z]?(\d+)[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL_WITHOUT_ADDRESS = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r\s*=)\w+\s*=\s*[\"'][^\"']*[\"'])*\s*/?>")
_TWO_BYTES = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
"""How a part in UTF-16 begins, which no office program writes and the patterns here would not see through."""


def open_archive(content: bytes, name: str) -> zipfile.ZipFile:
    """The zip, once it is known to be whole, of bearable size, without password and without XML entities.

    Every part is unpacked once in small pieces, so a size stated falsely inside the file does not deceive.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.flag_bits & 0x1 for entry in parts):
        raise problems.protected(name)
    stated = sum(entry.file_size for entry in parts)
    if stated > MAX_UNZIPPED:
        raise problems.bomb(name, stated, MAX_UNZIPPED)
    room = MAX_UNZIPPED
    for entry in parts:
        room -= _check_part(archive, entry, name, room)
    return archive


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, room: int) -> int:
    is_picture = "media/" in entry.filename or entry.filename.startswith(("Pictures/", "Thumbnails/"))
    spread: _Spread | None = None
    size, tail = 0, b""
    for piece in _pieces(archive, entry):
        size += len(piece)
        if size > room:
            raise problems.bomb(name, MAX_UNZIPPED, MAX_UNZIPPED)
        piece = tail + piece
        if not is_picture and _ENTITY.search(piece):
            raise problems.entities(name)
        if not is_picture and (_HUGE_COUNT.search(piece) or piece[:2] in _TWO_BYTES):
            raise problems.damaged(name)
        if spread is None and b"sheetData" in piece:
            spread = _Spread()
        if spread:
            spread.look_at(piece)
        tail = piece[-OVERLAP:]
    if spread and spread.rows * spread.columns > MAX_CELLS:
        raise problems.too_spread(name, spread.rows, spread.columns)
    return size


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    whole = copy(entry)
    whole.file_size = MAX_UNZIPPED + 2 * CHUNK
    with archive.open(whole) as part:
        while piece := part.read(CHUNK):
            yield piece


class _Spread:
    """How far the cells of a sheet reach. The sheet reader lays out every cell up to the farthest, filled or not."""

    def __init__(self):
        self.rows, self.columns = 1, 26

    def look_at(self, piece: bytes) -> None:
        usual = _is_usual(piece)
        if not usual and _CELL_WITHOUT_ADDRESS.search(piece):
            self.rows = max([self.rows, *map(int, _ROW.findall(piece))])
            self.columns = max([self.columns, *(len(_CELL.findall(row)) for row in _ROW_TAG.split(piece))])
        farthest = max((int(number) for number in _ROW.findall(piece[-OVERLAP:])), default=1)
        if farthest <= MAX_ROWS and not (_USUAL_WIDE if usual else _WIDE).search(piece):
            self.rows = max(self.rows, farthest)
            return
        for letters, number in _FILLED_CELL.findall(piece):
            self.columns = max(self.columns, _column_number(letters))
            self.rows = max(self.rows, int(number))


def _is_usual(piece: bytes) -> bool:
    """Whether every cell is written as all spreadsheet programs do, its address first; counting is the fastest test."""
    usual = piece.count(b'<c r="')
    if piece.count(b"<c") != usual and sum(map(piece.count, _CELL_STARTS)) != usual:
        return False
    return b":c" not in piece


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:9]:
        number = number * 26 + letter - ord("A") + 1
    return number
