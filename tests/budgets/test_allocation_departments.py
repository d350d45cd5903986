"""An allocation round by department: its part on the page and in the export, and many waivers for one reason."""

import io
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from openpyxl import load_workbook

from budgets.models import AllocationLine, AllocationRound
from budgets.services import open_allocation_round, resume_line, waive_line, waive_unsettled
from core.errors import RuleViolation
from core.models import AuditEntry
from core.transitions import perform
from tests.budgets.test_allocation_machine import make_road
from tests.factories.cast import make_project, make_year
from tests.workflow_table import put_into


@pytest.fixture
def round_(cast, at):
    """公路绿化管护 has a result; 桥梁检测 of the same department and 课后服务 of another have none."""
    make_road(cast, at, code="26-JT-0050", name="公路绿化管护")
    bridges = make_project(cast, code="26-JT-0060", name="桥梁检测")
    school = make_project(
        cast, code="26-JY-0001", name="课后服务", unit=cast.other_unit, department=cast.other_department
    )
    for project, amount in ((bridges, "700000.00"), (school, "300000.00")):
        make_year(cast, project=project, stage="executing", fiscal_yuan=amount)
    row = open_allocation_round(
        name="2027年部门项目", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("6000000.00"), by=cast.qian_li, at=at
    )
    return perform(row, "simulate", by=cast.qian_li, at=at)


def page_of(client, round_, query=""):
    answer = client.get(round_.get_absolute_url() + query)
    assert answer.status_code == 200
    return answer


def sums_of(answer) -> list[tuple]:
    return [
        (row["department"].name, row["totals"].lines, row["totals"].final_yuan, row["totals"].unsettled)
        for row in answer.context["departments"]
    ]


def test_finance_sees_the_sums_of_each_department_and_goes_into_one(cast, signed_in, round_):
    client = signed_in(cast.qian_li)
    shown = page_of(client, round_, "?only=departments")
    assert sums_of(shown) == [
        ("县交通运输局", 2, Decimal("5200000.00"), 1), ("县教育和体育局", 1, Decimal("300000.00"), 1),
    ]
    assert f'href="?department={cast.other_department.pk}#lines"' in shown.content.decode()
    assert (shown.context["totals"].left_yuan, shown.context["waterfall"]["limit"]) == (Decimal("500000.00"), 600.0)
    part = page_of(client, round_, f"?department={cast.department.pk}")
    assert [row["name"] for row in part.context["lines"]] == ["公路绿化管护", "桥梁检测"]
    assert (part.context["totals"].final_yuan, part.context["totals"].left_yuan) == (Decimal("5200000.00"), None)
    assert "limit" not in part.context["waterfall"] and "控制数上限" not in part.content.decode()
    assert f"?department={cast.department.pk}" in part.content.decode()
    nobody = page_of(client, round_, "?department=999999")
    assert (nobody.context["lines"], nobody.context["department"]) == ([], None)


def test_a_department_sees_its_own_part_without_the_ceiling_of_all(cast, signed_in, round_):
    put_into(round_, "issued")
    shown = page_of(signed_in(cast.zhang_wen), round_)
    assert [row["name"] for row in shown.context["lines"]] == ["公路绿化管护", "桥梁检测"]
    assert (shown.context["totals"].final_yuan, shown.context["totals"].left_yuan) == (Decimal("5200000.00"), None)
    assert "控制数上限" not in shown.content.decode() and "按部门" not in shown.content.decode()


def test_the_export_has_the_sums_and_keeps_to_the_department(cast, signed_in, round_):
    def sheets(query=""):
        answer = signed_in(cast.qian_li).get(reverse("budgets:allocation_export", args=[round_.pk]) + query)
        book = load_workbook(io.BytesIO(answer.content))
        return {sheet.title: list(sheet.iter_rows(values_only=True))[1:] for sheet in book.worksheets}

    whole = sheets()
    assert [row[1] for row in whole["逐项安排"]] == ["公路绿化管护", "桥梁检测", "课后服务"]
    assert whole["按部门汇总"] == [
        ("县交通运输局", 2, 570, 590, 520, 0, 520, 1), ("县教育和体育局", 1, 30, 30, 30, 0, 30, 1),
    ]
    part = sheets(f"?department={cast.other_department.pk}")
    assert ([row[1] for row in part["逐项安排"]], len(part["按部门汇总"])) == (["课后服务"], 1)


def test_many_are_freed_from_the_linkage_for_one_reason(cast, signed_in, round_, at):
    client = signed_in(cast.qian_li)
    assert "全部免于挂钩" in page_of(client, round_, "?only=unsettled").content.decode()
    url = reverse("budgets:allocation_waive_unsettled", args=[round_.pk])
    assert "同一个理由记在每个项目上：桥梁检测、课后服务。" in client.get(url).content.decode()
    empty = client.post(url, {"waiver": " ", "seen": round_.revision})
    assert (empty.status_code, "免于挂钩须写明理由" in empty.content.decode()) == (422, True)
    assert client.post(url, {"waiver": "新项目，尚无评价", "seen": round_.revision}).status_code == 302
    assert dict(AllocationLine.objects.values_list("project__name", "waiver")) == {
        "公路绿化管护": "", "桥梁检测": "新项目，尚无评价", "课后服务": "新项目，尚无评价",
    }
    entries = AuditEntry.objects.filter(action="budgets.allocationline.decide").order_by("pk")
    assert [(entry.after["project"], entry.reason) for entry in entries] == [
        ("桥梁检测", "新项目，尚无评价"), ("课后服务", "新项目，尚无评价"),
    ]
    assert client.post(url, {"waiver": "再来一次", "seen": round_.revision}).status_code == 409
    nothing = client.post(url, {"waiver": "再来一次", "seen": AllocationRound.objects.get().revision})
    assert (nothing.status_code, "在所选范围内没有缺评价依据的项目" in nothing.content.decode()) == (422, True)
    assert signed_in(cast.zhou_xiaolan).get(url).status_code == 403
    assert perform(AllocationRound.objects.get(), "submit", by=cast.qian_li, at=at).state == "submitted"


def test_one_department_alone_and_back_again(cast, signed_in, round_, at):
    assert waive_unsettled(
        round_, department=cast.other_department.pk, waiver="县级统筹", by=cast.qian_li, at=at
    ) == 1
    with pytest.raises(PermissionDenied):
        waive_unsettled(round_, waiver="代办", by=cast.zhou_xiaolan, at=at)
    school = AllocationLine.objects.get(project__name="课后服务")
    bridges = AllocationLine.objects.get(project__name="桥梁检测")
    assert (school.waiver, bridges.waiver) == ("县级统筹", "")
    with pytest.raises(RuleViolation) as caught:
        resume_line(bridges, by=cast.qian_li, at=at)
    assert str(caught.value) == "“桥梁检测”没有免于挂钩，不需要恢复，请刷新页面核对。"
    url = reverse("budgets:allocation_waive", args=[round_.pk, school.pk])
    client = signed_in(cast.qian_li)
    shown = client.post(url, {"waiver": "县级统筹", "resume": "1"}, follow=True).content.decode()
    assert "“课后服务”已恢复挂钩，按规则建议安排。" in shown
    assert AllocationLine.objects.get(pk=school.pk).waiver == ""


def test_a_waiver_taken_back_brings_the_rules_amount_again(cast, round_, at):
    line = AllocationLine.objects.get(project__name="公路绿化管护")
    assert waive_line(line, waiver="上级配套", by=cast.qian_li, at=at).final_yuan == Decimal("5200000.00")
    assert resume_line(line, by=cast.qian_li, at=at).final_yuan == Decimal("4500000.00")
