"""The indicator library: indicators that any declaration may take over, proposed by units and decided by finance."""

from django.db import models
from django.urls import reverse

from core.access import DEPARTMENT_ROLES, UNIT_ROLES, Role, held_by, held_by_case
from core.workflow import Holder, WorkflowRecord, state_constraint, state_field, step
from targets import rules
from targets.models.indicators import Level1, Level2, ValueType

NOBODY = -1
PROPOSERS = (Role.UNIT_OPERATOR, Role.DEPT_PERFORMANCE)


class LibraryState(models.TextChoices):
    PROPOSED = "proposed", "待审定"
    APPROVED = "approved", "已收录"
    DECLINED = "declined", "未采纳"
    RETIRED = "retired", "已停用"


class Direction(models.TextChoices):
    HIGHER = rules.Direction.HIGHER.value, "越高越好（≥）"
    LOWER = rules.Direction.LOWER.value, "越低越好（≤）"
    EQUAL = rules.Direction.EQUAL.value, "等于指标值（=）"
    STATE = rules.Direction.STATE.value, "定性（写预期状态）"


class LibraryQuerySet(models.QuerySet):
    def visible_to(self, user) -> "LibraryQuerySet":
        """What finance has decided is everybody's; a proposal is its proposer's, its department's and finance's."""
        sight = user.sight
        if sight.everything:
            return self
        if not user.is_authenticated:
            return self.none()
        own = sight.units | sight.departments
        return self.filter(
            models.Q(state__in=(LibraryState.APPROVED, LibraryState.RETIRED)) | models.Q(proposer__in=own)
            | models.Q(proposer__parent__in=sight.departments)
        )

    def usable(self) -> "LibraryQuerySet":
        return self.filter(state=LibraryState.APPROVED)


class LibraryIndicator(WorkflowRecord):
    """``usual_value`` is what such projects usually reach, in ``unit_of_measure``; ``version`` counts its revisions."""

    State = LibraryState

    holders = {LibraryState.PROPOSED: Holder((Role.FISCAL_PERFORMANCE,), "审定指标")}
    editable_states = frozenset({LibraryState.PROPOSED, LibraryState.APPROVED, LibraryState.DECLINED})
    editable_by = held_by_case("state", {
        LibraryState.PROPOSED: (Role.FISCAL_PERFORMANCE,), LibraryState.APPROVED: (Role.FISCAL_PERFORMANCE,),
        LibraryState.DECLINED: PROPOSERS,
    })

    state = state_field(LibraryState)
    sector = models.CharField("所属领域", max_length=40, blank=True, help_text="各行业都能用的留空。")
    level1 = models.CharField("一级指标", max_length=20, choices=Level1.choices)
    level2 = models.CharField("二级指标", max_length=30, choices=Level2.choices)
    name = models.CharField("指标名称", max_length=120)
    direction = models.CharField("指标方向", max_length=10, choices=Direction.choices)
    unit_of_measure = models.CharField("计量单位", max_length=20, blank=True)
    usual_value = models.DecimalField("参考值", max_digits=20, decimal_places=4, null=True, blank=True)
    expected_state = models.CharField("预期状态", max_length=200, blank=True, help_text="定性指标填写，例如 三级管养责任和经费落实。")
    explanation = models.TextField("指标解释", max_length=500, blank=True)
    scoring_standard = models.TextField("评（扣）分标准", max_length=500, blank=True)
    source = models.CharField("指标值来源", max_length=40, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    proposer = models.ForeignKey(
        "core.Organisation", models.PROTECT, verbose_name="提出单位", related_name="+", null=True, blank=True,
        editable=False,
    )

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "指标库指标"
        ordering = ["sector", "level1", "level2", "name"]
        constraints = [
            state_constraint(LibraryState, name="library_state_known"),
            models.UniqueConstraint(
                fields=["sector", "level2", "name"], condition=~models.Q(state="declined"), name="one_library_entry",
                violation_error_message="指标库中这一领域、这一类别已有同名指标，请直接使用。", violation_error_code="duplicate",
            ),
        ]
        indexes = [models.Index(fields=["state", "sector", "level2"], name="library_by_sector")]

    def get_absolute_url(self) -> str:
        return reverse("targets:library_indicator", args=[self.pk])

    def title(self) -> str:
        return f"指标库指标“{self.name}”"

    def thread(self) -> str:
        return f"libraryindicator:{self.pk}"

    def facts(self):
        return {"subject": self.name, "subtitle": f"{self.sector_shown} · {self.get_level2_display()}"}

    def organisation_for(self, role: Role) -> int | None:
        if role in UNIT_ROLES | DEPARTMENT_ROLES:
            return self.proposer_id or NOBODY
        return None if role == Role.FISCAL_PERFORMANCE else NOBODY

    @property
    def sector_shown(self) -> str:
        return self.sector or rules.COMMON

    @property
    def value_type(self) -> str:
        return (ValueType.QUALITATIVE if self.direction == Direction.STATE else ValueType.QUANTITATIVE).value

    @property
    def operator(self) -> str:
        return rules.Direction(self.direction).operator

    def twin(self) -> "LibraryIndicator | None":
        """Another one of the same name in the same place that has not been declined."""
        same = LibraryIndicator.objects.filter(sector=self.sector, level2=self.level2, name=self.name)
        return same.exclude(state=LibraryState.DECLINED).exclude(pk=self.pk).first()

    @step(source=LibraryState.PROPOSED, target=LibraryState.APPROVED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="审定收录", reviews=True, guards=(rules.entry_is_complete, rules.entry_is_unique))
    def approve(self, *, by, at, reason, data):
        pass

    @step(source=LibraryState.PROPOSED, target=LibraryState.DECLINED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="不予采纳", needs_reason=True, reviews=True, style="plain")
    def decline(self, *, by, at, reason, data):
        pass

    @step(source=LibraryState.DECLINED, target=LibraryState.PROPOSED, by=held_by(*PROPOSERS), label="修改后再次提出",
          guards=(rules.entry_is_complete, rules.entry_is_unique))
    def propose_again(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=LibraryState.APPROVED, target=LibraryState.RETIRED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="停用", needs_reason=True, style="danger", consequence="停用后填报时不再推荐，已经使用的项目不受影响。")
    def retire(self, *, by, at, reason, data):
        pass

    @step(source=LibraryState.RETIRED, target=LibraryState.APPROVED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="恢复使用")
    def restore(self, *, by, at, reason, data):
        pass
