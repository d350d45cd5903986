"""The panels of the project-year's page that budgets itself has: overview, payments, log."""

from typing import Any

from django.urls import reverse

from budgets.models import ProjectYear
from budgets.queries.projects import spending_total
from core.trail import trail_of

PAYMENTS = 100
ENTRIES = 200


def overview(year: ProjectYear, user) -> dict[str, Any]:
    project = year.project
    facts = [
        ("项目编码", project.code), ("项目类别", project.get_kind_display()), ("项目属性", project.get_attribute_display()),
        ("项目类型", project.get_duration_type_display()), ("项目级次", project.get_level_display()),
        ("资金性质", project.get_fund_type_display()), ("所属领域", project.sector),
        ("“三保”支出", "是" if project.is_protected else "否"), ("项目期", f"{project.starts_on} 至 {project.ends_on}"),
        ("项目负责人", f"{project.owner_name} {project.owner_phone}".strip()),
        ("批复文号", year.approval_document), ("免予事前评估的依据", year.ex_ante_exemption),
    ]
    lines = list(year.lines.all())
    return {
        "facts": [{"label": label, "text": text} for label, text in facts if text],
        "lines": [
            {"source": line.get_source_display(), "requested_yuan": line.requested_yuan,
             "initial_yuan": line.initial_yuan}
            for line in lines
        ],
        "requested_yuan": year.requested_yuan, "initial_yuan": year.initial_yuan,
    }


def spending(year: ProjectYear, user) -> dict[str, Any] | None:
    """Payments, newest first, and adjustments; ``None`` before approval."""
    adjustments = list(year.adjustments.select_related("recorded_by"))
    payments = list(year.spendings.order_by("-paid_on", "-pk")[:PAYMENTS])
    if year.approved_on is None and not payments and not adjustments:
        return None
    return {
        "payments": payments, "total": spending_total(year.spendings.all()), "adjustments": adjustments,
        "shown": PAYMENTS, "list_url": reverse("budgets:spendings", args=[year.pk]),
    }


def log(year: ProjectYear, user) -> dict[str, Any]:
    return {"entries": list(trail_of(year.thread(), user)[:ENTRIES])}
