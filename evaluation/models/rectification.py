"""反馈整改 and 结果应用: the letter with its problems, their rectification, and the published result."""

from datetime import date

from django.conf import settings
from django.db import models
from django.urls import reverse

from budgets.models import ProjectRecord, ProjectYear, YearQuerySet
from core.access import Role, held_by
from core.rulebook.terms import RectificationState as RectificationStanding
from core.workflow import Holder, state_constraint, state_field, step
from evaluation import rules
from evaluation.models.evaluations import Evaluation
from evaluation.models.self_evaluations import SCORE, SelfEvaluation


class RectificationState(models.TextChoices):
    ISSUED = "issued", "待签收"
    ACKNOWLEDGED = "acknowledged", "待报整改方案"
    PLAN_SUBMITTED = "plan_submitted", "方案待审"
    RECTIFYING = "rectifying", "整改中"
    VERIFYING = "verifying", "待销号"
    CLOSED = "closed", "已销号"
    RETURNED = "returned", "方案退回"


class RectificationQuerySet(YearQuerySet):
    def with_counts(self) -> "RectificationQuerySet":
        """Adds ``problem_count`` and ``verified_count``."""
        verified = models.Q(items__status=RectificationItem.Status.VERIFIED)
        return self.annotate(
            problem_count=models.Count("items"), verified_count=models.Count("items", filter=verified)
        )


class Rectification(ProjectRecord):
    State = RectificationState

    holders = {
        RectificationState.ISSUED: Holder((Role.UNIT_LEADER,), "签收反馈意见书", "acknowledge_working_days"),
        RectificationState.ACKNOWLEDGED: Holder((Role.UNIT_LEADER, Role.UNIT_OPERATOR), "填写整改措施",
                                                "rectification_plan"),
        RectificationState.RETURNED: Holder((Role.UNIT_LEADER, Role.UNIT_OPERATOR), "修改整改措施",
                                            "rectification_plan"),
        RectificationState.PLAN_SUBMITTED: Holder((Role.FISCAL_PERFORMANCE,), "审核整改方案", "fiscal_review"),
        RectificationState.RECTIFYING: Holder((Role.UNIT_LEADER, Role.UNIT_OPERATOR), "整改并报送结果",
                                              "rectification_result"),
        RectificationState.VERIFYING: Holder((Role.FISCAL_PERFORMANCE,), "核查整改，销号", "fiscal_review"),
    }
    editable_states = frozenset({
        RectificationState.ACKNOWLEDGED, RectificationState.RETURNED, RectificationState.RECTIFYING,
    })
    editable_by = held_by(Role.UNIT_OPERATOR, Role.UNIT_LEADER)

    project_year = models.ForeignKey(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="rectifications"
    )
    evaluation = models.OneToOneField(
        Evaluation, models.PROTECT, verbose_name="绩效评价", related_name="rectification"
    )
    state = state_field(RectificationState)
    letter_no = models.CharField("反馈意见书文号", max_length=60)
    demands = models.TextField("整改要求", blank=True)
    issued_on = models.DateField("下达日期")
    rounds = models.PositiveIntegerField("整改次数", default=1)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "反馈整改"
        ordering = ["-pk"]
        constraints = [state_constraint(RectificationState, name="rectification_state_known")]

    def get_absolute_url(self) -> str:
        return reverse("evaluation:rectification", args=[self.pk])

    @property
    def author_ids(self) -> frozenset[int]:
        """Whoever reported plan and result; finance, who issues the letter, reviews them."""
        return frozenset({self.submitted_by_id} - {None})

    def standing(self, today: date) -> RectificationStanding:
        """How next year's money sees it: done, still open, or failed because its time is over."""
        if self.state == RectificationState.CLOSED:
            return RectificationStanding.DONE
        with_unit = Role.UNIT_LEADER in self.holder.roles
        overdue = with_unit and self.due_on is not None and self.due_on < today
        return RectificationStanding.FAILED if overdue else RectificationStanding.OPEN

    def item_list(self) -> list["RectificationItem"]:
        return list(self.items.all())

    @step(source=RectificationState.ISSUED, target=RectificationState.ACKNOWLEDGED, by=held_by(Role.UNIT_LEADER),
          label="签收")
    def acknowledge(self, *, by, at, reason, data):
        pass

    @step(source=[RectificationState.ACKNOWLEDGED, RectificationState.RETURNED],
          target=RectificationState.PLAN_SUBMITTED, by=held_by(Role.UNIT_LEADER), label="报送整改方案",
          guards=(rules.every_problem_has_a_measure,))
    def submit_plan(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=RectificationState.PLAN_SUBMITTED, target=RectificationState.RETURNED,
          by=held_by(Role.FISCAL_PERFORMANCE), label="方案退回修改", needs_reason=True, reviews=True, style="plain")
    def return_plan(self, *, by, at, reason, data):
        pass

    @step(source=RectificationState.PLAN_SUBMITTED, target=RectificationState.RECTIFYING,
          by=held_by(Role.FISCAL_PERFORMANCE), label="同意整改方案", reviews=True)
    def approve_plan(self, *, by, at, reason, data):
        pass

    @step(source=RectificationState.RECTIFYING, target=RectificationState.VERIFYING, by=held_by(Role.UNIT_LEADER),
          label="报送整改结果", guards=(rules.every_problem_has_a_result,))
    def submit_result(self, *, by, at, reason, data):
        self.submitted_by = by

    @step(source=RectificationState.VERIFYING, target=RectificationState.RECTIFYING,
          by=held_by(Role.FISCAL_PERFORMANCE), label="整改不到位，退回", needs_reason=True, reviews=True, style="plain")
    def return_result(self, *, by, at, reason, data):
        self.rounds += 1

    @step(source=RectificationState.VERIFYING, target=RectificationState.CLOSED,
          by=held_by(Role.FISCAL_PERFORMANCE), label="销号", reviews=True, guards=(rules.every_problem_is_verified,))
    def close(self, *, by, at, reason, data):
        pass


class RectificationItem(models.Model):
    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "未开始"
        IN_PROGRESS = "in_progress", "整改中"
        REPORTED = "reported", "待核实"
        VERIFIED = "verified", "已核实"
        REJECTED = "rejected", "不到位"

    rectification = models.ForeignKey(
        Rectification, models.CASCADE, verbose_name="反馈整改", related_name="items"
    )
    seq = models.PositiveIntegerField("序号")
    problem = models.TextField("问题")
    measure = models.TextField("整改措施", blank=True)
    person = models.CharField("责任人", max_length=40, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    result = models.TextField("整改结果", blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    status = models.CharField("状态", max_length=20, choices=Status.choices, default=Status.NOT_STARTED)
    note = models.TextField("核实意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "整改事项"
        ordering = ["rectification", "seq"]
        constraints = [models.UniqueConstraint(fields=["rectification", "seq"], name="one_item_per_number")]

    def __str__(self) -> str:
        return f"{self.rectification.title()}第 {self.seq} 个问题"

    def thread(self) -> str:
        return self.rectification.thread()


class Result(models.Model):
    """结果应用: the result of a project-year that counts, published, and handed down to next year's allocation."""

    project_year = models.OneToOneField(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="result"
    )
    self_evaluation = models.ForeignKey(
        SelfEvaluation, models.PROTECT, verbose_name="绩效自评", related_name="+", null=True
    )
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, verbose_name="绩效评价", related_name="+", null=True)
    score = models.DecimalField("得分", **SCORE)
    grade = models.CharField("等级", max_length=10)
    source = models.CharField("结果来源", max_length=200)
    document_no = models.CharField("文号", max_length=60, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="发布人", related_name="+")
    published_at = models.DateTimeField("发布时间")

    objects = YearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价结果"
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return self.title()

    def title(self) -> str:
        return f"“{self.project_year.project.name}”{self.project_year.fiscal_year_id}年度评价结果"

    def thread(self) -> str:
        return self.project_year.thread()


class DisclosureQuerySet(YearQuerySet):
    def pending(self) -> "DisclosureQuerySet":
        """Neither made public nor kept back on a ground."""
        return self.filter(published_on=None, nonpublic_reason="")


class Disclosure(models.Model):
    """信息公开: what has to be made public, by when, and where it was."""

    class Kind(models.TextChoices):
        TARGET = "target", "绩效目标"
        SELF_EVALUATION = "self_evaluation", "自评结果"
        EVALUATION = "evaluation", "评价结果"

    project_year = models.ForeignKey(
        ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="disclosures"
    )
    kind = models.CharField("公开内容", max_length=20, choices=Kind.choices)
    due_on = models.DateField("公开期限")
    published_on = models.DateField("公开日期", null=True, blank=True)
    channel = models.CharField("公开渠道", max_length=60, blank=True)
    address = models.URLField("网址", blank=True)
    nonpublic_reason = models.TextField("不予公开的依据", blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "信息公开"
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["project_year", "kind"], name="one_disclosure_per_kind")]

    def __str__(self) -> str:
        return self.title()

    def title(self) -> str:
        return f"“{self.project_year.project.name}”{self.project_year.fiscal_year_id}年度{self.get_kind_display()}公开"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:disclosure", args=[self.pk])

    @property
    def is_settled(self) -> bool:
        return self.published_on is not None or bool(self.nonpublic_reason)

    @property
    def status_word(self) -> str:
        if self.nonpublic_reason:
            return "不予公开"
        return "待公开" if self.published_on is None else "已公开"

    def thread(self) -> str:
        return self.project_year.thread()
