"""The old Office container: which streams an .xls holds, and their bytes."""

import struct

from core.sheets.problems import Damaged

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here up are marks, not places."""
_DIRECTORY_ENTRY = 128
_SMALL = 4096


class Compound:
    """Raises ``Damaged`` for a container that does not hang together."""

    def __init__(self, content: bytes):
        if len(content) < 512 or not content.startswith(MAGIC):
            raise Damaged("not a compound file")
        self._content = content
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise Damaged("odd sector size")
        self._sector, self._small_sector = 1 << shift, 1 << small_shift
        directory, = struct.unpack_from("<I", content, 48)
        small_table, = struct.unpack_from("<I", content, 60)
        self._table = self._read_table()
        self._entries = self._read_directory(self._chain(directory))
        self._small_table = _numbers(self._chain(small_table)) if small_table < _END else []

    @property
    def names(self) -> set[str]:
        return set(self._entries)

    def stream(self, name: str) -> bytes:
        start, size = self._entries[name]
        if size >= _SMALL:
            return self._chain(start)[:size]
        root_start, _ = self._entries["Root Entry"]
        pool = self._chain(root_start)
        pieces = [
            pool[number * self._small_sector:(number + 1) * self._small_sector]
            for number in _follow(self._small_table, start)
        ]
        return b"".join(pieces)[:size]

    def _sector_bytes(self, number: int) -> bytes:
        return self._content[(number + 1) * self._sector:(number + 2) * self._sector]

    def _read_table(self) -> list[int]:
        """The allocation table; its own sectors are listed in the header and in a chain of further sectors."""
        places = list(struct.unpack_from("<109I", self._content, 76))
        following, = struct.unpack_from("<I", self._content, 68)
        seen = set()
        while following < _END and following not in seen:
            seen.add(following)
            numbers = _numbers(self._sector_bytes(following))
            places += numbers[:-1]
            following = numbers[-1] if numbers else _END
        return [
            number
            for place in places if place < _END
            for number in _numbers(self._sector_bytes(place))
        ]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector_bytes(number) for number in _follow(self._table, start))

    def _read_directory(self, data: bytes) -> dict[str, tuple[int, int]]:
        entries: dict[str, tuple[int, int]] = {}
        for place in range(0, len(data) - _DIRECTORY_ENTRY + 1, _DIRECTORY_ENTRY):
            length, kind = struct.unpack_from("<HB", data, place + 64)
            if kind and 2 <= length <= 64:
                name = data[place:place + length - 2].decode("utf-16-le", errors="replace")
                start, size = struct.unpack_from("<II", data, place + 116)
                entries.setdefault("Root Entry" if kind == 5 else name, (start, size))
        if "Root Entry" not in entries:
            raise Damaged("no root entry")
        return entries


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[:len(data) // 4 * 4]))


def _follow(table: list[int], start: int) -> list[int]:
    chain, seen = [], set()
    while start < _END:
        if start in seen or start >= len(table):
            raise Damaged("broken chain of sectors")
        seen.add(start)
        chain.append(start)
        start = table[start]
    return chain
