"""Workbooks and documents as grids of text, and every kind of file that is not one."""

import io
import struct
import zipfile
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from string import ascii_letters

import pytest
import xlsxwriter
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import sheets
from core.errors import RuleViolation
from core.sheets import formats
from core.sheets.compound import MAGIC
from tests.core.forms_made import INDICATORS, many_kinds, word_form, workbook_form

FORMS = Path(__file__).resolve().parent.parent / "data" / "forms"


def workbook(rows, **options) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet("表一")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, place, value, book.add_format({"num_format": "yyyy-mm-dd"}))
            else:
                sheet.write(number, place, value)
    book.close()
    return buffer.getvalue()


def with_formats(*cells) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("表一")
    for row, (value, code) in enumerate(cells):
        sheet.write_number(row, 0, value, book.add_format({"num_format": code}))
    book.close()
    return buffer.getvalue()


def changed(content: bytes, parts: dict[str, bytes | None]) -> bytes:
    """The zip with parts put in their places or, for None, left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, part in parts.items():
            if part is not None:
                target.writestr(name, part)
    return buffer.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def fixture(name: str) -> bytes:
    return (FORMS / name).read_bytes()


def column(content: bytes, name="表.xlsx", **options) -> list[str]:
    return [row[0] for row in sheets.read_book(content, name=name, **options).grids[0].rows]


class TestFastReading:
    def test_cells_are_read_as_people_see_them(self):
        content = workbook([["编码", "金额", "日期", "完成"], ["00123", 1234.5, date(2026, 3, 5), 100.0], ["", "", "", ""]])
        assert sheets.read_workbook(content, name="表.xlsx") == [
            sheets.Grid("表一", [["编码", "金额", "日期", "完成"], ["00123", "1234.5", "2026-03-05", "100"]])
        ]

    def test_percentages_are_bare_numbers_for_lists(self):
        assert sheets.read_workbook(with_formats((0.95, "0%")), name="表.xlsx")[0].rows == [["0.95"]]

    @pytest.mark.parametrize(("value", "text"), [
        (None, ""), (True, "是"), (False, "否"), (0.1 + 0.2, "0.3"), (1e15, "1000000000000000"), (12.50, "12.5"),
        (1e30, "1000000000000000000000000000000"), (1.5e-7, "0.00000015"), (-0.004, "-0.004"), (float("nan"), ""),
        (float("inf"), ""),
        (datetime(2026, 3, 5), "2026-03-05"), (datetime(2026, 3, 5, 8, 30), "2026-03-05 08:30:00"),
        (time(8, 30), "08:30:00"),
        ("  字 ", "字"), (7, "7"),
    ])
    def test_text_of(self, value, text):
        assert sheets.text_of(value) == text

    @pytest.mark.parametrize(("place", "name"), [
        ((0, 0), "A1"), ((9, 25), "Z10"), ((0, 26), "AA1"), ((2, 51), "AZ3"), ((2, 52), "BA3"),
        ((1048575, 16383), "XFD1048576"),
    ])
    def test_cell_name(self, place, name):
        assert sheets.cell_name(*place) == name

    def test_word_documents_are_no_lists(self):
        with pytest.raises(RuleViolation, match="“表.docx”是 Word 文档，这里只接受表格") as refusal:
            sheets.read_workbook(word_form(), name="表.docx")
        assert refusal.value.codes == ["file_kind"]


    @pytest.mark.parametrize(("name", "content", "sentence"), [
        ("照片.xlsx", b"\x89PNG\r\n", "“照片.xlsx”不能作为表格打开，可能已损坏或不是表格文件，请另存为 .xlsx 后再上传。"),
        ("报告.pdf", b"%PDF-1.4", "“报告.pdf”不是表格文件，请上传 .xlsx、.xls、.ods 或 .csv 文件。"),
        ("网页.xls", b"<html>", "“网页.xls”其实是网页文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"),
    ])
    def test_other_files_are_not_asked_for_as_documents(self, name, content, sentence):
        with pytest.raises(RuleViolation) as refusal:
            sheets.read_workbook(content, name=name)
        assert (refusal.value.codes, str(refusal.value)) == (["file_kind"], sentence)


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_csv_in_the_usual_encodings(self, encoding):
        content = "编码,名称\n001,道路\n".encode(encoding)
        assert sheets.read_workbook(content, name="表.csv") == [sheets.Grid("CSV", [["编码", "名称"], ["001", "道路"]])]

    def test_quotes_and_line_breaks_inside_cells(self):
        content = '编码,说明\n001,"第一行\n第二行，含""引号"""\n'.encode()
        assert sheets.read_workbook(content, name="表.csv")[0].rows == [["编码", "说明"], ["001", '第一行\n第二行，含"引号"']]

    def test_tabs_called_xls_are_read_with_a_warning(self):
        book = sheets.read_book("编码\t名称\n001\t道路,桥梁\n".encode("gb18030"), name="名单.xls")
        assert (book.kind, book.grids[0].rows) == ("csv", [["编码", "名称"], ["001", "道路,桥梁"]])
        assert [str(warning) for warning in book.warnings] == ["“名单.xls”实际是 .csv 格式，与扩展名不符，已按实际内容读取。"]


class TestFormats:
    @pytest.mark.parametrize(("value", "code", "text"), [
        (0.95, "0%", "95%"), (0.9567, "0%", "95.67%"), (0.99971111, "0.00%", "99.97%"),
        (0.99971111, "0.000%", "99.971%"),
        (1, "0%", "100%"), (0, "0%", "0%"), (-0.05, "0.00%;[Red]-0.00%", "-5%"), (-0.00001, "0%", "0%"),
        (0.1 + 0.2, "0%", "30%"),
        (0.0125, "0.0‰", "12.5‰"), (1.2, "0%;-0%;", "120%"),
        (50, '0"个"', "50个"), (95, '"≥"0', "≥95"), (0.95, '"≥"0%', "≥95%"), (95, '0"%"', "95%"),
        (1150, '#,##0.00"万元"', "1150万元"),
        (12, 'General"户"', "12户"), (3, "0\\天", "3天"),
        (1234.5, '_ "￥"* #,##0.00_ ;_ "￥"* \\-#,##0.00_ ;_ "￥"* "-"??_ ;_ @_ ', "1234.5"), (0, '#,##0;-#,##0;"-"', "0"),
        (123456, '0!.0,"万元"', "123456"), (5, "[Red]0", "5"), (1500, "0.00E+00", "1500"), (7, "General", "7"),
        (7, "", "7"),
        (date(2025, 12, 1), 'yyyy"年"m"月"', "2025年12月"), (date(2025, 12, 31), 'm"月"d"日"', "12月31日"),
        (date(2025, 12, 1), '[$-804]yyyy"年"m"月"d"日";@', "2025-12-01"), (date(2025, 1, 1), "yyyy", "2025年"),
        (datetime(2025, 12, 1, 8), "yyyy-m-d h:mm", "2025-12-01 08:00:00"), ("0.95", "0%", "0.95"), (True, "0%", "是"),
        (time(8, 0), "h:mm", "08:00:00"),
    ])
    def test_shown(self, value, code, text):
        assert formats.shown(value, code) == text

    @pytest.mark.parametrize(("number", "code", "moment"), [
        (45992.0, "yyyy-m-d", date(2025, 12, 1)), (45992.5, "yyyy-m-d h:mm", datetime(2025, 12, 1, 12)),
        (0.5, "h:mm", time(12)),
        (1.0, "yyyy-m-d", date(1900, 1, 1)), (45992.0, "0.00", None), (45992.0, "General", None),
        (45992.0, "0.00E+00", None), (-1.0, "yyyy-m-d", None), (1e9, "yyyy-m-d", None), (1.25, "[h]:mm", time(6)),
    ])
    def test_moment_of(self, number, code, moment):
        assert formats.moment_of(number, code, since_1904=False) == moment

    def test_moment_of_a_workbook_of_the_old_macintosh(self):
        assert formats.moment_of(44530.0, "yyyy-m-d", since_1904=True) == date(2025, 12, 1)

    def test_a_workbook_with_formats(self):
        content = with_formats(
            (0.95, "0%"), (0.9567, 10), (45992, 57), (45992, 58), (45992, 31), (45992, 14), (50, '0"个"'), (7, "0.00"),
            (0.5, "General"),
        )
        assert column(content) == ["95%", "95.67%", "2025年12月", "12月1日", "2025-12-01", "2025-12-01", "50个", "7", "0.5"]
        assert column(content, formatted=False)[:4] == ["0.95", "0.9567", "2025-12-01", "2025-12-01"]


FORM_ROWS = [
    ["项目支出绩效自评表"] * 11,
    ["（2025年度）"] * 11,
    ["填报单位（盖章）：县公路养护中心    金额单位：万元"] + [""] * 10,
    ["项目名称"] * 2 + ["农村公路日常养护及小修保养"] * 9,
    ["主管部门"] * 2 + ["县交通运输局"] * 3 + ["实施单位"] * 2 + ["县公路养护中心"] * 4,
    ["项目资金\n（万元）"] * 2 + ["", "", "年初预算数", "全年预算数", "全年执行数", "全年执行数", "分值", "执行率", "得分"],
    ["项目资金\n（万元）"] * 2 + ["年度资金总额"] * 2 + ["1150", "1150", "1104", "1104", "10", "96%", "9.6"],
    ["项目资金\n（万元）"] * 2 + ["其中：当年财政拨款"] * 2 + ["1150", "1150", "1104", "1104", "", "96%", ""],
    ["项目资金\n（万元）"] * 2 + ["上年结转资金"] * 2 + ["0", "0", "0", "0", "", "", ""],
    ["项目资金\n（万元）"] * 2 + ["其他资金"] * 2 + ["0", "0", "0", "0", "", "", ""],
    ["年度总体\n目标"] * 2 + ["预期目标"] * 3 + ["实际完成情况"] * 6,
    ["年度总体\n目标"] * 2 + ["对全县 1,186.5 公里农村公路实施日常养护。"] * 3 + ["日常养护 1,186.5 公里全覆盖；\n小修处治 3.86 万平方米。"] * 6,
    ["绩\n效\n指\n标", "一级\n指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"] + ["偏差原因分析\n及改进措施"] * 3,
    ["绩\n效\n指\n标", "成本指标\n（10分）", "经济成本指标", "日常养护平均成本", "≤0.92万元/公里·年", "0.90", "10", "10", "", "", ""],
    ["绩\n效\n指\n标", "产出指标（50分）", "数量指标", "日常养护里程", "≥1,186.5公里", "1,186.5公里", "10", "10", "", "", ""],
    ["绩\n效\n指\n标", "产出指标（50分）", "数量指标", "小修保养处治面积", "≥4.20万平方米", "3.86万平方米", "20", "18.38"]
    + ["7月连续强降雨，西岭乡路段顺延。"] * 3,
    ["绩\n效\n指\n标", "产出指标（50分）", "时效指标", "养护任务按期完成率", "95%", "92.3%", "20", "19.43"]
    + ["受上述路段影响，1 项任务跨年。"] * 3,
    ["绩\n效\n指\n标", "效益指标（20分）", "社会效益指标", "通客车行政村比例", "100%", "100%", "20", "20", "", "", ""],
    ["绩\n效\n指\n标", "满意度指标（10分）", "服务对象满意度指标", "沿线群众满意度", "≥90%", "91.8%", "10", "10", "", "", ""],
    ["总  分"] * 6 + ["100", "97.41", "", "", ""],
    ["填报日期：", "2026-03-12", "", "完成时间", "2025年12月", "", "", "", "", "", ""],
]


class TestForms:
    """One form as four programs write it: read to the same cells."""

    @pytest.mark.parametrize("name", ["自评表.xlsx", "自评表-另存.xlsx", "自评表.xls", "自评表.ods"])
    def test_a_workbook_form(self, name):
        book = sheets.read_book(fixture(name), name=name)
        assert book.grids[0].rows == FORM_ROWS
        assert [(grid.name, grid.hidden) for grid in book.grids] == [("自评表", False), ("选项", True)]
        assert (book.grids[1].rows, book.warnings, book.kind) == ([["优"], ["良"]], [], Path(name).suffix[1:])
        assert sheets.Area(14, 1, 16, 1) in book.grids[0].merged
        assert book.grids[0].area(15, 1) == sheets.Area(14, 1, 16, 1)
        assert book.grids[0].area(15, 3) == sheets.Area(15, 3, 15, 3)
        assert len(book.grids[0].merged) == 35

    def test_the_committed_form_is_the_one_built_here(self):
        built, committed = workbook_form(), fixture("自评表.xlsx")
        assert sheets.read_book(built, name="表.xlsx").grids == sheets.read_book(committed, name="表.xlsx").grids

    @pytest.mark.parametrize("name", ["自评表.docx", "自评表-另存.docx"])
    def test_a_word_form(self, name):
        book = sheets.read_book(fixture(name), name=name)
        head, table, inner = book.grids
        assert (book.kind, book.warnings) == ("docx", [])
        assert head == sheets.Grid(
            "表格1",
            [["项目名称"] + ["农村公路日常养护及小修保养"] * 3, ["主管部门", "县交通运输局", "实施单位", "县公路养护中心"]],
            merged=(sheets.Area(0, 1, 0, 3),),
            before=("项目支出绩效自评表", "（2025年度）", "填报单位（盖章）：县公路养护中心    金额单位：万元"),
        )
        assert (table.name, table.before) == ("表格2", ("绩效指标完成情况",))
        assert table.after == ("填报人：李卫国    联系电话：0000-6621215",)
        assert [row[0] for row in table.rows] == [
            "一级\n指标", "成本指标\n（10分）", "产出指标（50分）", "产出指标（50分）", "产出指标（50分）", "效益指标（20分）", "满意度指标（10分）", "总分",
        ]
        assert table.rows[4] == ["产出指标（50分）", "时效指标", "养护任务按期完成率", "95.0%", "92.3%", "20", "19.43", INDICATORS[3][7]]
        assert table.rows[7] == ["总分"] * 5 + ["100", "97.41", ""]
        assert set(table.merged) == {sheets.Area(2, 0, 4, 0), sheets.Area(2, 1, 3, 1), sheets.Area(7, 0, 7, 4)}
        assert inner == sheets.Grid("表格2.1", [["样本", "200份"]])

    def test_a_letter_without_tables_is_one_column_of_lines(self):
        document = Document()
        for line in ("绩效评价反馈意见书", "", "县公路养护中心："):
            document.add_paragraph(line)
        buffer = io.BytesIO()
        document.save(buffer)
        assert sheets.read_book(buffer.getvalue(), name="意见书.docx").grids == [
            sheets.Grid("正文", [["绩效评价反馈意见书"], ["县公路养护中心："]])
        ]

    def test_what_word_marks_as_deleted_is_not_read_and_ticks_are(self):
        body = (
            '<w:document xmlns:w="w"><w:body><w:sdt><w:sdtContent><w:tbl>'
            "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>"
            "<w:p><w:r><w:t>新</w:t></w:r>"
            "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>增</w:t><w:br/><w:t>行</w:t><w:tab/></w:r></w:ins></w:p></w:tc></w:tr>"
            "<w:tr><w:tc><w:p><w:r><w:sym w:font='Wingdings 2' w:char='F052'/><w:t>项目</w:t></w:r></w:p></w:tc>"
            "<w:sdt><w:sdtContent><w:tc><w:p><w:r>"
            "<w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t></w:r></w:p></w:tc></w:sdtContent></w:sdt>"
            "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>"
            "</w:tbl></w:sdtContent></w:sdt></w:body></w:document>"
        ).encode()
        grid = sheets.read_book(changed(word_form(), {"word/document.xml": body}), name="表.docx").grids[0]
        assert grid.rows == [["", "新增\n行"], ["☑项目", "a-b"]]

    def test_open_document_cells_of_every_kind(self):
        cells = (
            '<table:table-cell office:value-type="float" office:value="1234.5">'
            '<text:p>1,234.50</text:p></table:table-cell>'
            '<table:table-cell office:value-type="boolean" office:boolean-value="true">'
            '<text:p>TRUE</text:p></table:table-cell>'
            '<table:table-cell office:value-type="date" office:date-value="2025-12-01T12:00:00">'
            '<text:p>12:00</text:p></table:table-cell>'
            '<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation>'
            '<text:p>甲<text:s text:c="2"/>乙<text:line-break/>丙</text:p>'
            '<text:p><text:span>丁</text:span>戊</text:p></table:table-cell>'
            '<table:table-cell table:number-columns-repeated="2" office:value-type="currency" office:value="5">'
            '<text:p>￥5.00</text:p></table:table-cell>'
            '<table:table-cell office:value-type="percentage" office:value="0.12345">'
            '<text:p>12.345%</text:p></table:table-cell>'
            '<table:table-cell table:formula="of:=A1"/>'
            '<table:table-cell table:number-columns-repeated="16000"/>'
        )
        book = sheets.read_book(ods(f'<table:table-row table:number-rows-repeated="2">{cells}</table:table-row>'),
            name="表.ods")
        row = ["1234.5", "是", "2025-12-01 12:00:00", "甲  乙\n丙\n丁戊", "5", "5", "12.345%"]
        assert book.grids == [sheets.Grid("表一", [row, row], uncomputed=((0, 7),))]
        assert [warning.code for warning in book.warnings] == ["uncomputed"]


class TestOldWorkbooks:
    """The records of an .xls one by one; the form above and 各类单元格.xls were written by LibreOffice."""

    def test_every_kind_of_cell_and_more_text_than_one_record_holds(self):
        content, rows = many_kinds()
        assert sheets.read_book(content, name="各类.xlsx").grids[0].rows == rows
        assert sheets.read_book(fixture("各类单元格.ods"), name="各类.ods").grids[0].rows == rows
        # LibreOffice does not store the text a formula gave
        rows[4][0] = "0"
        assert sheets.read_book(fixture("各类单元格.xls"), name="各类.xls").grids[0].rows == rows

    def test_numbers_in_every_shape(self):
        half = struct.unpack("<Q", struct.pack("<d", 1.5))[0] >> 32
        content = xls(
            record(0x203, at(0, 0) + struct.pack("<d", 2.25)), record(0x27E, at(0, 1) + struct.pack("<I", 7 << 2 | 2)),
            record(0x27E, at(0, 2) + struct.pack("<I", 1234 << 2 | 3)),
            record(0x27E, at(0, 3) + struct.pack("<i", -5 << 2 | 2)),
            record(0x27E, at(0, 4) + struct.pack("<I", half)), record(0x27E, at(0, 5) + struct.pack("<I", half | 1)),
            record(0xBD, struct.pack("<HHHIHIH", 1, 0, 0, 1 << 2 | 2, 9, 2 << 2 | 2, 1)),
        )
        assert sheets.read_book(content, name="表.xls").grids[0].rows == [
            ["2.25", "7", "12.34", "-5", "1.5", "0.015"], ["100%", "2", "", "", "", ""],
        ]
        assert sheets.read_workbook(content, name="表.xls")[0].rows[1][0] == "1"

    def test_texts_truths_errors_and_formulas(self):
        text_result = struct.pack("<BBHHH", 0, 0, 0, 0, 0xFFFF)
        truth_result = struct.pack("<BBBBHH", 1, 0, 1, 0, 0, 0xFFFF)
        content = xls(
            record(0x204, at(0, 0) + xls_text("甲 ")), record(0xD6, at(0, 1) + b"\1\0\0A"),
            record(0x205, at(0, 2) + b"\0\0"),
            record(0x205, at(0, 3) + b"\x2a\1"), record(0x06, at(1, 0) + text_result + bytes(8)),
            record(0x207, xls_text("优良")),
            record(0x06, at(1, 1) + truth_result + bytes(8)),
            record(0x06, at(1, 2) + struct.pack("<d", 3.5) + bytes(8)),
            record(0x06, at(1, 3) + struct.pack("<BBBBHH", 3, 0, 0, 0, 0, 0xFFFF) + bytes(8)),
            record(0x207, xls_text("不属于谁")),
            record(0xE5, struct.pack("<HHHHH", 1, 0, 0, 4, 9)), record(0xE5, struct.pack("<HHHHH", 9, 0, 1, 0, 0)),
        )
        grid = sheets.read_book(content, name="表.xls").grids[0]
        assert grid.rows == [["甲", "A", "否", "#N/A"], ["甲", "是", "3.5", ""]]
        assert grid.merged == (sheets.Area(0, 0, 1, 0),)

    @pytest.mark.parametrize("size", [0, 5000])
    def test_shared_texts_go_on_in_the_next_record(self, size):
        shared = record(0xFC, struct.pack("<II", 3, 3) + struct.pack("<HBH", 4, 9, 1) + "甲乙".encode("utf-16-le"))
        shared += record(0x3C, b"\0AB" + bytes(4) + struct.pack("<HBI", 1, 4, 6) + b"C" + bytes(2))
        shared += record(0x3C) + record(0x3C, bytes(4))
        shared += record(0x3C, struct.pack("<HB", 0, 0)[:2]) + record(0x3C, b"\0")
        cells = [record(0xFD, at(0, number) + struct.pack("<I", number)) for number in range(3)]
        grid = sheets.read_book(xls(*cells, shared=shared, filler=record(0x99, bytes(size))), name="表.xls").grids[0]
        assert grid.rows == [["甲乙AB", "C"]]

    def test_links_and_macros_are_told(self):
        content = xls(record(0x204, at(0, 0) + xls_text("甲")), before=record(0x1AE, bytes(10)),
            filler=record(0x22, b"\1\0"))
        assert [warning.code for warning in sheets.read_book(content, name="表.xls").warnings] == ["external_links"]
        content = changed_name(fixture("自评表.xls"), "SummaryInformation", "_VBA_PROJECT_CUR")
        assert [warning.code for warning in sheets.read_book(content, name="表.xls").warnings] == ["macros_ignored"]


def changed_name(content: bytes, old: str, new: str) -> bytes:
    """A stream of the container under another name."""
    place = content.index(old.encode("utf-16-le")) - 2
    name = new.encode("utf-16-le")
    return content[:place] + name.ljust(64, b"\0") + struct.pack("<H", len(name) + 2) + content[place + 66:]


def ods(rows: str) -> bytes:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<office:body><office:spreadsheet>'
        f'<table:table table:name="表一">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return buffer.getvalue()


class TestReadWithAReservation:
    def test_formulas_give_their_stored_results_and_those_without_are_told(self):
        content = workbook([["甲", 1]])
        sheet = part_of(content, "xl/worksheets/sheet1.xml").replace(
            b"</row>", b'<c r="C1"><f>B1*2</f><v>2</v></c><c r="D1"><f>B1*3</f></c>'
            b'<c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        )
        book = sheets.read_book(changed(content, {"xl/worksheets/sheet1.xml": sheet}), name="表.xlsx")
        assert book.grids == [sheets.Grid("表一", [["甲", "1", "2", "", "#DIV/0!"]], uncomputed=((0, 3),))]
        assert [str(warning) for warning in book.warnings] == [
            "“表.xlsx”的“表一”D1是公式但没有保存计算结果，已按空白读取，请在 Excel 或 WPS 中打开并保存后再上传。"
        ]

    @pytest.mark.parametrize(("name", "kind", "warnings"), [
        ("表.xlsx", "xlsx", []), ("表.xls", "xlsx", ["“表.xls”实际是 .xlsx 格式，与扩展名不符，已按实际内容读取。"]),
        ("表", "xlsx", ["“表”实际是 .xlsx 格式，与扩展名不符，已按实际内容读取。"]),
    ])
    def test_the_content_decides_what_a_file_is(self, name, kind, warnings):
        book = sheets.read_book(workbook([["甲"]]), name=name)
        assert (book.kind, [str(warning) for warning in book.warnings], book.grids[0].rows) == (kind, warnings, [["甲"]])

    @pytest.mark.parametrize("make", [
        lambda: changed(workbook([["甲"]]), {"xl/vbaProject.bin": b"\x01"}),
        lambda: changed(fixture("自评表.ods"), {"Basic/script-lc.xml": b"<a/>"}),
    ])
    def test_macros_are_not_run_and_told(self, make):
        content = make()
        name = "表.xlsm" if b"xl/workbook.xml" in content else "表.ods"
        assert [str(warning) for warning in sheets.read_book(content, name=name).warnings] == [
            f"“{name}”带有宏，系统只读取单元格里的内容，宏没有运行。"
        ]

    def test_links_to_other_files_are_not_followed_and_told(self):
        content = changed(workbook([["甲"]]), {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
        assert [str(warning) for warning in sheets.read_book(content, name="表.xlsx").warnings] == [
            "“表.xlsx”引用了其他文件，系统没有打开它们，采用的是本文件里保存的数值，请核对。"
        ]

    def test_values_are_read_though_the_formats_are_broken(self):
        content = changed(with_formats((0.95, "0%")),
            {"xl/styles.xml": b'<styleSheet><cellXfs><xf numFmtId="x"/></cellXfs></styleSheet>'})
        book = sheets.read_book(content, name="表.xlsx")
        assert book.grids[0].rows == [["0.95"]]
        assert [str(warning) for warning in book.warnings] == [
            "“表.xlsx”的单元格格式没有读出，百分数可能显示为小数，请核对或另存为 .xlsx 后再上传。"
        ]

    def test_a_hundred_thousand_empty_rows_and_five_hundred_empty_columns_are_nothing(self):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
        sheet, grey = book.add_worksheet("表一"), book.add_format({"bg_color": "gray"})
        sheet.write_row(0, 0, ["编码", "名称"])
        for place in range(500):
            sheet.write_blank(1, place, None, grey)
        for row in range(2, 100_002):
            sheet.write_blank(row, 0, None, grey)
        book.close()
        assert sheets.read_book(buffer.getvalue(), name="表.xlsx").grids == [sheets.Grid("表一", [["编码", "名称"]])]

    def test_empty_rows_and_columns_of_an_open_document_are_nothing(self):
        content = ods(
            '<table:table-row><table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell>'
            '<table:table-cell table:number-columns-repeated="500"/></table:table-row>'
            '<table:table-row table:number-rows-repeated="1000000">'
            '<table:table-cell table:number-columns-repeated="500"/></table:table-row>'
        )
        assert sheets.read_book(content, name="表.ods").grids == [sheets.Grid("表一", [["甲"]])]

    def test_cells_without_an_address_are_read_in_order(self):
        content = workbook([["甲"]])
        cells = b'<c t="inlineStr"><is><t>a</t></is></c><c s="0"><v>5</v></c>'
        sheet = b"<worksheet><sheetData><row>" + cells + b"</row></sheetData></worksheet>"
        namespace = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        content = changed(content, {"xl/worksheets/sheet1.xml": sheet.replace(b"<worksheet>", namespace)})
        assert sheets.read_book(content, name="表.xlsx").grids[0].rows == [["a", "5"]]


@cache
def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 400_000_000)
    return buffer.getvalue()


def lying_bomb() -> bytes:
    """The size stated in the file is one byte."""
    content, size = bomb(), struct.pack("<I", 400_000_000)
    assert content.count(size) == 2
    return content.replace(size, struct.pack("<I", 1))


def far_cell(address: str) -> bytes:
    content = workbook([["甲"]])
    sheet = part_of(content, "xl/worksheets/sheet1.xml").replace(
        b"</sheetData>",
        f'<row r="{address.lstrip(ascii_letters)}"><c r = "{address}"><v>1</v></c></row></sheetData>'.encode()
    )
    return changed(content, {"xl/worksheets/sheet1.xml": sheet})


def claiming(part: str, old: bytes, new: bytes) -> bytes:
    content = workbook([["甲"]])
    return changed(content, {part: part_of(content, part).replace(old, new)})


def many_cells_without_address() -> bytes:
    content = workbook([["甲"]])
    sheet = part_of(content, "xl/worksheets/sheet1.xml").replace(
        b"</sheetData>",
        b'<row r="2">' + b"<c><v>1</v></c>" * 9000 + b'</row><row r="1048576"><c><v>1</v></c></row></sheetData>'
    )
    return changed(content, {"xl/worksheets/sheet1.xml": sheet})


def laughing(part: str, content: bytes, encoding="utf-8") -> bytes:
    """A thousand million times 哈 if it were expanded."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY l0 "哈">{entities}]><a>&l9;</a>'
    return changed(content, {part: text.encode(encoding)})


def compound(*names: str, stream: bytes = b"") -> bytes:
    """An old Office container with streams of these names; all hold the same bytes."""
    small = len(stream) < 4096
    stream_sectors = -(-len(stream) // 512)
    header = MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2 if small else 0xFFFFFFFE, 1, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    chain = [*range(4, 3 + stream_sectors), 0xFFFFFFFE] if stream else []
    table = struct.pack(f"<{3 + len(chain)}I", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *chain).ljust(512, b"\xff")
    small_sectors = -(-len(stream) // 64)
    small_table = struct.pack(f"<{small_sectors}I", *range(1, small_sectors), 0xFFFFFFFE) if small and stream else b""
    entries = b""
    for name, kind in (("Root Entry", 5), *((name, 2) for name in names)):
        text = name.encode("utf-16-le")
        start = 3 if stream and (kind == 5 or not small) else 0 if stream else 0xFFFFFFFE
        entries += text.ljust(64, b"\0") + struct.pack("<HB", len(text) + 2, kind) + bytes(49) + struct.pack("<III",
            start, len(stream), 0)
    body = stream.ljust(stream_sectors * 512, b"\0")
    return header + table + entries.ljust(512, b"\0") + small_table.ljust(512, b"\xff") + body


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls_text(text: str, length="<H") -> bytes:
    return struct.pack(length, len(text)) + b"\1" + text.encode("utf-16-le")


def xls(*cells: bytes, shared=b"", before=b"", filler=b"", end=True, stream="Workbook") -> bytes:
    """An .xls of one sheet 表一 with style 0 as 0%, 1 as General."""
    begin = record(0x809, struct.pack("<HHHH", 0x600, 5, 0, 0))
    styles = record(0x41E, struct.pack("<H", 164) + xls_text("0%"))
    styles += record(0xE0, struct.pack("<HH", 0, 164) + bytes(16)) + record(0xE0, bytes(20))
    parts = before + styles + shared + filler
    size = len(begin) + len(parts) + len(record(0x85, bytes(6) + xls_text("表一", "<B"))) + len(record(0x0A))
    sheet = record(0x85, struct.pack("<IBB", size, 0, 0) + xls_text("表一", "<B"))
    content = begin + parts + sheet + record(0x0A) + begin + b"".join(cells) + (record(0x0A) if end else b"")
    return compound(stream, stream=content)


def at(row: int, column: int, style=1) -> bytes:
    return struct.pack("<HHH", row, column, style)


def with_xls_record(kind: int) -> bytes:
    """The .xls form with its second record renamed."""
    content = bytearray(fixture("自评表.xls"))
    start = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    content[start + 20:start + 22] = struct.pack("<H", kind)
    return bytes(content)


def flagged_as_encrypted(content: bytes) -> bytes:
    changed_content = bytearray(content)
    place = changed_content.index(b"PK\x01\x02")
    changed_content[place + 8] |= 1
    return bytes(changed_content)


def old_xls() -> bytes:
    return fixture("自评表.xls").replace(b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x10\x00\x00\x05\x05\x00")


def deep_tables(depth: int) -> bytes:
    text = "<w:tbl><w:tr><w:tc><w:p/>" * depth + "</w:tc></w:tr></w:tbl>" * depth
    body = f'<w:document xmlns:w="w"><w:body>{text}</w:body></w:document>'
    return changed(word_form(), {"word/document.xml": body.encode()})


def wide_word_row() -> bytes:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr></w:tc>'
    body = f'<w:document xmlns:w="w"><w:body><w:tbl><w:tr>{cell}</w:tr></w:tbl></w:body></w:document>'
    return changed(word_form(), {"word/document.xml": body.encode()})


def overlapping() -> bytes:
    content = workbook([["甲", "乙"]])
    areas = b"".join(f'<mergeCell ref="A1:B{row}"/>'.encode() for row in range(1, 9))
    sheet = part_of(content, "xl/worksheets/sheet1.xml").replace(b"</sheetData>",
        b"</sheetData><mergeCells>" + areas + b"</mergeCells>")
    return changed(content, {"xl/worksheets/sheet1.xml": sheet})


def ods_row(row="", cell="") -> bytes:
    text = f'<table:table-cell office:value-type="string" {cell}><text:p>甲</text:p></table:table-cell>'
    return ods(f"<table:table-row {row}>{text}</table:table-row>")


REFUSED = [
    ("空.xlsx", lambda: b"", "file_empty"),
    ("截断.xlsx", lambda: workbook([["甲"]])[:200], "file_damaged"),
    ("截断.xls", lambda: fixture("自评表.xls")[:3000], "file_damaged"),
    ("截断.ods", lambda: fixture("自评表.ods")[:9000], "file_damaged"),
    ("截断.docx", lambda: fixture("自评表.docx")[:9000], "file_damaged"),
    ("缺件.docx", lambda: changed(word_form(), {"word/document.xml": None}), "file_damaged"),
    ("缺件.xlsx", lambda: changed(workbook([["甲"]]), {"xl/worksheets/sheet1.xml": None}), "file_damaged"),
    ("缺件.ods", lambda: changed(fixture("自评表.ods"), {"content.xml": b"<a/>"}), "file_damaged"),
    ("错码.docx", lambda: changed(word_form(), {"word/document.xml": b'<?xml version="1.0" encoding="UTF-t"?><a/>'}),
        "file_damaged"),
    ("套表.docx", lambda: deep_tables(9), "file_damaged"),
    ("套表.docx", lambda: deep_tables(5000), "file_damaged"),
    ("重叠.xlsx", overlapping, "file_damaged"),
    ("照片.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 100, "file_kind"),
    ("报告.pdf", lambda: b"%PDF-1.4", "file_kind"),
    ("报告.doc", lambda: compound("WordDocument"), "file_kind"),
    ("报告.rtf", lambda: b"{\\rtf1\\ansi", "file_kind"),
    ("网页.xls", lambda: "\n<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table><tr><td>甲".encode("gb18030"),
        "file_kind"),
    ("网页.xls", lambda: b"MIME-Version: 1.0\nX-Document-Type: Workbook", "file_kind"),
    ("旧表.xml", lambda: b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>', "file_kind"),
    ("旧表.xls", old_xls, "file_kind"),
    ("二进制.xlsb", lambda: changed(workbook([["甲"]]), {"xl/workbook.bin": b"", "xl/workbook.xml": None}), "file_kind"),
    ("压缩.zip", lambda: changed(workbook([["甲"]]), {"xl/workbook.xml": None}), "file_kind"),
    ("文字.odt", lambda: changed(ods(""), {"mimetype": b"application/vnd.oasis.opendocument.text"}), "file_kind"),
    ("记事.docx", lambda: "不是表格".encode(), "file_kind"),
    ("随手.xls", lambda: "不是表格".encode(), "file_kind"),
    ("加密.xlsx", lambda: compound("EncryptionInfo", "EncryptedPackage"), "file_protected"),
    ("加密.docx", lambda: compound("EncryptionInfo", "EncryptedPackage"), "file_protected"),
    ("加密.xls", lambda: with_xls_record(0x2F), "file_protected"),
    ("加密.ods", lambda: changed(ods(""), {"META-INF/manifest.xml": b"<m:encryption-data/>"}), "file_protected"),
    ("加密.xlsx", lambda: flagged_as_encrypted(workbook([["甲"]])), "file_protected"),
    ("无尾.xls", lambda: xls(end=False), "file_damaged"),
    ("断串.xls", lambda: xls(shared=record(0xFC, struct.pack("<IIHB", 1, 1, 9, 0))), "file_damaged"),
    ("断串.xls", lambda: xls(shared=record(0xFC, struct.pack("<IIB", 1, 1, 9))), "file_damaged"),
    ("无串.xls", lambda: xls(record(0xFD, at(0, 0) + bytes(4))), "file_damaged"),
    ("宽表.xls", lambda: xls(record(0x204, at(0, 256) + xls_text("甲"))), "file_damaged"),
    ("怪扇.xls", lambda: compound("Workbook")[:30] + b"\x10" + compound("Workbook")[31:], "file_damaged"),
    ("圈扇.xls", lambda: xls(filler=record(0x99, bytes(5000))).replace(struct.pack("<II", 4, 5),
        struct.pack("<II", 3, 3), 1), "file_damaged"),
    ("五版.xls", lambda: xls(stream="Book"), "file_kind"),
    ("别的.xls", lambda: compound("Contents"), "file_kind"),
    ("炸弹.xlsx", bomb, "file_bomb"),
    ("假炸弹.xlsx", lying_bomb, "file_bomb"),
    ("笑.docx", lambda: laughing("word/document.xml", word_form()), "file_entities"),
    ("笑.xlsx", lambda: laughing("xl/sharedStrings.xml", workbook([["甲"]])), "file_entities"),
    ("笑.xlsx", lambda: laughing("xl/workbook.xml", workbook([["甲"]]), "utf-16"), "file_entities"),
    ("笑.ods", lambda: laughing("content.xml", ods("")), "file_entities"),
    ("乱码.csv", lambda: b"\xff\xff\xfe\x00\x81", "file_encoding"),
    ("乱码.csv", lambda: "甲,乙\0".encode(), "file_encoding"),
    ("长格.csv", lambda: b"a" * 200_000, "file_damaged"),
    ("白表.xlsx", lambda: workbook([]), "file_empty"),
    ("白表.csv", lambda: b" , \n,", "file_empty"),
    ("白文.docx", lambda: changed(word_form(), {"word/document.xml": b'<d xmlns:w="w"><w:body/></d>'}), "file_empty"),
    ("宽表.xlsx", lambda: workbook([["列"] * 201]), "too_many_columns"),
    ("宽表.ods", lambda: ods_row(cell='table:number-columns-repeated="500"'), "too_many_columns"),
    ("宽表.docx", wide_word_row, "too_many_columns"),
    ("长表.ods", lambda: ods_row('table:number-rows-repeated="200001"'), "too_many_rows"),
    ("长表.csv", lambda: "甲\n".encode() * 200_001, "too_many_rows"),
    ("远格.xlsx", lambda: far_cell("XFD1048576"), "too_spread"),
    ("远格.xlsx", lambda: far_cell("xfd1048576"), "too_spread"),
    ("远格.xlsx", lambda: far_cell("XFDXFD99999999"), "too_spread"),
    ("多串.xlsx", lambda: claiming("xl/sharedStrings.xml", b'uniqueCount="1"', b'uniqueCount="99999999999999"'),
        "file_damaged"),
    ("宽码.xlsx", lambda: changed(workbook([["甲"]]), {"xl/workbook.xml": "<workbook/>".encode("utf-16")}),
        "file_damaged"),
    ("零行.xlsx", lambda: far_cell("A0"), "file_damaged"),
    ("远格.xlsx", many_cells_without_address, "too_spread"),
]


@pytest.mark.parametrize(("name", "make", "code"), REFUSED,
    ids=[f"{number}-{case[0]}" for number, case in enumerate(REFUSED)])
def test_what_is_no_form_is_refused_with_a_sentence(name, make, code):
    with pytest.raises(RuleViolation) as refusal:
        sheets.read_book(make(), name=name)
    assert refusal.value.codes == [code]
    assert str(refusal.value).startswith(f"“{name}”") and str(refusal.value).endswith("。")


@pytest.mark.parametrize(("name", "make", "sentence"), [
    ("网页.xls", lambda: b"<table><tr><td>1", "“网页.xls”其实是网页文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"),
    ("加密.xlsx", lambda: compound("EncryptedPackage"), "“加密.xlsx”设有打开密码，请先在表格软件里取消密码再上传。"),
    ("旧文.doc", lambda: compound("WordDocument"), "“旧文.doc”是旧版 Word 文档（.doc），请用 Word 或 WPS 打开后另存为 .docx 再上传。"),
    ("炸弹.xlsx", bomb, "“炸弹.xlsx”解压后有 381 MB，超过 300 MB 的上限，请拆分后再上传。"),
    ("宽表.xlsx", lambda: workbook([["列"] * 201]), "“宽表.xlsx”的“表一”有 201 列，超过 200 列的上限，请删去多余的列。"),
    ("远格.xlsx", lambda: far_cell("XFD1048576"),
     "“远格.xlsx”里有内容的单元格散布到第 1048576 行、第 16384 列，超过系统能读取的范围，请删去远处的多余内容后再上传。"),
])
def test_the_sentences_name_the_file_the_figure_and_the_way_out(name, make, sentence):
    with pytest.raises(RuleViolation) as refusal:
        sheets.read_book(make(), name=name)
    assert str(refusal.value) == sentence


def test_an_external_entity_is_not_fetched():
    text = b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
    with pytest.raises(RuleViolation) as refusal:
        sheets.read_book(changed(word_form(), {"word/document.xml": text}), name="表.docx")
    assert refusal.value.codes == ["file_damaged"]


NAMES = ("表.xlsx", "表.xls", "表.ods", "表.docx", "表.csv", "表.xlsm", "表.pdf", "表")


@cache
def seeds() -> list[bytes]:
    return [fixture(name) for name in ("自评表.xlsx", "自评表.xls", "自评表.ods", "自评表-另存.docx")]


def only_a_refusal(content: bytes, name: str) -> None:
    try:
        sheets.read_book(content, name=name)
    except RuleViolation as refusal:
        assert str(refusal).startswith(f"“{name}”") and str(refusal).endswith("。")


FUZZ = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
PREFIXES = (b"", b"PK\x03\x04", MAGIC, b"<html>", b"<?xml ", b"\xff\xfe")


@FUZZ
@given(st.sampled_from(PREFIXES), st.binary(max_size=2_000), st.sampled_from(NAMES))
def test_random_bytes_are_read_or_refused(prefix, content, name):
    only_a_refusal(prefix + content, name)


EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(min_size=1, max_size=8)), min_size=1,
    max_size=12)


def edited(content: bytes, edits) -> bytes:
    changed_content = bytearray(content)
    for where, how, piece in edits:
        place = int(where * (len(changed_content) - 1))
        end = {0: place, 1: place + len(piece), 2: place + 20}.get(how, place + len(piece))
        changed_content[place:end] = b"" if how == 2 else piece
    return bytes(changed_content)


@FUZZ
@given(st.integers(0, 3), EDITS, st.sampled_from(NAMES))
def test_mutated_files_are_read_or_refused(which, edits, name):
    only_a_refusal(edited(seeds()[which], edits), name)


@FUZZ
@given(st.sampled_from([0, 2, 3]), st.integers(0, 40), EDITS)
def test_mutated_parts_of_a_zip_are_read_or_refused(which, number, edits):
    content = seeds()[which]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [part for part in archive.namelist() if part.endswith((".xml", ".rels"))]
        part = parts[number % len(parts)]
        mutated = edited(archive.read(part) or b"<", edits)
    only_a_refusal(changed(content, {part: mutated}), NAMES[which])
