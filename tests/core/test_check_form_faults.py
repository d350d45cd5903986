"""Every kind of fault planted in a filled form is found at its cell; a clean form has no finding."""


import pytest

from core.official.checking import KINDS, check, rulebook_named
from core.official.filled import PaperKind
from core.official.reading import read_form
from tests.core import filled_forms as forms
from tests.core.books import book
from tests.core.filled_forms import changed, workbook

E, W, I = "error", "warning", "info"  # noqa: E741 - the three weights of a finding


def found_in(content: bytes, *, name: str = "自评表.xlsx", ruleset: str | None = None,
             kind: PaperKind | None = None):
    """Severity, code and cell of every finding."""
    checked = check(read_form(content, name=name, kind=kind), rulebook_named(ruleset) if ruleset else None)
    for finding in checked.findings:
        assert finding.message.endswith("。")
        assert finding.code in KINDS
    return {(finding.severity.value, finding.code, finding.cell) for finding in checked.findings}


def self_evaluation(change=lambda form: None, base=forms.self_evaluation) -> bytes:
    return workbook(forms.standard_rows(changed(base(), change)))


def one(place: int, **values):
    """Change one indicator."""
    return lambda form: form["indicators"][place].update(values)


def fund(place: int, **values):
    return lambda form: form["funds"][place].update(values)


def form(**values):
    return lambda form: form.update(values)


def both(*changes):
    def change(form):
        for each in changes:
            each(form)
    return change


def without(*places):
    def change(form):
        form["indicators"] = [row for place, row in enumerate(form["indicators"]) if place not in places]
    return change


def added(**values):
    return lambda form: form["indicators"].append(dict(form["indicators"][-1]) | values)


class TestCleanForms:
    @pytest.mark.parametrize("content", [
        self_evaluation(), self_evaluation(base=forms.legacy),
        self_evaluation(form(level_points={"成本指标": 20, "产出指标": 40, "效益指标": 20, "满意度指标": 10})),
        workbook(forms.column_rows(forms.split_columns(forms.self_evaluation()))),
        workbook(forms.declaration_rows()), workbook(forms.progress_rows()), workbook(forms.whole_rows()),
        workbook(forms.review_rows()), workbook(forms.ex_ante_rows(book("mof-2021-cost"))),
        workbook(forms.evaluation_rows()),
        workbook(forms.allocation_rows()),
    ], ids=["标准", "成本在产出下", "一级指标带分值", "算符单位分栏", "申报", "监控", "整体", "审核", "事前", "评价", "安排"])
    def test_a_clean_form_has_no_finding(self, content):
        assert found_in(content) == set()

    def test_a_clean_form_in_word_has_no_finding(self):
        rows = forms.standard_rows(forms.self_evaluation())
        title = tuple(row[0][0] for row in rows[:3])
        assert found_in(forms.word(rows[3:10], rows[10:12], rows[12:], before=title),
                        name="自评表.docx") == set()

    def test_a_clean_letter_has_no_finding(self):
        before, table, after = forms.letter_tables()
        assert found_in(forms.word(table, before=before, after=after), name="反馈意见书.docx") == set()

    def test_the_older_form_of_hubei_has_no_finding_under_its_own_rules(self):
        def twenty(form):
            for row, weight in zip(form["indicators"], (5, 10, 5, 10, 10, 20, 10, 10), strict=True):
                row |= {"weight": str(weight), "score": str(weight)}
            form["indicators"][2] |= {"score": "4.60"}
            form["indicators"][7] |= {"level1": "效益指标"}
            form["funds"][0] |= {"weight": "20", "score": "19.20"}
            form["total_score"] = "98.80"
        content = self_evaluation(twenty, base=forms.legacy)
        assert found_in(content, ruleset="hubei-20") == set()
        assert (W, "execution_weight", "G7") in found_in(content)


FAULTS = [
    # the head
    ("project_missing", E, "C4", form(project="")),
    ("department_missing", E, "C5", form(department="")),
    ("unit_missing", E, "G5", both(form(unit=""), form(unit_line="金额单位：万元"))),
    ("year_missing", E, "", form(year="")),
    ("goal_missing", E, "C12", form(goal="")),
    ("result_missing", E, "F12", form(result="")),
    ("result_copied", W, "F12", form(result=forms.self_evaluation()["goal"])),
    # the money
    ("funds_missing", E, "", lambda form: form.update(funds=[])),
    ("amount_missing", E, "F7", fund(0, executed="")),
    ("amount_unreadable", E, "F8", fund(1, executed="一千余万")),
    ("amount_negative", E, "F9", fund(2, executed="-44")),
    ("amount_scale", W, "D7", fund(0, initial="11500000")),
    ("fund_total_zero", E, "E7", fund(0, adjusted="0")),
    ("fund_total", E, "E7", fund(0, adjusted="1160")),
    ("fund_over_total", E, "E8", fund(1, adjusted="1200")),
    ("fund_row_outside", E, "D10", fund(3, initial="30")),
    ("fund_row_outside", E, "D11", lambda form: form["funds"].append(
        {"label": "社会捐赠", "initial": "8", "adjusted": "", "executed": "", "weight": "", "rate": "",
         "score": ""})),
    ("fund_parts", E, "E8", lambda form: form["funds"].insert(2, {
        "label": "其中：中央资金", "initial": "1100", "adjusted": "1200", "executed": "1060", "weight": "",
        "rate": "", "score": ""})),
    ("overspent", W, "F7", both(fund(0, executed="1160", rate="100.87%"), fund(1, executed="1116"))),
    ("row_overspent", W, "F9", both(fund(0, executed="1120"), fund(2, executed="60"))),
    ("spent_without_budget", E, "F10", fund(3, executed="3")),
    ("rate_wrong", E, "H7", fund(0, rate="98.00%")),
    ("rate_missing", W, "H7", fund(0, rate="")),
    ("rate_base", W, "H7", both(fund(0, initial="1200", rate="92.00%"), fund(1, initial="1150"))),
    ("execution_weight", W, "G7", fund(0, weight="20")),
    ("execution_score", E, "I7", fund(0, score="10")),
    ("execution_score_missing", E, "I7", fund(0, score="")),
    ("low_execution_reason", W, "H7", both(fund(0, executed="944"), fund(1, executed="900"))),
    # the indicators
    ("no_indicators", E, "", form(indicators=[])),
    ("level_missing", E, "", without(5, 6)),
    ("level2_missing", W, "", without(3)),
    ("level_unknown", W, "B20", one(6, level1="管理指标")),
    ("level2_misplaced", W, "C19", one(5, level1="产出指标")),
    ("weights_total", E, "G22", one(1, weight="12")),
    ("total_weight", E, "G22", form(total_weight="90")),
    ("level_weight", W, "B15", both(one(1, weight="5", score="5"), one(5, weight="15", score="15"))),
    ("level_points", E, "B15", form(level_points={"产出指标": 50})),
    ("weight_missing", E, "G15", one(1, weight="")),
    ("weight_unreadable", E, "G15", one(1, weight="十分")),
    ("weight_not_positive", E, "G15", one(1, weight="0", score="0")),
    ("name_missing", E, "D15", one(1, name="")),
    ("name_repeats_category", W, "D15", one(1, name="数量指标")),
    ("name_compound", W, "D15", one(1, name="养护里程、桥梁检查数")),
    ("input_as_output", W, "D15", one(1, name="养护资金投入", target="≥1,150万元", actual="1,150万元")),
    ("duplicate_indicator", E, "D16", one(2, name="日常养护里程")),
    # targets
    ("target_missing", E, "E15", one(1, target="")),
    ("target_placeholder", E, "E15", one(1, target="—")),
    ("target_without_number", E, "E15", one(1, target="≥公里")),
    ("target_not_quantified", W, "E15", one(1, target="全面养护")),
    ("target_unit_missing", E, "E15", one(1, target="≥1,186.5", actual="1,186.5")),
    ("operator_reversed", W, "E15", one(1, target="≤1,186.5公里")),
    ("target_vague", W, "E20", one(6, target="明显改善", actual="明显改善")),
    ("target_never_missed", E, "E15", one(1, target="≥0公里")),
    ("rate_at_least_whole", W, "E17", one(3, target="≥100%")),
    ("rate_over_whole", W, "E17", one(3, target="=120%")),
    ("target_negative", E, "E15", one(1, target="≥-5公里")),
    ("target_ambiguous", W, "E21", one(7, target="≥0.9")),
    ("target_other_year", W, "E18", one(4, target="2024年11月30日前")),
    # actual values
    ("actual_missing", E, "F15", one(1, actual="")),
    ("actual_placeholder", E, "F15", one(1, actual="/")),
    ("actual_without_number", E, "F15", one(1, actual="公里")),
    ("actual_unmeasured", W, "F15", one(1, actual="已完成")),
    ("actual_vague", W, "F20", one(6, actual="基本健全")),
    ("actual_ambiguous", W, "F21", one(7, actual="0.918")),
    ("actual_copied_bound", W, "F15", one(1, actual="≥1,186.5公里")),
    ("unit_differs", E, "F15", one(1, actual="1,186.5万元")),
    ("date_late", W, "F18", one(4, actual="2025年12月20日")),
    # scores
    ("score_missing", E, "H15", one(1, score="")),
    ("score_unreadable", E, "H15", one(1, score="满分")),
    ("score_negative", E, "H15", one(1, score="-1")),
    ("score_over_weight", E, "H15", one(1, score="11")),
    ("score_above_computed", E, "H16", one(2, score="10", reason="")),
    ("score_above_computed", W, "H16", one(2, score="10")),
    ("score_below_computed", I, "H15", one(1, score="8", reason="台账不全，扣2分。")),
    ("score_outside_band", E, "H20", one(6, actual="部分达成预期指标并具有一定效果", reason="两个乡镇未印发细则。")),
    ("score_places", W, "H16", one(2, score="9.186")),
    ("full_score_not_met", E, "H15", one(1, actual="未完成")),
    ("below_full_reason", E, "I16", one(2, reason="")),
    ("below_full_reason", E, "I16", one(2, reason="无")),
    ("over_completion_reason", E, "I15", one(1, actual="2,000公里")),
    ("total_score", E, "H22", form(total_score="99.79")),
    ("total_missing", W, "H22", form(total_score="")),
    ("grade_wrong", E, "I22", form(grade="自评等级：良")),
]


@pytest.mark.parametrize(("code", "severity", "cell", "change"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_planted_fault_is_found_at_its_cell(code, severity, cell, change):
    assert (severity, code, cell) in found_in(self_evaluation(change))


def replaced(rows, old, new):
    """The first cell that says `old` says `new`."""
    for row in rows:
        for place, cell in enumerate(row):
            text = cell[0] if isinstance(cell, tuple) else cell
            if text == old:
                row[place] = (new, *cell[1:]) if isinstance(cell, tuple) else new
                return rows
    raise LookupError(old)


def dropped(rows, text):
    """Without the first row that has a cell with this text."""
    found = next(row for row in rows if any((cell[0] if isinstance(cell,
        tuple) else cell) == text for cell in row))
    return [row for row in rows if row is not found]


def in_row(rows, name, place, new):
    """In the row that has `name`, the cell at `place` says `new`."""
    row = next(row for row in rows if name in row)
    row[place] = new
    return rows


def ex_ante():
    return forms.ex_ante_rows(book("mof-2021-cost"))


def columns():
    return forms.column_rows(forms.split_columns(forms.self_evaluation()))


OTHER_FAULTS = [
    ("operator_conflict", W, "E14", lambda: in_row(columns(), "日常养护里程", 5, "≤1,186.5")),
    ("operator_missing", E, "E14", lambda: in_row(columns(), "日常养护里程", 4, "")),
    ("unit_conflict", W, "G14", lambda: in_row(columns(), "日常养护里程", 5, "1,186.5个")),
    ("standard_missing", W, "H15", lambda: in_row(forms.declaration_rows(), "日常养护里程", 7, "")),
    ("amount_missing", E, "G6", lambda: replaced(forms.declaration_rows(), "1150", "")),
    ("weights_total", E, "G19", lambda: replaced(forms.declaration_rows(), "20", "15")),
    ("goal_missing", E, "E11", lambda: replaced(forms.declaration_rows(), "全年养护1,186.5公里，处治小修4.20万平方米。", "")),
    ("likelihood_missing", E, "L13", lambda: in_row(forms.progress_rows(), "日常养护里程", 11, "")),
    ("likelihood_several", E, "L13", lambda: in_row(forms.progress_rows(), "日常养护里程", 12, "√")),
    ("deviation_reason", E, "G14", lambda: in_row(in_row(forms.progress_rows(), "监理人员不足。", 8, ""), "90%", 10,
        "")),
    ("forecast_missing", W, "F14", lambda: in_row(forms.progress_rows(), "监理人员不足。", 5, "")),
    ("surplus_wrong", E, "N6", lambda: replaced(forms.progress_rows(), "0", "30")),
    ("rate_wrong", E, "K6", lambda: replaced(forms.progress_rows(), "60%", "70%")),
    ("score_coefficient", E, "I10", lambda: in_row(forms.whole_rows(), "建成四好农村路里程", 6, "90")),
    ("department_missing", E, "B2", lambda: replaced(forms.whole_rows(), "县交通运输局", "")),
    ("item_missing", E, "A6", lambda: dropped(forms.review_rows(), "明确清晰性")),
    ("item_points", W, "C7", lambda: in_row(forms.review_rows(), "明确清晰性", 2, "20")),
    ("dimension_missing", E, "", lambda: dropped(dropped(forms.review_rows(), "实现可能性"), "条件充分性")),
    ("opinion_missing", E, "B16", lambda: replaced(forms.review_rows(), "补充时效指标后通过。", "")),
    ("grade_wrong", E, "B15", lambda: replaced(forms.review_rows(), "良", "优")),
    ("grade_missing", W, "B15", lambda: replaced(forms.review_rows(), "良", "")),
    ("score_over_weight", E, "D6", lambda: in_row(forms.review_rows(), "规范完整性", 3, "12")),
    ("item_grade", E, "E7", lambda: in_row(ex_ante(), "立项依据充分", 4, "5")),
    ("suggested_over_applied", E, "B29", lambda: replaced(ex_ante(), "560", "660")),
    ("conclusion_contradicts", E, "B28", lambda: replaced(ex_ante(), "80", "65")),
    ("effect_points", E, "A8", lambda: replaced(replaced(forms.evaluation_rows(), "35", "20"), "15", "30")),
    ("dimension_missing", E, "", lambda: dropped(forms.evaluation_rows(), "决策（15分）")),
    ("deduction_reason", E, "H7", lambda: replaced(forms.evaluation_rows(), "执行率96%。", "")),
    ("line_total", E, "H6", lambda: replaced(forms.allocation_rows(), "1,480.00", "1,500.00")),
    ("line_incomplete", E, "H5", lambda: in_row(forms.allocation_rows(), "农村客运补贴", 7, "")),
    ("change_reason", E, "I5", lambda: replaced(forms.allocation_rows(), "新增线路两条。", "")),
    ("line_duplicate", E, "B5", lambda: replaced(replaced(forms.allocation_rows(), "农村客运补贴", "农村公路日常养护及小修保养"),
                                                "县道路运输所", "县公路养护中心")),
    ("amount_unreadable", E, "H5", lambda: replaced(forms.allocation_rows(), "280.00", "待定")),
]


@pytest.mark.parametrize(("code", "severity", "cell", "rows"), OTHER_FAULTS,
                         ids=[fault[0] for fault in OTHER_FAULTS])
def test_a_fault_in_the_other_forms_is_found_at_its_cell(code, severity, cell, rows):
    assert (severity, code, cell) in found_in(workbook(rows()))


def test_the_difference_of_two_years_is_checked():
    rows = forms.allocation_rows()
    for row, text in zip(rows[2:], ("增减额", "50.00", "10.00", ""), strict=True):
        row.append(text)
    rows[0], rows[1] = [("下年度预算安排表", 10, 1)], [("（2027年度）", 10, 1)]
    assert found_in(workbook(rows)) == {(E, "difference_wrong", "J5")}


@pytest.mark.parametrize(("code", "severity", "cell", "place", "new"), [
    ("demand_missing", E, "C2", (1, 2), ""), ("due_missing", W, "D2", (1, 3), ""),
])
def test_faults_of_a_letter_are_found(code, severity, cell, place, new):
    before, table, after = forms.letter_tables()
    table[place[0]][place[1]] = new
    assert found_in(forms.word(table, before=before, after=after),
                    name="意见书.docx") == {(severity, code, cell)}


def test_a_letter_without_number_and_problems_is_told():
    before, _, after = forms.letter_tables()
    found = found_in(forms.word(before=(before[0], *before[2:]), after=after), name="意见书.docx")
    assert found == {(W, "document_no_missing", ""), (E, "problems_missing", "")}


class TestTheFile:
    def test_formulas_without_results_and_with_errors(self):
        def formula(sheet, row, column):
            sheet.write_formula(row, column, "=D7-1", None, "")

        def broken(sheet, row, column):
            sheet.write_formula(row, column, "=1/0", None, "#DIV/0!")

        content = self_evaluation(both(fund(0, rate=broken), one(1, score=formula)))
        found = found_in(content)
        assert (E, "formula_error", "H7") in found
        assert (E, "formula_without_value", "H15") in found

    def test_a_form_checked_as_another_kind_is_told(self):
        found = found_in(self_evaluation(), kind=PaperKind.TARGET_DECLARATION)
        assert (W, "kind_differs", "") in found

    def test_a_form_without_title_is_known_by_its_columns_and_told(self):
        assert found_in(self_evaluation(form(title="表一")), name="表.xlsx") == {(I, "kind_guessed", "")}

    def test_another_extension_is_told(self):
        assert found_in(self_evaluation(), name="自评表.xls") == {(I, "other_extension", "")}


def test_more_than_forty_kinds_are_planted():
    planted = {fault[0] for fault in (*FAULTS, *OTHER_FAULTS)}
    assert planted <= set(KINDS)
    assert len(planted) == 104


def test_one_fault_brings_no_crowd_of_others():
    """What follows from the fault itself and nothing else."""
    assert found_in(self_evaluation(one(2, reason=""))) == {(E, "below_full_reason", "I16")}
    assert found_in(self_evaluation(form(project=""))) == {(E, "project_missing", "C4")}
    assert found_in(self_evaluation(fund(0, rate="98.00%"))) == {(E, "rate_wrong", "H7")}
    assert found_in(self_evaluation(one(1, score="8", reason="台账不全，扣2分。"))) == {
        (I, "score_below_computed", "H15"), (E, "total_score", "H22"),
    }
    assert found_in(self_evaluation(one(2, score="10"))) == {(W, "score_above_computed", "H16"),
        (E, "total_score", "H22")}


def test_the_sentence_names_figure_limit_and_way_out():
    content = self_evaluation(one(2, score="10", reason=""))
    messages = {each.code: each.message for each in check(read_form(content, name="表.xlsx")).findings}
    assert messages["score_above_computed"] == (
        "“小修保养处治面积”得 10 分，按数字只应得 9.19 分（10 × 3.86 ÷ 4.2 = 9.19），请改分或写明理由。"
    )
    assert messages["total_score"] == "总分写 98.79 分，各项得分合计 99.60 分，请改正。"


