"""Approval with the budget, singly and for a whole department, and changes during the year."""

import io
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from budgets.models import BudgetAdjustment, BudgetLine, ProjectYear
from core import jobs
from core.errors import RuleViolation
from core.models import AuditEntry, Job
from core.transitions import perform
from targets import queries
from targets.models import Approval, TargetDeclaration
from targets.services import approve_declarations
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import ask_to_adjust, make_draft, walk
from tests.workflow_table import put_into

TITLE = "“农村公路日常养护及小修保养”2026年度绩效目标"
DOCUMENT = "安财预〔2026〕18号"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    """Pages work in September, while adjustments may still be asked for."""
    monkeypatch.setattr("core.clock.now", lambda: NOON)
    monkeypatch.setattr("core.clock.today", lambda: NOON.date())


def stage_of(declaration: TargetDeclaration) -> str:
    return ProjectYear.objects.get(pk=declaration.project_year_id).stage


def make_ready(cast, *names: str) -> list[TargetDeclaration]:
    projects = [make_project(cast, code=f"26-JT-{place:04}", name=name) for place, name in enumerate(names)]
    return [
        walk(make_draft(cast, project_year=make_year(cast, project=project)), cast, "ready_for_approval")
        for project in projects
    ]


# --- one approval --------------------------------------------------------------------------------------------------


def test_approval_makes_the_request_the_budget(cast):
    declaration = walk(make_draft(cast), cast, "approved")
    year = ProjectYear.objects.get(pk=declaration.project_year_id)
    assert (year.stage, year.approval_document, str(year.approved_on)) == (
        "executing", "安财预〔2026〕18号", "2026-09-16"
    )
    assert (year.initial_yuan, year.budget_yuan) == (Decimal("12800000.00"), Decimal("12800000.00"))
    assert BudgetLine.objects.get(project_year=year).initial_yuan == Decimal("12800000.00")


def test_the_document_is_kept_once_for_all_that_it_approves(cast):
    for declaration in make_ready(cast, "桥梁", "隧道"):
        perform(declaration, "approve", by=cast.qian_li, at=NOON, data={"document_no": DOCUMENT})
    kept = Approval.objects.get()
    assert (kept.fiscal_year_id, kept.department, kept.document_no, str(kept.approved_on), kept.by) == (
        2026, cast.department, DOCUMENT, "2026-09-16", cast.qian_li
    )
    assert kept.declarations().count() == 2
    assert AuditEntry.objects.filter(action="targets.approval.create").count() == 1


def test_who_sees_a_document(cast):
    walk(make_draft(cast), cast, "approved")
    kept = Approval.objects.get()
    for person in (cast.li_weiguo, cast.zhang_wen, cast.zhou_xiaolan, cast.wu_di):
        assert list(queries.approvals_for(person)) == [kept]
    for person in (cast.chen_mo, cast.he_min, cast.lin_feng):
        assert list(queries.approvals_for(person)) == []


# --- many approvals ------------------------------------------------------------------------------------------------


def test_what_may_not_be_approved_stays_and_is_named(cast):
    good, bad, done = make_ready(cast, "桥梁", "隧道", "渡口")
    perform(bad, "send_back", by=cast.qian_li, at=NOON, reason="预算安排数有变化。")
    perform(done, "approve", by=cast.qian_li, at=NOON, data={"document_no": "安财预〔2026〕17号"})
    seen = []
    batch = approve_declarations(
        [good, bad, done], document_no=DOCUMENT, by=cast.qian_li, at=NOON, progress=lambda *step: seen.append(step)
    )
    assert (batch.done, seen) == (1, [(3, 3)])
    assert batch.sentences == [
        "“隧道”2026年度绩效目标目前是“退回修改”，不能办理“随预算批复”，请刷新页面查看最新进度。",
        "“渡口”2026年度绩效目标目前是“已批复”，不能办理“随预算批复”，请刷新页面查看最新进度。",
    ]
    states = TargetDeclaration.objects.order_by("pk").values_list("state", "document_no")
    assert list(states) == [("approved", DOCUMENT), ("returned", ""), ("approved", "安财预〔2026〕17号")]


def test_only_the_budget_section_approves(cast):
    ready = make_ready(cast, "桥梁")
    with pytest.raises(PermissionDenied):
        approve_declarations(ready, document_no=DOCUMENT, by=cast.zhou_xiaolan, at=NOON)
    assert Approval.objects.count() == 0


def test_a_whole_department_in_one_job(cast, signed_in):
    make_ready(cast, "桥梁", "隧道", "渡口")
    client = signed_in(cast.qian_li)
    page = client.get(reverse("targets:awaiting_approval"))
    assert [(item["label"], item["count"]) for item in page.context["strip"]] == [("县交通运输局", 3)]
    answer = client.post(
        f"{reverse('targets:approve_many')}?department={cast.department.pk}", {"document_no": DOCUMENT, "all": "1"}
    )
    job = jobs.run(Job.objects.get().pk)
    assert answer.url == reverse("job", args=[job.pk])
    assert (job.state, job.result, job.done_count, job.total_count) == ("done", {"已批复": 3, "未办理": 0}, 3, 3)
    assert set(TargetDeclaration.objects.values_list("state", flat=True)) == {"approved"}
    assert set(ProjectYear.objects.values_list("stage", flat=True)) == {"executing"}


def test_the_job_reports_what_it_left(cast, signed_in):
    first, second = make_ready(cast, "桥梁", "隧道")
    ProjectYear.objects.filter(pk=second.project_year_id).update(stage="executing")
    signed_in(cast.qian_li).post(reverse("targets:approve_many"), {
        "document_no": DOCUMENT, "selected": [first.pk, second.pk],
    })
    job = jobs.run(Job.objects.get().pk)
    assert job.result == {"已批复": 1, "未办理": 1}
    sentence = "“隧道”2026年度绩效目标是调整稿，却没有预算调整申请，不能批复，请退回单位重新申请调整。"
    assert job.log == [sentence]
    with job.result_file.file.open("rb") as file:
        sheet = load_workbook(io.BytesIO(file.read())).active
    assert [cell.value for cell in sheet[2]] == [1, "“隧道”2026年度绩效目标", sentence]


@pytest.mark.parametrize(("sent", "sentence"), [
    ({"document_no": "", "all": "1"}, "没有填写预算批复文号，请填写后再批复，例如 安财预〔2026〕18号。"),
    ({"document_no": DOCUMENT}, "没有选中待批复的绩效目标，请先在表中勾选；已经批复的不会再次批复。"),
    ({"document_no": DOCUMENT, "selected": ["999"]}, "没有选中待批复的绩效目标，请先在表中勾选；已经批复的不会再次批复。"),
])
def test_what_the_page_refuses(cast, signed_in, sent, sentence):
    make_ready(cast, "桥梁")
    answer = signed_in(cast.qian_li).post(reverse("targets:approve_many"), sent, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [sentence]
    assert TargetDeclaration.objects.get().state == "ready_for_approval"


def test_the_document_in_print(cast, signed_in):
    walk(make_draft(cast), cast, "approved")
    kept = Approval.objects.get()
    client = signed_in(cast.qian_li)
    assert client.get(reverse("targets:approval", args=[kept.pk])).status_code == 200
    answer = client.get(reverse("official_form", args=["target_approval", kept.pk, "pdf"]))
    pages = PdfReader(io.BytesIO(b"".join(answer))).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    for words in ("预算绩效目标批复表", DOCUMENT, "县交通运输局：", "现将1个项目", "日常养护及小修", "1,280.00", "≥1,204.8公里",
                  "安澜县财政局", "2026年9月16日"):
        assert words in text, words
    assert signed_in(cast.chen_mo).get(reverse("targets:approval", args=[kept.pk])).status_code == 404


# --- adjustment during the year ------------------------------------------------------------------------------------


def test_an_adjustment_replaces_the_version_in_force(cast):
    first = walk(make_draft(cast), cast, "approved")
    draft = ask_to_adjust(first, cast)
    assert (draft.version, draft.state, draft.indicators.count()) == (2, "draft", 6)
    second = walk(draft, cast, "approved")
    first = TargetDeclaration.objects.get(pk=first.pk)
    assert (first.state, second.state, stage_of(second)) == ("superseded", "approved", "executing")
    assert second.adjustment.replaces == first


def test_an_adjustment_keeps_the_year_where_it_is_when_sent_back_or_blocked(cast):
    first = walk(make_draft(cast), cast, "approved")
    draft = ask_to_adjust(first, cast)
    declaration = walk(draft, cast, "dept_reviewing")
    perform(declaration, "block", by=cast.zhang_wen, at=NOON, reason="依据不足。")
    assert (stage_of(first), TargetDeclaration.objects.get(pk=first.pk).state) == ("executing", "approved")


@pytest.mark.parametrize(("stage", "at", "reason", "codes"), [
    ("executing", NOON, " ", ["reason_missing"]),
    ("self_evaluating", NOON, "水毁路段增加。", ["BLK-B5"]),
    ("executing", datetime(2026, 10, 1, tzinfo=ZoneInfo("Asia/Shanghai")), "水毁路段增加。", ["BLK-B4"]),
    ("executing", datetime(2026, 9, 30, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai")), "水毁路段增加。", []),
])
def test_when_an_adjustment_may_be_asked_for(cast, stage, at, reason, codes):
    approved = walk(make_draft(cast), cast, "approved")
    put_into(approved.project_year, stage)
    if not codes:
        assert ask_to_adjust(approved, cast, at=at, reason=reason).version == 2
        return
    with pytest.raises(RuleViolation) as refusal:
        ask_to_adjust(approved, cast, at=at, reason=reason)
    assert refusal.value.codes == codes
    assert TargetDeclaration.objects.count() == 1


def test_two_adjustments_at_once_are_refused(cast):
    approved = walk(make_draft(cast), cast, "approved")
    ask_to_adjust(approved, cast)
    with pytest.raises(RuleViolation) as refusal:
        ask_to_adjust(approved, cast, reason="再次调整。")
    assert [reason.sentence for reason in refusal.value.reasons] == [f"{TITLE}第 2 版正在办理，请先办完再申请调整。"]


def test_the_budget_changes_with_the_targets_by_the_same_document(cast):
    draft = ask_to_adjust(walk(make_draft(cast), cast, "approved"), cast)
    second = walk(draft, cast, "approved")
    made = BudgetAdjustment.objects.get()
    assert (made.source, made.amount_yuan, made.document_no, made.recorded_by) == (
        "fiscal", Decimal("200000.00"), DOCUMENT, cast.qian_li
    )
    assert second.adjustment.budget_adjustment == made
    year = ProjectYear.objects.get()
    assert (year.initial_yuan, year.budget_yuan) == (Decimal("12800000.00"), Decimal("13000000.00"))


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"amount_yuan": Decimal("0.00")},
     f"{TITLE}只能随预算调整一并调整，申请的预算调整数是 0，请填写追加或调减的金额；金额不变的请在自评时说明。"),
    ({"amount_yuan": Decimal("-12810000.00")},
     f"{TITLE}申请调减财政拨款 1,281.00 万元，未支出的只有 1,280.00 万元，请减少调减数。"),
    ({"reason": " "}, f"申请调整{TITLE}须写明原因，请填写后再提交。"),
])
def test_an_adjustment_needs_its_money_and_reason(cast, changed, sentence):
    approved = walk(make_draft(cast), cast, "approved")
    with pytest.raises(RuleViolation) as refusal:
        ask_to_adjust(approved, cast, **changed)
    assert [reason.sentence for reason in refusal.value.reasons] == [sentence]
    assert TargetDeclaration.objects.count() == 1


def test_an_adjustment_is_asked_for_on_its_page(cast, signed_in):
    approved = walk(make_draft(cast), cast, "approved")
    client, url = signed_in(cast.li_weiguo), reverse("targets:adjust", args=[approved.pk])
    sent = {
        "ground": "cut", "direction": "cut", "source": "fiscal", "amount_yuan": "36", "reason": "任务量减少。",
    }
    assert client.get(url).status_code == 200
    assert client.post(url, sent | {"reason": ""}).status_code == 422
    assert client.post(url, sent).status_code == 302
    draft = TargetDeclaration.objects.get(version=2)
    assert (draft.adjustment.amount_yuan, draft.adjustment.ground, draft.adjustment.replaces) == (
        Decimal("-360000.00"), "cut", approved
    )
    put_into(approved.project_year, "self_evaluating")
    late = client.post(url, sent)
    assert (late.status_code, [reason.code for reason in late.context["reasons"]]) == (422, ["adjusting", "BLK-B5"])
