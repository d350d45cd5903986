"""Which records can be filled in from a form: each app registers its own."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from core.official.filled import FilledForm, PaperKind
from core.official.intake.plans import Plan
from core.official.reading import read_form_of_book
from core.official.reading.source import Source
from core.sheets import Book, read_book
from core.workflow import WorkflowRecord


@dataclass(frozen=True)
class Paper:
    """A filled form, and the file or the sheet it stands in."""

    form: FilledForm
    book: Book

    @classmethod
    def read(cls, content: bytes, *, name: str) -> "Paper":
        """The first form of a file. Raises as ``read_all`` does."""
        return cls.read_all(content, name=name)[0]

    @classmethod
    def read_all(cls, content: bytes, *, name: str) -> list["Paper"]:
        """Every form of a file: a workbook may hold one on each sheet.

        Raises RuleViolation for a file that cannot be opened and one that holds no official form.
        """
        book = read_book(content, name=name)
        first = cls(read_form_of_book(book), book)
        others = [grid for grid in book.grids if grid.name in first.form.other_forms]
        sheets = [replace(book, grids=[grid]) for grid in others]
        return [first, *(cls(read_form_of_book(sheet), sheet) for sheet in sheets)]

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Where the words of the file say this."""
        for line in Source(self.book.grids).prose():
            yield from pattern.finditer(line)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """``plan(record, paper)`` says what the form would change, ``save(record, data, by=, at=, seen=)`` does it.

    ``drafts(user, form)`` are the drafts of this kind that the form names, as far as the person may see them. ``guide``
    tells what is taken from where: heading of the form and what becomes of it.
    """

    paper: PaperKind
    model: type[WorkflowRecord]
    plan: Callable[[Any, Paper], Plan]
    save: Callable[..., WorkflowRecord]
    drafts: Callable[[Any, FilledForm], QuerySet]
    guide: tuple[tuple[str, str], ...]


_intakes: dict[str, Intake] = {}


def register(intake: Intake) -> None:
    _intakes[intake.model._meta.label_lower] = intake


def intake_for(label: str) -> Intake | None:
    """The intake for the records of a model such as ``targets.targetdeclaration``."""
    return _intakes.get(label)


def drafts_named(model: type[WorkflowRecord]) -> Callable[[Any, FilledForm], QuerySet]:
    """The drafts of a record of one project-year by the project and year that a form names."""
    def drafts(user: Any, form: FilledForm) -> QuerySet:
        project = Q(project_year__project__code=form.code.text) if form.code else Q(
            project_year__project__name=form.project.text
        )
        return model.objects.visible_to(user).filter(
            project, project_year__fiscal_year=form.year, state__in=model.editable_states
        )
    return drafts


def fillable_from(form: FilledForm, user: Any) -> list[WorkflowRecord]:
    """The drafts that the form is about and the person may fill in."""
    intake = next((each for each in _intakes.values() if each.paper is form.kind), None)
    if intake is None or form.year is None or not (form.code or form.project):
        return []
    rows = intake.drafts(user, form).select_related(*intake.model.lock_with)
    return [row for row in rows if row.editable_by(row, user)]
