"""`manage.py benchmark pdf`: pages per second of an official form, by each engine and drawn directly with ReportLab."""

import io
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pypdf
from django.conf import settings
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate
from reportlab.platypus import Table as DrawnTable

from core import clock, pdf
from core.official import FormDocument, Row, Table, label, number, text
from core.official.document import place_cells
from core.official.paper import paper_data, to_pdf
from core.pdf.fonts import FACES, SERIF

COLUMNS = (9, 15, 18, 38, 28, 24, 12, 12, 24)
INDICATORS = 15
GROUP = 5
LONG_ROWS = 300


def run(write: Callable[[str], None], *, times: int) -> None:
    """One short form by each engine, and one long table; ``times`` prints of each."""
    write("份数  页数    秒/份    页/秒  打印方式")
    short, long = sample_form(INDICATORS), sample_form(LONG_ROWS)
    write(measured("正式表格（xhtml2pdf）", short, to_pdf, times=times))
    write(measured("同一表格（typst）", short, typeset, times=times))
    write(measured("同一表格（ReportLab 直接绘制）", short, draw_directly, times=times))
    write(measured(f"{LONG_ROWS} 行长表（typst）", long, to_pdf, times=max(1, times // 10)))
    write(measured(f"{LONG_ROWS} 行长表（ReportLab 直接绘制）", long, draw_directly, times=max(1, times // 10)))


def measured(name: str, form: FormDocument, make: Callable[[FormDocument], bytes], *, times: int) -> str:
    """One line of the table. The first print, which loads fonts and engine, is left out."""
    pages = len(pypdf.PdfReader(io.BytesIO(make(form))).pages)
    started = time.perf_counter()
    for _ in range(times):
        make(form)
    taken = time.perf_counter() - started
    return f"{times:4d}{pages * times:6d}{taken / times:9.3f}{pages * times / taken:9.1f}  {name}"


def sample_form(indicators: int) -> FormDocument:
    """A self-evaluation form with that many indicators in merged groups of five."""
    head = tuple(map(label, ("", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因及改进措施")))
    rows = tuple(indicator_row(place, indicators) for place in range(indicators))
    return FormDocument(
        title="项目支出绩效自评表", year_label="（2026年度）", unit_line="填报单位：安澜县公路养护中心", money_unit_line="金额单位：万元",
        columns=COLUMNS, blocks=(Table((head, *rows), header_rows=1),), version="第 1 版", printed_at=clock.now(),
    )


def indicator_row(place: int, indicators: int) -> Row:
    rowspan = min(GROUP, indicators - place)
    labels = (label("产出指标", rowspan=rowspan), label("数量指标", rowspan=rowspan)) if place % GROUP == 0 else ()
    return (
        number(Decimal(place + 1), places=0), *labels, text(f"第{place + 1}批农村公路日常养护里程"), text("≥1,186.5公里"),
        text("1,186.5公里"), number(Decimal(5), places=0), number(Decimal("4.86")), text("受连续强降雨影响，部分路段顺延。"),
    )


def typeset(form: FormDocument) -> bytes:
    return pdf.render("official_form_long", paper_data(form))


def draw_directly(form: FormDocument) -> bytes:
    """The table of the form with ReportLab alone: the measure of what the layout by template costs."""
    if SERIF not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(SERIF, str(FACES[0].path(settings.PDF_FONT_DIR))))
    style = ParagraphStyle("cell", fontName=SERIF, fontSize=9, leading=11.25, wordWrap="CJK")
    table, = form.tables
    width = len(form.columns)
    cells: list[list[Any]] = [[""] * width for _ in table.rows]
    looks: list[tuple] = [("GRID", (0, 0), (-1, -1), 0.6, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    for placed in (placed for row in place_cells(table, width) for placed in row):
        cells[placed.row][placed.column] = Paragraph(placed.cell.text, style)
        looks.append(("SPAN", (placed.column, placed.row), (placed.last_column, placed.last_row)))
    widths = [180 * mm * column / sum(form.columns) for column in form.columns]
    result = io.BytesIO()
    page = SimpleDocTemplate(result, pagesize=A4, leftMargin=15 * mm, rightMargin=15 * mm, topMargin=18 * mm)
    page.build([Paragraph(form.title, style), DrawnTable(cells, widths, repeatRows=table.header_rows, style=looks)])
    return result.getvalue()
