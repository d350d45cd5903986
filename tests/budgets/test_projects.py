"""The project pool: families, rest and leave, history, and a fiscal year opened from the last one."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from budgets.models import BudgetLine, FiscalYear, FundSource, PoolStatus, Project, ProjectYear, TaskWindow
from budgets.queries.history import history_of
from budgets.queries.opening import plan_of, same_day_next_year
from budgets.services import (
    change_pool_status,
    open_fiscal_year,
    open_project_year,
    place_under,
    set_window,
)
from core import jobs
from core.errors import RuleViolation
from core.models import AuditEntry, Job, RuleSet, ToDo
from tests.factories.cast import make_project, make_year


def codes(refusal) -> list[str]:
    return refusal.value.codes


@pytest.fixture
def roads(cast) -> Project:
    return make_project(cast, code="26-JT-0100", name="农村公路建设养护")


@pytest.fixture
def bridge(cast) -> Project:
    return make_project(cast, code="26-JT-0101", name="危桥改造")


class TestFamily:
    def test_a_sub_project_stands_for_its_parent(self, cast, roads, bridge, at):
        placed = place_under(bridge, parent=roads, by=cast.li_weiguo, at=at)
        assert (placed.parent, placed.level) == (roads, "second")
        assert Project.objects.get(pk=roads.pk).level == "first"
        with pytest.raises(RuleViolation) as refusal:
            open_project_year(roads, fiscal_year=cast.years[2026], by=cast.li_weiguo, at=at)
        assert codes(refusal) == ["has_children"]
        assert str(refusal.value) == "“农村公路建设养护”下设 1 个子项目，由子项目分别申报，请打开子项目立项。"
        opened = open_project_year(placed, fiscal_year=cast.years[2026], by=cast.li_weiguo, at=at)
        assert opened.project == bridge
        freed = place_under(placed, parent=None, by=cast.li_weiguo, at=at)
        assert freed.parent is None
        entries = AuditEntry.objects.filter(model="budgets.project", object_id=bridge.pk).order_by("pk")
        assert [entry.label for entry in entries] == ["归入一级项目", "移出一级项目"]

    def test_placings_that_are_refused(self, cast, roads, bridge, at):
        third = make_project(cast, code="26-JT-0102", name="隧道检测")
        foreign = make_project(
            cast, code="26-JY-0001", name="校舍维修", unit=cast.other_unit, department=cast.other_department
        )
        place_under(bridge, parent=roads, by=cast.li_weiguo, at=at)
        cases = [
            (roads, roads, ["own_parent"]), (roads, third, ["parent_of_others"]), (third, bridge, ["not_first_level"]),
            (third, foreign, ["foreign_parent"]),
        ]
        for project, parent, expected in cases:
            with pytest.raises(RuleViolation) as refusal:
                place_under(Project.objects.get(pk=project.pk), parent=parent, by=cast.li_weiguo, at=at)
            assert codes(refusal) == expected
        under_way = make_year(cast, project=third)
        fourth = make_project(cast, code="26-JT-0103", name="边坡整治")
        with pytest.raises(RuleViolation) as refusal:
            place_under(fourth, parent=third, by=cast.li_weiguo, at=at)
        assert codes(refusal) == ["parent_declared"] and "2026年度还在办理" in str(refusal.value)
        ProjectYear.objects.filter(pk=under_way.pk).update(stage="closed")
        assert place_under(fourth, parent=third, by=cast.li_weiguo, at=at).parent == third
        with pytest.raises(PermissionDenied):
            place_under(fourth, parent=None, by=cast.chen_mo, at=at)

    def test_a_parent_shows_the_sums_of_its_parts(self, cast, roads, bridge, at):
        tunnel = make_project(cast, code="26-JT-0102", name="隧道检测")
        for child, yuan, spent in ((bridge, "1000000.10", "250000.05"), (tunnel, "2000000.20", "0.00")):
            place_under(child, parent=roads, by=cast.li_weiguo, at=at)
            make_year(cast, project=child, fiscal_yuan=yuan, stage="executing", spent_yuan=Decimal(spent))
        make_year(cast, project=bridge, year=2025, fiscal_yuan="500000.00")
        shown = history_of(roads, cast.li_weiguo)
        assert [column["label"] for column in shown["columns"]] == ["年度", "子项目", "申请数", "预算数", "支出数", "执行率"]
        assert [row["cells"] for row in shown["rows"]] == [
            ["2026年度", 2, Decimal("3000000.30"), Decimal("3000000.30"), Decimal("250000.05"), Decimal("0.0833")],
            ["2025年度", 1, Decimal("500000.00"), Decimal("0.00"), Decimal("0.00"), None],
        ]
        assert history_of(roads, cast.chen_mo)["rows"] == []


class TestStatus:
    def test_a_resting_project_is_not_opened_until_it_is_back(self, cast, bridge, at):
        resting = change_pool_status(
            bridge, status=PoolStatus.DORMANT, reason="等待上级规划。", by=cast.li_weiguo, at=at
        )
        assert resting.status == "dormant"
        with pytest.raises(RuleViolation) as refusal:
            open_project_year(resting, fiscal_year=cast.years[2026], by=cast.li_weiguo, at=at)
        assert str(refusal.value) == "“危桥改造”目前是“休眠”，不能立项；如需继续实施，请先在项目库恢复为“在库”。"
        back = change_pool_status(resting, status=PoolStatus.ACTIVE, reason="规划已批。", by=cast.li_weiguo, at=at)
        open_project_year(back, fiscal_year=cast.years[2026], by=cast.li_weiguo, at=at)
        entry = AuditEntry.objects.filter(model="budgets.project", object_id=bridge.pk).order_by("pk")[0]
        assert (entry.label, entry.reason, entry.before, entry.after) == (
            "改为休眠", "等待上级规划。", {"status": "active"}, {"status": "dormant"}
        )

    def test_changes_that_are_refused(self, cast, bridge, at):
        make_year(cast, project=bridge)
        with pytest.raises(RuleViolation) as refusal:
            change_pool_status(bridge, status=PoolStatus.CLOSED, reason=" ", by=cast.li_weiguo, at=at)
        assert codes(refusal) == ["reason_missing", "year_under_way"]
        with pytest.raises(RuleViolation) as refusal:
            change_pool_status(bridge, status=PoolStatus.ACTIVE, reason="同意。", by=cast.li_weiguo, at=at)
        assert codes(refusal) == ["same_status"]
        with pytest.raises(PermissionDenied):
            change_pool_status(bridge, status=PoolStatus.CLOSED, reason="同意。", by=cast.zhou_xiaolan, at=at)


def going_on(cast) -> ProjectYear:
    """2027's row of the roads, with two sources of money."""
    year = make_year(cast, year=2027, fiscal_yuan="12800000.00", stage="executing")
    BudgetLine.objects.create(project_year=year, source=FundSource.OTHER, requested_yuan=Decimal("50000.00"))
    return year


def make_others(cast) -> None:
    """Four projects of 2027 that end with it, each for its own reason."""
    for number, (stage, fields) in enumerate((
        ("executing", {"duration_type": "one_off"}), ("stopped", {}), ("executing", {"status": "dormant"}),
        ("executing", {"duration_type": "continuing", "ends_on": date(2027, 12, 31)}),
    )):
        project = make_project(cast, code=f"27-JT-000{number}", name=f"第{number}标段", **fields)
        make_year(cast, project=project, year=2027, stage=stage)


class TestOpening:
    def test_a_year_is_opened_from_the_last_one(self, cast, at):
        last = going_on(cast)
        make_others(cast)
        set_window(
            cast.years[2027], "target_filing", opens_on=date(2026, 10, 12), due_on=date(2026, 11, 27),
            by=cast.zhou_xiaolan, at=at,
        )
        counts = open_fiscal_year(2028, by=cast.qian_li, at=at, expected=1)
        assert counts == {"windows": 1, "projects": 1, "left_out": 4}
        year = FiscalYear.objects.get(pk=2028)
        assert (year.is_open, year.ruleset.fiscal_year, year.ruleset.version) == (True, 2028, 1)
        assert year.ruleset.data == cast.ruleset.data and year.ruleset.pk != cast.ruleset.pk
        window = TaskWindow.objects.get(fiscal_year=2028)
        assert (window.stage, window.opens_on, window.due_on) == (
            "target_filing", date(2027, 10, 12), date(2027, 11, 27)
        )
        row = year.project_years.get()
        assert (row.project, row.previous, row.stage, row.requested_yuan) == (last.project, last, "drafting", 0)
        assert sorted(row.lines.values_list("source", "requested_yuan")) == [("fiscal", 0), ("other", 0)]
        assert (row.created_by, row.due_on) == (None, date(2027, 11, 27))
        todo = ToDo.objects.get(year=2028)
        assert (todo.role, todo.organisation, todo.due_on) == ("unit_operator", cast.unit, date(2027, 11, 27))
        entry = AuditEntry.objects.get(action="budgets.fiscalyear.open")
        assert (entry.actor_name, entry.after) == (
            "钱立", counts | {"from": 2027, "ruleset": year.ruleset_id}
        )

    def test_the_plan_says_who_stays_behind_and_why(self, cast):
        last = going_on(cast)
        make_others(cast)
        plan = plan_of(2028)
        assert plan.carried == [last] and plan.amount_yuan == Decimal("12800000.00")
        assert [(row.project_year.project.name, row.sentence) for row in plan.left_out] == [
            ("第0标段", "一次性项目，当年办完"), ("第1标段", "2027年度已停止"), ("第2标段", "项目休眠"),
            ("第3标段", "项目期到 2027-12-31 为止"),
        ]

    def test_twice_is_refused_and_nothing_is_written(self, cast, at):
        going_on(cast)
        open_fiscal_year(2028, by=cast.zhou_xiaolan, at=at)
        before = AuditEntry.objects.count(), RuleSet.objects.count(), ProjectYear.objects.count()
        with pytest.raises(RuleViolation) as refusal:
            open_fiscal_year(2028, by=cast.zhou_xiaolan, at=at)
        assert str(refusal.value) == "2028 年度已经建立，不能再次开启；项目请在项目库中逐个立项。"
        with pytest.raises(RuleViolation) as refusal:
            open_fiscal_year(2031, by=cast.zhou_xiaolan, at=at)
        assert codes(refusal) == ["no_previous_year"]
        for person in (cast.zhang_wen, cast.lu_yuan, cast.li_weiguo, cast.wu_di):
            with pytest.raises(PermissionDenied):
                open_fiscal_year(2029, by=person, at=at)
        assert (AuditEntry.objects.count(), RuleSet.objects.count(), ProjectYear.objects.count()) == before

    def test_a_preview_that_no_longer_holds_is_refused(self, cast, at):
        going_on(cast)
        with pytest.raises(RuleViolation) as refusal:
            open_fiscal_year(2028, by=cast.qian_li, at=at, expected=3)
        assert str(refusal.value) == "预览时有 3 个项目延续到 2028 年度，现在是 1 个，请重新核对名单后再开启。"
        assert not FiscalYear.objects.filter(pk=2028).exists()

    def test_the_last_day_of_february(self):
        assert same_day_next_year(date(2028, 2, 29)) == date(2029, 2, 28)
        assert same_day_next_year(date(2028, 3, 1)) == date(2029, 3, 1)

    def test_the_page_shows_the_plan_and_starts_the_job(self, cast, signed_in, monkeypatch):
        going_on(cast)
        make_others(cast)
        client = signed_in(cast.qian_li)
        page = reverse("budgets:open_fiscal_year")
        shown = client.get(page).content.decode()
        assert "延续到 2028 年度的项目" in shown and "一次性项目，当年办完" in shown and "1,280.00" in shown
        monkeypatch.setattr(jobs, "send", lambda job_id: None)
        answer = client.post(page, {"year": "2028", "expected": "1"})
        job = Job.objects.get()
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("job", args=[job.pk]))
        done = jobs.run(job.pk)
        assert (done.state, done.result) == ("done", {"任务期": 0, "延续的项目": 1, "未延续的项目": 4})
        again = client.post(page, {"year": "2028", "expected": "1"})
        assert again.status_code == 409 and "2028 年度已经建立" in again.content.decode()


class TestPages:
    def test_the_pool_has_saved_views(self, cast, roads, bridge, signed_in, at):
        place_under(bridge, parent=roads, by=cast.li_weiguo, at=at)
        make_project(cast, code="26-JT-0300", name="旧桥拆除", status="closed", duration_type="one_off")
        make_project(cast, code="26-JT-0301", name="应急抢修", duration_type="one_off")
        client = signed_in(cast.li_weiguo)

        def names(view: str) -> list[str]:
            rows = client.get(reverse("budgets:pool"), {"view": view}).context["rows"]
            return [row["cells"][0]["text"] for row in rows]

        assert names("") == ["农村公路建设养护", "危桥改造", "应急抢修"]
        assert names("one_off") == ["应急抢修"]
        assert names("parents") == ["农村公路建设养护"]
        assert names("closed") == ["旧桥拆除"]
        assert len(names("all")) == 4
        shown = client.get(reverse("budgets:pool"), {"q": "危桥"})
        assert [row["cells"][0] for row in shown.context["rows"]] == [{"text": "危桥改造", "sub": "属于“农村公路建设养护”"}]

    def test_family_and_standing_are_changed_on_their_pages(self, cast, roads, bridge, signed_in):
        client = signed_in(cast.li_weiguo)
        here = reverse("budgets:project_edit", args=[bridge.pk])
        answer = client.post(reverse("budgets:project_parent", args=[bridge.pk]), {"parent": roads.pk})
        assert (answer.status_code, answer.headers["Location"]) == (302, here)
        assert "属于一级项目" in client.get(here).content.decode()
        above = client.get(reverse("budgets:project_edit", args=[roads.pk])).content.decode()
        assert "危桥改造" in above and "由子项目分别申报" in above and "年度立项</button>" not in above
        status = reverse("budgets:project_status", args=[bridge.pk])
        assert client.post(status, {"status": "dormant", "reason": ""}).status_code == 422
        assert client.post(status, {"status": "dormant", "reason": "等规划。"}).status_code == 302
        assert "休眠" in client.get(here).content.decode()

    def test_the_years_stand_side_by_side(self, cast, signed_in):
        last = make_year(
            cast, year=2025, stage="closed", fiscal_yuan="12000000.00", result_score=Decimal("84.60"), result_grade="良"
        )
        this = make_year(cast, project=last.project, previous=last)
        shown = signed_in(cast.li_weiguo).get(
            reverse("budgets:project_year", args=[this.pk]), {"tab": "history"}
        ).content.decode()
        assert "1,200.00" in shown and "84.60" in shown
        labels = [column["label"] for column in history_of(last.project, cast.li_weiguo)["columns"]]
        assert labels == [
            "年度", "环节", "预算安排", "申请数", "预算数", "支出数", "执行率", "绩效目标", "监控", "评价", "反馈意见书"
        ]
