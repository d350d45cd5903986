"""单位自评: every project of the year judges itself against its own targets, by computed and reasoned scores."""

from decimal import Decimal

from django.db import models
from django.urls import reverse

from budgets.models import ProjectRecord, ProjectYear, WindowStage
from budgets.models.years import MONEY
from budgets.rules import window_allows_filing
from core import grades
from core.access import Role, held_by, held_by_case
from core.rulebook.terms import OverCause
from core.workflow import Holder, state_constraint, state_field, step
from evaluation import rules
from monitoring.models import QualityChoice
from targets.models import Indicator, TargetDeclaration

SCORE = {"max_digits": 6, "decimal_places": 2}


class SelfEvaluationState(models.TextChoices):
    DRAFT = "draft", "填报中"
    UNIT_REVIEW = "unit_review", "待单位审核"
    DEPT_REVIEWING = "dept_reviewing", "待初审"
    DEPT_PASSED = "dept_passed", "部门已评分"
    FISCAL_CHECKING = "fiscal_checking", "财政抽查中"
    RECHECKING = "rechecking", "复核中"
    FINAL = "final", "已完成"
    RETURNED = "returned", "退回修改"


class OverCauseChoice(models.TextChoices):
    TARGET_TOO_LOW = OverCause.TARGET_TOO_LOW.value, OverCause.TARGET_TOO_LOW.label
    EXTERNAL = OverCause.EXTERNAL.value, OverCause.EXTERNAL.label
    EFFICIENCY = OverCause.EFFICIENCY.value, OverCause.EFFICIENCY.label


class SelfEvaluation(ProjectRecord):
    State = SelfEvaluationState

    holders = {
        SelfEvaluationState.DRAFT: Holder(
            (Role.UNIT_OPERATOR,), "填报绩效自评", window=WindowStage.SELF_EVALUATION
        ),
        SelfEvaluationState.RETURNED: Holder((Role.UNIT_OPERATOR,), "修改绩效自评", "resubmission"),
        SelfEvaluationState.UNIT_REVIEW: Holder((Role.UNIT_LEADER,), "审核绩效自评", "unit_review"),
        SelfEvaluationState.DEPT_REVIEWING: Holder((Role.DEPT_PERFORMANCE,), "初审绩效自评并评分", "dept_review"),
        SelfEvaluationState.DEPT_PASSED: Holder((Role.DEPT_LEADER,), "报送财政", "dept_review"),
        SelfEvaluationState.FISCAL_CHECKING: Holder(
            (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE), "抽查绩效自评", "fiscal_review"
        ),
        SelfEvaluationState.RECHECKING: Holder((Role.FISCAL_PERFORMANCE,), "复核绩效自评", "fiscal_review"),
    }
    editable_states = frozenset({SelfEvaluationState.DRAFT, SelfEvaluationState.RETURNED})
    editable_by = held_by(Role.UNIT_OPERATOR)

    project_year = models.ForeignKey(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="self_evaluations"
    )
    declaration = models.ForeignKey(TargetDeclaration, models.PROTECT, verbose_name="绩效目标", related_name="+")
    state = state_field(SelfEvaluationState)
    initial_yuan = models.DecimalField("年初预算数（元）", **MONEY)
    budget_yuan = models.DecimalField("全年预算数（元）", **MONEY)
    executed_yuan = models.DecimalField("全年执行数（元）", **MONEY)
    execution_score = models.DecimalField("预算执行率得分", default=Decimal("0.00"), **SCORE)
    execution_reason = models.TextField("预算执行情况说明", blank=True)
    owes_execution_reason = models.BooleanField("须说明预算执行情况", default=False)
    goal_result = models.TextField("年度总体目标实际完成情况", blank=True)
    conclusion = models.TextField("自评结论", blank=True)
    total = models.DecimalField("自评得分", default=Decimal("0.00"), **SCORE)
    grade = models.CharField("自评等级", max_length=10, blank=True)
    workings = models.JSONField("计算过程", default=dict)
    department_score = models.DecimalField("部门评分", null=True, blank=True, **SCORE)
    department_opinion = models.TextField("部门意见", blank=True)
    recheck_score = models.DecimalField("复核得分", null=True, blank=True, **SCORE)
    recheck_opinion = models.TextField("复核意见", blank=True)
    is_unreliable = models.BooleanField("自评不实", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "绩效自评表"
        ordering = ["-project_year__fiscal_year", "-pk"]
        constraints = [
            state_constraint(SelfEvaluationState, name="self_evaluation_state_known"),
            models.UniqueConstraint(fields=["project_year"], name="one_self_evaluation_per_year"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("evaluation:self_evaluation", args=[self.pk])

    @property
    def author_ids(self) -> frozenset[int]:
        """Whoever reported it; finance, who opens the self-evaluation of a year, is not its author."""
        return frozenset({self.submitted_by_id} - {None})

    def score_list(self) -> list["SelfScore"]:
        return list(self.scores.select_related("indicator"))

    @property
    def reported_result(self) -> tuple[str, Decimal] | None:
        """Grade and score, once the unit has handed them in."""
        return None if self.state in self.editable_states else (self.grade, self.total)

    @property
    def final_score(self) -> Decimal:
        """The re-check counts before the department's score, that before the unit's own."""
        return next(
            score for score in (self.recheck_score, self.department_score, self.total) if score is not None
        )

    @step(source=[SelfEvaluationState.DRAFT, SelfEvaluationState.RETURNED], target=SelfEvaluationState.UNIT_REVIEW,
          by=held_by(Role.UNIT_OPERATOR), label="报送单位负责人审核",
          guards=(window_allows_filing, rules.result_is_described, rules.every_score_is_grounded,
                  rules.values_are_possible, rules.scores_are_within_limits))
    def submit(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=SelfEvaluationState.UNIT_REVIEW, target=SelfEvaluationState.DRAFT, by=held_by(Role.UNIT_OPERATOR),
          label="撤回", style="plain")
    def recall(self, *, by, at, reason, data):
        pass

    @step(source=SelfEvaluationState.UNIT_REVIEW, target=SelfEvaluationState.DEPT_REVIEWING,
          by=held_by(Role.UNIT_LEADER), label="审核通过，报送主管部门", reviews=True)
    def pass_unit(self, *, by, at, reason, data):
        pass

    @step(source=[SelfEvaluationState.UNIT_REVIEW, SelfEvaluationState.DEPT_REVIEWING,
                  SelfEvaluationState.FISCAL_CHECKING],
          target=SelfEvaluationState.RETURNED, label="退回修改", needs_reason=True, reviews=True, style="plain",
          by=held_by_case("state", {
              SelfEvaluationState.UNIT_REVIEW: (Role.UNIT_LEADER,),
              SelfEvaluationState.DEPT_REVIEWING: (Role.DEPT_PERFORMANCE,),
              SelfEvaluationState.FISCAL_CHECKING: (Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE),
          }))
    def send_back(self, *, by, at, reason, data):
        self.department_score = None
        self.department_opinion = ""

    @step(source=SelfEvaluationState.DEPT_REVIEWING, target=SelfEvaluationState.DEPT_PASSED,
          by=held_by(Role.DEPT_PERFORMANCE), label="评分并通过初审", reviews=True,
          checks=(rules.department_score_is_sound,))
    def score_department(self, *, by, at, reason, data):
        self.department_score = data["department_score"]
        self.department_opinion = reason

    @step(source=SelfEvaluationState.DEPT_PASSED, target=SelfEvaluationState.FISCAL_CHECKING,
          by=held_by(Role.DEPT_LEADER), label="报送财政", reviews=True)
    def submit_to_fiscal(self, *, by, at, reason, data):
        pass

    @step(source=SelfEvaluationState.FISCAL_CHECKING, target=SelfEvaluationState.FINAL,
          by=held_by(Role.FISCAL_BUSINESS), label="认可自评结果", reviews=True)
    def accept(self, *, by, at, reason, data):
        pass

    @step(source=SelfEvaluationState.FISCAL_CHECKING, target=SelfEvaluationState.RECHECKING,
          by=held_by(Role.FISCAL_PERFORMANCE), label="抽中复核", reviews=True, style="plain")
    def spot_check(self, *, by, at, reason, data):
        pass

    @step(source=SelfEvaluationState.RECHECKING, target=SelfEvaluationState.FINAL,
          by=held_by(Role.FISCAL_PERFORMANCE), label="完成复核", needs_reason=True, reviews=True,
          checks=(rules.recheck_score_is_sound,))
    def finish_recheck(self, *, by, at, reason, data):
        self.recheck_score = data["recheck_score"]
        self.recheck_opinion = reason
        self.is_unreliable = grades.is_unreliable(self.total, self.recheck_score, self.rulebook())


class SelfScore(models.Model):
    """One indicator: what was done, the score the rules propose with its working, and the score entered."""

    self_evaluation = models.ForeignKey(
        SelfEvaluation, models.CASCADE, verbose_name="自评表", related_name="scores"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="绩效指标", related_name="+")
    actual_value = models.DecimalField("实际完成值", max_digits=20, decimal_places=4, null=True, blank=True)
    quality = models.CharField("定性完成情况", max_length=10, choices=QualityChoice.choices, blank=True)
    actual_text = models.CharField("完成情况说明", max_length=200, blank=True)
    not_applicable = models.BooleanField("不适用", default=False)
    over_cause = models.CharField("超额完成的原因", max_length=20, choices=OverCauseChoice.choices, blank=True)
    proposed_score = models.DecimalField("建议得分", default=Decimal("0.00"), **SCORE)
    entered_score = models.DecimalField("改填得分", null=True, blank=True, **SCORE)
    reason = models.TextField("偏差原因分析及改进措施", blank=True)
    owes_reason = models.BooleanField("须说明原因", default=False)
    working = models.JSONField("计算过程", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "自评得分"
        ordering = ["self_evaluation", "indicator__position"]
        constraints = [models.UniqueConstraint(fields=["self_evaluation", "indicator"], name="one_score_per_indicator")]

    def __str__(self) -> str:
        return f"{self.self_evaluation.title()}“{self.indicator.name}”"

    @property
    def has_value(self) -> bool:
        return self.actual_value is not None or bool(self.quality)

    @property
    def needs_judgement(self) -> bool:
        """No formula fits, so that a person has to give the score."""
        return self.working.get("status") == "to_judge"

    @property
    def is_overridden(self) -> bool:
        return self.entered_score is not None and self.entered_score != self.proposed_score

    @property
    def score(self) -> Decimal:
        return self.proposed_score if self.entered_score is None else self.entered_score
