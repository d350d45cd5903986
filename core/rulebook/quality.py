"""How strictly targets are checked: a level for every check, and the numbers the checks compare with."""

from dataclasses import dataclass, fields
from decimal import Decimal

from core.rulebook.schema import ratio, spec
from core.rulebook.terms import CheckLevel


@dataclass(frozen=True, kw_only=True)
class QualityLevels:
    """A level for each check by its name. The label says what is so when the check finds nothing."""

    goal_written: CheckLevel = spec("年度总体目标已填写")
    required_levels: CheckLevel = spec("产出、效益指标齐全")
    cost_present: CheckLevel = spec("工程、购置类项目设有成本指标")
    weights_due: CheckLevel = spec("各类指标权重符合规定")
    measurable: CheckLevel = spec("指标值、性质、单位填写完整")
    binding: CheckLevel = spec("指标值有约束力")
    funds_agree: CheckLevel = spec("资金来源与申请数一致")
    levels_agree: CheckLevel = spec("二级指标归属一级指标正确")
    no_placeholder: CheckLevel = spec("没有待填的占位文字")
    no_duplicate: CheckLevel = spec("没有重复的指标")
    possible_rate: CheckLevel = spec("比率没有超过 100%")
    quantity_and_quality: CheckLevel = spec("数量、质量指标都有")
    rate_sign: CheckLevel = spec("100% 的比率写法规范")
    specific_name: CheckLevel = spec("指标名称具体、单一")
    not_an_input: CheckLevel = spec("没有把投入当作产出")
    not_vague: CheckLevel = spec("定性指标可以核验")
    not_easier: CheckLevel = spec("指标值不低于上年指标")
    not_below_actual: CheckLevel = spec("指标值不低于上年实际")
    no_twin: CheckLevel = spec("没有近似的指标")
    goal_rewritten: CheckLevel = spec("年度目标不是照抄上年")
    few_fillers: CheckLevel = spec("没有用通用指标凑数")
    cost_measured: CheckLevel = spec("成本指标有金额或定额")
    cost_within_request: CheckLevel = spec("成本控制数未超过申请数")
    in_proportion: CheckLevel = spec("申请金额与任务量相称")
    like_others: CheckLevel = spec("指标值与同类项目接近")
    right_level: CheckLevel = spec("指标归类与名称一致")
    right_direction: CheckLevel = spec("指标性质与名称方向一致")
    sign_agrees: CheckLevel = spec("指标性质与文字说法一致")
    right_unit: CheckLevel = spec("计量单位与名称一致")
    whole_percent: CheckLevel = spec("百分数没有按小数填写")
    number_as_number: CheckLevel = spec("能用数字表示的没有填成定性")
    within_year: CheckLevel = spec("完成日期在本年度之内")
    goal_of_year: CheckLevel = spec("年度目标写的是本年度")
    goal_has_figures: CheckLevel = spec("年度目标有可考核的数字")
    goal_in_indicators: CheckLevel = spec("年度目标的数字在指标中都有")
    standard_given: CheckLevel = spec("评（扣）分标准已填写")
    explanation_given: CheckLevel = spec("指标解释已填写")
    overall_goal_written: CheckLevel = spec("跨年度项目的总体目标已填写")
    values_renewed: CheckLevel = spec("指标值没有全部沿用上年")
    weight_not_heavy: CheckLevel = spec("没有单项权重过大的指标")
    weights_differ: CheckLevel = spec("权重体现了轻重")
    number_of_indicators: CheckLevel = spec("指标数量适中")
    mostly_quantified: CheckLevel = spec("定量指标占比足够")
    schedule_written: CheckLevel = spec("实施进度计划已填写")


@dataclass(frozen=True, kw_only=True)
class ScoringStandards:
    """The wording that is offered where an indicator has no scoring standard."""

    at_least: str = spec("越大越好的指标", least=1)
    at_most: str = spec("越小越好的指标", least=1)
    equal: str = spec("等于型指标", least=1)
    qualitative: str = spec("定性指标", least=1)


@dataclass(frozen=True, kw_only=True)
class QualityRule:
    levels: QualityLevels = spec("各项检查的宽严")
    standards: ScoringStandards = spec("评分标准范本")
    vague_words: tuple[str, ...] = spec("笼统的用词", least=1)
    empty_states: tuple[str, ...] = spec("不能单独作为预期状态的用词", least=1)
    cost_projects: tuple[str, ...] = spec("须设成本指标的项目（名称用词）", least=1)
    actual_gap: Decimal = ratio("低于上年实际的比例达到多少须说明")
    cost_rise: Decimal = ratio("单位成本比上年指标上升多少以内不须说明")
    same_text: Decimal = ratio("与上年文字相同的比例达到多少视为照抄")
    filler_share: Decimal = ratio("通用指标最大占比")
    quantified_share: Decimal = ratio("定量指标最小占比")
    unit_cost_gap: Decimal = spec("单位成本与上年相差的比例达到多少须说明", low=0)
    comparable_least: int = spec("至少有多少个同名指标才作比较", low=3)
    comparable_fence: Decimal = spec("超出四分位距多少倍视为偏离", low=0)
    heaviest_weight: Decimal = spec("单项指标最大权重", low=0, high=100)
    fewest: int = spec("指标最少条数", low=1)
    most: int = spec("指标最多条数", low=1)


def label_of_check(name: str) -> str:
    """What a check makes sure of, by its name."""
    return next(each.metadata["label"] for each in fields(QualityLevels) if each.name == name)
