"""Which way an indicator is better: from its operator, else the indicator library, else its name."""

import re
from collections.abc import Mapping

from core.lexicon import any_of, words
from core.notation import units
from core.notation.reading import Reading
from core.notation.written import plain
from core.scoring.values import Direction, Kind, Op

OPERATOR, LIBRARY, NAME, UNKNOWN = "operator", "library", "name", "unknown"

_BY_OP = {
    Op.AT_LEAST: Direction.HIGHER,
    Op.MORE: Direction.HIGHER,
    Op.AT_MOST: Direction.LOWER,
    Op.LESS: Direction.LOWER,
    Op.EQUAL: Direction.EQUAL,
}
_REMARK = re.compile(r"\([^()]*\)")
_NUMBERING = re.compile(r"^(?:[★☆*●◆■]+|其中:|指标\d{0,2}[:.、]|[0-9]{1,2}[.、](?![0-9])|\([0-9一二三四五六七八九十]{1,2}\))+")
_COST = re.compile(r"成本")
_COST_WORD = re.compile(r"成本|成本控制数|费用|单价|造价|概算")
_COUNT = re.compile(r"数量|满意度|产出数量")

_UNDECIDED = words("""
    成本控制率 预算控制率 经费控制率 投资控制率 造价控制率 支出控制率 费用控制率 正在实施 按进度实施 在建
""")
_EQUAL = words("""
    补助标准 补贴标准 发放标准 资助标准 奖补标准 奖励标准 经费标准 救助标准 救助水平 补助水平 补贴水平 资助水平 供养标准 拨款标准 收费标准 人均标准 标准
""")
_HIGHER = words("""
    率 合格 达标 完成 及时 准确 规范 覆盖 提高 提升 增加 增长 增收 改善 满意 保障 健全 完善 稳定 安全 有效 效益 效率 查处 查明 查办 扑灭 处置 处理 处理率 化解 救治 救助 控制数量
    随访控制数 规范管理 节约 节省 节能 降低 减少 减轻 下降 遏制 防止 避免 杜绝 防范 防治 防控 治理 整治 消除 不受 不发生 零发生 无事故 报告数 监测 预警 知晓 参与 就业 收入 租金
    税收 利润 产值 使用期限 作用期限 质保期 使用年限 使用寿命 保存 存活 成活 报销 公众 受益 带动 补助人数 预防 演练 隐患排查 清运 回收 整改 修复 办结 结案 破案 挽回 追回 追缴 持续 影响 意识 下降率 降低率
    减少率 节约率 压减率 达标排放 达标排放率 控制达标 检出 筛查 救援 扶助 帮扶 应急 响应 响应率 程度 氛围 环境 到位
""")
_LOWER = words("""
    成本 费用 成本控制数 单价 造价 预算范围内 预算内 概算 事故 事故率 事故数 伤亡 死亡 死亡率 受伤 受害 受害率 漏损 漏损率 漏失率 成灾率 发生率 发病率 患病率 感染率 火灾 灾害 损失 损失率 损耗 损耗率
    浪费 投诉 投诉率 信访 上访 举报 违规 违纪 违法 违约 差错 差错率 错误 错误率 误差 误差率 失误 故障 故障率 超标 超支 超概 失业率 辍学率 流失率 返贫率 返贫 空置率 闲置率 结转 结余
    结转结余率 结余率 拖欠 欠薪 缺口 能耗 耗能 排放 排放量 污染 浓度 未达到 未完成 不合格 不合格率 不满意 逾期 逾期率 延误 滞后 需要的时间 所需时间 完成时间 时限 期限 周期 时长
    等待时间 响应时间 办理时间 所需天数 工期 三公经费 变动率 三公经费变动率 案发率 用时 耗时 发案率 发案数 复发率 退回率 隐患 漏报率 漏检率 不良反应 不良率 破损率 死淘率 病死率 超时 停电
    停机 中断 抱怨 负面 中毒 事件 水土流失 变质 霉变 破坏 化肥使用量 农药使用量 化肥施用量 农药施用量
    欺凌 泄密 污染事件 安全事件 责任事件 刑事案件 治安案件 食物中毒事件 欺凌事件 负面舆情 舆情事件 重大事件 群体性事件 突发事件 财政负担
""")
_AGAINST_WORDS = words("""
    不受 不发生 未发生 无 零 防止 避免 杜绝 减少 降低 减轻 消除 遏制 压降 压减 化解 治理 防范 整治 防治 预防 打击 查处 处理 处置 挽回 弥补
""")
_AGAINST = re.compile(any_of(_AGAINST_WORDS) + r"[^率,、]{0,4}$")
_LESS_COST = re.compile(r"(?:减少|降低|减轻|压降|压减)[^率,、]{0,4}$")
_ENDS_IN_HARM = re.compile(any_of(_LOWER) + "$")
_NOT_DONE = re.compile(r"^(?:未|不)")
_PAID = re.compile(r"每[人户亩生个公辆头只村床套年月]|补助|补贴|奖补|津贴|标准")
_RECEIVERS = frozenset(words("人 名 户 生 亩 公顷 村 人次 学生 人口 家庭"))
_OWN_FALL = re.compile(r"(?:下降|降低|减少|压减|压降|缩短|下浮)(?!到|至|为)[^,。;0-9]{0,4}[0-9]")
_DUE = re.compile(r"(?:时间|时限|期限|日期)$")
_NO_NAMES = frozenset(("", "无", "-", "—", "——", "/"))
_FAR = 6
_SUBJECTS = re.compile(r"(?:财务制度|管理制度|全年|实施时间|投入资金|预算资金|资金总额|实际支出|预算|支出|投入)$")
_MONEY_OUT = re.compile(r"(?:投入|支出|投资|预算|经费|总额|资金|工资|采购|控制数|成本|(?<![免缴交退])费$)")
_WORDS = (
    (Direction.UNKNOWN, _UNDECIDED), (Direction.EQUAL, _EQUAL), (Direction.HIGHER, _HIGHER), (Direction.LOWER, _LOWER),
)


def direction_of(reading: Reading | None, name: str = "", level2: str = "",
                 library: Mapping[str, Direction | str] | None = None) -> tuple[Direction, str]:
    """Direction and where it comes from: operator, library, name (guessed) or unknown.

    `library` gives the direction of indicators by their name, as written or without its remarks in brackets.
    """
    if reading and reading.op and reading.kind not in {Kind.DATE, Kind.PERIOD}:
        return _BY_OP[reading.op], OPERATOR
    subject = _subject(name)
    for known in (name, subject):
        if library and known in library:
            return Direction(library[known]), LIBRARY
    guess = _of_name(reading, subject, plain(level2))
    return guess, UNKNOWN if guess is Direction.UNKNOWN else NAME


def _subject(name: str) -> str:
    """The name without numbering, stars and remarks in brackets: what is measured."""
    text = _NUMBERING.sub("", plain(name))
    text = _REMARK.sub("", re.sub(r"[≥≤<>=].*$", "", text) if not text.startswith(("≥", "≤")) else text)
    return re.sub(r"[/\s*—-]+$", "", text).strip("。.")


def _of_name(reading: Reading | None, subject: str, level2: str) -> Direction:
    if reading and reading.kind is Kind.DATE:
        return Direction.LOWER
    if reading and reading.kind is Kind.PERIOD:
        return Direction.UNKNOWN
    at_cost = bool(_COST.search(level2))
    counted = bool(reading and reading.is_number)
    if counted and not reading.values[0]:
        return Direction.LOWER
    if counted and _is_rate_of_pay(reading, subject, at_cost):
        return Direction.EQUAL
    if subject in _NO_NAMES:
        if at_cost and counted:
            return Direction.LOWER
        return Direction.HIGHER if counted and _COUNT.search(level2) else Direction.UNKNOWN
    last = _last_word(subject)
    if reading and reading.unit == "%" and last is Direction.EQUAL:
        return Direction.HIGHER
    if reading and reading.kind is Kind.DURATION and "时效" in level2:
        return Direction.LOWER
    if "时效" in level2 and _DUE.search(subject):
        return Direction.LOWER
    if last is Direction.LOWER and counted and _OWN_FALL.search(plain(reading.cell)):
        return Direction.HIGHER
    in_money = counted and (units.is_money(reading.unit.partition("/")[0]) or units.is_magnitude(reading.unit))
    if at_cost and in_money and last is not Direction.EQUAL:
        return Direction.LOWER
    if last is not None:
        return last
    if at_cost and _MONEY_OUT.search(subject):
        return Direction.LOWER
    if _SUBJECTS.search(subject):
        return Direction.UNKNOWN
    return Direction.HIGHER


def _is_rate_of_pay(reading: Reading, subject: str, at_cost: bool) -> bool:
    """So much money for each one: a fixed standard, more or less of which is wrong."""
    each = units.money_for(units.rate(reading.unit, reading.per) if reading.per else reading.unit)
    if each:
        fixed = _PAID.search(subject) or at_cost and each in _RECEIVERS
        return bool(fixed) and not re.search(r"增收|收入|产值|成本$|造价|单价", subject)
    return units.is_money(reading.unit) and bool(re.search(r"每[人户亩生个公辆头只村床套]", subject))


def _last_word(subject: str) -> Direction | None:
    """The word that ends last says what is measured: 火灾受害率 is a harm, 火灾查处率 is not. The longer of two wins.

    A harm that something is done against (减少损失), or that only describes whom the project serves, is none.
    """
    best: tuple[int, int] = (-1, 0)
    answer: Direction | None = None
    for direction, listed in _WORDS:
        for word in listed:
            at = subject.rfind(word)
            if direction is Direction.EQUAL and not subject.endswith(word):
                continue
            if at >= 0 and (at + len(word), len(word)) > best:
                best, answer = (at + len(word), len(word)), direction
    end, length = best
    if subject[end - length: end] == "率" and _ENDS_IN_HARM.search(subject[: end - 1]):
        answer = Direction.LOWER
    aside = len(subject) - end > _FAR and not _NOT_DONE.search(subject)
    against = _LESS_COST if _COST_WORD.fullmatch(subject[end - length: end]) else _AGAINST
    if answer is Direction.LOWER and (aside or against.search(subject[: end - length])):
        return Direction.HIGHER
    return answer
