"""The sections of a rule set. Shares and rates are ratios of 0–1, points are points of 100, money is yuan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.rulebook.schema import ratio, spec
from core.rulebook.terms import (
    Denominator,
    Duration,
    EvaluationKind,
    ExecutionMethod,
    Lamp,
    LampMode,
    LateFiling,
    LateMethod,
    Level,
    Likelihood,
    LinkageAction,
    LinkageBase,
    NotApplicable,
    OverMode,
    RectificationState,
    ReverseMethod,
    ReviewEffect,
    ReviewStage,
    SatisfactionMethod,
)

FULL = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Points of 100 for each level-1 indicator; a level that is not used has 0."""

    execution: Decimal = spec("预算执行率分值", low=0, high=100)
    cost: Decimal = spec("成本指标分值", low=0, high=100)
    output: Decimal = spec("产出指标分值", low=0, high=100)
    benefit: Decimal = spec("效益指标分值", low=0, high=100)
    satisfaction: Decimal = spec("满意度指标分值", low=0, high=100)

    def of(self, level: Level) -> Decimal:
        return getattr(self, level.value)

    @property
    def declared(self) -> Decimal:
        """Points set at declaration; the execution rate joins at self-evaluation."""
        return self.total - self.execution

    @property
    def total(self) -> Decimal:
        return sum((self.of(level) for level in Level), Decimal(0))

    def faults(self) -> Iterator[str]:
        if self.total != FULL:
            yield f"各一级指标分值合计 {self.total} 分，应为 100 分"


@dataclass(frozen=True, kw_only=True)
class WeightRule:
    """Templates by presence of cost and satisfaction; older rules put these inside output and benefit."""

    templates: tuple[Weights, ...] = spec("权重模板", least=1)
    cost_in_output: bool = spec("成本指标并入产出指标", default=False)
    satisfaction_in_benefit: bool = spec("满意度指标并入效益指标", default=False)
    effect_at_least: Decimal = spec("部门、财政评价中产出与效益合计最低分值", low=0, high=100, default=Decimal(60))

    def counted_as(self, level: Level) -> Level:
        """The first level whose points an indicator of ``level`` shares."""
        if level is Level.COST and self.cost_in_output:
            return Level.OUTPUT
        return Level.BENEFIT if level is Level.SATISFACTION and self.satisfaction_in_benefit else level

    def template(self, *, has_cost: bool, has_satisfaction: bool) -> Weights:
        key = (has_cost and not self.cost_in_output, has_satisfaction and not self.satisfaction_in_benefit)
        return next(each for each in self.templates if _presence(each) == key)

    def faults(self) -> Iterator[str]:
        given = [_presence(each) for each in self.templates]
        cost_cases = (False,) if self.cost_in_output else (False, True)
        satisfaction_cases = (False,) if self.satisfaction_in_benefit else (False, True)
        needed = [(cost, satisfaction) for cost in cost_cases for satisfaction in satisfaction_cases]
        if sorted(given) != needed:
            yield f"权重模板应按有无成本、有无满意度各列一套，共 {len(needed)} 套，现有 {len(given)} 套或有重复"


def _presence(weights: Weights) -> tuple[bool, bool]:
    return weights.cost > 0, weights.satisfaction > 0


@dataclass(frozen=True, kw_only=True)
class Step:
    """From this rate on (inclusive), this share of the points."""

    lower: Decimal = ratio("区间下限")
    share: Decimal = ratio("得分比例")


def _faults_of_steps(lowers: Sequence[Decimal]) -> Iterator[str]:
    if list(lowers) != sorted(set(lowers), reverse=True):
        yield "各区间下限应从高到低排列且不重复"


@dataclass(frozen=True, kw_only=True)
class ExecutionRule:
    method: ExecutionMethod = spec("得分方法")
    denominator: Denominator = spec("执行率分母")
    explain_below: Decimal = ratio("执行率低于此值须说明原因")
    steps: tuple[Step, ...] = spec("未完成项目的得分区间", default=())

    def base(self, *, initial: Decimal, adjusted: Decimal, received: Decimal) -> Decimal:
        """The figure the rate is divided by."""
        return {"initial": initial, "adjusted": adjusted, "received": received}[self.denominator.value]

    def faults(self) -> Iterator[str]:
        yield from _faults_of_steps([step.lower for step in self.steps])
        if self.method is ExecutionMethod.INTERVALS and not self.steps:
            yield "按区间得分时须列出得分区间"


@dataclass(frozen=True, kw_only=True)
class IndicatorRule:
    reverse: ReverseMethod = spec("反向指标计分方法")
    late: LateMethod = spec("时限指标逾期计分方法")
    equal_strict: bool = spec("等于型指标超出目标视为超额完成", default=False)
    ceil_blocks: bool = spec("“每差若干扣分”不足一档按一档", default=True)


@dataclass(frozen=True, kw_only=True)
class QualitativeRule:
    """Reached is [reached_from, 1], partly [partly_from, reached_from), missed [0, partly_from)."""

    reached_from: Decimal = ratio("达成预期指标的比例下限")
    partly_from: Decimal = ratio("部分达成的比例下限")
    reached_share: Decimal = ratio("达成预期指标的建议比例")
    partly_share: Decimal = ratio("部分达成的建议比例")
    missed_share: Decimal = ratio("未达成的建议比例")

    def faults(self) -> Iterator[str]:
        if not (0 < self.partly_from < self.reached_from):
            yield "部分达成的下限应大于 0 且小于达成的下限"
        elif not (self.missed_share < self.partly_from <= self.partly_share < self.reached_from <= self.reached_share):
            yield "各档建议比例应落在本档区间之内"


@dataclass(frozen=True, kw_only=True)
class SatisfactionRule:
    method: SatisfactionMethod = spec("满意度计分方法")
    tiers: tuple[Step, ...] = spec("满意度得分区间", default=())

    def faults(self) -> Iterator[str]:
        yield from _faults_of_steps([tier.lower for tier in self.tiers])
        if self.method is SatisfactionMethod.TIERS and not self.tiers:
            yield "按区间得分时须列出满意度得分区间"


@dataclass(frozen=True, kw_only=True)
class OverRule:
    """`threshold` is actual ÷ target; in reduce mode the share never falls under `floor`."""

    threshold: Decimal = spec("明显超额的界限（实际值÷目标值）", low=1)
    mode: OverMode = spec("超额完成处理方式")
    floor: Decimal = ratio("扣分后保留的最低比例")


@dataclass(frozen=True, kw_only=True)
class NotApplicableRule:
    treatment: NotApplicable = spec("不适用指标处理方式")
    largest_share: Decimal = ratio("不适用分值最大占比")
    move_to: Level | None = spec("并入的一级指标", default=None)

    def faults(self) -> Iterator[str]:
        if (self.treatment is NotApplicable.MOVE_TO) != (self.move_to is not None):
            yield "处理方式为并入时须指明并入的一级指标，其他方式不得指明"


@dataclass(frozen=True, kw_only=True)
class Band:
    """Half-open: from `lower` (inclusive) to the next higher band."""

    name: str = spec("等级名称", least=1)
    lower: Decimal = spec("等级下限", low=0, high=100)


@dataclass(frozen=True, kw_only=True)
class ReviewBand:
    """A grade of the target review; an item graded so scores from `lower` percent of its points on."""

    name: str = spec("审核等级名称", least=1)
    lower: Decimal = spec("审核等级下限", low=0, high=100)
    effect: ReviewEffect = spec("审核等级的作用")


def faults_of_bands(bands: Sequence[Band | ReviewBand]) -> Iterator[str]:
    lowers = [band.lower for band in bands]
    if lowers != sorted(set(lowers), reverse=True) or lowers[-1] != 0:
        yield "等级应从高到低排列、下限不重复，最低一级下限为 0"
    if len({band.name for band in bands}) < len(bands):
        yield "等级名称不得重复"


@dataclass(frozen=True, kw_only=True)
class Item:
    name: str = spec("名称", least=1)
    points: Decimal = spec("分值", low=0, high=100)


@dataclass(frozen=True, kw_only=True)
class Dimension:
    name: str = spec("维度名称", least=1)
    items: tuple[Item, ...] = spec("评分项", least=1)


def faults_of_points(dimensions: Sequence[Dimension]) -> Iterator[str]:
    total = sum((item.points for dimension in dimensions for item in dimension.items), Decimal(0))
    if total != FULL:
        yield f"各评分项分值合计 {total} 分，应为 100 分"


@dataclass(frozen=True, kw_only=True)
class ReadyReason:
    """What reviewers write most often; without stages it is offered to all of them."""

    label: str = spec("现成意见名称", least=1)
    text: str = spec("现成意见", least=1)
    stages: tuple[ReviewStage, ...] = spec("适用环节", default=())

    def is_for(self, stage: str) -> bool:
        return not self.stages or stage in self.stages


@dataclass(frozen=True, kw_only=True)
class ReviewRule:
    dimensions: tuple[Dimension, ...] = spec("审核维度", least=1)
    bands: tuple[ReviewBand, ...] = spec("审核等级", least=2)
    business_scores: bool = spec("财政业务股室初审也按审核表评分", default=False)
    ready_opinion: str = spec("没有意见时的审核意见", least=1, default="同意。")
    ready_reasons: tuple[ReadyReason, ...] = spec("现成意见", default=())

    @property
    def full_points(self) -> dict[str, Decimal]:
        """Every item with all its points, as a review without any remark gives them."""
        return {item.name: item.points for dimension in self.dimensions for item in dimension.items}

    def faults(self) -> Iterator[str]:
        yield from faults_of_points(self.dimensions)
        yield from faults_of_bands(self.bands)


@dataclass(frozen=True, kw_only=True)
class ItemGrade:
    name: str = spec("评分项等级", least=1)
    share: Decimal = ratio("等级对应得分比例")


@dataclass(frozen=True, kw_only=True)
class LagLamps:
    """Percentage points behind the time schedule, and money ahead of the target. Above a limit the lamp changes."""

    yellow_behind: Decimal = spec("黄灯：慢于序时（百分点）", low=0, high=100)
    red_behind: Decimal = spec("红灯：慢于序时（百分点）", low=0, high=100)
    yellow_ahead: Decimal = spec("黄灯：支出快于目标（百分点）", low=0, high=100)
    red_ahead: Decimal = spec("红灯：支出快于目标（百分点）", low=0, high=100)

    def faults(self) -> Iterator[str]:
        if self.yellow_behind >= self.red_behind or self.yellow_ahead >= self.red_ahead:
            yield "黄灯界限应小于红灯界限"


@dataclass(frozen=True, kw_only=True)
class RatioLamps:
    """Progress ÷ time progress: below red_below red, below green_from yellow, from blue_from on blue."""

    red_below: Decimal = spec("红灯：低于此比值", low=0)
    green_from: Decimal = spec("绿灯：达到此比值", low=0)
    blue_from: Decimal = spec("蓝灯：达到此比值", low=0)

    def faults(self) -> Iterator[str]:
        if not self.red_below < self.green_from < self.blue_from:
            yield "红、绿、蓝灯的比值界限应依次增大"


@dataclass(frozen=True, kw_only=True)
class LampRule:
    mode: LampMode = spec("亮灯方式")
    lag: LagLamps = spec("百分点界限")
    ratio: RatioLamps = spec("比值界限")


@dataclass(frozen=True, kw_only=True)
class MonitoringReasonRule:
    """When a progress report must explain itself; None switches a trigger off."""

    lamps: tuple[Lamp, ...] = spec("须说明偏差原因的灯色", default=())
    explain_cause: bool = spec("选择原因后须写原因说明", default=True)
    likelihoods: tuple[Likelihood, ...] = spec("须填全年预计和原因的完成可能性", default=())
    over_target_pct: Decimal | None = spec("超出目标多少百分比须说明", low=0, default=None)
    deviation_pct: Decimal | None = spec("偏差多少百分比须填问题和措施", low=0, default=None)
    idle_needs_measures: bool = spec("执行率为零须填问题和措施", default=False)


@dataclass(frozen=True, kw_only=True)
class EvaluationReasonRule:
    """Which facts of a self-evaluation demand a written reason."""

    below_full: bool = spec("未得满分须说明", default=True)
    over_threshold: bool = spec("明显超额须说明", default=True)
    below_monitoring: bool = spec("低于监控填报数须说明", default=True)


@dataclass(frozen=True, kw_only=True)
class OverrideRule:
    """How far a person may depart from the proposed score, as shares of the indicator's points."""

    raise_share: Decimal = ratio("最多可上调的比例")
    lower_share: Decimal = ratio("最多可下调的比例")


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """Calendar days unless the name says working days."""

    unit_review: int = spec("单位审核天数", low=1)
    dept_review: int = spec("部门审核天数", low=1)
    fiscal_review: int = spec("财政审核天数", low=1)
    approval: int = spec("财政批复天数", low=1)
    unit_approval: int = spec("部门批复所属单位天数", low=1)
    disclosure: int = spec("公开天数", low=1)
    correction: int = spec("纠偏天数", low=1)
    consult_working_days: int = spec("征求意见工作日", low=1)
    acknowledge_working_days: int = spec("签收工作日", low=1)
    feedback: int = spec("反馈意见天数", low=1)
    rectification_plan: int = spec("报送整改方案天数", low=1)
    rectification_result: int = spec("报送整改结果天数", low=1)
    warning: int = spec("临期提醒天数", low=0)
    adjustment_last_month: int = spec("目标调整截止月份（当月末）", low=1, high=12)
    self_evaluation_last_month: int = spec("自评完成月份（次年当月末）", low=1, high=12)
    independence_years: int = spec("参与事前评估的机构回避年数", low=0)
    resubmission: int = spec("退回修改天数", low=1, default=5)
    late_filing: LateFiling = spec("任务期截止后报送", default=LateFiling.MARKED)


@dataclass(frozen=True, kw_only=True)
class MonitoringRoundRule:
    """Watches from January to the end of `last_month`; reports are due on the given day of the same year."""

    number: int = spec("轮次", low=1)
    last_month: int = spec("监控截至月份", low=1, high=12)
    due_month: int = spec("报送月份", low=1, high=12)
    due_day: int = spec("报送日", low=1, high=31)
    optional: bool = spec("是否可选", default=False)


@dataclass(frozen=True, kw_only=True)
class LinkageRule:
    """What a result means for next year's money. An empty condition matches everything; all given ones must hold.

    For a cut, `share` of `base` is taken off; `lowest_share` and `highest_share` bound the human decision.
    """

    code: str = spec("规则编号", least=1)
    action: LinkageAction = spec("作用")
    basis: str = spec("依据", least=1)
    evaluations: tuple[EvaluationKind, ...] = spec("评价类型", default=())
    durations: tuple[Duration, ...] = spec("项目类型", default=())
    grades: tuple[str, ...] = spec("评价等级", default=())
    rectifications: tuple[RectificationState, ...] = spec("整改情况", default=())
    poor_years_from: int | None = spec("连续低等级年数下限", low=1, default=None)
    poor_years_to: int | None = spec("连续低等级年数上限", low=1, default=None)
    execution_below: Decimal | None = ratio("执行率低于", default=None)
    balance_grew: bool = spec("结转结余比上年增加", default=False)
    base: LinkageBase = spec("压减基数", default=LinkageBase.PREVIOUS_YEAR)
    share: Decimal | None = ratio("建议压减比例", default=None)
    lowest_share: Decimal | None = ratio("最低压减比例", default=None)
    highest_share: Decimal | None = ratio("最高压减比例", default=None)

    def faults(self) -> Iterator[str]:
        if (self.action is LinkageAction.CUT) != (self.share is not None):
            yield f"规则 {self.code} 的压减比例只在压减时填写，且压减必须填写"
        elif self.share is not None and not self.low_share <= self.share <= self.high_share:
            yield f"规则 {self.code} 的建议压减比例应在最低与最高压减比例之间"
        if (self.poor_years_from or 1) > (self.poor_years_to or self.poor_years_from or 1):
            yield f"规则 {self.code} 的连续年数下限大于上限"

    @property
    def low_share(self) -> Decimal:
        return Decimal(0) if self.lowest_share is None else self.lowest_share

    @property
    def high_share(self) -> Decimal:
        return Decimal(1) if self.highest_share is None else self.highest_share
