"""The page of an ex-ante assessment: who has it, what is still missing, whom to urge, whom to name."""

from datetime import timedelta

import pytest
from django.urls import reverse

from budgets.forms import ReviewersForm
from core import clock
from core.models import Notice, Reminder, ToDo
from core.transitions import declared_steps, perform
from tests.budgets.ex_ante_road import (
    CONCLUSION,
    give,
    hand_in,
    make_convened,
    make_draft,
    make_new_year,
    make_panel,
    make_scored,
    make_submitted,
    sheet_of,
)
from tests.factories.cast import NOON, make_project, make_year


@pytest.fixture
def panel(cast):
    return make_panel(cast)


@pytest.fixture
def ten_days_later(monkeypatch):
    moment = NOON + timedelta(days=10)
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(clock, "today", moment.date)


def page_of(client, record):
    answer = client.get(record.get_absolute_url())
    assert answer.status_code == 200
    return answer


def test_who_fills_in_is_told_what_the_filing_still_lacks(cast, signed_in):
    draft = make_draft(cast, plan="")
    client = signed_in(cast.li_weiguo)
    shown = page_of(client, draft)
    assert len(shown.context["lacks"]) == 2
    assert "单位负责人报送前还要补齐" in shown.content.decode() and "实施方案" in shown.context["lacks"][0]
    assert shown.context["lacks"][1].startswith("“农村公路日常养护及小修保养”2026年度事前绩效评估缺少必备材料 ")
    assert "现在由 县公路养护中心 单位经办人 填写评估申报。" in shown.content.decode()
    assert page_of(signed_in(cast.zhang_wen), draft).context["lacks"] is None


def test_when_nothing_is_missing_the_leader_is_next(cast, signed_in):
    draft = make_draft(cast)
    hand_in(draft, cast.li_weiguo)
    shown = page_of(signed_in(cast.li_weiguo), draft)
    assert shown.context["lacks"] == []
    assert "内容和必备材料都齐了，请单位负责人核对后报送主管部门。" in shown.content.decode()


def test_missing_documents_stand_first_in_the_upload(cast, signed_in):
    draft = make_draft(cast)
    first = draft.missing_materials()[0]
    hand_in(draft, cast.li_weiguo, first)
    kinds = [kind for kind, _ in page_of(signed_in(cast.li_weiguo), draft).context["upload_kinds"]]
    missing = draft.missing_materials()
    assert kinds[: len(missing)] == missing and first in kinds[len(missing):]


def test_the_department_urges_who_has_not_scored(cast, signed_in, panel, ten_days_later):
    assessment = make_convened(cast, panel)
    give(assessment, panel.du_wentao, "良")
    url = reverse("budgets:ex_ante_remind", args=[assessment.pk])
    client = signed_in(cast.zhang_wen)
    assert "催办未评分的 2 名专家" in page_of(client, assessment).content.decode()
    shown = client.post(url, {"text": "请于周五前评完。"}, follow=True).content.decode()
    assert "已催办 2 项，在办人会在消息中看到。" in shown
    told = Notice.objects.filter(title__startswith="催办").order_by("recipient__name")
    assert {notice.recipient.name for notice in told} == {"沈玉梅", "何敏"}
    assert "请于周五前评完。" in told[0].text
    assert "每天最多催办一次，请明天再催。" in client.post(url, follow=True).content.decode()
    assert Reminder.objects.count() == 2
    assert signed_in(cast.li_weiguo).post(url).status_code == 403
    assert signed_in(cast.chen_mo).post(url).status_code == 404
    assert "催办未评分" not in page_of(signed_in(cast.li_weiguo), assessment).content.decode()


def test_the_department_urges_them_from_the_projects_page_too(cast, signed_in, panel, ten_days_later):
    """It holds the assessment itself, which is nobody's below it to be urged of."""
    assessment = make_convened(cast, panel)
    year = assessment.project_year
    client = signed_in(cast.zhang_wen)
    shown = page_of(client, year).content.decode()
    assert "发送催办" in shown and "现在卡在：县绩效专家库 杜文涛。" in shown and "现在卡在：衡信绩效咨询有限公司 何敏。" in shown
    shown = client.post(reverse("budgets:remind", args=[year.pk]), follow=True).content.decode()
    assert "已催办 3 项" in shown and "没有催办" not in shown


def test_after_the_opening_only_the_conclusion_is_left_to_do(cast, signed_in, panel):
    scored = make_scored(cast, panel, "优", "良", "差", report=False)
    client = signed_in(cast.zhang_wen)
    shown = page_of(client, scored)
    assert [step["name"] for step in shown.context["steps"]] == ["conclude"]
    form = client.get(reverse("budgets:exanteassessment_step", args=[scored.pk, "conclude"])).content.decode()
    assert "专家平均得分 60.00 分，通过线 70 分；低于通过线的只能不予支持。" in form
    assert "专家总分最高 100.00 分、最低 0.00 分，相差 100.00 分；超过 20 分的必须填写。" in form


def test_a_rejected_project_is_for_the_department_to_end(cast, panel):
    scored = make_scored(cast, panel, "差", "差", "差")
    data = CONCLUSION | {"conclusion": "reject", "amount_suggested_yuan": None}
    perform(scored, "conclude", by=cast.zhang_wen, at=NOON, data=data)
    todos = ToDo.objects.filter(model="budgets.exanteassessment").order_by("pk")
    assert list(todos.values_list("role", "verb")) == [("dept_performance", "办理终止"), ("dept_leader", "办理终止")]


@pytest.mark.parametrize(("leaving", "wanted"), [(0, "至少选择一名"), (1, "不少于 1 名")])
def test_how_many_more_are_asked_for(cast, panel, leaving, wanted):
    assessment = make_convened(cast, panel)
    for reviewer in panel.three()[:leaving]:
        perform(sheet_of(assessment, reviewer), "declare_conflict", by=reviewer, at=NOON, reason="亲属任职")
    assessment.refresh_from_db()
    form = ReviewersForm(record=assessment, step=_convening())
    assert form.fields["reviewers"].help_text.startswith(wanted)


def test_experts_come_before_third_parties_in_the_choice(cast, panel):
    form = ReviewersForm(record=make_submitted(cast), step=_convening())
    labels = [label for _, label in form.fields["reviewers"].choices]
    assert [label.partition("（")[0] for label in labels] == ["杜文涛", "沈玉梅", "何敏", "林峰", "邱雪"]


def _convening():
    from budgets.models import ExAnteAssessment

    return declared_steps(ExAnteAssessment)["convene"].details


def test_the_exemption_form_says_why_an_assessment_is_due(cast, signed_in):
    year = make_new_year(cast)
    shown = signed_in(cast.li_weiguo).get(reverse("budgets:ex_ante_exempt", args=[year.pk])).content.decode()
    assert (
        "“农村公路日常养护及小修保养”2026年度项目为新增项目且申请 320.00 万元，应开展事前绩效评估。"
        "免予评估由财政绩效股审核，准予后才能填报绩效目标。"
    ) in shown


def test_a_step_leads_back_to_its_record(cast, signed_in):
    assessment = make_submitted(cast)
    step = reverse("budgets:exanteassessment_step", args=[assessment.pk, "convene"])
    assert signed_in(cast.zhang_wen).get(step).context["crumbs"] == [
        {"label": "“农村公路日常养护及小修保养”2026年度事前绩效评估", "url": assessment.get_absolute_url()}
    ]


def test_a_new_project_of_a_unit_is_entered_for_that_unit(cast, signed_in):
    def place(person):
        form = signed_in(person).get(reverse("budgets:project_new")).context["form"]
        return form["unit"].initial, form["department"].initial

    assert place(cast.li_weiguo) == (cast.unit, cast.department)
    assert place(cast.zhang_wen) == (None, None)


def test_the_newest_result_stands_on_the_page_though_last_years_is_not_out(cast, signed_in):
    project = make_project(cast)
    judged = make_year(cast, project=project, year=2025, stage="applied", result_score="91.50", result_grade="优")
    last = make_year(cast, project=project, year=2026, stage="executing", previous=judged)
    year = make_year(cast, project=project, year=2027, previous=last)
    figure = page_of(signed_in(cast.li_weiguo), year).context["figs"][-1]
    assert (figure["label"], figure["value"], figure["note"], figure["url"]) == (
        "2025年度评价", "91.50", "优", judged.get_absolute_url()
    )
    assert page_of(signed_in(cast.li_weiguo), judged).context["figs"][-1]["label"] == "以前年度评价"
