"""What a person meets on the pages of monitoring on a second look: a return, a slip, an overspent project."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from budgets.models import ProjectYear
from core import clock
from core.errors import RuleViolation
from core.lamps import Reading, project_lamp
from core.rulebook.terms import Lamp
from core.transitions import perform
from monitoring import queries, rules
from monitoring.models import Alert
from tests.factories.cast import NOON
from tests.monitoring.scene import BEHIND, fill, fill_behind, make_executing, make_report, open_july, send
from tests.monitoring.test_pages import edit_url, make_alert, make_many, typed

D = Decimal
TITLE = "“农村公路日常养护及小修保养”2026年1—7月监控表"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(clock, "today", lambda: NOON.date())


# --- a slip ---------------------------------------------------------------------------------------


def test_a_figure_below_zero_is_asked_about_until_it_is_explained(cast):
    slip = {"水毁抢修到场时间": {"actual_value": D("-3.4")}}
    report = fill(cast, make_report(cast), **slip)
    with pytest.raises(RuleViolation) as refusal:
        perform(report, "submit", by=cast.li_weiguo, at=NOON)
    assert [(reason.code, reason.sentence, reason.target) for reason in refusal.value.reasons] == [(
        "negative_value",
        f"{TITLE}第 1 行“水毁抢修到场时间”填的是负数 -3.4，指标值为 ≤4小时，请核对；确实为负的，请在原因说明中写明。", "row-1",
    )]
    slip["水毁抢修到场时间"] |= {"note": "按约定提前到场，口径为相对时间。"}
    report = fill(cast, report, **slip)
    assert perform(report, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_a_target_below_zero_may_be_met_below_zero(cast):
    year = make_executing(cast)
    year.target_declarations.get().indicators.filter(name="水毁抢修到场时间").update(target_value=D("-2"))
    report = fill(cast, open_july(cast).reports.get(), 水毁抢修到场时间={"actual_value": D("-3")})
    assert list(rules.values_are_possible(report)) == []


# --- the form -------------------------------------------------------------------------------------


def test_every_fault_of_a_refused_report_leads_to_its_row(cast, signed_in):
    report = make_report(cast)
    data = typed(report, 小修保养处治面积="0.92") | {"submit": "1", "head-forecast_yuan": "500"}
    text = signed_in(cast.li_weiguo).post(edit_url(report), data).text
    assert f'<a href="#id_head-forecast_yuan">{TITLE}全年预计支出 500.00 万元' in text
    assert f'<a href="#row-2">{TITLE}第 2 行“小修保养处治面积”' in text
    assert 'id="row-2"' in text and 'id="id_head-forecast_yuan"' in text


def test_the_form_saves_itself_and_can_be_taken_along_before_it_is_sent(cast, signed_in):
    report = make_report(cast)
    text = signed_in(cast.li_weiguo).get(edit_url(report)).text
    assert f'data-autosave="progressreport-{report.pk}"' in text and "js/autosave.js" in text
    assert f'data-autosave-state data-seen="{report.revision}"' in text
    assert reverse("official_form", args=["progress_report", report.pk, "pdf"]) in text


def test_a_report_that_is_read_does_not_save_itself_and_has_the_width_of_the_form(cast, signed_in):
    report = send(cast, fill_behind(cast, make_report(cast)))
    text = signed_in(cast.lu_yuan).get(report.get_absolute_url()).text
    assert "data-autosave" not in text
    assert '<body class="jx nav-mini"' in text


def test_what_was_given_back_says_so_until_the_next_step(cast, signed_in):
    report = send(cast, fill_behind(cast, make_report(cast)))
    report = perform(report, "send_back", by=cast.zhou_xiaolan, at=NOON, reason="请写明是哪些路段。")
    client = signed_in(cast.li_weiguo)
    assert client.get(edit_url(report)).context["returned"]["text"] == "请写明是哪些路段。"
    report = perform(fill_behind(cast, report), "submit", by=cast.li_weiguo, at=NOON)
    assert client.get(report.get_absolute_url()).context["returned"] is None


def test_the_limit_of_a_correction_is_told_from_that_of_the_report(cast, signed_in):
    report = send(cast, fill_behind(cast, make_report(cast)))
    perform(
        report, "order_correction", by=cast.zhou_xiaolan, at=NOON, reason="限期补足。",
        data={"correction_due_on": date(2026, 10, 15)},
    )
    text = signed_in(cast.li_weiguo).get(report.get_absolute_url()).text
    assert "9月20日报送截止，纠偏中限 10月15日，" in text


# --- alerts ---------------------------------------------------------------------------------------


def test_alerts_that_wait_come_before_those_that_are_settled_and_red_before_yellow(cast, signed_in):
    make_many(cast, 3)
    settled, red, yellow = Alert.objects.order_by("-pk")
    perform(settled, "explain", by=cast.lu_yuan, at=NOON, reason="已核实。")
    Alert.objects.filter(pk=red.pk).update(lamp="red")
    rows = signed_in(cast.zhou_xiaolan).get(reverse("monitoring:alerts")).context["rows"]
    assert [row["id"] for row in rows] == [red.pk, yellow.pk, settled.pk]


def test_the_same_words_about_several_indicators_are_shown_once(cast):
    report = fill(cast, make_report(cast), **dict.fromkeys(BEHIND, BEHIND["小修保养处治面积"]) | {
        "沿线群众满意度": {"note": "年末统一调查。"},
    })
    assert queries.explanations_of(report) == [
        {"indicators": "小修保养处治面积、养护任务按期完成率", "reasons": "经费保障",
         "note": "三个路段征迁未完成，10月补上2.5万平方米。"},
        {"indicators": "沿线群众满意度", "reasons": "", "note": "年末统一调查。"},
    ]


def test_an_overspent_project_has_nothing_left_to_hold_or_take_back(cast):
    alert = make_alert(cast)
    ProjectYear.objects.update(spent_yuan=D("13000000.00"))
    told = rules.disposal_consequences(Alert.objects.get(pk=alert.pk))
    nothing = "预算 1,280.00 万元，已支出 1,300.00 万元，没有未支出的资金。"
    assert told["suspend"][0] == told["stop"][0] == told["order_correction"][1] == told["verify"][1] == nothing
    assert not [sentence for sentences in told.values() for sentence in sentences if "-" in sentence]


def test_an_alert_gives_the_rates_as_every_list_rounds_them(cast):
    """79.046 % is stored as 0.7905 and shown as 79.1 %, in the lists and in the sentence alike."""
    book = cast.years[2026].rulebook()
    money = Reading(rule="money_lag", formula="", lamp=Lamp.RED, rate=Fraction("0.44"))
    reached = Reading(rule="indicator_lag", formula="", lamp=Lamp.YELLOW, rate=Fraction("0.79046"))
    progress = rules.progress_of(date(2026, 10, 31))
    lamp = project_lamp(money=money, indicators=[(reached, D(10))], progress=progress, book=book)
    assert dict(lamp.inputs)["目标完成率"] == "79.1%"


# --- the overview ---------------------------------------------------------------------------------


def test_the_overview_leads_to_those_who_have_not_sent(cast, signed_in):
    make_executing(cast)
    round_ = open_july(cast)
    browser = signed_in(cast.zhou_xiaolan)
    page = browser.get(round_.get_absolute_url())
    assert page.context["unsent"] == 1 and ">未报 1</a> 的不亮灯" in page.text
    assert [row["id"] for row in browser.get(page.context["unsent_url"]).context["rows"]] == [round_.reports.get().pk]
    send(cast, fill_behind(cast, round_.reports.get()))
    assert "的不亮灯" not in browser.get(round_.get_absolute_url()).text


# --- why this figure ------------------------------------------------------------------------------


def test_every_figure_opens_to_its_rule_its_limits_and_the_version(cast, signed_in):
    report = fill_behind(cast, make_report(cast))
    page = signed_in(cast.li_weiguo).get(edit_url(report))
    version = "2026年度 项目支出绩效评价（设成本指标，10+20+40+20+10） 第1版"
    behind = "慢于序时 10 个百分点以上黄灯，25 个百分点以上红灯"
    assert page.context["workings"]["money"]["rule"] == f"{behind}（{version}）"
    assert page.context["workings"]["project"]["rule"] == (
        f"执行率和目标完成率取慢的，{behind}；支出快于目标 15 个百分点以上黄灯，25 个百分点以上红灯（{version}）"
    )
    assert [row["working"]["rule"].removesuffix(f"（{version}）") for row in page.context["rows"]] == [
        "反向或到期的指标：符合目标绿灯，不符合红灯；符合的按序时进度计完成率", behind, behind,
        "定性指标：达成绿灯，部分达成黄灯，未达成红灯", behind,
    ]
    assert "indicator_met" not in page.text and "money_lag" not in page.text


def test_a_figure_names_the_version_that_made_it_after_the_year_has_another(cast):
    report = fill_behind(cast, make_report(cast))
    year = report.project_year.fiscal_year
    used = year.ruleset
    newer = type(used).objects.get(pk=used.pk)
    newer.pk, newer.version = None, used.version + 1
    newer.save()
    year.ruleset = newer
    assert queries.ruleset_of(report, report.project_year) == used


def test_ratio_rules_and_unknown_ones_are_told_too(cast):
    lamps = cast.years[2026].rulebook().lamps
    assert rules.lamp_rule_in_words("money_ratio", lamps) == "与序时之比低于 80% 黄灯，低于 60% 红灯"
    assert rules.lamp_rule_in_words("project_worst", lamps) == "取最差的灯色"
    assert rules.lamp_rule_in_words("project", lamps) == ""
