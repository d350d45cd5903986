"""Sample official forms: the self-evaluation form of the road maintenance project, a roll-up of many rows, a letter."""

from datetime import UTC, datetime
from decimal import Decimal

from core.official import Align, FormDocument, Orientation, Prose, Row, Table, label, number, percent, text

PRINTED_AT = datetime(2026, 3, 12, 8, 8, tzinfo=UTC)
COLUMNS = (9, 14, 17, 37, 25, 21, 11, 13, 10, 13, 10)

FUNDS = (
    ("年度资金总额", "1150", "1104", Decimal(10), Decimal("9.60")),
    ("其中：当年财政拨款", "1150", "1104", None, None),
    ("　　　上年结转资金", "0", "0", None, None),
    ("　　　其他资金", "0", "0", None, None),
)

INDICATORS = (
    ("成本指标", "经济成本指标", "日常养护平均成本", "≤0.92万元/公里·年", "0.90", 10, "10.00", ""),
    ("成本指标", "经济成本指标", "小修保养单价占定额比例", "≤100%", "98.6%", 10, "10.00", ""),
    ("产出指标", "数量指标", "日常养护里程", "≥1,186.5公里", "1,186.5公里", 8, "8.00", ""),
    ("产出指标", "数量指标", "小修保养处治面积", "≥4.20万平方米", "3.86万平方米", 8, "7.35",
     "7月连续强降雨，西岭乡路段顺延，已于2026年2月完工，采购合同编号ZFCG-2026-0417/B。"),
    ("产出指标", "质量指标", "路面技术状况优良中等路率", "≥85%", "86.2%", 8, "8.00", ""),
    ("产出指标", "质量指标", "小修工程验收合格率", "=100%", "100%", 6, "6.00", ""),
    ("产出指标", "时效指标", "养护任务按期完成率", "≥95%", "92.3%", 5, "4.86", "受上述路段影响，1项任务跨年。"),
    ("产出指标", "时效指标", "水毁抢修到场时间", "≤4小时", "3.2小时", 5, "5.00", ""),
    ("效益指标", "社会效益指标", "通客车行政村比例", "=100%", "100%", 7, "7.00", ""),
    ("效益指标", "社会效益指标", "因路况引发交通事故下降率", "≥5%", "11.4%", 7, "6.30", "指标值按上年基数定低，2027年度起改用三年平均值。"),
    ("效益指标", "生态效益指标", "公路沿线绿化管护率", "≥90%", "93%", 3, "3.00", ""),
    ("效益指标", "可持续影响指标", "管养长效机制健全程度", "健全", "基本健全", 3, "2.70", "2个乡镇细则未印发，2026年6月底前完成。"),
    ("满意度指标", "服务对象满意度指标", "沿线群众满意度", "≥90%", "91.8%", 10, "10.00", ""),
)


def self_evaluation(indicators=INDICATORS, **changes) -> FormDocument:
    """项目支出绩效自评表 on eleven columns: facts, money and goals in one table, the indicators in another."""
    said = {
        "title": "项目支出绩效自评表", "annex": "附件1", "year_label": "（2025年度）",
        "unit_line": "填报单位（盖章）：安澜县公路养护中心", "money_unit_line": "金额单位：万元",
        "columns": COLUMNS, "blocks": (facts(), indicator_table(indicators)),
        "signatures": ("填报人：李卫国", "联系电话：0000-6621215", "单位负责人（签字）：", "填报日期：2026年3月12日"),
        "notes": ("注：1. 得分=分值×实际完成值÷年度指标值（≥、=类）；≤类按反比例计分；得分最高不超过分值。",
                  "2. 定性指标按“达成预期、部分达成、未达成”三档，分别按分值的100%—80%（含）、80%—60%（含）、60%—0%计分。"),
        "reference": "项目编号：25-JT-0012", "version": "第 2 版", "printed_at": PRINTED_AT,
    }
    return FormDocument(**{**said, **changes})


def facts() -> Table:
    money_head = (
        label("项目资金\n（万元）", colspan=2, rowspan=5), label("", colspan=2), label("年初预算数"), label("全年预算数"),
        label("全年执行数", colspan=2), label("分值"), label("执行率"), label("得分"),
    )
    return Table((
        (label("项目名称", colspan=2), text("农村公路日常养护及小修保养", colspan=9, align=Align.CENTER)),
        (label("主管部门", colspan=2), text("县交通运输局", colspan=3, align=Align.CENTER), label("实施单位", colspan=2),
         text("县公路养护中心", colspan=4, align=Align.CENTER)),
        money_head,
        *(money_row(*row) for row in FUNDS),
        (label("年度总体\n目标", colspan=2, rowspan=2), label("预期目标", colspan=3), label("实际完成情况", colspan=6)),
        (text("对全县1,186.5公里农村公路实施日常养护，处治小修面积4.20万平方米，水毁4小时内到场抢修，保障群众出行安全、畅通。", colspan=3),
         text("日常养护1,186.5公里全覆盖；小修处治3.86万平方米，完成91.9%，差额0.34万平方米于2026年2月完工；水毁抢修平均3.2小时到场。", colspan=6)),
    ))


def money_row(name: str, budget: str, spent: str, weight: Decimal | None, score: Decimal | None) -> Row:
    rate = Decimal(spent) / Decimal(budget) if Decimal(budget) else None
    return (
        text(name, colspan=2), number(Decimal(budget)), number(Decimal(budget)), number(Decimal(spent), colspan=2),
        number(weight, places=0, blank="—", align=Align.CENTER), percent(rate, blank="—", align=Align.CENTER),
        number(score, blank="—", align=Align.CENTER),
    )


def indicator_table(indicators) -> Table:
    head = (
        label("绩效指标", rowspan=len(indicators) + 1, vertical=True), label("一级\n指标"), label("二级指标"), label("三级指标"),
        label("年度指标值"), label("实际完成值"), label("分值"), label("得分"), label("偏差原因分析\n及改进措施", colspan=3),
    )
    total = (
        label("总分", colspan=6, bold=True), number(Decimal(100), places=0, align=Align.CENTER, bold=True),
        number(Decimal("97.81"), align=Align.CENTER, bold=True), text("自评等级：优", colspan=3, align=Align.CENTER),
    )
    return Table((head, *grouped(indicators), total), header_rows=1)


def grouped(indicators) -> list[Row]:
    rows = []
    for place, (first, second, name, target, actual, weight, score, reason) in enumerate(indicators):
        above = indicators[place - 1] if place else ("", "")
        row = [text(name), text(target, align=Align.CENTER), text(actual, align=Align.CENTER),
               number(Decimal(weight), places=0, align=Align.CENTER), number(Decimal(score), align=Align.CENTER),
               text(reason, colspan=3)]
        if (first, second) != above[:2]:
            row.insert(0, label(second, rowspan=sum((first, second) == other[:2] for other in indicators)))
        if first != above[0]:
            row.insert(0, label(first, rowspan=sum(first == other[0] for other in indicators)))
        rows.append(tuple(row))
    return rows


def many_indicators(count: int) -> tuple:
    """That many output indicators under one label, so that its merged cell must cross every page break."""
    return tuple(
        ("产出指标", "数量指标", f"第{place}批养护里程", f"≥{place}公里", f"{place}公里", 1, "1.00", "按计划完成。")
        for place in range(1, count + 1)
    )


def roll_up(rows: int) -> FormDocument:
    """县级汇总表 on landscape paper with a two-row head that is merged both ways."""
    head = (
        (label("序号", rowspan=2), label("单位编码", rowspan=2), label("项目名称", rowspan=2), label("预算执行", colspan=3),
         label("存在问题及改进措施", rowspan=2)),
        (label("预算数"), label("执行数"), label("执行率")),
    )
    body = tuple(
        (number(Decimal(place), places=0, align=Align.CENTER), text(f"301{place:03d}-ZFCG-{place:04d}/B"),
         text(f"第{place}号项目"),
         number(Decimal(place)), number(Decimal(place) / 2), percent(Decimal("0.5")), text("受连续强降雨影响，部分工程顺延。"))
        for place in range(1, rows + 1)
    )
    return FormDocument(
        title="绩效运行监控汇总表", year_label="（2026年1—7月）", columns=(10, 40, 40, 25, 25, 20, 60), unit_line="填报单位：安澜县财政局",
        money_unit_line="金额单位：万元", blocks=(Table((*head, *body), header_rows=2),), version="第 1 版",
        printed_at=PRINTED_AT, orientation=Orientation.LANDSCAPE,
    )


def letter() -> FormDocument:
    """绩效评价反馈意见书: prose, a table of problems, the date to the right."""
    problems = Table((
        (label("序号"), label("存在问题"), label("整改要求"), label("完成时限")),
        (label("1"), text("日常养护台账不完整，3个乡镇缺少巡查记录。"), text("补齐台账，建立按月抽查制度。"), text("2026年6月30日")),
    ), header_rows=1)
    return FormDocument(
        title="绩效评价反馈意见书", columns=(10, 70, 60, 40), reference="安财绩函〔2026〕7号",
        blocks=(
            Prose(("县交通运输局：",), indent=False),
            Prose(("根据《项目支出绩效评价管理办法》，我局对农村公路日常养护及小修保养项目开展了财政评价，"
                   "评价得分86.50分，评价等级为“良”。现将发现的问题反馈你局，请于收到之日起30日内报送整改方案。",)),
            problems,
            Prose(("安澜县财政局", "2026年5月8日"), align=Align.RIGHT, indent=False),
        ),
        version="第 1 版", printed_at=PRINTED_AT,
    )
