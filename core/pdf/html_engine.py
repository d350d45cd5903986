"""xhtml2pdf, with what it lacks for Chinese forms: embedded faces, Chinese line breaks, merged cells over pages."""

import io
import logging
import threading
from bisect import insort
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import xhtml2pdf.parser
import xhtml2pdf.reportlab_paragraph
import xhtml2pdf.tables
from django.conf import settings
from django.template.loader import render_to_string
from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus.tables import CellStyle
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_FONT
from xhtml2pdf.document import pisaDocument
from xhtml2pdf.reportlab_paragraph import ParaLines, cjkU, makeCJKParaLine
from xhtml2pdf.tags import pisaTag
from xhtml2pdf.xhtml2pdf_reportlab import PmlTable

from core.pdf.fonts import FACES, SERIF

NOTHING_BUT_THE_TEXT = ResourceAccessPolicy(allow_remote=False, base_dir=None)
WIDE_BLANK = "\u00a0" * 4
NEVER_FIRST = frozenset("，。；：！？、）》】〉』」〕｝”’％‰℃°…—～·,.;:!?)]}%/々")
NEVER_LAST = frozenset("（《【〈『「〔｛“‘￥¥$([{№#")
BREAK_IN_CODE = frozenset("-/_.·")
FIRST_WIDE = "\u2e80"


def render(template: Path, data: Mapping[str, object]) -> bytes:
    """A PDF of a Django template. A warning of the engine is an error: it warns of text drawn as a box or lost."""
    _register_faces(settings.PDF_FONT_DIR)
    # The engine folds the full-width blank into one narrow space, but keeps no-break spaces.
    html = render_to_string(f"pdf/{template.name}", dict(data)).replace("\u3000", WIDE_BLANK)
    result = io.BytesIO()
    complaints.lines.clear()
    status = pisaDocument(html, result, resource_policy=NOTHING_BUT_THE_TEXT)
    if status.err or complaints.lines:
        problem = "；".join(complaints.lines) or status.log
        raise RuntimeError(f"排版《{data.get('title', template.stem)}》时出现告警：{problem}。")
    return result.getvalue()


class Complaints(logging.Handler):
    """What xhtml2pdf would only have written to the log, kept for the thread that is printing."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._of_thread = threading.local()

    @property
    def lines(self) -> list[str]:
        if not hasattr(self._of_thread, "lines"):
            self._of_thread.lines = []
        return self._of_thread.lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


complaints = Complaints()
logging.getLogger("xhtml2pdf").addHandler(complaints)


@cache
def _register_faces(font_dir: Path) -> None:
    for face in FACES:
        pdfmetrics.registerFont(TTFont(face.name, str(face.path(font_dir))))
        for italic in (0, 1):
            addMapping(face.family, int(face.bold), italic, face.name)
        DEFAULT_FONT[face.family.lower()] = face.family
    # Otherwise every file declares a Helvetica that is neither used nor embedded.
    rl_config.canvas_basefontname = CellStyle.fontname = SERIF


# --- line breaks ------------------------------------------------------------------------------------------


def split_lines(frags: Sequence, widths: Sequence[float], calc_bounds: int, encoding: str = "utf8") -> ParaLines:
    """Lines of mixed Chinese and Latin text: figures and codes stay whole, no line begins with a closing mark
    or ends with an opening one.
    """
    characters = [cjkU(character, frag, encoding) for frag in frags for character in frag.text or [""]]
    lines, start = [], 0
    while start < len(characters):
        room = widths[min(len(lines), len(widths) - 1)]
        end = _line_end(characters, start, room)
        used = sum(character.width for character in characters[start:end])
        lines.append(makeCJKParaLine(characters[start:end], room - used, calc_bounds))
        start = end
    return ParaLines(kind=1, lines=lines)


def _line_end(characters: Sequence[cjkU], start: int, room: float) -> int:
    used, best = 0.0, start
    for at in range(start, len(characters)):
        character = characters[at]
        if hasattr(character.frag, "lineBreak"):
            return at + 1
        if at > start and _may_break(characters[at - 1], character):
            best = at
        used += character.width
        if used > room + 1e-6 and not character.isspace():
            return best if best > start else _forced_end(characters, start, at)
    return len(characters)


def _may_break(before: str, after: str) -> bool:
    if after.isspace() or after in NEVER_FIRST or before in NEVER_LAST:
        return False
    return before.isspace() or before >= FIRST_WIDE or after >= FIRST_WIDE or before in ("—", "…")


def _forced_end(characters: Sequence[cjkU], start: int, at: int) -> int:
    """Where a run too long for a line is cut: after its last joint, else where the room ends."""
    joint = next((place for place in range(at, start + 1, -1) if characters[place - 1] in BREAK_IN_CODE), at)
    return max(joint, start + 1)


# --- tables -----------------------------------------------------------------------------------------------


class ColumnTag(pisaTag):
    """<col width="…">, which the engine reads past: a column has its width even when no cell stands in it alone."""

    def start(self, c) -> None:
        c.tableData.colw.append(self.node.getAttribute("width"))


def cover_in_order(self, x: int, y: int) -> None:
    """Note a place that a merged cell covers, row by row: the engine looks for the next free place in one pass."""
    insort(self.span, (x, y), key=lambda place: (place[1], place[0]))


class BreakableTable(PmlTable):
    """A table that may be cut through a merged cell, whose words are then printed again in the lower part.

    The engine's own either moves the whole group to the next page or, when it is taller than a page, fails.
    """

    def _getFirstPossibleSplitRowPosition(self, availHeight: float, ignoreSpans: int = 0) -> int:
        last = super()._getFirstPossibleSplitRowPosition(availHeight, ignoreSpans=1)
        if ignoreSpans or last >= self._nrows:
            return last
        return next((row for row in range(last, 0, -1) if self._words_fit_above(row)), 0)

    def _words_fit_above(self, row: int) -> bool:
        return all(
            self._height_of_words(column, top) <= sum(self._rowHeights[top:row]) + 1e-6
            for column, top, _, _ in self._spans_over(row)
        )

    def _spans_over(self, row: int) -> list[tuple[int, int, int, int]]:
        """The merged cells that a cut before `row` goes through: first column and row, last column and row."""
        spans = self._spanRanges.values() if self._spanCmds else ()
        return [span for span in spans if span and span[1] < row <= span[3]]

    def _height_of_words(self, column: int, row: int) -> float:
        style, span = self._cellStyles[row][column], self._spanRanges[column, row]
        width = sum(self._colWidths[span[0]:span[2] + 1])
        words = self._listCellGeom(_as_list(self._cellvalues[row][column]), width, style)[1]
        return words + style.topPadding + style.bottomPadding

    def _splitRows(self, availHeight: float, doInRowSplit: int = 0) -> list:
        row = self._nrows if doInRowSplit else self._getFirstPossibleSplitRowPosition(availHeight)
        cut = self._spans_over(row)
        for column, top, _, _ in cut:
            self._cellvalues[row][column] = self._cellvalues[top][column]
            self._cellStyles[row][column] = self._cellStyles[top][column]
        parts = super()._splitRows(availHeight, doInRowSplit)
        if len(parts) == 2:
            for left, _, right, bottom in cut:
                parts[0]._linecmds += self._lines_below(left, right, bottom, row - 1)
        return parts

    def _lines_below(self, left: int, right: int, bottom: int, row: int) -> list[tuple]:
        """The lower border of a merged cell, moved up to the row where the page ends."""
        return [
            (command, (left, row), (right, row), *look)
            for command, start, end, *look in self._linecmds
            if command == "LINEBELOW" and start[0] == left and end == (right, bottom)
        ]


def _as_list(value: object) -> list:
    return list(value) if isinstance(value, list | tuple) else [value]


xhtml2pdf.reportlab_paragraph.cjkFragSplit = split_lines
xhtml2pdf.parser.pisaTagCOL = ColumnTag
xhtml2pdf.tables.TableData.add_empty = cover_in_order
xhtml2pdf.tables.PmlTable = BreakableTable
