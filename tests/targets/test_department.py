"""部门整体绩效目标: from the department's draft to its approval."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from budgets.models import ProjectYear
from core.errors import RuleViolation
from core.models import ToDo
from core.transitions import perform
from targets import queries
from targets.models import DepartmentDeclaration, TargetDeclaration
from targets.services import add_to_library, open_department_declaration, save_department_declaration
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import CONTENT, GOAL, good_lines, line, make_draft
from tests.workflow_table import check_holders, check_permissions, declared_table, refused_everywhere

TITLE = "县交通运输局2026年度部门整体绩效目标"
TASK = {"name": "农村公路养护", "content": "养护 1204.8 公里。", "fiscal_yuan": Decimal("12800000.00"),
        "other_yuan": Decimal("3000000.00")}


TABLE = {
    ("draft", "submit"): "leader_review", ("returned", "submit"): "leader_review",
    ("leader_review", "recall"): "draft", ("leader_review", "pass_leader"): "fiscal_reviewing",
    ("fiscal_reviewing", "review_first"): "fiscal_reviewing", ("fiscal_reviewing", "pass_fiscal"): "ready_for_approval",
    ("leader_review", "send_back"): "returned", ("fiscal_reviewing", "send_back"): "returned",
    ("ready_for_approval", "send_back"): "returned", ("ready_for_approval", "approve"): "approved",
}
ACTORS = {
    "submit": "zhang_wen", "recall": "zhang_wen", "pass_leader": "zhao_zhiyuan", "review_first": "lu_yuan",
    "pass_fiscal": "zhou_xiaolan", "approve": "qian_li",
}
SENDERS = {"leader_review": "zhao_zhiyuan", "ready_for_approval": "qian_li"}


@pytest.fixture
def draft(cast) -> DepartmentDeclaration:
    make_year(cast)
    return open_department_declaration(cast.department, cast.years[2026], by=cast.zhang_wen, at=NOON)


def fill(draft: DepartmentDeclaration, cast, **changed) -> DepartmentDeclaration:
    """Every check kept: 300 万元 basic expenditure beside the project's 1,280 万元."""
    changes = {"duties": "农村公路建设、养护和管理。", "annual_goal": GOAL, "basic_yuan": Decimal("3000000.00")}
    return save_department_declaration(
        draft, by=cast.zhang_wen, at=NOON, changes=changes | changed, tasks=[TASK], indicators=good_lines()
    )


def walk(declaration: DepartmentDeclaration, cast, until: str) -> DepartmentDeclaration:
    for step, by, reason, data in (
        ("submit", cast.zhang_wen, "", {}), ("pass_leader", cast.zhao_zhiyuan, "", {}),
        ("review_first", cast.lu_yuan, "同意。", {}), ("pass_fiscal", cast.zhou_xiaolan, "同意。", {}),
        ("approve", cast.qian_li, "", {"document_no": "安财预〔2026〕7号"}),
    ):
        if declaration.state == until and step != "pass_fiscal":
            break
        declaration = perform(declaration, step, by=by, at=NOON, reason=reason, data=data)
    assert declaration.state == until
    return declaration


def test_the_table_is_what_the_model_declares():
    assert declared_table(DepartmentDeclaration) == TABLE
    check_permissions(DepartmentDeclaration)
    check_holders(DepartmentDeclaration)


def test_every_other_pair_is_refused_and_writes_nothing(draft, cast):
    def actor(step, record):
        return getattr(cast, ACTORS.get(step) or SENDERS.get(record.state, "zhou_xiaolan"))

    assert refused_everywhere(draft, TABLE, actor, at=NOON) == 6 * 7 - 10


def test_the_draft_lists_the_projects_as_tasks(draft, cast):
    tasks = [(task.name, task.fiscal_yuan, task.other_yuan) for task in draft.task_list()]
    assert tasks == [("农村公路日常养护及小修保养", Decimal("12800000.00"), Decimal("0.00"))]
    assert [(todo.role, todo.organisation, todo.subject) for todo in ToDo.objects.filter(
        model="targets.departmentdeclaration"
    )] == [("dept_performance", cast.department, "县交通运输局")]


def test_the_whole_road(draft, cast):
    approved = walk(fill(draft, cast), cast, "approved")
    assert (approved.document_no, approved.business_opinion) == ("安财预〔2026〕7号", "同意。")


@pytest.mark.parametrize(("changed", "codes"), [
    ({"duties": " "}, ["D-1"]),
    ({"annual_goal": ""}, ["G-13"]),
    ({"basic_yuan": Decimal("2000000.00")}, ["D-3"]),
])
def test_what_stops_it(draft, cast, changed, codes):
    draft = fill(draft, cast, **changed)
    with pytest.raises(RuleViolation) as refusal:
        perform(draft, "submit", by=cast.zhang_wen, at=NOON)
    assert refusal.value.codes == codes


def test_the_tasks_must_share_the_budget_exactly(draft, cast):
    draft = fill(draft, cast, basic_yuan=Decimal("2000000.00"))
    with pytest.raises(RuleViolation) as refusal:
        perform(draft, "submit", by=cast.zhang_wen, at=NOON)
    assert [reason.sentence for reason in refusal.value.reasons] == [
        f"{TITLE}各项任务的预算合计 1,580.00 万元，部门预算是 1,480.00 万元（基本支出 200.00 万元，项目支出 1,280.00 万元），"
        "请调整任务预算或基本支出。"
    ]


def test_one_a_department_and_year(draft, cast):
    with pytest.raises(RuleViolation) as refusal:
        open_department_declaration(cast.department, cast.years[2026], by=cast.zhang_wen, at=NOON)
    assert [reason.sentence for reason in refusal.value.reasons] == [
        f"{TITLE}已经建立，目前是“填报中”，请直接打开办理。"
    ]
    with pytest.raises(PermissionDenied):
        open_department_declaration(cast.other_department, cast.years[2026], by=cast.zhang_wen, at=NOON)


def test_finance_reviews_in_two_hands(draft, cast):
    declaration = perform(
        perform(fill(draft, cast), "submit", by=cast.zhang_wen, at=NOON), "pass_leader", by=cast.zhao_zhiyuan, at=NOON
    )
    with pytest.raises(RuleViolation) as refusal:
        perform(declaration, "pass_fiscal", by=cast.zhou_xiaolan, at=NOON, reason="同意。")
    assert refusal.value.codes == ["business_first"]


def test_a_return_goes_back_to_the_department(draft, cast):
    declaration = walk(fill(draft, cast), cast, "ready_for_approval")
    returned = perform(declaration, "send_back", by=cast.qian_li, at=NOON, reason="部门预算有变化。")
    assert perform(returned, "submit", by=cast.zhang_wen, at=NOON).business_opinion == ""


def test_who_sees_it(draft, cast):
    seen = DepartmentDeclaration.objects
    for person in (cast.zhang_wen, cast.zhao_zhiyuan, cast.lu_yuan, cast.zhou_xiaolan, cast.wu_di):
        assert list(seen.visible_to(person)) == [draft]
    for person in (cast.li_weiguo, cast.he_min, cast.chen_mo, cast.lin_feng):
        assert list(seen.visible_to(person)) == []


# --- pages ---------------------------------------------------------------------------------------------------------


def test_the_draft_is_opened_and_filled_in_on_its_pages(cast, signed_in):
    make_year(cast, project=make_project(cast))
    client = signed_in(cast.zhang_wen)
    page = client.get(reverse("targets:departments"))
    assert [action["label"] for action in page.context["actions"]][-1] == "填报2025年度"
    opened = client.post(reverse("targets:open_department", args=[cast.department.pk, 2026]))
    draft = DepartmentDeclaration.objects.get()
    assert opened.url == reverse("targets:edit_department", args=[draft.pk])
    saved = client.post(opened.url, {
        "seen": draft.revision, "duties": "农村公路建设、养护和管理。", "annual_goal": GOAL, "basic_yuan": "300",
        "tasks-TOTAL_FORMS": "2", "tasks-INITIAL_FORMS": "1", "tasks-0-name": "农村公路养护", "tasks-0-fiscal_yuan": "1280",
        "tasks-0-other_yuan": "300", "tasks-1-name": "",
    })
    assert saved.url == reverse("targets:edit_department_indicators", args=[draft.pk])
    draft.refresh_from_db()
    assert (draft.basic_yuan, [task.total_yuan for task in draft.task_list()]) == (
        Decimal("3000000.00"), [Decimal("15800000.00")]
    )
    assert client.get(saved.url).status_code == 200
    sent = {
        "seen": draft.revision, "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-level2": "quantity",
        "form-0-name": "日常养护里程", "form-0-operator": ">=", "form-0-value": "1204.8", "form-0-unit_of_measure": "公里",
        "form-0-weight": "20",
    }
    answer = client.post(saved.url, sent, headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert [each.target_shown for each in draft.indicator_list()] == ["≥1,204.8公里"]
    stale = client.post(saved.url, sent, headers={"accept": "application/json"})
    assert (stale.status_code, stale.json()["who"][:2]) == (409, "张雯")


def test_a_task_with_money_needs_its_name(draft, cast, signed_in):
    answer = signed_in(cast.zhang_wen).post(reverse("targets:edit_department", args=[draft.pk]), {
        "seen": draft.revision, "duties": "", "annual_goal": "", "basic_yuan": "0", "tasks-TOTAL_FORMS": "1",
        "tasks-INITIAL_FORMS": "0", "tasks-0-fiscal_yuan": "12",
    })
    assert answer.status_code == 422
    assert "没有填写任务名称，请填写或删去这一行。" in answer.content.decode()


def test_the_page_and_the_form_show_what_was_declared(draft, cast, signed_in):
    fill(draft, cast)
    client = signed_in(cast.zhou_xiaolan)
    text = client.get(draft.get_absolute_url()).content.decode()
    for words in ("农村公路养护", "1,580.00", "≥1,204.8公里", "农村公路建设、养护和管理。"):
        assert words in text
    form = client.get(
        reverse("official_form", args=["department_target", cast.department.pk, "docx"]) + "?year=2026"
    )
    assert form.status_code == 200
    assert signed_in(cast.li_weiguo).get(draft.get_absolute_url()).status_code == 404


# --- suggestions ---------------------------------------------------------------------------------------------------


def suggested(declaration, typed: str) -> list[tuple[str, str]]:
    return [(each["name"], each["tag"]) for each in queries.department_suggestions(declaration, typed)]


def test_suggestions_come_from_last_year_the_departments_projects_and_the_library(draft, cast):
    last = open_department_declaration(cast.department, cast.years[2025], by=cast.zhang_wen, at=NOON)
    walk(fill(last, cast, basic_yuan=Decimal("15800000.00")), cast, "approved")
    add_to_library(CONTENT | {"name": "路面平整度达标率"}, by=cast.zhou_xiaolan, at=NOON)
    add_to_library(CONTENT | {"name": "路面清扫率", "sector": "住房城建"}, by=cast.zhou_xiaolan, at=NOON)
    lines = [line("quality", "路面病害处治率", ">=", "95", "%", "20"), *good_lines()[:2], *good_lines()[3:]]
    year = ProjectYear.objects.get(fiscal_year=2026)
    filed = make_draft(cast, project_year=year, lines=lines)
    assert ("路面病害处治率", "本部门项目") not in suggested(draft, "路面")
    TargetDeclaration.objects.filter(pk=filed.pk).update(submissions=1)
    assert suggested(draft, "路面") == [
        ("路面技术状况优良中等路率", "上年用过"), ("路面病害处治率", "本部门项目"), ("路面平整度达标率", "指标库"),
        ("路面清扫率", "指标库"),
    ]
    assert queries.department_suggestions(draft, "路面")[0]["note"] == "2025年度指标 ≥86%"
    fill(draft, cast)
    assert [name for name, _ in suggested(draft, "路面")][0] == "路面病害处治率"


def test_suggestions_are_for_whoever_fills_in_the_departments_form(draft, cast, signed_in):
    add_to_library(CONTENT, by=cast.zhou_xiaolan, at=NOON)
    address = reverse("targets:department_suggestions", args=[draft.pk])
    answer = signed_in(cast.zhang_wen).get(address, {"q": "优良"})
    assert [each["name"] for each in answer.json()["suggestions"]] == ["路面技术状况优良中等路率"]
    assert signed_in(cast.zhou_xiaolan).get(address, {"q": "优良"}).status_code == 403
    assert signed_in(cast.li_weiguo).get(address, {"q": "优良"}).status_code == 404


def test_a_line_of_the_department_is_proposed_for_the_library(draft, cast, signed_in):
    fill(draft, cast)
    client = signed_in(cast.zhang_wen)
    grid = client.get(reverse("targets:edit_department_indicators", args=[draft.pk])).content.decode()
    address = f"{reverse('targets:library_add')}?department={draft.pk}"
    assert f'{address}&amp;line=2"' in grid
    page = client.get(f"{address}&line=2")
    assert (page.context["form"].initial["name"], page.context["form"].initial["sector"]) == ("日常养护里程", "")
    assert client.get(f"{address}&line=99").status_code == 404
    assert signed_in(cast.li_weiguo).get(f"{address}&line=2").status_code == 404
