"""One person's sheet in an ex-ante assessment: the statement on conflicts of interest, then the scores, given alone."""

from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.urls import reverse

from budgets import rules
from budgets.models.base import ProjectRecord, YearQuerySet
from budgets.models.ex_ante.assessment import ExAnteAssessment
from budgets.models.projects import own_projects
from budgets.models.years import ProjectYear
from core.access import Role, driven_by_document, held_by, held_in_person
from core.workflow import Holder, state_constraint, state_field, step


class ExAnteReviewState(models.TextChoices):
    INVITED = "invited", "待签署"
    SCORING = "scoring", "待评分"
    SUBMITTED = "submitted", "已评分"
    WITHDRAWN = "withdrawn", "已回避"
    REMOVED = "removed", "已移出"


UNFINISHED = (ExAnteReviewState.INVITED, ExAnteReviewState.SCORING)
SEATED = (*UNFINISHED, ExAnteReviewState.SUBMITTED)
by_the_reviewer = held_in_person("reviewer_id", *rules.PANEL_ROLES)


class ExAnteReviewQuerySet(YearQuerySet):
    def visible_to(self, user):
        """Who sits on a panel knows of the other sheets only after the scores were opened."""
        rows, sight = super().visible_to(user), user.sight
        if sight.everything:
            return rows
        return rows.filter(
            models.Q(reviewer=user.pk) | models.Q(assessment__opened_at__isnull=False)
            | own_projects(sight, "project_year__project__")
        )

    def seated(self):
        return self.filter(state__in=SEATED)


class ExAnteReview(ProjectRecord):
    State = ExAnteReviewState

    holders = {
        ExAnteReviewState.INVITED: Holder(rules.PANEL_ROLES, "签署回避声明", "dept_review"),
        ExAnteReviewState.SCORING: Holder(rules.PANEL_ROLES, "独立评分", "dept_review"),
    }
    editable_states = frozenset({ExAnteReviewState.SCORING})
    editable_by = by_the_reviewer

    assessment = models.ForeignKey(ExAnteAssessment, models.CASCADE, verbose_name="评估", related_name="reviews")
    project_year = models.ForeignKey(ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="+")
    attempt = models.PositiveIntegerField("评估次数")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="评估专家", related_name="ex_ante_reviews"
    )
    capacity = models.CharField("身份", max_length=30, choices=[(role.value, role.label) for role in rules.PANEL_ROLES])
    state = state_field(ExAnteReviewState)
    signed_at = models.DateTimeField("声明签署时间", null=True, blank=True)
    statement = models.TextField("利害关系说明", blank=True)
    opinion = models.TextField("评审意见", blank=True)

    objects = ExAnteReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事前评估专家评分"
        ordering = ["pk"]
        constraints = [
            state_constraint(ExAnteReviewState, name="ex_ante_review_state_known"),
            models.UniqueConstraint(fields=["assessment", "attempt", "reviewer"], name="one_sheet_per_reviewer"),
        ]

    @property
    def holder(self) -> Holder | None:
        holder = super().holder
        return replace(holder, roles=(Role(self.capacity),)) if holder else None

    @property
    def addressee_id(self) -> int:
        return self.reviewer_id

    def organisation_for(self, role: Role) -> int | None:
        return None if role in rules.PANEL_ROLES else super().organisation_for(role)

    def title(self) -> str:
        year = self.project_year
        return f"{self.reviewer}对“{year.project.name}”{year.fiscal_year_id}年度事前绩效评估的评分"

    def get_absolute_url(self) -> str:
        return reverse("budgets:ex_ante_review", args=[self.pk])

    def shows_marks_to(self, user) -> bool:
        """SEP-6 and the rule of scoring alone: before the scores are opened they are the reviewer's own."""
        return self.reviewer_id == user.pk or self.assessment.opened_at is not None

    def marks(self) -> dict[str, Decimal]:
        return {row.item: row.score for row in self.scores.all()}

    def ungraded_items(self) -> list[str]:
        given = set(self.scores.values_list("item", flat=True))
        return [item.name for dimension in self.assessment.dimensions() for item in dimension.items
                if item.name not in given]

    @step(source=ExAnteReviewState.INVITED, target=ExAnteReviewState.SCORING, by=by_the_reviewer,
          label="声明无利害关系，开始评分", guards=(rules.review_is_open,),
          consequence="本人与申报单位、主管部门及该项目没有利害关系，独立、客观评分，并对评分负责。声明签署后不能更改。")
    def declare_free(self, *, by, at, reason, data):
        self.signed_at = at

    @step(source=[ExAnteReviewState.INVITED, ExAnteReviewState.SCORING, ExAnteReviewState.SUBMITTED],
          target=ExAnteReviewState.WITHDRAWN, by=by_the_reviewer, label="声明存在利害关系，申请回避", style="danger",
          needs_reason=True, guards=(rules.review_is_open,), consequence="回避后退出本次评估，不再能查看该项目，已评的分作废。")
    def declare_conflict(self, *, by, at, reason, data):
        self.signed_at = at
        self.statement = reason

    @step(source=ExAnteReviewState.SCORING, target=ExAnteReviewState.SUBMITTED, by=by_the_reviewer, label="提交评分",
          guards=(rules.review_is_open, rules.items_are_all_graded, rules.opinion_is_written))
    def submit(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=list(SEATED), target=ExAnteReviewState.REMOVED, by=held_by(Role.DEPT_PERFORMANCE), label="移出专家组",
          style="danger", needs_reason=True, guards=(rules.review_may_be_voided,), consequence="移出后其评分作废，平均分重新计算。")
    def remove(self, *, by, at, reason, data):
        self.statement = reason

    @step(source=list(UNFINISHED), target=ExAnteReviewState.REMOVED, by=driven_by_document, label="未按时评分，不计入")
    def lapse(self, *, by, at, reason, data):
        pass


class ExAnteScore(models.Model):
    """One person's grade for one item of one dimension, with its points."""

    review = models.ForeignKey(ExAnteReview, models.CASCADE, verbose_name="评分表", related_name="scores")
    dimension = models.CharField("维度", max_length=40)
    item = models.CharField("评估要点", max_length=80)
    points = models.DecimalField("分值", max_digits=6, decimal_places=2)
    grade = models.CharField("等级", max_length=4)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "评估评分"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["review", "item"], name="one_score_per_item")]
