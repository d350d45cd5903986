"""The sample county: its workbooks agree with each other and with what the generator writes."""

import re
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from samples.county.workbooks import write

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
WORKBOOKS = [
    "budget-2025.xlsx", "budget-2026.xlsx", "budget-2027.xlsx", "organisations.xlsx", "spending-2025.xlsx",
    "spending-2026.xlsx", "story.xlsx", "targets-2025.xlsx", "targets-2026.xlsx", "targets-2027.xlsx",
]  # fmt: skip
YEARS = ("2025", "2026", "2027")
FUNDS = ("财政拨款(万元)", "上年结转(万元)", "其他资金(万元)")
SOURCES = {"财政拨款": FUNDS[0], "上年结转": FUNDS[1], "其他资金": FUNDS[2]}
ROLES = {
    "单位经办人", "单位财务负责人", "单位负责人", "主管部门绩效岗", "主管部门业务处室", "主管部门负责人", "财政业务股室", "财政绩效股",
    "财政预算股", "财政局领导", "主评人", "评价组成员", "评审专家", "审计监督(只读)", "领导小组", "系统管理员",
}  # fmt: skip
FLAGSHIP = "农村公路日常养护及小修保养"
OVERSPENT = {"2025": {"流浪乞讨人员救助管理": "1.26"}, "2026": {"送戏下乡惠民演出": "2.40"}}


@cache
def cells(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every sheet of a workbook, in the order of its tabs."""
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return {title: list(book[title].values) for title in book.sheetnames}
    finally:
        book.close()


@cache
def sheet(workbook: str, name: str) -> list[dict[str, object]]:
    """Rows by heading; an empty cell is the empty text."""
    headings, *lines = cells(SAMPLES / workbook)[name]
    return [
        {heading: "" if cell is None else cell for heading, cell in zip(headings, line, strict=True)}
        for line in lines
    ]


def money(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def budgets(year: str) -> dict[str, dict[str, object]]:
    return {row["项目编码"]: row for row in sheet(f"budget-{year}.xlsx", "项目预算")}


def total_wan(row: dict[str, object]) -> Decimal:
    return sum((money(row[fund]) for fund in FUNDS), Decimal("0.00"))


def spent_yuan(year: str, until: date | None = None) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in sheet(f"spending-{year}.xlsx", "支付明细"):
        if until is None or row["支付日期"].date() <= until:
            sums[row["项目编码"]] += money(row["金额(元)"])
    return sums


def adjustments() -> dict[str, Decimal]:
    return {row["项目编码"]: money(row["调整金额(万元)"]) for row in sheet("story.xlsx", "预算调整")}


def labels(record: str) -> dict[str, str]:
    return {
        row["状态值"]: row["状态名称"] for row in sheet("story.xlsx", "状态对照") if row["单据"] == record
    }


def indicator_names(year: str) -> set[tuple[object, object]]:
    return {(row["项目编码"], row["三级指标"]) for row in sheet(f"targets-{year}.xlsx", "绩效指标")}


class TestWorkbooks:
    def test_the_files_in_the_folder_are_what_the_generator_writes(self, tmp_path):
        assert sorted(path.name for path in write(tmp_path)) == WORKBOOKS
        for name in WORKBOOKS:
            made, kept = cells(tmp_path / name), cells(SAMPLES / name)
            assert list(made) == list(kept)
            for title, lines in kept.items():
                assert made[title] == lines, f"{name} {title}"

    def test_they_stay_small(self):
        assert sum((SAMPLES / name).stat().st_size for name in WORKBOOKS) < 1_500_000

    def test_codes_are_text_and_payment_days_are_dates(self):
        assert all(isinstance(row["项目编码"], str) for row in sheet("budget-2026.xlsx", "项目预算"))
        assert all(isinstance(row["单位编码"], str) for row in sheet("budget-2026.xlsx", "项目预算"))
        assert all(isinstance(row["支付日期"], datetime) for row in sheet("spending-2026.xlsx", "支付明细"))


class TestOrganisations:
    def test_codes_are_unique_and_every_parent_exists(self):
        rows = sheet("organisations.xlsx", "机构")
        codes = [row["机构编码"] for row in rows]
        assert len(codes) == len(set(codes))
        assert {row["上级机构编码"] for row in rows} - {""} <= set(codes)
        assert Counter(row["机构类型"] for row in rows) == {
            "财政局": 1, "财政股室": 7, "主管部门": 12, "预算单位": 41, "第三方机构": 3,
        }  # fmt: skip

    def test_every_department_has_a_section_in_charge(self):
        rows = sheet("organisations.xlsx", "机构")
        sections = {row["机构编码"] for row in rows if row["机构类型"] == "财政股室"}
        assert all(row["归口股室编码"] in sections for row in rows if row["机构类型"] == "主管部门")
        assert not any(row["归口股室编码"] for row in rows if row["机构类型"] != "主管部门")

    def test_every_role_has_a_person_and_every_post_is_filled(self):
        people = sheet("organisations.xlsx", "人员")
        held = {(row["机构编码"], row["角色"]) for row in people}
        assert {row["角色"] for row in people} == ROLES
        wanted = {
            "预算单位": ("单位经办人", "单位财务负责人", "单位负责人"),
            "主管部门": ("主管部门绩效岗", "主管部门业务处室", "主管部门负责人"),
            "第三方机构": ("主评人", "评价组成员"),
        }
        for row in sheet("organisations.xlsx", "机构"):
            for role in wanted.get(row["机构类型"], ()):
                assert (row["机构编码"], role) in held, f"{row['机构名称']}没有{role}"

    def test_one_login_is_one_person(self):
        people = sheet("organisations.xlsx", "人员")
        seen = {(row["登录名"], row["姓名"], row["联系电话"]) for row in people}
        assert len(seen) == len({row["登录名"] for row in people}) == len({row["姓名"] for row in people})
        assert all(re.fullmatch(r"0000-\d{7}", row["联系电话"]) for row in people)
        assert len(people) > len(seen), "应当有人担任几个角色"

    def test_nobody_reviews_own_work(self):
        """SEP-1: who works in a unit holds no post in the department above it."""
        places = defaultdict(set)
        for row in sheet("organisations.xlsx", "人员"):
            places[row["登录名"]].add(row["机构编码"])
        for login, codes in places.items():
            assert not {code[:3] for code in codes if len(code) == 6} & codes, login

    def test_the_named_cast(self):
        people = {(row["姓名"], row["机构编码"], row["角色"]) for row in sheet("organisations.xlsx", "人员")}
        assert {
            ("周晓岚", "001A", "财政绩效股"), ("李卫国", "101002", "单位经办人"), ("张雯", "101", "主管部门绩效岗"),
            ("陆远", "001C", "财政业务股室"), ("马建军", "102002", "单位经办人"),
        } <= people  # fmt: skip


class TestBudgets:
    @pytest.mark.parametrize(("year", "count"), [("2025", 146), ("2026", 148), ("2027", 149)])
    def test_one_row_a_project(self, year, count):
        rows = sheet(f"budget-{year}.xlsx", "项目预算")
        assert len(rows) == len(budgets(year)) == count
        assert {row["年度"] for row in rows} == {year}

    def test_166_projects_keep_code_and_name_over_the_years(self):
        names = defaultdict(set)
        for year in YEARS:
            for code, row in budgets(year).items():
                names[code].add((row["项目名称"], row["单位编码"]))
        assert len(names) == 166
        assert {len(found) for found in names.values()} == {1}

    @pytest.mark.parametrize("year", YEARS)
    def test_every_unit_exists_under_the_name_given(self, year):
        units = {
            row["机构编码"]: row["机构名称"]
            for row in sheet("organisations.xlsx", "机构") if row["机构类型"] == "预算单位"
        }  # fmt: skip
        assert {row["单位编码"] for row in budgets(year).values()} <= set(units)
        assert all(units[row["单位编码"]] == row["单位名称"] for row in budgets(year).values())

    def test_every_unit_has_a_project(self):
        units = {
            row["机构编码"] for row in sheet("organisations.xlsx", "机构") if row["机构类型"] == "预算单位"
        }
        assert {row["单位编码"] for row in budgets("2026").values()} == units

    @pytest.mark.parametrize("year", YEARS)
    def test_amounts_have_two_places_and_lie_in_the_usual_range(self, year):
        for row in budgets(year).values():
            for fund in FUNDS:
                assert money(row[fund]) == Decimal(str(row[fund])) >= 0, row["项目名称"]
            assert Decimal("3.00") <= total_wan(row) <= Decimal("3200.00"), row["项目名称"]

    def test_known_figures(self):
        totals = {year: {row["项目名称"]: total_wan(row) for row in budgets(year).values()} for year in YEARS}
        assert [str(totals[year][FLAGSHIP]) for year in YEARS] == ["1150.00", "1280.00", "1460.00"]
        assert totals["2026"]["城区污水管网改造（二期）"] == Decimal("3200.00")

    def test_code_lists_are_all_used(self):
        rows = [row for year in YEARS for row in budgets(year).values()]
        headings = ("项目类别", "项目属性", "项目类型", "项目级次", "资金性质", "是否三保")
        used = {heading: {row[heading] for row in rows} for heading in headings}
        assert used == {
            "项目类别": {"部门预算项目", "本级专项", "对下转移支付"},
            "项目属性": {"新增", "延续"},
            "项目类型": {"常年性", "延续性", "一次性"},
            "项目级次": {"一级", "二级"},
            "资金性质": {"一般公共预算", "政府性基金", "国有资本经营预算", "社会保险基金"},
            "是否三保": {"是", "否"},
        }

    def test_carried_over_is_what_was_left_the_year_before(self):
        before, spent = budgets("2025"), spent_yuan("2025")
        carried = {code: money(row["上年结转(万元)"]) for code, row in budgets("2026").items()}
        shown = {code: amount for code, amount in carried.items() if amount}
        assert len(shown) >= 20
        for code, amount in shown.items():
            assert amount * 10000 == total_wan(before[code]) * 10000 - spent[code], before[code]["项目名称"]
        for year in ("2025", "2027"):
            assert not any(money(row["上年结转(万元)"]) for row in budgets(year).values())

    @pytest.mark.parametrize("year", YEARS)
    def test_the_year_lies_in_the_period_of_the_project(self, year):
        for row in budgets(year).values():
            assert row["起始日期"] <= f"{year}-12-31" <= row["终止日期"], row["项目名称"]
            assert (row["项目属性"] == "新增") == (f"20{row['项目编码'][:2]}" == year)


class TestTargets:
    @pytest.mark.parametrize("year", YEARS)
    def test_weights_are_90_a_project_and_as_the_template_by_level(self, year):
        sums = defaultdict(Counter)
        for row in sheet(f"targets-{year}.xlsx", "绩效指标"):
            sums[row["项目编码"]][row["一级指标"]] += money(row["权重"])
        template = {"成本指标": 20, "产出指标": 40, "效益指标": 20, "满意度指标": 10}
        assert {code: dict(found) for code, found in sums.items() if dict(found) != template} == {}
        assert sum(template.values()) == 90

    @pytest.mark.parametrize("year", YEARS)
    def test_eight_to_twelve_indicators_a_project_with_distinct_names(self, year):
        rows = sheet(f"targets-{year}.xlsx", "绩效指标")
        counts = Counter(row["项目名称"] for row in rows)
        flagship = counts.pop(FLAGSHIP)
        assert flagship == {"2025": 13, "2026": 14, "2027": 14}[year]
        assert set(counts.values()) <= set(range(8, 13))
        assert len(indicator_names(year)) == len(rows)

    @pytest.mark.parametrize("year", YEARS)
    def test_figures_have_an_operator_and_a_unit_and_qualities_have_words(self, year):
        for row in sheet(f"targets-{year}.xlsx", "绩效指标"):
            where = f"{row['项目名称']} {row['三级指标']}"
            assert row["指标解释"] and row["评(扣)分标准"] and row["指标来源"], where
            if row["指标值类型"] == "定性":
                assert row["指标性质"] == "定性" and not row["计量单位"] and len(row["指标值"]) >= 4, where
            else:
                assert row["指标性质"] in {"≥", ">", "=", "≤", "<"} and row["计量单位"], where
                assert re.fullmatch(r"\d+(\.\d+)?", row["指标值"]), where
                assert not (row["指标性质"] in {"≥", ">"} and Decimal(row["指标值"]) == 0), where
                assert not (row["计量单位"] == "%" and Decimal(row["指标值"]) > 100), where

    def test_every_operator_occurs(self):
        assert {row["指标性质"] for row in sheet("targets-2026.xlsx", "绩效指标")} == {
            "≥",
            ">",
            "=",
            "≤",
            "<",
            "定性",
        }

    @pytest.mark.parametrize("year", YEARS)
    def test_both_sheets_speak_of_the_same_projects_of_the_budget(self, year):
        texts = sheet(f"targets-{year}.xlsx", "绩效目标")
        codes = [row["项目编码"] for row in texts]
        assert len(codes) == len(set(codes))
        assert set(codes) == {row["项目编码"] for row in sheet(f"targets-{year}.xlsx", "绩效指标")}
        assert all(budgets(year)[row["项目编码"]]["项目名称"] == row["项目名称"] for row in texts)
        assert all(row["年度目标"].endswith("。") for row in texts)

    def test_those_without_a_declaration_have_no_targets(self):
        declared = {
            row["项目编码"]
            for row in sheet("story.xlsx", "进度")
            if row["年度"] == "2027" and row["绩效目标"]
        }
        assert declared == {row["项目编码"] for row in sheet("targets-2027.xlsx", "绩效目标")}
        assert set(budgets("2025")) == {row["项目编码"] for row in sheet("targets-2025.xlsx", "绩效目标")}
        assert set(budgets("2026")) == {row["项目编码"] for row in sheet("targets-2026.xlsx", "绩效目标")}

    @pytest.mark.parametrize("year", YEARS)
    def test_the_control_figure_is_the_budget(self, year):
        shown = [
            row for row in sheet(f"targets-{year}.xlsx", "绩效指标") if row["三级指标"] == "项目预算控制数"
        ]
        assert len(shown) >= 130
        assert all(money(row["指标值"]) == total_wan(budgets(year)[row["项目编码"]]) for row in shown)


class TestSpending:
    @pytest.mark.parametrize(("year", "last"), [("2025", date(2025, 12, 31)), ("2026", date(2026, 10, 31))])
    def test_vouchers_are_unique_and_dated_within_the_period(self, year, last):
        rows = sheet(f"spending-{year}.xlsx", "支付明细")
        assert len({row["凭证号"] for row in rows}) == len(rows)
        days = [row["支付日期"].date() for row in rows]
        assert days == sorted(days)
        assert date(int(year), 1, 1) <= days[0] and days[-1] <= last
        assert all(day.weekday() < 5 for day in days)

    @pytest.mark.parametrize("year", ("2025", "2026"))
    def test_three_to_eighteen_payments_a_project_and_some_refunds(self, year):
        rows = sheet(f"spending-{year}.xlsx", "支付明细")
        assert set(Counter(row["项目编码"] for row in rows).values()) <= set(range(3, 19))
        assert 2 <= sum(1 for row in rows if row["金额(元)"] < 0) <= 15
        assert all(money(row["金额(元)"]) != 0 and row["收款人"] and row["摘要"] for row in rows)
        assert all(budgets(year)[row["项目编码"]]["项目名称"] == row["项目名称"] for row in rows)

    @pytest.mark.parametrize("year", ("2025", "2026"))
    def test_only_the_two_told_projects_exceed_their_budget(self, year):
        changed = adjustments() if year == "2026" else {}
        over = {}
        for code, spent in spent_yuan(year).items():
            row = budgets(year)[code]
            excess = spent / 10000 - total_wan(row) - changed.get(code, Decimal(0))
            if excess > 0:
                over[row["项目名称"]] = f"{excess:.2f}"
        assert over == OVERSPENT[year]

    @pytest.mark.parametrize("year", ("2025", "2026"))
    def test_no_source_is_exceeded_otherwise(self, year):
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for row in sheet(f"spending-{year}.xlsx", "支付明细"):
            sums[row["项目编码"], row["资金来源"]] += money(row["金额(元)"])
        changed = adjustments() if year == "2026" else {}
        for (code, source), spent in sums.items():
            row = budgets(year)[code]
            limit = money(row[SOURCES[source]]) + (
                changed.get(code, Decimal(0)) if source == "财政拨款" else 0
            )
            assert spent <= limit * 10000 or row["项目名称"] in OVERSPENT[year], f"{row['项目名称']} {source}"

    def test_the_flagship_as_in_the_story(self):
        code = next(code for code, row in budgets("2026").items() if row["项目名称"] == FLAGSHIP)
        assert spent_yuan("2025")[code] == Decimal("11040000.00")
        assert spent_yuan("2026", date(2026, 8, 31))[code] == Decimal("6732800.00")
        assert spent_yuan("2026")[code] == Decimal("8678400.00")

    def test_all_lamps_occur_at_the_end_of_october(self):
        """At most 10 points behind 83.3 % is green, more than 25 is red."""
        spent, lamps = spent_yuan("2026"), Counter()
        for code, row in budgets("2026").items():
            behind = Decimal("83.33") - spent[code] / total_wan(row) / 100
            lamps["绿灯" if behind <= 10 else "黄灯" if behind <= 25 else "红灯"] += 1
        assert lamps["红灯"] >= 8 and lamps["黄灯"] >= 15 and lamps["绿灯"] >= 90
        assert sum(lamps.values()) == 148


class TestStory:
    def test_progress_covers_every_row_of_the_budgets(self):
        told = [(row["年度"], row["项目编码"]) for row in sheet("story.xlsx", "进度")]
        assert len(told) == len(set(told))
        assert set(told) == {(year, code) for year in YEARS for code in budgets(year)}

    def test_logins_exist_and_belong_where_they_should(self):
        places = defaultdict(set)
        for row in sheet("organisations.xlsx", "人员"):
            places[row["登录名"]].add(row["机构编码"])
        for row in sheet("story.xlsx", "进度"):
            unit = budgets(row["年度"])[row["项目编码"]]["单位编码"]
            assert unit in places[row["经办登录名"]]
            assert unit[:3] in places[row["主管部门登录名"]]
            assert any(code.startswith("001") for code in places[row["财政登录名"]])

    @pytest.mark.parametrize(
        ("record", "count", "columns"),
        [
            ("年度项目", 14, [("进度", "走到哪一步")]),
            ("事前绩效评估", 8, [("进度", "事前绩效评估")]),
            ("绩效目标", 9, [("进度", "绩效目标"), ("进度", "上一版目标")]),
            ("监控填报", 7, [("进度", "第一轮监控"), ("进度", "第二轮监控")]),
            ("预警", 4, [("预警", "处置状态")]),
            ("预警结果", 5, [("预警", "处置结果")]),
            ("单位自评", 8, [("进度", "单位自评")]),
            ("绩效评价", 11, [("评价", "评价状态")]),
            ("整改", 7, [("整改", "整改状态")]),
            ("预算安排", 5, [("预算安排", "状态")]),
        ],
    )
    def test_every_state_of_every_record_occurs(self, record, count, columns):
        assert len(labels(record)) == count
        found = {row[column] for name, column in columns for row in sheet("story.xlsx", name)} - {""}
        assert found == set(labels(record).values())

    def test_stages_agree_with_the_documents(self):
        stage, target, own = labels("年度项目"), labels("绩效目标"), labels("单位自评")
        holding = {
            stage["target_filing"]: {target["draft"], target["unit_review"], target["returned"]},
            stage["target_review"]: {target["dept_reviewing"], target["fiscal_reviewing"]},
            stage["awaiting_approval"]: {target["ready_for_approval"]},
            stage["drafting"]: {""}, stage["ex_ante"]: {""}, stage["rejected"]: {"", target["blocked"]},
        }  # fmt: skip
        for row in sheet("story.xlsx", "进度"):
            assert row["绩效目标"] in holding.get(row["走到哪一步"], {target["approved"]}), row["项目名称"]
            if row["年度"] == "2025":
                assert (row["单位自评"] == own["final"]) == (row["走到哪一步"] != stage["self_evaluating"])

    def test_what_was_returned_or_refused_has_an_opinion(self):
        states = {"退回修改", labels("绩效目标")["blocked"], labels("事前绩效评估")["failed"]}
        for row in sheet("story.xlsx", "进度"):
            held = {row["事前绩效评估"], row["绩效目标"], row["第二轮监控"], row["单位自评"]}
            assert bool(held & states) == bool(row["退回或不予通过意见"]), row["项目名称"]

    @pytest.mark.parametrize("name", ["监控填报", "自评填报", "目标调整"])
    def test_indicators_reported_on_exist(self, name):
        known = {year: indicator_names(year) for year in YEARS}
        rows = sheet("story.xlsx", name)
        assert [row for row in rows if (row["项目编码"], row["三级指标"]) not in known[row["年度"]]] == []

    def test_reports_are_complete_unless_still_in_draft(self):
        filled = Counter((row["轮次"], row["项目编码"]) for row in sheet("story.xlsx", "监控填报"))
        wanted = Counter(row["项目编码"] for row in sheet("targets-2026.xlsx", "绩效指标"))
        for row in sheet("story.xlsx", "进度"):
            for number, column in (("1", "第一轮监控"), ("2", "第二轮监控")):
                if row[column] == labels("监控填报")["draft"]:
                    assert 0 < filled[number, row["项目编码"]] < wanted[row["项目编码"]]
                elif row[column]:
                    assert filled[number, row["项目编码"]] == wanted[row["项目编码"]]

    def test_a_value_or_a_reason_everywhere_and_a_cause_with_a_reason(self):
        causes = {"经费保障", "制度保障", "人员保障", "硬件条件保障", "其他"}
        for row in sheet("story.xlsx", "监控填报"):
            where = f"{row['项目名称']} {row['三级指标']}"
            assert row["截至完成值"] or row["原因说明"], where
            assert row["完成可能性"] in {"确定能", "有可能", "完全不可能"} and row["全年预计"], where
            if row["完成可能性"] != "确定能":
                assert row["偏差原因"] in causes and row["原因说明"].endswith("。"), where

    def test_self_evaluation_explains_every_miss_and_every_excess_above_130_percent(self):
        targets = {(row["项目编码"], row["三级指标"]): row for row in sheet("targets-2025.xlsx", "绩效指标")}
        explained = 0
        for row in sheet("story.xlsx", "自评填报"):
            target = targets[row["项目编码"], row["三级指标"]]
            if target["指标值类型"] == "定性":
                missed = row["实际完成值"] != "达成预期指标"
            else:
                value, wanted = Decimal(row["实际完成值"]), Decimal(target["指标值"])
                missed = value < wanted if target["指标性质"] in "≥>=" else value > wanted
                missed = missed or (target["指标性质"] == "≥" and value > wanted * Decimal("1.3"))
            assert bool(row["偏差原因及改进措施"]) == missed, f"{row['项目名称']} {row['三级指标']}"
            explained += missed
        assert explained >= 100

    def test_reported_spending_is_what_was_paid(self):
        paid = {"1": spent_yuan("2026", date(2026, 7, 31)), "2": spent_yuan("2026", date(2026, 10, 31))}
        rows = [row for row in sheet("story.xlsx", "监控填报") if row["三级指标"] == "项目预算控制数"]
        assert len(rows) >= 290
        assert all(
            money(row["截至完成值"]) == money(paid[row["轮次"]][row["项目编码"]] / 10000) for row in rows
        )

    def test_evaluation_scores_add_up_and_stay_within_full_marks(self):
        parts = {"决策(20分)": 20, "过程(20分)": 20, "产出(30分)": 30, "效益(30分)": 30}
        scored = [row for row in sheet("story.xlsx", "评价") if row["评价得分"] != ""]
        assert Counter(row["评价类型"] for row in scored) == {"财政评价": 19, "部门评价": 8, "再评价": 1}
        for row in scored:
            marks = [money(row[part]) for part in parts]
            assert sum(marks) == money(row["评价得分"]), row["项目名称"]
            assert all(0 <= mark <= full for mark, full in zip(marks, parts.values(), strict=True))
            assert row["主要问题1"] and row["建议"], row["项目名称"]
        flagship = next(row for row in scored if row["项目名称"] == FLAGSHIP)
        assert money(flagship["评价得分"]) == Decimal("84.60")

    def test_evaluators_are_third_parties_and_lead_there(self):
        leads = {
            row["机构编码"]: row["登录名"]
            for row in sheet("organisations.xlsx", "人员")
            if row["角色"] == "主评人"
        }
        for row in sheet("story.xlsx", "评价"):
            assert row["主评人登录名"] == (leads[row["第三方机构编码"]] if row["第三方机构编码"] else "")

    def test_every_rectification_answers_an_evaluation_problem(self):
        problems = {
            (row["项目编码"], row["评价类型"], row[f"主要问题{place}"])
            for row in sheet("story.xlsx", "评价") for place in (1, 2, 3)
        }  # fmt: skip
        for row in sheet("story.xlsx", "整改"):
            assert (row["项目编码"], row["评价类型"], row["问题"]) in problems

    def test_ex_ante_scores_add_up_and_agree_with_the_outcome(self):
        parts = ("立项必要性", "投入经济性", "绩效目标合理性", "实施方案可行性", "筹资合规性")
        states = {(row["年度"], row["项目编码"]): row["事前绩效评估"] for row in sheet("story.xlsx", "进度")}
        rows = sheet("story.xlsx", "事前评估")
        assert {(row["年度"], row["项目编码"]) for row in rows} == {
            key for key, state in states.items() if state
        }
        for row in (row for row in rows if row["总分"] != ""):
            assert sum(money(row[part]) for part in parts) == money(row["总分"])
            failed = states[row["年度"], row["项目编码"]] == labels("事前绩效评估")["failed"]
            assert (money(row["总分"]) < 70) == failed == (row["结论"] == "不予支持"), row["项目名称"]

    def test_new_projects_of_a_million_and_more_were_assessed_and_keep_to_the_amount_suggested(self):
        assessed = {(row["年度"], row["项目编码"]): row for row in sheet("story.xlsx", "事前评估")}
        passed = labels("事前绩效评估")["passed"]
        for told in sheet("story.xlsx", "进度"):
            row = budgets(told["年度"])[told["项目编码"]]
            if row["项目属性"] == "新增" and total_wan(row) >= 100:
                found = assessed[told["年度"], told["项目编码"]]
                if told["事前绩效评估"] == passed:
                    assert (
                        total_wan(row) == money(found["建议安排金额(万元)"]) <= money(found["申请金额(万元)"])
                    )

    def test_allocation_rounds_share_out_the_departments(self):
        departments = {
            row["机构编码"] for row in sheet("organisations.xlsx", "机构") if row["机构类型"] == "主管部门"
        }
        for year in ("2026", "2027"):
            codes = [
                code for row in sheet("story.xlsx", "预算安排") if row["年度"] == year
                for code in row["主管部门编码"].split("、")
            ]  # fmt: skip
            assert sorted(codes) == sorted(departments)
