"""The indicator library: its machine, who sees and decides what, the values it has had, the workbook both ways."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from budgets.models import Project
from core.errors import RuleViolation
from core.imports import staging
from core.models import AuditEntry, Notice, ToDo
from core.sheets import read_workbook
from core.transitions import perform
from targets import queries
from targets.models import Indicator, LibraryIndicator, TargetDeclaration
from targets.resources import LibrarySheet, library_workbook
from targets.services import add_to_library, content_from, revise_entry
from tests.factories.cast import NOON, Cast, make_project, make_year
from tests.targets.makers import CONTENT, LINES, line, make_draft
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    put_into,
    refused_everywhere,
)

TABLE = {
    ("proposed", "approve"): "approved",
    ("proposed", "decline"): "declined",
    ("declined", "propose_again"): "proposed",
    ("approved", "retire"): "retired",
    ("retired", "restore"): "approved",
}


def proposal(cast: Cast, **changed) -> LibraryIndicator:
    return add_to_library(CONTENT | changed, by=cast.li_weiguo, at=NOON)


def actor_of(cast: Cast):
    return lambda step, record: cast.li_weiguo if step == "propose_again" else cast.zhou_xiaolan


def test_table_is_what_the_model_declares():
    assert declared_table(LibraryIndicator) == TABLE
    check_permissions(LibraryIndicator)
    check_holders(LibraryIndicator)


def test_every_other_pair_is_refused_and_writes_nothing(cast):
    assert refused_everywhere(proposal(cast), TABLE, actor_of(cast), at=NOON) == 4 * 5 - 5


@pytest.mark.parametrize(("state", "step"), sorted(TABLE))
def test_every_allowed_pair_reaches_its_target(cast, state, step):
    entry = put_into(proposal(cast), state)
    fresh = perform(entry, step, by=actor_of(cast)(step, entry), at=NOON, reason="与部门考核口径一致。")
    assert fresh.state == TABLE[state, step]
    assert ToDo.objects.filter(model="targets.libraryindicator").count() == (fresh.state == "proposed")


def test_a_unit_proposes_and_finance_decides(cast):
    entry = proposal(cast)
    assert (entry.state, entry.level1, entry.proposer, entry.version) == ("proposed", "output", cast.unit, 1)
    todo = ToDo.objects.get(model="targets.libraryindicator")
    assert (todo.role, todo.verb, todo.subject) == ("fiscal_performance", "审定指标", "路面技术状况优良中等路率")
    for person in (cast.li_weiguo, cast.zhang_wen, cast.qian_li):
        with pytest.raises(PermissionDenied):
            perform(entry, "approve", by=person, at=NOON)
    declined = perform(entry, "decline", by=cast.zhou_xiaolan, at=NOON, reason="请补取数依据。")
    assert Notice.objects.get(recipient=cast.li_weiguo).text == "请补取数依据。"
    with pytest.raises(PermissionDenied):
        revise_entry(declined, {"explanation": "他人改写。"}, by=cast.chen_mo, at=NOON)
    revised = revise_entry(declined, {"explanation": "以年度路况检测报告为准。"}, by=cast.li_weiguo, at=NOON)
    again = perform(revised, "propose_again", by=cast.li_weiguo, at=NOON)
    final = perform(again, "approve", by=cast.zhou_xiaolan, at=NOON)
    assert (final.state, final.version, final.explanation) == ("approved", 1, "以年度路况检测报告为准。")
    assert list(AuditEntry.objects.of(final).order_by("pk").values_list("action", flat=True)) == [
        f"targets.libraryindicator.{name}" for name in ("create", "decline", "edit", "propose_again", "approve")
    ]


def test_what_the_performance_section_writes_is_in_use_at_once_and_gets_versions(cast):
    entry = add_to_library(CONTENT, by=cast.zhou_xiaolan, at=NOON)
    assert (entry.state, entry.proposer) == ("approved", None)
    revised = revise_entry(entry, {"usual_value": Decimal("88")}, by=cast.zhou_xiaolan, at=NOON, seen=entry.revision)
    assert (revised.version, revised.usual_value) == (2, Decimal("88"))
    with pytest.raises(RuleViolation) as refusal:
        revise_entry(revised, {"usual_value": None}, by=cast.zhou_xiaolan, at=NOON, seen=entry.revision)
    assert refusal.value.codes == ["stale"]


def test_others_may_not_add_and_a_second_of_the_name_is_refused(cast):
    for person in (cast.wang_jianguo, cast.he_min, cast.wu_di):
        with pytest.raises(PermissionDenied):
            add_to_library(CONTENT, by=person, at=NOON)
    proposal(cast)
    with pytest.raises(RuleViolation) as refusal:
        add_to_library(CONTENT, by=cast.zhang_wen, at=NOON)
    assert refusal.value.codes == ["duplicate"]
    assert str(refusal.value) == (
        "“交通运输”质量指标中已有“路面技术状况优良中等路率”，目前是“待审定”，请直接使用或修改原有的指标。"
    )
    assert add_to_library(CONTENT | {"sector": ""}, by=cast.zhang_wen, at=NOON).sector_shown == "共性"


@pytest.mark.parametrize(("changed", "missing"), [
    ({"unit_of_measure": ""}, "计量单位"),
    ({"direction": "state"}, "预期状态"),
    ({"explanation": " ", "source": ""}, "指标解释、指标值来源"),
])
def test_an_incomplete_one_is_refused_with_what_it_lacks(cast, changed, missing):
    with pytest.raises(RuleViolation) as refusal:
        proposal(cast, **changed)
    assert refusal.value.codes == ["incomplete"]
    assert str(refusal.value) == f"指标库指标“路面技术状况优良中等路率”还缺{missing}，请补齐后再审定。"
    assert LibraryIndicator.objects.count() == 0


def test_nobody_approves_what_they_proposed(cast):
    entry = proposal(cast)
    LibraryIndicator.objects.filter(pk=entry.pk).update(submitted_by=cast.zhou_xiaolan)
    with pytest.raises(RuleViolation) as refusal:
        perform(entry, "approve", by=cast.zhou_xiaolan, at=NOON)
    assert refusal.value.codes == ["SEP-1"]


def test_a_proposal_is_seen_by_its_own_side_only_until_it_is_decided(cast):
    entry = proposal(cast)
    people = (
        cast.li_weiguo, cast.wang_jianguo, cast.zhang_wen, cast.zhou_xiaolan, cast.wu_di, cast.chen_mo, cast.he_min,
    )
    assert [queries.library_for(person).filter(pk=entry.pk).exists() for person in people] == (
        [True] * 5 + [False] * 2
    )
    perform(entry, "approve", by=cast.zhou_xiaolan, at=NOON)
    assert all(queries.library_for(person).filter(pk=entry.pk).exists() for person in people)


def approved(cast: Cast, code: str, *, target: str, actual: str, year: int = 2025) -> Indicator:
    project = make_project(cast, code=code, name=f"公路养护 {code}")
    lines = [line("quality", "路面技术状况优良中等路率", ">=", target, "%", "20")]
    draft = make_draft(cast, project_year=make_year(cast, project=project, year=year), lines=lines)
    row = put_into(draft, "approved").indicators.get()
    row.actual_shown = actual
    row.save()
    return row


def test_the_values_of_past_years_are_told_without_giving_away_a_single_one(cast):
    entry = add_to_library(CONTENT, by=cast.zhou_xiaolan, at=NOON)
    approved(cast, "26-JT-1001", target="84", actual="86.2%")
    approved(cast, "26-JT-1002", target="86", actual="")
    (few,) = queries.usage_of(entry)
    assert (few["year"], few["projects"], few["targets"].median) == (2025, 2, None)
    assert queries.shown_spread(few["targets"]) == "2 个项目，不足 3 个不显示"
    approved(cast, "26-JT-1003", target="90", actual="良好")
    approved(cast, "26-JT-1004", target="87", actual="88%")
    approved(cast, "26-JT-1005", target="85", actual="85.5", year=2026)
    recent, past = queries.usage_of(entry)
    assert (recent["year"], recent["targets"].projects) == (2026, 1)
    assert queries.shown_spread(past["targets"]) == "中位数 86.5，84～90（4 个项目）"
    assert queries.shown_spread(past["actuals"]) == "2 个项目，不足 3 个不显示"
    assert [row.declaration.project_year.project.code for row in queries.own_lines(entry, cast.li_weiguo)] == [
        "26-JT-1005", "26-JT-1001", "26-JT-1002", "26-JT-1003", "26-JT-1004"
    ]
    assert queries.own_lines(entry, cast.chen_mo) == []


def test_the_page_of_an_indicator_names_only_projects_in_sight(cast, signed_in):
    entry = add_to_library(CONTENT, by=cast.zhou_xiaolan, at=NOON)
    for number, target in enumerate(("84", "86", "90"), start=1):
        approved(cast, f"26-JT-100{number}", target=target, actual=f"{target}%")
    address = reverse("targets:library_indicator", args=[entry.pk])
    own, other = (signed_in(person).get(address).content.decode() for person in (cast.li_weiguo, cast.chen_mo))
    for page in (own, other):
        assert page.count("中位数 86，84～90（3 个项目）") == 2
    assert "公路养护 26-JT-1001" in own
    assert "公路养护" not in other


def test_a_line_of_a_declaration_becomes_a_proposal(cast, signed_in):
    row = make_draft(cast).indicators.get(name="日常养护平均成本")
    line = {"declaration": row.declaration_id, "line": row.position}
    client = signed_in(cast.li_weiguo)
    page = client.get(reverse("targets:library_add"), line).content.decode()
    assert 'value="日常养护平均成本"' in page
    content = content_from(row) | {"explanation": "养护支出÷里程。", "usual_value": ""}
    answer = client.post(reverse("targets:library_add"), content)
    entry = LibraryIndicator.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, entry.get_absolute_url())
    assert (entry.sector, entry.direction, entry.unit_of_measure, entry.state) == (
        "交通运输", "lower", "万元/公里·年", "proposed"
    )
    hidden = signed_in(cast.chen_mo).get(reverse("targets:library_add"), line)
    assert hidden.status_code == 404


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(cast, signed_in):
    sent = CONTENT | {"usual_value": "约八成", "unit_of_measure": "%"}
    answer = signed_in(cast.zhang_wen).post(reverse("targets:library_add"), sent)
    assert answer.status_code == 422
    assert "参考值“约八成”不是数字" in answer.content.decode()
    sent["usual_value"] = "86"
    assert signed_in(cast.zhang_wen).post(reverse("targets:library_add"), sent).status_code == 302
    again = signed_in(cast.zhang_wen).post(reverse("targets:library_add"), sent)
    assert again.status_code == 422
    assert "中已有“路面技术状况优良中等路率”" in again.content.decode()


def test_the_list_is_searched_by_words_sector_level_and_state(cast, signed_in):
    add_to_library(CONTENT, by=cast.zhou_xiaolan, at=NOON)
    add_to_library(CONTENT | {"sector": "", "name": "培训人次", "level2": "quantity"}, by=cast.zhou_xiaolan, at=NOON)
    proposal(cast, name="危桥改造座数", level2="quantity", unit_of_measure="座")
    client = signed_in(cast.zhou_xiaolan)

    def found(**asked) -> list[str]:
        rows = client.get(reverse("targets:library"), asked).context["rows"]
        return [row["cells"][0]["text"] for row in rows]

    assert found() == ["培训人次", "路面技术状况优良中等路率", "危桥改造座数"]
    assert found(q="技术状况") == ["路面技术状况优良中等路率"]
    assert found(sector="common") == ["培训人次"]
    assert found(sector="交通运输", state="proposed") == ["危桥改造座数"]
    assert found(level1="cost") == []


def book(*changes: dict[str, str]) -> bytes:
    """A workbook with one line of the sheet for each of ``changes``."""
    headings = [column.heading for column in LibrarySheet.columns()]
    plain = {
        "所属领域": "交通运输", "二级指标": "质量", "指标名称": "路面破损率", "指标方向": "≤", "计量单位": "%", "参考值": "5",
        "指标解释": "破损面积÷调查面积×100%。", "评(扣)分标准": "每高1个百分点扣5%的分值。", "指标来源": "行业标准",
    }
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "指标库"
    sheet.append(headings)
    for change in changes:
        sheet.append([(plain | change).get(heading, "") for heading in headings])
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def test_the_workbook_adds_changes_and_leaves_the_same(cast):
    counts = staging.import_file("library", book({}, {"指标名称": "修补及时率", "指标方向": "越高越好（≥）"}), name="库.xlsx",
                                 by=cast.zhou_xiaolan, at=NOON)
    assert counts == {"created": 2, "changed": 0}
    entry = LibraryIndicator.objects.get(name="路面破损率")
    assert (entry.level2, entry.direction, entry.usual_value, entry.state) == (
        "quality", "lower", Decimal("5.0000"), "approved"
    )
    again = staging.import_file("library", book({"参考值": "4.5"}), name="库.xlsx", by=cast.zhou_xiaolan, at=NOON)
    assert again == {"created": 0, "changed": 1}
    entry.refresh_from_db()
    assert (entry.version, entry.usual_value) == (2, Decimal("4.5000"))
    exported = library_workbook(LibraryIndicator.objects.all())
    same = staging.import_file("library", exported, name="库.xlsx", by=cast.zhou_xiaolan, at=NOON)
    assert same == {"created": 0, "changed": 0}


def test_every_bad_cell_of_the_workbook_is_told_and_nothing_is_written(cast):
    content = book({"指标方向": "随便", "参考值": "五"}, {"指标名称": "修补及时率", "计量单位": ""})
    staged = staging.stage("library", content, name="库.xlsx", by=cast.zhou_xiaolan, at=NOON)
    assert [(error["row"], error["column"]) for error in staged.errors] == [(2, "指标方向"), (2, "参考值")]
    staged = staging.stage("library", book({"计量单位": ""}), name="库.xlsx", by=cast.zhou_xiaolan, at=NOON)
    assert [error["message"] for error in staged.errors] == ["指标库指标“路面破损率”还缺计量单位，请补齐后再审定。"]
    assert LibraryIndicator.objects.count() == 0
    with pytest.raises(PermissionDenied):
        staging.stage("library", book({}), name="库.xlsx", by=cast.li_weiguo, at=NOON)


def test_the_list_is_exported_in_the_columns_of_the_import(cast, signed_in):
    add_to_library(CONTENT, by=cast.zhou_xiaolan, at=NOON)
    proposal(cast, name="危桥改造座数", level2="quantity")
    answer = signed_in(cast.chen_mo).get(reverse("targets:library"), {"export": "xlsx"})
    (grid,) = read_workbook(answer.content, name="库.xlsx")
    assert [tuple(row[:7]) for row in grid.rows[1:]] == [
        ("交通运输", "质量指标", "路面技术状况优良中等路率", "越高越好（≥）", "%", "86", "")
    ]


def test_the_sectors_of_the_field_come_before_the_departments_the_common_and_the_others(cast):
    for name, sector in (("路面清扫率", "住房城建"), ("路面完好率", ""), ("路面平整度", "交通运输"), ("路面安全提示率", "教育")):
        add_to_library(CONTENT | {"name": name, "sector": sector}, by=cast.zhou_xiaolan, at=NOON)

    def names(field: str, typed: str = "路面") -> list[str]:
        Project.objects.update(sector=field)
        return [each["name"] for each in queries.suggestions(TargetDeclaration.objects.get(), typed)]

    make_draft(cast, lines=[])
    assert names("公路养护") == ["路面平整度", "路面完好率", "路面清扫率", "路面安全提示率"]
    assert names("市政工程") == ["路面清扫率", "路面平整度", "路面完好率", "路面安全提示率"]
    assert names("监管执法") == ["路面平整度", "路面完好率", "路面清扫率", "路面安全提示率"]
    assert names("市政工程", "") == ["路面清扫率", "路面平整度", "路面完好率"]


def test_suggestions_come_from_last_year_the_library_and_comparable_projects(cast):
    project = make_project(cast)
    last = make_draft(cast, project_year=make_year(cast, project=project, year=2025))
    put_into(last, "approved").indicators.filter(name="路面技术状况优良中等路率").update(actual_shown="86.2%")
    add_to_library(CONTENT | {"name": "路面平整度达标率"}, by=cast.zhou_xiaolan, at=NOON)
    add_to_library(CONTENT | {"name": "路面清扫率", "sector": "住房城建"}, by=cast.zhou_xiaolan, at=NOON)
    add_to_library(CONTENT | {"name": "路面保洁率", "sector": ""}, by=cast.zhou_xiaolan, at=NOON)
    proposal(cast, name="路面标线完好率")
    for number in range(1, 5):
        other = make_year(cast, project=make_project(cast, code=f"26-JT-200{number}", name="其他项目"), year=2025)
        lines = [line("quality", "路面病害处治率", ">=", "95", "%", "20")]
        lines += [line("quality", "路面专项检测率", ">=", "95", "%", "20")] if number < 3 else []
        put_into(make_draft(cast, project_year=other, lines=lines), "approved")
    draft = make_draft(cast, project_year=make_year(cast, project=project), lines=[])
    found = queries.suggestions(draft, "路面")
    assert [(each["name"], each["tag"]) for each in found] == [
        ("路面技术状况优良中等路率", "上年用过"), ("路面平整度达标率", "指标库"), ("路面保洁率", "指标库"),
        ("路面清扫率", "指标库"), ("路面病害处治率", "同类项目"),
    ]
    assert found[0]["note"] == "2025年度指标 ≥86%，实际 86.2%"
    assert (found[1]["operator"], found[1]["unit_of_measure"], found[1]["scoring_standard"]) == (
        ">=", "%", "每低1个百分点扣5%的分值。"
    )
    assert found[4]["note"] == "“交通运输”4 个项目在用"
    assert [each["name"] for each in queries.suggestions(draft, "")][:1] == [LINES[0][1]]


def test_suggestions_are_for_whoever_fills_in(cast, signed_in):
    draft = make_draft(cast, lines=[])
    address = reverse("targets:suggestions", args=[draft.pk])
    add_to_library(CONTENT, by=cast.zhou_xiaolan, at=NOON)
    answer = signed_in(cast.li_weiguo).get(address, {"q": "优良"})
    assert [each["name"] for each in answer.json()["suggestions"]] == ["路面技术状况优良中等路率"]
    assert signed_in(cast.zhang_wen).get(address, {"q": "优良"}).status_code == 403
    assert signed_in(cast.chen_mo).get(address, {"q": "优良"}).status_code == 404
