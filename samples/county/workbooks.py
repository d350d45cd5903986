"""Lays the tables out as the workbooks an office would hand in."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from samples.county.budgets import budget_sheet
from samples.county.people import posts
from samples.county.progress import monitoring_sheet, self_evaluation_sheet
from samples.county.spending import spending_sheet
from samples.county.story import sheets
from samples.county.tables import YEARS, organisations
from samples.county.targets import indicator_sheet, target_sheet

Sheet = tuple[list[str], Iterable[list[object]]]
MADE_ON = datetime(2026, 11, 20, 9, 0, 0)  # noqa: DTZ001 - fixed: the files come out the same each time
BUDGET_HEADINGS = [
    "年度",
    "项目编码",
    "项目名称",
    "单位编码",
    "单位名称",
    "项目类别",
    "项目属性",
    "项目类型",
    "项目级次",
    "所属领域",
    "资金性质",
    "是否三保",
    "起始日期",
    "终止日期",
    "项目负责人",
    "联系电话",
    "财政拨款(万元)",
    "上年结转(万元)",
    "其他资金(万元)",
]
TARGET_HEADINGS = ["年度", "项目编码", "项目名称", "年度目标", "总体目标"]
INDICATOR_HEADINGS = [
    "年度",
    "项目编码",
    "项目名称",
    "一级指标",
    "二级指标",
    "三级指标",
    "指标值类型",
    "指标性质",
    "指标值",
    "计量单位",
    "权重",
    "指标解释",
    "评(扣)分标准",
    "指标来源",
]
SPENDING_HEADINGS = ["凭证号", "支付日期", "项目编码", "项目名称", "资金来源", "金额(元)", "收款人", "摘要"]
MONITORING_HEADINGS = [
    "年度",
    "轮次",
    "项目编码",
    "项目名称",
    "三级指标",
    "截至完成值",
    "全年预计",
    "完成可能性",
    "偏差原因",
    "原因说明",
]
SELF_EVALUATION_HEADINGS = ["年度", "项目编码", "项目名称", "三级指标", "实际完成值", "偏差原因及改进措施"]
WIDE = {
    "项目名称",
    "机构名称",
    "单位名称",
    "收款人",
    "三级指标",
    "指标值",
    "轮次名称",
    "统一社会信用代码",
}
WIDEST = {
    "年度目标",
    "总体目标",
    "指标解释",
    "评(扣)分标准",
    "摘要",
    "原因说明",
    "偏差原因及改进措施",
    "建议",
    "正文",
    "标题",
    "整改措施",
    "评估意见",
}


def workbooks() -> dict[str, dict[str, Sheet]]:
    """File name → sheet name → (headings, rows)."""
    books: dict[str, dict[str, Sheet]] = {"organisations.xlsx": _organisations()}
    for year in YEARS:
        books[f"budget-{year}.xlsx"] = {"项目预算": (BUDGET_HEADINGS, budget_sheet(year))}
        books[f"targets-{year}.xlsx"] = {
            "绩效目标": (TARGET_HEADINGS, target_sheet(year)),
            "绩效指标": (INDICATOR_HEADINGS, indicator_sheet(year)),
        }
    for year in YEARS[:2]:
        books[f"spending-{year}.xlsx"] = {"支付明细": (SPENDING_HEADINGS, spending_sheet(year))}
    story = sheets()
    books["story.xlsx"] = {
        "进度": story.pop("进度"),
        "监控填报": (MONITORING_HEADINGS, monitoring_sheet()),
        "自评填报": (SELF_EVALUATION_HEADINGS, self_evaluation_sheet()),
        **story,
    }
    return books


def write(folder: Path) -> list[Path]:
    """Writes every workbook into the folder and returns their paths."""
    return [_write_book(folder / name, book) for name, book in workbooks().items()]


def _organisations() -> dict[str, Sheet]:
    headings = ["机构编码", "机构名称", "机构类型", "上级机构编码", "归口股室编码", "统一社会信用代码"]
    organisation_rows = [
        [item.code, item.name, item.kind, item.parent, item.section, _credit_code(number, item.kind)]
        for number, item in enumerate(organisations(), start=1)
    ]
    people = [[post.login, post.name, post.organisation, post.role, post.phone] for post in posts()]
    return {
        "机构": (headings, organisation_rows),
        "人员": (["登录名", "姓名", "机构编码", "角色", "联系电话"], people),
    }


def _credit_code(number: int, kind: str) -> str:
    """An invented code of 18 characters on the division code 000000; sections of the bureau have none."""
    if kind == "财政股室":
        return ""
    return f"{'91' if kind == '第三方机构' else '11'}000000MB{number * 137:07d}X"


def _write_book(path: Path, book: dict[str, Sheet]) -> Path:
    workbook = xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False})
    workbook.set_properties({"author": "安澜县财政局", "created": MADE_ON})
    formats = {
        "head": workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "align": "center"}),
        "text": workbook.add_format({"num_format": "@"}),
        "money": workbook.add_format({"num_format": "#,##0.00"}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for name, (headings, lines) in book.items():
        sheet = workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            width = 46 if heading in WIDEST else 26 if heading in WIDE else max(11, 2 * len(heading) + 2)
            sheet.set_column(column, column, width, formats["text"])
            sheet.write_string(0, column, heading, formats["head"])
        for line_number, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                _write_cell(sheet, line_number, column, value, formats)
    workbook.close()
    return path


def _write_cell(sheet, line_number: int, column: int, value: object, formats: dict) -> None:
    match value:
        case "":
            return
        case Decimal():
            sheet.write_number(line_number, column, value, formats["money"])
        case date():
            sheet.write_datetime(line_number, column, value, formats["date"])
        case _:
            sheet.write_string(line_number, column, str(value), formats["text"])
