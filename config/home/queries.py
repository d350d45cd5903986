"""What the workbench and the cockpit show, as plain rows."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, Sum, When
from django.urls import reverse
from django.utils import timezone

from budgets.models import FiscalYear, ProjectYear, TaskWindow
from budgets.models.years import ProjectStage
from budgets.queries.calendar import own_limits
from budgets.queries.projects import is_late
from core.access import UNIT_ROLES
from core.models import AuditEntry, Notice, ToDo
from core.reminders import counts_of
from core.scoring import execution_rate
from monitoring.models import UNSETTLED, Alert

SHOWN = 12
PRESSING = 4
RETURNS = ("send_back", "return_plan", "return_report", "return_result")
COMPILING = (
    ("事前评估", (ProjectStage.DRAFTING, ProjectStage.EX_ANTE)),
    ("目标填报", (ProjectStage.TARGET_FILING,)),
    ("目标审核", (ProjectStage.TARGET_REVIEW,)),
    ("预算批复", (ProjectStage.AWAITING_APPROVAL,)),
)
EXECUTING = (("执行监控", (ProjectStage.EXECUTING, ProjectStage.SUSPENDED, ProjectStage.STOPPED)),)
JUDGING = (
    ("单位自评", (ProjectStage.SELF_EVALUATING,)),
    ("绩效评价", (ProjectStage.EVALUATING,)),
    ("反馈整改", (ProjectStage.RECTIFYING,)),
    ("结果应用", (ProjectStage.APPLIED, ProjectStage.CLOSED)),
)
ROAD = COMPILING + EXECUTING + JUDGING


def todo_rows(user, *, model: str = "", year: int | None = None) -> tuple[list[ToDo], Counter]:
    """What waits for the person, the most urgent first, and how many of each kind; two queries.

    A row's ``reminded`` is how often its holders were reminded of it.
    """
    rows = list(ToDo.objects.addressed_to(user).select_related("organisation"))
    if year:
        rows = [row for row in rows if row.year in (year, None)]
    kinds = Counter((row.model, row.kind) for row in rows)
    reminded = counts_of(rows)
    for row in rows:
        row.reminded = reminded.get((row.model, row.object_id), 0)
    return [row for row in rows if not model or row.model == model], kinds


def figures(user, rows: Iterable[ToDo], *, today: date, alerts: dict[str, Any]) -> list[dict[str, Any]]:
    """The strip of key figures for people who clear queues."""
    rows = list(rows)
    late = [row for row in rows if row.due_on and row.due_on < today]
    due_today = sum(row.due_on == today for row in rows)
    done = done_today(user, today)
    returned = sum(entry.rpartition(".")[2] in RETURNS for entry in done)
    most = Counter(row.kind for row in rows).most_common(1)
    return [
        {"label": "待我办理", "value": len(rows), "unit": "项",
         "note": f"其中{most[0][0]} {most[0][1]} 项" if most else "都办完了"},
        {"label": "已逾期", "value": len(late), "unit": "项",
         "note": f"最长逾期 {max((today - row.due_on).days for row in late)} 天" if late else "没有逾期"},
        {"label": "今天到期", "value": due_today, "unit": "项", "note": "请在下班前办结" if due_today else "今天没有到期的"},
        {"label": "今日已办", "value": len(done), "unit": "项", "note": f"其中退回 {returned} 项"},
        {"label": "红灯预警", "value": alerts["red"], "unit": "个", "note": f"未处置 {alerts['open']} 个",
         "url": reverse("monitoring:alerts")},
    ]


def done_today(user, today: date) -> list[str]:
    """The steps the person took today, as dotted actions."""
    start = timezone.make_aware(datetime.combine(today, time()))
    taken = AuditEntry.objects.filter(actor_id=user.pk, at__gte=start, at__lt=start + timedelta(days=1))
    quiet = ("create", "edit", "upload", "add", "stage", "enqueue", "finish")
    return [action for action in taken.values_list("action", flat=True) if action.rpartition(".")[2] not in quiet]


def recent_steps(user, limit: int = 50) -> list[AuditEntry]:
    """What the person did, newest first, for 已办."""
    return list(AuditEntry.objects.filter(actor_id=user.pk).exclude(action__endswith=".edit")[:limit])


def alert_summary(user) -> dict[str, Any]:
    """Unsettled alerts a person may see: counts, and the most pressing few: red first, then what is due first."""
    alerts = Alert.objects.visible_to(user).filter(state__in=UNSETTLED)
    counts = alerts.aggregate(
        red=Count("pk", filter=Q(lamp="red")), yellow=Count("pk", filter=Q(lamp="yellow")),
        open=Count("pk", filter=Q(lamp="red", state="open")),
    )
    pressing = alerts.select_related("project_year__project").order_by(
        Case(When(lamp="red", then=0), default=1), F("due_on").asc(nulls_last=True), "-pk"
    )[:PRESSING]
    return counts | {
        "rows": [
            {"lamp": alert.lamp, "name": alert.project_year.project.name, "text": alert.message,
             "state": alert.get_state_display(), "due_on": alert.due_on, "url": alert.get_absolute_url()}
            for alert in pressing
        ]
    }


def lanes(user, *, today: date) -> list[dict[str, Any]]:
    """How far each open year has come: how many of its projects have passed each part of the road; two queries."""
    counts: dict[int, Counter] = {}
    visible = ProjectYear.objects.visible_to(user).exclude(stage=ProjectStage.REJECTED)
    for year, stage, number in visible.order_by().values_list("fiscal_year", "stage").annotate(Count("pk")):
        counts.setdefault(year, Counter())[stage] = number
    windows: dict[int, list[TaskWindow]] = {}
    for window in TaskWindow.objects.filter(due_on__gte=today, opens_on__lte=today).order_by("due_on"):
        windows.setdefault(window.fiscal_year_id, []).append(window)
    years = FiscalYear.objects.filter(is_open=True, pk__in=counts).order_by("-year")
    return [_lane(year.year, counts[year.year], windows.get(year.year, []), today) for year in years]


def _lane(year: int, counts: Counter, windows: list[TaskWindow], today: date) -> dict[str, Any]:
    total = counts.total()
    here = next((place for place, (_, stages) in enumerate(ROAD) if any(counts[stage] for stage in stages)), 0)
    start = 0 if here < len(COMPILING) else len(COMPILING) - 1
    shown = range(start, min(start + 5, len(ROAD)))
    title = "预算编制" if here < len(COMPILING) else "预算执行" if here == len(COMPILING) else "评价与应用"
    window = windows[0] if windows else None
    return {
        "year": year, "title": title,
        "due": f"{window.get_stage_display()} {window.due_on.month}月{window.due_on.day}日截止" if window else "",
        "segments": [_segment(year, place, counts, total) for place in shown],
    }


def _segment(year: int, place: int, counts: Counter, total: int) -> dict[str, Any]:
    label, _ = ROAD[place]
    passed = sum(counts[stage] for _, stages in ROAD[place + 1:] for stage in stages)
    reached = passed + sum(counts[stage] for stage in ROAD[place][1])
    if place == len(ROAD) - 1:
        passed = reached
    state = "done" if passed == total else "now" if reached else "todo"
    return {
        "label": label, "value": f"{passed} / {total}", "state": state,
        "url": f"{reverse('budgets:projects')}?year={year}", "ratio": execution_rate(budget=total, executed=passed),
    }


def own_projects(user, *, limit: int = 8) -> list[dict[str, Any]]:
    """A unit's projects over the years that run at once: last result, this year's execution, next year's filing."""
    years = ProjectYear.objects.visible_to(user).select_related("project").order_by("project__code", "fiscal_year")
    by_project: dict[int, dict[str, Any]] = {}
    for year in years:
        row = by_project.setdefault(year.project_id, {"name": year.project.name, "years": {}, "url": ""})
        row["years"][year.fiscal_year_id] = year
        row["url"] = year.get_absolute_url()
    return sorted(by_project.values(), key=lambda row: -max(each.budget_yuan for each in row["years"].values()))[:limit]


def upcoming(unit, *, today: date) -> list[dict[str, Any]]:
    """The task windows that end next for one unit, for the calendar beside a filer's to-dos."""
    return [
        {
            "title": f"{row['due_on'].month}月{row['due_on'].day}日前 {row['window']}{'（已延期）' if row['extended'] else ''}",
            "asked_url": row["asked"].get_absolute_url() if row["asked"] else "",
            "family": "warn" if (row["due_on"] - today).days <= row["window"].warning_days else "",
        }
        for row in own_limits(unit, today=today)
    ]


def notices(user, limit: int = 5) -> list[Notice]:
    return list(Notice.objects.visible_to(user)[:limit])


def fills_forms(user) -> bool:
    """Whether the person's workbench is the filer's: units file, everybody else reviews."""
    return any(role in UNIT_ROLES for role, _ in user.held_roles) and not user.sight.everything


def county_totals(user, year: int, *, today: date) -> dict[str, Any]:
    """Money and results of one year, for the cockpit."""
    rows = ProjectYear.objects.visible_to(user).filter(fiscal_year=year)
    sums = rows.aggregate(
        projects=Count("pk"), budget=Sum("budget_yuan"), spent=Sum("spent_yuan"), requested=Sum("requested_yuan"),
        red=Count("pk", filter=Q(lamp="red")), yellow=Count("pk", filter=Q(lamp="yellow")),
        green=Count("pk", filter=Q(lamp="green")), judged=Count("pk", filter=~Q(result_grade="")),
        late=Count("pk", filter=is_late(today)),
    )
    budget, spent = sums["budget"] or 0, sums["spent"] or 0
    return sums | {"rate": execution_rate(budget=budget, executed=spent)}


def by_department(user, year: int, *, today: date) -> list[dict[str, Any]]:
    """One row a department: projects, budget, spending, lamps and grades of the year; one query."""
    rows = (
        ProjectYear.objects.visible_to(user).filter(fiscal_year=year).order_by()
        .values("project__department", "project__department__name")
        .annotate(
            projects=Count("pk"), budget=Sum("budget_yuan"), spent=Sum("spent_yuan"),
            red=Count("pk", filter=Q(lamp="red")), yellow=Count("pk", filter=Q(lamp="yellow")),
            green=Count("pk", filter=Q(lamp="green")), late=Count("pk", filter=is_late(today)),
            excellent=Count("pk", filter=Q(result_grade="优")), good=Count("pk", filter=Q(result_grade="良")),
            medium=Count("pk", filter=Q(result_grade="中")), poor=Count("pk", filter=Q(result_grade="差")),
        )
    )
    return [
        {
            "name": row["project__department__name"],
            "url": f"{reverse('budgets:projects')}?year={year}&department={row['project__department']}",
            "rate": execution_rate(budget=row["budget"], executed=row["spent"]),
        } | row
        for row in sorted(rows, key=lambda row: -row["budget"])
    ]
