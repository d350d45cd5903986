"""The sample self-evaluation form, built as an office would fill it in a workbook and in Word."""

import io
from datetime import datetime

import xlsxwriter
from docx import Document

DATE, MONTH = datetime(2026, 3, 12), datetime(2025, 12, 1)
TITLE = "项目支出绩效自评表"
GOAL = "对全县 1,186.5 公里农村公路实施日常养护。"
RESULT = "日常养护 1,186.5 公里全覆盖；\n小修处治 3.86 万平方米。"
INDICATORS = [
    # 一级, 二级, 三级, 年度指标值, 实际完成值, 分值, 得分, 偏差原因
    ("成本指标\n（10分）", "经济成本指标", "日常养护平均成本", "≤0.92万元/公里·年", "0.90", 10, 10, ""),
    ("产出指标（50分）", "数量指标", "日常养护里程", "≥1,186.5公里", "1,186.5公里", 10, 10, ""),
    ("产出指标（50分）", "数量指标", "小修保养处治面积", "≥4.20万平方米", "3.86万平方米", 20, 18.38, "7月连续强降雨，西岭乡路段顺延。"),
    ("产出指标（50分）", "时效指标", "养护任务按期完成率", 0.95, 0.923, 20, 19.43, "受上述路段影响，1 项任务跨年。"),
    ("效益指标（20分）", "社会效益指标", "通客车行政村比例", 1, 1, 20, 20, ""),
    ("满意度指标（10分）", "服务对象满意度指标", "沿线群众满意度", "≥90%", 0.918, 10, 10, ""),
]


def workbook_form() -> bytes:
    """A sheet with merged cells, percentages as numbers, a date, a month, formulas with results, and a hidden list."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("自评表")
    wrap = book.add_format({"text_wrap": True, "border": 1})
    percent, one_place = book.add_format({"num_format": "0%"}), book.add_format({"num_format": "0.0%"})
    money = book.add_format({"num_format": "#,##0.00"})
    sheet.merge_range("A1:K1", TITLE)
    sheet.merge_range("A2:K2", "（2025年度）")
    sheet.write("A3", "填报单位（盖章）：县公路养护中心    金额单位：万元")
    sheet.merge_range("A4:B4", "项目名称", wrap)
    sheet.merge_range("C4:K4", "农村公路日常养护及小修保养", wrap)
    sheet.merge_range("A5:B5", "主管部门", wrap)
    sheet.merge_range("C5:E5", "县交通运输局", wrap)
    sheet.merge_range("F5:G5", "实施单位", wrap)
    sheet.merge_range("H5:K5", "县公路养护中心", wrap)
    sheet.merge_range("A6:B10", "项目资金\n（万元）", wrap)
    sheet.merge_range("C6:D6", "", wrap)
    for place, heading in (("E6", "年初预算数"), ("F6", "全年预算数"), ("I6", "分值"), ("J6", "执行率"), ("K6", "得分")):
        sheet.write(place, heading, wrap)
    sheet.merge_range("G6:H6", "全年执行数", wrap)
    for row, (name, amount, spent) in enumerate(
        [("年度资金总额", 1150, 1104), ("其中：当年财政拨款", 1150, 1104), ("上年结转资金", 0, 0), ("其他资金", 0, 0)], start=6
    ):
        sheet.merge_range(row, 2, row, 3, name, wrap)
        sheet.write_number(row, 4, amount, money)
        sheet.write_number(row, 5, amount, money)
        sheet.merge_range(row, 6, row, 7, spent, money)
    sheet.write("I7", 10)
    sheet.write_formula("J7", "=G7/F7", one_place, 0.96)
    sheet.write("K7", 9.6)
    sheet.write_formula("J8", "=G8/F8", one_place, 0.96)
    sheet.merge_range("A11:B12", "年度总体\n目标", wrap)
    sheet.merge_range("C11:E11", "预期目标", wrap)
    sheet.merge_range("F11:K11", "实际完成情况", wrap)
    sheet.merge_range("C12:E12", GOAL, wrap)
    sheet.merge_range("F12:K12", RESULT, wrap)
    sheet.merge_range("A13:A19", "绩\n效\n指\n标", wrap)
    for column, heading in enumerate(("一级\n指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"), start=1):
        sheet.write(12, column, heading, wrap)
    sheet.merge_range("I13:K13", "偏差原因分析\n及改进措施", wrap)
    for row, (level1, level2, name, target, actual, weight, score, reason) in enumerate(INDICATORS, start=13):
        for column, text in ((1, level1), (2, level2), (3, name)):
            sheet.write(row, column, text, wrap)
        sheet.write(row, 4, target, wrap if isinstance(target, str) else percent)
        sheet.write(row, 5, actual, wrap if isinstance(actual, str) else one_place)
        sheet.write(row, 6, weight)
        sheet.write(row, 7, score)
        sheet.merge_range(row, 8, row, 10, reason, wrap)
    sheet.merge_range("B15:B17", INDICATORS[1][0], wrap)
    sheet.merge_range("C15:C16", "数量指标", wrap)
    sheet.merge_range("A20:F20", "总  分", wrap)
    sheet.write_formula("G20", "=SUM(G14:G19)+I7", None, 100)
    sheet.write_formula("H20", "=SUM(H14:H19)+K7", None, 97.41)
    sheet.write("A21", "填报日期：")
    sheet.write_datetime("B21", DATE, book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write("D21", "完成时间")
    sheet.write_datetime("E21", MONTH, book.add_format({"num_format": 'yyyy"年"m"月"'}))
    names = book.add_worksheet("选项")
    names.write_column(0, 0, ["优", "良"])
    names.hide()
    book.close()
    return buffer.getvalue()


def word_form() -> bytes:
    """The same form as a Word table, with text around it, a table inside a cell, and spans in both directions."""
    document = Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("（2025年度）")
    document.add_paragraph("填报单位（盖章）：县公路养护中心    金额单位：万元")
    head = document.add_table(rows=2, cols=4)
    fill(head, 0, ["项目名称", "农村公路日常养护及小修保养", "", ""])
    head.cell(0, 1).merge(head.cell(0, 3))
    fill(head, 1, ["主管部门", "县交通运输局", "实施单位", "县公路养护中心"])
    document.add_paragraph("绩效指标完成情况")
    table = document.add_table(rows=1 + len(INDICATORS) + 1, cols=8)
    fill(table, 0, ["一级\n指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"])
    for number, indicator in enumerate(INDICATORS, start=1):
        fill(table, number, [
            f"{value:.1%}" if isinstance(value, float) and value < 1 else str(value) for value in indicator])
    for column, last in ((0, 4), (1, 3)):
        for number in range(3, last + 1):
            table.cell(number, column).text = ""
        table.cell(2, column).merge(table.cell(last, column)).text = INDICATORS[1][column]
    table.cell(7, 0).merge(table.cell(7, 4)).text = "总分"
    table.cell(7, 5).text, table.cell(7, 6).text = "100", "97.41"
    inner = table.cell(6, 7).add_table(rows=1, cols=2)
    fill(inner, 0, ["样本", "200份"])
    document.add_paragraph("填报人：李卫国    联系电话：0000-6621215")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def fill(table, row: int, texts) -> None:
    for column, text in enumerate(texts):
        table.cell(row, column).text = text


def many_kinds() -> tuple[bytes, list[list[str]]]:
    """A workbook with every kind of cell and more text than one record of an .xls holds, and what it says."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("各类")
    percent, day = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "yyyy-mm-dd"})
    clock, moment = book.add_format({"num_format": "h:mm"}), book.add_format({"num_format": "yyyy-mm-dd h:mm"})
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, [1, -2, 3.14, 1e-5, 123456789012, 0.5])
    sheet.write_row(1, 0, [0.1, 0.2, 0.305], percent)
    sheet.write_number(2, 0, 45992, day)
    sheet.write_number(2, 1, 0.354166666666667, clock)
    sheet.write_number(2, 2, 45992.5, moment)
    sheet.write_boolean(3, 0, True)
    sheet.write_boolean(3, 1, False)
    sheet.write_formula(4, 0, '="优"&"良"', None, "优良")
    sheet.write_formula(4, 1, "=1=1", None, True)
    sheet.write_formula(4, 2, "=1/0", None, "#DIV/0!")
    sheet.write_formula(4, 3, "=A1+0.5", None, 1.5)
    sheet.write_rich_string(5, 0, "一般", bold, "加粗", "𠮷")
    long_texts = [
        f"{number}指标{'说明abc' * (number % 40)}" if number % 3 else f"{number}{'plain ' * (number % 50)}"
        for number in range(200)
    ]
    sheet.write_column(6, 0, long_texts)
    book.close()
    rows = [
        ["1", "-2", "3.14", "0.00001", "123456789012", "0.5"], ["10%", "20%", "30.5%"],
        ["2025-12-01", "08:30:00", "2025-12-01 12:00:00"],
        ["是", "否"], ["优良", "是", "#DIV/0!", "1.5"], ["一般加粗𠮷"], *[[text.strip()] for text in long_texts],
    ]
    return buffer.getvalue(), [row + [""] * (6 - len(row)) for row in rows]
