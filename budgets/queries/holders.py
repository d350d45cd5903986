"""Who has a project-year on their desk: the to-dos of its thread, with the person's name where there is only one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from core.models import RoleAssignment, ToDo

WITHIN_THE_BUREAU = "县财政局"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One open to-do. ``who`` is a person's name, or the role when several people share it."""

    who: str
    role: str
    organisation: str
    phone: str
    kind: str
    verb: str
    state_label: str
    url: str
    since: datetime
    due_on: date | None

    def held_days(self, today: date) -> int:
        return (today - timezone.localdate(self.since)).days


def desks_of(threads: Sequence[str]) -> dict[str, list[Desk]]:
    """The open to-dos of each thread, the nearest deadline first; two queries for any number of threads."""
    todos = list(ToDo.objects.filter(thread__in=threads).select_related("organisation", "person"))
    people = _people(todos)
    found: dict[str, list[Desk]] = defaultdict(list)
    for todo in todos:
        found[todo.thread].append(_desk(todo, people[todo.role, todo.organisation_id]))
    return found


def _people(todos: Iterable[ToDo]) -> dict[tuple[str, int | None], list[RoleAssignment]]:
    wanted = {(todo.role, todo.organisation_id) for todo in todos}
    people: dict[tuple[str, int | None], list[RoleAssignment]] = defaultdict(list)
    held = RoleAssignment.objects.filter(role__in={role for role, _ in wanted}, user__is_active=True)
    for assignment in held.select_related("user", "organisation"):
        people[assignment.role, assignment.organisation_id].append(assignment)
        people[assignment.role, None].append(assignment)
    return people


def _desk(todo: ToDo, people: list[RoleAssignment]) -> Desk:
    """A to-do for one person is at that person's own organisation."""
    if todo.person:
        people = [held for held in people if held.user_id == todo.person_id]
    place = todo.organisation or (people[0].organisation if todo.person and people else None)
    only = todo.person or (people[0].user if len(people) == 1 else None)
    return Desk(
        who=only.name if only else todo.get_role_display(), role=todo.role, phone=only.phone if only else "",
        organisation=place.name if place else WITHIN_THE_BUREAU, kind=todo.kind,
        verb=todo.verb, state_label=todo.state_label, url=todo.url, since=todo.since, due_on=todo.due_on,
    )
