"""Clean filled forms in the layouts that ministries and provinces publish, each with what a reader must find in it.

Rows as in `filled_forms`: a cell is a text, or a text with its columns and rows.
"""

from tests.core.filled_forms import word, workbook

PROJECT, DEPARTMENT, UNIT = "城乡居民养老服务补贴", "县民政局", "县社会福利中心"
INDICATORS = [
    ("产出指标", "数量指标", "享受补贴老年人数", "≥1,260人", "1,268人", "15", "15", ""),
    ("产出指标", "质量指标", "补贴对象认定准确率", "≥98%", "99.2%", "15", "15", ""),
    ("产出指标", "时效指标", "补贴发放及时率", "=100%", "95%", "10", "9.5", "两个乡镇资料补报，12月集中补发。"),
    ("产出指标", "成本指标", "项目总成本", "≤320万元", "304万元", "10", "10", ""),
    ("效益指标", "社会效益指标", "补贴对象应补尽补率", "100%", "100%", "20", "20", ""),
    ("效益指标", "可持续影响指标", "补贴动态管理机制", "健全", "健全", "10", "10", ""),
    ("满意度指标", "服务对象满意度指标", "受益老人满意度", "≥90%", "93%", "10", "10", ""),
]
GOAL, RESULT = "为1,260名困难老人发放养老服务补贴。", "全年为1,268名困难老人发放补贴304万元。"
MONEY = [("年度资金总额", "300.00", "320.00", "304.00", "10", "95.00%", "9.50"),
         ("其中：当年财政拨款", "300.00", "320.00", "304.00", "-", "95.00%", "-"),
         ("上年结转资金", "0.00", "0.00", "0.00", "-", "", "-"),
         ("其他资金", "0.00", "0.00", "0.00", "-", "", "-")]
NOTES = ["注：1.其他资金包括与财政资金共同投入的自有资金、社会资金，以及以前年度结转结余资金等。",
         "2.定量指标得分按完成比例计算；定性指标按达成预期指标、部分达成、未达成三档，在100%-80%（含）、80%-60%（含）、60%-0%内计分。"]
SPLIT = [("≥", "1260", "人", "1268"), ("≥", "98", "%", "99.2"), ("＝", "100", "%", "95"), ("≤", "320", "万元", "304"),
         ("＝", "100", "%", "100"), ("定性", "健全", "", "健全"), ("≥", "90", "%", "93")]


def leveled(rows: list[tuple], *, points: dict[str, str] | None = None, title: str = "（{}分）") -> list[list]:
    """The indicators with equal names of levels merged downwards."""
    points = points or {}
    lines, outer, inner = [], None, None
    for place, (level1, level2, *rest) in enumerate(rows):
        line = []
        if level1 != outer:
            high = run(rows, place, 0)
            line.append((level1 + (title.format(points[level1]) if level1 in points else ""), 1, high))
            inner = None
        if level2 != inner:
            line.append((level2, 1, run(rows, place, 1)))
        lines.append([*line, *rest])
        outer, inner = level1, level2
    return lines


def run(rows: list[tuple], place: int, column: int) -> int:
    same = 1
    while place + same < len(rows) and rows[place + same][: column + 1] == rows[place][: column + 1]:
        same += 1
    return same


def province_of_2020() -> bytes:
    """The form of 财预〔2020〕10号 as county websites publish it: money in two merged columns, goals side by side, seal."""
    rows = [
        [("附件1", 10, 1)], [("项目支出绩效自评表", 10, 1)], [("（2025年度）", 10, 1)],
        [("项目名称", 3, 1), (PROJECT, 7, 1)],
        [("主管部门", 3, 1), (f"{DEPARTMENT}", 3, 1), ("实施单位", 2, 1), (UNIT, 2, 1)],
        [("项目资金（万元）", 3, 5), "", "年初预算数", "全年预算数", ("全年执行数", 1, 1), "分值", "执行率", "得分"],
        *([label, *rest] for label, *rest in MONEY),
        [("年度总体目标", 1, 2), ("预期目标", 5, 1), ("实际完成情况", 4, 1)], [(GOAL, 5, 1), (RESULT, 4, 1)],
        [("绩效指标", 1, 1 + len(INDICATORS)), "一级指标", "二级指标", ("三级指标", 2, 1), "年度指标值", "实际完成值", "分值", "得分",
         "偏差原因分析及改进措施"],
        *([*line[:-6], (line[-6], 2, 1), *line[-5:]] for line in leveled(INDICATORS)),
        [("总分", 7, 1), "100", "99.00", ""], *([(note, 10, 1)] for note in NOTES),
        [("填报人：周敏", 5, 1), ("联系电话：0000-6621001", 5, 1)],
    ]
    return workbook(rows)


def word_of_2020() -> bytes:
    """The same in Word, the title above the table, points beside the levels, notes and signatures below."""
    points = {"产出指标": "50", "效益指标": "30", "满意度指标": "10"}
    rows = [
        [("项目名称", 2, 1), (PROJECT, 7, 1)], [("主管部门", 2, 1), (DEPARTMENT, 3, 1), "实施单位", (UNIT, 3, 1)],
        [("项目资金\n（万元）", 2, 5), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
        *([label, *rest] for label, *rest in MONEY),
        [("年度\n总体\n目标", 1, 2), ("预期目标", 4, 1), ("实际完成情况", 4, 1)], [(GOAL, 4, 1), (RESULT, 4, 1)],
        [("绩\n效\n指\n标", 1, 1 + len(INDICATORS)), "一级指标", "二级指标", "三级指标", "年度\n指标值", "实际\n完成值", "分值", "得分",
         "偏差原因分析及改进措施"],
        *leveled(INDICATORS, points=points, title="\n({}分)"),
        [("总　　分", 6, 1), "100", "99.00", ""],
    ]
    return word(rows, before=("附件2", "项目支出绩效自评表", "（2025年度）"), after=(*NOTES, "单位负责人（签字）：      2026年2月20日"))


def sichuan() -> bytes:
    """Operator, value and unit apart; money in rows of a table with 原因; notes of the template inside the form."""
    rows = [
        ["报表编号：510000_0013zp", ("", 10, 1)], [("部门预算项目支出绩效自评表（2025年度）", 11, 1)],
        [("项目名称", 2, 1), ("51092325T000012345678-" + PROJECT, 9, 1)],
        [("主管部门", 2, 1), (DEPARTMENT + "部门", 4, 1), ("实施单位\n（盖章）", 2, 1), (UNIT, 3, 1)],
        [("项目基本情况", 1, 3), ("1.项目年度目标完成情况", 1, 2), ("项目年度目标", 4, 1), ("年度目标完成情况", 5, 1)],
        [(GOAL, 4, 1), (RESULT, 5, 1)], ["2.项目实施内容及过程概述", ("按季度审核名单，通过一卡通发放。", 9, 1)],
        [("预算执行情况（10分）", 1, 6), ("年度预算数（万元）", 2, 1), "年初预算", ("调整后预算数", 2, 1), ("预算执行数", 2, 1), "预算执行率", "权重", "得分",
         "原因"],
        *([(label, 2, 1), initial, (adjusted, 2, 1), (executed, 2, 1), rate, weight, score, "" if place else NOTES[0]]
          for place, (label, initial, adjusted, executed, rate, weight, score) in enumerate([
              ("总额", "300.00", "320.00", "304.00", "95.00%", "10", "9.50"),
              ("其中：财政资金", "300.00", "320.00", "304.00", "95.00%", "/", "/"),
              ("财政专户管理资金", "0.00", "0.00", "0.00", "0.00%", "/", "/"),
              ("单位资金", "0.00", "0.00", "0.00", "0.00%", "/", "/"), ("其他资金", "", "", "", "", "/", "/")])),
        [("绩效指标（90分）", 1, 1 + len(INDICATORS)), "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "完成值", "权重", "得分",
         "未完成原因分析"],
        *([*line[:-5], *SPLIT[place][:2], SPLIT[place][2], SPLIT[place][3], *line[-3:]]
          for place, line in enumerate(leveled(INDICATORS))),
        [("合计", 8, 1), "100", "99.00", ""], ["评价结论", ("自评99分，达到预期。", 10, 1)], ["存在问题", ("个别乡镇补报资料偏晚。", 10, 1)],
        ["改进措施", ("按季通报。", 10, 1)], [("项目负责人：周敏", 5, 1), ("财务负责人：吴刚", 6, 1)],
    ]
    return workbook(rows)


def in_yuan() -> bytes:
    """金额单位：元 in the head, 自评得分, no column of levels 2 merged, a total row named 合计."""
    rows = [
        [("2025年度项目绩效自评情况表", 9, 1)], [("填报单位：" + UNIT, 5, 1), ("金额单位：元", 4, 1)],
        ["项目名称", (PROJECT, 4, 1), "主管部门", (DEPARTMENT, 3, 1)],
        ["资金来源", "年初预算数", ("调整后预算数", 2, 1), ("实际支出数", 2, 1), "执行率", "分值", "得分"],
        ["资金总额", "3000000", ("3200000", 2, 1), ("3040000", 2, 1), "95%", "10", "9.5"],
        ["其中：财政资金", "3000000", ("3200000", 2, 1), ("3040000", 2, 1), "95%", "", ""],
        ["年度绩效目标", (GOAL, 8, 1)], ["实际完成情况", (RESULT, 8, 1)],
        ["一级指标", "二级指标", "三级指标", "年初目标值", "全年实际值", "指标分值", "自评得分", ("未完成原因和改进措施", 2, 1)],
        *([*row[:7], (row[7], 2, 1)] for row in INDICATORS),
        [("合计", 5, 1), "100", "99", ("", 2, 1)],
    ]
    return workbook(rows)


def area_of_transfers() -> bytes:
    """转移支付区域绩效自评表: no points, 全年实际完成值 and a reason; several notes."""
    rows = [
        [("中央对地方转移支付区域绩效目标自评表", 8, 1)], [("（2025年度）", 8, 1)],
        [("转移支付名称", 2, 1), ("困难群众救助补助资金", 6, 1)],
        [("中央主管部门", 2, 1), ("民政部", 6, 1)],
        [("地方主管部门", 2, 1), (DEPARTMENT, 3, 1), "资金使用单位", (UNIT, 2, 1)],
        [("资金投入情况\n（万元）", 2, 5), ("", 2, 1), "全年预算数（A）", "全年执行数（B）", ("预算执行率（B/A×100%）", 2, 1)],
        [("年度资金总额：", 2, 1), "320", "320", ("100%", 2, 1)],
        [("其中：中央财政资金", 2, 1), "200", "200", ("100%", 2, 1)], [("地方资金", 2, 1), "120", "120", ("100%", 2, 1)],
        [("其他资金", 2, 1), "0", "0", ("", 2, 1)],
        [("总体目标完成情况", 1, 2), ("总体目标", 3, 1), ("全年实际完成情况", 4, 1)], [(GOAL, 3, 1), (RESULT, 4, 1)],
        [("绩效指标", 1, 5), "一级指标", "二级指标", "三级指标", "指标值", "全年实际完成值", ("未完成原因和改进措施", 2, 1)],
        *([*line[:-1], (line[-1], 2, 1)] for line in leveled([
            ("产出指标", "数量指标", "救助人次", "≥3000人次", "3126人次", ""), ("产出指标", "质量指标", "认定准确率", "≥95%", "97%", ""),
            ("效益指标", "社会效益指标", "困难群众应救尽救率", "=100%", "100%", ""),
            ("满意度指标", "服务对象满意度指标", "救助对象满意度", "≥85%", "92%", "")])),
        [("说明", 1, 1), ("无", 7, 1)], *([(note, 8, 1)] for note in NOTES),
    ]
    return workbook(rows, sheet="区域自评")


def declaration_in_word() -> bytes:
    """项目支出绩效目标申报表: money as labels with amounts, one column of values, no points."""
    rows = [
        ["项目名称", (PROJECT, 5, 1)], ["主管部门及代码", (f"318-{DEPARTMENT}", 2, 1), "实施单位", (UNIT, 2, 1)],
        ["项目属性", ("延续", 2, 1), "项目期", ("2026年", 2, 1)],
        [("项目资金\n（万元）", 1, 3), ("年度资金总额：", 2, 1), ("320", 3, 1)], [("其中：财政拨款", 2, 1), ("320", 3, 1)],
        [("其他资金", 2, 1), ("0", 3, 1)],
        ["年度目标", (GOAL, 5, 1)],
        [("绩效指标", 1, 1 + len(INDICATORS)), "一级指标", "二级指标", ("三级指标", 2, 1), "指标值"],
        *([*line[:-6], (line[-6], 2, 1), line[-5]] for line in leveled(INDICATORS)),
    ]
    return word(rows, before=("项目支出绩效目标申报表", "（2026年度）"), after=("填报说明：指标值应当细化、量化。",))


def yunnan_declaration() -> bytes:
    """Operator, value and unit apart with the attribute of each indicator and the way it is scored."""
    rows = [
        [("项目支出绩效目标表", 10, 1)], [("（2026年度）", 10, 1), ], ["单位名称：" + UNIT, ("", 6, 1), ("单位：万元", 3, 1)],
        ["项目名称", (PROJECT, 9, 1)], ["项目年度绩效目标", (GOAL, 9, 1)],
        ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "指标属性", "权重", "评（扣）分标准", "指标值数据来源"],
        *([*row[:3], *SPLIT[place][:3], "定性指标" if SPLIT[place][0] == "定性" else "定量指标", row[5], "按完成比例计分", "工作台账"]
          for place, row in enumerate(INDICATORS)),
        [("合计", 7, 1), "90", "", ""],
    ]
    return workbook(rows)


def monitoring() -> bytes:
    """绩效运行监控表: money so far, three columns of likelihood."""
    rows = [
        [("项目支出绩效运行监控表", 10, 1)], [("（2026年1-7月）", 10, 1)], [("项目名称", 2, 1), (PROJECT, 8, 1)],
        [("主管部门", 2, 1), (DEPARTMENT, 3, 1), ("实施单位", 2, 1), (UNIT, 3, 1)],
        [("项目资金（万元）", 2, 3), ("", 2, 1), ("年初预算数", 2, 1), ("1-7月执行数", 2, 1), "1-7月执行率", "全年预计执行数"],
        [("年度资金总额", 2, 1), ("320", 2, 1), ("192", 2, 1), "60%", "320"],
        [("其中：财政拨款", 2, 1), ("320", 2, 1), ("192", 2, 1), "60%", "320"],
        [("年度总体目标", 2, 1), (GOAL, 8, 1)],
        ["一级指标", "二级指标", "三级指标", "年度指标值", "1-7月实际完成值", "全年预计完成值", ("偏差原因分析", 1, 1), "完成目标可能性", ("备注", 2, 1)],
        *([*row[:4], done, row[3].lstrip("≥≤="), "", "确定能", ("", 2, 1)] for row, done in zip(
            INDICATORS, ("1,165人", "99%", "100%", "186万元", "100%", "健全", "93%"), strict=True)),
    ]
    return workbook(rows)


def department() -> bytes:
    """部门整体支出绩效自评表: tasks with money above the indicators."""
    rows = [
        [("部门整体支出绩效自评表", 9, 1)], [("（2025年度）", 9, 1)], ["部门名称", (DEPARTMENT, 8, 1)],
        [("年度预算\n（万元）", 1, 4), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分", ""],
        ["资金总额", "2600", "2800", "2660", "10", "95%", "9.5", ""],
        ["基本支出", "1200", "1200", "1200", "-", "100%", "-", ""],
        ["项目支出", "1400", "1600", "1460", "-", "91.25%", "-", ""],
        ["年度总体目标", ("保障困难群体基本生活。", 4, 1), "完成情况", ("困难群体应保尽保。", 3, 1)],
        [("绩效指标", 1, 5), "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"],
        *leveled([
            ("产出指标", "数量指标", "月均保障低保对象", "≥5200人", "5236人", "30", "30", ""),
            ("产出指标", "质量指标", "低保对象认定准确率", "≥98%", "98.6%", "20", "20", ""),
            ("效益指标", "社会效益指标", "困难群众应保尽保率", "=100%", "100%", "30", "30", ""),
            ("满意度指标", "服务对象满意度指标", "服务对象满意度", "≥90%", "95%", "10", "10", "")]),
        [("总分", 6, 1), "100", "99.5", ""],
    ]
    return workbook(rows)


def two_tables_in_word() -> bytes:
    """Facts and money in one table of a Word file, the indicators in the next."""
    first = [["项目名称", (PROJECT, 3, 1)], ["主管部门", DEPARTMENT, "实施单位", UNIT]]
    money = [["资金来源", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"], *(list(row) for row in MONEY)]
    goals = [["预期目标", GOAL], ["实际完成情况", RESULT]]
    last = [["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"],
            *leveled(INDICATORS), [("总分", 5, 1), "100", "99.00", ""]]
    return word(first, money, goals, last, before=("县社会福利中心2025年度项目支出绩效自评表",))


def with_instructions() -> bytes:
    """A sheet of instructions before the form and a list of words behind it."""
    guide = [["填报说明"], ["1.本表由项目单位填报。"], ["2.分值合计100分，其中预算执行率10分。"]]
    rows = [
        [("项目支出绩效自评表", 9, 1)], [("（2025年度）", 9, 1)], ["项目名称", (PROJECT, 8, 1)],
        ["主管部门", (DEPARTMENT, 3, 1), "实施单位", (UNIT, 4, 1)],
        [("项目资金（万元）", 1, 5), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", ("得分", 2, 1)],
        *([*row[:-1], (row[-1], 2, 1)] for row in MONEY),
        ["预期目标", (GOAL, 3, 1), "实际完成情况", (RESULT, 4, 1)],
        ["序号", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"],
        *([str(place), *row] for place, row in enumerate(INDICATORS, start=1)),
        [("总分", 6, 1), "100", "99.00", ""],
    ]
    return workbook(guide, sheet="填报说明", more={"自评表": rows, "选项": [["优"], ["良"], ["中"], ["差"]]})


def execution_as_indicator() -> bytes:
    """预算执行率 is the first row of the indicators; money stands above without points."""
    rows = [
        [("2025年度项目支出绩效自评表", 8, 1)], ["项目名称", (PROJECT, 7, 1)], ["主管部门", (DEPARTMENT, 3, 1), "项目单位", (UNIT, 3, 1)],
        [("资金情况（万元）", 1, 3), "", ("年初预算数", 2, 1), ("全年预算数", 2, 1), ("全年执行数", 2, 1)],
        ["年度资金总额", ("300", 2, 1), ("320", 2, 1), ("304", 2, 1)],
        ["其中：财政拨款", ("300", 2, 1), ("320", 2, 1), ("304", 2, 1)],
        ["年初设定目标", (GOAL, 3, 1), "全年实际完成情况", (RESULT, 3, 1)],
        ["一级指标", "二级指标", "三级指标", "目标值", "完成值", "权重", "得分", "偏差原因"],
        [("预算执行率", 3, 1), "100%", "95%", "10", "9.5", "两个乡镇资料补报。"],
        *leveled(INDICATORS), [("合计", 5, 1), "100", "99", ""],
    ]
    return workbook(rows)


CLEAN = {maker.__name__: maker for maker in (
    province_of_2020, word_of_2020, sichuan, in_yuan, area_of_transfers, declaration_in_word, yunnan_declaration,
    monitoring, department, two_tables_in_word, with_instructions, execution_as_indicator,
)}
