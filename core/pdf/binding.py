"""Several printed documents bound into one, with an outline and one running number over all pages."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from pypdf import PdfReader, PdfWriter

from core import pdf


@dataclass(frozen=True)
class Leaf:
    """One printed document; ``title`` is its line in the outline."""

    title: str
    content: bytes


def page_count(content: bytes) -> int:
    return len(PdfReader(io.BytesIO(content)).pages)


def bind(leaves: Sequence[Leaf], *, mark: str) -> bytes:
    """The leaves one after the other; ``mark`` stands before the running number at the top of every page."""
    book = PdfWriter()
    for leaf in leaves:
        book.append(io.BytesIO(leaf.content), outline_item=leaf.title)
    sizes = [{"width": float(page.mediabox.width), "height": float(page.mediabox.height)} for page in book.pages]
    marks = PdfReader(io.BytesIO(pdf.render("running_numbers", {"mark": mark, "sizes": sizes})))
    for page, numbered in zip(book.pages, marks.pages, strict=True):
        page.merge_page(numbered)
    written = io.BytesIO()
    book.write(written)
    return written.getvalue()
