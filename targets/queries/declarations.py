"""Lists of declarations and the panel on a project-year."""

from decimal import Decimal

from django.db import models

from budgets.models import ProjectYear
from core.access import Role
from core.models import ToDo
from targets import rules
from targets.models import SETTLED, TargetDeclaration

State = TargetDeclaration.State
LABEL = TargetDeclaration._meta.label_lower
NAMES = (
    "project_year__project__unit", "project_year__project__department__fiscal_section",
    "project_year__fiscal_year__ruleset",
)
ZERO = Decimal("0.00")


def declarations_for(user) -> models.QuerySet[TargetDeclaration]:
    """What the person may see, with everything its title and rule set need."""
    return TargetDeclaration.objects.visible_to(user).select_related(*NAMES)


def state_counts(rows: models.QuerySet[TargetDeclaration]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(models.Count("pk")))


def startable(user) -> models.QuerySet[ProjectYear]:
    """The project-years whose targets the person may begin to fill in now, each with ``has_last_year``."""
    units = [organisation for role, organisation in user.held_roles if role == Role.UNIT_OPERATOR]
    open_ones = TargetDeclaration.objects.exclude(state__in=SETTLED).values("project_year")
    last_year = TargetDeclaration.objects.filter(
        project_year__project=models.OuterRef("project"), state=State.APPROVED,
        project_year__fiscal_year=models.OuterRef("fiscal_year") - 1,
    )
    return ProjectYear.objects.visible_to(user).with_names().filter(
        project__unit__in=units, stage__in=("drafting", "target_filing"), fiscal_year__is_open=True
    ).exclude(pk__in=open_ones).annotate(has_last_year=models.Exists(last_year))


def plain(value: Decimal) -> str:
    """A weight without needless zeros."""
    return f"{value.quantize(Decimal(1))}" if value == value.to_integral_value() else f"{value.normalize():f}"


def short_of(label: str) -> str:
    return label.removesuffix("指标")


def held_by(user) -> list[int]:
    """Every declaration that waits for this person, drafts included."""
    return list(ToDo.objects.addressed_to(user).filter(model=LABEL).values_list("object_id", flat=True).distinct())


def may_ask_to_adjust(declaration: TargetDeclaration, user) -> bool:
    """Whether to offer an adjustment; the service says why not when it is too late for one."""
    year = declaration.project_year
    return (
        declaration.state == State.APPROVED and year.stage in rules.EXECUTING_STAGES
        and user.holds(Role.UNIT_OPERATOR, year.project.unit_id)
    )
