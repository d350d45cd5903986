"""What an indicator's name tells: a share that ends at 100 %, its better direction, its gist."""

import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from core.notation import direction_of, read_target
from core.notation.doubts import indicator as words_around
from core.notation.units import named, spelled
from core.notation.written import plain
from core.scoring.values import Direction

HUNDRED = Decimal(100)
PERCENT = "%"
_SHARE = re.compile(r"(?:率|比例|比重|占比|满意度|百分比)$")
_MAY_EXCEED = re.compile(
    r"增长|增幅|增速|上升|提高|提升|增加|下降|降低|减少|压减|缩短|节约|收益|回报|产出率|同比|环比|定额|周转|倍|汇率|利率|频率|效率|功率|速率|容积率"
)
_NOT_WORDS = re.compile(r"[\W_]+")
_FILLING = re.compile(r"年度|全年|当年|本年|项目|实际|完成|的|总数量|总数|数量|个数|情况|程度")
_COUNT_LAST = re.compile(r"[件座个户路处台套项场次人条辆所家份]?数$")
_SHARE_WORDS = re.compile(r"比例|比率|比重|占比|百分比")
_WAITING = re.compile(
    r"(?:完成|办结|办理|审批|审查|审核|受理|反馈|答复|响应|到场|抢修|修复|恢复|处置|处理|整改|拨付|发放|兑付|送达|交付|出具|等候|等待|完工|竣工|施工)"
    r"(?:平均|所需|最长)?(?:时间|时长|用时|时限|期限|天数|周期)$|工期$"
)
_LASTING = re.compile(r"(?:时间|时长|天数)$")
_SPARED = re.compile(r"挽回|追回|追缴|弥补|避免|减少|减轻|降低|防止|化解")


def unit_of(each) -> str:
    """The indicator's unit in one spelling."""
    return one_spelling(each.unit_of_measure)


@lru_cache(maxsize=4_000)
def one_spelling(unit: str) -> str:
    """百分比 and ％ are %."""
    return named(spelled(plain(unit.strip())))


def is_share(name: str) -> bool:
    return bool(_SHARE.search(_subject(name))) and not _MAY_EXCEED.search(name)


def ends_at_hundred(name: str) -> bool:
    """A share of a whole: it cannot be more than 100 %."""
    return is_share(name) or words_around(name, "", PERCENT).is_whole_share and not _MAY_EXCEED.search(name)


def is_whole_share(name: str) -> bool:
    """A share of a whole that is the better the nearer to 100 %."""
    return words_around(name, "", PERCENT).is_whole_share


def natural_direction(each, level2_label: str) -> Direction:
    """Which way is better by name, unit and category, whatever operator was chosen.

    A time counts by its name alone: opening hours are not the better the fewer.
    """
    reading = read_target(
        f"{each.target_value:f}", unit_col=each.unit_of_measure, name=each.name, level2=level2_label
    )
    if is_waiting(each.name):
        return Direction.LOWER
    lasting = each.level2 == "timeliness"
    if lasting and _LASTING.search(_subject(each.name)):
        return Direction.UNKNOWN
    found = direction_of(None if lasting else replace(reading, op=None), each.name, level2_label)[0]
    return Direction.HIGHER if found is Direction.LOWER and _SPARED.match(plain(each.name)) else found


def is_waiting(name: str) -> bool:
    """How long somebody waits for something: 办结时间, but not 开放时间."""
    return bool(_WAITING.search(_subject(name)))


def gist(name: str) -> str:
    """The name without blanks and punctuation."""
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", name)).lower()


def core_of(name: str) -> str:
    """The name without words that say nothing of what is measured; two names with the same core are twins."""
    bare = _COUNT_LAST.sub("", _SHARE_WORDS.sub("率", _FILLING.sub("", gist(name))))
    return bare if len(bare) > 2 else gist(name)


def says_the_same(one: str, two: str) -> bool:
    """Whether two cores are one, be it in another order of words: 案件办理 and 办理案件."""
    return sorted(one) == sorted(two)


def _subject(name: str) -> str:
    return re.sub(r"\([^()]*\)", "", plain(name))
