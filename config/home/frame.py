"""The frame of every page: navigation by role, the year switch, and what waits for the person."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from budgets.models import FiscalYear
from core.access import Role
from core.imports import import_kinds
from core.models import Job, Notice, ToDo

MENU = (
    (
        ("home", "工作台", "house", ""),
        ("budgets:projects", "项目", "table", ""),
    ),
    (
        ("budgets:ex_antes", "事前评估", "journal-check", "budgets.exanteassessment"),
        ("targets:declarations", "绩效目标", "bullseye", "targets.targetdeclaration"),
        ("monitoring:rounds", "双监控", "activity", "monitoring.progressreport"),
        ("monitoring:alerts", "监控预警", "exclamation-triangle", "monitoring.alert"),
        ("evaluation:self_evaluations", "绩效自评", "clipboard-check", "evaluation.selfevaluation"),
        ("evaluation:evaluations", "绩效评价", "clipboard-data", "evaluation.evaluation"),
        ("evaluation:rectifications", "反馈整改", "tools", "evaluation.rectification"),
        ("evaluation:results", "结果应用", "diagram-3", ""),
        ("budgets:allocations", "预算安排", "cash-stack", "budgets.allocationround"),
        ("evaluation:disclosures", "信息公开", "megaphone", ""),
    ),
)
THIRD_PARTY_MENU = (
    (
        ("home", "工作台", "house", ""),
        ("evaluation:evaluations", "我的评价任务", "clipboard-data", "evaluation.evaluation"),
        ("budgets:projects", "被评价项目", "table", ""),
    ),
)
EXPERT_MENU = (
    (
        ("home", "工作台", "house", ""),
        ("budgets:ex_antes", "事前评估", "journal-check", "budgets.exantereview"),
        ("budgets:projects", "被评估项目", "table", ""),
    ),
)
TOOLS = (
    ("budgets:windows", "办理期限", "calendar3", ""),
    ("targets:library", "指标库", "collection", "targets.libraryindicator"),
    ("check_form", "表格体检", "clipboard-pulse", ""),
    ("official_forms", "正式表格", "file-earmark-text", ""),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; worked out only when a page prints it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"shell": SimpleLazyObject(lambda: _frame(request, user))}


def chosen_year(request: HttpRequest) -> int | None:
    """The year of the switch: the address decides for this page, else what was chosen last; ``None`` means all."""
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() else request.session.get("year")


def is_outsider(user) -> bool:
    """A third party or an expert: they have their own, shorter menu and see only what is assigned to them."""
    sight = user.sight
    inside = sight.everything or sight.departments or sight.units or sight.sections
    return not inside and (bool(sight.institutions) or user.holds(Role.EXPERT))


def _frame(request: HttpRequest, user) -> dict[str, Any]:
    waiting = Counter(ToDo.objects.addressed_to(user).order_by().values_list("model", flat=True))
    home = user.home
    return {
        "site_name": settings.SITE_NAME,
        "years": list(FiscalYear.objects.order_by("-year").values_list("year", flat=True)),
        "year": chosen_year(request),
        "nav": _menu(request, user, waiting),
        "jobs_running": Job.objects.visible_to(user).unfinished().count(),
        "unread": Notice.objects.unread_by(user).count(),
        "who": f"{user} · {home.name}" if home else str(user),
        "density": user.density,
        "nav_mini": request.COOKIES.get("nav") == "mini",
    }


def _menu(request: HttpRequest, user, waiting: Counter) -> list[list[dict[str, Any]]]:
    own = _own_entries(user) if is_outsider(user) else [*TOOLS, *_own_entries(user)]
    groups = [
        [_item(*entry, waiting=waiting) for entry in group] for group in [*_main_menu(user), own] if group
    ]
    _mark_current([item for group in groups for item in group], request.path)
    return groups


def _main_menu(user) -> tuple[tuple[tuple[str, str, str, str], ...], ...]:
    if not is_outsider(user):
        return MENU
    return THIRD_PARTY_MENU if user.sight.institutions else EXPERT_MENU


def _mark_current(items: list[dict[str, Any]], path: str) -> None:
    """The entry with the longest address that leads to this page."""
    leading = [item for item in items if path == item["url"] or (item["url"] != "/" and path.startswith(item["url"]))]
    if leading:
        max(leading, key=lambda item: len(item["url"]))["current"] = True


def _own_entries(user) -> list[tuple[str, str, str, str]]:
    entries = []
    if user.sight.everything:
        entries.append(("cockpit", "绩效总览", "graph-up", ""))
    if any(kind.allowed(user) for kind in import_kinds().values()):
        entries.append(("imports", "导入", "upload", ""))
    if user.sight.everything:
        entries.append(("audit", "操作日志", "clock-history", ""))
    if user.holds(Role.SYSADMIN):
        entries.append(("admin:index", "设置", "gear", ""))
    return entries


def _item(name: str, label: str, icon: str, model: str, *, waiting: Counter) -> dict[str, Any]:
    count = waiting.total() if name == "home" else waiting[model]
    return {"url": reverse(name), "label": label, "icon": icon, "count": count, "current": False}
