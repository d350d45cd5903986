"""The official forms there are: each app registers its own, so that one page offers, prints and bundles all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import methodcaller
from typing import Any

from django.db.models import Model, QuerySet

from core.models import RuleSet
from core.official.document import FormDocument
from core.rulebook import Rulebook, preset
from core.ruleset_versions import rulebook_of

DEFAULT_PRESET = "mof-2021-cost"


@dataclass(frozen=True, kw_only=True)
class Filing:
    """Where a kind of form stands in the file of a project-year: under which ``part`` of the year, at which ``place``.

    ``within(rows, number)`` narrows the rows of its model to those handed in for the project-year of that number;
    ``note(record)`` tells one form of the kind from another.
    """

    part: str
    place: int
    within: Callable[[QuerySet, int], QuerySet]
    note: Callable[[Any], str] = lambda record: ""


@dataclass(frozen=True, kw_only=True)
class FormKind:
    """``find(user, pk, year)`` gives the record as far as the person may see it and raises ObjectDoesNotExist else;
    ``year`` counts only for a department's. ``document(record, rulebook)`` is the form without the time of printing;
    without a record it is the empty form. ``rulebook(record)`` is the rule set the record follows, ``subject(record)``
    tells the form apart from others in a file name. ``model`` is the record's, ``None`` for a department in a year,
    which has no row of its own. ``filing`` is missing for forms that do not belong to one project.
    """

    name: str
    title: str
    order: int
    document: Callable[[Any | None, Rulebook], FormDocument]
    find: Callable[[Any, int, int | None], Any]
    subject: Callable[[Any], str]
    rulebook: Callable[[Any], Rulebook] = methodcaller("rulebook")
    model: type[Model] | None = None
    filing: Filing | None = None

    def empty(self) -> FormDocument:
        return self.document(None, newest_rulebook())

    def filled(self, record: Any) -> FormDocument:
        return self.document(record, self.rulebook(record))

    def file_stem(self, record: Any | None) -> str:
        return f"{self.title}-{self.subject(record)}" if record is not None else f"{self.title}（空表）"


_kinds: dict[str, FormKind] = {}


def register(kind: FormKind) -> None:
    _kinds[kind.name] = kind


def registered() -> list[FormKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def kind_named(name: str) -> FormKind | None:
    return _kinds.get(name)


def newest_rulebook() -> Rulebook:
    """The rule set that empty forms follow: the newest in use, the preset of the ministry before there is one."""
    newest = RuleSet.objects.order_by("-fiscal_year", "-version").first()
    return rulebook_of(newest) if newest else Rulebook.from_data(preset(DEFAULT_PRESET))


def visible_row(
    model: type[Model], *related: str, many: Iterable[str] = ()
) -> Callable[[Any, int, int | None], Any]:
    """A ``find`` for rows with ``visible_to``; ``related`` are joined, ``many`` read beside them.

    Raises ObjectDoesNotExist for what the person may not see.
    """
    def find(user: Any, pk: int, year: int | None = None) -> Any:
        return model.objects.visible_to(user).select_related(*related).prefetch_related(*many).get(pk=pk)
    return find


def handed_in(path: str = "project_year", *, unless: Iterable[str] = ()) -> Callable[[QuerySet, int], QuerySet]:
    """A ``within`` for rows that ``path`` leads from to their project-year, left out in the states ``unless``."""
    states = frozenset(unless)

    def within(rows: QuerySet, project_year: int) -> QuerySet:
        found = rows.filter(**{path: project_year}).order_by("pk")
        return found.exclude(state__in=states) if states else found
    return within


def subject_of_record(record: Any) -> str:
    facts = record.facts()
    return f"{facts['year']}年度{facts['subject']}"


