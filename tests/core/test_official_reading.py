"""Forms as offices lay them out: which kind, which rows, which figures; whatever the cells hold, no crash."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RuleViolation
from core.official.checking import check
from core.official.checking.report import as_data, lines_for_people
from core.official.filled import FundKind, PaperKind, Written
from core.official.reading import read_form, read_form_of_book
from core.official.reading.funds import fund_kind
from core.official.reading.kinds import kind_by_title
from core.rulebook.terms import Term
from core.sheets import Book, Grid
from tests.core import filled_forms as forms
from tests.core.books import book
from tests.core.filled_forms import workbook
from tests.core.forms_made import word_form, workbook_form


@pytest.mark.parametrize(("title", "kind"), [
    ("项目支出绩效自评表", PaperKind.SELF_EVALUATION),
    ("2023年度省级项目自评表", PaperKind.SELF_EVALUATION),
    ("部门预算项目支出绩效自评表（2022年度）", PaperKind.SELF_EVALUATION),
    ("2025年度部门整体支出绩效自评表", PaperKind.DEPARTMENT_SELF_EVALUATION),
    ("部门（单位）整体绩效自评表", PaperKind.DEPARTMENT_SELF_EVALUATION),
    ("部门整体支出绩效目标申报表", PaperKind.DEPARTMENT_TARGET),
    ("项目支出绩效目标申报表", PaperKind.TARGET_DECLARATION),
    ("区级项目绩效目标批复表", PaperKind.TARGET_DECLARATION),
    ("项目支出绩效目标审核表", PaperKind.TARGET_REVIEW),
    ("项目支出绩效目标执行监控表", PaperKind.PROGRESS_REPORT),
    ("绩效跟踪情况表", PaperKind.PROGRESS_REPORT),
    ("事前绩效评估表", PaperKind.EX_ANTE),
    ("绩效评价指标体系评分表", PaperKind.EVALUATION_SCORES),
    ("绩效评价反馈意见书", PaperKind.FEEDBACK_LETTER),
    ("下年度预算安排表", PaperKind.ALLOCATION),
    ("政府采购合同", None),
])
def test_the_title_tells_the_kind(title, kind):
    grid = Grid("Sheet1", [[title, "", ""], ["甲", "乙", "丙"]])
    assert kind_by_title([grid], "附件.xlsx")[0] is kind


def test_the_file_name_tells_what_the_sheet_does_not():
    assert kind_by_title([Grid("Sheet1", [["甲", "乙"]])], "县公路中心绩效目标执行监控表.xlsx") == (
        PaperKind.PROGRESS_REPORT, "县公路中心绩效目标执行监控表",
    )


@pytest.mark.parametrize(("label", "kind"), [
    ("年度资金总额：", FundKind.TOTAL), ("项目资金总额", FundKind.TOTAL), ("合计", FundKind.TOTAL),
    ("年度财政资金总额", FundKind.TOTAL),
    ("其中：当年财政拨款", FundKind.FISCAL), ("其中：财政资金", FundKind.FISCAL), ("一般公共预算拨款", FundKind.FISCAL),
    ("上年结转资金", FundKind.CARRYOVER), ("　　　上年结转", FundKind.CARRYOVER),
    ("其他资金", FundKind.OTHER), ("财政专户管理资金", FundKind.OTHER), ("单位资金", FundKind.OTHER),
    ("银行贷款", FundKind.OTHER),
    ("其中：中央资金", FundKind.FISCAL_PART), ("省级财政资金", FundKind.FISCAL_PART),
    ("社会捐赠", None), ("项目负责人", None),
])
def test_the_label_tells_the_source(label, kind):
    assert fund_kind(label) is kind


class TestSelfEvaluation:
    """The sample form of the road project, as tests of core.sheets build it."""

    def test_a_workbook(self):
        form = read_form(workbook_form(), name="自评表.xlsx")
        assert (form.kind, form.project, form.department, form.unit, form.year) == (
            PaperKind.SELF_EVALUATION, Written(text="农村公路日常养护及小修保养", cell="C4"),
            Written(text="县交通运输局", cell="C5"),
            Written(text="县公路养护中心", cell="H5"), 2025,
        )
        assert form.field("goal") == Written(text="对全县 1,186.5 公里农村公路实施日常养护。", cell="C12")
        assert form.field("result").cell == "F12"
        assert [(row.kind, row.yuan("adjusted"), row.yuan("executed"), row.ratio) for row in form.funds] == [
            (FundKind.TOTAL, Decimal("11500000.00"), Decimal("11040000.00"), Decimal("0.96")),
            (FundKind.FISCAL, Decimal("11500000.00"), Decimal("11040000.00"), Decimal("0.96")),
            (FundKind.CARRYOVER, Decimal("0.00"), Decimal("0.00"), None),
            (FundKind.OTHER, Decimal("0.00"), Decimal("0.00"), None),
        ]
        assert (form.execution.weight, form.execution.score) == (Written(text="10", cell="I7"),
            Written(text="9.6", cell="K7"))
        assert [(each.level1, each.level2, each.weight, each.score) for each in form.indicators[:3]] == [
            ("成本指标", "经济成本指标", Decimal(10), Decimal(10)), ("产出指标", "数量指标", Decimal(10), Decimal(10)),
            ("产出指标", "数量指标", Decimal(20), Decimal("18.38")),
        ]
        assert [(each.name, each.points, each.cell) for each in form.level_points] == [
            ("成本指标", 10, "B14"), ("产出指标", 50, "B15"), ("效益指标", 20, "B18"), ("满意度指标", 10, "B19"),
        ]
        assert (form.total_weight, form.total_score) == (Written(text="100", cell="G20"),
            Written(text="97.41", cell="H20"))

    def test_several_tables_in_word_are_one_form_and_cells_name_their_table(self):
        form = read_form(word_form(), name="自评表.docx")
        assert form.project == Written(text="农村公路日常养护及小修保养", cell="表格1!B1")
        assert form.indicators[2]["reason"] == Written(text="7月连续强降雨，西岭乡路段顺延。", cell="表格2!H4")
        assert form.field("contact").text == "李卫国"
        assert form.funds == ()

    def test_operator_and_unit_in_columns_of_their_own(self):
        form = read_form(workbook(forms.column_rows(forms.split_columns(forms.self_evaluation()))),
                         name="表.xlsx")
        assert form.unit == Written(text="县公路养护中心", cell="G4")
        readings = [each.target.as_data() for each in form.indicators]
        assert [(each["op"], each["values"], each["unit"]) for each in readings] == [
            ("<=", ["0.92"], "万元/公里"), (">=", ["1186.5"], "公里"), (">=", ["4.20"], "万平方米"),
            ("=", ["100"], "%"),
            ("<=", [], ""), ("=", ["100"], "%"), (None, [], ""), (">=", ["90"], "%"),
        ]
        assert form.indicators[1].actual.unit == "公里"
        assert [row.yuan("executed") for row in form.funds] == [
            Decimal("11040000.00"), Decimal("10600000.00"), Decimal("440000.00"), Decimal("0.00"),
        ]

    def test_amounts_in_yuan(self):
        given = forms.self_evaluation() | {"unit_line": "金额单位：元"}
        rows = [[(cell[0].replace("（万元）", "（元）"), *cell[1:]) if isinstance(cell,
            tuple) else cell for cell in row]
                for row in forms.standard_rows(given)]
        form = read_form(workbook(rows), name="表.xlsx")
        assert (form.in_yuan, form.total_fund.yuan("executed")) == (True, Decimal("1104.00"))


class TestDeclaration:
    def test_the_annual_amounts_and_indicators_are_told_from_those_of_the_whole_term(self):
        form = read_form(workbook(forms.declaration_rows()), name="表.xlsx")
        assert [(row.kind, row.amounts["declared"]) for row in form.funds] == [
            (FundKind.TOTAL, Written(text="1150", cell="G6")),
            (FundKind.FISCAL, Written(text="1100", cell="G7")),
            (FundKind.CARRYOVER, Written(text="50", cell="G8")),
            (FundKind.OTHER, Written(text="0", cell="G9")),
        ]
        assert [(each.level2, each.name, each["target"].text) for each in form.indicators] == [
            ("经济成本指标", "日常养护平均成本", "≤0.92万元/公里"), ("数量指标", "日常养护里程", "≥1,186.5公里"),
            ("质量指标", "小修工程验收合格率", "=100%"), ("社会效益指标", "通客车行政村比例", "=100%"),
            ("服务对象满意度指标", "沿线群众满意度", "≥90%"),
        ]
        assert form.overall_indicators[1].name == "三年养护里程"
        assert form.field("goal").text == "全年养护1,186.5公里，处治小修4.20万平方米。"
        assert form.field("overall_goal").text == "三年内中等路以上比例达到85%。"

    def test_two_sets_side_by_side_without_a_term_are_both_read(self):
        head = ["一级指标", "二级指标", "三级指标", "指标值", "三级指标", "指标值"]
        rows = [
            [("项目支出绩效目标申报表", 6, 1)], ["项目名称", ("智慧公路", 5, 1)], ["实施单位", ("县公路养护中心", 5, 1)], head,
            ["产出指标", "数量指标", "建设监测站", "≥5个", "接入路段", "≥12条"],
        ]
        form = read_form(workbook(rows), name="表.xlsx")
        assert [(each.level2, each.name, each["target"].cell) for each in form.indicators] == [
            ("数量指标", "建设监测站", "D5"), ("数量指标", "接入路段", "F5"),
        ]


class TestOtherKinds:
    def test_monitoring_ticks_and_money_so_far(self):
        form = read_form(workbook(forms.progress_rows()), name="表.xlsx")
        assert {name: form.total_fund.yuan(name) for name in ("adjusted", "executed", "forecast",
            "surplus")} == {
            "adjusted": Decimal("11500000.00"), "executed": Decimal("6900000.00"),
            "forecast": Decimal("11500000.00"),
            "surplus": Decimal("0.00"),
        }
        assert form.indicators[1]["staffing"] == Written(text="√", cell="I14")
        assert form.indicators[1]["note"].text == "监理人员不足。"

    def test_a_department_with_one_line_of_money_and_adjusted_targets(self):
        form = read_form(workbook(forms.whole_rows()), name="表.xlsx")
        assert (form.kind, form.department.text, form.project.text) == (
            PaperKind.DEPARTMENT_SELF_EVALUATION, "县交通运输局", "",
        )
        assert [row.kind for row in form.funds] == [FundKind.TOTAL]
        assert form.execution.score.number == Decimal("9.40")
        assert form.indicators[1].target.values == (Decimal(66),)
        assert (form.total_score.number, form.field("goal").text) == (Decimal("99.40"), "建成四好农村路66公里。")

    def test_items_of_a_review_keep_their_own_names(self):
        form = read_form(workbook(forms.review_rows()), name="表.xlsx")
        assert [(each.level1, each.name, each.score) for each in form.indicators[:3]] == [
            ("完整性审核", "规范完整性", 9), ("完整性审核", "明确清晰性", 9), ("相关性审核", "目标相关性", 14),
        ]
        assert (form.total_score.number, form.field("grade").text, form.field("opinion").text) == (
            88, "良", "补充时效指标后通过。",
        )

    def test_a_letter(self):
        before, table, after = forms.letter_tables()
        form = read_form(forms.word(table, before=before, after=after), name="意见书.docx")
        assert {name: form.field(name).text for name in ("document_no", "total", "grade", "plan_days")} == {
            "document_no": "安财绩函〔2026〕7号", "total": "86.50", "grade": "良", "plan_days": "30",
        }
        assert (form.unit.text, form.project.text) == ("县交通运输局", "农村公路日常养护及小修保养")
        assert [line["demand"].text for line in form.lines] == ["补齐台账，按月抽查。", "补办验收手续。"]

    def test_an_allocation(self):
        form = read_form(workbook(forms.allocation_rows()), name="表.xlsx")
        assert [line["amount"].yuan(in_yuan=False) for line in form.lines] == [Decimal("12000000.00"),
            Decimal("2800000.00")]
        assert form.field("total_amount").number == Decimal("1480.00")


@pytest.mark.parametrize("rows", [[["姓名", "电话"], ["李卫国", "0000"]], [["项目支出绩效自评表"]], [["自评表"], ["请各单位按时报送。"]]])
def test_what_is_no_form_is_refused(rows):
    with pytest.raises(RuleViolation) as refused:
        read_form(workbook(rows), name="表.xlsx")
    assert refused.value.codes == ["not_official_form"]


STRANGE = st.sampled_from([
    "", "—", "0", "-1", "100", "1e9", "％", "≥", "≥ %", "=1/0", "#DIV/0!", "合计", "总分", "一级指标", "项目名称",
    "12,345.678", "九十五",
    "95%以上", "2025年13月", "2025-02-30", "不适用", "达成预期指标", "：", "（", "产出指标（50分）", "分", "1150万元", "5—8",
]) | st.text(max_size=12)
LAYOUTS = (
    forms.standard_rows(forms.self_evaluation()),
    forms.column_rows(forms.split_columns(forms.self_evaluation())),
    forms.declaration_rows(), forms.progress_rows(), forms.whole_rows(), forms.review_rows(),
    forms.ex_ante_rows(book("mof-2021-cost")), forms.evaluation_rows(), forms.allocation_rows(),
    forms.letter_tables()[1],
)


def spread(rows: list[list]) -> list[list[str]]:
    """The cells as a grid holds them, merged ones filled."""
    placed = forms.placed(rows)
    height = max(row + high for row, _, _, _, high in placed)
    width = max(column + wide for _, column, _, wide, _ in placed)
    grid = [[""] * width for _ in range(height)]
    for row, column, text, wide, high in placed:
        for y in range(row, row + high):
            grid[y][column:column + wide] = [text] * wide
    return grid


SPREAD = [spread(rows) for rows in LAYOUTS]
PLACE = st.tuples(st.integers(0, 60), st.integers(0, 13), STRANGE)


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(SPREAD), st.lists(PLACE, max_size=16), st.lists(st.integers(0, 60), max_size=2),
       st.none() | st.sampled_from(list(PaperKind)))
def test_whatever_stands_in_the_cells_there_is_an_answer(layout, strange, lost, kind: Term | None):
    """Many cells written over at once, rows lost, kinds forced: a finding or a refusal, never a crash."""
    rows = [list(row) for row in layout]
    for y, x, text in strange:
        rows[y % len(rows)][x % len(rows[0])] = text
    for place in lost:
        del rows[place % len(rows)]
    try:
        form = read_form_of_book(Book("表.xlsx", "xlsx", [Grid("表", rows)], []), kind=kind)
    except RuleViolation as refused:
        assert refused.codes == ["not_official_form"]
        return
    checked = check(form)
    assert as_data(checked)["kind"] == form.kind.value
    assert list(lines_for_people(checked))
    assert form.record()["kind"] == form.kind.value
