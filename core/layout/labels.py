"""Labels and what stands beside, below or behind them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.layout.places import Place, areas_in_row
from core.layout.vocabulary import FORM_LABELS
from core.layout.words import says
from core.sheets import Grid

_LONGEST_LABEL = 14


@dataclass(frozen=True)
class Label:
    """A label and what stands beside it.

    ``inline`` is the rest of its own cell or line after a colon; ``right`` and ``below`` are the cells there, nearest
    first. A label found in a line outside the table has ``place`` None.
    """

    text: str
    place: Place | None
    inline: str
    right: tuple[Place, ...] = ()
    below: tuple[Place, ...] = ()

    @property
    def answer(self) -> Place | None:
        """The cell that answers: its own, the nearest to the right, or the one below where right is another label.

        An empty cell is passed over only when the next filled one is no label itself; else a sentence below counts.
        """
        if self.inline or not (self.right or self.below):
            return self.place
        if self.below and (not self.right or says(self.right[0].text, FORM_LABELS)):
            return self.below[0]
        filled = next((place for place in self.right if place.text), None)
        if filled is not None and not says(filled.text, FORM_LABELS):
            return filled
        if self.below and len(self.below[0].text) > _LONGEST_LABEL:
            return self.below[0]
        return self.right[0]

    @property
    def value(self) -> str:
        """The text that answers the label; "" when nothing was written."""
        if self.inline:
            return self.inline
        return self.answer.text if self.answer and self.answer is not self.place else ""


def find_label(grid: Grid, *words: str, start: int = 0, end: int | None = None) -> Label | None:
    """The first cell that says one of the words, else the first cell or line that has 「word：value」 in it."""
    return next(find_labels(grid, *words, start=start, end=end), None)


def find_labels(grid: Grid, *words: str, start: int = 0, end: int | None = None) -> Iterator[Label]:
    """All of them in reading order, in the rows from ``start`` to before ``end``: whole cells before inline ones."""
    rows = range(start, len(grid.rows) if end is None else min(end, len(grid.rows)))
    places = [
        (row, place) for row in rows for place in areas_in_row(grid, row)
        if place.text and (place.row == row or row == start)
    ]
    for row, place in places:
        if says(place.text, words):
            yield _label(grid, row, place, "")
    for row, place in places:
        for word in words:
            if (inline := inline_value(place.text, word)) is not None:
                yield _label(grid, row, place, inline)
                break
    for line in (*grid.before, *grid.after):
        for word in words:
            if (inline := inline_value(line, word)) is not None:
                yield Label(line, None, inline)
                break


def _label(grid: Grid, row: int, place: Place, inline: str) -> Label:
    area = grid.area(place.row, place.column)
    right = tuple(other for other in areas_in_row(grid, row) if other.column > area.last_column)
    below = []
    under = area.last_row + 1
    while under < len(grid.rows) and place.column < len(grid.rows[under]):
        lower = grid.area(under, place.column)
        below.append(Place(lower.first_row, lower.first_column, grid.rows[under][place.column]))
        under = lower.last_row + 1
    return Label(place.text, place, inline, right, tuple(below))


def inline_value(text: str, word: str) -> str | None:
    """What follows 「word：」 to the next such label, a wide gap or the end of the line; None where it is not so used."""
    if ":" not in text and "：" not in text:
        return None
    found = _inline_pattern(word).search(text)
    return found["value"].strip() if found else None


@lru_cache(maxsize=2_000)
def _inline_pattern(word: str) -> re.Pattern[str]:
    letters = r"[ \t\u3000\xa0]*".join(re.escape(letter) for letter in word.rstrip("…：:"))
    rest = r"[^\s:：]*?" if word.endswith("…") else ""
    bracket = r"(?:[(（][^)）\n]*[)）])?"
    space = r"[ \t\u3000\xa0]"
    return re.compile(
        rf"(?:^|(?<=[\s\u3000\xa0，,；;(（])){letters}{rest}{space}*{bracket}{space}*[:：](?P<value>[^\n]*?)"
        rf"(?={space}{{1,}}[^\s:：]{{2,14}}{bracket}{space}*[:：]|(?<=[^\s:：]){space}{{3,}}|\n|\Z)",
        re.MULTILINE,
    )
