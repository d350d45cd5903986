"""Units of indicators: which there are, which mean the same, and how many of one make another. The only table of units.

Factors are those of the statutory units of measurement (中华人民共和国法定计量单位, 国务院 1984-02-27) and of 亩 = 2000/3 平方米.
"""

import re
from fractions import Fraction
from functools import lru_cache

from core.lexicon import words

MONEY = words("元 元人民币 块 美元 欧元 港元 日元 英镑")
RATIO = words("% ‰ ‱ 百分比 百分点 个百分点 个点 成 倍 BP")
LENGTH = words("km 千米 公里 米 m 厘米 cm 毫米 mm 里 华里 延米 延长米 车道公里 海里 丈 尺 ㎝ ㎞ ㎜")
AREA = words("㎡ m² m2 M² M2 平方米 平米 平方 平 平方公里 平方千米 km² km2 k㎡ 亩 亩次 公顷 顷 hm² hm2 hm")
WEIGHT = words("微克 毫克 μg kg g t mg ㎏ ㎎ 千克 公斤 克 吨 斤 担 吨标准煤 吨标煤")
VOLUME = words("m³ m3 M³ M3 ㎥ 立方米 立方 方 升 L 毫升 ml mL")
ENERGY = words("千瓦 千瓦时 kW kWh 瓦 兆瓦 MW 度 kVA 千伏安 GB TB MB G 兆 分贝 dB 摄氏度 ℃")
TIME = words("""
    年 个年度 年度 个月 月 天 日 个工作日 工作日 个自然日 自然日 个日历天 日历天 周 个星期 星期 小时 个小时 h 分钟 秒 秒钟 季度 个季度 学期 个学期 学年 个学年
""")
PEOPLE = words("人 名 位 人次 人·次 人天 人日 人月 人年 人份 户 户次 户人 口 家庭 家次")
THINGS = words("""
    个 项 项次 件 件次 件套 次 回 场 场次 期 期次 批 批次 处 处次 座 座次 所 所次 间 套 套次 台 台次 台套 辆 辆次 架 架次 艘 艘次 条 条次 道 根 棵 株 丛 头 头次 头份 头只 只
    只次 羽 匹 尾 枚 颗 粒 块 片 张 幅 面 份 份次 册 本 部 篇 篇次 卷 例 例次 起 宗 桩 门 门次 类 种 种类 款 样 样次 组 组次 对 双 副 支 枝 把 盏 具 眼 孔 盆 袋 包
    箱 盒 瓶 桶 罐 筐 车 车次 班 班次 节 节次 课时 学时 学分 堂 堂次 讲 届 轮 轮次 遍 趟 航次 剂 剂次 针 针次 床 床位 床日 床次 家 村 村次 社区 乡 镇 乡镇 街道 县 县次
    市 校 校次 园 园所 站 站次 站点 点 点位 点次 标段 路段 地块 图斑 字 页 岗 岗位 工位 席 摊 单 笔 笔次 卡 证 线 段 榀 层 栋 幢 楼 吨公里 人公里 车公里 标箱 TEU 分
    频次 人/次 级 星 版 集 首 出 味 挂 扇 顶 网格 单元 餐
""")
MAGNITUDES = ("万亿", "千亿", "百亿", "十亿", "千万", "百万", "十万", "亿", "万", "千", "百")

MEASURED = frozenset((*LENGTH, *AREA, *WEIGHT, *VOLUME, *ENERGY))
COUNTED = frozenset((*PEOPLE, *THINGS))
KNOWN = frozenset((*MONEY, *RATIO, *TIME)) | MEASURED | COUNTED

_WORTH = {"万亿": 10**12, "千亿": 10**11, "百亿": 10**10, "十亿": 10**9, "千万": 10**7, "百万": 10**6, "十万": 10**5,
          "亿": 10**8, "万": 10**4, "千": 1000, "百": 100}
_PARTED = re.compile(r"[*·.×-](?=[^0-9])|每")
_BRACKET = re.compile(r"\(([^()]+)\)$")
_SAME = {
    "%": "百分比",
    "公里": "km ㎞ 千米 KM",
    "米": "m",
    "厘米": "cm ㎝",
    "毫米": "mm ㎜",
    "平方米": "㎡ m² m2 M² M2 平米 平方 平",
    "平方公里": "km² km2 k㎡ 平方千米",
    "公顷": "hm² hm2 hm hmm",
    "公斤": "kg ㎏ KG 千克",
    "克": "g",
    "毫克": "mg ㎎",
    "微克": "μg",
    "吨": "t T",
    "立方米": "m³ m3 M³ M3 ㎥ 立方 方",
    "升": "L",
    "毫升": "ml mL",
    "千瓦": "kW",
    "兆瓦": "MW",
    "千瓦时": "kWh 度",
    "分贝": "dB",
    "摄氏度": "℃",
    "小时": "h 个小时",
    "人": "名 位",
    "场": "场次",
    "批": "批次",
    "期": "期次",
    "剂": "剂次",
    "班": "班次",
    "台套": "台/套",
    "天": "日",
    "月": "个月",
    "年": "个年度 年度",
    "工作日": "个工作日",
    "周": "个星期 星期",
    "学期": "个学期",
    "学年": "个学年",
    "季度": "个季度",
    "百分点": "个百分点 个点",
    "元": "元人民币",
    "人次": "人/次 人·次",
    "户": "户次",
    "份": "份次",
    "次": "次数",
}
_SPELLED = {word: one for one, same in _SAME.items() for word in same.split()}
_SIZES: tuple[dict[str, Fraction], ...] = (
    {"毫米": Fraction(1, 1000), "厘米": Fraction(1, 100), "米": Fraction(1), "里": Fraction(500), "公里": Fraction(1000)},
    {"平方米": Fraction(1), "亩": Fraction(2000, 3), "公顷": Fraction(10_000), "平方公里": Fraction(10**6)},
    {"微克": Fraction(1, 10**6), "毫克": Fraction(1, 1000), "克": Fraction(1), "斤": Fraction(500), "公斤": Fraction(1000),
     "吨": Fraction(10**6)},
    {"毫升": Fraction(1, 1000), "升": Fraction(1), "立方米": Fraction(1000)},
    {"千瓦": Fraction(1), "兆瓦": Fraction(1000)},
    {"月": Fraction(1), "季度": Fraction(3), "年": Fraction(12)},
    {"天": Fraction(1), "周": Fraction(7)},
    {"分钟": Fraction(1), "小时": Fraction(60)},
    {"‱": Fraction(1, 100), "‰": Fraction(1, 10), "%": Fraction(1), "百分点": Fraction(1)},
)
_COUNTS_FOR_GE = frozenset(words("""
    项 件 处 座 所 家 套 台 村 社区 点 站 乡镇 镇 校 园 种 类 部 条 标段 批 站点 点位 岗位 岗 课时 图斑 单元
"""))


@lru_cache(maxsize=4_000)
def converted(unit: str, wanted: str) -> Fraction | None:
    """How many `wanted` one `unit` is; None for different measures. An empty unit, or a bare 万, is taken as the other.

    台(套) is 台 and 台套 as well; a form speaks of one year, so 次/年 is 次.
    """
    if not unit or not wanted:
        return Fraction(1)
    for one in _meanings(unit):
        for other in _meanings(wanted):
            factor = _factor(one, other)
            if factor is not None:
                return factor
    return None


def spelled(unit: str) -> str:
    """One spelling for units that are the same: km and 千米 are 公里, 名 is 人, 元/人*月 is 元/人/月."""
    if unit in _SPELLED:
        return _SPELLED[unit]
    first, slash, rest = _PARTED.sub("/", unit).partition("/")
    return _spelled_word(first) + slash + (_SPELLED.get(rest) or "/".join(map(_spelled_word, rest.split("/"))))


def rate(unit: str, each: str) -> str:
    """The unit with what stands before the number as 每…: 元 and 每生每年 are 元/生·年."""
    nouns = [noun.removeprefix("个") or noun for noun in each.split("每") if noun]
    return f"{unit}/{'·'.join(nouns)}" if nouns else unit


def is_time(unit: str) -> bool:
    return unit in TIME


def is_money(unit: str) -> bool:
    return without_magnitude(unit)[1] in MONEY


def is_magnitude(unit: str) -> bool:
    return unit in _WORTH


def money_for(unit: str) -> str:
    """For what each the money is: 人 in 元/人/月, 公里 in 万元/公里; "" for a unit that is no such rate."""
    first, _, rest = _PARTED.sub("/", unit).partition("/")
    return rest.partition("/")[0] if is_money(first) else ""


def without_magnitude(word: str) -> tuple[str, str]:
    """万元 → 万 and 元; a word that is a unit itself (千米, 千瓦) has no magnitude."""
    if word in KNOWN or word in _SPELLED:
        return "", word
    for magnitude in MAGNITUDES:
        if word.startswith(magnitude):
            return magnitude, word[len(magnitude):]
    return "", word


def _meanings(unit: str) -> list[str]:
    """The unit without its closing bracket, with what stands in it added, or with that alone; all in one spelling."""
    found = _BRACKET.search(unit)
    bare = unit[: found.start()] if found else unit
    writings = (bare, bare + found[1], found[1]) if found and bare else (unit,)
    return [spelled(writing).removesuffix("/年") for writing in writings]


def _factor(unit: str, wanted: str) -> Fraction | None:
    worth, base, each = _sized(unit)
    other_worth, other, other_each = _sized(wanted)
    if each != other_each:
        return None
    if base == other or not base or not other or _both_count(base, other):
        return worth / other_worth
    scale = next((sizes for sizes in _SIZES if base in sizes and other in sizes), None)
    return worth * scale[base] / (other_worth * scale[other]) if scale else None


def _sized(unit: str) -> tuple[Fraction, str, str]:
    first, _, each = unit.partition("/")
    magnitude, base = without_magnitude(first)
    return Fraction(_WORTH.get(magnitude, 1)), base, each


def _both_count(one: str, other: str) -> bool:
    """个 counts anything that has a measure word of its own."""
    return (one == "个" and other in _COUNTS_FOR_GE) or (other == "个" and one in _COUNTS_FOR_GE)


def _spelled_word(word: str) -> str:
    magnitude, base = without_magnitude(word)
    return magnitude + _SPELLED.get(base, base)
