"""What a record with states has in common, and how a model declares its steps.

Words: a *record* is in one *state*; a *step* takes it to the next; a *guard* answers why a step may not be taken now;
a *check* answers what is wrong with the data typed for it; an *effect* is what else changes with it (services).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import django_fsm
from django.conf import settings
from django.db import models

from core.access import HeldBy, Role
from core.errors import Reason

Guard = Callable[[Any], Iterable[Reason]]
Check = Callable[[Any, Mapping[str, Any]], Iterable[Reason]]


@dataclass(frozen=True)
class Step:
    """What a page and ``core.transitions`` need to know of a step beyond django-fsm's source and target."""

    label: str
    guards: tuple[Guard, ...] = ()
    checks: tuple[Check, ...] = ()
    needs_reason: bool = False
    reviews: bool = False
    style: str = "primary"
    consequence: str = ""


@dataclass(frozen=True)
class Holder:
    """Who has to act in a state, and the verb for their to-do list.

    Until when: ``window`` is the stage of the task window that bounds it, ``deadline`` the rule set's name for the days
    that count where no window is set.
    """

    roles: tuple[Role, ...]
    verb: str
    deadline: str = ""
    window: str = ""


@dataclass(frozen=True)
class WindowEnd:
    """The last day of a task window for one record; ``extended`` when its unit was given longer than the others."""

    due_on: date
    extended: bool = False


def state_field(states: type[models.TextChoices], verbose_name: str = "状态") -> django_fsm.FSMField:
    return django_fsm.FSMField(
        verbose_name, default=states.values[0], choices=states.choices, protected=True, db_index=True
    )


def state_constraint(states: type[models.TextChoices], *, name: str, field: str = "state") -> models.CheckConstraint:
    """The last line of defence: an unknown state cannot be stored, whoever writes it."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": states.values}),
        name=name,
        violation_error_message="状态不在规定的范围内，请联系系统管理员。",
        violation_error_code="unknown_state",
    )


def step(*, source, target, by: HeldBy, label: str, field: str = "state", **details):
    """Declare a step on a model.

    The method sets fields of its own row only; ``core.transitions.perform`` alone calls it.
    """
    declared = Step(label=label, **details)
    return django_fsm.transition(field=field, source=source, target=target, permission=by, custom={"step": declared})


class WorkflowRecord(django_fsm.FSMModelMixin, models.Model):
    """A row that moves through states. ``revision`` counts its saves, so that a stale page is noticed."""

    state_name = "state"
    holders: Mapping[str, Holder] = {}
    editable_states: frozenset[str] = frozenset()
    editable_by: HeldBy = HeldBy()
    lock_with: tuple[str, ...] = ()

    revision = models.PositiveIntegerField("修订号", default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="创建人", related_name="+", null=True, blank=True
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="报送人", related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    state_since = models.DateTimeField("进入当前状态时间", null=True, blank=True)
    due_on = models.DateField("办理期限", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title()

    @property
    def state_value(self) -> str:
        return getattr(self, self.state_name)

    @property
    def state_label(self) -> str:
        return getattr(self, f"get_{self.state_name}_display")()

    @property
    def holder(self) -> Holder | None:
        return self.holders.get(self.state_value)

    @property
    def author_ids(self) -> frozenset[int]:
        return frozenset({self.created_by_id, self.submitted_by_id} - {None})

    def organisation_for(self, role: Role) -> int | None:
        """The organisation where ``role`` must be held to act on this record; ``None``: anywhere."""
        raise NotImplementedError

    @property
    def addressee_id(self) -> int | None:
        """The one person whose to-do this record is; ``None``: everybody who holds the role."""
        return

    def title(self) -> str:
        """How sentences and lists name this record, e.g. 「农村公路养护」2026年度绩效目标."""
        raise NotImplementedError

    def opens_files_to(self, user) -> bool:
        """Whether a person who may see this record may also open the files bound to it."""
        return True

    def thread(self) -> str:
        """The project-year (or round) to-dos of this record belong to, e.g. ``projectyear:12``."""
        raise NotImplementedError

    def rulebook(self):
        """The parsed rule set in force for this record."""
        raise NotImplementedError

    def deadline_for(self, holder: Holder):
        """A date fixed on the record itself, such as a correction order's; ``None``: the rule set's days count."""
        return

    @classmethod
    def window_ends(cls, records: Sequence["WorkflowRecord"]) -> list[WindowEnd | None]:
        """For each record the end of the task window its holder names; ``None`` where no window is set."""
        return [None] * len(records)

    def window_end(self) -> WindowEnd | None:
        return type(self).window_ends([self])[0]

    def longer_url(self, user) -> str:
        """Where the person asks for more time once the time limit is near or past; empty where nobody can."""
        return ""

    def facts(self) -> dict[str, Any]:
        """What a to-do shows beside the title: ``year`` (int), ``amount_yuan`` (Decimal), ``subtitle`` (str).

        ``url`` (str) leads elsewhere than to the record's own page.
        """
        return {}


class TwoHandReview(models.Model):
    """For records that finance reviews in one state but two hands: the business section's opinion, then the others'."""

    two_hands_in = "fiscal_reviewing"

    business_opinion = models.TextField("业务股室初审意见", blank=True)

    class Meta:
        abstract = True

    @property
    def holder(self) -> Holder | None:
        holder = super().holder
        if self.state_value != self.two_hands_in:
            return holder
        return replace(holder, roles=(Role.FISCAL_PERFORMANCE if self.business_opinion else Role.FISCAL_BUSINESS,))


def workflow_models() -> dict[str, type[WorkflowRecord]]:
    """Every model with states, by its label such as ``targets.targetdeclaration``."""
    return {model._meta.label_lower: model for model in _concrete(WorkflowRecord)}


def _concrete(base: type) -> Iterator[type[WorkflowRecord]]:
    for model in base.__subclasses__():
        if model._meta.abstract:
            yield from _concrete(model)
        else:
            yield model
