"""The pages of monitoring as the right people see and use them."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from budgets.models import ProjectYear
from core import clock
from core.transitions import perform
from monitoring import queries
from monitoring.models import Alert, MonitoringRound, ProgressReport
from tests.factories.cast import NOON, make_project
from tests.monitoring.scene import fill, fill_behind, make_executing, make_report, open_july, send

D = Decimal


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(clock, "today", lambda: NOON.date())


def make_alert(cast) -> Alert:
    send(cast, fill_behind(cast, make_report(cast)))
    return Alert.objects.get()


def make_many(cast, number: int) -> MonitoringRound:
    for place in range(number):
        make_executing(cast, project=make_project(cast, code=f"26-JT-1{place:03}", name=f"道路工程{place}标段"))
    round_ = open_july(cast)
    for report in round_.reports.order_by("pk"):
        send(cast, fill_behind(cast, report))
    return round_


def typed(report: ProgressReport, **changes) -> dict:
    """What a browser sends of the form, everything on time; ``changes`` as (indicator, field) or head field."""
    actual = {"小修保养处治面积": "2.60", "养护任务按期完成率": "60", "水毁抢修到场时间": "3.4", "沿线群众满意度": "91"}
    data = {"seen": report.revision, "head-forecast_yuan": "1,203.00", "head-surplus_reason": "招标节约"}
    for value in report.value_list():
        name, prefix = value.indicator.name, f"v{value.pk}"
        data[f"{prefix}-likelihood"] = "certain"
        if name in actual:
            data[f"{prefix}-actual_value"] = changes.pop(name, actual[name])
        else:
            data[f"{prefix}-quality"] = changes.pop(name, "reached")
    return data | changes


# --- rounds ---------------------------------------------------------------------------------------


def test_the_performance_section_opens_a_round(cast, signed_in):
    make_executing(cast)
    browser = signed_in(cast.zhou_xiaolan)
    form = browser.get(reverse("monitoring:open_round")).context["form"]
    assert form.initial == {
        "fiscal_year": cast.years[2026], "number": 1, "period_start": date(2026, 1, 1), "period_end": date(2026, 7, 31),
        "due_on": date(2026, 8, 31),
    }
    answer = browser.post(reverse("monitoring:open_round"), {
        "fiscal_year": 2026, "number": 1, "period_start": "2026-01-01", "period_end": "2026-07-31",
        "due_on": "2026-09-20",
    })
    round_ = MonitoringRound.objects.get()
    assert answer.url == reverse("monitoring:round", args=[round_.pk])
    assert (round_.period_end, round_.due_on, round_.reports.count()) == (date(2026, 7, 31), date(2026, 9, 20), 1)


def test_a_refused_opening_keeps_what_was_typed(cast, signed_in):
    make_executing(cast)
    answer = signed_in(cast.zhou_xiaolan).post(reverse("monitoring:open_round"), {
        "fiscal_year": 2026, "number": 1, "period_start": "2026-01-01", "period_end": "2026-07-30",
        "due_on": "2026-09-20",
    })
    assert answer.status_code == 422
    assert "请改为月末 2026-07-31。" in answer.text
    assert 'value="2026-07-30"' in answer.text
    assert not MonitoringRound.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["li_weiguo", "zhang_wen", "lu_yuan", "wu_di"])
def test_nobody_else_opens_rounds(cast, signed_in, name, method):
    answer = getattr(signed_in(getattr(cast, name)), method)(reverse("monitoring:open_round"))
    assert answer.status_code == 403


def test_the_second_round_follows_the_rule_set(cast):
    make_executing(cast)
    open_july(cast)
    assert queries.next_round(cast.years[2026]) == {
        "number": 2, "period_start": date(2026, 1, 1), "period_end": date(2026, 10, 31), "due_on": date(2026, 11, 15),
    }
    open_july(cast, number=2, month_end=date(2026, 8, 31))
    assert queries.next_round(cast.years[2026]) == {"number": 3, "period_start": date(2026, 1, 1)}


def test_the_list_of_rounds_counts_what_the_person_may_see(cast, signed_in):
    make_many(cast, 2)
    cells = signed_in(cast.zhou_xiaolan).get(reverse("monitoring:rounds")).context["rows"][0]["cells"]
    assert cells[3:] == [2, 2, 0, 2, 0, 0]
    cells = signed_in(cast.chen_mo).get(reverse("monitoring:rounds")).context["rows"][0]["cells"]
    assert cells[3:] == [0, 0, 0, 0, 0, 0]


# --- overview -------------------------------------------------------------------------------------


def test_the_overview_adds_up(cast, signed_in):
    make_executing(cast)
    make_executing(cast, project=make_project(cast, code="26-JT-0013", name="桥梁安全提升"), paid="1280000.00")
    third = make_project(cast, code="26-JT-0014", name="村道安防")
    make_executing(cast, project=third, paid="7600000.00", fiscal_yuan="6400000.00")
    round_ = open_july(cast)
    by_name = {report.project_year.project.name: report for report in round_.reports.all()}
    send(cast, fill_behind(cast, by_name["农村公路日常养护及小修保养"]))
    send(cast, fill(cast, by_name["桥梁安全提升"]))
    context = signed_in(cast.zhou_xiaolan).get(round_.get_absolute_url()).context
    figures = context["figures"]
    assert (figures["projects"], figures["sent"]) == (3, 2)
    assert (figures["budget_yuan"], figures["executed_yuan"]) == (D("32000000.00"), D("14080000.00"))
    assert (figures["execution_rate"], figures["execution_against"]) == (D("0.4400"), "慢 14.3 个百分点")
    # (55.19 % + 72.52 %) ÷ 2: both have the same budget, the third was not sent
    assert (figures["attainment_rate"], figures["attainment_against"]) == (D("0.6386"), "快 5.5 个百分点")
    assert {colour: each["count"] for colour, each in figures["lamps"].items()} == {
        "red": 1, "yellow": 1, "green": 0, "grey": 1, "blue": 0,
    }
    assert figures["lamps"]["red"]["budget_yuan"] == D("12800000.00")
    assert context["lamp"] == "red"
    assert [(row["name"], row["handling"]) for row in context["listed"]] == [("桥梁安全提升", "未处置")]
    assert context["disposal"]["alert"].lamp == "red"
    (row,) = context["by_department"]
    shown = ("name", "projects", "red", "yellow", "green", "red_yuan", "execution_rate")
    assert {name: row[name] for name in shown} == {
        "name": "县交通运输局", "projects": 3, "red": 1, "yellow": 1, "green": 0, "red_yuan": D("12800000.00"),
        "execution_rate": D("0.4400"),
    }
    assert context["scatter"]["tick"] == 58.3
    assert [(point["x"], point["y"], point["size"], point["lamp"]) for point in context["scatter"]["points"]] == [
        (40.6, 55.2, 1280.0, "yellow"), (10.0, 72.5, 1280.0, "red"),
    ]
    assert context["scatter"]["quadrants"] == [
        {"name": "双达标", "count": 0}, {"name": "钱快事慢", "count": 0}, {"name": "事快钱慢", "count": 1},
        {"name": "双滞后", "count": 1},
    ]


def test_every_figure_of_the_overview_leads_to_as_many_rows(cast, signed_in):
    round_ = make_many(cast, 3)
    browser = signed_in(cast.zhou_xiaolan)
    context = browser.get(round_.get_absolute_url()).context
    links = [(each["url"], each["count"]) for each in context["lamps"]]
    links += [(context["list_url"], 3), (context["sent_url"], 3), (context["listed_url"], 3)]
    links += [(row["all_url"], row["projects"]) for row in context["by_department"]]
    links += [(row["yellow_url"], row["yellow"]) for row in context["by_department"]]
    for url, count in links:
        assert browser.get(url).context["page"].paginator.count == count, url


def test_the_overview_keeps_to_what_the_person_may_see(cast, signed_in):
    round_ = make_many(cast, 1)
    answer = signed_in(cast.chen_mo).get(round_.get_absolute_url())
    assert answer.context["figures"]["projects"] == 0
    assert "道路工程" not in answer.text
    assert signed_in(cast.he_min).get(round_.get_absolute_url()).status_code == 404


def test_a_name_cannot_break_out_of_the_chart_data(cast, signed_in):
    make_executing(cast, project=make_project(cast, code="26-JT-0666", name="</script><script>alert(1)</script>"))
    round_ = open_july(cast)
    send(cast, fill_behind(cast, round_.reports.get()))
    text = signed_in(cast.zhou_xiaolan).get(round_.get_absolute_url()).text
    assert "<script>alert" not in text
    data = text.split('id="scatter-data" type="application/json">')[1].split("</script>")[0]
    assert json.loads(data)["points"][0]["name"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize("query", ["department=abc", "lamp=purple", "alert=x", "alert=999", "department=999999"])
def test_a_senseless_address_shows_the_whole_round(cast, signed_in, query):
    round_ = make_many(cast, 1)
    answer = signed_in(cast.zhou_xiaolan).get(f"{round_.get_absolute_url()}?{query}")
    assert answer.status_code == 200
    assert answer.context["figures"]["projects"] == 1


# --- the monitoring form --------------------------------------------------------------------------


def edit_url(report) -> str:
    return reverse("monitoring:report_edit", args=[report.pk])


def test_the_operator_comes_straight_to_the_form(cast, signed_in):
    report = make_report(cast)
    browser = signed_in(cast.li_weiguo)
    assert browser.get(report.get_absolute_url()).url == edit_url(report)
    answer = browser.get(edit_url(report))
    assert answer.context["lacks"][0] == "“农村公路日常养护及小修保养”2026年1—7月监控表没有填写全年预计支出，请填写后再报送。"
    assert len(answer.context["lacks"]) == 11
    assert "520.00" in answer.text and "1 笔支付" in answer.text
    assert [row["span1"] for row in answer.context["rows"]] == [1, 2, 0, 1, 1]
    assert [row["span2"] for row in answer.context["rows"]] == [1, 1, 1, 1, 1]


def test_a_draft_is_saved_and_its_lamps_are_shown(cast, signed_in):
    report = make_report(cast)
    browser = signed_in(cast.li_weiguo)
    data = typed(report, 小修保养处治面积="1,0.5")
    assert browser.post(edit_url(report), data | {"draft": "1"}).url == edit_url(report)
    report.refresh_from_db()
    assert (report.state, report.forecast_yuan, report.surplus_reason) == ("draft", D("12030000.00"), "招标节约")
    assert report.values.get(indicator__name="小修保养处治面积").actual_value == D("10.5000")
    assert report.project_lamp == "yellow"
    text = browser.get(edit_url(report)).text
    assert "完成率 228.3%" in text and "系统预判为黄灯。" in text


def test_saving_and_submitting_is_one_press(cast, signed_in):
    report = make_report(cast)
    answer = signed_in(cast.li_weiguo).post(edit_url(report), typed(report) | {"submit": "1"})
    assert answer.url == report.get_absolute_url()
    report.refresh_from_db()
    assert (report.state, report.submitted_by) == ("unit_review", cast.li_weiguo)


def test_a_refused_submission_keeps_the_draft_and_says_everything(cast, signed_in):
    report = make_report(cast)
    data = typed(report, 小修保养处治面积="0.92") | {"submit": "1", "head-forecast_yuan": "500"}
    answer = signed_in(cast.li_weiguo).post(edit_url(report), data)
    assert answer.status_code == 422
    assert [fault["sentence"] for fault in answer.context["faults"]] == [
        "“农村公路日常养护及小修保养”2026年1—7月监控表全年预计支出 500.00 万元，小于已支出的 520.00 万元，请改正。",
        "“农村公路日常养护及小修保养”2026年1—7月监控表第 2 行“小修保养处治面积”为红灯、确定能，按规则须填写偏差原因、原因说明，请补充。",
    ]
    report.refresh_from_db()
    assert (report.state, report.forecast_yuan) == ("draft", D("5000000.00"))
    assert 'value="500"' in answer.text
    assert f'name="seen" value="{report.revision}"' in answer.text


@pytest.mark.parametrize(("field", "text", "sentence"), [
    ("小修保养处治面积", "两万", "第 2 行“小修保养处治面积”完成值：“两万”不是数字，请填一个数，例如 86.5。"),
    ("小修保养处治面积", "1.23456", "第 2 行“小修保养处治面积”完成值：“1.23456”超出可登记的范围，请填小于 10,000,000,000,000,000 的数，小数最多 4 位。"),
    ("管养长效机制健全程度", "splendid", "第 4 行“管养长效机制健全程度”完成情况：“splendid”不在可选的范围内，请从列表中选择。"),
    ("head-forecast_yuan", "很多", "全年预计执行数：金额“很多”不是数字，请填写形如 1,234.56 的数字。"),
])
def test_what_cannot_be_read_is_named_by_line_and_nothing_is_saved(cast, signed_in, field, text, sentence):
    report = make_report(cast)
    answer = signed_in(cast.li_weiguo).post(edit_url(report), typed(report, **{field: text}) | {"draft": "1"})
    assert answer.status_code == 422
    assert [fault["sentence"] for fault in answer.context["faults"]] == [sentence]
    assert text in answer.text
    report.refresh_from_db()
    assert (report.forecast_yuan, report.revision) == (None, 0)


@pytest.mark.parametrize("seen", ["0", "", "x"])
def test_a_stale_form_is_refused_with_everything_typed_kept(cast, signed_in, seen):
    report = make_report(cast)
    fill(cast, report)
    data = typed(report) | {"head-forecast_yuan": "1111.11", "draft": "1", "seen": seen}
    answer = signed_in(cast.li_weiguo).post(edit_url(report), data)
    assert answer.status_code == 409
    assert "已被他人改动" in answer.text and 'value="1111.11"' in answer.text
    report.refresh_from_db()
    assert report.forecast_yuan == D("12030000.00")


@pytest.mark.parametrize(
    ("name", "status"), [("zhang_wen", 302), ("wang_jianguo", 302), ("chen_mo", 404), ("lin_feng", 404)]
)
def test_the_form_is_the_operators_alone(cast, signed_in, name, status):
    report = make_report(cast)
    browser = signed_in(getattr(cast, name))
    assert browser.get(edit_url(report)).status_code == status
    refused = browser.post(edit_url(report), typed(report) | {"draft": "1"})
    assert refused.status_code == (404 if status == 404 else 403)
    report.refresh_from_db()
    assert report.forecast_yuan is None


def test_a_returned_report_says_who_sent_it_back_and_why(cast, signed_in):
    report = send(cast, fill_behind(cast, make_report(cast)))
    perform(report, "send_back", by=cast.zhou_xiaolan, at=NOON, reason="请写明是哪些路段。")
    text = signed_in(cast.li_weiguo).get(edit_url(report)).text
    assert "周晓岚（绩效股） 9月16日退回修改：</span>请写明是哪些路段。" in text


# --- review ---------------------------------------------------------------------------------------


def step_url(record, step) -> str:
    return reverse(f"monitoring:{record._meta.model_name}_step", args=[record.pk, step])


def test_a_report_is_reviewed_step_by_step_through_its_pages(cast, signed_in):
    report = perform(fill_behind(cast, make_report(cast)), "submit", by=cast.li_weiguo, at=NOON)
    for step, person, state in (
        ("pass_unit", cast.wang_jianguo, "dept_reviewing"), ("pass_department", cast.zhang_wen, "fiscal_reviewing"),
        ("accept", cast.lu_yuan, "accepted"),
    ):
        browser = signed_in(person)
        assert step in [each["name"] for each in browser.get(report.get_absolute_url()).context["steps"]]
        report.refresh_from_db()
        assert browser.post(step_url(report, step), {"seen": report.revision}).url == report.get_absolute_url()
        report.refresh_from_db()
        assert report.state == state


@pytest.mark.parametrize("name", ["chen_mo", "lin_feng"])
def test_what_one_may_not_see_is_not_there(cast, signed_in, name):
    alert = make_alert(cast)
    browser = signed_in(getattr(cast, name))
    for record in (alert, alert.report):
        assert browser.get(record.get_absolute_url()).status_code == 404
        assert browser.post(step_url(record, "send_back"), {"reason": "测试"}).status_code == 404


def test_a_step_of_another_and_a_step_out_of_turn_are_refused(cast, signed_in):
    alert = make_alert(cast)
    assert signed_in(cast.zhang_wen).post(step_url(alert.report, "accept"), {}).status_code == 403
    assert signed_in(cast.zhou_xiaolan).post(step_url(alert.report, "fly"), {}).status_code == 404
    assert signed_in(cast.zhang_wen).post(step_url(alert.report, "pass_department"), {}).status_code == 409


def test_an_order_to_correct_starts_from_the_deadline_of_the_rule_set(cast, signed_in):
    alert = make_alert(cast)
    browser = signed_in(cast.lu_yuan)
    form = browser.get(step_url(alert, "order_correction")).context["form"]
    assert form["correction_due_on"].initial == date(2026, 10, 1)
    refused = browser.post(step_url(alert, "order_correction"), {"correction_due_on": "2026-09-01", "reason": "限期补足。"})
    assert refused.status_code == 422
    assert "请改为之后的日期。" in refused.text and "限期补足。" in refused.text
    browser.post(step_url(alert, "order_correction"), {"correction_due_on": "2026-10-15", "reason": "限期补足。"})
    alert.refresh_from_db()
    assert (alert.state, alert.order_text, alert.due_on) == ("correcting", "限期补足。", date(2026, 10, 15))


def test_a_disposal_shows_its_consequence_in_money_before_it_is_confirmed(cast, signed_in):
    alert = make_alert(cast)
    browser = signed_in(cast.qian_li)
    page = browser.get(alert.get_absolute_url())
    assert [(way["name"], way["consequences"][0]) for way in page.context["disposal"]["ways"]] == [
        ("adjust_target", "同意单位按程序调整绩效目标，预算 1,280.00 万元不变；需要调减的另行办理预算调整。"),
        ("suspend", "暂停拨付未支出的 680.00 万元（预算 1,280.00 万元，已支出 600.00 万元）。"),
        ("stop", "收回未支出的 680.00 万元，预算由 1,280.00 万元减为 600.00 万元。"),
    ]
    assert "收回未支出的 680.00 万元" in browser.get(step_url(alert, "stop")).text
    assert ProjectYear.objects.get().stage == "executing"
    refused = browser.post(step_url(alert, "stop"), {"seen": alert.revision, "reason": ""})
    assert (refused.status_code, Alert.objects.get().state) == (422, "open")
    browser.post(step_url(alert, "stop"), {"seen": alert.revision, "reason": "征迁无法完成。"})
    assert ProjectYear.objects.get().stage == "stopped"
    again = browser.post(step_url(alert, "stop"), {"seen": alert.revision, "reason": "征迁无法完成。"})
    assert again.status_code == 409


# --- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "names"), [
    ("", ["桥梁安全提升", "农村公路日常养护及小修保养"]),
    ("?q=桥梁", ["桥梁安全提升"]),
    ("?q=公路养护中心", ["桥梁安全提升", "农村公路日常养护及小修保养"]),
    ("?lamp=yellow", ["农村公路日常养护及小修保养"]),
    ("?lamp=grey", ["桥梁安全提升"]),
    ("?sent=no", ["桥梁安全提升"]),
    ("?sent=yes", ["农村公路日常养护及小修保养"]),
    ("?state=draft", ["桥梁安全提升"]),
    ("?sort=rate", ["桥梁安全提升", "农村公路日常养护及小修保养"]),
    ("?sort=-rate", ["农村公路日常养护及小修保养", "桥梁安全提升"]),
    ("?year=2025", []),
])
def test_the_reports_are_filtered_and_sorted(cast, signed_in, query, names):
    make_executing(cast)
    make_executing(
        cast, project=make_project(cast, code="26-JT-0013", name="桥梁安全提升"), paid="1280000.00", fiscal_yuan="16000000.00"
    )
    round_ = open_july(cast)
    send(cast, fill_behind(cast, round_.reports.get(project_year__project__code="26-JT-0012")))
    rows = signed_in(cast.zhou_xiaolan).get(reverse("monitoring:reports") + query).context["rows"]
    assert [row["cells"][0]["text"] for row in rows] == names


def test_the_lists_add_up_and_leave_the_house(cast, signed_in):
    round_ = make_many(cast, 2)
    browser = signed_in(cast.zhou_xiaolan)
    totals = browser.get(f"{reverse('monitoring:reports')}?round={round_.pk}").context["totals"]
    assert totals == ["筛选合计", None, None, D("25600000.00"), D("10400000.00"), D("0.4063"), None, None, None, None]
    for name in ("monitoring:reports", "monitoring:alerts"):
        answer = browser.get(reverse(name) + "?export=xlsx")
        assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
        assert answer.content[:2] == b"PK"


@pytest.mark.parametrize(("query", "count"), [
    ("", 2), ("?state=unsettled", 1), ("?state=closed", 1), ("?lamp=red", 0), ("?outcome=explained", 1), ("?q=0标段", 1),
])
def test_the_alerts_are_filtered(cast, signed_in, query, count):
    make_many(cast, 2)
    perform(Alert.objects.order_by("pk").last(), "explain", by=cast.lu_yuan, at=NOON, reason="合同约定集中支付。")
    assert len(signed_in(cast.zhou_xiaolan).get(reverse("monitoring:alerts") + query).context["rows"]) == count


QUERIES = {"monitoring:rounds": 10, "monitoring:reports": 12, "monitoring:alerts": 11, "overview": 15}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("rows", [1, 50])
def test_lists_ask_as_often_for_one_row_as_for_fifty(cast, signed_in, django_assert_num_queries, name, rows):
    round_ = make_many(cast, rows)
    MonitoringRound.objects.bulk_create(
        MonitoringRound(
            fiscal_year=round_.fiscal_year, number=number, period_start=round_.period_start,
            period_end=round_.period_end, due_on=round_.due_on, opened_by=cast.zhou_xiaolan, opened_at=NOON,
        )
        for number in range(2, rows + 1)
    )
    url = round_.get_absolute_url() if name == "overview" else reverse(name)
    browser = signed_in(cast.zhou_xiaolan)
    browser.get(url)
    with django_assert_num_queries(QUERIES[name]):
        browser.get(url)


# --- the panel on the project's page --------------------------------------------------------------


def test_the_panel_tells_rounds_and_alerts(cast):
    alert = make_alert(cast)
    panel = queries.panel(alert.project_year, cast.zhou_xiaolan)
    assert panel["reports"] == [{
        "label": "1—7月", "state": "待复核", "lamp": "yellow", "execution_rate": D("0.4063"),
        "attainment_rate": D("0.5519"), "progress": D("0.5833"), "due_on": None, "url": alert.report.get_absolute_url(),
    }]
    assert [(row["label"], row["lamp"], row["state"], row["outcome"]) for row in panel["alerts"]] == [
        ("1—7月", "yellow", "未处置", "")
    ]
    assert queries.panel(alert.project_year, cast.chen_mo) is None


def test_there_is_no_panel_before_the_first_round(cast):
    assert queries.panel(make_executing(cast), cast.zhou_xiaolan) is None


def test_a_draft_shows_no_lamp_on_the_panel(cast):
    report = fill_behind(cast, make_report(cast))
    (row,) = queries.panel(report.project_year, cast.zhou_xiaolan)["reports"]
    assert (row["lamp"], row["attainment_rate"], row["due_on"]) == ("", None, date(2026, 9, 20))
