"""The section of a rule set on the ex-ante assessment: who needs one, what to hand in, how it is scored."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.rulebook.parts import Dimension, ItemGrade, faults_of_points
from core.rulebook.schema import spec
from core.rulebook.terms import AssessedObject, ProjectKind


@dataclass(frozen=True, kw_only=True)
class ExAnteThreshold:
    """Another starting amount for one kind of project."""

    kind: ProjectKind = spec("项目类别")
    yuan: Decimal = spec("评估起点金额（元）", low=0)


@dataclass(frozen=True, kw_only=True)
class ExAnteMaterial:
    """A document to be handed in; without ``kinds`` by every kind of project."""

    name: str = spec("材料名称", least=1)
    object_type: AssessedObject = spec("评估对象类型", default=AssessedObject.PROJECT)
    required: bool = spec("是否必备", default=False)
    kinds: tuple[ProjectKind, ...] = spec("适用项目类别", default=())


@dataclass(frozen=True, kw_only=True)
class ExAnteRule:
    """A department assesses from its threshold on; finance may assess from its own on.

    ``growth_share``: a continuing project asking for this much more than last year's budget counts as materially
    changed; ``None``: growth alone never makes an assessment necessary.
    """

    department_threshold_yuan: Decimal = spec("部门评估起点金额（元）", low=0)
    fiscal_threshold_yuan: Decimal = spec("财政评估起点金额（元）", low=0)
    pass_mark: Decimal = spec("通过分数线", low=0, high=100)
    dimensions: tuple[Dimension, ...] = spec("评估维度", least=1)
    item_grades: tuple[ItemGrade, ...] = spec("评分项等级", least=2)
    policy_dimensions: tuple[Dimension, ...] = spec("政策评估维度", least=1)
    thresholds: tuple[ExAnteThreshold, ...] = spec("分项目类别的起点金额", default=())
    growth_share: Decimal | None = spec("延续项目视为实质性调整的增幅", low=0, default=None)
    exemptions: tuple[str, ...] = spec("免予评估的情形", least=1)
    materials: tuple[ExAnteMaterial, ...] = spec("评估材料", default=())
    least_reviewers: int = spec("评估专家最少人数", low=1, default=3)
    total_spread: Decimal = spec("专家总分极差界限（分）", low=0, high=100, default=Decimal(20))
    item_spread: Decimal = spec("单项极差界限（占该项分值）", low=0, high=1, default=Decimal("0.40"))

    def threshold_yuan(self, kind: str) -> Decimal:
        """From this amount on a project of the kind has to be assessed."""
        own = (each.yuan for each in self.thresholds if each.kind == kind)
        return next(own, self.department_threshold_yuan)

    def dimensions_of(self, object_type: str) -> tuple[Dimension, ...]:
        return self.policy_dimensions if object_type == AssessedObject.POLICY else self.dimensions

    def materials_of(self, object_type: str, kind: str) -> list[ExAnteMaterial]:
        return [
            each for each in self.materials
            if each.object_type == object_type and (not each.kinds or kind in each.kinds)
        ]

    def faults(self) -> Iterator[str]:
        yield from faults_of_points(self.dimensions)
        yield from faults_of_points(self.policy_dimensions)
        names = [(each.object_type, each.name) for each in self.materials]
        if len(set(names)) < len(names):
            yield "同一评估对象类型的材料名称不应重复"
        if self.fiscal_threshold_yuan < self.department_threshold_yuan:
            yield "财政评估起点金额不应低于部门评估起点金额"
