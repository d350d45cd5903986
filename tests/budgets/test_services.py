"""The project pool, requests, adjustments, payments and the sums kept of them."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import BudgetAdjustment, Project, ProjectAccess, ProjectYear, Spending
from budgets.services import (
    adjust_budget,
    approve_amounts,
    close_access,
    create_project,
    edit_project,
    grant_access,
    open_project_year,
    record_progress,
    record_spendings,
    refresh_money,
    set_request,
)
from core.errors import RuleViolation
from core.models import AuditEntry, ToDo
from tests.factories.cast import make_project, make_year


def fields(cast, **changes):
    return {
        "code": "27-JT-0031", "name": "农村公路桥梁安全设施提升", "unit": cast.unit, "department": cast.department,
        "kind": "department", "attribute": "new", "duration_type": "continuing", "level": "second",
        "fund_type": "general", "sector": "交通运输", "is_protected": False, "starts_on": date(2027, 1, 1),
        "ends_on": date(2029, 12, 31), "owner_name": "李卫国", "owner_phone": "0000-6621215",
    } | changes


def refusal_of(act, *args, **more):
    with pytest.raises(RuleViolation) as caught:
        act(*args, **more)
    return caught.value


@pytest.mark.parametrize("keeper", ["li_weiguo", "zhang_wen", "qian_li"])
def test_a_project_is_entered_by_its_unit_department_or_the_budget_section(cast, at, keeper):
    by = getattr(cast, keeper)
    project = create_project(fields=fields(cast), by=by, at=at)
    assert (project.code, project.created_by) == ("27-JT-0031", by)
    entry = AuditEntry.objects.get(action="budgets.project.create")
    assert (entry.actor_name, entry.after["name"]) == (by.name, "农村公路桥梁安全设施提升")


@pytest.mark.parametrize("outsider", ["chen_mo", "wang_jianguo", "zhou_xiaolan", "he_min", "wu_di"])
def test_others_enter_nothing(cast, at, outsider):
    with pytest.raises(PermissionDenied):
        create_project(fields=fields(cast), by=getattr(cast, outsider), at=at)
    assert Project.objects.count() == 0


def test_all_faults_of_master_data_are_told_at_once(cast, at):
    make_project(cast, code="27-JT-0031", name="县道大中修工程")
    wrong = fields(cast, department=cast.other_department, ends_on=date(2026, 12, 31))
    refusal = refusal_of(create_project, fields=wrong, by=cast.li_weiguo, at=at)
    assert refusal.codes == ["code_taken", "foreign_unit", "dates"]
    assert [reason.sentence for reason in refusal.reasons] == [
        "项目编码 27-JT-0031 已由“县道大中修工程”使用，请核对编码或直接打开该项目。",
        "“县公路养护中心”不是“县教育和体育局”的所属单位，请核对实施单位和主管部门。",
        "“农村公路桥梁安全设施提升”的终止日期 2026-12-31 早于起始日期 2027-01-01，请核对后重填。",
    ]


def test_after_approval_only_the_budget_section_corrects_a_project(cast, at):
    year = make_year(cast, stage="executing")
    changes = {"name": "农村公路日常养护"}
    refusal = refusal_of(edit_project, year.project, changes=changes, by=cast.li_weiguo, at=at)
    assert refusal.codes == ["approved_before"]
    assert "已随2026年度预算批复" in str(refusal)
    edited = edit_project(year.project, changes=changes, by=cast.qian_li, at=at, reason="与预算一致")
    assert edited.name == "农村公路日常养护"
    entry = AuditEntry.objects.get(action="budgets.project.change")
    assert (entry.before, entry.after) == ({"name": "农村公路日常养护及小修保养"}, {"name": "农村公路日常养护"})


def test_before_approval_the_unit_corrects_its_project_but_cannot_give_it_away(cast, at):
    project = make_project(cast)
    assert edit_project(project, changes={"owner_name": "刘洋"}, by=cast.li_weiguo, at=at).owner_name == "刘洋"
    with pytest.raises(PermissionDenied):
        edit_project(
            project, changes={"unit": cast.other_unit, "department": cast.other_department}, by=cast.li_weiguo, at=at
        )
    make_project(cast, code="26-JT-0099", name="县道大中修工程")
    assert refusal_of(
        edit_project, project, changes={"code": "26-JT-0099"}, by=cast.li_weiguo, at=at
    ).codes == ["code_taken"]


def test_a_year_opens_with_last_years_sources_and_a_to_do(cast, at):
    project = make_project(cast)
    last = make_year(cast, project=project, year=2026)
    last.lines.create(source="other", requested_yuan=Decimal("1.00"))
    year = open_project_year(project, fiscal_year=cast.years[2027], by=cast.li_weiguo, at=at)
    assert (year.stage, year.previous, year.requested_yuan, year.created_by) == (
        "drafting", last, Decimal("0.00"), cast.li_weiguo
    )
    assert dict(year.lines.values_list("source", "requested_yuan")) == {
        "fiscal": Decimal("0.00"), "other": Decimal("0.00")
    }
    todo = ToDo.objects.get(thread=f"projectyear:{year.pk}")
    assert (todo.role, todo.organisation, todo.verb) == ("unit_operator", cast.unit, "启动年度申报")


def test_a_year_is_not_opened_twice_nor_closed_nor_outside_the_term(cast, at):
    project = make_project(cast, duration_type="continuing", ends_on=date(2026, 12, 31))
    make_year(cast, project=project, year=2026)
    refusal = refusal_of(open_project_year, project, fiscal_year=cast.years[2026], by=cast.li_weiguo, at=at)
    assert str(refusal) == "“农村公路日常养护及小修保养”在2026年度已经立项，请直接打开原有的年度项目。"
    cast.years[2027].is_open = False
    cast.years[2027].save()
    refusal = refusal_of(open_project_year, project, fiscal_year=cast.years[2027], by=cast.li_weiguo, at=at)
    assert refusal.codes == ["year_closed", "outside_term"]
    with pytest.raises(PermissionDenied):
        open_project_year(project, fiscal_year=cast.years[2025], by=cast.chen_mo, at=at)
    assert ProjectYear.objects.count() == 1


def test_a_request_is_the_sum_of_its_sources(cast, at):
    year = make_year(cast)
    amounts = {"fiscal": Decimal("12000000.00"), "carryover": Decimal("345678.90"), "other": Decimal("0.00")}
    row = set_request(year, amounts=amounts, by=cast.li_weiguo, at=at, seen=year.revision)
    assert (row.requested_yuan, row.revision) == (Decimal("12345678.90"), year.revision + 1)
    assert dict(row.lines.values_list("source", "requested_yuan")) == {
        "fiscal": Decimal("12000000.00"), "carryover": Decimal("345678.90")
    }
    entry = AuditEntry.objects.get(action="budgets.projectyear.edit")
    assert entry.after["details"] == {"财政拨款": "12000000.00", "上年结转": "345678.90"}


def test_a_request_is_refused_when_negative_stale_late_or_foreign(cast, at):
    year = make_year(cast)
    amounts = {"fiscal": Decimal("-1.00")}
    refusal = refusal_of(set_request, year, amounts=amounts, by=cast.li_weiguo, at=at)
    assert refusal.codes == ["negative_amount"]
    good = {"fiscal": Decimal("1.00")}
    assert refusal_of(set_request, year, amounts=good, by=cast.li_weiguo, at=at, seen=7).codes == ["stale"]
    with pytest.raises(PermissionDenied):
        set_request(year, amounts=good, by=cast.chen_mo, at=at)
    ProjectYear.objects.update(stage="executing")
    assert refusal_of(set_request, year, amounts=good, by=cast.li_weiguo, at=at).codes == ["not_editable"]
    assert year.lines.get().requested_yuan == Decimal("12800000.00")


def test_approval_takes_over_what_was_asked_for(cast, at):
    year = make_year(cast)
    year.lines.create(source="other", requested_yuan=Decimal("200000.00"))
    approve_amounts(year, by=cast.qian_li, at=at)
    assert dict(year.lines.values_list("source", "initial_yuan")) == {
        "fiscal": Decimal("12800000.00"), "other": Decimal("200000.00")
    }
    entry = AuditEntry.objects.get(action="budgets.budgetline.approve")
    assert entry.after == {"财政拨款": "12800000.00", "其他资金": "200000.00"}


def test_progress_is_kept_for_lists(cast, at):
    year = make_year(cast, stage="executing")
    row = record_progress(year, lamp="yellow", attainment_rate=Decimal("0.6150"), by=cast.zhang_wen, at=at)
    assert (row.lamp, row.attainment_rate) == ("yellow", Decimal("0.6150"))
    entries = AuditEntry.objects.count()
    record_progress(year, lamp="yellow", attainment_rate=Decimal("0.6150"), by=cast.zhang_wen, at=at)
    assert AuditEntry.objects.count() == entries


def adjustment(**changes):
    return {
        "source": "fiscal", "amount_yuan": Decimal("-800000.00"), "document_no": "安财预〔2026〕41号",
        "adjusted_on": date(2026, 9, 10), "reason": "压减低效支出",
    } | changes


def pay(year, voucher, amount, *, source="fiscal", on=date(2026, 3, 5)):
    return Spending(
        project_year=year, voucher_no=voucher, paid_on=on, source=source, amount_yuan=Decimal(amount), payee="安澜路桥公司"
    )


def test_an_adjustment_changes_the_budget_and_the_rate(cast, at):
    year = make_year(cast, stage="executing")
    record_spendings([pay(year, "2026-001", "6000000.00")], origin="测试", by=cast.qian_li, at=at)
    adjust_budget(year, **adjustment(), by=cast.qian_li, at=at)
    year.refresh_from_db()
    assert (year.initial_yuan, year.budget_yuan, year.spent_yuan, year.execution_rate) == (
        Decimal("12800000.00"), Decimal("12000000.00"), Decimal("6000000.00"), Decimal("0.5000")
    )
    assert AuditEntry.objects.get(action="budgets.budgetadjustment.create").reason == "压减低效支出"


def test_an_adjustment_is_refused_with_every_reason(cast, at):
    year = make_year(cast, stage="executing")
    record_spendings([pay(year, "2026-001", "12500000.00")], origin="测试", by=cast.qian_li, at=at)
    refusal = refusal_of(
        adjust_budget, year, **adjustment(document_no=" ", reason=""), by=cast.qian_li, at=at
    )
    assert refusal.codes == ["no_document", "reason_missing", "cut_below_spent"]
    assert refusal.reasons[2].sentence == (
        "“农村公路日常养护及小修保养”2026年度项目的财政拨款未支出部分为 30.00 万元，不能压减 80.00 万元，"
        "请把压减数改为不超过未支出部分。"
    )
    zero = refusal_of(adjust_budget, year, **adjustment(amount_yuan=Decimal("0.00")), by=cast.qian_li, at=at)
    assert zero.codes == ["no_change"]
    ProjectYear.objects.update(stage="applied")
    late = refusal_of(adjust_budget, year, **adjustment(amount_yuan=Decimal("1.00")), by=cast.qian_li, at=at)
    assert late.codes == ["not_executing"]
    with pytest.raises(PermissionDenied):
        adjust_budget(year, **adjustment(), by=cast.zhou_xiaolan, at=at)
    assert BudgetAdjustment.objects.count() == 0


def test_money_is_summed_to_the_fen(cast, at):
    year = make_year(cast, stage="executing", fiscal_yuan="1000000.00")
    payments = [pay(year, f"2026-{number:03}", "0.10") for number in range(1, 31)]
    payments += [pay(year, "2026-100", "333333.33"), pay(year, "2026-101", "-0.01")]
    assert record_spendings(payments, origin="国库系统", by=cast.qian_li, at=at) == 32
    year.refresh_from_db()
    assert (year.spent_yuan, year.execution_rate) == (Decimal("333336.32"), Decimal("0.3333"))
    entry = AuditEntry.objects.get(action="budgets.spending.record")
    assert entry.after == {"origin": "国库系统", "payments": 32, "project_years": 1, "amount_yuan": "333336.32"}
    with pytest.raises(PermissionDenied):
        record_spendings([pay(year, "2026-200", "1.00")], origin="国库系统", by=cast.zhou_xiaolan, at=at)


@pytest.mark.parametrize("count", [1, 50])
def test_refreshing_money_needs_the_same_queries_for_one_and_for_fifty(cast, at, django_assert_num_queries, count):
    years = [
        make_year(cast, project=make_project(cast, code=f"26-JT-{number:04}", name=f"项目{number}"), stage="executing")
        for number in range(count)
    ]
    Spending.objects.bulk_create([pay(year, "2026-001", "6400000.00") for year in years])
    with django_assert_num_queries(7):
        assert refresh_money(years) == count
    assert set(ProjectYear.objects.values_list("spent_yuan", "execution_rate")) == {
        (Decimal("6400000.00"), Decimal("0.5000"))
    }
    assert refresh_money([year.pk for year in years]) == 0


def test_a_third_party_sees_a_project_only_while_it_is_opened(cast, at):
    year = make_year(cast)
    assert list(ProjectYear.objects.visible_to(cast.he_min)) == []
    grant_access(year, institution=cast.institution, ground="财政评价委托", by=cast.zhou_xiaolan, at=at)
    grant_access(year, institution=cast.institution, ground="财政评价委托", by=cast.zhou_xiaolan, at=at)
    assert ProjectAccess.objects.count() == 1
    assert list(ProjectYear.objects.visible_to(cast.he_min)) == [year]
    assert list(ProjectYear.objects.visible_to(cast.lin_feng)) == []
    assert close_access(year, institution=cast.institution, ground="别的依据", by=cast.zhou_xiaolan, at=at) == 0
    assert close_access(year, institution=cast.institution, by=cast.zhou_xiaolan, at=at) == 1
    del cast.he_min.sight
    assert list(ProjectYear.objects.visible_to(cast.he_min)) == []
    assert list(AuditEntry.objects.filter(action__startswith="budgets.projectaccess").order_by("pk").values_list(
        "action", flat=True
    )) == ["budgets.projectaccess.open", "budgets.projectaccess.close"]
