"""Taking in the organisation tree and its people: good file, every bad cell, second run, and who may."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from core import audit
from core.access import Role
from core.errors import RuleViolation
from core.imports import staging
from core.models import AuditEntry, Organisation, OrganisationKind, RoleAssignment, User
from core.organisations import Post, give_password, save_posts
from core.resources import OrganisationImport, OrganisationSheet, PeopleSheet
from tests.factories.cast import NOON, person, place

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
PLACE_HEADINGS = ["机构编码", "机构名称", "机构类型", "上级机构编码", "归口股室编码", "统一社会信用代码"]
PEOPLE_HEADINGS = ["登录名", "姓名", "机构编码", "角色", "联系电话"]
PLACES = [
    ["301002", "县公路养护中心", "预算单位", "301", "", "110000000000000002"],
    ["301", "县交通运输局", "主管部门", "100", "100003", ""],
    ["100003", "经济建设股", "财政股室", "100", "", ""],
    ["100", "安澜县财政局", "财政局", "", "", ""],
    ["901", "衡信绩效咨询有限公司", "第三方机构", "", "", ""],
]
PEOPLE = [
    ["liweiguo", "李卫国", "301002", "单位经办人", "0000-6621134"],
    ["zhangwen", "张雯", "301", "主管部门绩效岗", "0000-6621106"],
    ["fangmin", "方敏", "100", "审计监督(只读)", ""],
    ["hemin", "何敏", "901", "主评人", ""],
    ["hemin", "何敏", "901", "评价组成员", ""],
]


def workbook(places=PLACES, people=PEOPLE) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "机构"
    for line in [PLACE_HEADINGS, *places]:
        book["机构"].append(line)
    book.create_sheet("人员")
    for line in [PEOPLE_HEADINGS, *people]:
        book["人员"].append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture
def he_liang(db) -> User:
    """贺亮, the system administrator of a bureau that is not in the workbook."""
    return person("heliang", "贺亮", (Role.SYSADMIN, place("001", "安澜县财政局筹备组", OrganisationKind.FISCAL_BUREAU)))


def take_in(by, **sheets) -> dict[str, int]:
    return staging.import_file("organisations", workbook(**sheets), name="机构.xlsx", by=by, at=NOON)


def cells_refused(by, **sheets) -> list[tuple[str, int, str, str]]:
    """Sheet, row, heading and value of every refused cell; nothing may have been written."""
    before = (Organisation.objects.count(), User.objects.count(), RoleAssignment.objects.count())
    staged = staging.stage("organisations", workbook(**sheets), name="机构.xlsx", by=by, at=NOON)
    with pytest.raises(RuleViolation) as caught:
        staging.commit(staged, sha256=staged.file.sha256, by=by, at=NOON)
    assert caught.value.codes[0] == "import_error"
    assert (Organisation.objects.count(), User.objects.count(), RoleAssignment.objects.count()) == before
    assert all(error["message"].endswith("。") for error in staged.errors)
    return [(error["sheet"], error["row"], error["column"], error["value"]) for error in staged.errors]


class TestGoodWorkbook:
    def test_tree_people_and_roles_come_in_whatever_the_order_of_the_rows(self, he_liang):
        assert take_in(he_liang) == {
            "organisations_created": 5, "organisations_changed": 0, "people_created": 4, "people_changed": 0,
        }
        unit = Organisation.objects.select_related("parent__parent", "parent__fiscal_section").get(code="301002")
        assert (unit.name, unit.kind, unit.credit_code) == ("县公路养护中心", "unit", "110000000000000002")
        assert (unit.parent.code, unit.parent.fiscal_section.code, unit.parent.parent.code) == ("301", "100003", "100")
        held = RoleAssignment.objects.exclude(user=he_liang).order_by("pk")
        assert list(held.values_list("user__name", "role", "organisation__code")) == [
            ("李卫国", "unit_operator", "301002"), ("张雯", "dept_performance", "301"),
            ("方敏", "auditor_readonly", "100"), ("何敏", "third_party_lead", "901"),
            ("何敏", "third_party_member", "901"),
        ]
        assert User.objects.get(username="liweiguo").phone == "0000-6621134"

    def test_nobody_can_sign_in_before_a_password_is_given(self, he_liang):
        take_in(he_liang)
        li_weiguo = User.objects.get(username="liweiguo")
        assert not li_weiguo.has_usable_password()
        given = give_password(User.objects.filter(username="liweiguo"), password="lantian-2026", by=he_liang, at=NOON)
        li_weiguo.refresh_from_db()
        assert given == 1 and li_weiguo.check_password("lantian-2026")
        entry = AuditEntry.objects.get(action="core.user.give_password")
        assert entry.after == {"people": ["liweiguo"]}

    def test_the_second_import_changes_nothing(self, he_liang):
        take_in(he_liang)
        entries = AuditEntry.objects.filter(action__in=["core.organisation.save", "core.user.save"]).count()
        assert entries == 2
        assert take_in(he_liang) == {
            "organisations_created": 0, "organisations_changed": 0, "people_created": 0, "people_changed": 0,
        }
        assert AuditEntry.objects.filter(action__in=["core.organisation.save", "core.user.save"]).count() == 2
        staged = staging.stage("organisations", workbook(), name="机构.xlsx", by=he_liang, at=NOON)
        assert staged.summary["counts"] == {"create": 0, "change": 0, "same": 10}

    def test_a_changed_name_telephone_and_role_are_previewed_and_taken_in(self, he_liang):
        take_in(he_liang)
        places = [line if line[0] != "301002" else [*line[:1], "县公路事业发展中心", *line[2:]] for line in PLACES]
        people = [["liweiguo", "李卫国", "301002", "单位经办人", "0000-7700001"],
                  ["zhangwen", "张雯", "301", "主管部门业务处室", "0000-6621106"]]
        staged = staging.stage(
            "organisations", workbook(places=places, people=people), name="机构.xlsx", by=he_liang, at=NOON
        )
        assert staged.summary["counts"] == {"create": 1, "change": 2, "same": 4}
        assert staged.summary["sample"] == [
            {"kind": "change", "key": "301002 县公路事业发展中心", "changes": [
                {"label": "机构名称", "old": "县公路养护中心", "new": "县公路事业发展中心"}]},
            {"kind": "change", "key": "李卫国 单位经办人（301002）", "changes": [
                {"label": "联系电话", "old": "0000-6621134", "new": "0000-7700001"}]},
            {"kind": "create", "key": "张雯 主管部门业务处室（301）", "changes": []},
        ]
        assert staging.commit(staged, sha256=staged.file.sha256, by=he_liang, at=NOON) == {
            "organisations_created": 0, "organisations_changed": 1, "people_created": 0, "people_changed": 2,
        }
        zhang_wen = User.objects.get(username="zhangwen")
        assert {role for role, _ in zhang_wen.held_roles} == {"dept_performance", "dept_business"}
        assert Organisation.objects.get(code="301002").parent.code == "301"

    def test_it_takes_the_same_number_of_queries_however_many_rows(
        self, he_liang, django_assert_num_queries
    ):
        few = workbook(places=PLACES[1:4], people=PEOPLE[1:2])
        schools = [[f"302{n:03}", f"第{n}小学", "预算单位", "301", "", ""] for n in range(40)]
        heads = [[f"xiaozhang{n}", f"校长{n}", f"302{n:03}", "单位负责人", ""] for n in range(40)]
        for content in (few, workbook(places=schools, people=heads)):
            staged = staging.stage("organisations", content, name="机构.xlsx", by=he_liang, at=NOON)
            with django_assert_num_queries(36):
                staging.commit(staged, sha256=staged.file.sha256, by=he_liang, at=NOON)

    def test_the_county_of_the_samples(self, he_liang):
        content = (SAMPLES / "organisations.xlsx").read_bytes()
        staged = staging.stage("organisations", content, name="organisations.xlsx", by=he_liang, at=NOON)
        assert staged.errors == []
        staging.commit(staged, sha256=staged.file.sha256, by=he_liang, at=NOON)
        kinds = {kind: Organisation.objects.filter(kind=kind).count() for kind in OrganisationKind.values}
        assert kinds == {
            "fiscal_bureau": 1, "fiscal_section": 7, "department": 12, "unit": 41, "third_party": 3, "observer": 0,
        }
        assert {role for user in User.objects.all() for role, _ in user.held_roles} == set(Role.values)
        assert list(audit.broken_links()) == []


class TestRefusals:
    @pytest.mark.parametrize(("line", "heading", "value", "words"), [
        (["301009", "县路政大队", "预算单位", "399", "", ""], "上级机构编码", "399", "没有编码为 399 的机构"),
        (["301009", "县路政大队", "预算单位", "", "", ""], "上级机构编码", "", "必须填写上级机构编码"),
        (["301009", "县路政大队", "预算单位", "100", "", ""], "上级机构编码", "100", "不能以财政局“安澜县财政局”为上级"),
        (["303", "县水利局", "主管部门", "100", "100009", ""], "归口股室编码", "100009", "没有编码为 100009 的机构"),
        (["303", "县水利局", "主管部门", "100", "", ""], "归口股室编码", "", "必须填写归口股室编码"),
        (["303", "县水利局", "主管部门", "100", "301", ""], "归口股室编码", "301", "“县交通运输局”不是财政股室"),
        (["301009", "县路政大队", "预算单位", "301", "100003", ""], "归口股室编码", "100003", "只有主管部门才填"),
        (["301009", "县路政大队", "乡镇", "301", "", ""], "机构类型", "乡镇", "只能填：财政局、财政股室"),
        (["301002", "县公路养护中心二部", "预算单位", "301", "", ""], "机构编码", "301002", "与第 2 行重复"),
        (["3.01E+20", "县路政大队", "预算单位", "301", "", ""], "机构编码", "3.01E+20", "科学计数法"),
        (["301009", "", "预算单位", "301", "", ""], "机构名称", "", "是必填项"),
    ])
    def test_a_bad_cell_of_the_tree(self, he_liang, line, heading, value, words):
        assert cells_refused(he_liang, places=[*PLACES, line]) == [("机构", 7, heading, value)]
        staged = staging.stage("organisations", workbook(places=[*PLACES, line]), name="机构.xlsx", by=he_liang, at=NOON)
        assert words in staged.errors[0]["message"]

    @pytest.mark.parametrize(("line", "heading", "value", "words"), [
        (["chenmo", "陈默", "399002", "单位经办人", ""], "机构编码", "399002", "没有编码为 399002 的机构"),
        (["chenmo", "陈默", "301002", "局长", ""], "角色", "局长", "只能填：单位经办人"),
        (["chenmo", "陈默", "301002", "财政预算股", ""], "角色", "财政预算股",
         "“县公路养护中心”是预算单位，不能设财政预算股，可设：单位经办人、单位财务负责人、单位负责人"),
        (["chenmo", "陈默", "901", "主管部门绩效岗", ""], "角色", "主管部门绩效岗", "“衡信绩效咨询有限公司”是第三方机构"),
        (["liweiguo", "李为国", "301002", "单位负责人", "0000-6621134"], "姓名", "李为国", "第 2 行的姓名是“李卫国”"),
        (["liweiguo", "李卫国", "301002", "单位负责人", "0000-1"], "联系电话", "0000-1", "请改成一致"),
        (["liweiguo", "李卫国", "301002", "单位经办人", "0000-6621134"], "角色", "单位经办人", "与第 2 行重复"),
    ])
    def test_a_bad_cell_of_the_people(self, he_liang, line, heading, value, words):
        assert cells_refused(he_liang, people=[*PEOPLE, line]) == [("人员", 7, heading, value)]
        staged = staging.stage("organisations", workbook(people=[*PEOPLE, line]), name="机构.xlsx", by=he_liang, at=NOON)
        assert words in staged.errors[0]["message"]

    def test_all_errors_of_both_sheets_at_once(self, he_liang):
        places = [*PLACES, ["303", "县水利局", "主管部门", "199", "100009", ""]]
        people = [*PEOPLE, ["chenmo", "陈默", "399", "单位经办人", ""]]
        assert cells_refused(he_liang, places=places, people=people) == [
            ("机构", 7, "上级机构编码", "199"), ("机构", 7, "归口股室编码", "100009"), ("人员", 7, "机构编码", "399"),
        ]

    def test_a_circle_of_parents(self, he_liang):
        places = [*PLACES, ["301007", "甲站", "预算单位", "301008", "", ""], ["301008", "乙站", "预算单位", "301007", "", ""]]
        assert cells_refused(he_liang, places=places) == [
            ("机构", 7, "上级机构编码", "301008"), ("机构", 8, "上级机构编码", "301007"),
        ]

    def test_only_the_system_administrator_may(self, cast):
        with pytest.raises(PermissionDenied):
            staging.stage("organisations", workbook(), name="机构.xlsx", by=cast.qian_li, at=NOON)
        assert not OrganisationImport.allowed(cast.zhou_xiaolan)


class TestCommand:
    def test_it_takes_in_a_file_as_a_named_user(self, he_liang, tmp_path, capsys):
        file = tmp_path / "机构.xlsx"
        file.write_bytes(workbook())
        call_command("import_organisations", str(file), user="heliang")
        assert "organisations_created 5" in capsys.readouterr().out
        assert Organisation.objects.filter(code="301002").exists()

    def test_it_names_what_is_wrong(self, he_liang, tmp_path):
        file = tmp_path / "机构.xlsx"
        file.write_bytes(workbook(people=[["chenmo", "陈默", "399", "单位经办人", ""]]))
        with pytest.raises(CommandError, match="“人员”第 2 行：没有编码为 399 的机构，请核对陈默的机构编码。"):
            call_command("import_organisations", str(file), user="heliang")
        assert not Organisation.objects.filter(code="301002").exists()


class TestSheets:
    def test_what_is_exported_can_be_taken_in_again(self, he_liang):
        take_in(he_liang)
        places = Organisation.objects.exclude(code="001").select_related("parent", "fiscal_section").order_by("pk")
        posts = RoleAssignment.objects.exclude(user=he_liang).select_related("user", "organisation").order_by("pk")
        exported = OrganisationSheet.dataset(places), PeopleSheet.dataset(posts)
        assert [list(line) for line in exported[0]] == PLACES
        people = [[*line[:3], line[3].replace("(", "（").replace(")", "）"), *line[4:]] for line in PEOPLE]
        assert [list(line) for line in exported[1]] == people

    def test_a_role_given_to_a_known_person_is_added_and_none_is_taken_away(self, he_liang):
        take_in(he_liang)
        post = Post(
            username="liweiguo", name="李卫国", role="unit_finance", organisation_code="301002", phone="0000-6621134"
        )
        counts = save_posts([post], by=he_liang, at=NOON)
        assert (counts.created, counts.changed) == (0, 1)
        held = User.objects.get(username="liweiguo").held_roles
        assert {role for role, _ in held} == {"unit_operator", "unit_finance"}
