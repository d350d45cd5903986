"""A rule set as one frozen value: what a place decides about weights, scores, grades, lamps, deadlines and money."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from core.rulebook.ex_ante import ExAnteRule
from core.rulebook.parts import (
    Band,
    Deadlines,
    EvaluationReasonRule,
    ExecutionRule,
    IndicatorRule,
    LampRule,
    LinkageRule,
    MonitoringReasonRule,
    MonitoringRoundRule,
    NotApplicableRule,
    OverrideRule,
    OverRule,
    QualitativeRule,
    ReviewRule,
    SatisfactionRule,
    WeightRule,
    faults_of_bands,
)
from core.rulebook.quality import QualityRule
from core.rulebook.schema import dump, parse, spec


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    name: str = spec("代号", least=1)
    title: str = spec("名称", least=1)
    region: str = spec("适用地区", least=1)
    source: str = spec("依据文件", least=1)
    weights: WeightRule = spec("权重")
    execution: ExecutionRule = spec("预算执行率")
    indicators: IndicatorRule = spec("指标计分")
    qualitative: QualitativeRule = spec("定性指标")
    satisfaction: SatisfactionRule = spec("满意度")
    over_completion: OverRule = spec("超额完成")
    not_applicable: NotApplicableRule = spec("不适用指标")
    override: OverrideRule = spec("改分范围")
    grades: tuple[Band, ...] = spec("评价等级", least=2)
    review: ReviewRule = spec("目标审核")
    quality: QualityRule = spec("目标质量检查")
    ex_ante: ExAnteRule = spec("事前评估")
    lamps: LampRule = spec("预警灯")
    monitoring_reasons: MonitoringReasonRule = spec("监控说明要求")
    evaluation_reasons: EvaluationReasonRule = spec("自评说明要求")
    recheck_difference: Decimal = spec("复核与自评相差多少分视为不可靠", low=0, high=100)
    deadlines: Deadlines = spec("期限")
    monitoring_rounds: tuple[MonitoringRoundRule, ...] = spec("监控轮次", least=1)
    linkage: tuple[LinkageRule, ...] = spec("预算挂钩规则", default=())

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """From JSON or YAML data, decimals as text. Raises: RuleViolation naming every faulty field by its path."""
        return parse(cls, data)

    def as_data(self) -> dict[str, Any]:
        """Plain data for a JSON column; `from_data` reads it back to an equal rule set."""
        return dump(self)

    def faults(self) -> Iterator[str]:
        yield from faults_of_bands(self.grades)
        known = [band.name for band in self.grades]
        for rule in self.linkage:
            for grade in rule.grades:
                if grade not in known:
                    yield f"挂钩规则 {rule.code} 用到的等级“{grade}”不在评价等级 {'、'.join(known)} 之中"
