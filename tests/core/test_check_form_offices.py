"""Forms of two dozen offices: the clean one is silent, each planted fault is found at its cell and alone."""

import io
import json

import pytest
from django.core.management import call_command

from core.official.checking import KINDS
from tests.core.filled_forms import workbook
from tests.core.office_forms import NAMES, checked, rows_of, told

LEFT_OUT = {"自评-指标性质分栏": {("info", "level_weight", "B12"), ("info", "level_weight", "B18")}}
"""四川 spreads the 90 points freely between the indicators, which is only told."""
FAULTS = [
    ("自评-分值在前", {"E21": "良"}, {("grade_wrong", "E21")}),
    ("自评-分值在前", {"E6": "245", "F6": "245"}, {("fund_total", "E6"), ("fund_total", "F6")}),
    ("自评-分值在前", {"G17": "2起"}, {("score_above_computed", "H17")}),
    ("自评-分值在前", {"H16": "9", "H20": "99"}, {("score_above_computed", "H16")}),
    ("自评-分值在前", {"E13": "15", "H13": "15", "H20": "93"},
     {("total_weight", "E20"), ("weights_total", "E20")}),
    ("自评-分值在前", {"F18": "明显改善", "G18": "明显改善"}, {("target_vague", "F18")}),
    ("自评-分值在前", {"I6": "11", "H20": "99"}, {("execution_score", "I6")}),
    ("自评-指标性质分栏", {"E13": ""}, {("operator_missing", "E13")}),
    ("自评-指标性质分栏", {"G13": ""}, {("target_unit_missing", "F13")}),
    ("自评-指标性质分栏", {"E19": "≤", "H19": "89"}, {("operator_reversed", "E19")}),
    ("自评-指标性质分栏", {"J15": "9.9", "J20": "98.9"}, {("score_above_computed", "J15")}),
    ("自评-指标性质分栏", {"D10": "5", "E10": "5", "F10": "5", "G10": "100.00%"},
     {("fund_row_outside", "D10"), ("fund_row_outside", "E10"), ("fund_row_outside", "F10")}),
    ("自评-指标性质分栏", {"G7": "99.00%", "I7": "9.9", "J20": "99.6"},
     {("execution_score", "I7"), ("rate_base", "G7")}),
    ("自评-指标性质分栏", {"H18": ""}, {("actual_missing", "H18")}),
    ("自评-指标性质分栏", {"F18": "-"}, {("target_placeholder", "F18")}),
    ("自评-指标性质分栏", {"J20": "97.8"}, {("total_score", "J20")}),
    ("自评-湖北二十分", {"H9": "20", "H17": "99.25"}, {("execution_score", "H9")}),
    ("自评-湖北二十分", {"G9": "100%", "H9": "20", "H17": "99.25"},
     {("execution_score", "H9"), ("rate_wrong", "G9")}),
    ("自评-湖北二十分", {"H14": "14.9", "H17": "98.9"}, {("score_above_computed", "H14")}),
    ("自评-湖北二十分", {"H17": "98.75"}, {("total_score", "H17")}),
    ("自评-湖北二十分", {"B18": ""}, {("below_full_reason", "B18")}),
    ("自评-执行率为指标", {"G10": "10", "G17": "100", "B6": "100"}, {("execution_score", "G10")}),
    ("自评-执行率为指标", {"B6": "98"}, {("total_score", "B6")}),
    ("自评-执行率为指标", {"F6": "良"}, {("grade_wrong", "F6")}),
    ("自评-执行率为指标", {"F5": "100.00"}, {("rate_wrong", "F5")}),
    ("自评-执行率为指标", {"F11": "24台（套）"}, {("score_above_computed", "G11")}),
    ("自评-得分系数", {"K16": "20", "L2": "99.73", "M16": "常住人口外流。"}, {("score_coefficient", "K16")}),
    ("自评-得分系数", {"L2": "97.18"}, {("total_score", "L2")}),
    ("自评-得分系数", {"L6": "10", "L2": "99.38"}, {("execution_score", "L6")}),
    ("自评-得分系数", {"H15": "6600"}, {("score_above_computed", "K15")}),
    ("自评-得分系数", {"J13": "5", "K13": "5", "L2": "94.18"}, {("weights_total", "J12")}),
    ("自评-总分在表头", {"G2": "99.00"}, {("total_score", "G2")}),
    ("自评-总分在表头", {"E11": "≤", "H11": "97"}, {("operator_reversed", "E11")}),
    ("自评-总分在表头", {"G5": "10.00", "G2": "100"}, {("execution_score", "G5")}),
    ("自评-总分在表头", {"G10": ""}, {("target_unit_missing", "F10")}),
    ("自评-转移支付不计分", {"F7": "95%"}, {("rate_wrong", "F7")}),
    ("自评-转移支付不计分", {"D7": "260.3", "F7": "98.46%"}, {("fund_total", "D7")}),
    ("自评-转移支付不计分", {"F13": ""}, {("actual_missing", "F13")}),
    ("自评-转移支付不计分", {"F13": "1600人"}, {("over_completion_reason", "G13")}),
    ("自评-转移支付不计分", {"F17": "82%"}, {("missed_reason", "G17")}),
    ("自评-转移支付不计分", {"F13": "900人"}, {("missed_reason", "G13")}),
    ("自评-分级资金", {"F21": "部分达成"}, {("score_outside_band", "H21")}),
    ("自评-分级资金", {"E9": "900.00", "H9": "88.89%"}, {("fund_total", "E7")}),
    ("自评-分级资金", {"F8": "1,260.00", "F9": "600.00", "H8": "105.00%", "H9": "75.00%"},
     {("row_overspent", "F8")}),
    ("自评-分级资金", {"B19": "效益指标\n（40分）"}, {("level_points", "B19")}),
    ("自评-分级资金", {"H19": "9.8", "H23": "99.1"}, {("score_above_computed", "H19")}),
    ("自评-分级资金", {"E17": "2026年12月20日前"}, {("target_other_year", "E17")}),
    ("自评-分级资金", {"I19": "—"}, {("below_full_reason", "I19")}),
    ("自评-分级资金", {"G14": "十五"},
     {("level_points", "B14"), ("total_weight", "G23"),
      ("weight_unreadable", "G14"), ("weights_total", "G23")}),
    ("自评-分级资金", {"H19": "9.254"}, {("score_places", "H19")}),
    ("自评-分级资金", {"F14": "已完成"}, {("actual_unmeasured", "F14")}),
    ("自评-分级资金", {"E14": "按计划"}, {("target_not_quantified", "E14")}),
    ("自评-分级资金", {"F19": "1850元/户"}, {("unit_differs", "F19")}),
    ("自评-分级资金", {"D16": "建设海洋牧场数量", "C16": "数量指标", "E16": "3处", "F16": "3处"},
     {("duplicate_indicator", "D16"), ("level2_missing", "")}),
    ("申报-上级资金", {"I15": "20"}, {("weights_total", "I12")}),
    ("申报-上级资金", {"F12": "≥"}, {("operator_reversed", "F12")}),
    ("申报-上级资金", {"F21": "≤"}, {("operator_reversed", "F21")}),
    ("申报-上级资金", {"H16": ""}, {("target_unit_missing", "G16")}),
    ("申报-上级资金", {"F16": ""}, {("operator_missing", "F16")}),
    ("申报-上级资金", {"E8": "1300"}, {("fund_parts", "E7")}),
    ("申报-上级资金", {"E6": "1400.5"}, {("fund_total", "E6")}),
    ("申报-上级资金", {"G15": ""}, {("target_missing", "G15")}),
    ("申报-上级资金", {"G20": "185"}, {("rate_over_whole", "G20")}),
    ("申报-上级资金", {"G20": "≤85%"}, {("operator_conflict", "F20")}),
    ("申报-上级资金", {"G16": "286户"}, {("unit_conflict", "H16")}),
    ("申报-上级资金", {"C20": "质量指标"}, {("level2_misplaced", "C20")}),
    ("申报-指标方向", {"E17": "≤"}, {("operator_reversed", "E17")}),
    ("申报-指标方向", {"F13": "若干", "G13": "场"}, {("target_not_quantified", "F13")}),
    ("申报-指标方向", {"G17": ""}, {("target_unit_missing", "F17")}),
    ("申报-指标方向", {"D7": "96.60"}, {("fund_total", "D7")}),
    ("申报-指标方向", {"F18": ""}, {("target_missing", "F18")}),
    ("申报-指标方向", {"D14": ""}, {("name_missing", "D14")}),
    ("申报-指标方向", {"D13": "临时展览数量"}, {("duplicate_indicator", "D13")}),
    ("申报-指标方向", {"B4": ""}, {("project_missing", "B4")}),
    ("申报-多种来源", {"C6": "4900"}, {("fund_total", "C6")}),
    ("申报-多种来源", {"F21": "≥3.8万元/个"}, {("operator_reversed", "F21")}),
    ("申报-多种来源", {"F20": "2025年12月31日前"}, {("target_other_year", "F20")}),
    ("申报-多种来源", {"F22": "明显提升"}, {("target_vague", "F22")}),
    ("申报-多种来源", {"D18": "新增泊位、充电桩数"}, {("name_compound", "D18")}),
    ("申报-多种来源", {"D17": "资金投入", "F17": "≥4800万元"}, {("input_as_output", "D17")}),
    ("整体申报-年度任务", {"F10": "5,700.00"}, {("line_total", "F10")}),
    ("整体申报-年度任务", {"G7": "2,900.00"}, {("line_total", "G10")}),
    ("整体申报-年度任务", {"C4": ""}, {("department_missing", "C4")}),
    ("整体申报-年度任务", {"G20": "有效提升"}, {("target_vague", "G20")}),
    ("整体申报-年度任务", {"G14": "≥个"}, {("target_without_number", "G14")}),
    ("整体申报-年度任务", {"B11": ""}, {("goal_missing", "B11")}),
    ("整体申报-收支分列", {"I14": "20"}, {("weights_total", "I10")}),
    ("整体申报-收支分列", {"F11": "≤"}, {("operator_reversed", "F11")}),
    ("整体申报-收支分列", {"B8": ""}, {("goal_missing", "B8")}),
    ("整体申报-收支分列", {"H10": ""}, {("target_unit_missing", "G10")}),
    ("监控-预警灯", {"G5": "0.85"}, {("rate_wrong", "G5")}),
    ("监控-预警灯", {"J5": "0"}, {("fund_total_zero", "J5"), ("surplus_wrong", "J5")}),
    ("监控-预警灯", {"L11": ""}, {("deviation_reason", "L11")}),
    ("监控-预警灯", {"K12": ""}, {("likelihood_missing", "K12")}),
    ("监控-预警灯", {"H5": "400", "J5": "280"},
     {("forecast_under_executed", "H5"), ("fund_over_total", "H6"), ("fund_total", "J5")}),
    ("监控-预警灯", {"H9": ""}, {("actual_missing", "H9")}),
    ("监控-预警灯", {"J9": "红"}, {("deviation_reason", "L9")}),
    ("监控-预警灯", {"H9": "11", "I9": "9"}, {("forecast_under_actual", "I9")}),
    ("监控-勾选", {"K7": "66.00%"}, {("rate_wrong", "K7")}),
    ("监控-勾选", {"H7": "118.00", "K7": "65.56%"}, {("fund_total", "H7")}),
    ("监控-勾选", {"F15": ""}, {("actual_missing", "F15")}),
    ("监控-勾选", {"N15": ""}, {("likelihood_missing", "N15")}),
    ("监控-勾选", {"J18": "", "M18": ""}, {("deviation_reason", "H18")}),
    ("监控-勾选", {"E13": "≥件"}, {("target_without_number", "E13")}),
    ("监控-勾选", {"F14": "0.71万元"}, {("unit_differs", "F14")}),
    ("监控-勾选", {"N7": "230.00", "N8": "210.00"},
     {("forecast_over_budget", "N7"), ("forecast_over_budget", "N8")}),
    ("监控-勾选", {"O15": "√"}, {("likelihood_several", "N15")}),
    ("事前评估-自拟要点", {"E27": "96"}, {("total_score", "E27")}),
    ("事前评估-自拟要点", {"E7": "6", "E27": "96"}, {("score_over_weight", "E7")}),
    ("事前评估-自拟要点", {"B29": "1600"}, {("suggested_over_applied", "B29")}),
    ("事前评估-自拟要点", {"E5": "1600"}, {("fund_over_total", "E5")}),
    ("事前评估-自拟要点", {"B28": ""}, {("opinion_missing", "B28")}),
    ("事前评估-自拟要点", {"A7": "立项必要性（25分）"}, {("level_points", "A7")}),
    ("事前评估-自拟要点", {"F10": ""}, {("deduction_reason", "F10")}),
    ("目标审核-逐项说明", {"E15": "94"}, {("total_score", "E15")}),
    ("目标审核-逐项说明", {"B16": "良"}, {("grade_wrong", "B16")}),
    ("目标审核-逐项说明", {"E7": "11", "E15": "93"}, {("score_over_weight", "E7")}),
    ("目标审核-逐项说明", {"B17": ""}, {("opinion_missing", "B17")}),
    ("目标审核-逐项说明", {"F10": ""}, {("deduction_reason", "F10")}),
    ("目标审核-逐项说明", {"E7": ""}, {("score_missing", "E7"), ("total_score", "E15")}),
    ("评价-四级指标", {"H11": "18", "H15": "100.6"}, {("score_over_weight", "H11")}),
    ("评价-四级指标", {"H15": "98.6"}, {("total_score", "H15")}),
    ("评价-四级指标", {"I8": ""}, {("deduction_reason", "I8")}),
    ("评价-四级指标", {"G11": "5", "H11": "5", "G10": "22", "H10": "22"}, {("effect_points", "A11")}),
    ("评价-字母编号", {"F10": "16", "F15": "95.5"},
     {("score_coefficient", "F10"), ("score_over_weight", "F10")}),
    ("评价-字母编号", {"F15": "96.5"}, {("total_score", "F15")}),
    ("评价-字母编号", {"H13": ""}, {("deduction_reason", "H13")}),
    ("评价-字母编号", {"A10": "C产出（40分）"}, {("level_points", "A10")}),
    ("评价-字母编号", {"B16": "良"}, {("grade_wrong", "B16")}),
    ("评价-字母编号", {"G13": "80%"}, {("score_coefficient", "F13")}),
    ("反馈-表格式", {"E4": "良"}, {("grade_wrong", "E4")}),
    ("反馈-表格式", {"D6": ""}, {("demand_missing", "D6")}),
    ("反馈-表格式", {"B4": ""}, {("total_missing", "B4")}),
    ("安排-评价得分", {"I7": "870"}, {("line_total", "I7")}),
    ("安排-评价得分", {"J5": "-20", "J7": "-10"}, {("difference_wrong", "J5")}),
    ("安排-评价得分", {"F5": "良"}, {("grade_wrong", "F5")}),
    ("安排-评价得分", {"I5": "", "J5": "", "I7": "590"}, {("line_incomplete", "I5")}),
    ("自评-一页两张", {"E11": "1600盏"}, {("score_above_computed", "G11")}),
    ("自评-不合并", {"G6": "10", "G16": "100"}, {("execution_score", "G6")}),
    ("自评-不合并", {"E6": "98", "G6": "9.8", "G16": "99.8"},
     {("execution_score", "G6"), ("rate_wrong", "E6")}),
    ("自评-不合并", {"D6": "45.64", "E6": "98.15", "G6": "9.82", "G16": "99.82"}, {("fund_total", "D6")}),
    ("自评-不合并", {"E13": "3小时"}, {("score_above_computed", "G13")}),
    ("自评-不合并", {"F14": "35"},
     {("below_full_reason", "H14"), ("score_below_computed", "G14"),
      ("total_weight", "F16"), ("weights_total", "F16")}),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_clean_form_is_silent(name):
    assert told(name) == LEFT_OUT.get(name, set())


@pytest.mark.parametrize(("name", "changes", "expected"), FAULTS)
def test_a_planted_fault_is_found_at_its_cell_and_nothing_else(name, changes, expected):
    found = {(code, cell) for _, code, cell in told(name, **changes) - LEFT_OUT.get(name, set())}
    assert found == expected
    assert {code for code, _ in found} <= set(KINDS)


def test_every_form_and_many_kinds_of_fault_are_tried():
    assert {name for name, _, _ in FAULTS} == set(NAMES)
    assert len({code for _, _, expected in FAULTS for code, _ in expected}) == 65


@pytest.mark.parametrize(("name", "facts"), [
    ("自评-指标性质分栏", ("基层文化馆免费开放补助", "51010025R000011122233", 2025, 4, 8)),
    ("自评-湖北二十分", ("高标准农田管护", "", 2025, 1, 6)),
    ("自评-执行率为指标", ("社区卫生服务中心设备更新", "", 2025, 1, 6)),
    ("自评-得分系数", ("巫水县乡村医生补助", "50023825T000004321098", 2025, 3, 6)),
    ("申报-多种来源", ("中心城区停车场建设", "", 2026, 5, 8)),
    ("监控-勾选", ("基层公共法律服务平台运行", "", 2025, 3, 7)),
    ("评价-字母编号", ("职业技能提升行动专项资金", "", 2024, 0, 11)),
    ("反馈-表格式", ("义务教育薄弱学校改造", "", 2026, 0, 0)),
])
def test_what_was_read(name, facts):
    form = checked(name)[0].form
    assert (form.project.text, form.code.text, form.year, len(form.funds), len(form.indicators)) == facts


@pytest.mark.parametrize(("name", "weight", "score", "total"), [
    ("自评-分值在前", "10", "10", "98.00"), ("自评-湖北二十分", "20", "19", "98.25"), ("自评-执行率为指标", "10", "9.8", "99.80"),
    ("自评-总分在表头", "10", "9.50", "99.50"), ("自评-得分系数", "10", "9.8", "99.18"), ("自评-不合并", "10", "9.6", "99.60"),
])
def test_the_points_of_the_execution_rate_are_found_wherever_they_stand(name, weight, score, total):
    result = checked(name)[0]
    assert (result.form.execution.weight.text, result.form.execution.score.text) == (weight, score)
    assert str(result.computed_total) == total


def test_an_item_of_the_fourth_level_is_the_indicator():
    assert [each.name for each in checked("评价-四级指标")[0].form.indicators][:3] == [
        "立项依据充分性", "立项程序规范性", "绩效目标合理性",
    ]


class TestSeveralForms:
    def test_two_on_one_sheet_are_read_apart(self):
        first, second = checked("自评-一页两张")
        assert [each.form.project.text for each in (first, second)] == ["城区路灯维护", "桥梁检测"]
        assert [each.computed_total for each in (first, second)] == [first.added_scores, second.added_scores]

    @pytest.mark.parametrize(("changes", "expected"), [
        ({"G29": "25"}, {("score_over_weight", "G29"), ("total_score", "G34")}),
        ({"B20": ""}, {("project_missing", "B20")}), ({"G34": "98"}, {("total_score", "G34")}),
    ])
    def test_a_fault_in_the_second_is_found(self, changes, expected):
        assert {(code, cell) for _, code, cell in told("自评-一页两张", **changes)} == expected

    def test_one_object_tells_the_findings_of_every_sheet(self, tmp_path):
        faulty = rows_of("自评-分值在前")
        faulty[-2] = [("自评等级", 4, 1), ("良", 6, 1)]
        path = tmp_path / "三张.xlsx"
        path.write_bytes(workbook([["填表说明"]], sheet="说明", more={
            "路灯": rows_of("自评-总分在表头"), "公路": faulty, "空": [],
        }))
        out = io.StringIO()
        with pytest.raises(SystemExit) as left:
            call_command("check_form", str(path), as_json=True, stdout=out)
        told = json.loads(out.getvalue())
        assert left.value.code == 1
        assert told["project"] == "城区路灯维护"
        assert [(each["code"], each["cell"]) for each in told["findings"]] == [("grade_wrong", "公路!E21")]
        assert [(each["project"], len(each["indicators"])) for each in told["others"]] == [("“四好农村路”日常养护经费", 7)]
