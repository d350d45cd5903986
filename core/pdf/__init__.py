"""The one door to paper: every printed document is one template in templates/pdf, and its suffix names the engine.

`.html` is laid out by xhtml2pdf (official forms of one to three pages), `.typ` by typst (long tables). The engines are
loaded at the first print: they take a second that no other process should spend.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from django.conf import settings

from core.errors import Reason, RuleViolation
from core.pdf.fonts import covered_characters

ENGINES = {".html": "core.pdf.html_engine", ".typ": "core.pdf.typst_engine"}
EXCERPT = 6
NO_GLYPH = "〓"


def render(document: str, data: Mapping[str, object]) -> bytes:
    """A PDF of the template of that name filled with `data`, which is plain text, figures, lists and mappings.

    Safe to call from several threads; reads nothing from the network.
    Raises: RuleViolation `pdf_glyph_missing` for a character without a glyph, `pdf_font_missing` for a missing font;
    LookupError for a document without a template; RuntimeError for anything an engine would only have warned about.
    """
    template = template_of(document)
    title = str(data.get("title", document))
    check_glyphs((("内容", text) for text in _texts(data)), title=title)
    return import_module(ENGINES[template.suffix]).render(template, data)


def template_of(document: str) -> Path:
    """The one template of a document. Raises LookupError when there is none."""
    folder = settings.BASE_DIR / "templates" / "pdf"
    found = next((path for suffix in ENGINES if (path := folder / f"{document}{suffix}").is_file()), None)
    if found is None:
        raise LookupError(f"打印文件“{document}”在 {folder} 里没有模板，请补上 .html 或 .typ 模板。")
    return found


def check_glyphs(texts: Iterable[tuple[str, str]], *, title: str) -> None:
    """Refuse what the fonts cannot print. `texts` are pairs of the place, in words, and what stands there.

    Raises: RuleViolation `pdf_glyph_missing` with one sentence for each place and character.
    """
    covered = covered_characters(settings.PDF_FONT_DIR)
    reasons = [
        Reason("pdf_glyph_missing", _glyph_sentence(title, place, text, character))
        for place, text in texts
        for character in sorted(set(text) - covered)
    ]
    if reasons:
        raise RuleViolation(reasons)


def printable(text: str) -> str:
    """The text with 〓 for every character that the fonts cannot print: for what nobody can correct any more."""
    covered = covered_characters(settings.PDF_FONT_DIR)
    return "".join(character if character in covered else NO_GLYPH for character in text)


def _glyph_sentence(title: str, place: str, text: str, character: str) -> str:
    at = text.index(character)
    excerpt = text[max(0, at - EXCERPT):at + EXCERPT + 1].replace("\n", " ")
    return (f"《{title}》的{place}“{excerpt}”里的“{character}”（U+{ord(character):04X}）在打印字体中没有字形，"
            "请改用同义的常用字或符号后再打印。")


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, Iterable):
        for value in data:
            yield from _texts(value)
