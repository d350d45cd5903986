"""The list of declarations, by state, with the counts of what one may see."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from budgets.models.sums import fen_sum, yuan_of
from core.access import Role
from core.views.lists import Column, ListView, export_action, state_views
from targets import queries
from targets.forms import DeclarationFilter
from targets.models import TargetDeclaration

State = TargetDeclaration.State
TABS = (
    ("", "全部"), ("mine", "待我办理"), (State.DRAFT, "填报中"), (State.RETURNED, "退回修改"), (State.UNIT_REVIEW, "待单位审核"),
    (State.DEPT_REVIEWING, "待初审"), (State.FISCAL_REVIEWING, "待财政审核"), (State.READY_FOR_APPROVAL, "待批复"),
    (State.APPROVED, "已批复"), (State.BLOCKED, "不予通过"),
)


class DeclarationList(ListView):
    title = "绩效目标"
    filter_form = DeclarationFilter
    default_order = ("-project_year__fiscal_year", "due_on", "pk")
    export_name = "绩效目标"
    columns = (
        Column(label="项目", kind="name", value=lambda row: {
            "text": row.project_year.project.name, "sub": f"{row.project_year.project.code} · 第 {row.version} 版",
        }),
        Column(label="年度", value=lambda row: row.project_year.fiscal_year_id, key="year",
               sort="project_year__fiscal_year", width="cw-70"),
        Column(label="实施单位", value=lambda row: row.project_year.project.unit.name),
        Column(label="主管部门", value=lambda row: row.project_year.project.department.name, wide=True),
        Column(label="申请数", kind="money", value=lambda row: row.project_year.requested_yuan, key="amount",
               sort="project_year__requested_yuan", width="cw-120"),
        Column(label="状态", kind="chip", value=lambda row: row.state_label, width="cw-130"),
        Column(label="进入当前环节", kind="datetime", value=lambda row: row.state_since, key="since", sort="state_since",
               width="cw-140"),
        Column(label="期限", kind="due_date", value=lambda row: row.due_on, key="due", sort="due_on", width="cw-120"),
        Column(label="办理", kind="action", value=lambda row: row.action, width="cw-90"),
    )

    def rows(self, request: HttpRequest) -> QuerySet:
        return queries.declarations_for(request.user)

    def filtered(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        rows = self.in_scope(request, rows)
        state = request.GET.get("state", "")
        if state == "mine":
            return rows.filter(pk__in=self.mine(request))
        return rows.filter(state=state) if state in State.values else rows

    def in_scope(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        """The form's filters, or the year chosen in the top bar when the form says nothing of it."""
        rows = super().filtered(request, rows)
        year = request.session.get("year")
        return rows.filter(project_year__fiscal_year=year) if year and not request.GET.get("year") else rows

    def mine(self, request: HttpRequest) -> list[int]:
        if not hasattr(self, "_mine"):
            self._mine = queries.held_by(request.user)
        return self._mine

    def with_extras(self, records) -> list[TargetDeclaration]:
        held = set(self.mine(self.request))
        for record in records:
            record.action = _action(record) if record.pk in held else None
        return records

    def amount_of(self, record: TargetDeclaration):
        return record.project_year.requested_yuan

    def totals(self, rows: QuerySet) -> list[Any]:
        found = rows.order_by().aggregate(fen=fen_sum("project_year__requested_yuan"), number=Count("pk"))
        return [f"筛选合计 {found['number']} 项", None, None, None, yuan_of(found["fen"]), None, None, None, None]

    def extra(self, request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
        scope = self.in_scope(request, self.rows(request))
        counts = queries.state_counts(scope)
        counts |= {"": sum(counts.values()), "mine": scope.filter(pk__in=self.mine(request)).count()}
        queue = queries.queue_of(request.user)
        batch = [
            {"label": "打包导出", "url": reverse("official_bundle", args=["target_declaration"]), "icon": "file-zip"},
        ]
        if queue:
            batch.insert(0, {"label": "批量通过", "url": reverse("targets:pass_ticked"), "icon": "check2-all"})
        return {
            "views": state_views(request, TABS, counts), "actions": self.actions(request, queue),
            "caption": "绩效目标清单，金额单位万元", "batch": batch,
        }

    def actions(self, request: HttpRequest, queue: list[int]) -> list[dict[str, str]]:
        found = []
        if queue:
            found.append({
                "label": f"开始审核（{len(queue)} 项）", "url": queries.review_url(queue[0]), "icon": "eye",
                "style": "primary",
            })
        if queries.startable(request.user).exists():
            found.append({
                "label": "填报新的绩效目标", "url": reverse("targets:start"), "icon": "plus-lg", "style": "primary",
            })
        if request.user.holds(Role.FISCAL_BUDGET):
            found.append({
                "label": "随预算批复", "url": reverse("targets:awaiting_approval"), "icon": "check2-all", "style": "primary",
            })
        found += [
            {"label": "部门整体", "url": reverse("targets:departments"), "icon": "building", "style": "outline"},
            {"label": "批复文件", "url": reverse("targets:approvals"), "icon": "file-earmark-text", "style": "outline"},
        ]
        return [*found, export_action(request)]


def _action(record: TargetDeclaration) -> tuple[str, str]:
    if record.state_value in record.editable_states:
        return "填报", reverse("targets:edit_indicators", args=[record.pk])
    return "审核", queries.review_url(record.pk)
