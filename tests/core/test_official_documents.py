"""Official forms as table documents, and the same form as PDF, Word file and workbook."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from core import sheets
from core.errors import RuleViolation
from core.official import Align, FormDocument, Prose, Table, check_code, label, number, percent, text
from core.official.document import cut_tall, head_and_body, lines_needed, place_cells
from core.official.paper import is_long, to_pdf
from core.official.word import to_docx
from core.official.workbook import to_xlsx
from tests.core.official_forms import (
    INDICATORS,
    PRINTED_AT,
    letter,
    many_indicators,
    roll_up,
    self_evaluation,
)
from tests.core.test_pdf import pages_of


def tiny(*rows, header_rows=0, columns=(1, 1, 1), **changes) -> FormDocument:
    table = Table(rows, header_rows=header_rows)
    return FormDocument(title="测试表", columns=columns, blocks=(table,), printed_at=PRINTED_AT, **changes)


def words(*rows) -> tuple:
    return tuple(tuple(map(text, row)) for row in rows)


# --- the description --------------------------------------------------------------------------------------


def test_cells_say_what_is_printed_and_keep_the_exact_figure():
    wan = number(Decimal("1234567.125678"))
    assert (wan.text, wan.amount, wan.number_format, wan.alignment) == (
        "1,234,567.13", Decimal("1234567.125678"), "#,##0.00", Align.RIGHT
    )
    assert number(Decimal(10), places=0).text == "10"
    assert (number(Decimal("-0.005")).text, number(None, blank="—").text) == ("-0.01", "—")
    rate = percent(Decimal("0.9605"))
    assert (rate.text, rate.amount, rate.number_format) == ("96.1%", Decimal("0.9605"), "0.0%")
    assert (percent(None, blank="—").text, percent(Decimal(1), places=0).text) == ("—", "100%")
    assert (label("得分").alignment, text("按期完成").alignment) == (Align.CENTER, Align.LEFT)


def test_what_is_pasted_along_unseen_is_dropped():
    assert text("\ufeff甲\u200b方\t代表\r\n签字\x07").text == "甲方 代表\n签字"
    assert Prose(("甲\u200b方",)).paragraphs == ("甲方",)


def test_merged_cells_are_placed_as_in_html():
    table = Table(((label("甲", rowspan=2), label("乙", colspan=2)), (label("丙"), label("丁"))))
    assert [[(placed.cell.text, placed.row, placed.column, placed.last_row, placed.last_column) for placed in row]
            for row in place_cells(table, 3)] == [
        [("甲", 0, 0, 1, 0), ("乙", 0, 1, 0, 2)], [("丙", 1, 1, 1, 1), ("丁", 1, 2, 1, 2)]
    ]


@pytest.mark.parametrize(("rows", "message"), [
    (((text("甲"), text("乙")),), "第 1 行的第 3 列没有单元格"),
    (((text("甲", colspan=4),),), "第 1 行的单元格“甲”超出表格"),
    (((text("甲", rowspan=2), text("乙"), text("丙")),), "第 1 行的单元格“甲”超出表格"),
    (((text("甲"), text("乙", rowspan=2), text("丙")), (text("丁", colspan=2), text("戊"))), "第 2 行的单元格“丁”超出表格或与别的单元格重叠"),
])
def test_a_table_that_does_not_fill_its_grid_is_refused(rows, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        tiny(*rows)


def test_a_label_that_reaches_out_of_the_head_is_cut_there():
    head, body = head_and_body(self_evaluation().tables[1], 11)
    above, below = head[0][0], body[0][0]
    assert (above.cell.text, above.cell.rowspan, above.open_bottom, above.open_top) == ("", 1, True, False)
    assert (below.cell.text, below.cell.rowspan, below.row, below.open_top) == ("绩效指标", 13, 1, True)


def test_tall_labels_are_repeated_every_so_many_rows():
    table = Table(((label("产出指标", rowspan=5), text("1")), *words(*(str(place) for place in range(2, 6)))))
    cut = cut_tall(place_cells(table, 2), 2)
    assert [(placed.cell.text, placed.row, placed.cell.rowspan, placed.open_top, placed.open_bottom)
            for row in cut for placed in row if placed.column == 0] == [
        ("产出指标", 0, 2, False, True), ("产出指标", 2, 2, True, True), ("产出指标", 4, 1, True, False)
    ]


@pytest.mark.parametrize(("value", "units", "lines"), [
    ("", 10, 1), ("甲乙丙丁戊", 10, 1), ("甲乙丙丁戊己", 10, 2), ("1234567890", 10, 1), ("甲\n乙\n", 10, 3), ("甲乙", 0, 2),
])
def test_lines_needed(value, units, lines):
    assert lines_needed(value, units) == lines


def test_the_check_code_follows_the_content_and_not_the_time_of_printing():
    form = self_evaluation()
    assert form.check_code == check_code(form) == check_code(self_evaluation())
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", form.check_code)
    assert check_code(replace(form, printed_at=PRINTED_AT + timedelta(days=1))) == form.check_code
    others = [
        replace(form, version="第 3 版"), replace(form, unit_line="填报单位（盖章）：安澜县水利局"), replace(form, notes=()),
        self_evaluation((*INDICATORS[:-1], (*INDICATORS[-1][:4], "91.9%", *INDICATORS[-1][5:]))),
    ]
    assert len({form.check_code, *map(check_code, others)}) == 5


def test_equal_figures_have_the_same_check_code_however_they_are_written():
    codes = [check_code(tiny((number(Decimal(said), colspan=3),))) for said in ("1150", "1150.00", "1150.001")]
    assert codes[0] == codes[1] != codes[2]


# --- PDF --------------------------------------------------------------------------------------------------


FOOT = "项目编号：25-JT-0012版本：第2版第{}页共{}页预算绩效管理系统生成2026-03-1216:08校验码{}"


def squeezed(*parts: str) -> str:
    return "".join("".join(parts).split())


def cells_of(table: Table) -> list[str]:
    return [cell.text for row in table.rows for cell in row]


def test_the_self_evaluation_form_is_one_page_and_says_exactly_what_the_form_says():
    form = self_evaluation()
    facts, indicators = form.tables
    label_in_head, *others = cells_of(indicators)
    others.insert(8, label_in_head)
    assert pages_of(to_pdf(form)) == [squeezed(
        FOOT.format(1, 1, form.check_code), form.annex, form.title, form.year_label, form.unit_line,
        form.money_unit_line, *cells_of(facts), *others, *form.signatures, *form.notes,
    )]


def test_fifteen_indicators_fit_one_page():
    assert len(pages_of(to_pdf(self_evaluation(INDICATORS[:4] + many_indicators(2) + INDICATORS[4:])))) == 1


def test_merged_cells_go_on_over_the_page_with_head_and_labels_repeated():
    form = self_evaluation(many_indicators(60))
    first, second = pages_of(to_pdf(form))
    foot = squeezed(FOOT)
    assert first.startswith(foot.format(1, 2, form.check_code))
    assert second.startswith(foot.format(2, 2, form.check_code) + "一级指标二级指标三级指标年度指标值实际完成值分值得分偏差原因分析及改进措施绩效指标产出指标数量指标第")
    batches = [re.findall(r"第(\d+)批养护里程", page) for page in (first, second)]
    assert sum(batches, []) == [str(place) for place in range(1, 61)]
    assert 20 < len(batches[0]) < 40


def test_neighbouring_merged_cells_stay_in_their_columns():
    rows = (
        (text("甲1"), text("乙1"), text("丙1-3", rowspan=3)),
        (text("甲2"), text("乙2-3", rowspan=2)),
        (text("甲3-4", rowspan=2),),
        (text("乙4"), text("丙4")),
    )
    page, = pages_of(to_pdf(tiny(*rows)))
    assert "甲1乙1丙1-3甲2乙2-3甲3-4乙4丙4" in page


def test_more_than_a_hundred_rows_go_to_typst():
    assert (is_long(roll_up(98)), is_long(roll_up(99))) == (False, True)
    assert is_long(tiny((label("情况说明"), text("县" * 3000, colspan=2))))
    assert not is_long(tiny((label("情况说明"), text("县" * 1000, colspan=2))))


def test_three_hundred_rows_on_exact_pages_with_the_head_on_each():
    form = roll_up(300)
    pages = pages_of(to_pdf(form))
    assert len(pages) == 11
    assert [page.count("存在问题及改进措施") for page in pages] == [1] * 11
    assert [page.count("执行率") for page in pages] == [1] * 11
    codes = [code for page in pages for code in re.findall(r"301\d{3}-ZFCG-\d{4}/B", page)]
    assert codes == [f"301{place:03d}-ZFCG-{place:04d}/B" for place in range(1, 301)]
    assert [re.findall(r"第(\d+)页共(\d+)页", page) for page in pages] == [[(str(place), "11")] for place in range(1, 12)]
    assert all(page.endswith(f"预算绩效管理系统生成2026-03-1216:08校验码{form.check_code}") for page in pages)


def test_a_long_form_names_its_labels_on_every_page():
    pages = pages_of(to_pdf(self_evaluation(many_indicators(300))))
    assert len(pages) == 7
    assert all(page.count("产出指标") >= 1 and page.count("绩效指标") >= 1 for page in pages)


def test_a_cell_longer_than_a_page_is_printed_whole():
    story = "全县农村公路日常养护按计划完成，" * 300
    pages = pages_of(to_pdf(tiny((label("情况说明"), text(story, colspan=2)))))
    assert len(pages) == 2
    assert sum(page.count("全") for page in pages) == 300


def test_a_letter_has_its_paragraphs_its_table_and_its_date():
    form = letter()
    page, = pages_of(to_pdf(form))
    salutation, body, table, ending = form.blocks
    assert page == squeezed(
        f"安财绩函〔2026〕7号版本：第1版第1页共1页预算绩效管理系统生成2026-03-1216:08校验码{form.check_code}", form.title,
        *salutation.paragraphs, *body.paragraphs, *cells_of(table), *ending.paragraphs,
    )


def test_a_missing_glyph_is_refused_with_its_place():
    with pytest.raises(RuleViolation) as refusal:
        to_pdf(tiny((label("负责人"), text("王\ue123国", colspan=2)), notes=("☑已盖章",)))
    assert [str(reason) for reason in refusal.value.reasons] == [
        "《测试表》的第 1 条注“☑已盖章”里的“☑”（U+2611）在打印字体中没有字形，请改用同义的常用字或符号后再打印。",
        "《测试表》的表 1 第 1 行第 2 列“王\ue123国”里的“\ue123”（U+E123）在打印字体中没有字形，请改用同义的常用字或符号后再打印。",
    ]


def test_an_unprinted_draft_has_no_time_in_its_foot():
    page, = pages_of(to_pdf(replace(letter(), printed_at=None)))
    assert "预算绩效管理系统生成校验码" in page


# --- Word -------------------------------------------------------------------------------------------------


def opened(form: FormDocument):
    return docx.Document(io.BytesIO(to_docx(form)))


def merges(table) -> list[list[tuple[str, int, str]]]:
    """Each cell of each row: its words, columns, and whether it begins (restart) or continues a merge downwards."""
    found = []
    for row in table._tbl.tr_lst:
        found.append([
            ("\n".join(t.text or "" for t in cell.iter(qn("w:t"))), cell.grid_span, cell.vMerge or "")
            for cell in row.tc_lst
        ])
    return found


def test_word_has_the_merged_cells_of_the_form():
    facts, indicators = opened(self_evaluation()).tables
    rows = merges(facts)
    assert rows[0] == [("项目名称", 2, ""), ("农村公路日常养护及小修保养", 9, "")]
    assert rows[2] == [("项目资金\n（万元）", 2, "restart"), ("", 2, ""), ("年初预算数", 1, ""), ("全年预算数", 1, ""),
                       ("全年执行数", 2, ""), ("分值", 1, ""), ("执行率", 1, ""), ("得分", 1, "")]
    assert rows[3] == [("", 2, "continue"), ("年度资金总额", 2, ""), ("1,150.00", 1, ""), ("1,150.00", 1, ""),
                       ("1,104.00", 2, ""), ("10", 1, ""), ("96.0%", 1, ""), ("9.60", 1, "")]
    rows = merges(indicators)
    assert [row[0] for row in rows] == [("", 1, ""), ("绩效指标", 1, "restart"), *[("", 1, "continue")] * 12, ("总分", 6, "")]
    assert rows[1][1:4] == [("成本指标", 1, "restart"), ("经济成本指标", 1, "restart"), ("日常养护平均成本", 1, "")]
    assert rows[2][1:4] == [("", 1, "continue"), ("", 1, "continue"), ("小修保养单价占定额比例", 1, "")]
    assert all(sum(span for _, span, _ in row) == 11 for row in rows)


def test_word_repeats_heads_counts_pages_and_names_chinese_faces():
    document = opened(self_evaluation())
    heads = [[row.trPr.find(qn("w:tblHeader")) is not None for row in table._tbl.tr_lst] for table in document.tables]
    assert heads == [[False] * 9, [True] + [False] * 14]
    foot = document.sections[0].footer._element
    assert [field.get(qn("w:instr")) for field in foot.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert "".join(t.text for t in foot.iter(qn("w:t"))) == (
        f"项目编号：25-JT-0012　版本：第 2 版第 1 页 共 1 页预算绩效管理系统生成　2026-03-12 16:08　校验码 {self_evaluation().check_code}"
    )
    faces = {fonts.get(qn("w:eastAsia")) for fonts in document.element.body.iter(qn("w:rFonts"))}
    assert faces == {"黑体", "方正小标宋简体", "宋体"}
    assert {fonts.get(qn("w:eastAsia")) for fonts in opened(letter()).element.body.iter(qn("w:rFonts"))} == {
        "方正小标宋简体", "仿宋", "宋体"
    }


@pytest.mark.parametrize(("form", "millimetres"), [(self_evaluation(), (210, 297)), (roll_up(3), (297, 210))])
def test_word_is_on_a4(form, millimetres):
    section = opened(form).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == millimetres
    table_twips = sum(int(column.get(qn("w:w"))) for column in opened(form).tables[0]._tbl.tblGrid)
    assert round(table_twips * 25.4 / 1440) == millimetres[0] - 2 * 15


def test_word_keeps_what_xml_would_choke_on():
    form = tiny((label("<甲>&\"乙\""), text("丙\x0b丁"), text("1\n2")))
    assert merges(opened(form).tables[0]) == [[('<甲>&"乙"', 1, ""), ("丙丁", 1, ""), ("1\n2", 1, "")]]


# --- workbook ---------------------------------------------------------------------------------------------


def sheet_of(form: FormDocument):
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(form))).active


def test_the_workbook_has_the_merged_cells_of_the_form():
    sheet = sheet_of(self_evaluation())
    assert sheet.title == "项目支出绩效自评表"
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:K1", "A2:K2", "A3:K3", "A5:B5", "C5:K5", "A7:B11", "A12:B13", "A14:A27", "B15:B16", "C15:C16",
            "B17:B22", "I14:K14", "A28:F28"} <= merged
    assert (sheet["A14"].value, sheet["B17"].value, sheet["A28"].value) == ("绩效指标", "产出指标", "总分")
    assert sheet["A14"].alignment.textRotation == 255
    assert {sheet.cell(row, 1).border.left.style for row in range(5, 29)} == {"thin"}
    assert {sheet.cell(row, 11).border.right.style for row in range(5, 29)} == {"thin"}
    assert {sheet.cell(28, column).border.bottom.style for column in range(1, 12)} == {"thin"}


def test_figures_stay_figures_and_are_shown_as_on_paper():
    sheet = sheet_of(self_evaluation())
    assert [(sheet.cell(8, column).value, sheet.cell(8, column).number_format) for column in (5, 6, 7, 9, 10, 11)] == [
        (1150, "#,##0.00"), (1150, "#,##0.00"), (1104, "#,##0.00"), (10, "#,##0"), (0.96, "0.0%"), (9.6, "#,##0.00")
    ]
    assert sheet["I9"].value == "—"
    exact = sheet_of(tiny((number(Decimal("123.456789")), number(Decimal("12345678901.234567")), text(""))))
    assert (exact["A2"].value, exact["B2"].value, exact["B2"].data_type) == (123.456789, "12,345,678,901.23", "s")


@pytest.mark.parametrize("words_typed", [
    "=1+1", "+86-1", "-5%", "@sum", "=cmd|'/c calc'!A0", "{=1}", "http://a.b", "00123", "2026-3-5",
])
def test_a_text_is_never_read_as_anything_else(words_typed):
    sheet = sheet_of(tiny((text(words_typed), label(words_typed), text("")), notes=(words_typed,)))
    for place in ("A2", "B2", "A3"):
        assert (sheet[place].value, sheet[place].data_type, sheet[place].hyperlink) == (words_typed, "s", None)
        assert bool(sheet[place].quotePrefix) == (words_typed[0] in "=+-@")


def test_the_workbook_prints_on_a4_with_its_head_on_every_page():
    form = self_evaluation()
    sheet = sheet_of(form)
    setup = sheet.page_setup
    assert (setup.paperSize, setup.orientation, setup.fitToHeight) == (9, "portrait", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert sheet.print_title_rows == "$14:$14"
    assert sheet.print_area == "'项目支出绩效自评表'!$A$1:$K$31"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert sheet.oddFooter.left.text == "项目编号：25-JT-0012　版本：第 2 版"
    assert sheet.oddFooter.right.text == f"预算绩效管理系统生成　2026-03-12 16:08　校验码 {form.check_code}"
    wide = sheet_of(roll_up(3))
    assert (wide.page_setup.orientation, wide.print_title_rows) == ("landscape", "$4:$5")


def test_rows_are_high_enough_for_their_texts():
    sheet = sheet_of(tiny(*words(("甲" * 200, "乙", "丙")), *words(("甲", "乙", "丙"))))
    tall, low = sheet.row_dimensions[2].height, sheet.row_dimensions[3].height
    assert (tall, low) == (161.25, 20.25)


def test_a_workbook_is_read_back_as_it_was_written():
    form = roll_up(300)
    grid, = sheets.read_workbook(to_xlsx(form), name="汇总表.xlsx")
    assert [row[1] for row in grid.rows[5:305]] == [f"301{place:03d}-ZFCG-{place:04d}/B" for place in range(1, 301)]
    assert grid.rows[5][3:6] == ["1", "0.5", "0.5"]


def test_the_properties_say_when_and_nothing_about_who():
    printed = openpyxl.load_workbook(io.BytesIO(to_xlsx(letter()))).properties
    assert (printed.title, printed.creator, printed.created) == ("绩效评价反馈意见书", None, datetime(2026, 3, 12, 8, 8))
    written = opened(letter()).core_properties
    assert (written.title, written.author) == ("绩效评价反馈意见书", "")
    assert written.created.replace(tzinfo=None) == datetime(2026, 3, 12, 8, 8)


# --- as another office program sees them ------------------------------------------------------------------

OFFICE = shutil.which("soffice")


@pytest.mark.skipif(OFFICE is None, reason="需要 LibreOffice 才能换一个程序打开表格")
@pytest.mark.parametrize(("write", "suffix"), [(to_docx, "docx"), (to_xlsx, "xlsx")])
def test_another_program_opens_the_form_and_prints_one_page(tmp_path, write, suffix):
    file = tmp_path / f"form.{suffix}"
    file.write_bytes(write(self_evaluation()))
    subprocess.run(
        [OFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", tmp_path, file],
        check=True, capture_output=True, timeout=120,
    )
    pages = pages_of((tmp_path / "form.pdf").read_bytes())
    assert len(pages) == 1
    for words_expected in ("项目支出绩效自评表", "因路况引发交通事故下降率", "2个乡镇细则未印发，2026年6月底前完成。", "第1页共1页", "97.81"):
        assert words_expected in pages[0]
