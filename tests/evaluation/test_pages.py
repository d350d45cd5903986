"""The pages of evaluation as the people of the story use them: what they see, what they may do, what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from budgets.models import ProjectYear
from core import jobs
from core.models import Job
from evaluation import queries
from evaluation.models import (
    Disclosure,
    Evaluation,
    EvaluationLine,
    Objection,
    Rectification,
    Result,
    SelfEvaluation,
)
from evaluation.services import add_paper, publish_result
from tests.evaluation.makers import (
    PDF,
    fill,
    make_evaluation,
    make_executing,
    make_final,
    make_letter,
    make_listed,
    make_sheet,
    scores_of,
    walk_evaluation,
    walk_sheet,
)
from tests.factories.cast import NOON, make_project

LISTS = ["self_evaluations", "evaluations", "rectifications", "results", "published", "disclosures"]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOON)
    monkeypatch.setattr("core.clock.today", lambda: NOON.date())


def text_of(response) -> str:
    return response.content.decode()


def other_project(cast, number: int, name: str = "") -> ProjectYear:
    project = make_project(cast, code=f"26-JT-1{number:03}", name=name or f"养护工程{number}标段")
    return make_executing(cast, project=project)


def sheet_data(sheet: SelfEvaluation, **changed: str) -> dict[str, str]:
    """What the browser sends for the sheet, by indicator name."""
    data = {"seen": str(sheet.revision), "goal_result": "年度任务完成。", "execution_reason": "", "conclusion": "较好。"}
    actual = {"日常养护平均成本": "0.90", "日常养护里程": "1144.56", "路面技术状况优良中等路率": "86.2",
              "通客车行政村比例": "100", "管养长效机制": "partly", "沿线群众满意度": "91.8"} | changed
    reasons = {"日常养护里程": "西岭乡路段顺延。", "管养长效机制": "2 个乡镇未印发细则。"}
    for score in sheet.score_list():
        name, prefix = score.indicator.name, f"s{score.indicator_id}"
        field = "quality" if score.indicator.value_type == "qualitative" else "actual_value"
        data |= {f"{prefix}-{field}": actual[name], f"{prefix}-reason": reasons.get(name, "")}
    return data


# --- self-evaluation -----------------------------------------------------------------------------------------------


def test_the_operator_fills_in_the_sheet_and_sees_the_score_with_its_formula(cast, signed_in):
    sheet = make_sheet(cast)
    client = signed_in(cast.li_weiguo)
    answer = client.post(sheet.get_absolute_url(), sheet_data(sheet))
    assert (answer.status_code, answer.url) == (302, sheet.get_absolute_url())
    assert SelfEvaluation.objects.get().total == Decimal("96.20")
    page = text_of(client.get(sheet.get_absolute_url()))
    assert "20 × 1144.56 ÷ 1204.8 = 19.00" in page
    assert "10 × 1,228.80 ÷ 1,280.00 = 9.60" in page
    assert "保存并报送单位负责人审核" in page


def test_saving_and_handing_in_go_together_or_the_saved_sheet_says_what_is_missing(cast, signed_in):
    sheet = make_sheet(cast)
    client = signed_in(cast.li_weiguo)
    answer = client.post(sheet.get_absolute_url(), sheet_data(sheet, 沿线群众满意度="") | {"submit": "1"})
    assert answer.status_code == 422
    assert "第 6 行“沿线群众满意度”没有填写实际完成值" in text_of(answer)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.total) == ("draft", Decimal("86.20"))
    answer = client.post(sheet.get_absolute_url(), sheet_data(sheet) | {"submit": "1"})
    assert answer.status_code == 302
    assert SelfEvaluation.objects.get().state == "unit_review"


def test_what_is_no_number_stays_on_the_page_with_its_fault(cast, signed_in):
    sheet = make_sheet(cast)
    answer = signed_in(cast.li_weiguo).post(sheet.get_absolute_url(), sheet_data(sheet, 日常养护里程="一千公里"))
    assert answer.status_code == 422
    assert "第 2 行“日常养护里程”实际完成值：“一千公里”不是数字，请填一个数，例如 86.5。" in text_of(answer)
    assert 'value="一千公里"' in text_of(answer)
    assert SelfEvaluation.objects.get().revision == sheet.revision


def test_a_stale_page_keeps_what_was_typed(cast, signed_in):
    sheet = make_sheet(cast)
    data = sheet_data(sheet)
    fill(sheet, cast)
    answer = signed_in(cast.li_weiguo).post(sheet.get_absolute_url(), data | {"goal_result": "只在我这页写过。"})
    assert answer.status_code == 409
    assert "只在我这页写过。" in text_of(answer)
    assert SelfEvaluation.objects.get().goal_result == "年度养护任务完成，1 项跨年。"


def test_the_sheet_is_read_by_reviewers_and_hidden_from_outsiders(cast, signed_in):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, "dept_reviewing")
    page = text_of(signed_in(cast.zhang_wen).get(sheet.get_absolute_url()))
    assert "评分并通过初审" in page
    assert "保存草稿" not in page
    assert "西岭乡路段因暴雨顺延" in page
    assert signed_in(cast.chen_mo).get(sheet.get_absolute_url()).status_code == 404
    assert signed_in(cast.zhang_wen).post(sheet.get_absolute_url(), sheet_data(sheet)).status_code == 403


def test_the_department_scores_on_a_page_of_its_own(cast, signed_in):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, "dept_reviewing")
    url = reverse("evaluation:selfevaluation_step", args=[sheet.pk, "score_department"])
    client = signed_in(cast.zhang_wen)
    assert 'value="96.20"' in text_of(client.get(url))
    refused = client.post(url, {"department_score": "101", "reason": "", "seen": sheet.revision})
    assert refused.status_code == 422
    assert "的部门评分 101 不在 0 到 100 之间，请改正。" in text_of(refused)
    client.post(url, {"department_score": "93.5", "reason": "佐证齐全。", "seen": sheet.revision})
    sheet.refresh_from_db()
    assert (sheet.state, sheet.department_score) == ("dept_passed", Decimal("93.50"))


def test_a_year_is_opened_in_the_background_by_finance_only(cast, signed_in, django_capture_on_commit_callbacks):
    make_executing(cast)
    url = reverse("evaluation:open_self_evaluations")
    assert signed_in(cast.zhang_wen).get(url).status_code == 403
    client = signed_in(cast.zhou_xiaolan)
    assert "发起单位自评？" in text_of(client.get(url))
    answer = client.post(url, {"year": 2026})
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"已发起": 1, "未办理": 0})
    assert SelfEvaluation.objects.get().state == "draft"


# --- evaluation ----------------------------------------------------------------------------------------------------


def test_finance_puts_a_project_on_the_list(cast, signed_in):
    year = make_sheet(cast).project_year
    url = reverse("evaluation:new_evaluation")
    assert signed_in(cast.li_weiguo).get(url).status_code == 403
    client = signed_in(cast.zhou_xiaolan)
    assert "农村公路日常养护及小修保养" in text_of(client.get(url))
    missing = client.post(url, {"project_year": year.pk, "kind": "fiscal", "ground": ""})
    assert missing.status_code == 422
    answer = client.post(url, {"project_year": year.pk, "kind": "fiscal", "ground": "民生项目。"})
    evaluation = Evaluation.objects.get()
    assert answer.url == evaluation.get_absolute_url()
    again = client.post(url, {"project_year": year.pk, "kind": "fiscal", "ground": "民生项目。"})
    assert again.status_code == 422
    assert "2026年度财政评价已经列入，请直接打开原有的评价。" in text_of(again)
    department = client.post(url, {"project_year": year.pk, "kind": "department", "ground": "民生项目。"})
    assert department.status_code == 422


def test_the_client_notifies_and_assigns_by_form(cast, signed_in):
    evaluation = make_listed(cast)
    client = signed_in(cast.zhou_xiaolan)
    step = {name: reverse("evaluation:evaluation_step", args=[evaluation.pk, name]) for name in ("notify", "assign")}
    assert client.post(step["notify"], {"notice_no": "", "seen": evaluation.revision}).status_code == 422
    client.post(step["notify"], {"notice_no": "安财绩〔2026〕9号", "seen": evaluation.revision})
    evaluation.refresh_from_db()
    page = text_of(client.get(step["assign"]))
    assert "何敏（衡信绩效咨询有限公司）" in page
    data = {"institution": cast.institution.pk, "lead": cast.lin_feng.pk, "fee_yuan": "5.8",
            "report_due_on": "2026-11-30", "seen": evaluation.revision}
    wrong = client.post(step["assign"], data)
    assert wrong.status_code == 422
    assert "林峰不是“衡信绩效咨询有限公司”的主评人" in text_of(wrong)
    client.post(step["assign"], data | {"lead": cast.he_min.pk})
    evaluation.refresh_from_db()
    assert (evaluation.state, evaluation.lead, evaluation.fee_yuan) == ("assigned", cast.he_min, Decimal("58000.00"))


def plan_data(evaluation: Evaluation, **changed: str) -> dict[str, str]:
    lines = evaluation.line_list()
    data = {"seen": str(evaluation.revision), "plan_text": "抽查 40 条路段。", "lines-TOTAL_FORMS": str(len(lines)),
            "lines-INITIAL_FORMS": str(len(lines))}
    for place, line in enumerate(lines):
        for name in ("level1", "level2", "name", "weight", "standard"):
            data[f"lines-{place}-{name}"] = str(getattr(line, name))
    return data | changed


def test_the_third_party_signs_plans_and_hands_in(cast, signed_in):
    evaluation = make_evaluation(cast, "assigned")
    client = signed_in(cast.he_min)
    page = text_of(client.get(evaluation.get_absolute_url()))
    assert "我的评价项目" in page
    assert "签署回避声明" in page
    statement = reverse("evaluation:statement", args=[evaluation.pk])
    silent = client.post(statement, {"has_conflict": "yes", "statement": ""})
    assert silent.status_code == 422
    assert "有利害关系的，请写明是什么关系。" in text_of(silent)
    client.post(statement, {"has_conflict": "no", "statement": ""})
    plan = reverse("evaluation:plan", args=[evaluation.pk])
    faulty = client.post(plan, plan_data(evaluation, **{"lines-0-weight": ""}))
    assert faulty.status_code == 422
    assert "填写分值，例如 10。" in text_of(faulty)
    client.post(plan, plan_data(evaluation, **{"lines-0-name": ""}))
    evaluation.refresh_from_db()
    assert [line.name for line in evaluation.line_list()][:2] == ["立项程序规范性", "绩效目标合理性"]
    client.post(reverse("evaluation:plan", args=[evaluation.pk]), plan_data(evaluation, **{"lines-0-weight": "7"}))
    step = reverse("evaluation:evaluation_step", args=[evaluation.pk, "submit_plan"])
    evaluation.refresh_from_db()
    client.post(step, {"seen": evaluation.revision})
    evaluation.refresh_from_db()
    assert evaluation.state == "plan_reviewing"


def test_scores_are_saved_with_what_they_rest_on(cast, signed_in):
    evaluation = make_evaluation(cast, "in_field")
    client = signed_in(cast.he_min)
    url = reverse("evaluation:scores", args=[evaluation.pk])
    data = {"seen": str(evaluation.revision), "conclusion": "总体良好。"}
    for pk, content in scores_of(evaluation).items():
        data |= {f"l{pk}-{name}": str(value) for name, value in content.items()}
    first = evaluation.lines.get(position=1)
    over = client.post(url, data | {f"l{first.pk}-score": "20.5"})
    assert over.status_code == 422
    assert "“立项依据充分性”评 20.50 分，应在 0 与分值 20.00 之间" in text_of(over).replace("20.5 分", "20.50 分")
    assert client.post(url, data).status_code == 302
    assert sum(line.score for line in evaluation.line_list()) == Decimal("84.60")
    page = text_of(client.get(evaluation.get_absolute_url()))
    assert "84.60" in page
    report = reverse("evaluation:report", args=[evaluation.pk])
    empty = client.post(report, {"file": SimpleUploadedFile("报告.pdf", b"not a pdf")})
    assert empty.status_code == 422
    assert "内容与扩展名 .pdf 不符" in text_of(empty)
    client.post(report, {"file": SimpleUploadedFile("报告.pdf", PDF)})
    assert Evaluation.objects.get().has_report()


def test_the_unit_sees_scores_only_from_the_draft_on_and_gives_its_opinion(cast, signed_in):
    evaluation = make_evaluation(cast, "in_field")
    client = signed_in(cast.wang_jianguo)
    evaluation.lines.update(finding="内部底稿摘要")
    assert "内部底稿摘要" not in text_of(client.get(evaluation.get_absolute_url()))
    line = evaluation.lines.get(name="资金使用合规性")
    add_paper(line, number="3-2", source="凭证", content="抽查", by=cast.he_min, at=NOON, file=("抽查凭证.pdf", PDF))
    assert "抽查凭证.pdf" not in text_of(client.get(evaluation.get_absolute_url()))
    assert client.get(line.get_absolute_url()).status_code == 403
    evaluation = walk_evaluation(evaluation, cast, "consulting")
    assert "查阅资料、现场核实。" in text_of(client.get(evaluation.get_absolute_url()))
    assert client.get(line.get_absolute_url()).status_code == 200
    step = reverse("evaluation:evaluation_step", args=[evaluation.pk, "respond"])
    assert "资金使用合规性" in text_of(client.get(step))
    client.post(step, {"line": line.pk, "reason": "台班单已找到。", "seen": evaluation.revision})
    objection = Objection.objects.get()
    assert (objection.line, objection.view) == (line, "台班单已找到。")
    answer = reverse("evaluation:answer", args=[objection.pk])
    assert client.post(answer, {f"o{objection.pk}-verdict": "adopted"}).status_code == 403
    lead = signed_in(cast.he_min)
    data = {f"o{objection.pk}-verdict": "partly", f"o{objection.pk}-score": "17.34", f"o{objection.pk}-answer": ""}
    silent = lead.post(answer, data)
    assert silent.status_code == 422
    assert 'value="17.34"' in text_of(silent)
    lead.post(answer, data | {f"o{objection.pk}-answer": "核增 0.50 分。"})
    objection.refresh_from_db()
    assert (objection.verdict, objection.line.score) == ("partly", Decimal("17.34"))


def test_working_papers_are_added_line_by_line_and_the_archive_closes_the_task(cast, signed_in):
    evaluation = make_evaluation(cast, "fed_back")
    client = signed_in(cast.he_min)
    for line in evaluation.line_list():
        data = {"number": f"D-{line.position}", "source": "记账凭证", "content": "抽查 40 笔"}
        if line.position == 1:
            data["file"] = SimpleUploadedFile("凭证.pdf", PDF)
        assert client.post(line.get_absolute_url(), data).status_code == 302
    first = evaluation.lines.get(position=1)
    page = text_of(client.get(first.get_absolute_url()))
    assert "凭证.pdf" in page
    assert "添加工作底稿" not in text_of(signed_in(cast.zhou_xiaolan).get(first.get_absolute_url()))
    evaluation.refresh_from_db()
    step = reverse("evaluation:evaluation_step", args=[evaluation.pk, "archive"])
    client = signed_in(cast.he_min)
    answer = client.post(step, {"seen": evaluation.revision})
    assert answer.url == reverse("evaluation:evaluations")
    assert client.get(evaluation.get_absolute_url()).status_code == 404
    assert client.get(first.get_absolute_url()).status_code == 404


def test_another_institution_finds_nothing(cast, signed_in):
    evaluation = make_evaluation(cast, "in_field")
    client = signed_in(cast.lin_feng)
    line = EvaluationLine.objects.filter(evaluation=evaluation).first()
    for url in (evaluation.get_absolute_url(), line.get_absolute_url()):
        assert client.get(url).status_code == 404
    for name in ("plan", "scores", "statement", "report"):
        assert client.post(reverse(f"evaluation:{name}", args=[evaluation.pk])).status_code == 404


def test_the_leader_decides_the_grade_and_finance_issues_the_letter(cast, signed_in):
    evaluation = make_evaluation(cast, "accepted")
    step = {
        name: reverse("evaluation:evaluation_step", args=[evaluation.pk, name])
        for name in ("decide_grade", "feed_back")
    }
    leader = signed_in(cast.sun_zheng)
    assert "评价得分 84.60 分，按规则为“良”；可以降低，不能提高。" in text_of(leader.get(step["decide_grade"]))
    raised = leader.post(step["decide_grade"], {"grade": "优", "reason": "同意", "seen": evaluation.revision})
    assert raised.status_code == 422
    leader.post(step["decide_grade"], {"grade": "良", "reason": "同意", "seen": evaluation.revision})
    evaluation.refresh_from_db()
    finance = signed_in(cast.zhou_xiaolan)
    finance.post(step["feed_back"], {
        "letter_no": "安财绩函〔2026〕3号", "demands": "一个月内整改。", "reason": "", "seen": evaluation.revision,
    })
    assert Rectification.objects.get().letter_no == "安财绩函〔2026〕3号"


# --- rectification -------------------------------------------------------------------------------------------------


def test_the_ledger_is_filled_by_the_unit_and_verified_by_finance(cast, signed_in):
    letter = make_letter(cast, "acknowledged")
    item = letter.items.get()
    unit = signed_in(cast.wang_jianguo)
    prefix = f"i{item.pk}"
    wrong = unit.post(letter.get_absolute_url(), {f"{prefix}-measure": "补签", f"{prefix}-due_on": "下个月"})
    assert wrong.status_code == 422
    unit.post(letter.get_absolute_url(), {
        f"{prefix}-measure": "补签台班单", f"{prefix}-person": "李卫国", f"{prefix}-due_on": "2026-10-15",
        "seen": letter.revision,
    })
    item.refresh_from_db()
    assert (item.measure, item.person, item.due_on) == ("补签台班单", "李卫国", date(2026, 10, 15))
    assert signed_in(cast.chen_mo).get(letter.get_absolute_url()).status_code == 404


def test_finance_verifies_problem_by_problem(cast, signed_in):
    letter = make_letter(cast, "verifying")
    url = reverse("evaluation:verify", args=[letter.items.get().pk])
    assert signed_in(cast.wang_jianguo).post(url, {"verified": "yes"}).status_code == 403
    client = signed_in(cast.zhou_xiaolan)
    note = f"note-{letter.items.get().pk}"
    silent = client.post(url, {"verified": "no", note: ""})
    assert silent.status_code == 422
    assert "核实为不到位，请写明哪里不到位。" in text_of(silent)
    client.post(url, {"verified": "yes", note: "已现场核实。"})
    item = letter.items.get()
    assert (item.status, item.note) == ("verified", "已现场核实。")


# --- results and disclosure ----------------------------------------------------------------------------------------


def test_one_result_is_published_at_once(cast, signed_in):
    sheet = make_final(cast)
    client = signed_in(cast.zhou_xiaolan)
    page = text_of(client.get(reverse("evaluation:results")))
    assert "农村公路日常养护及小修保养" in page
    url = reverse("evaluation:publish")
    unnumbered = client.post(url, {"selected": [sheet.project_year_id], "document_no": ""})
    assert unnumbered.status_code == 422
    nothing = client.post(url, {"document_no": "安财绩〔2026〕30号"})
    assert nothing.status_code == 422
    assert "没有选中可以发布的项目" in text_of(nothing)
    answer = client.post(url, {"selected": [sheet.project_year_id], "document_no": "安财绩〔2026〕30号"})
    assert answer.url == reverse("evaluation:published")
    assert Result.objects.get().score == Decimal("93.50")
    assert "安财绩〔2026〕30号" in text_of(client.get(reverse("evaluation:published")))


def test_several_results_are_published_in_the_background(cast, signed_in):
    for number in (1, 2):
        walk_sheet(fill(make_sheet(cast, other_project(cast, number)), cast), cast)
    client = signed_in(cast.zhou_xiaolan)
    answer = client.post(reverse("evaluation:publish"), {"all": "1", "document_no": "安财绩〔2026〕30号"})
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, Result.objects.count()) == ("done", {"已发布": 2, "未办理": 0}, 2)


def test_others_see_the_results_but_do_not_publish(cast, signed_in):
    sheet = make_final(cast)
    client = signed_in(cast.zhang_wen)
    page = text_of(client.get(reverse("evaluation:results")))
    assert "农村公路日常养护及小修保养" in page
    assert "发布选中的项目" not in page
    data = {"selected": [sheet.project_year_id], "document_no": "1号"}
    assert client.post(reverse("evaluation:publish"), data).status_code == 403
    assert "农村公路日常养护" not in text_of(signed_in(cast.chen_mo).get(reverse("evaluation:results")))


def test_a_disclosure_is_recorded_on_its_page(cast, signed_in):
    publish_result(make_final(cast).project_year, document_no="1号", by=cast.zhou_xiaolan, at=NOON)
    disclosure = Disclosure.objects.get()
    assert signed_in(cast.li_weiguo).get(disclosure.get_absolute_url()).status_code == 403
    assert signed_in(cast.chen_mo).get(disclosure.get_absolute_url()).status_code == 404
    client = signed_in(cast.zhang_wen)
    late = client.post(disclosure.get_absolute_url(), {"published_on": "2026-09-17", "channel": "县政府门户网站"})
    assert late.status_code == 422
    assert "在今天 2026-09-16 之后" in text_of(late)
    client.post(disclosure.get_absolute_url(), {
        "published_on": "2026-09-16", "channel": "县政府门户网站", "address": "www.anlan.gov.cn/jx/1.html",
    })
    disclosure.refresh_from_db()
    assert (disclosure.published_on, disclosure.address) == (date(2026, 9, 16), "https://www.anlan.gov.cn/jx/1.html")
    assert "已公开" in text_of(client.get(reverse("evaluation:disclosures")))


# --- lists and panels ----------------------------------------------------------------------------------------------



@pytest.mark.parametrize("name", LISTS)
def test_a_list_runs_the_same_queries_with_one_row_and_with_many(
    cast, signed_in, name, django_assert_max_num_queries, django_assert_num_queries
):
    def one_more(number: int) -> None:
        year = other_project(cast, number)
        sheet = walk_sheet(fill(make_sheet(cast, year), cast), cast)
        if name != "published" and name != "disclosures":
            make_letter(cast, year=sheet.project_year)
        else:
            publish_result(sheet.project_year, document_no="1号", by=cast.zhou_xiaolan, at=NOON)

    one_more(1)
    client, url = signed_in(cast.zhou_xiaolan), reverse(f"evaluation:{name}")
    client.get(url)
    with django_assert_max_num_queries(40) as counted:
        assert "养护工程1标段" in text_of(client.get(url))
    for number in (2, 3, 4):
        one_more(number)
    with django_assert_num_queries(len(counted.captured_queries)):
        assert "养护工程4标段" in text_of(client.get(url))


@pytest.mark.parametrize("name", ["self_evaluations", "evaluations", "rectifications", "published", "disclosures"])
def test_lists_filter_and_export_what_one_may_see(cast, signed_in, name):
    sheet = make_final(cast)
    make_letter(cast, year=sheet.project_year)
    publish_result(sheet.project_year, document_no="1号", by=cast.zhou_xiaolan, at=NOON)
    client, url = signed_in(cast.zhou_xiaolan), reverse(f"evaluation:{name}")
    found = {"q": "公路养护中心", "year": 2026, "department": cast.department.pk}
    assert "农村公路日常养护" in text_of(client.get(url, found))
    assert "农村公路日常养护" not in text_of(client.get(url, {"q": "没有这个项目"}))
    assert "农村公路日常养护" not in text_of(client.get(url, {"year": 2027}))
    workbook = client.get(url, {"export": "xlsx"})
    assert workbook.content.startswith(b"PK\x03\x04")
    assert "农村公路日常养护" not in text_of(signed_in(cast.chen_mo).get(url))


def test_the_year_of_the_switch_narrows_a_list_until_the_filter_says_otherwise(cast, signed_in):
    make_final(cast)
    client, url = signed_in(cast.zhou_xiaolan), reverse("evaluation:self_evaluations")
    session = client.session
    session["year"] = 2027
    session.save()
    assert "农村公路日常养护" not in text_of(client.get(url))
    assert "农村公路日常养护" in text_of(client.get(url, {"year": ""}))


@pytest.mark.parametrize("name", LISTS)
def test_nobody_reads_without_signing_in(client, db, name):
    answer = client.get(reverse(f"evaluation:{name}"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/login/")


def test_panels_show_the_project_years_own_judgement(cast):
    sheet = make_final(cast)
    year = sheet.project_year
    assert queries.evaluation_panel(year, cast.zhou_xiaolan) is None
    assert queries.result_panel(year, cast.zhou_xiaolan) is None
    make_letter(cast, year=year)
    publish_result(ProjectYear.objects.get(), document_no="1号", by=cast.zhou_xiaolan, at=NOON)
    year = ProjectYear.objects.get()
    panel = queries.self_evaluation_panel(year, cast.zhou_xiaolan)
    assert (panel["total"], panel["grade"], panel["department_score"]) == (Decimal("96.20"), "优", Decimal("93.50"))
    rows = queries.evaluation_panel(year, cast.zhang_wen)["rows"]
    assert [(row["kind"], row["score"], row["grade"]) for row in rows] == [("财政评价", Decimal("84.60"), "良")]
    letters = queries.rectification_panel(year, cast.li_weiguo)["letters"]
    assert [item["problem"] for item in letters[0]["items"]] == ["2 笔机械租赁费无台班签认。"]
    assert queries.result_panel(year, cast.li_weiguo)["source"] == "财政评价（安财绩〔2026〕9号）"
    for build in (
        queries.self_evaluation_panel, queries.evaluation_panel, queries.rectification_panel, queries.result_panel
    ):
        assert build(year, cast.chen_mo) is None


@pytest.mark.parametrize(("tab", "shown"), [
    ("self_evaluation", "打开自评表"), ("evaluation", "衡信绩效咨询有限公司"), ("rectification", "打开整改台账"),
    ("result", "财政评价（安财绩〔2026〕9号）"),
])
def test_the_project_years_page_prints_every_panel(cast, signed_in, tab, shown):
    sheet = make_final(cast)
    make_letter(cast, year=sheet.project_year)
    publish_result(sheet.project_year, document_no="1号", by=cast.zhou_xiaolan, at=NOON)
    page = signed_in(cast.zhou_xiaolan).get(sheet.project_year.get_absolute_url(), {"tab": tab})
    assert shown in text_of(page)
