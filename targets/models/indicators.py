"""The lines of a declaration and their categories."""

from decimal import Decimal

from django.db import models
from django.utils.functional import cached_property

from budgets.models import YearQuerySet
from core.rulebook.terms import Level
from targets.models.declarations import TargetDeclaration


class Level1(models.TextChoices):
    COST = Level.COST.value, Level.COST.label
    OUTPUT = Level.OUTPUT.value, Level.OUTPUT.label
    BENEFIT = Level.BENEFIT.value, Level.BENEFIT.label
    SATISFACTION = Level.SATISFACTION.value, Level.SATISFACTION.label


class Level2(models.TextChoices):
    """Second-level categories of 财预〔2021〕101号; the older 可持续影响 is kept because forms still use it."""

    ECONOMIC_COST = "economic_cost", "经济成本指标"
    SOCIAL_COST = "social_cost", "社会成本指标"
    ECOLOGICAL_COST = "ecological_cost", "生态环境成本指标"
    QUANTITY = "quantity", "数量指标"
    QUALITY = "quality", "质量指标"
    TIMELINESS = "timeliness", "时效指标"
    ECONOMIC_BENEFIT = "economic_benefit", "经济效益指标"
    SOCIAL_BENEFIT = "social_benefit", "社会效益指标"
    ECOLOGICAL_BENEFIT = "ecological_benefit", "生态效益指标"
    SUSTAINABILITY = "sustainability", "可持续影响指标"
    SERVICE_SATISFACTION = "service_satisfaction", "服务对象满意度指标"


LEVEL2_OF = {
    Level1.COST: (Level2.ECONOMIC_COST, Level2.SOCIAL_COST, Level2.ECOLOGICAL_COST),
    Level1.OUTPUT: (Level2.QUANTITY, Level2.QUALITY, Level2.TIMELINESS),
    Level1.BENEFIT: (
        Level2.ECONOMIC_BENEFIT, Level2.SOCIAL_BENEFIT, Level2.ECOLOGICAL_BENEFIT, Level2.SUSTAINABILITY,
    ),
    Level1.SATISFACTION: (Level2.SERVICE_SATISFACTION,),
}
LEVEL1_OF = {level2: level1 for level1, below in LEVEL2_OF.items() for level2 in below}


class ValueType(models.TextChoices):
    QUANTITATIVE = "quantitative", "定量"
    QUALITATIVE = "qualitative", "定性"


class Operator(models.TextChoices):
    AT_LEAST = ">=", "≥"
    MORE = ">", ">"
    EQUAL = "=", "="
    AT_MOST = "<=", "≤"
    LESS = "<", "<"


class IndicatorQuerySet(YearQuerySet):
    year_path = "declaration__project_year__"


class IndicatorLine(models.Model):
    """What an indicator says. A quantitative one has operator, value and unit; a qualitative one a text."""

    position = models.PositiveIntegerField("序号")
    level1 = models.CharField("一级指标", max_length=20, choices=Level1.choices)
    level2 = models.CharField("二级指标", max_length=30, choices=Level2.choices)
    name = models.CharField("三级指标", max_length=120)
    value_type = models.CharField("指标值类型", max_length=20, choices=ValueType.choices)
    operator = models.CharField("指标性质", max_length=2, choices=Operator.choices, blank=True)
    target_value = models.DecimalField("指标值", max_digits=20, decimal_places=4, null=True, blank=True)
    target_text = models.CharField("定性指标值", max_length=200, blank=True)
    unit_of_measure = models.CharField("计量单位", max_length=20, blank=True)
    weight = models.DecimalField("权重", max_digits=6, decimal_places=2)
    explanation = models.TextField("指标解释", blank=True)
    scoring_standard = models.TextField("评（扣）分标准", blank=True)
    source = models.CharField("指标值来源", max_length=40, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_qualitative(self) -> bool:
        return self.value_type == ValueType.QUALITATIVE

    @property
    def level1_due(self) -> str:
        """The level 1 that its level 2 belongs to."""
        return LEVEL1_OF[self.level2].value if self.level2 in LEVEL1_OF else ""

    @property
    def operator_sign(self) -> str:
        return self.get_operator_display() if self.operator else ""

    @property
    def target_shown(self) -> str:
        """The target as forms print it: ``≥1,204.8公里`` or the expected state."""
        if self.is_qualitative or self.target_value is None:
            return self.target_text
        return f"{self.operator_sign}{self.number_shown}{self.unit_of_measure}"

    @cached_property
    def number_shown(self) -> str:
        if self.target_value is None:
            return ""
        value = self.target_value
        whole = value == value.to_integral_value()
        return f"{value.quantize(Decimal(1)):,}" if whole else f"{value.normalize():,f}"


class Indicator(IndicatorLine):
    """One line of a declaration.

    ``actual_shown`` is what was reached, in words, once the self-evaluation of its year is final: next year's
    declaration shows it beside the empty box.
    """

    declaration = models.ForeignKey(
        TargetDeclaration, models.CASCADE, verbose_name="绩效目标", related_name="indicators"
    )
    actual_shown = models.CharField("完成值", max_length=200, blank=True, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效指标"
        ordering = ["declaration", "position"]
        indexes = [models.Index(fields=["name", "unit_of_measure"], name="indicator_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "position"], name="one_indicator_per_position"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0), name="indicator_weight_not_negative",
                violation_error_message="权重不能是负数，请改正后再保存。",
            ),
        ]
