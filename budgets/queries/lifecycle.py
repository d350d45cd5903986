"""The page of one project-year: where it stands on its road, its figures, its neighbours in other years, its panels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils import timezone

from budgets import rules
from budgets.models import FundSource, Project, ProjectYear
from budgets.queries.holders import Desk
from core.access import FISCAL_ROLES
from core.attachments import may_open_files
from core.models import Attachment, AuditEntry
from core.money import half_up, percent_text, wan_text
from core.panels import Panel
from core.trail import trail_of

STAGE = ProjectYear.Stage


OWN = "budgets.projectyear."


@dataclass(frozen=True, kw_only=True)
class Station:
    """One place on the rail. A project-year has reached it in ``stages`` and has left it once ``left_by`` was taken."""

    key: str
    label: str
    stages: frozenset[str]
    left_by: frozenset[str]
    panel: str = ""


def _station(key: str, label: str, stages: Iterable[str], left_by: Iterable[str], panel: str = "") -> Station:
    steps = frozenset(f"{OWN}{step}" for step in left_by)
    return Station(key=key, label=label, stages=frozenset(stages), left_by=steps, panel=panel)


RAIL = (
    _station("ex_ante", "事前评估", [STAGE.EX_ANTE], ["admit", "reject"], "ex_ante"),
    _station("filing", "目标申报", [STAGE.DRAFTING, STAGE.TARGET_FILING], ["start_review"], "targets"),
    _station("dept_review", "主管初审", [], [], "targets"),
    _station("review", "财政审核", [STAGE.TARGET_REVIEW], ["await_approval"], "targets"),
    _station("approval", "预算批复", [STAGE.AWAITING_APPROVAL], ["open_execution"], "targets"),
    _station(
        "monitoring", "双监控", [STAGE.EXECUTING, STAGE.SUSPENDED, STAGE.STOPPED], ["start_self_evaluation"], "monitoring"
    ),
    _station(
        "self_evaluation", "单位自评", [STAGE.SELF_EVALUATING],
        ["start_evaluation", "start_rectification", "apply_result"], "self_evaluation",
    ),
    _station("evaluation", "绩效评价", [STAGE.EVALUATING], ["start_rectification", "apply_result"], "evaluation"),
    _station("rectification", "反馈整改", [STAGE.RECTIFYING], ["apply_result"], "rectification"),
    _station("application", "结果应用", [STAGE.APPLIED], ["apply_result"], "result"),
    _station("disclosure", "信息公开", [], [], "result"),
    _station("closing", "归档办结", [STAGE.CLOSED], ["close"]),
)
ORDER = {stage: place for place, station in enumerate(RAIL) for stage in station.stages}
OPTIONAL = {"ex_ante": "start_ex_ante", "evaluation": "start_evaluation", "rectification": "start_rectification"}
PANEL_ORDER = {
    STAGE.EX_ANTE: 10, STAGE.TARGET_FILING: 20, STAGE.TARGET_REVIEW: 20, STAGE.AWAITING_APPROVAL: 30,
    STAGE.EXECUTING: 40, STAGE.SUSPENDED: 40, STAGE.STOPPED: 40, STAGE.SELF_EVALUATING: 50, STAGE.EVALUATING: 60,
    STAGE.RECTIFYING: 70, STAGE.APPLIED: 80, STAGE.CLOSED: 80, STAGE.REJECTED: 20,
}
NOW_ICONS = {
    STAGE.SUSPENDED: "pause-circle", STAGE.STOPPED: "stop-circle", STAGE.CLOSED: "archive", STAGE.APPLIED: "check2-all",
}
WARNING_STATES = {"退回修改": "arrow-return-left", "纠偏中": "tools", "整改中": "tools"}


_marks: dict[str, str] = {}


def mark_station(key: str, action: str) -> None:
    """Let an app above say by which entry of the trail, e.g. ``targets.targetdeclaration.…``, a station was passed."""
    _marks[key] = action


def rail_of(year: ProjectYear, *, desks: list[Desk], today: date) -> list[dict[str, Any]]:
    """The road as ``components/_rail.html`` prints it; who passed a station and when comes from the audit trail."""
    passed = _passed(year)
    place = _place_of(year, passed, desks)
    return [
        _now(year, station, desks, today) if number == place else _other(year, station, passed, before=number < place)
        for number, station in enumerate(RAIL)
    ]


def _place_of(year: ProjectYear, passed: dict[str, AuditEntry], desks: list[Desk]) -> int:
    """Where on the rail the project-year is; a draft that must be assessed first is still before the assessment."""
    if year.stage == STAGE.DRAFTING and any(rules.ex_ante_is_settled(year)):
        return 0
    if year.stage == STAGE.TARGET_REVIEW and any(desk.role not in FISCAL_ROLES for desk in desks):
        return ORDER[STAGE.TARGET_REVIEW] - 1
    if year.stage in ORDER:
        return ORDER[year.stage]
    return next(iter(_rejected_at(passed)), 0)


def _passed(year: ProjectYear) -> dict[str, AuditEntry]:
    """The newest entry of each step of the project-year itself and of each station's mark."""
    entries = AuditEntry.objects.filter(thread=year.thread()).filter(
        Q(action__startswith=OWN) | Q(action__in=_marks.values())
    )
    return {entry.action: entry for entry in entries.order_by("pk")}


def _rejected_at(passed: dict[str, AuditEntry]) -> list[int]:
    entry = passed.get(f"{OWN}reject")
    return [ORDER[entry.before["stage"]]] if entry else []


def _now(year: ProjectYear, station: Station, desks: list[Desk], today: date) -> dict[str, Any]:
    desk = next(iter(desks), None)
    state = desk.state_label if desk else year.get_stage_display()
    icon = NOW_ICONS.get(year.stage) or WARNING_STATES.get(state) or (
        "x-octagon" if year.stage == STAGE.REJECTED else "play-circle"
    )
    return {
        "label": station.label, "state": "now", "icon": icon, "url": _tab_url(station),
        "line1": desk.who if desk else year.get_stage_display(),
        "line2": f"已停 {desk.held_days(today)} 天" if desk else _day(year.state_since),
    }


def _other(year: ProjectYear, station: Station, passed: dict[str, AuditEntry], *, before: bool) -> dict[str, Any]:
    marked = passed.get(_marks.get(station.key, ""))
    if not before and marked is None:
        return {"label": station.label, "state": "todo", "url": "", "line1": "", "line2": ""}
    needed = OPTIONAL.get(station.key)
    entry = marked or next((passed[step] for step in station.left_by if step in passed), None)
    if needed and f"{OWN}{needed}" not in passed:
        exempt = "免评估" if station.key == "ex_ante" else "不需要"
        attribute = f"{year.project.get_attribute_display()}项目" if station.key == "ex_ante" else ""
        return {"label": station.label, "state": "skipped", "url": "", "line1": attribute, "line2": exempt}
    return {
        "label": station.label, "state": "done", "url": _tab_url(station),
        "line1": year.approval_document if station.key == "approval" else entry.actor_name if entry else "",
        "line2": _day(entry.at) if entry else "",
    }


def _tab_url(station: Station) -> str:
    return f"?tab={station.panel}#documents" if station.panel else ""


def _day(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


def stuck_at(desks: list[Desk], *, today: date) -> list[dict[str, Any]]:
    """Who has to act now, what, for how long, and until when, as plain data for the note under the rail."""
    return [
        {
            "where": f"{desk.organisation} {desk.who}", "what": f"{desk.kind}{desk.state_label}，待{desk.verb}",
            "days": desk.held_days(today), "due_on": desk.due_on, "phone": desk.phone, "url": desk.url,
        }
        for desk in desks
    ]


def figures_of(
    year: ProjectYear, *, progress: Fraction | None, payments: int, adjustments: int
) -> list[dict[str, Any]]:
    """The strip of key figures; amounts in 万元. ``progress`` is 序时进度."""
    judged = year.project.years.filter(
        fiscal_year__lt=year.fiscal_year_id, result_score__isnull=False
    ).order_by("-fiscal_year").first()
    left = year.budget_yuan - year.spent_yuan
    ceiling = "没有控制数" if year.ceiling_yuan is None else f"控制数 {wan_text(year.ceiling_yuan)}"
    shown = [
        _money("申请数", year.requested_yuan, ceiling),
        _money("年初预算", year.initial_yuan, year.approval_document or "尚未批复"),
        _money("调整后预算", year.budget_yuan, f"{adjustments} 次调整" if adjustments else "无调整"),
        _money("已支出", year.spent_yuan, f"{payments} 笔支付，结余 {wan_text(left)}", url="?tab=spending#documents"),
        _rate("执行率", year.execution_rate, progress),
        _rate("目标完成率", year.attainment_rate, progress),
    ]
    if judged:
        shown.append({
            "label": f"{judged.fiscal_year_id}年度评价", "value": f"{judged.result_score:.2f}", "unit": "分",
            "note": judged.result_grade, "url": judged.get_absolute_url(),
        })
    else:
        shown.append({"label": "以前年度评价", "value": "—", "note": "没有评价结果"})
    return shown


def _money(label: str, amount: Decimal, note: str, *, url: str = "") -> dict[str, Any]:
    return {"label": label, "value": wan_text(amount), "unit": "万元", "note": note, "url": url}


def _rate(label: str, rate: Decimal | None, progress: Fraction | None) -> dict[str, Any]:
    if rate is None:
        return {"label": label, "value": "—", "note": "还没有数据"}
    return {"label": label, "value": percent_text(rate).rstrip("%"), "unit": "%", "note": _against(rate, progress)}


def _against(rate: Decimal, progress: Fraction | None) -> str:
    if progress is None:
        return ""
    gap = half_up((Fraction(rate) - progress) * 100, 1)
    if gap == 0:
        return "与序时持平"
    return f"{'快于' if gap > 0 else '慢于'}序时 {abs(gap)} 个百分点"


def years_of(project: Project, user) -> list[dict[str, Any]]:
    """The project in its years, oldest first, as far as the person may see them."""
    years = ProjectYear.objects.visible_to(user).filter(project=project).order_by("fiscal_year")
    return [
        {
            "pk": each.pk, "year": each.fiscal_year_id, "grade": each.result_grade, "score": each.result_score,
            "stage": each.get_stage_display(), "url": each.get_absolute_url(), "requested_yuan": each.requested_yuan,
            "budget_yuan": each.budget_yuan, "spent_yuan": each.spent_yuan, "execution_rate": each.execution_rate,
        }
        for each in years
    ]


def neighbours_of(year: ProjectYear, user) -> list[dict[str, Any]]:
    """The same project in other years beside this one."""
    return [row | {"current": row["pk"] == year.pk} for row in years_of(year.project, user)]


def chosen_panel(panels: Sequence[Panel], asked: str, stage: str) -> Panel:
    """The panel asked for, else the one of the present stage, else the last one before it (the overview at least)."""
    wanted = next((panel for panel in panels if panel.key == asked), None)
    if wanted is not None:
        return wanted
    return [panel for panel in panels if panel.order <= PANEL_ORDER.get(stage, 0)][-1]


def ceiling_sentence(year: ProjectYear) -> str:
    if year.ceiling_yuan is None:
        return "本年度没有下达控制数，按实际需要申请。"
    return f"下达的控制数为 {wan_text(year.ceiling_yuan)} 万元，各项资金合计不得超过控制数。"


def last_year_sentence(year: ProjectYear) -> str:
    """Last year's money beside the empty box; empty for a project's first year."""
    last = year.previous
    if last is None:
        return ""
    return (
        f"{last.fiscal_year_id}年度申请 {wan_text(last.requested_yuan)} 万元，预算 {wan_text(last.budget_yuan)} 万元，"
        f"已支出 {wan_text(last.spent_yuan)} 万元。"
    )


def left_sentence(year: ProjectYear, left: Mapping[str, Decimal]) -> str:
    """What each source has left, so that nobody cuts below what was spent."""
    parts = "，".join(f"{FundSource(source).label} {wan_text(amount)} 万元" for source, amount in left.items())
    return (
        f"调整前预算 {wan_text(year.budget_yuan)} 万元，已支出 {wan_text(year.spent_yuan)} 万元；未支出部分：{parts or '无'}。"
        "压减不得超过该来源的未支出部分。"
    )


def entries_of(year: ProjectYear, user) -> list[AuditEntry]:
    """What was written about the project-year and its documents, the newest first, as far as the person may see."""
    return list(trail_of(year.thread(), user))


def files_of(year: ProjectYear, entries: Iterable[AuditEntry], user) -> list[Attachment]:
    """The attachments of the project-year and of all its documents, as far as the person may open them."""
    uploads = {(entry.model, entry.object_id) for entry in entries if entry.action == "core.attachment.upload"}
    uploads = {each for each in uploads if may_open_files(*each, user)}
    wanted = {(year._meta.label_lower, year.pk), *uploads}
    models, ids = {model for model, _ in wanted}, {number for _, number in wanted}
    found = Attachment.objects.filter(model__in=models, object_id__in=ids).select_related("uploaded_by")
    return [file for file in found if (file.model, file.object_id) in wanted]
