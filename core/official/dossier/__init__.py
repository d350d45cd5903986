"""The whole file of one project-year as one PDF: cover with contents, every form handed in, decisions, files, trail.

Only what the person who asks may see goes in: rows by ``visible_to``, the trail by ``core.trail``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import RuleViolation
from core.official.bundle import typeset
from core.official.document import FormDocument
from core.official.dossier import papers
from core.official.dossier.papers import Listed, Matter
from core.official.kinds import FormKind, registered

__all__ = ["Matter", "Sheet", "assemble", "forms_handed_in", "sheet_of"]


@dataclass(frozen=True)
class Sheet:
    """A form on paper. One that could not be printed has no content, and ``trouble`` tells why."""

    part: str
    title: str
    note: str
    content: bytes = b""
    trouble: str = ""


def forms_handed_in(project_year: int, user) -> list[tuple[FormKind, int]]:
    """The forms of a project-year that the person may see, by kind and number, in the order of the year."""
    kinds = sorted((kind for kind in registered() if kind.filing), key=lambda kind: kind.filing.place)
    return [
        (kind, number)
        for kind in kinds
        for number in kind.filing.within(kind.model.objects.visible_to(user), project_year)
        .values_list("pk", flat=True)
    ]


def sheet_of(kind: FormKind, number: int, user, *, at: datetime) -> Sheet:
    """Raises ObjectDoesNotExist as ``FormKind.find`` does."""
    record = kind.find(user, number, None)
    form = kind.filled(record)
    period = form.year_label.strip("（）").partition("年度")[2].strip()
    note = "，".join(filter(None, (period, kind.filing.note(record), form.version)))
    try:
        content = typeset(replace(form, printed_at=at))
    except RuleViolation as refusal:
        return Sheet(kind.filing.part, form.title, note, trouble=str(refusal))
    return Sheet(kind.filing.part, form.title, note, content)


def assemble(matter: Matter, sheets: Sequence[Sheet], *, by, at: datetime) -> bytes:
    """The bound file. The cover is printed twice: its own length decides on which page the first form begins."""
    from core.pdf.binding import Leaf, bind, page_count  # loaded at the first print, as the engines are

    forms = [sheet for sheet in sheets if sheet.content]
    more = [_appendix(paper, at) for paper in papers.appendices(matter)]
    inside = [*forms, *more]
    lengths = [page_count(sheet.content) for sheet in inside]
    missing = [f"《{sheet.title}》（{sheet.note}）没有打印：{sheet.trouble}" for sheet in sheets if sheet.trouble]

    def cover(first: int) -> bytes:
        listed = list(_listed(inside, lengths, first))
        return typeset(replace(papers.cover(matter, listed, missing, by=by), printed_at=at))

    start = page_count(cover(1)) + 1
    leaves = [Leaf("封面和目录", cover(start)), *(Leaf(f"{each.title}（{each.note}）", each.content) for each in inside)]
    return bind(leaves, mark=f"{matter.name}{matter.year}年度项目档案")


def _appendix(paper: FormDocument, at: datetime) -> Sheet:
    return Sheet(papers.APPENDIX, paper.title, paper.money_unit_line, typeset(replace(paper, printed_at=at)))


def _listed(sheets: Sequence[Sheet], lengths: Sequence[int], first: int) -> Iterator[Listed]:
    for sheet, pages in zip(sheets, lengths, strict=True):
        yield Listed(sheet.part, sheet.title, sheet.note, pages, first)
        first += pages
