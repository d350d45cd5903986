"""Filled official forms in real layouts, as workbooks and Word files; tests change the facts and write again."""

import copy
import io
from decimal import Decimal

import xlsxwriter
from docx import Document

REASON = "7月连续强降雨，西岭乡路段顺延到次年2月。"
COST = ("成本指标", "经济成本指标", "日常养护平均成本", "≤0.92万元/公里", "0.90万元/公里", "20", "20", "")
ROWS = [
    COST,
    ("产出指标", "数量指标", "日常养护里程", "≥1,186.5公里", "1,186.5公里", "10", "10", ""),
    ("产出指标", "数量指标", "小修保养处治面积", "≥4.20万平方米", "3.86万平方米", "10", "9.19", REASON),
    ("产出指标", "质量指标", "小修工程验收合格率", "=100%", "100%", "10", "10", ""),
    ("产出指标", "时效指标", "水毁抢修完成时间", "2025年11月30日前", "2025年10月20日", "10", "10", ""),
    ("效益指标", "社会效益指标", "通客车行政村比例", "=100%", "100%", "10", "10", ""),
    ("效益指标", "可持续影响指标", "管养长效机制健全程度", "健全", "健全", "10", "10", ""),
    ("满意度指标", "服务对象满意度指标", "沿线群众满意度", "≥90%", "91.8%", "10", "10", ""),
]
COLUMNS = ("level1", "level2", "name", "target", "actual", "weight", "score", "reason")
FUNDS = [
    ("年度资金总额", "1150", "1150", "1104", "10", "96.00%", "9.60"),
    ("其中：当年财政拨款", "1100", "1100", "1060", "", "96.36%", ""),
    ("上年结转资金", "50", "50", "44", "", "88.00%", ""),
    ("其他资金", "0", "0", "0", "", "", ""),
]
FUND_COLUMNS = ("label", "initial", "adjusted", "executed", "weight", "rate", "score")
FIRST_FUND, FIRST_INDICATOR = 7, 14


def self_evaluation() -> dict:
    """A clean self-evaluation form under 10+20+40+20+10; scores add up to 98.79."""
    return {
        "title": "项目支出绩效自评表", "year": "（2025年度）", "unit_line": "填报单位（盖章）：县公路养护中心    金额单位：万元",
        "project": "农村公路日常养护及小修保养", "department": "县交通运输局", "unit": "县公路养护中心",
        "funds": [dict(zip(FUND_COLUMNS, row, strict=True)) for row in FUNDS],
        "goal": "对全县1,186.5公里农村公路实施日常养护，处治小修面积4.20万平方米。",
        "result": "日常养护1,186.5公里全覆盖；小修处治3.86万平方米，完成91.9%。",
        "indicators": [dict(zip(COLUMNS, row, strict=True)) for row in ROWS],
        "total_weight": "100", "total_score": "98.79", "grade": "自评等级：优",
        "level_points": {}, "notes": [],
    }


def legacy() -> dict:
    """Cost under output, 10+50+30+10: the form of 2020."""
    form = self_evaluation()
    form["indicators"][0] |= {"level1": "产出指标", "level2": "成本指标", "weight": "10", "score": "10"}
    form["indicators"][5] |= {"weight": "20", "score": "20"}
    return form


def changed(form: dict, change) -> dict:
    form = copy.deepcopy(form)
    change(form)
    return form


def standard_rows(form: dict) -> list[list]:
    """Nine columns. A cell is a text, or a text with its columns and rows."""
    rows = [
        [(form["title"], 9, 1)], [(form["year"], 9, 1)], [(form["unit_line"], 9, 1)],
        [("项目名称", 2, 1), (form["project"], 7, 1)],
        [("主管部门", 2, 1), (form["department"], 3, 1), "实施单位", (form["unit"], 3, 1)],
        [("项目资金\n（万元）", 2, 1 + len(form["funds"])), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        *([fund[name] for name in FUND_COLUMNS] for fund in form["funds"]),
        [("年度总体\n目标", 2, 2), ("预期目标", 3, 1), ("实际完成情况", 4, 1)],
        [(form["goal"], 3, 1), (form["result"], 4, 1)],
        [("绩\n效\n指\n标", 1, 1 + len(form["indicators"])), "一级\n指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值",
         "得分",
         "偏差原因分析\n及改进措施"],
        *([one[name] for name in COLUMNS] for one in shown(form)),
    ]
    if form["total_weight"] is not None:
        rows.append([("总分", 6, 1), form["total_weight"], form["total_score"], form["grade"]])
    return rows + [[(note, 9, 1)] for note in form["notes"]]


def shown(form: dict) -> list[dict]:
    """The indicators with the points beside their level-1 names, where the form gives them."""
    points = form["level_points"]

    def level(name: str) -> str:
        return f"{name}\n（{points[name]}分）" if name in points else name

    return [one | {"level1": level(one["level1"])} for one in form["indicators"]]


def column_rows(form: dict) -> list[list]:
    """四川: operator and unit in columns of their own, other headings, extra columns, texts below."""
    rows = [
        [("部门预算项目支出绩效自评表", 12, 1)], [(form["year"], 12, 1)],
        ["项目名称", (form["project"], 11, 1)],
        ["主管部门", (form["department"], 4, 1), "实施单位及代码", (form["unit"], 6, 1)],
        [("预算执行情况（万元）", 1, 1 + len(form["funds"])), ("资金来源", 2, 1), ("年初预算", 2, 1), ("全年预算数", 2, 1),
         ("预算执行数", 2, 1), "权重",
         "预算执行率", "得分"],
        *([(fund["label"], 2, 1), (fund["initial"], 2, 1), (fund["adjusted"], 2, 1), (fund["executed"], 2, 1),
           fund["weight"],
           fund["rate"], fund["score"]] for fund in form["funds"]),
        [("年度目标", 1, 1), (form["goal"], 11, 1)],
        [("目标实际完成情况", 1, 1), (form["result"], 11, 1)],
        ["序号", "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "全年完成值", "权重", "得分", "未完成原因分析", "备注"],
    ]
    for place, one in enumerate(form["indicators"], start=1):
        operator, value, unit = one.get("split", ("", one["target"], ""))
        rows.append([str(place), one["level1"], one["level2"], one["name"], operator, value, unit,
                     one["actual"], one["weight"],
                     one["score"], one["reason"], ""])
    rows.append([("合计", 8, 1), form["total_weight"], form["total_score"], "", ""])
    return rows + [
        ["评价结论", (form.get("conclusion", "总体完成较好，小修面积有差额。"), 11, 1)], ["存在问题", ("雨季施工安排不足。", 11, 1)],
        ["改进措施", ("提前安排汛前施工。", 11, 1)], ["项目负责人：赵文斌", ("财务负责人：孙丽", 11, 1)],
    ]


def split_columns(form: dict) -> dict:
    """The targets of the form split into operator, value and unit."""
    parts = [
        ("≤", "0.92", "万元/公里"), ("≥", "1,186.5", "公里"), ("≥", "4.20", "万平方米"), ("＝", "100", "百分比"),
        ("定性", "2025年11月30日前", ""), ("＝", "100", "％"), ("定性", "健全", ""), ("≥", "90", "%"),
    ]
    for one, split, actual in zip(form["indicators"], parts,
                                  ("0.90", "1,186.5", "3.86", "100", None, "100", None, "91.8"), strict=True):
        one["split"] = split
        one["actual"] = actual or one["actual"]
    return form


def workbook(rows: list[list], *, sheet: str = "表", more: dict[str, list[list]] | None = None) -> bytes:
    """The rows as .xlsx with merged cells; `more` are further sheets."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for name, lines in {sheet: rows, **(more or {})}.items():
        _write(book.add_worksheet(name), lines)
    book.close()
    return buffer.getvalue()


def _write(sheet, rows: list[list]) -> None:
    for row, column, text, wide, high in placed(rows):
        if (wide, high) != (1, 1):
            sheet.merge_range(row, column, row + high - 1, column + wide - 1, "")
        if isinstance(text, str):
            sheet.write_string(row, column, text)
        elif isinstance(text, Decimal):
            sheet.write_number(row, column, text)
        else:
            text(sheet, row, column)


def placed(rows: list[list]) -> list[tuple]:
    """Row, column, text, columns, rows of every cell; a row leaves out what a cell above covers."""
    taken: set[tuple[int, int]] = set()
    found = []
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            text, wide, high = cell if isinstance(cell, tuple) else (cell, 1, 1)
            while (row, column) in taken:
                column += 1
            taken |= {(row + y, column + x) for y in range(high) for x in range(wide)}
            found.append((row, column, text, wide, high))
            column += wide
    return found


def word(*tables: list[list], before: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> bytes:
    """The rows as the tables of a .docx."""
    document = Document()
    for line in before:
        document.add_paragraph(line)
    for rows in tables:
        cells = placed(rows)
        width = max(column + wide for _, column, _, wide, _ in cells)
        table = document.add_table(rows=len(rows), cols=width)
        for row, column, text, wide, high in cells:
            cell = table.cell(row, column)
            if (wide, high) != (1, 1):
                cell = cell.merge(table.cell(row + high - 1, column + wide - 1))
            cell.text = text
        document.add_paragraph("")
    for line in after:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def declaration_rows() -> list[list]:
    """Funds as pairs, the targets of the whole term beside those of the year: two indicators in a row."""
    def pair(first: tuple, second: tuple, level1: str, level2: str) -> list:
        return [level1, level2, *first, *second]

    return [
        [("项目支出绩效目标申报表", 8, 1)], [("（2026年度）", 8, 1)],
        [("项目名称", 2, 1), (" 农村公路日常养护及小修保养", 6, 1)],
        [("主管部门及代码", 2, 1), ("301-县交通运输局", 2, 1), ("实施单位", 2, 1), ("县公路养护中心", 2, 1)],
        [("项目属性", 2, 1), ("延续", 2, 1), ("项目期", 2, 1), ("2026年—2028年", 2, 1)],
        [("项目资金\n（万元）", 2, 4), "中期资金总额：", "3450", ("年度资金总额：", 2, 1), ("1150", 2, 1)],
        ["其中：财政拨款", "3450", ("其中：财政拨款", 2, 1), ("1100", 2, 1)],
        ["　　　上年结转", "0", ("　　　上年结转", 2, 1), ("50", 2, 1)],
        ["　　　其他资金", "0", ("　　　其他资金", 2, 1), ("0", 2, 1)],
        [("总体目标", 2, 2), ("中期目标（2026年—2028年）", 2, 1), ("年度目标", 4, 1)],
        [("三年内中等路以上比例达到85%。", 2, 1), ("全年养护1,186.5公里，处治小修4.20万平方米。", 4, 1)],
        [("一级指标", 1, 2), ("二级指标", 1, 2), ("中期", 2, 1), ("年度", 4, 1)],
        ["三级指标", "指标值", "三级指标", "指标值", "分值", "评（扣）分标准"],
        pair(("三年养护平均成本", "≤0.95万元/公里"), ("日常养护平均成本", "≤0.92万元/公里", "20", "超一分扣完"), "成本指标", "经济成本指标"),
        pair(("三年养护里程", "≥3,559.5公里"), ("日常养护里程", "≥1,186.5公里", "20", "按比例"), "产出指标", "数量指标"),
        pair(("工程验收合格率", "=100%"), ("小修工程验收合格率", "=100%", "20", "按比例"), "产出指标", "质量指标"),
        pair(("通客车行政村比例", "=100%"), ("通客车行政村比例", "=100%", "20", "按比例"), "效益指标", "社会效益指标"),
        pair(("沿线群众满意度", "≥90%"), ("沿线群众满意度", "≥90%", "10", "按比例"), "满意度指标", "服务对象满意度指标"),
        [("合计", 6, 1), "90", ""],
    ]


def progress_rows() -> list[list]:
    """执行监控表 with a column for each cause and each likelihood, to be ticked."""
    def row(level1, level2, name, target, done, forecast, *ticks) -> list:
        return [level1, level2, name, target, done, forecast, *ticks]

    return [
        [("项目支出绩效目标执行监控表", 14, 1)], [("（2026年度）", 14, 1)],
        [("项目名称", 2, 1), ("农村公路日常养护及小修保养", 12, 1)],
        [("主管部门", 2, 1), ("县交通运输局", 5, 1), ("实施单位", 2, 1), ("县公路养护中心", 5, 1)],
        [("项目资金\n（万元）", 2, 5), ("", 2, 1), ("年初预算数", 2, 1), ("调整后预算数", 2, 1), ("1-7月执行数", 2, 1),
         ("1-7月执行率", 2, 1),
         "全年预计执行数", "预计全年结余"],
        [("年度资金总额", 2, 1), ("1150", 2, 1), ("1150", 2, 1), ("690", 2, 1), ("60%", 2, 1), "1150", "0"],
        [("其中：本年财政拨款", 2, 1), ("1100", 2, 1), ("1100", 2, 1), ("650", 2, 1), ("59.09%", 2, 1), "1100", "0"],
        [("上年结转资金", 2, 1), ("50", 2, 1), ("50", 2, 1), ("40", 2, 1), ("80%", 2, 1), "50", "0"],
        [("其他资金", 2, 1), ("0", 2, 1), ("0", 2, 1), ("0", 2, 1), ("", 2, 1), "0", "0"],
        [("年度总体目标", 2, 1), ("养护农村公路1,186.5公里。", 12, 1)],
        [("一级指标", 1, 2), ("二级指标", 1, 2), ("三级指标", 1, 2), ("年度指标值", 1, 2), ("1-7月执行情况", 1, 2),
         ("全年预计完成情况", 1, 2),
         ("偏差原因分析", 5, 1), ("完成目标可能性", 3, 1)],
        ["经费保障", "制度保障", "人员保障", "硬件条件保障", "原因说明", "确定能", "有可能", "完全不可能"],
        row("产出指标", "数量指标", "日常养护里程", "≥1,186.5公里", "1,186.5公里", "1,186.5公里", "", "", "", "", "", "√", "",
            ""),
        row("产出指标", "质量指标", "小修工程验收合格率", "=100%", "90%", "95%", "", "", "√", "", "监理人员不足。", "", "√", ""),
        row("效益指标", "社会效益指标", "通客车行政村比例", "=100%", "100%", "100%", "", "", "", "", "", "√", "", ""),
    ]


def whole_rows() -> list[list]:
    """重庆: a department's self-evaluation: first and adjusted targets, a coefficient, one line of money."""
    def row(name, unit, sign, first, adjusted, done, coefficient, weight, score, core) -> list:
        return [name, unit, sign, first, adjusted, done, coefficient, weight, score, core]

    return [
        [("2025年度部门整体绩效自评表", 10, 1)],
        ["主管部门", ("县交通运输局", 4, 1), "财政处室", ("经济建设股", 4, 1)],
        ["自评总分", ("99.40", 4, 1), "联系人", ("何静", 4, 1)],
        ["年初预算数", ("全年（调整）预算数", 2, 1), ("全年执行数", 2, 1), ("执行率", 2, 1), ("执行率权重", 2, 1), "执行率得分"],
        ["5000", ("5200", 2, 1), ("4888", 2, 1), ("94%", 2, 1), ("10", 2, 1), "9.40"],
        [("年初绩效目标", 3, 1), ("全年（调整）绩效目标", 3, 1), ("全年目标实际完成情况", 4, 1)],
        [("建成四好农村路60公里。", 3, 1), ("建成四好农村路66公里。", 3, 1), ("建成66公里，群众出行时间缩短。", 4, 1)],
        ["指标名称", "计量单位", "指标性质", "年初指标值", "调整指标值", "全年完成值", "得分系数（%）", "指标权重", "指标得分", "是否核心指标"],
        row("财政供养人员控制率", "%", "≤", "100", "", "98", "100", "10", "10", "否"),
        row("建成四好农村路里程", "公里", "≥", "60", "66", "66", "100", "40", "40", "是"),
        row("政府采购执行率", "%", "≥", "95", "", "96", "100", "20", "20", "否"),
        row("群众满意度", "%", "≥", "90", "", "92", "100", "20", "20", "是"),
    ]


def review_rows() -> list[list]:
    items = [
        ("完整性审核", "规范完整性", "10", "9"), ("完整性审核", "明确清晰性", "10", "9"), ("相关性审核", "目标相关性", "15", "14"),
        ("相关性审核", "指标科学性", "15", "13"), ("适当性审核", "绩效合理性", "15", "13"), ("适当性审核", "资金匹配性", "15", "13"),
        ("可行性审核", "实现可能性", "10", "9"), ("可行性审核", "条件充分性", "10", "8"),
    ]
    return [
        [("项目支出绩效目标审核表", 5, 1)], [("（2026年度）", 5, 1)], ["项目名称", ("农村公路日常养护及小修保养", 4, 1)],
        ["主管部门", "县交通运输局", "实施单位", ("县公路养护中心", 2, 1)],
        ["审核内容", "审核要点", "分值", "得分", "存在问题"],
        *([*item, ""] for item in items),
        [("审核得分合计", 2, 1), "100", "88", ""],
        ["综合评定等级", ("良", 4, 1)], ["总体意见", ("补充时效指标后通过。", 4, 1)],
    ]


def ex_ante_rows(book) -> list[list]:
    rows = [
        [("事前绩效评估表", 5, 1)], [("（2026年度）", 5, 1)], ["项目名称", ("智慧公路监测平台", 4, 1)],
        ["主管部门", "县交通运输局", "实施单位", ("县公路养护中心", 2, 1)],
        ["申请金额", "620", "其中：财政资金", ("500", 2, 1)],
        ["评估维度", "评估要点", "分值", "等级", "得分"],
    ]
    rows += [[dimension.name, item.name, "5", "良",
              "4"] for dimension in book.ex_ante.dimensions for item in dimension.items]
    return rows + [
        [("总分", 2, 1), "100", "", "80"], ["总体结论", ("建议支持", 4, 1)], ["建议安排金额", ("560", 4, 1)],
        ["评估意见", ("压减软件开发费。", 4, 1)],
    ]


def evaluation_rows() -> list[list]:
    return [
        [("农村公路养护项目绩效评价指标体系评分表", 8, 1)], [("（2025年度）", 8, 1)], ["项目名称", ("农村公路日常养护及小修保养", 7, 1)],
        ["主管部门", ("县交通运输局", 3, 1), "实施单位", ("县公路养护中心", 3, 1)],
        ["一级指标", "二级指标", "三级指标", "权重", "评分标准", "业绩值", "得分", "扣分原因"],
        ["决策（15分）", "项目立项", "立项依据充分性", "15", "要素计分", "依据充分", "15", ""],
        ["过程（20分）", "资金管理", "预算执行率", "20", "支出÷到位", "96%", "19.20", "执行率96%。"],
        ["产出（35分）", "产出数量", "日常养护里程完成率", "35", "按比例", "100%", "35", ""],
        ["效益（30分）", "项目效益", "沿线群众满意度", "30", "按比例", "91.8%", "30", ""],
        [("合计", 3, 1), "100", "", "", "99.20", "评价等级：优"],
    ]


def letter_tables() -> tuple[tuple[str, ...], list[list], tuple[str, ...]]:
    return (
        ("绩效评价反馈意见书", "安财绩函〔2026〕7号", "县交通运输局：",
         "我局对农村公路日常养护及小修保养项目开展了财政评价，评价得分86.50分，评价等级为“良”。请于收到之日起30日内报送整改方案。"),
        [["序号", "存在问题", "整改要求", "完成时限"], ["1", "日常养护台账不完整。", "补齐台账，按月抽查。", "2026年6月30日"],
         ["2", "采购档案缺验收单。", "补办验收手续。", "2026年7月31日"]],
        ("安澜县财政局", "2026年5月8日"),
    )


def allocation_rows() -> list[list]:
    return [
        [("下年度预算安排表", 9, 1)], [("（2027年度）    金额单位：万元", 9, 1)],
        ["序号", "项目名称", "实施单位", "评价得分", "上年预算数", "申请数", "规则建议数", "安排数", "调整理由"],
        ["1", "农村公路日常养护及小修保养", "县公路养护中心", "98.79", "1,150.00", "1,200.00", "1,200.00", "1,200.00", ""],
        ["2", "农村客运补贴", "县道路运输所", "71.00", "300.00", "300.00", "270.00", "280.00", "新增线路两条。"],
        [("合计", 4, 1), "1,450.00", "1,500.00", "1,470.00", "1,480.00", ""],
    ]
