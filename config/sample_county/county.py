"""What every stage of the loader needs: the story, the people in their posts, the project-years, the time of day."""

import io
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
from django.utils import timezone

from budgets.models import ProjectYear
from config.sample_county.story import Case, Line, Story, lines_of
from core.access import Role
from core.imports import staging
from core.models import Organisation, RoleAssignment, User
from core.sheets import read_workbook
from core.transitions import perform
from core.workflow import WorkflowRecord

PASSWORD = "anlan-2026-demo"
MORNING = time(9)
BETWEEN_TWO = timedelta(minutes=2)
GRACE = timedelta(days=7)
LATELY = timedelta(days=2)
ONE_LATE_IN = 5
Records = dict[Case, WorkflowRecord]


class County:
    """``only`` names the project codes to load, ``None`` loads all of them; ``say`` takes a line of progress."""

    def __init__(
        self, folder: Path, *, now: datetime, only: Iterable[str] | None = None,
        say: Callable[[str], None] = lambda line: None,
    ):
        self.folder = folder
        self.now = now
        self.only = None if only is None else frozenset(only)
        self.say = say
        self.story = Story((folder / "story.xlsx").read_bytes(), only=self.only)

    # --- time ---------------------------------------------------------------------------------------------

    def moment(self, day: str | date, place: int = 0) -> datetime:
        """The working day's ``place``-th moment, never later than now, so that nothing has happened in the future."""
        planned = datetime.combine(self.day(day), MORNING, tzinfo=timezone.get_default_timezone())
        return min(planned + place * BETWEEN_TWO, self.now)

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def still_open(self, day: str | date) -> date:
        """The end of what the county is in the middle of: at least a week from today, whenever it is loaded."""
        return max(self.day(day), self.today + GRACE)

    @staticmethod
    def day(day: str | date) -> date:
        return date.fromisoformat(day) if isinstance(day, str) else day

    # --- people -------------------------------------------------------------------------------------------

    @cached_property
    def people(self) -> dict[str, User]:
        return {user.username: user for user in User.objects.prefetch_related("role_assignments")}

    @cached_property
    def posts(self) -> dict[tuple[str, int], User]:
        """Role and organisation to the first person who holds it there."""
        found: dict[tuple[str, int], User] = {}
        for held in RoleAssignment.objects.select_related("user").order_by("pk"):
            found.setdefault((held.role, held.organisation_id), self.people[held.user.username])
        return found

    def holder(self, role: Role) -> User:
        """The person of a role that is held at one place of the county."""
        return next(user for (held, _), user in self.posts.items() if held == role)

    def operator(self, case: Case) -> User:
        return self.people[case.operator]

    def unit_leader(self, case: Case) -> User:
        return self.posts[Role.UNIT_LEADER, self.years[case.key].project.unit_id]

    def department_reviewer(self, case: Case) -> User:
        return self.people[case.department_reviewer]

    def department_leader(self, case: Case) -> User:
        return self.posts[Role.DEPT_LEADER, self.years[case.key].project.department_id]

    def section_reviewer(self, case: Case) -> User:
        return self.people[case.section_reviewer]

    def performance(self, case: Case | None = None) -> User:
        return self.holder(Role.FISCAL_PERFORMANCE)

    def budget(self, case: Case | None = None) -> User:
        return self.holder(Role.FISCAL_BUDGET)

    @cached_property
    def organisations(self) -> dict[str, Organisation]:
        return {row.code: row for row in Organisation.objects.all()}

    # --- projects -----------------------------------------------------------------------------------------

    @cached_property
    def years(self) -> dict[tuple[int, str], ProjectYear]:
        """By year and project code, as they were when first asked for: good for names and keys, not for states."""
        return {(row.fiscal_year_id, row.project.code): row for row in ProjectYear.objects.with_names()}

    def forget_years(self) -> None:
        """Read the project-years afresh when next asked for."""
        self.__dict__.pop("years", None)

    # --- doing --------------------------------------------------------------------------------------------

    def take(
        self, records: Records, step: str, *, day: str, by: Callable[[Case], User], cases: Iterable[Case] | None = None,
        reason: Callable[[Case], str] = lambda case: "", data: Callable[[Case], Mapping[str, Any]] = lambda case: {},
        waiting: Collection[Case] = (),
    ) -> None:
        """Take ``step`` on the records of ``cases`` (all of them when left out), one after the other on that day.

        ``waiting`` are the cases that the story leaves where this step brings them, in work that is under way: most of
        them came there lately, so that they are not overdue; one in five has been lying since that day.
        """
        lately = max(self.day(day), self.today - LATELY)
        for place, case in enumerate(list(records) if cases is None else cases):
            in_time = case in waiting and place % ONE_LATE_IN
            records[case] = perform(
                records[case], step, by=by(case), at=self.moment(lately if in_time else day, place),
                reason=reason(case), data=data(case),
            )

    def workbook(self, name: str) -> bytes:
        """A workbook of the folder, cut down to the wanted projects if not all are wanted."""
        content = (self.folder / name).read_bytes()
        return content if self.only is None else cut(content, lambda line: line["项目编码"] in self.only)

    def lines(self, name: str, sheet: str) -> list[Line]:
        grids = read_workbook((self.folder / name).read_bytes(), name=name)
        return lines_of(next(grid for grid in grids if grid.name == sheet))

    def take_in(self, kind: str, content: bytes, *, name: str, by: User, day: str | date) -> None:
        """Import a workbook as a person would, unless cutting it down has left nothing in it."""
        if not is_empty(content, name=name):
            staging.import_file(kind, content, name=name, by=by, at=self.moment(day))


def cut(content: bytes, keep: Callable[[Mapping[str, Any]], bool]) -> bytes:
    """The workbook with those rows of every sheet for which ``keep`` (row by heading) is true."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        headings = [cell.value for cell in sheet[1]]
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        kept = [row for row in rows if keep(dict(zip(headings, row, strict=True)))]
        sheet.delete_rows(2, len(rows))
        for row in kept:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def is_empty(content: bytes, *, name: str) -> bool:
    return any(len(grid.rows) < 2 for grid in read_workbook(content, name=name))
