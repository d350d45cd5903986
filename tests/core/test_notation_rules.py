"""What surrounds a cell: columns, names, stored numbers; direction, comparison, scoring; and nothing ever raises."""

import datetime
import math
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.notation import (
    Comparison,
    compare,
    direction_of,
    read_actual,
    read_target,
    to_actual,
    to_requirement,
)
from core.scoring import Direction, Kind, Op, Status, score_indicator
from tests.core.books import book
from tests.core.test_notation_cells import short


def verdict(target: str, actual: str, *, name: str = "", level2: str = "", **columns: object) -> Comparison:
    requirement = read_target(target, name=name, level2=level2, year=2023, **columns)
    done = read_actual(actual, name=name, target=requirement, year=2023, unit_col=columns.get("unit_col"))
    return compare(requirement, done, direction=direction_of(requirement, name, level2)[0])


@pytest.mark.parametrize(("cell", "operator", "unit", "reading"), [
    ("95", "≥", "%", "numeric >= 95 %"),
    ("95", "≧", "％", "numeric >= 95 %"),
    ("95", "＞＝", "百分比", "numeric >= 95 %"),
    ("95", "大于等于", "%", "numeric >= 95 %"),
    ("100", "＝", "%", "numeric = 100 %"),
    ("100", "═", "%", "numeric = 100 %"),
    ("30", "≤", "万元", "numeric <= 30 万元"),
    ("5", "＜", "起", "numeric < 5 起"),
    ("5", "不超过", "天", "duration <= 5 天"),
    ("优", "定性", "", "qualitative"),
    ("有效", "≥", "%", "qualitative"),
    ("", "≥", "%", "blank"),
    ("**", "≥", "%", "placeholder"),
    ("5万", "≤", "元", "numeric <= 5 万元"),
    ("1,200", "≥", "人次", "numeric >= 1200 人次"),
    ("２０", "≥", "场次", "numeric >= 20 场次"),
    ("5-8", "", "个", "range 5;8 个"),
    (Decimal("12.50"), "≤", "万元", "numeric <= 12.5 万元"),
    (12, "≥", "个", "numeric >= 12 个"),
    (0.1 + 0.2, None, None, "numeric 0.3"),
    (1e6, None, "元", "numeric 1000000 元"),
])
def test_operator_and_unit_come_from_their_columns(cell, operator, unit, reading):
    assert short(read_target(cell, operator_col=operator, unit_col=unit)) == reading


def test_the_column_outweighs_the_cell_and_says_so():
    reading = read_target("≥95%", operator_col="=", unit_col="%")
    assert (reading.op, reading.alt.op) == (Op.EQUAL, Op.AT_LEAST)
    assert reading.notes == ("指标性质栏写“=”，格内写“≥”，按指标性质栏读。",)


def test_the_unit_of_the_cell_outweighs_the_column_and_says_so():
    reading = read_target("50人", unit_col="人次")
    assert (reading.unit, reading.alt.unit) == ("人", "人次")
    assert reading.notes == ("格内单位“人”与度量单位“人次”不一致，按格内读。",)


@pytest.mark.parametrize(("name", "cell", "reading"), [
    ("苗木成活率(≥**%)", "85", "numeric >= 85"),
    ("受益人口数≥**人", "29", "numeric >= 29"),
    ("项目总成本（≤**万元）", "120", "numeric <= 120"),
    ("扶贫临时救助标准(<**元/户)", "<=5300", "numeric <= 5300"),
    ("故障处理时间不超过XX小时", "2", "numeric <= 2"),
    ("城镇登记失业率低于(%)", "4.3", "numeric < 4.3"),
    ("高于平均水平的村数(个)", "12", "numeric 12"),
    ("60岁以上老年人数", "500人", "numeric 500 人"),
    ("≥65岁老年人体检数", "500人", "numeric 500 人"),
    ("成本最低", "5万元", "numeric 5 万元"),
])
def test_the_operator_may_stand_in_the_name(name, cell, reading):
    assert short(read_target(cell, name=name)) == reading


def test_the_name_gives_the_actual_no_operator():
    assert short(read_actual("88", name="苗木成活率(≥**%)")) == "numeric 88"


@pytest.mark.parametrize(("name", "cell", "reading"), [
    ("服务对象满意度", "290%", "numeric >= 90 %"),
    ("抽检合格率", "120%", "numeric 120 %"),
    ("年度任务完成率", "290%", "numeric 290 %"),
])
def test_a_misread_sign_is_mended_in_an_actual_only_where_more_than_all_cannot_be(name, cell, reading):
    assert short(read_actual(cell, name=name)) == reading


@pytest.mark.parametrize(("cell", "name", "unit", "reading", "second"), [
    (0.95, "群众满意度", "%", "numeric 95 %", "numeric 0.95 %"),
    ("0.985", "补贴发放及时率", None, "numeric 98.5 %", "numeric 0.985"),
    ("0.9", "群众满意度(%)", None, "numeric 90 %", "numeric 0.9"),
    ("290%", "服务对象满意度", None, "numeric >= 90 %", "numeric 290 %"),
    ("2100%", "工程验收合格率", None, "numeric >= 100 %", "numeric 2100 %"),
    ("45291", "项目完成时间", None, "date 2023-12-31", "numeric 45291"),
    (45291.0, "资金拨付时限", None, "date 2023-12-31", "numeric 45291"),
    ("9月前", "项目完成时间", None, "date <= 2023-08-31", "date <= 2023-09-30"),
    ("2023年", "项目完成时间", None, "date 2023-12-31", "period 2023-01-01 2023-12-31"),
    ("%=98%", "完成率", None, "numeric >= 98 %", "numeric = 98 %"),
    ("二95%", "完成率", None, "numeric = 95 %", "numeric 95 %"),
    ("6.30", "项目完成时间", None, "date 2023-06-30", "numeric 6.30"),
    ("2023.12", "项目完成时间", None, "date 2023-12-31", "numeric 2023.12"),
    ("2023.12", "里程", None, "numeric 2023.12", "date 2023-12-31"),
    ("20230630", "产值", None, "numeric 20230630", "date 2023-06-30"),
    ("2023年12月31日前完成率100%", "完成率", None, "numeric 100 %", "date <= 2023-12-31"),
    ("每亩500元", "补助标准", None, "numeric 500 元", "numeric 500 元/亩"),
    ("每人每月600元", "补助标准", None, "numeric 600 元", "numeric 600 元/人·月"),
    ("12万元亩", "建设成本", None, "numeric 12 万元亩", "numeric 12 万元/亩"),
    ("5个个百分点", "增长率", None, "numeric 5 个个百分点", "numeric 5 个百分点"),
    ("1O个", "设备数量", None, "unfilled 个", "numeric 10 个"),
    ("1,5万元", "成本", None, "unfilled 万元", "numeric 1.5 万元"),
    ("无", "重大事故", None, "placeholder", "qualitative"),
    ("", "资金支付完成率100%", None, "blank", "numeric 100 %"),
    ("≥98%", "质量达标率100%", None, "numeric >= 98 %", "numeric >= 100 %"),
])
def test_what_is_not_sure_is_said_with_the_second_reading(cell, name, unit, reading, second):
    found = read_target(cell, name=name, unit_col=unit, year="2023年度")
    assert (short(found), found.ambiguous, short(found.alt)) == (reading, True, second)
    assert found.notes[-1].endswith("。")


@pytest.mark.parametrize(("cell", "name", "level2", "op", "other"), [
    ("≤4", "精品示范村建设数量", "数量指标", Op.AT_MOST, Op.AT_LEAST),
    ("≥60万元", "项目总投入", "成本指标", Op.AT_LEAST, Op.AT_MOST),
])
def test_an_operator_that_looks_reversed_is_kept_and_doubted(cell, name, level2, op, other):
    reading = read_target(cell, name=name, level2=level2)
    assert (reading.op, reading.alt.op) == (op, other)


@pytest.mark.parametrize(("cell", "name", "unit"), [
    ("0.9", "森林火灾受害率", "%"), ("0.5", "人口自然增长率", "%"), ("0.95", "道路里程", "公里"), ("1", "设备数量", "台"),
    ("45291", "受益人数", "人"), ("45291", "受益人数", None), ("120%", "收入增长率", None), ("100", "满意度", "%"),
    ("0", "事故率", "%"),
])
def test_plain_numbers_stay_what_they_are(cell, name, unit):
    reading = read_target(cell, name=name, unit_col=unit)
    assert ([f"{value:f}" for value in reading.values], reading.kind) == ([cell.removesuffix("%")], Kind.NUMERIC)


def test_a_serial_number_under_timeliness_may_be_a_day():
    reading = read_target("45291", name="资金拨付", level2="时效指标")
    assert (short(reading), short(reading.alt)) == ("numeric 45291", "date 2023-12-31")


def test_cells_of_a_workbook_come_as_what_they_are():
    assert short(read_target(datetime.datetime(2023, 6, 30, 12, 0))) == "date 2023-06-30"
    assert short(read_target(datetime.date(2023, 6, 30))) == "date 2023-06-30"
    assert short(read_target(math.nan)) == "blank"
    assert short(read_target(None)) == "blank"
    assert read_target(True).text == "是"


def test_an_actual_stored_as_a_share_is_read_beside_its_target():
    target = read_target("≥95%", name="抽检结果")
    assert short(read_actual("0.98", target=target)) == "numeric 98 %"
    assert short(read_actual("1", target=target)) == "numeric 100 %"
    assert short(read_actual("0", target=target)) == "numeric 0"
    assert short(read_actual("98", target=target)) == "numeric 98"


def test_a_date_without_any_year_is_not_completed():
    reading = read_target("12月底前")
    assert (reading.kind, reading.date, reading.ambiguous) == (Kind.DATE, None, True)
    assert reading.notes == ("日期没有写年份，表上也没有年度，不能确定是哪一年。",)


def test_the_data_of_a_reading_has_the_shape_of_the_labels():
    assert read_target("≥1,200.50万元").as_data() == {
        "kind": "numeric", "op": ">=", "values": ["1200.50"], "unit": "万元", "date": None, "text": "",
    }
    assert read_target("1月至6月", year=2024).as_data() == {
        "kind": "period", "op": None, "values": [], "unit": "", "date": "2024-06-30", "text": "",
        "date_from": "2024-01-01",
    }
    assert read_target("新建道路3公里，桥梁不少于2座").as_data() == {
        "kind": "compound", "op": None, "values": ["3", "2"], "unit": "公里;座", "date": None, "text": "",
        "parts": [{"op": None, "value": "3", "unit": "公里"}, {"op": ">=", "value": "2", "unit": "座"}],
    }
    assert read_target("每亩500元").as_data()["per"] == "每亩"


@pytest.mark.parametrize(("cell", "name", "level2", "direction", "source"), [
    ("≥95%", "", "", "higher", "operator"),
    ("≤95%", "群众满意度", "", "lower", "operator"),
    ("100%", "森林火灾案件查处率", "产出质量", "higher", "name"),
    ("1%", "森林火灾受害率", "社会效益", "lower", "name"),
    ("0起", "安全生产事故", "社会效益", "lower", "name"),
    ("5%", "事故发生率下降", "社会效益", "higher", "name"),
    ("10万元", "挽回经济损失", "经济效益", "higher", "name"),
    ("50次", "群众投诉次数", "质量指标", "lower", "name"),
    ("98%", "投诉办结率", "质量指标", "higher", "name"),
    ("20万元", "设备采购成本", "成本指标", "lower", "name"),
    ("1000元/人", "困难群众补助标准", "成本指标", "equal", "name"),
    ("500元", "配套资金每人每年", "成本指标", "equal", "name"),
    ("100%", "项目成本控制率", "成本指标", "unknown", "unknown"),
    ("30个", "新建公厕数量", "数量指标", "higher", "name"),
    ("12月底", "完成时间", "时效指标", "lower", "name"),
    ("全年", "实施时间", "时效指标", "unknown", "unknown"),
    ("3天", "办理时间", "时效指标", "lower", "name"),
    ("", "", "", "unknown", "unknown"),
    ("无", "无", "", "unknown", "unknown"),
    ("12000亩", "高标准农田建设", "数量指标", "higher", "name"),
    ("12公里", "标准化渠道建设", "数量指标", "higher", "name"),
    ("每村5万元", "奖补资金", "成本指标", "equal", "name"),
    ("0.98元/吨", "污水处理单价", "成本指标", "lower", "name"),
    ("5%", "降低单位成本", "成本指标", "higher", "name"),
    ("0", "超标粮食", "质量指标", "lower", "name"),
    ("按期", "补助资金发放时间", "时效指标", "lower", "name"),
    ("有效控制", "水土流失", "生态效益指标", "lower", "name"),
    ("200亩", "水土流失治理面积", "数量指标", "higher", "name"),
])
def test_direction_comes_from_the_operator_else_from_the_name(cell, name, level2, direction, source):
    assert direction_of(read_target(cell, year=2023), name, level2) == (Direction(direction), source)


def test_the_library_outweighs_the_name():
    library = {"项目成本控制率": Direction.LOWER, "投诉次数": "higher"}
    assert direction_of(read_target("100%"), "项目成本控制率", library=library) == (Direction.LOWER, "library")
    assert direction_of(read_target("5次"), "指标1：投诉次数（件）", library=library) == (Direction.HIGHER, "library")
    assert direction_of(read_target("≤5次"), "投诉次数", library=library) == (Direction.LOWER, "operator")


@pytest.mark.parametrize(("target", "actual", "name", "met", "basis"), [
    ("≥95%", "96%", "", True, "number"),
    ("≥95%", "94.99%", "", False, "number"),
    (">95%", "95%", "", False, "number"),
    ("<5%", "5%", "", False, "number"),
    ("=100%", "98%", "", False, "number"),
    ("100人", "120人", "培训人数", True, "number"),
    ("5-8个", "6个", "", True, "number"),
    ("5-8个", "9个", "", False, "number"),
    ("3公里", "3200米", "道路里程", True, "number"),
    ("2万元", "20000元", "年收入", True, "number"),
    ("1.2万人次", "11999人次", "接待人数", False, "number"),
    ("180名", "180人", "辅警人数", True, "number"),
    ("112个", "46项", "小项完成", False, "number"),
    ("50人", "280人次", "培训人数", None, None),
    ("100%", "1000件", "配备率", None, None),
    ("≥266米", "≥266米", "", True, "number"),
    ("≥266米", "≤300米", "", None, None),
    ("6475", "6475", "预算", True, "number"),
    ("6475", "6000", "预算", None, None),
    ("12月底前", "11月30日", "", True, "date"),
    ("6月30日前", "2023年7月1日", "", False, "date"),
    ("全年", "1-12月", "", True, "date"),
    ("30", "已完成", "成本", True, "claim"),
    ("≥95%", "达成预期指标", "", True, "claim"),
    ("100%", "5个达成预期指标", "维护率", True, "claim"),
    ("2023年12月底", "在规定时间内完成", "", True, "claim"),
    ("260元/辆", "按标准发放", "补贴标准", True, "claim"),
    ("2万元", "项目目前未实施", "租金", False, "claim"),
    ("100%", "尚未完成", "", False, "claim"),
    ("100亩", "基本完成", "", None, None),
    ("100亩", "正在实施", "", None, None),
    ("0起", "未发生事故", "安全事故", True, "claim"),
    ("≤2起", "无安全事故", "", True, "claim"),
    ("零事故", "0", "", True, "number"),
    ("零事故", "1起", "", False, "number"),
    ("效果明显", "效果显著", "", True, "words"),
    ("显著提升", "明显提高", "", True, "words"),
    ("合格", "验收合格", "", True, "words"),
    ("合格", "不合格", "", False, "words"),
    ("是", "否", "", False, "words"),
    ("效果显著", "有所改善", "", None, None),
    ("显著提高", "有所提高", "", None, None),
    ("好坏", "好坏", "", None, None),
    ("一次性通过验收", "一次性", "", None, None),
    ("支出符合财务管理制度规定", "符合财务管理制度规定", "", True, "words"),
    (">95%", ">95%", "", True, "number"),
    ("≤18/10万", "20/10万", "孕产妇死亡率", False, "number"),
    ("≤10万元/个", "9.8万元", "办公经费", True, "number"),
    ("≤10万元/个", "320万元", "办公经费", None, None),
    ("2600元/人·月", "2000元", "误工补贴", False, "number"),
    ("120次", "126次，其中市级20次", "检查次数", True, "number"),
    ("95%", "93%，较上年提高2个百分点", "合格率", False, "number"),
    ("10台", "已采购到位", "设备", True, "claim"),
    ("3座", "已全部完工", "桥梁", True, "claim"),
    ("≥90%", "与目标值一致", "", True, "claim"),
    ("完成上级下达任务", "完成80%", "", None, None),
    ("10座", "项目已取消", "公厕", False, "claim"),
    ("3项", "收费已取消", "取消收费项目", None, None),
    ("不发生规模性返贫", "没有发生", "", True, "claim"),
    ("杜绝", "2起", "重大事故", False, "number"),
    ("满意", "非常满意", "", True, "words"),
    ("长期", "中长期", "", None, None),
    ("", "100%", "", None, None),
    ("≥95%", "", "", None, None),
    ("一", "100%", "", None, None),
    ("≥%", "100%", "", None, None),
])
def test_met_is_judged_from_the_two_cells_alone(target, actual, name, met, basis):
    found = verdict(target, actual, name=name)
    assert (found.met, found.basis) == (met, basis)
    assert found.why.endswith("。")


def test_the_reason_names_both_figures():
    assert verdict("≥95%", "90%").why == "目标 ≥95%，实际 90%，按正向比较，未达到目标。"
    assert verdict("6月30日前", "2023年7月3日").why == "要求不晚于 2023-06-30，实际为 2023-07-03，逾期 3 天。"
    assert verdict("≥95%", "").why == "实际完成值没有填写，没有可比的结果，请补填后再比较。"
    assert verdict("50人", "280人次", name="培训人数").why == (
        "目标“50人”与实际“280人次”不是同一种计量或说法，无法判断是否达到，请人工判断。"
    )


@pytest.mark.parametrize(("target", "actual", "score"), [
    ("≥100个", "85个", "8.50"), ("≥95%", "１００％", "10.00"), ("≤100万元", "120万元", "8.00"), ("≤100万元", "250万元", "0.00"),
    ("=100%", "98%", "9.80"), ("≥3公里", "2400米", "8.00"), ("≥10km", "8公里", "8.00"), ("≥180名", "90人", "5.00"),
    ("5—8个", "4个", "8.00"), ("6月30日前", "2023-06-30", "10.00"),
])
def test_readings_are_scored_by_the_default_rules(target, actual, score):
    requirement, done = read_target(target, year=2023), read_actual(actual, year=2023)
    working = score_indicator(to_requirement(requirement), to_actual(done), weight=Decimal(10), book=book())
    assert (working.status, working.score) == (Status.SCORED, Decimal(score))


def test_an_empty_actual_is_missing_and_a_claim_is_left_to_a_person():
    requirement = to_requirement(read_target("≥95%"))
    statuses = [
        score_indicator(requirement, to_actual(read_actual(cell)), weight=Decimal(10), book=book()).status
        for cell in ("", "一", "达成预期指标")
    ]
    assert statuses == [Status.MISSING, Status.MISSING, Status.TO_JUDGE]


PIECES = st.sampled_from([
    "≥", "＞＝", "<", "＝", "%", "％", "‰", "万", "亿元", "个", "人次", "元/人·月", "每亩", "不低于", "以上", "控制在", "以内",
    "约", "一", "二", "十", "百分之", "半", "1", "０", "95", "2023", "12", "1,234", ".", ",", "，", "、", "；", "-",
    "—", "～", "至", "到", "年", "月", "日", "底", "前", "季度", "全年", "旬", "(", ")", "（", "）", "完成", "未", "无",
    "达标", "*", "/", "×", "±", "\n", " ", "\u200b", "e5", "O", "l", "hm", "²", "m3", "#REF!", "X", "第",
    "号",
])
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(), st.binary(), st.dates(),
    st.datetimes(), st.times(), st.timedeltas(), st.lists(st.integers()), st.lists(PIECES, max_size=14).map("".join),
)


@settings(max_examples=600, deadline=None)
@given(cell=ANYTHING, operator=ANYTHING, unit=ANYTHING, name=ANYTHING, year=ANYTHING, actual=ANYTHING)
@example(cell="9" * 5000, operator=None, unit=None, name="", year=None, actual="1e99")
@example(cell=10**6000, operator=None, unit=None, name="", year=None, actual=Decimal("1E+999999"))
@example(cell="2月30日", operator="≥", unit="%", name="完成时间", year=2023, actual="0年0月")
@example(cell="1/0", operator="", unit="", name="", year="9999", actual="0000-00-00")
@example(cell="(" * 3000, operator="", unit="", name="(" * 3000, year="", actual="一" * 3000)
def test_no_cell_ever_raises(cell, operator, unit, name, year, actual):
    target = read_target(cell, operator_col=operator, unit_col=unit, name=name, level2=name, year=year)
    done = read_actual(actual, unit_col=unit, name=name, target=target, year=year)
    direction, source = direction_of(target, str(name)[:3000], "")
    comparison = compare(target, done, direction=direction)
    assert comparison.met in {True, False, None}
    assert comparison.why.endswith("。")
    assert source in {"operator", "name", "unknown"}
    for reading in (target, done):
        assert set(reading.as_data()) >= {"kind", "op", "values", "unit", "date", "text"}
        assert reading.notes if reading.ambiguous else reading.alt is None
    to_requirement(target)
    to_actual(done, met=comparison.met)
