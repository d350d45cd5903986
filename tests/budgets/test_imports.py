"""The budget and spending workbooks: good files, every bad cell with its place, repeats, all or nothing."""

import io
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from budgets.models import Project, ProjectYear, Spending, TaskWindow
from budgets.resources import BudgetImport, BudgetSheet, SpendingImport, SpendingSheet
from core.errors import RuleViolation
from core.imports import staging
from core.models import ToDo
from tests.factories.cast import make_project, make_year

BUDGET_ROW = {
    "年度": "2026", "项目编码": "26-JT-0012", "项目名称": "农村公路日常养护及小修保养", "单位编码": "301002",
    "单位名称": "县公路养护中心", "项目类别": "部门预算项目", "项目属性": "延续", "项目类型": "常年性", "项目级次": "二级",
    "所属领域": "交通运输", "资金性质": "一般公共预算", "是否三保": "否", "起始日期": "2025-01-01", "终止日期": "2028-12-31",
    "项目负责人": "李卫国", "联系电话": "0000-6621215", "财政拨款(万元)": 1200, "上年结转(万元)": 80.5, "其他资金(万元)": 0,
}
PAYMENT = {
    "凭证号": "2026-0101", "支付日期": "2026-03-05", "项目编码": "26-JT-0012", "项目名称": "农村公路日常养护及小修保养",
    "资金来源": "财政拨款", "金额(元)": 123456.78, "收款人": "安澜路桥公司", "摘要": "一季度养护费",
}


def workbook(sheet: str, *rows: dict) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, list(rows[0]))
    for number, row in enumerate(rows, start=1):
        page.write_row(number, 0, list(row.values()))
    book.close()
    return buffer.getvalue()


def budget(*changes: dict) -> bytes:
    return workbook("项目预算", *(BUDGET_ROW | change for change in changes or ({},)))


def payments(*changes: dict) -> bytes:
    return workbook("支付明细", *(PAYMENT | change for change in changes or ({},)))


def take_in(kind, content, *, by, at):
    return staging.import_file(kind, content, name=f"{kind}.xlsx", by=by, at=at)


def errors_of(kind, content, *, by, at):
    staged = staging.stage(kind, content, name=f"{kind}.xlsx", by=by, at=at)
    return [(error["row"], error["column"], error["message"]) for error in staged.errors]


def test_headings_are_those_of_the_offices_workbooks():
    assert [column.heading for column in BudgetSheet.columns()] == list(BUDGET_ROW)
    assert [column.heading for column in SpendingSheet.columns()] == list(PAYMENT)


def test_a_budget_workbook_makes_projects_years_lines_and_to_dos(cast, at):
    counts = take_in("budget", budget({}, {"年度": "2027", "财政拨款(万元)": 1250}), by=cast.qian_li, at=at)
    assert counts == {"projects": 1, "changed_projects": 0, "years": 2, "changed_years": 0}
    project = Project.objects.get()
    assert (project.unit, project.department, project.duration_type, project.is_protected) == (
        cast.unit, cast.department, "recurring", False
    )
    first, second = ProjectYear.objects.order_by("fiscal_year")
    assert (first.requested_yuan, first.stage, first.budget_yuan) == (
        Decimal("12805000.00"), "drafting", Decimal("0.00")
    )
    assert dict(first.lines.values_list("source", "requested_yuan")) == {
        "fiscal": Decimal("12000000.00"), "carryover": Decimal("805000.00")
    }
    assert second.previous == first
    assert ToDo.objects.filter(role="unit_operator", organisation=cast.unit).count() == 2


def test_imported_projects_have_the_time_limit_of_the_filing_window(cast, at):
    TaskWindow.objects.create(
        fiscal_year=cast.years[2026], stage="target_filing", opens_on=date(2026, 9, 1), due_on=date(2026, 10, 20)
    )
    take_in("budget", budget({}, {"年度": "2027"}), by=cast.qian_li, at=at)
    limits = {2026: date(2026, 10, 20), 2027: None}
    assert dict(ProjectYear.objects.values_list("fiscal_year", "due_on")) == limits
    assert dict(ToDo.objects.order_by().values_list("year", "due_on")) == limits


def test_an_earlier_year_that_comes_later_is_linked(cast, at):
    take_in("budget", budget({"年度": "2027"}), by=cast.qian_li, at=at)
    take_in("budget", budget({"年度": "2026"}), by=cast.qian_li, at=at)
    assert ProjectYear.objects.get(fiscal_year=2027).previous.fiscal_year_id == 2026


def test_the_second_import_changes_nothing_and_a_third_what_differs(cast, at):
    take_in("budget", budget(), by=cast.qian_li, at=at)
    staged = staging.stage("budget", budget(), name="又一次.xlsx", by=cast.qian_li, at=at)
    assert staged.summary["counts"] == {"create": 0, "change": 0, "same": 1}
    again = take_in("budget", budget(), by=cast.qian_li, at=at)
    assert again == {"projects": 0, "changed_projects": 0, "years": 0, "changed_years": 0}
    changed = budget({"财政拨款(万元)": 1300, "项目负责人": "刘洋"})
    staged = staging.stage("budget", changed, name="改.xlsx", by=cast.qian_li, at=at)
    assert staged.summary["sample"][0]["changes"] == [
        {"label": "项目负责人", "old": "李卫国", "new": "刘洋"},
        {"label": "财政拨款（万元）", "old": "1,200.00", "new": "1,300.00"},
    ]
    assert take_in("budget", changed, by=cast.qian_li, at=at) == {
        "projects": 0, "changed_projects": 1, "years": 0, "changed_years": 1
    }
    year = ProjectYear.objects.get()
    assert (year.requested_yuan, year.project.owner_name) == (Decimal("13805000.00"), "刘洋")


def test_an_older_workbook_does_not_change_master_data_back(cast, at):
    take_in("budget", budget({"项目属性": "新增"}), by=cast.qian_li, at=at)
    take_in("budget", budget({"年度": "2027"}), by=cast.qian_li, at=at)
    staged = staging.stage("budget", budget({"项目属性": "新增"}), name="旧.xlsx", by=cast.qian_li, at=at)
    assert staged.summary["counts"] == {"create": 0, "change": 0, "same": 1}
    assert Project.objects.get().attribute == "continuing"


def test_every_bad_cell_is_told_with_its_place(cast, at):
    content = budget(
        {"单位编码": "999999"}, {"项目编码": "26-JT-0002", "单位名称": "县第一小学"},
        {"项目编码": "26-JT-0003", "终止日期": "2024-12-31", "项目类型": "延续性"}, {"项目编码": "26-JT-0004", "年度": "2031"},
        {"项目编码": "26-JT-0005", "其他资金(万元)": -3},
    )
    assert errors_of("budget", content, by=cast.qian_li, at=at) == [
        (2, "单位编码", "没有编码为 999999 的预算单位，请核对单位编码。"),
        (3, "单位名称", "编码 301002 的单位是“县公路养护中心”，与“县第一小学”不符，请核对。"),
        (4, "终止日期", "“农村公路日常养护及小修保养”的终止日期 2024-12-31 早于起始日期 2025-01-01，请核对后重填。"),
        (4, "年度", "“农村公路日常养护及小修保养”的项目期为 2025-01-01 至 2024-12-31，不含2026年度，请先核对项目起止日期。"),
        (5, "年度", "2031 年度还没有建立，请先由系统管理员建立该年度。"),
        (6, "其他资金(万元)", "其他资金 -3 万元是负数，请改为不小于 0 的数。"),
    ]
    assert Project.objects.count() == 0


def test_cells_that_cannot_be_read_and_repeats_are_told(cast, at):
    content = budget({"财政拨款(万元)": "一千"}, {"项目编码": "26-JT-0002"}, {"项目编码": "26-JT-0002"})
    found = errors_of("budget", content, by=cast.qian_li, at=at)
    assert [(row, column) for row, column, _ in found] == [(2, "财政拨款(万元)"), (4, "项目编码")]
    assert found[1][2] == "与第 3 行重复，请只保留一行。"


def test_one_project_told_two_ways_is_refused(cast, at):
    content = budget({}, {"年度": "2027", "项目名称": "农村公路养护"})
    assert errors_of("budget", content, by=cast.qian_li, at=at) == [
        (3, "项目名称", "与第 2 行同一项目的项目名称不一致，请改为一致。")
    ]


def test_amounts_of_an_approved_year_are_left_alone(cast, at):
    make_year(cast, stage="executing", fiscal_yuan="12000000.00", approved_on=date(2026, 2, 6))
    same = budget({"上年结转(万元)": 0, "联系电话": ""})
    assert errors_of("budget", same, by=cast.qian_li, at=at) == []
    found = errors_of("budget", budget({"联系电话": ""}), by=cast.qian_li, at=at)
    assert found == [(
        2, "财政拨款(万元)",
        "“农村公路日常养护及小修保养”2026年度项目目前是“执行中”，申请数不能再改；批复以后请办理预算调整。",
    )]
    renamed = budget({"上年结转(万元)": 0, "联系电话": "", "项目名称": "农村公路养护"})
    assert errors_of("budget", renamed, by=cast.li_weiguo, at=at) == [
        (2, "项目编码", "“农村公路日常养护及小修保养”已随2026年度预算批复，基本信息不能再修改；确需修改请联系财政预算股办理。")
    ]


def test_a_unit_imports_its_own_projects_only(cast, at):
    assert take_in("budget", budget(), by=cast.li_weiguo, at=at)["projects"] == 1
    foreign = budget({"项目编码": "26-JY-0001", "单位编码": "302002", "单位名称": "县第一小学"})
    assert errors_of("budget", foreign, by=cast.li_weiguo, at=at) == [
        (2, "单位编码", "您不能为“县第一小学”导入项目，请由该单位、主管部门或财政预算股导入。")
    ]
    assert not BudgetImport.allowed(cast.wu_di)


def test_payments_are_taken_in_with_the_sums(cast, at):
    year = make_year(cast, stage="executing")
    content = payments({}, {"凭证号": "2026-0102", "支付日期": "2026年5月6日", "金额(元)": "-3,456.78", "摘要": "退回"})
    assert take_in("spending", content, by=cast.qian_li, at=at) == {"created": 2}
    year.refresh_from_db()
    assert year.spent_yuan == Decimal("120000.00")
    assert Spending.objects.get(voucher_no="2026-0102").paid_on == date(2026, 5, 6)
    assert take_in("spending", content, by=cast.qian_li, at=at) == {"created": 0}
    assert Spending.objects.count() == 2


def test_bad_payments_are_told_with_their_place(cast, at):
    year = make_year(cast, stage="executing")
    draft = make_year(cast, project=make_project(cast, code="26-JT-0099", name="县道大中修工程"))
    Spending.objects.create(
        project_year=year, voucher_no="2026-0200", paid_on=date(2026, 4, 1), source="fiscal",
        amount_yuan=Decimal("5.00"),
    )
    content = payments(
        {"项目编码": "26-JT-0404"}, {"凭证号": "2", "项目名称": "县道大中修工程"}, {"凭证号": "3", "金额(元)": 0},
        {"凭证号": "2026-0200"}, {"凭证号": "5", "项目编码": draft.project.code, "项目名称": "县道大中修工程"},
    )
    assert errors_of("spending", content, by=cast.qian_li, at=at) == [
        (2, "项目编码", "2026 年度没有编码为 26-JT-0404 的项目，请核对项目编码和支付日期。"),
        (3, "项目名称", "编码 26-JT-0012 的项目是“农村公路日常养护及小修保养”，与“县道大中修工程”不符，请核对。"),
        (4, "金额(元)", "金额是 0，请填写支付的金额，退回填负数。"),
        (5, "凭证号", "凭证 2026-0200 已按 2026-04-01、5.00 元登记，与本次不一致；更正请另用红字凭证冲销。"),
        (6, "项目编码", "“县道大中修工程”2026年度项目目前是“待启动”，不能登记支付；请核对项目编码和年度。"),
    ]
    assert Spending.objects.count() == 1


def test_spending_over_the_budget_is_a_warning_only(cast, at):
    make_year(cast, stage="executing", fiscal_yuan="100000.00")
    staged = staging.stage("spending", payments(), name="支付.xlsx", by=cast.qian_li, at=at)
    assert staged.summary["warnings"] == [
        "“农村公路日常养护及小修保养”2026年度项目支出合计 12.35 万元，超过预算 10.00 万元，仍可导入，请核对是否漏办预算调整。"
    ]
    assert staging.commit(staged, sha256=staged.file.sha256, by=cast.qian_li, at=at) == {"created": 1}


def test_only_the_budget_section_imports_payments(cast):
    assert SpendingImport.allowed(cast.qian_li)
    assert [SpendingImport.allowed(user) for user in (cast.li_weiguo, cast.zhou_xiaolan, cast.zhang_wen)] == [False] * 3


def test_a_foreign_workbook_is_refused_with_a_sentence(cast, at):
    found = errors_of("budget", workbook("名单", {"姓名": "李卫国"}), by=cast.qian_li, at=at)
    assert len(found) == 1
    assert "没有找到列：" in found[0][2]


def test_a_file_with_one_error_writes_nothing(cast, at):
    with pytest.raises(RuleViolation):
        take_in("budget", budget({}, {"项目编码": "26-JT-0002", "单位编码": "999999"}), by=cast.qian_li, at=at)
    assert (Project.objects.count(), ProjectYear.objects.count()) == (0, 0)


@pytest.mark.parametrize("count", [1, 30])
def test_checking_payments_needs_the_same_queries_for_one_and_for_thirty(cast, at, django_assert_num_queries, count):
    make_year(cast, stage="executing")
    plan = SpendingImport(by=cast.qian_li)
    from core.sheets import read_workbook
    grids = read_workbook(payments(*({"凭证号": str(number)} for number in range(count))), name="a.xlsx")
    with django_assert_num_queries(2):
        assert plan.check(grids).counts() == {"create": count, "change": 0, "same": 0}
