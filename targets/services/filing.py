"""Opening and saving a declaration and its lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from budgets.models import ProjectYear
from core import audit, bulk, records
from core.access import Role
from core.errors import Reason, refuse_any
from core.portions import portions
from core.transitions import lock, perform, perform_many
from targets import rules
from targets.models import SETTLED, Indicator, ScheduleItem, TargetDeclaration
from targets.rules import INDICATOR_FIELDS, TEXTS
from targets.services.lines import content_of, write_lines
from targets.services.schedule import write_schedule

State = TargetDeclaration.State
Stage = ProjectYear.Stage


def locked_year(year: ProjectYear) -> ProjectYear:
    """The project-year as it is now, held until the transaction ends: two clicks open one declaration."""
    lock(year)
    return ProjectYear.objects.with_names().get(pk=year.pk)


@transaction.atomic
def open_declaration(
    project_year: ProjectYear, *, by, at: datetime, copy_from: TargetDeclaration | None = None
) -> TargetDeclaration:
    """The draft that the unit fills in, with the texts and indicators of ``copy_from`` when given.

    Raises ``PermissionDenied`` for anybody but the unit's operator, ``RuleViolation`` when the project-year is not at
    this stage or has a declaration already.
    """
    year = locked_year(project_year)
    if not by.holds(Role.UNIT_OPERATOR, year.project.unit_id):
        raise PermissionDenied(f"您没有填报{year.title()}绩效目标的权限。")
    refuse_any(rules.may_be_declared(year, existing=year.target_declarations.exclude(state__in=SETTLED).first()))
    if year.stage == Stage.DRAFTING:
        perform(year, "start_filing", by=by, at=at)
    return create_declaration(year, by=by, at=at, author=by, copy_from=copy_from)


@dataclass(frozen=True)
class Opening:
    """A declaration to be made: of which project-year, with which texts, lines and steps."""

    year: ProjectYear
    texts: Mapping[str, str] = field(default_factory=dict)
    indicators: Sequence[Mapping[str, Any]] = ()
    schedule: Sequence[Mapping[str, Any]] = ()


def create_declaration(
    year: ProjectYear, *, by, at: datetime, author, copy_from: TargetDeclaration | None = None
) -> TargetDeclaration:
    """``create_declarations`` of one, with the texts, lines and schedule of ``copy_from`` when given."""
    opening = Opening(year)
    if copy_from is not None:
        texts = {name: getattr(copy_from, name) for name in TEXTS}
        lines = [content_of(each) for each in copy_from.indicator_list()]
        opening = Opening(year, texts, lines, _schedule_for(year, copy_from))
    return create_declarations([opening], by=by, at=at, author=author, copied_from=copy_from)[0]


@transaction.atomic
def create_declarations(
    openings: Sequence[Opening], *, by, at: datetime, author, copied_from: TargetDeclaration | None = None
) -> list[TargetDeclaration]:
    """The rows with their lines, and the project-years marked as held by them; not asked whether they may be opened.

    ``author`` is who wrote the content, ``None`` when finance takes in a file on the unit's behalf.
    """
    versions = _latest_versions([opening.year for opening in openings])
    made = [
        TargetDeclaration(project_year=opening.year, version=versions.get(opening.year.pk, 0) + 1, **opening.texts)
        for opening in openings
    ]
    records.create_many(made, by=by, at=at, label="建立绩效目标", author=author)
    pairs = list(zip(made, openings, strict=True))
    bulk.insert_values(Indicator, ("declaration_id", "position", *INDICATOR_FIELDS), (
        (declaration.pk, position, *(content[name] for name in INDICATOR_FIELDS))
        for declaration, opening in pairs for position, content in enumerate(opening.indicators, start=1)
    ))
    ScheduleItem.objects.bulk_create(
        ScheduleItem(declaration=declaration, position=position, **step)
        for declaration, opening in pairs for position, step in enumerate(opening.schedule, start=1)
    )
    audit.record_many(
        "targets.targetdeclaration.fill",
        [
            audit.Fact(declaration, after={
                "indicators": len(opening.indicators), "copied_from": copied_from and copied_from.pk, "author": author,
            })
            for declaration, opening in pairs if by != author or opening.indicators
        ],
        by=by, at=at, label="引用目标和指标",
    )
    filing = [each for each in made if each.project_year.stage in (Stage.DRAFTING, Stage.TARGET_FILING)]
    perform_many([each.project_year for each in filing], "begin_filing", by=by, at=at, causes=filing)
    return made


def _latest_versions(years: Sequence[ProjectYear]) -> dict[int, int]:
    return {
        year: version
        for some in portions(years)
        for year, version in TargetDeclaration.objects.filter(project_year__in=some)
        .order_by().values_list("project_year").annotate(models.Max("version"))
    }


@dataclass(frozen=True)
class Filling:
    """What a declaration is to say; a list that is ``None`` stays as it is. ``seen`` is the revision on screen."""

    declaration: TargetDeclaration
    texts: Mapping[str, Any]
    indicators: Sequence[Mapping[str, Any]] | None = None
    schedule: Sequence[Mapping[str, Any]] | None = None
    seen: int | None = None

    def edit(self) -> records.Edit:
        return records.Edit(self.declaration, self.texts, self.seen)


def save_declaration(
    declaration: TargetDeclaration, *, by, at: datetime, changes: Mapping[str, Any],
    indicators: Sequence[Mapping[str, Any]] | None = None, schedule: Sequence[Mapping[str, Any]] | None = None,
    seen: int | None = None,
) -> TargetDeclaration:
    """Save texts and, unless ``None``, the whole list of indicators and the steps of the schedule in their order.

    Raises as ``records.save_draft`` and ``write_schedule`` do, and ``RuleViolation`` for a change of what a return has
    not opened.
    """
    return save_declarations([Filling(declaration, changes, indicators, schedule, seen)], by=by, at=at)[0]


@transaction.atomic
def save_declarations(fillings: Sequence[Filling], *, by, at: datetime) -> list[TargetDeclaration]:
    """``save_declaration`` of different declarations, all or none of them, written together."""
    partly_open = [filling for filling in fillings if filling.declaration.opened]
    if partly_open:
        rows = records.open_drafts([filling.edit() for filling in partly_open], by=by)
        for some in portions(rows):
            models.prefetch_related_objects(some, "indicators", "schedule", "project_year__lines")
        refuse_any(
            reason for row, filling in zip(rows, partly_open, strict=True)
            for reason in _closed_places_touched(row, filling.texts, filling.indicators, filling.schedule)
        )

    def write(rows: Sequence[TargetDeclaration]) -> list[dict[str, Any]]:
        pairs = list(zip(rows, fillings, strict=True))
        lines = write_lines([(row, filling.indicators) for row, filling in pairs if filling.indicators is not None])
        return [
            lines.get(row.pk, {}) | (write_schedule(row, filling.schedule) if filling.schedule is not None else {})
            for row, filling in pairs
        ]

    return records.save_drafts([filling.edit() for filling in fillings], by=by, at=at, also=write)


def _closed_places_touched(
    row: TargetDeclaration, changes: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]] | None,
    schedule: Sequence[Mapping[str, Any]] | None,
) -> Iterator[Reason]:
    before = rules.content(row)
    after = before | {name: rules.plain_text(text) for name, text in changes.items() if name in TEXTS}
    if indicators is not None:
        after["indicators"] = [rules.line_content(each) for each in indicators]
    if schedule is not None:
        after[rules.SCHEDULE] = rules.steps_content(schedule)
    return rules.closed_places_kept(row, row.opened, before=before, after=after)


def copy_into(
    declaration: TargetDeclaration, source: TargetDeclaration, *, by, at: datetime, seen: int | None = None
) -> TargetDeclaration:
    """Replace the draft's texts, indicators and schedule by those of ``source``, the schedule moved to its year.

    Raises as ``save_declaration`` does.
    """
    return save_declaration(
        declaration, by=by, at=at, seen=seen, changes={name: getattr(source, name) for name in TEXTS},
        indicators=[content_of(each) for each in source.indicator_list()],
        schedule=_schedule_for(declaration.project_year, source),
    )


def _schedule_for(year: ProjectYear, source: TargetDeclaration) -> list[dict[str, Any]]:
    return rules.moved_to(source.step_list(), years=year.fiscal_year_id - source.project_year.fiscal_year_id)


@transaction.atomic
def record_actuals(declaration: TargetDeclaration, *, actuals: Mapping[int, str], by, at: datetime) -> int:
    """Keep what each indicator (by id) reached, in words such as ``86.2%``, for next year's form.

    Returns how many changed.
    """
    changed = []
    for each in declaration.indicators.filter(pk__in=actuals):
        if each.actual_shown != actuals[each.pk]:
            each.actual_shown = actuals[each.pk]
            changed.append(each)
    bulk.update(changed, ["actual_shown"])
    if changed:
        audit.record(
            "targets.indicator.actual", declaration, by=by, at=at, label="登记指标完成值",
            after={each.name: each.actual_shown for each in changed},
        )
    return len(changed)
