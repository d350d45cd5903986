"""A filled 项目支出绩效目标执行监控表 becomes the draft of a progress report."""

from datetime import date
from decimal import Decimal

import pytest

from core.models import AuditEntry
from core.official.intake import Paper, intake_for
from core.official.kinds import kind_named
from core.official.workbook import to_xlsx
from core.transitions import perform
from monitoring.models import ProgressReport
from tests.factories.cast import NOON
from tests.filled_files import Word, confirm, downloaded, send
from tests.monitoring.scene import fill_behind, make_report, open_july
from tests.official_files import pdf_pages

NOTE = "三个路段征迁未完成，10月补上2.5万平方米。"
REACHED, FORECAST = "1—7月执行情况", "全年预计完成情况"


def office_fills(report, cast) -> Word:
    word = downloaded("progress_report", report, cast.li_weiguo)
    rows = {
        "水毁抢修到场时间": {REACHED: "3.4小时", "完成目标可能性": "确定能"},
        "小修保养处治面积": {
            REACHED: "9,200平方米", FORECAST: "4.60万平方米", "经费保障": "√", "原因说明": NOTE, "完成目标可能性": "有可能",
        },
        "养护任务按期完成率": {REACHED: "60%", "完成目标可能性": "确定能"},
        "管养长效机制健全程度": {REACHED: "达成年度指标\n制度已印发", "完成目标可能性": "确定能"},
        "沿线群众满意度": {REACHED: "91%", "完成目标可能性": "确定能"},
    }
    for name, cells in rows.items():
        word.line(name, cells)
    word.line("年度资金总额", {"全年预计执行数": "1,203.00"})
    return word.beside("预计结余原因", "养护单价下降。").beside("存在问题", "征迁滞后。").beside("拟采取措施", "增加班组。")


def plan_of(report, content: bytes, name: str = "监控表.docx"):
    report = ProgressReport.objects.get(pk=report.pk)
    return intake_for("monitoring.progressreport").plan(report, Paper.read(content, name=name))


def values_of(report) -> dict[str, tuple]:
    return {
        value.indicator.name: (
            None if value.actual_value is None else value.actual_value.normalize(), value.quality, value.actual_text,
            value.forecast_text, value.reasons, value.note, value.likelihood,
        )
        for value in ProgressReport.objects.get(pk=report.pk).value_list()
    }


FILLED = {
    "水毁抢修到场时间": (Decimal("3.4"), "", "", "", [], "", "certain"),
    "小修保养处治面积": (Decimal("0.92"), "", "", "4.60万平方米", ["funding"], NOTE, "possible"),
    "养护任务按期完成率": (Decimal("60").normalize(), "", "", "", [], "", "certain"),
    "管养长效机制健全程度": (None, "reached", "制度已印发", "", [], "", "certain"),
    "沿线群众满意度": (Decimal("91"), "", "", "", [], "", "certain"),
}


def test_a_report_filled_in_word_becomes_the_draft_and_is_handed_in(cast, signed_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    report, client = make_report(cast), signed_in(cast.li_weiguo)
    page = client.get(f"/monitoring/reports/{report.pk}/edit/").content.decode()
    assert f"/records/monitoring.progressreport/{report.pk}/take-in/" in page
    preview = client.get(send(client, report, office_fills(report, cast).content()).url)
    assert "填入后 5 条指标中 5 条有完成值" in preview.content.decode()
    assert [(each.code, each.sentence) for each in preview.context["plan"].remarks] == [
        ("converted", "“小修保养处治面积”的实际完成值“9,200平方米”换算为 0.92万平方米，请核对。"),
    ]
    assert confirm(client, preview).url == report.get_absolute_url()
    assert values_of(report) == FILLED
    saved = ProgressReport.objects.get(pk=report.pk)
    assert (saved.forecast_yuan, saved.surplus_reason, saved.problem, saved.measures) == (
        Decimal("12030000.00"), "养护单价下降。", "征迁滞后。", "增加班组。"
    )
    assert saved.executed_yuan == Decimal("5200000.00")
    assert AuditEntry.objects.get(action="monitoring.progressreport.take_in").after["changes"] == 17
    assert perform(saved, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"
    paper = "".join(pdf_pages(client.get(f"/official/progress_report/{report.pk}/pdf/").content))
    for said in (NOTE, "0.92万平方米", "制度已印发", "征迁滞后。", "养护单价下降。", "1,203.00"):
        assert said in paper


def test_the_form_of_a_draft_says_nothing_new_as_word_and_as_workbook(cast):
    report = fill_behind(cast, make_report(cast))
    kind = kind_named("progress_report")
    form = kind.filled(kind.find(cast.li_weiguo, report.pk, None))
    word = downloaded("progress_report", report, cast.li_weiguo)
    for content, name in ((word.content(), "表.docx"), (to_xlsx(form), "表.xlsx")):
        plan = plan_of(report, content, name)
        assert (plan.changes, plan.obstacles, plan.remarks) == ([], [], [])


def test_a_forecast_with_fen_is_not_rounded_by_the_form(cast):
    report = fill_behind(cast, make_report(cast))
    ProgressReport.objects.filter(pk=report.pk).update(forecast_yuan=Decimal("12030012.34"))
    plan = plan_of(report, downloaded("progress_report", report, cast.li_weiguo).line(
        "沿线群众满意度", {REACHED: "92%"}
    ).content())
    assert [(each.where, each.label, each.new) for each in plan.changes] == [("沿线群众满意度", "完成值", "92%")]
    assert plan.data["forecast_yuan"] == Decimal("12030012.34")


def test_a_form_of_another_round_is_refused(cast, signed_in):
    report = make_report(cast)
    august = open_july(cast, number=2, month_end=date(2026, 8, 31)).reports.get()
    answer = send(signed_in(cast.li_weiguo), august, office_fills(report, cast).content())
    assert answer.status_code == 422
    assert [reason.sentence for reason in answer.context["reasons"]] == [
        f"表里写的是1—7月的监控，这里填的是{august.title()}（1—8月），请核对文件，或到对应轮次导入。"
    ]
    assert values_of(august)["沿线群众满意度"][0] is None


@pytest.mark.parametrize(("cells", "code"), [
    ({REACHED: "不适用"}, "not_applicable"), ({"完成目标可能性": "看情况"}, "likelihood_unread"),
    ({REACHED: "较好"}, "not_a_number"),
])
def test_what_cannot_be_read_is_told_and_left_alone(cast, cells, code):
    report = fill_behind(cast, make_report(cast))
    plan = plan_of(report, downloaded("progress_report", report, cast.li_weiguo).line("沿线群众满意度", cells).content())
    assert [each.code for each in plan.remarks] == [code]
    assert plan.changes == []


def test_a_forecast_that_is_no_amount_and_too_many_words(cast):
    report = make_report(cast)
    word = office_fills(report, cast).line("年度资金总额", {"全年预计执行数": "全部"}).beside("预计结余原因", "长" * 201)
    plan = plan_of(report, word.content())
    assert ("amount_unread", "全年预计执行数“全部”不是金额，没有填入，请在草稿页补填。") in [
        (each.code, each.sentence) for each in plan.remarks
    ]
    assert [reason.code for reason in plan.obstacles] == ["entry"]
    assert plan.obstacles[0].sentence.startswith("预计结余原因：")
