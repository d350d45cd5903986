"""Labels and tables of official forms found by their words."""

from decimal import Decimal
from pathlib import Path

import pytest

from core.layout import (
    INDICATOR_COLUMNS,
    Place,
    areas_in_row,
    bare,
    find_label,
    find_labels,
    find_table,
    find_year,
    inline_value,
    plain,
    says,
    split_level,
)
from core.sheets import Area, Grid, read_book

FORMS = Path(__file__).resolve().parent.parent / "data" / "forms"


def grid(*lines: str, merged=(), **more) -> Grid:
    """Cells divided by |, written as they are; a cell that only says ^ or < belongs to the area above or left of it."""
    rows = [[cell.strip(" ").replace("/n", "\n") for cell in line.split("|")] for line in lines]
    areas: dict[tuple[int, int], list[int]] = {}
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            above_or_left = {"^": (row - 1, column), "<": (row, column - 1)}.get(text)
            anchor = owner[above_or_left] if above_or_left else (row, column)
            owner[row, column] = anchor
            area = areas.setdefault(anchor, [row, column, row, column])
            area[2], area[3] = max(area[2], row), max(area[3], column)
            rows[row][column] = rows[anchor[0]][anchor[1]]
    found = tuple(Area(*area) for area in areas.values() if area[:2] != area[2:])
    return Grid("表", rows, merged=found, **more)


def form(name: str, place: int = 0) -> Grid:
    return read_book((FORMS / name).read_bytes(), name=name).grids[place]


class TestWords:
    @pytest.mark.parametrize(("text", "word"), [
        ("  年初\n预算数（万元）： ", "年初预算数(万元)"), ("＊项目名称", "项目名称"), ("1—6月执行数", "1-N月执行数"), ("1～12 月完成情况", "1-N月完成情况"),
        ("1至9月执行率", "1-N月执行率"), ("【产出】", "(产出)"), ("得\u200b分\xa0", "得分"), ("１２３", "123"), ("", ""),
    ])
    def test_plain(self, text, word):
        assert plain(text) == word

    @pytest.mark.parametrize(("text", "word"), [
        ("年初预算数（万元）", "年初预算数"), ("一、项目名称：", "项目名称"), ("（二）年度目标", "年度目标"), ("1.项目概况", "项目概况"), ("3.5", "3.5"),
        ("2、主管部门(盖章)", "主管部门"), ("（万元）", "(万元)"),
    ])
    def test_bare(self, text, word):
        assert bare(text) == word

    @pytest.mark.parametrize(("text", "words", "answer"), [
        ("项目\n名称：", ("项目名称",), True), ("项目名称及编号", ("项目名称",), False), ("偏差原因分析及拟采取的措施", ("偏差原因…",), True),
        ("说明：1.得分按比例计", ("说明:…",), True), ("说明书编制", ("说明:…",), False), ("1-6月执行数（万元）", ("1-N月执行数",), True),
        ("评（扣）分标准", ("评(扣)分标准",), True), ("", ("",), False), ("未完成的原因", ("未完成…原因",), True),
    ])
    def test_says(self, text, words, answer):
        assert says(text, words) is answer


class TestLabels:
    HEAD = grid(
        "项目名称 | < | 农村公路养护 | < | <",
        "主管部门 | < |  | 实施单位 | 县公路养护中心",
        "联系人 |  | 李卫国 | 电话：0000-6621215 | <",
        "年度目标 | 预期目标 | < | 实际完成情况 | <",
        "^ | 养护 1,186.5 公里 | < | 全部完成 | <",
        before=("附件1", "（2025年度）", "填报单位（盖章）：县公路养护中心    金额单位：万元"), after=("填报人：周小兰  填报日期：2026年3月12日",),
    )

    @pytest.mark.parametrize(("word", "value", "cell"), [
        ("项目名称", "农村公路养护", "C1"), ("主管部门", "", "C2"), ("实施单位", "县公路养护中心", "E2"), ("联系人", "李卫国", "C3"),
        ("电话", "0000-6621215", "D3"), ("预期目标", "养护 1,186.5 公里", "B5"), ("实际完成情况", "全部完成", "D5"),
    ])
    def test_the_cell_that_answers(self, word, value, cell):
        label = find_label(self.HEAD, word)
        assert (label.value, label.answer.cell) == (value, cell)

    @pytest.mark.parametrize(("word", "value"), [
        ("填报单位", "县公路养护中心"), ("金额单位", "万元"), ("填报人", "周小兰"), ("填报日期", "2026年3月12日"),
    ])
    def test_labels_in_the_lines_around(self, word, value):
        label = find_label(self.HEAD, word)
        assert (label.value, label.place, label.answer) == (value, None, None)

    def test_all_that_stands_beside(self):
        label = find_label(self.HEAD, "主管部门")
        assert label.place == Place(1, 0, "主管部门")
        assert label.right == (Place(1, 2, ""), Place(1, 3, "实施单位"), Place(1, 4, "县公路养护中心"))
        assert [place.text for place in label.below] == ["联系人", "年度目标"]

    def test_other_words_for_it_and_none(self):
        assert find_label(self.HEAD, "项目单位", "实施单位").value == "县公路养护中心"
        assert find_label(self.HEAD, "财政处室") is None

    def test_only_between_the_given_rows(self):
        twice = grid("得分 | 1", "得分 | 2", "得分 | 3")
        assert [label.value for label in find_labels(twice, "得分")] == ["1", "2", "3"]
        assert [label.value for label in find_labels(twice, "得分", start=1, end=2)] == ["2"]

    def test_a_merged_label_is_found_once(self):
        assert [label.value for label in find_labels(grid("资金 | 甲", "^ | 乙"), "资金")] == ["甲"]

    @pytest.mark.parametrize(("text", "word", "value"), [
        ("填报单位（盖章）：            填报日期：2025年", "填报单位", ""), ("填报单位：县局\n联系人：周小兰", "填报单位", "县局"),
        ("项 目 名 称 : 道路 桥梁", "项目名称", "道路 桥梁"), ("上级填报单位：甲", "填报单位", None), ("填报单位", "填报单位", None),
        ("注：得分：9", "得分", None), ("注： 得分：9", "得分", "9"), ("单位负责人（签字）：何亮", "单位负责…", "何亮"),
    ])
    def test_inline_value(self, text, word, value):
        assert inline_value(text, word) == value

    def test_areas_of_a_row(self):
        assert areas_in_row(self.HEAD, 4) == [
            Place(3, 0, "年度目标"), Place(4, 1, "养护 1,186.5 公里"), Place(4, 3, "全部完成"),
        ]
        assert areas_in_row(self.HEAD, 9) == []


class TestTables:
    @pytest.mark.parametrize("name", ["自评表.xlsx", "自评表-另存.xlsx", "自评表.xls", "自评表.ods"])
    def test_the_indicators_of_a_workbook_form(self, name):
        table = find_table(form(name), INDICATOR_COLUMNS, required=("name", "target", "weight"))
        assert (table.header, table.end) == ((12, 12), 19)
        assert table.columns == {
            "level1": (1, 1), "level2": (2, 2), "name": (3, 3), "target": (4, 4), "actual": (5, 5), "weight": (6, 6),
            "score": (7, 7),
            "reason": (8, 10),
        }
        assert [(row.number, row["level1"], row["level2"], row["name"], row["target"], row["actual"], row["weight"],
            row["score"])
                for row in table.rows] == [
            (14, "成本指标\n（10分）", "经济成本指标", "日常养护平均成本", "≤0.92万元/公里·年", "0.90", "10", "10"),
            (15, "产出指标（50分）", "数量指标", "日常养护里程", "≥1,186.5公里", "1,186.5公里", "10", "10"),
            (16, "产出指标（50分）", "数量指标", "小修保养处治面积", "≥4.20万平方米", "3.86万平方米", "20", "18.38"),
            (17, "产出指标（50分）", "时效指标", "养护任务按期完成率", "95%", "92.3%", "20", "19.43"),
            (18, "效益指标（20分）", "社会效益指标", "通客车行政村比例", "100%", "100%", "20", "20"),
            (19, "满意度指标（10分）", "服务对象满意度指标", "沿线群众满意度", "≥90%", "91.8%", "10", "10"),
        ]
        assert table.rows[2]["reason"] == "7月连续强降雨，西岭乡路段顺延。"
        assert (table.rows[3].cell("level1"), table.rows[3].cell("target"), table.rows[3].cell("unit")) == ("B15",
            "E17", "")
        assert (table.total.number, table.total["weight"], table.total["score"]) == (20, "100", "97.41")
        assert (table.header_text("level1"), table.header_cell("level1"), table.rows[0]["unit"]) == ("一级\n指标", "B13",
            "")

    @pytest.mark.parametrize("name", ["自评表.docx", "自评表-另存.docx"])
    def test_the_indicators_of_a_word_form(self, name):
        assert find_table(form(name, 0), INDICATOR_COLUMNS, required=("name",)) is None
        table = find_table(form(name, 1), INDICATOR_COLUMNS, required=("name",))
        assert [(row.number, row["name"], row["actual"]) for row in table.rows] == [
            (2, "日常养护平均成本", "0.90"), (3, "日常养护里程", "1,186.5公里"), (4, "小修保养处治面积", "3.86万平方米"), (5, "养护任务按期完成率", "92.3%"),
            (6, "通客车行政村比例", "1"), (7, "沿线群众满意度", "91.8%"),
        ]
        assert (table.total["score"], table.total.cell("score")) == ("97.41", "G8")

    def test_the_funds_above_the_indicators(self):
        table = find_table(
            form("自评表.xlsx"),
            {"initial": ("年初预算数",), "full_year": ("全年预算数",), "executed": ("全年执行数",), "rate": ("执行率",)},
            required=("initial", "executed"), stop=("年度总体目标",),
        )
        assert [(row.heading, row["initial"], row["executed"], row["rate"],
            row.cell("executed")) for row in table.rows] == [
            ("年度资金总额", "1150", "1104", "96%", "G7"), ("其中：当年财政拨款", "1150", "1104", "96%", "G8"),
            ("上年结转资金", "0", "0", "", "G9"), ("其他资金", "0", "0", "", "G10"),
        ]
        assert (table.header, table.end, table.total) == ((5, 5), 10, None)

    @pytest.mark.parametrize("heading", ["年度指标值", "指标值", "目标值", "全年目标值", "年初\n指标值", "指标值（含单位）", "绩效指标值"])
    def test_words_for_the_target(self, heading):
        table = find_table(grid(f"三级指标 | {heading.replace(chr(10), '/n')} | 备用", "里程 | ≥5公里 | x"), INDICATOR_COLUMNS)
        assert [dict(row.texts) for row in table.rows] == [{"name": "里程", "target": "≥5公里"}]

    @pytest.mark.parametrize(("heading", "name"), [
        ("实际完成值", "actual"), ("完成情况", "actual"), ("全年完成值", "actual"), ("分 值", "weight"), ("权重（%）", "weight"),
        ("指标性质", "operator"),
        ("度量单位", "unit"), ("评(扣)分标准", "standard"), ("指标值类型", "value_type"), ("未完成原因及整改措施", "reason"), ("自评得分", "score"),
    ])
    def test_words_for_other_columns(self, heading, name):
        table = find_table(grid(f"三级指标 | 甲 | {heading}", "里程 | 1 | 2"), INDICATOR_COLUMNS)
        assert table.columns == {"name": (0, 0), name: (2, 2)}

    def test_the_more_telling_word_wins(self):
        table = find_table(grid("指标名称 | 三级指标 | 指标值 | 年度指标值", "甲 | 乙 | 1 | 2"), INDICATOR_COLUMNS)
        assert dict(table.rows[0].texts) == {"name": "乙", "target": "2"}

    def test_two_header_rows(self):
        table = find_table(
            grid(
                "三级指标 | 年度指标值 | < | < | 资金 | <",
                "^ | 符号 | 数值 | 单位 | 财政拨款 | 其他",
                "里程 | ≥ | 5 | 公里 | 10 | 2",
            ),
            {**INDICATOR_COLUMNS, "target": ("年度指标值数值",), "fiscal": ("资金财政拨款",)}, required=("name", "target"),
        )
        assert (table.header, table.columns["operator"]) == ((0, 1), (1, 1))
        assert dict(table.rows[0].texts) == {"name": "里程", "operator": "≥", "target": "5", "unit": "公里", "fiscal": "10"}

    def test_a_header_whose_cells_are_merged_downwards(self):
        table = find_table(grid("三级指标 | 指标值", "^ | ^", "里程 | 5"), INDICATOR_COLUMNS)
        assert (table.header, [row.number for row in table.rows]) == ((0, 1), [3])

    def test_a_heading_over_several_columns_takes_all_of_them(self):
        table = find_table(grid("三级指标 | < | 年度指标值 | <", "里程 | < | ≥ | 95%", "1. | 面积 | 5 | 8"), INDICATOR_COLUMNS)
        assert [(row["name"], row["target"]) for row in table.rows] == [("里程", "≥95%"), ("1.面积", "5 8")]

    def test_titles_notes_blank_rows_and_repeated_heads_are_left_out(self):
        table = find_table(
            grid(
                "绩效指标 | < | <", "三级指标 | 指标值 | 分值", "一、产出 | < | <", "里程 | 5 | 10", " | | ", "三级指标 | 指标值 | 分值",
                "面积 | 6 | 20",
                "合计 | | 30", "说明：略 | < | <",
            ),
            INDICATOR_COLUMNS,
        )
        assert [(row.number, row["name"]) for row in table.rows] == [(4, "里程"), (7, "面积")]
        assert (table.total["weight"], table.end) == ("30", 7)

    @pytest.mark.parametrize("footer", ["说明：得分按比例 | <", "注:1.略 | ", "填报人：周小兰 | 电话", "其他需要说明的问题 | 无"])
    def test_what_ends_a_table_without_being_a_total(self, footer):
        table = find_table(grid("三级指标 | 指标值", "里程 | 5", footer, "面积 | 6"), INDICATOR_COLUMNS)
        assert ([row["name"] for row in table.rows], table.total, table.end) == (["里程"], None, 2)

    def test_empty_level_cells_repeat_those_above_until_the_outer_one_changes(self):
        table = find_table(
            grid("一级指标 | 二级指标 | 三级指标", "产出 | 数量 | 甲", " |  | 乙", " | 质量 | 丙", "效益 |  | 丁"), INDICATOR_COLUMNS,
            carry=("level1", "level2"),
        )
        assert [(row["level1"], row["level2"], row["name"], row.cell("level1")) for row in table.rows] == [
            ("产出", "数量", "甲", "A2"), ("产出", "数量", "乙", "A2"), ("产出", "质量", "丙", "A2"), ("效益", "", "丁", "A5"),
        ]

    def test_tables_side_by_side(self):
        both = grid("三级指标 | 指标值 | 三级指标 | 指标值", "总体 | 1 | 年度 | 2")
        assert [find_table(both, INDICATOR_COLUMNS, within=part).rows[0]["name"] for part in ((0, 1), (2, 3))] == [
            "总体", "年度"]

    def test_the_fuller_header_is_taken_and_the_search_may_start_later(self):
        two = grid("指标名称 | 数", "甲 | 1", "三级指标 | 指标值", "乙 | 2", "三级指标 | 指标值", "丙 | 3")
        assert find_table(two, INDICATOR_COLUMNS).header == (2, 2)
        assert find_table(two, INDICATOR_COLUMNS, start=4).rows[0]["name"] == "丙"

    def test_none_without_the_required_columns(self):
        assert find_table(grid("三级指标 | 指标值", "甲 | 1"), INDICATOR_COLUMNS, required=("name", "weight")) is None
        assert find_table(Grid("空", []), INDICATOR_COLUMNS) is None


@pytest.mark.parametrize(("text", "level", "points"), [
    ("产出指标(50分)", "产出指标", Decimal(50)), ("产出指标\n（50分）", "产出指标", Decimal(50)), ("产出", "产出指标", None),
    ("一、产出指标", "产出指标", None),
    ("（一）产出类指标（权重：40）", "产出指标", Decimal(40)), ("产 出\n指 标 40%", "产出指标", Decimal(40)), ("效益指标30分", "效益指标", Decimal(30)),
    ("项目效果", "效益指标", None), ("满意度指标（10）", "满意度指标", Decimal(10)), ("满意度", "满意度指标", None),
    ("成本指标(12.5分)", "成本指标", Decimal("12.5")),
    ("数量", "数量指标", None), ("产出质量", "质量指标", None), ("时效指标", "时效指标", None), ("生态环境效益指标", "生态效益指标", None),
    ("可持续发展指标", "可持续影响指标", None), ("社会公众或服务对象满意度指标", "服务对象满意度指标", None), ("服务对象\n满意度指标", "服务对象满意度指标", None),
    ("决策（20分）", "决策", Decimal(20)), ("预算执行率(10分)", "预算执行率", Decimal(10)), ("指标1", "指标1", None),
    ("其他指标（5分）", "其他指标", Decimal(5)),
    ("", "", None),
])
def test_split_level(text, level, points):
    assert split_level(text) == (level, points)


@pytest.mark.parametrize(("lines", "before", "year"), [
    (["自评表", "（ 2025 年度）"], (), 2025), (["表"], ("（2024年度）",), 2024), (["2026年3月填报", "2025年度自评表"], (), 2025),
    (["二〇二五年度"], (), 2025),
    (["填报日期 2026年"], (), 2026), (["没有年份"], (), None), ([f"{'长' * 60}2025年度"], (), None),
])
def test_find_year(lines, before, year):
    assert find_year(grid(*lines, before=before)) == year
