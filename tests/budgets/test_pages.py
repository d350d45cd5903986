"""The pages of budgets: what they show, to whom, how many queries they need, and what they answer to bad input."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from budgets.models import AllocationLine, AllocationRound, ExAnteAssessment, Project, ProjectYear, Spending
from budgets.services import fill_ex_ante, open_allocation_round, record_progress, record_spendings
from core.models import ToDo
from core.transitions import perform
from tests.budgets.ex_ante_road import TEXTS
from tests.budgets.test_allocation_machine import make_road
from tests.factories.cast import make_project, make_year
from tests.workflow_table import put_into

PEOPLE = ("li_weiguo", "zhang_wen", "lu_yuan", "zhou_xiaolan", "qian_li", "sun_zheng", "wu_di")
STRANGERS = ("chen_mo", "he_min")


@pytest.fixture
def year(cast, at):
    year = make_year(cast, stage="executing", approved_on=date(2026, 2, 6), approval_document="安财预〔2026〕9号")
    record_spendings([Spending(
        project_year=year, voucher_no="2026-0101", paid_on=date(2026, 3, 5), source="fiscal",
        amount_yuan=Decimal("6732800.00"), payee="安澜路桥公司", summary="一季度养护费",
    )], origin="测试", by=cast.qian_li, at=at)
    return record_progress(year, lamp="yellow", attainment_rate=Decimal("0.6150"), by=cast.zhang_wen, at=at)


@pytest.fixture
def assessment(cast, at):
    project = make_project(cast, code="27-JT-0031", name="农村公路桥梁安全设施提升", attribute="new")
    new = make_year(cast, project=project, year=2027, fiscal_yuan="3200000.00")
    perform(new, "start_ex_ante", by=cast.li_weiguo, at=at)
    return fill_ex_ante(ExAnteAssessment.objects.get(), changes=TEXTS, by=cast.li_weiguo, at=at)


@pytest.fixture
def round_(cast, at):
    make_road(cast, at, code="26-JT-0050", name="公路绿化管护")
    row = open_allocation_round(
        name="2027年部门项目", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("20000000.00"), by=cast.qian_li, at=at
    )
    return perform(row, "simulate", by=cast.qian_li, at=at)


def page(client, name, *args, query="", status=200):
    response = client.get(reverse(f"budgets:{name}", args=args) + query)
    assert response.status_code == status, response.content.decode()
    return response


def text_of(response) -> str:
    return response.content.decode()


def cells_of(response) -> dict:
    """The first row by the labels of its columns."""
    labels = [column["label"] for column in response.context["columns"]]
    return dict(zip(labels, response.context["rows"][0]["cells"], strict=True))


def names_in(response) -> list[str]:
    return [row["cells"][0] for row in response.context["rows"]]


def sheet_of(response) -> list[tuple]:
    return list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))


# --- the project list ---------------------------------------------------------------------------------------------


def test_the_list_shows_figures_holder_and_sums(cast, signed_in, year):
    shown = page(signed_in(cast.zhou_xiaolan), "projects")
    assert names_in(shown) == ["农村公路日常养护及小修保养"]
    cells = cells_of(shown)
    assert (cells["预算数"], cells["支出数"], cells["未支出"], cells["目标完成率"], cells["监控"], cells["环节"]) == (
        Decimal("12800000.00"), Decimal("6732800.00"), Decimal("6067200.00"), Decimal("0.6150"), "yellow", "执行中"
    )
    assert cells["执行率"][0] == Decimal("0.5260")
    assert shown.context["rows"][0]["amount_yuan"].as_tuple().exponent == -2
    sums = shown.context["sums"]
    assert (sums.projects, sums.amount_yuan, sums.spent_yuan) == (1, Decimal("12800000.00"), Decimal("6732800.00"))
    assert (sums.execution_rate, sums.attainment_rate) == (Decimal("0.5260"), Decimal("0.6150"))
    assert sums.lamps == {"red": 0, "yellow": 1, "green": 0}


def test_a_draft_shows_what_is_asked_and_who_has_it(cast, signed_in):
    make_year(cast, year=2027)
    shown = page(signed_in(cast.zhou_xiaolan), "projects", query="?year=2027")
    cells = cells_of(shown)
    assert (cells["预算数"], cells["环节"], cells["在办人"]) == (Decimal("12800000.00"), "待启动", "李卫国")


@pytest.mark.parametrize(("query", "names"), [
    ("", ["大项目", "小项目", "教育项目"]),
    ("?view=red", ["小项目"]),
    ("?view=major", ["大项目"]),
    ("?view=mine", []),
    ("?stage=drafting", ["教育项目"]),
    ("?least=100&most=200", ["小项目"]),
    ("?lamp=green", ["大项目"]),
    ("?q=大项", ["大项目"]),
    ("?q=第一小学", ["教育项目"]),
    ("?sort=amount", ["教育项目", "小项目", "大项目"]),
    ("?sort=-name", ["教育项目", "小项目", "大项目"]),
    ("?year=2025", []),
    ("?stage=no-such-stage&sort=no-such-column", ["大项目", "小项目", "教育项目"]),
])
def test_filters_views_stages_and_order(cast, signed_in, query, names):
    big = make_project(cast, code="26-JT-0001", name="大项目")
    small = make_project(cast, code="26-JT-0002", name="小项目")
    school = make_project(cast, code="26-JY-0001", name="教育项目", unit=cast.other_unit, department=cast.other_department)
    make_year(cast, project=big, stage="executing", fiscal_yuan="9000000.00", lamp="green")
    make_year(cast, project=small, stage="executing", fiscal_yuan="1500000.00", lamp="red")
    make_year(cast, project=school, fiscal_yuan="500000.00")
    assert names_in(page(signed_in(cast.zhou_xiaolan), "projects", query=query)) == names


def test_views_and_strip_count_what_they_open(cast, signed_in, at):
    old = make_year(cast, year=2025, stage="applied", result_grade="差", result_score=Decimal("58.20"))
    make_year(cast, project=old.project, stage="suspended", lamp="red", previous=old)
    make_year(cast, project=make_project(cast, code="26-JT-0002", name="小项目"), fiscal_yuan="500000.00")
    shown = page(signed_in(cast.qian_li), "projects", query="?year=2026")
    assert {view["label"]: view["count"] for view in shown.context["views"]} == {
        "全部": 2, "待我办理": 1, "已逾期": 0, "红灯": 1, "重点项目（500万元以上）": 1, "上年评价“中”和“差”": 1
    }
    counts = {item["label"]: item["count"] for item in shown.context["strip"] if item["count"]}
    assert counts == {"全部环节": 2, "待启动": 1, "已暂缓": 1}
    assert names_in(page(signed_in(cast.qian_li), "projects", query="?view=mine&year=2026")) == [old.project.name]


def test_a_bad_amount_is_told_and_filters_nothing(cast, signed_in, year):
    shown = page(signed_in(cast.zhou_xiaolan), "projects", query="?least=一千")
    assert "金额“一千”不是数字" in text_of(shown)
    assert names_in(shown) == [year.project.name]


def test_everyone_sees_their_own_projects_only(cast, signed_in, year):
    for name in PEOPLE:
        assert names_in(page(signed_in(getattr(cast, name)), "projects")) == [year.project.name], name
    for name in STRANGERS:
        assert names_in(page(signed_in(getattr(cast, name)), "projects")) == [], name


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_needs_the_same_queries_for_one_row_and_for_fifty(cast, client, django_assert_num_queries, count):
    for number in range(count):
        make_year(cast, project=make_project(cast, code=f"26-JT-{number:04}", name=f"项目{number}"))
    client.force_login(cast.zhou_xiaolan)
    page(client, "projects", query="?year=2026")
    with django_assert_num_queries(16):
        shown = page(client, "projects", query="?year=2026")
    assert len(shown.context["rows"]) == count


def test_the_export_holds_the_filter_and_the_selection_only_what_is_ticked(cast, signed_in, year):
    make_year(cast, project=make_project(cast, code="26-JT-0002", name="=小项目"), fiscal_yuan="500000.00")
    client = signed_in(cast.zhou_xiaolan)
    rows = sheet_of(page(client, "projects", query="?export=xlsx"))
    assert [row[0] for row in rows] == ["项目名称", "农村公路日常养护及小修保养", "'=小项目"]
    assert rows[0][rows[0].index("预算数（万元）")] == "预算数（万元）"
    assert rows[1][rows[0].index("预算数（万元）")] == 1280
    chosen = client.post(reverse("budgets:projects_export"), {"selected": [str(year.pk), "x"]})
    assert [row[0] for row in sheet_of(chosen)] == ["项目名称", "农村公路日常养护及小修保养"]
    none = client.post(reverse("budgets:projects_export"), follow=True)
    assert "没有选中项目，请先勾选要导出的项目。" in text_of(none)
    foreign = signed_in(cast.chen_mo).post(reverse("budgets:projects_export"), {"selected": [year.pk]})
    assert len(sheet_of(foreign)) == 1


# --- the pool -----------------------------------------------------------------------------------------------------


def project_form(cast, **changes):
    return {
        "code": "27-JT-0031", "name": "农村公路桥梁安全设施提升", "unit": cast.unit.pk, "department": cast.department.pk,
        "kind": "department", "attribute": "new", "duration_type": "continuing", "level": "second",
        "fund_type": "general", "sector": "交通运输", "starts_on": "2027-01-01", "ends_on": "2029-12-31",
        "owner_name": "李卫国", "owner_phone": "",
    } | changes


def test_a_project_is_entered_opened_and_given_money(cast, signed_in):
    client = signed_in(cast.li_weiguo)
    assert "登记项目" in text_of(page(client, "pool"))
    entered = client.post(reverse("budgets:project_new"), project_form(cast))
    project = Project.objects.get()
    assert entered.url == reverse("budgets:project_edit", args=[project.pk])
    opened = client.post(reverse("budgets:project_open", args=[project.pk]), {"fiscal_year": 2027})
    year = ProjectYear.objects.get()
    assert opened.url == reverse("budgets:funds", args=[year.pk])
    saved = client.post(opened.url, {"fiscal": "320.5", "other": "1", "seen": year.revision})
    assert saved.url == year.get_absolute_url()
    year.refresh_from_db()
    assert year.requested_yuan == Decimal("3215000.00")
    stale = client.post(opened.url, {"fiscal": "999", "seen": 0})
    assert stale.status_code == 409
    assert "已被他人改动" in text_of(stale)
    assert 'value="999"' in text_of(stale)
    wrong = client.post(opened.url, {"fiscal": "-1", "seen": year.revision})
    assert wrong.status_code == 422
    assert "财政拨款 -1.00 万元是负数" in text_of(wrong)


def test_bad_master_data_come_back_with_everything_typed(cast, signed_in):
    client = signed_in(cast.li_weiguo)
    refused = client.post(reverse("budgets:project_new"), project_form(cast, ends_on="2026-01-01"))
    assert refused.status_code == 422
    assert "终止日期 2026-01-01 早于起始日期 2027-01-01" in text_of(refused)
    assert 'value="27-JT-0031"' in text_of(refused)
    foreign = client.post(reverse("budgets:project_new"), project_form(cast, unit=cast.other_unit.pk))
    assert foreign.status_code == 422
    assert Project.objects.count() == 0


def test_a_year_is_not_opened_twice_nor_by_others(cast, signed_in, year):
    client = signed_in(cast.li_weiguo)
    again = client.post(reverse("budgets:project_open", args=[year.project_id]), {"fiscal_year": 2026}, follow=True)
    assert "在2026年度已经立项，请直接打开原有的年度项目。" in text_of(again)
    none = client.post(reverse("budgets:project_open", args=[year.project_id]), {}, follow=True)
    assert "没有选择年度" in text_of(none)
    url = reverse("budgets:project_open", args=[year.project_id])
    assert signed_in(cast.wu_di).post(url, {"fiscal_year": 2027}).status_code == 403
    assert signed_in(cast.chen_mo).post(url, {"fiscal_year": 2027}).status_code == 404
    assert ProjectYear.objects.count() == 1


# --- the page of a project-year -----------------------------------------------------------------------------------


def test_the_life_cycle_page_shows_rail_figures_and_panels(cast, signed_in, year, monkeypatch):
    monkeypatch.setattr("core.clock.today", lambda: date(2026, 9, 16))
    shown = page(signed_in(cast.qian_li), "project_year", year.pk)
    rail = {station["label"]: station["state"] for station in shown.context["rail"]}
    assert rail == {
        "事前评估": "skipped", "目标申报": "done", "主管初审": "done", "财政审核": "done", "预算批复": "done",
        "双监控": "now", "单位自评": "todo", "绩效评价": "todo", "反馈整改": "todo", "结果应用": "todo", "信息公开": "todo",
        "归档办结": "todo",
    }
    figures = {fig["label"]: (fig["value"], fig["note"]) for fig in shown.context["figs"]}
    assert figures["已支出"] == ("673.28", "1 笔支付，结余 606.72")
    assert figures["执行率"] == ("52.6", "慢于序时 14.1 个百分点")
    assert figures["目标完成率"] == ("61.5", "慢于序时 5.2 个百分点")
    assert figures["年初预算"] == ("1,280.00", "安财预〔2026〕9号")
    for tab, word in (("overview", "常年性"), ("spending", "一季度养护费"), ("log", "更新监控结果")):
        assert word in text_of(page(signed_in(cast.qian_li), "project_year", year.pk, query=f"?tab={tab}"))


def test_where_it_is_stuck_names_person_and_days(cast, signed_in, monkeypatch):
    monkeypatch.setattr("core.clock.today", lambda: date(2026, 9, 22))
    year = make_year(cast)
    shown = page(signed_in(cast.zhang_wen), "project_year", year.pk)
    assert [(row["where"], row["what"], row["days"]) for row in shown.context["stuck"]] == [
        ("县公路养护中心 李卫国", "年度项目待启动，待启动年度申报", 6)
    ]
    assert "现在卡在：县公路养护中心 李卫国。" in text_of(shown)


def test_a_page_out_of_sight_does_not_exist(cast, signed_in, year, client):
    for name in STRANGERS:
        for view in ("project_year", "funds", "adjust", "spendings"):
            page(signed_in(getattr(cast, name)), view, year.pk, status=404)
    client.logout()
    assert page(client, "project_year", year.pk, status=302).url.startswith(reverse("login"))


def test_a_step_is_taken_from_the_page_and_others_are_refused(cast, signed_in, year):
    url = reverse("budgets:projectyear_step", args=[year.pk, "suspend"])
    refused = signed_in(cast.qian_li).post(url, {"reason": " ", "seen": year.revision})
    assert refused.status_code == 422
    assert signed_in(cast.zhou_xiaolan).post(url, {"reason": "试"}).status_code == 403
    taken = signed_in(cast.qian_li).post(url, {"reason": "红灯未纠偏", "seen": year.revision})
    assert taken.url == year.get_absolute_url()
    assert ProjectYear.objects.get(pk=year.pk).stage == "suspended"
    again = signed_in(cast.qian_li).post(url, {"reason": "红灯未纠偏", "seen": year.revision})
    assert again.status_code == 409
    page(signed_in(cast.qian_li), "projectyear_step", year.pk, "no-such", status=404)


def test_the_budget_is_adjusted_on_its_page(cast, signed_in, year):
    url = reverse("budgets:adjust", args=[year.pk])
    values = {
        "source": "fiscal", "amount_yuan": "-80", "document_no": "安财预〔2026〕41号", "adjusted_on": "2026-09-10",
        "reason": "压减低效支出",
    }
    assert "未支出部分：财政拨款 606.72 万元" in text_of(signed_in(cast.qian_li).get(url))
    refused = signed_in(cast.qian_li).post(url, values | {"amount_yuan": "-900"})
    assert refused.status_code == 422
    assert "不能压减 900.00 万元" in text_of(refused)
    assert signed_in(cast.zhou_xiaolan).post(url, values).status_code == 403
    assert signed_in(cast.qian_li).post(url, values).status_code == 302
    assert ProjectYear.objects.get(pk=year.pk).budget_yuan == Decimal("12000000.00")


@pytest.mark.parametrize("count", [1, 50])
def test_the_payment_list_needs_the_same_queries(cast, client, at, django_assert_num_queries, count):
    year = make_year(cast, stage="executing")
    record_spendings([Spending(
        project_year=year, voucher_no=f"2026-{number:04}", paid_on=date(2026, 3, 5), source="fiscal",
        amount_yuan=Decimal("100.10"),
    ) for number in range(count)], origin="测试", by=cast.qian_li, at=at)
    client.force_login(cast.zhou_xiaolan)
    page(client, "spendings", year.pk)
    with django_assert_num_queries(11):
        shown = page(client, "spendings", year.pk)
    assert shown.context["totals"][:4] == [f"合计 {count} 笔", None, None, Decimal("100.10") * count]


# --- ex-ante assessment -------------------------------------------------------------------------------------------


def test_others_do_not_see_it(cast, signed_in, assessment):
    for name in STRANGERS:
        for view in ("ex_ante", "ex_ante_edit"):
            page(signed_in(getattr(cast, name)), view, assessment.pk, status=404)


def test_the_project_year_says_that_an_assessment_is_due(cast, signed_in):
    new = make_year(cast, project=make_project(cast, attribute="new"), fiscal_yuan="3200000.00")
    shown = text_of(page(signed_in(cast.li_weiguo), "project_year", new.pk, query="?tab=ex_ante"))
    assert "达到 100.00 万元的事前评估标准，请先开展事前绩效评估" in shown
    assert reverse("budgets:ex_ante_exempt", args=[new.pk]) in shown
    assert reverse("budgets:ex_ante_exempt", args=[new.pk]) not in text_of(
        page(signed_in(cast.zhang_wen), "project_year", new.pk, query="?tab=ex_ante")
    )
    small = make_year(cast, project=make_project(cast, code="2", name="乙"), fiscal_yuan="10000.00")
    assert "事前评估标准" not in text_of(page(signed_in(cast.li_weiguo), "project_year", small.pk))


@pytest.mark.parametrize("count", [1, 50])
def test_the_assessment_list_needs_the_same_queries(cast, client, at, django_assert_num_queries, count):
    for number in range(count):
        year = make_year(cast, project=make_project(cast, code=f"26-JT-{number:04}", name=f"项目{number}"))
        ExAnteAssessment.objects.create(project_year=year, created_by=cast.li_weiguo)
    client.force_login(cast.zhou_xiaolan)
    page(client, "ex_antes")
    with django_assert_num_queries(10):
        shown = page(client, "ex_antes", query="?state=draft")
    assert len(shown.context["rows"]) == count


# --- allocation rounds --------------------------------------------------------------------------------------------


def test_a_round_goes_its_road_through_the_pages(cast, signed_in, round_):
    line = AllocationLine.objects.get()
    client = signed_in(cast.qian_li)
    shown = page(client, "allocation", round_.pk)
    assert shown.context["waterfall"]["steps"] == [
        {"name": "单位申报", "value": 520.0, "total": True}, {"name": "R1-中 1 个", "value": -70.0},
        {"name": "人工调整", "value": 0.0}, {"name": "拟安排", "value": 450.0, "total": True},
    ]
    assert "500.00 × (1 - 10%) = 450.00 万元" in text_of(shown)
    url = reverse("budgets:allocation_line", args=[round_.pk, line.pk])
    refused = client.post(url, {"changed_yuan": "480", "reason": "", "seen": round_.revision})
    assert refused.status_code == 422
    assert "由建议的 450.00 万元改为 480.00 万元，请写明理由。" in text_of(refused)
    assert 'value="480"' in text_of(refused)
    assert client.post(url, {"changed_yuan": "480", "reason": "新增里程", "seen": round_.revision}).status_code == 302
    stale = client.post(url, {"changed_yuan": "490", "reason": "再加", "seen": round_.revision})
    assert stale.status_code == 409
    step = lambda name: reverse("budgets:allocationround_step", args=[round_.pk, name])  # noqa: E731
    assert client.post(step("submit")).status_code == 302
    leader = signed_in(cast.sun_zheng)
    assert leader.post(step("decide"), {"document_no": "", "decided_on": ""}).status_code == 422
    decided = leader.post(step("decide"), {"document_no": "安财会纪〔2026〕18号", "decided_on": "2026-11-20"})
    assert decided.status_code == 302
    assert signed_in(cast.qian_li).post(step("issue")).status_code == 302
    assert ProjectYear.objects.get(fiscal_year=2027).ceiling_yuan == Decimal("4800000.00")


def test_a_line_is_freed_from_the_linkage_on_its_page(cast, signed_in, round_):
    line = AllocationLine.objects.get()
    url = reverse("budgets:allocation_waive", args=[round_.pk, line.pk])
    client = signed_in(cast.qian_li)
    refused = client.post(url, {"waiver": "", "seen": round_.revision})
    assert refused.status_code == 422
    assert "免于挂钩须写明理由" in text_of(refused)
    assert client.post(url, {"waiver": "上级政策性配套", "seen": round_.revision}).status_code == 302
    shown = page(client, "allocation", round_.pk, query="?only=waived")
    assert [row["reason"] for row in shown.context["lines"]] == ["免于挂钩：上级政策性配套"]
    assert signed_in(cast.zhou_xiaolan).post(url, {"waiver": "试"}).status_code == 403


def test_a_new_round_asks_for_a_name_a_year_and_a_ceiling(cast, signed_in):
    url = reverse("budgets:allocation_new")
    client = signed_in(cast.qian_li)
    bad = client.post(url, {"name": "2027年", "fiscal_year": 2027, "ceiling_yuan": "0"})
    assert bad.status_code == 422
    assert "总控制数应大于 0，请填写本轮可安排的总额。" in text_of(bad)
    good = client.post(url, {"name": "2027年", "fiscal_year": 2027, "ceiling_yuan": "17750"})
    round_ = AllocationRound.objects.get()
    assert (good.url, round_.ceiling_yuan) == (round_.get_absolute_url(), Decimal("177500000.00"))
    other = signed_in(cast.zhou_xiaolan).post(url, {"name": "二", "fiscal_year": 2027, "ceiling_yuan": "1"})
    assert other.status_code == 403


def test_units_see_issued_rounds_with_their_own_lines(cast, signed_in, at, round_):
    school = make_project(cast, code="26-JY-0001", name="课后服务", unit=cast.other_unit, department=cast.other_department)
    make_year(cast, project=school, stage="executing", fiscal_yuan="300000.00")
    perform(round_, "simulate", by=cast.qian_li, at=at)
    page(signed_in(cast.li_weiguo), "allocation", round_.pk, status=404)
    put_into(round_, "issued")
    shown = page(signed_in(cast.li_weiguo), "allocation", round_.pk)
    assert [row["name"] for row in shown.context["lines"]] == ["公路绿化管护"]
    foreign = AllocationLine.objects.get(project=school)
    page(signed_in(cast.li_weiguo), "allocation_line", round_.pk, foreign.pk, status=404)
    page(signed_in(cast.he_min), "allocation", round_.pk, status=404)
    rows = sheet_of(page(signed_in(cast.li_weiguo), "allocation_export", round_.pk))
    assert [(row[1], row[8], row[9], row[11]) for row in rows] == [
        ("项目名称", "适用规则", "规则建议（万元）", "拟安排（万元）"), ("公路绿化管护", "R1-中", 450, 450)
    ]


@pytest.mark.parametrize("count", [1, 50])
def test_rounds_and_their_lines_need_the_same_queries(cast, client, at, django_assert_num_queries, count):
    for number in range(count):
        project = make_project(cast, code=f"26-JT-{number:04}", name=f"项目{number}")
        make_year(cast, project=project, stage="executing", fiscal_yuan="100000.00")
    rounds = [open_allocation_round(
        name=f"第 {number} 轮", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("1.00"), by=cast.qian_li, at=at
    ) for number in range(count)]
    round_ = perform(rounds[0], "simulate", by=cast.qian_li, at=at)
    client.force_login(cast.qian_li)
    page(client, "allocations")
    with django_assert_num_queries(8):
        assert len(page(client, "allocations").context["rounds"]) == count
    with django_assert_num_queries(17):
        assert len(page(client, "allocation", round_.pk).context["lines"]) == count
    assert ToDo.objects.filter(model="budgets.allocationround").count() == count
