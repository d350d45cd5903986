"""What is refused: wrong files, forms sent twice, stale pages, steps out of turn, numbers and texts that cannot be.

Every answer has the right status and a Chinese sentence, keeps what was typed, and leaves nothing half-written.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from budgets.models import ExAnteAssessment, ProjectYear
from budgets.services import fill_ex_ante, open_allocation_round
from core import attachments, jobs
from core.imports import staging
from core.models import Attachment, AuditEntry, Comment
from core.transitions import perform
from evaluation.models import Rectification
from tests.budgets.ex_ante_road import TEXTS, hand_in, make_convened, make_panel, sign
from tests.budgets.test_allocation_machine import make_road
from tests.evaluation import makers as evaluations
from tests.evaluation.test_pages import sheet_data
from tests.factories.cast import NOON, PASSWORD, make_project, make_year
from tests.monitoring import scene
from tests.targets.makers import make_draft, walk

PDF = b"%PDF-1.7 report"
LONG = "字" * 10_000
MINE = "只在我这一页写过。"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: NOON)
    monkeypatch.setattr("core.clock.today", lambda: NOON.date())
    monkeypatch.setattr(jobs, "send", lambda job_id: None)


def refused(answer, status: int, *words: str) -> str:
    """The page says why in Chinese and shows nothing of its inside."""
    text = answer.content.decode()
    assert answer.status_code == status, text[-2000:]
    for word in words:
        assert word in text, text[-3000:]
    assert "Traceback" not in text
    return text


def written() -> tuple[int, int, int]:
    return AuditEntry.objects.count(), Attachment.objects.count(), Comment.objects.count()


# --- files --------------------------------------------------------------------------------------------------------


@dataclass
class Upload:
    """Where a file goes, and by whom; ``status`` is that of the page which tells what is wrong, after a redirect."""

    person: str
    make: Callable[[Any], str]
    status: int
    data: dict[str, str]
    field: str = "file"
    name: str = "报告.pdf"
    required: bool = True


def evaluation_in_field(cast) -> str:
    return reverse("evaluation:report", args=[evaluations.make_evaluation(cast, "in_field").pk])


def line_in_field(cast) -> str:
    return evaluations.make_evaluation(cast, "in_field").lines.first().get_absolute_url()


UPLOADS = {
    "附件": Upload(
        "li_weiguo", lambda cast: reverse("attach", args=["budgets.projectyear", make_year(cast).pk]), 200, {}
    ),
    "支付明细": Upload("qian_li", lambda cast: reverse("import", args=["spending"]), 422, {}, name="支付明细.xlsx"),
    "评价报告": Upload("he_min", evaluation_in_field, 422, {}),
    "工作底稿": Upload(
        "he_min", line_in_field, 422, {"number": "DG-01", "source": "现场核查", "content": "见附图。"}, required=False
    ),
    "表格体检": Upload("li_weiguo", lambda cast: reverse("check_form"), 200, {}, field="files", name="自评表.xlsx"),
}
FILES = {
    "空文件": (b"", None, "空"),
    "太大": (PDF * 10, None, "上限"),
    "别种扩展名": (b"MZ\x90\x00" + PDF, "程序.exe", "“程序.exe”"),
    "名实不符": (b"\x00\x01\x02\x03", None, "“"),
}


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("place", UPLOADS)
def test_a_wrong_file_is_refused_at_every_upload(cast, signed_in, monkeypatch, place, case):
    upload, (content, name, words) = UPLOADS[place], FILES[case]
    address = upload.make(cast)
    if case == "太大":
        monkeypatch.setattr(attachments, "MAX_BYTES", 100)
    before = written()
    file = SimpleUploadedFile(name or upload.name, content)
    answer = signed_in(getattr(cast, upload.person)).post(address, upload.data | {upload.field: file}, follow=True)
    text = refused(answer, upload.status, words)
    assert "。" in text
    assert written() == before


@pytest.mark.parametrize("place", [name for name, upload in UPLOADS.items() if upload.required])
def test_a_forgotten_file_is_asked_for(cast, signed_in, place):
    upload = UPLOADS[place]
    address, before = upload.make(cast), written()
    answer = signed_in(getattr(cast, upload.person)).post(address, upload.data, follow=True)
    refused(answer, 200 if place == "附件" else 422, "没有选择文件" if place != "评价报告" else "请填写后再提交。")
    assert written() == before


@pytest.mark.parametrize(("name", "content", "words"), [
    ("名单.docx", b"PK\x03\x04 nothing", "“名单.docx”"), ("支付明细.xlsx", b"PK\x03\x04 nothing", "“支付明细.xlsx”"),
    ("支付明细.csv", "姓名,电话\n李卫国,1\n".encode(), "支付明细"),
])
def test_a_foreign_workbook_takes_nothing_in(cast, signed_in, name, content, words):
    address = reverse("import", args=["spending"])
    answer = signed_in(cast.qian_li).post(address, {"file": SimpleUploadedFile(name, content)}, follow=True)
    refused(answer, answer.status_code, words)
    assert answer.status_code in (200, 422)
    assert ProjectYear.objects.count() == 0


def test_a_preview_is_taken_in_once_and_only_by_its_own_hash(cast, signed_in):
    year = make_year(cast, stage="executing")
    rows = "凭证号,支付日期,项目编码,项目名称,资金来源,金额(元),收款人,摘要\n"
    rows += f"2026-0001,2026-03-10,{year.project.code},{year.project.name},财政拨款,300000.00,安澜路桥公司,首付款\n"
    staged = staging.stage("spending", rows.encode(), name="支付明细.csv", by=cast.qian_li, at=NOON)
    assert staged.errors == []
    client, address = signed_in(cast.qian_li), reverse("import_preview", args=[staged.pk])
    refused(client.post(address, {"hash": "0" * 64}), 409, "要导入的不是预览过的“支付明细.csv”")
    assert year.spendings.count() == 0
    assert client.post(address, {"hash": staged.file.sha256}).status_code == 302
    refused(client.post(address, {"hash": staged.file.sha256}), 409, "“支付明细.csv”已经导入过，不需要重复导入。")
    assert year.spendings.count() == 1


# --- sent twice, stale, out of turn -------------------------------------------------------------------------------


@dataclass
class Sending:
    """A form as it stands on somebody's screen; ``typed`` is the field whose text must not be lost."""

    person: str
    address: str
    data: dict[str, Any]
    typed: str


def funds(cast) -> Sending:
    year = make_year(cast)
    data = {"fiscal": "320", "seen": year.revision}
    return Sending("li_weiguo", reverse("budgets:funds", args=[year.pk]), data, "fiscal")


def adjustment(cast) -> Sending:
    year = make_year(cast, stage="executing")
    data = {"source": "fiscal", "amount_yuan": "-80", "document_no": "安财预〔2026〕41号", "adjusted_on": "2026-09-10",
            "reason": "压减低效支出。", "seen": year.revision}
    return Sending("qian_li", reverse("budgets:adjust", args=[year.pk]), data, "reason")


def make_ex_ante(cast) -> ExAnteAssessment:
    year = make_year(cast, project=make_project(cast, attribute="new"), fiscal_yuan="3200000.00")
    perform(year, "start_ex_ante", by=cast.li_weiguo, at=NOON)
    row = fill_ex_ante(ExAnteAssessment.objects.get(), changes=TEXTS, by=cast.li_weiguo, at=NOON)
    hand_in(row, cast.li_weiguo)
    return row


def ex_ante(cast) -> Sending:
    row = make_ex_ante(cast)
    data = TEXTS | {"object_type": "project", "amount_applied_yuan": "320", "seen": row.revision}
    return Sending("li_weiguo", reverse("budgets:ex_ante_edit", args=[row.pk]), data, "plan")


def review_sheet(cast) -> Sending:
    sheet = sign(make_convened(cast, make_panel(cast)), cast.he_min)
    data = {"item_1": "优", "opinion": "", "draft": "1", "seen": sheet.revision}
    return Sending("he_min", reverse("budgets:ex_ante_review", args=[sheet.pk]), data, "opinion")


def make_round(cast):
    make_road(cast, NOON)
    row = open_allocation_round(
        name="2027年部门项目", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("20000000.00"), by=cast.qian_li, at=NOON
    )
    return perform(row, "simulate", by=cast.qian_li, at=NOON)


def allocation_line(cast) -> Sending:
    row = make_round(cast)
    data = {"changed_yuan": "400", "reason": "上年结余较多。", "seen": row.revision}
    return Sending("qian_li", reverse("budgets:allocation_line", args=[row.pk, row.lines.get().pk]), data, "reason")


def waiver(cast) -> Sending:
    row = make_round(cast)
    data = {"waiver": "上级政策性配套。", "seen": row.revision}
    return Sending("qian_li", reverse("budgets:allocation_waive", args=[row.pk, row.lines.get().pk]), data, "waiver")


def goal(cast) -> Sending:
    draft = make_draft(cast)
    data = {"annual_goal": "养护农村公路 1204.8 公里。", "seen": draft.revision}
    return Sending("li_weiguo", reverse("targets:edit_goal", args=[draft.pk]), data, "annual_goal")


def grid(cast) -> Sending:
    draft = make_draft(cast)
    data = {
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-level2": "quantity", "form-0-name": "日常养护里程",
        "form-0-operator": ">=", "form-0-value": "1204.8", "form-0-unit_of_measure": "公里", "form-0-weight": "90",
        "seen": draft.revision,
    }
    return Sending("li_weiguo", reverse("targets:edit_indicators", args=[draft.pk]), data, "form-0-scoring_standard")


def monitoring_report(cast) -> Sending:
    report = scene.make_report(cast)
    data = {"head-forecast_yuan": "1203", "head-problem": "", "seen": report.revision}
    for value in report.value_list():
        measured = value.indicator.value_type == "quantitative"
        data |= {f"v{value.pk}-actual_value": "3"} if measured else {f"v{value.pk}-quality": "reached"}
        data[f"v{value.pk}-likelihood"] = "certain"
    return Sending("li_weiguo", reverse("monitoring:report_edit", args=[report.pk]), data, "head-problem")


def self_evaluation(cast) -> Sending:
    sheet = evaluations.make_sheet(cast)
    return Sending("li_weiguo", sheet.get_absolute_url(), sheet_data(sheet), "goal_result")


def plan(cast) -> Sending:
    row = evaluations.make_evaluation(cast, "assigned")
    data = {
        "plan_text": "抽查 40 条路段。", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-level1": "output",
        "lines-0-level2": "产出数量", "lines-0-name": "实际完成率", "lines-0-weight": "100", "lines-0-standard": "按比例得分。",
        "seen": row.revision,
    }
    return Sending("he_min", reverse("evaluation:plan", args=[row.pk]), data, "plan_text")


def scores(cast) -> Sending:
    row = evaluations.make_evaluation(cast, "in_field")
    data = {"conclusion": "总体良好。", "seen": row.revision}
    for line in row.line_list():
        data |= {f"l{line.pk}-score": line.weight, f"l{line.pk}-finding": "查阅资料。"}
    return Sending("he_min", reverse("evaluation:scores", args=[row.pk]), data, "conclusion")


def ledger(cast) -> Sending:
    letter = evaluations.make_letter(cast, "acknowledged")
    item = letter.items.get()
    data = {f"i{item.pk}-measure": "补签台班单。", f"i{item.pk}-person": "李卫国", f"i{item.pk}-due_on": "2026-10-15",
            "seen": letter.revision}
    return Sending("li_weiguo", letter.get_absolute_url(), data, f"i{item.pk}-measure")


FORMS = (
    adjustment, ex_ante, review_sheet, allocation_line, waiver, goal, grid, monitoring_report, self_evaluation, plan,
    scores,
    ledger,
)


@pytest.mark.parametrize("make", FORMS, ids=lambda make: make.__name__)
def test_a_form_sent_twice_counts_once_and_a_stale_page_keeps_what_was_typed(cast, signed_in, make):
    sending = make(cast)
    client = signed_in(getattr(cast, sending.person))
    assert client.post(sending.address, sending.data).status_code == 302
    before = written()
    refused(client.post(sending.address, sending.data), 409, "在您打开页面之后已被他人改动")
    stale = client.post(sending.address, sending.data | {sending.typed: MINE})
    refused(stale, 409, "在您打开页面之后已被他人改动", MINE)
    assert written() == before


def test_an_adjustment_sent_twice_cuts_the_budget_once(cast, signed_in):
    sending = adjustment(cast)
    client = signed_in(cast.qian_li)
    for _ in range(2):
        client.post(sending.address, sending.data)
    assert ProjectYear.objects.get().budget_yuan == Decimal("12000000.00")


STEPS = {
    "suspend": (lambda cast: make_year(cast, stage="executing"), "qian_li", {"reason": "支出严重滞后。"}),
    "submit 事前评估": (make_ex_ante, "wang_jianguo", {}),
    "submit 预算安排": (make_round, "qian_li", {}),
    "submit 绩效目标": (make_draft, "li_weiguo", {}),
    "submit 监控表": (lambda cast: scene.fill(cast, scene.make_report(cast)), "li_weiguo", {}),
    "explain": (
        lambda cast: scene.send(cast, scene.fill_behind(cast, scene.make_report(cast))).alerts.get(), "lu_yuan",
        {"reason": "合同约定集中支付。"},
    ),
    "submit 自评表": (lambda cast: evaluations.fill(evaluations.make_sheet(cast), cast), "li_weiguo", {}),
    "notify": (evaluations.make_listed, "zhou_xiaolan", {"notice_no": "安财绩〔2026〕9号"}),
    "acknowledge": (evaluations.make_letter, "wang_jianguo", {}),
}


def step_address(record, step: str) -> str:
    return reverse(f"{record._meta.app_label}:{record._meta.model_name}_step", args=[record.pk, step])


@pytest.mark.parametrize("case", STEPS)
def test_a_step_pressed_twice_is_taken_once_and_is_then_out_of_turn(cast, signed_in, case):
    make, person, data = STEPS[case]
    record = make(cast)
    step, client = case.split(" ")[0], signed_in(getattr(cast, person))
    address, seen = step_address(record, step), {"seen": record.revision}
    assert client.post(address, data | seen).status_code == 302
    before = written()
    refused(client.post(address, data | seen | {"reason": MINE}), 409, "在您打开页面之后已被他人改动", MINE)
    refused(client.post(address, data | {"reason": MINE}), 409, "不能办理", MINE)
    assert written() == before


def test_a_draft_that_was_handed_in_is_not_edited_any_more(cast, signed_in):
    draft = make_draft(cast)
    walk(draft, cast, "unit_review")
    before = written()
    answer = signed_in(cast.li_weiguo).post(reverse("targets:edit_goal", args=[draft.pk]), {"annual_goal": MINE})
    refused(answer, 409, "不能修改；如需修改请先由审核人退回。", MINE)
    assert written() == before


def test_a_second_evaluation_round_and_result_are_refused(cast, signed_in):
    sheet = evaluations.make_final(cast)
    client = signed_in(cast.zhou_xiaolan)
    listing = {"project_year": sheet.project_year_id, "kind": "fiscal", "ground": "民生项目。"}
    assert client.post(reverse("evaluation:new_evaluation"), listing).status_code == 302
    before = written()
    refused(client.post(reverse("evaluation:new_evaluation"), listing), 422)
    round_ = {
        "fiscal_year": 2026, "number": 1, "period_start": "2026-01-01", "period_end": "2026-07-31",
        "due_on": "2026-09-20",
    }
    refused(client.post(reverse("monitoring:open_round"), round_), 422, "没有")
    publishing = {"selected": sheet.project_year_id, "document_no": "1号"}
    refused(client.post(reverse("evaluation:publish"), publishing), 422, "。")
    assert written() == before


# --- addresses and queries ----------------------------------------------------------------------------------------


def routes(resolver, prefix: str = "") -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            found.append(route)
        elif pattern.namespace != "admin":
            found += routes(pattern, route)
    return found


NUMBERED = [route for route in routes(get_resolver()) if "<int:" in route]
WORDS = {
    "<str:step>": "submit", "<str:label>": "budgets.projectyear", "<str:kind>": "target_declaration",
    "<str:suffix>": "pdf", "<str:stage>": "application",
}
NUMBERS = ("<int:pk>", "<int:line_pk>", "<int:year>")


@pytest.mark.parametrize("number", ["abc", "-1", "1.5", "99999999999999999999999"])
def test_a_number_that_is_none_leads_nowhere(cast, signed_in, number):
    client = signed_in(cast.zhou_xiaolan)
    for route in NUMBERED:
        address = f"/{route}"
        for word, value in (dict.fromkeys(NUMBERS, number) | WORDS).items():
            address = address.replace(word, value)
        assert "<" not in address
        refused(client.post(address), 404, "没有")
        assert client.get(address).status_code in ((404, 405) if number.isdecimal() else (404,)), address


LISTS = (
    "home", "jobs", "notices", "audit", "budgets:projects", "budgets:pool", "budgets:ex_antes", "budgets:allocations",
    "targets:declarations", "monitoring:rounds", "monitoring:reports", "monitoring:alerts",
    "evaluation:self_evaluations", "evaluation:evaluations", "evaluation:rectifications", "evaluation:results",
    "evaluation:published",
    "evaluation:disclosures", "search", "cockpit", "official_forms",
)
QUERIES = (
    {"page": "abc", "size": "-5", "sort": "password", "state": "没有", "view": "没有", "stage": "没有", "kind": "没有"},
    {"page": "99999999999999999999999", "year": "99999999999999999999999", "department": "99999999999999999999999",
     "round": "99999999999999999999999"},
    {"page": "-1", "year": "-1", "department": "abc", "round": "abc", "least": "很多", "most": "-1", "lamp": "紫灯"},
    {"q": LONG[:4000], "year": "二〇二六", "sort": "-"},
    {"q": "a\x00b", "state": "\x00"},
    {"q": "'; DROP TABLE core_user; --", "export": "pdf"},
)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_bears_any_query(cast, signed_in, name):
    make_year(cast)
    client = signed_in(cast.zhou_xiaolan)
    for query in QUERIES:
        answer = client.get(reverse(name), query)
        assert answer.status_code == 200, (query, answer.content.decode()[-500:])


@pytest.mark.parametrize("name", ["budgets:projects_export", "evaluation:publish", "official_bundle"])
def test_ticked_rows_that_are_none_are_left_out(cast, signed_in, name):
    args = ["target_declaration"] if name == "official_bundle" else []
    client, before = signed_in(cast.zhou_xiaolan), AuditEntry.objects.count()
    sent = {"selected": ["abc", "-1", "1e3", "²"], "document_no": "1号"}
    answer = client.post(reverse(name, args=args), sent, follow=True)
    refused(answer, 422 if name == "evaluation:publish" else 200, "没有选中")
    huge = client.post(reverse(name, args=args), {"selected": "9" * 30, "document_no": "1号"}, follow=True)
    assert huge.status_code in (200, 422)
    assert AuditEntry.objects.count() - before <= (name == "official_bundle")


def test_a_page_number_of_a_form_that_is_none_is_no_lock(cast, signed_in):
    year = make_year(cast)
    address = reverse("budgets:funds", args=[year.pk])
    answer = signed_in(cast.li_weiguo).post(address, {"fiscal": "320", "seen": "9" * 40})
    refused(answer, 409, "在您打开页面之后已被他人改动")


# --- figures ------------------------------------------------------------------------------------------------------


def step_sending(make, person: str, step: str, **data):
    def build(cast) -> Sending:
        record = make(cast)
        return Sending(person, step_address(record, step), {"seen": record.revision} | data, "reason")
    return build


def new_round(cast) -> Sending:
    data = {"name": "2027年部门项目", "fiscal_year": 2027, "ceiling_yuan": "100"}
    return Sending("qian_li", reverse("budgets:allocation_new"), data, "name")


department_score = step_sending(
    lambda cast: evaluations.walk_sheet(evaluations.fill(evaluations.make_sheet(cast), cast), cast, "dept_reviewing"),
    "zhang_wen", "score_department", department_score="90",
)
acceptance = step_sending(
    lambda cast: evaluations.make_evaluation(cast, "report_reviewing"), "zhou_xiaolan", "accept", report_quality="86",
)
FIGURES = [
    (funds, "fiscal", "-1", "是负数"), (funds, "fiscal", "一千", "不是数字"), (funds, "fiscal", "9" * 30, "金额"),
    (funds, "fiscal", "NaN", "不是数字"), (funds, "fiscal", "1e9", "不是数字"), (adjustment, "amount_yuan", "-9000", "不能压减"),
    (adjustment, "amount_yuan", "0", "0"), (ex_ante, "amount_applied_yuan", "-5", "-5.00 万元是负数"),
    (allocation_line, "changed_yuan", "-1", "-1"), (new_round, "ceiling_yuan", "-1", "总控制数应大于 0"),
    (monitoring_report, "head-forecast_yuan", "-1", "-1.00 万元是负数"), (grid, "form-0-weight", "-3", "应在 0 到 100 之间"),
    (grid, "form-0-value", "∞", "不是数字"), (plan, "lines-0-weight", "-5", "0"),
    (department_score, "department_score", "-1", "-1"),
    (department_score, "department_score", "101", "101"), (acceptance, "report_quality", "-5", "-5"),
    (acceptance, "report_quality", "Infinity", "数字"),
]


@pytest.mark.parametrize(("make", "field", "value", "words"), FIGURES)
def test_a_figure_that_cannot_be_is_refused_and_stays_on_the_page(cast, signed_in, make, field, value, words):
    sending = make(cast)
    before = written()
    answer = signed_in(getattr(cast, sending.person)).post(sending.address, sending.data | {field: value})
    refused(answer, 422, words, f'value="{value}"')
    assert written() == before


# --- texts and choices --------------------------------------------------------------------------------------------


TEXTS_TYPED = [
    (review_sheet, "opinion"), (adjustment, "reason"), (adjustment, "document_no"), (ex_ante, "background"),
    (allocation_line, "reason"), (waiver, "waiver"), (new_round, "name"), (goal, "annual_goal"), (grid, "form-0-name"),
    (monitoring_report, "head-problem"), (self_evaluation, "goal_result"), (plan, "plan_text"), (scores, "conclusion"),
    (department_score, "reason"),
]


@pytest.mark.parametrize(("make", "field"), TEXTS_TYPED)
@pytest.mark.parametrize("text", [LONG, "前\x00后"], ids=["long", "nul"])
def test_a_text_no_column_holds_is_refused_at_its_field(cast, signed_in, make, field, text):
    sending = make(cast)
    before = written()
    answer = signed_in(getattr(cast, sending.person)).post(sending.address, sending.data | {field: text})
    refused(answer, 422, "字" if text == LONG else "空字符")
    assert written() == before


def test_a_long_comment_is_refused_and_what_no_database_keeps_is_left_out(cast, signed_in):
    year = make_year(cast, project=make_project(cast, name="农村公路" * 45))
    address = reverse("comment", args=["budgets.projectyear", year.pk])
    client = signed_in(cast.zhang_wen)
    refused(client.post(address, {"text": LONG}, follow=True), 200, "留言有 10000 字，超过 2000 字的上限，请删减后再发送。")
    refused(client.post(address, {"text": " \x00 "}, follow=True), 200, "的留言是空的，请写下内容后再发送。")
    assert Comment.objects.count() == 0
    client.post(address, {"text": "请补充\x00依据。", "field": LONG})
    (comment,) = Comment.objects.all()
    assert (comment.text, comment.field) == ("请补充依据。", LONG[:60])


FORM_MODULES = (
    "core.forms", "core.views.imports", "core.views.check_form", "budgets.forms", "targets.forms", "monitoring.forms",
    "evaluation.forms",
)


def test_every_text_field_has_an_end():
    """PostgreSQL refuses what is longer than its column. Filters store nothing; goals are measured by their form."""
    endless = {
        f"{form.__name__}.{name}"
        for module in map(importlib.import_module, FORM_MODULES)
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, forms.BaseForm)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and field.max_length is None
    }
    checked_by_hand = {f"GoalForm.{name}" for name in ("annual_goal", "overall_goal", "project_summary", "safeguards")}
    assert endless == {"ReportFilter.q", "AlertFilter.q"} | checked_by_hand


CHOICES = [
    (adjustment, "source", "lottery"), (new_round, "fiscal_year", "1999"), (grid, "form-0-level2", "no-such-kind"),
    (grid, "form-0-operator", "≈"), (plan, "lines-0-level1", "luck"),
]


@pytest.mark.parametrize(("make", "field", "value"), CHOICES)
def test_a_choice_that_is_not_offered_is_refused(cast, signed_in, make, field, value):
    sending = make(cast)
    before = written()
    answer = signed_in(getattr(cast, sending.person)).post(sending.address, sending.data | {field: value})
    refused(answer, 422, "选择")
    assert written() == before


@pytest.mark.parametrize("address", [
    "/imports/没有这种/", "/imports/没有这种/template/", "/official/没有这种/empty/pdf/",
    "/official/target_declaration/empty/exe/", "/official/没有这种/1/pdf/", "/records/core.user/1/comment/",
    "/records/没有.这种/1/attach/",
])
def test_a_kind_that_is_none_leads_nowhere(cast, signed_in, address):
    client = signed_in(cast.qian_li)
    post_only = address.startswith("/records/")
    refused(client.post(address) if post_only else client.get(address), 404, "没有")


# --- requests as such ---------------------------------------------------------------------------------------------


def test_a_form_without_its_token_is_refused_in_chinese(cast):
    year = make_year(cast)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.li_weiguo)
    before = written()
    for address in (reverse("budgets:funds", args=[year.pk]), step_address(year, "start_filing"), reverse("set_year")):
        refused(client.post(address, {"fiscal": "320"}), 403, "页面停留太久，这一步没有办成")
    refused(client.post(reverse("login"), {"username": "liweiguo", "password": PASSWORD}), 403, "请返回上一页刷新")
    assert written() == before


@pytest.mark.parametrize(("limit", "value"), [
    ("DATA_UPLOAD_MAX_MEMORY_SIZE", 100), ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 3),
])
def test_a_request_over_the_limits_is_refused_in_chinese(cast, signed_in, settings, limit, value):
    year = make_year(cast)
    setattr(settings, limit, value)
    sent = {f"field-{number}": "字" * 10 for number in range(10)}
    answer = signed_in(cast.li_weiguo).post(
        reverse("budgets:funds", args=[year.pk]), "&".join(f"{name}={text}" for name, text in sent.items()),
        content_type="application/x-www-form-urlencoded",
    )
    refused(answer, 400, "这个请求读不懂")
    assert ProjectYear.objects.get().requested_yuan == Decimal("12800000.00")


def test_a_name_and_a_password_that_are_none_do_not_sign_in(client, cast):
    for username, password in (("", ""), ("liweiguo", LONG), (LONG, "x"), ("li\x00weiguo", "x"), ("陈默", "' OR 1=1 --")):
        refused(client.post(reverse("login"), {"username": username, "password": password}), 200, "。")
    assert "_auth_user_id" not in client.session


def test_a_ledger_bears_notes_that_no_database_keeps(cast, signed_in):
    letter = evaluations.make_letter(cast, "verifying")
    item = letter.items.get()
    address = reverse("evaluation:verify", args=[item.pk])
    typed = {"verified": "no", f"note-{item.pk}": f"还缺\x00佐证。{LONG}"}
    assert signed_in(cast.zhou_xiaolan).post(address, typed).status_code == 302
    assert Rectification.objects.get().items.get().note == f"还缺佐证。{LONG}"[:2000]
