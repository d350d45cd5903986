"""Ex-ante assessments as their list, page and panel show them."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from budgets import rules
from budgets.models import ExAnteAssessment, ExAnteExemption, ExAnteReview, ProjectYear
from budgets.rules import PANEL_ROLES
from core.access import Role
from core.attachments import attachments_of
from core.models import RoleAssignment, User
from core.money import wan_text
from core.rulebook.parts import Dimension

TEXTS = ("background", "content", "goal_text", "fund_structure", "plan", "risks")


def assessments(user, *, year: int | None = None) -> QuerySet[ExAnteAssessment]:
    rows = ExAnteAssessment.objects.visible_to(user).select_related(
        "project_year__project__unit", "project_year__project__department__fiscal_section",
        "project_year__fiscal_year__ruleset",
    )
    return rows.filter(project_year__fiscal_year=year) if year else rows


def state_counts(rows: QuerySet[ExAnteAssessment]) -> dict[str, int]:
    return dict(rows.order_by().values_list("state").annotate(Count("pk")))


def texts_of(assessment: ExAnteAssessment) -> list[dict[str, str]]:
    return [
        {"label": assessment._meta.get_field(name).verbose_name, "text": getattr(assessment, name)} for name in TEXTS
    ]


def candidates(assessment: ExAnteAssessment) -> QuerySet[User]:
    """Whom the rules let onto the panel: experts, then third parties, without a post at the unit or its department."""
    experts = RoleAssignment.objects.filter(user=OuterRef("pk"), role=Role.EXPERT)
    project = assessment.project_year.project
    at_home = RoleAssignment.objects.filter(organisation__in=(project.unit_id, project.department_id))
    people = User.objects.filter(is_active=True, role_assignments__role__in=PANEL_ROLES)
    return people.exclude(pk__in=at_home.values("user")).exclude(
        pk__in=assessment.author_ids | assessment.seated_ids()
    ).distinct().annotate(is_expert=Exists(experts)).order_by("-is_expert", "name", "pk").prefetch_related(
        "role_assignments__organisation"
    )


def checklist_of(assessment: ExAnteAssessment) -> list[dict[str, Any]]:
    """Every material asked for, with the names of the files that were handed in for it."""
    handed_in: dict[str, list[str]] = defaultdict(list)
    for kind, name in attachments_of(assessment).values_list("kind", "name"):
        handed_in[kind].append(name)
    return [
        {"name": name, "required": required, "files": handed_in.get(name, [])}
        for name, required in assessment.material_names().items()
    ]


def panel_of(assessment: ExAnteAssessment) -> list[dict[str, Any]]:
    """Who sits on the panel of the present attempt and how far they are, without any score."""
    sheets = assessment.panel().select_related("reviewer").prefetch_related(
        "reviewer__role_assignments__organisation"
    )
    return [
        {"review": sheet, "name": str(sheet.reviewer), "place": _place_of(sheet),
         "capacity": sheet.get_capacity_display(), "state": sheet.get_state_display(),
         "signed_at": sheet.signed_at, "statement": sheet.statement}
        for sheet in sheets
    ]


def unfinished_sheets(assessment: ExAnteAssessment) -> QuerySet[ExAnteReview]:
    states = (ExAnteReview.State.INVITED, ExAnteReview.State.SCORING)
    return assessment.panel().filter(state__in=states).select_related(*ExAnteReview.lock_with, "reviewer")


def lacks_of(assessment: ExAnteAssessment) -> list[str]:
    """What stands against the filing by the unit's leader, for whoever fills in."""
    reasons = [*rules.ex_ante_is_complete(assessment), *rules.materials_are_complete(assessment)]
    return [reason.sentence for reason in reasons]


def _place_of(sheet: ExAnteReview) -> str:
    posts = sheet.reviewer.role_assignments.all()
    return next((post.organisation.name for post in posts if post.role == sheet.capacity), "")


def comparison_of(assessment: ExAnteAssessment) -> dict[str, Any] | None:
    """Every person's points for every item beside their average, highest and lowest; ``None`` before the opening."""
    if assessment.opened_at is None:
        return None
    sheets = list(
        assessment.panel().filter(state=ExAnteReview.State.SUBMITTED)
        .select_related("reviewer").prefetch_related("scores")
    )
    marks, rule = [sheet.marks() for sheet in sheets], assessment.rulebook().ex_ante
    dimensions = [_compared(dimension, marks, rule.item_spread) for dimension in assessment.dimensions()]
    totals = [sum(each.values(), Decimal("0.00")) for each in marks]
    spread = rules.spread_of(totals)
    return {
        "people": [str(sheet.reviewer) for sheet in sheets], "dimensions": dimensions, "totals": totals,
        "spread": spread, "is_wide": rules.is_wide(spread, rule.total_spread), "limit": rule.total_spread,
        "wide_items": sum(row["is_wide"] for dimension in dimensions for row in dimension["rows"]),
        "opinions": [{"name": str(sheet.reviewer), "text": sheet.opinion} for sheet in sheets],
        "score": assessment.score,
    }


def _compared(dimension: Dimension, marks: list[dict[str, Decimal]], limit: Decimal) -> dict[str, Any]:
    rows = []
    for item in dimension.items:
        given = [each[item.name] for each in marks]
        spread = rules.spread_of(given)
        rows.append({
            "name": item.name, "points": item.points, "given": given, "spread": spread,
            "is_wide": rules.is_wide(spread, item.points * limit),
        })
    return {
        "name": dimension.name, "points": sum((item.points for item in dimension.items), Decimal(0)), "rows": rows,
        "score": sum((row["spread"].average for row in rows), Decimal("0.00")),
    }


def sheet_of(review: ExAnteReview) -> list[dict[str, Any]]:
    """One person's grades and points by dimension; items without a grade have none."""
    given = {row.item: row for row in review.scores.all()}
    return [
        {"name": dimension.name,
         "rows": [
             {"name": item.name, "points": item.points, "given": given.get(item.name)} for item in dimension.items
         ]}
        for dimension in review.assessment.dimensions()
    ]


def reviews(user) -> QuerySet[ExAnteReview]:
    return ExAnteReview.objects.visible_to(user).select_related(
        "reviewer", "assessment", "project_year__project__unit", "project_year__project__department__fiscal_section",
        "project_year__fiscal_year__ruleset",
    )


def exemptions(user) -> QuerySet[ExAnteExemption]:
    return ExAnteExemption.objects.visible_to(user).select_related(
        "project_year__project__unit", "project_year__project__department__fiscal_section",
        "project_year__fiscal_year__ruleset",
    )


def figures_of(assessment: ExAnteAssessment) -> list[dict[str, Any]]:
    mark = assessment.rulebook().ex_ante.pass_mark
    applied, suggested, score = assessment.amount_applied_yuan, assessment.amount_suggested_yuan, assessment.score
    return [
        {"label": "申请金额", "value": _wan(applied), "unit": "万元" if applied is not None else "",
         "note": f"第 {assessment.version} 版"},
        {"label": "评估得分", "value": "—" if score is None else f"{score:.2f}", "unit": "分" if score is not None else "",
         "note": f"通过线 {mark} 分"},
        {"label": "总体结论", "value": assessment.get_conclusion_display() or "—", "note": ""},
        {"label": "建议安排", "value": _wan(suggested), "unit": "万元" if suggested is not None else "", "note": ""},
    ]


def _wan(amount: Decimal | None) -> str:
    return "—" if amount is None else wan_text(amount)


def panel(year: ProjectYear, user) -> dict[str, Any] | None:
    """For the project-year's page: the assessment with its scores, and how a duty to assess was or can be met.

    ``None`` where no assessment is needed and none was made.
    """
    assessment = year.ex_ante_assessments.order_by("-version").first()
    asked = list(year.ex_ante_exemptions.all())
    open_duty = year.stage == ProjectYear.Stage.DRAFTING and any(rules.ex_ante_is_settled(year))
    if assessment is None and not asked and not open_duty:
        return None
    found: dict[str, Any] = {
        "exemptions": asked,
        "duty": next((str(reason) for reason in rules.ex_ante_is_settled(year)), "") if open_duty else "",
        "may_ask": open_duty and year.editable_by(year, user) and not any(each.state == "applied" for each in asked),
        "year": year,
    }
    if assessment is None:
        return found
    assessment.project_year = year
    return found | {
        "assessment": assessment, "texts": texts_of(assessment), "comparison": comparison_of(assessment),
        "figs": figures_of(assessment), "page_url": assessment.get_absolute_url(),
    }
