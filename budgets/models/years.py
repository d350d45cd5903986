"""Fiscal years, and the project-year: one project on its road through one fiscal year."""

from decimal import Decimal

from django.db import models
from django.urls import reverse
from django.utils import timezone

from budgets import rules
from budgets.models.base import ProjectRecord, YearQuerySet
from budgets.models.projects import Project
from budgets.models.windows import WindowStage
from core.access import Role, driven_by_document, held_by
from core.money import divide
from core.ruleset_versions import rulebook_of
from core.workflow import Holder, state_constraint, state_field, step

UNCHECKED_MONEY = {"max_digits": 18, "decimal_places": 2}
MONEY = UNCHECKED_MONEY | {"default": Decimal("0.00")}


class FiscalYear(models.Model):
    year = models.PositiveIntegerField("年度", primary_key=True)
    ruleset = models.ForeignKey("core.RuleSet", models.PROTECT, verbose_name="规则集", related_name="+")
    is_open = models.BooleanField("开放办理", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "预算年度"
        ordering = ["year"]

    def __str__(self) -> str:
        return f"{self.year}年度"

    def title(self) -> str:
        return str(self)

    def rulebook(self):
        return rulebook_of(self.ruleset)


class ProjectYearQuerySet(YearQuerySet):
    year_path = ""

    def with_names(self) -> "ProjectYearQuerySet":
        return self.select_related(
            "project__unit", "project__department__fiscal_section", "fiscal_year__ruleset"
        )


class ProjectStage(models.TextChoices):
    DRAFTING = "drafting", "待启动"
    EX_ANTE = "ex_ante", "事前评估中"
    TARGET_FILING = "target_filing", "目标填报中"
    TARGET_REVIEW = "target_review", "目标审核中"
    AWAITING_APPROVAL = "awaiting_approval", "待批复"
    EXECUTING = "executing", "执行中"
    SUSPENDED = "suspended", "已暂缓"
    STOPPED = "stopped", "已停止"
    SELF_EVALUATING = "self_evaluating", "自评中"
    EVALUATING = "evaluating", "评价中"
    RECTIFYING = "rectifying", "整改中"
    APPLIED = "applied", "已应用"
    CLOSED = "closed", "已办结"
    REJECTED = "rejected", "未入库"


class ProjectYear(ProjectRecord):
    """One project in one fiscal year. Its documents move it; it never moves them."""

    Stage = ProjectStage
    state_name = "stage"
    lock_with = ("project__department", "project__unit", "fiscal_year__ruleset")
    holders = {
        ProjectStage.DRAFTING: Holder((Role.UNIT_OPERATOR,), "启动年度申报", window=WindowStage.TARGET_FILING),
        ProjectStage.TARGET_FILING: Holder((Role.UNIT_OPERATOR,), "填报绩效目标", window=WindowStage.TARGET_FILING),
        ProjectStage.SUSPENDED: Holder((Role.FISCAL_BUDGET,), "决定恢复或停止"),
        ProjectStage.APPLIED: Holder((Role.FISCAL_PERFORMANCE,), "归档办结"),
    }
    editable_states = frozenset({ProjectStage.DRAFTING, ProjectStage.TARGET_FILING})
    editable_by = held_by(Role.UNIT_OPERATOR)

    project = models.ForeignKey(Project, models.PROTECT, verbose_name="项目", related_name="years")
    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, verbose_name="年度", related_name="project_years")
    previous = models.OneToOneField(
        "self", models.PROTECT, verbose_name="上年度", related_name="next", null=True, blank=True
    )
    stage = state_field(ProjectStage, "环节")
    held_by_document = models.BooleanField("由单据办理", default=False)
    requested_yuan = models.DecimalField("申请数（元）", **MONEY)
    ceiling_yuan = models.DecimalField("控制数（元）", null=True, blank=True, **UNCHECKED_MONEY)
    initial_yuan = models.DecimalField("年初预算数（元）", **MONEY)
    budget_yuan = models.DecimalField("调整后预算数（元）", **MONEY)
    spent_yuan = models.DecimalField("支出数（元）", **MONEY)
    execution_rate = models.DecimalField("执行率", max_digits=9, decimal_places=4, null=True, blank=True)
    ex_ante_exemption = models.TextField("免予事前评估的依据", blank=True)
    approval_document = models.CharField("批复文号", max_length=60, blank=True)
    approved_on = models.DateField("批复日期", null=True, blank=True)
    lamp = models.CharField("监控灯", max_length=10, blank=True)
    attainment_rate = models.DecimalField("目标完成率", max_digits=9, decimal_places=4, null=True, blank=True)
    result_score = models.DecimalField("评价得分", max_digits=6, decimal_places=2, null=True, blank=True)
    result_grade = models.CharField("评价等级", max_length=10, blank=True)

    objects = ProjectYearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度项目"
        ordering = ["-fiscal_year", "project__code"]
        constraints = [
            state_constraint(ProjectStage, name="project_year_stage_known", field="stage"),
            models.UniqueConstraint(
                fields=["project", "fiscal_year"], name="one_project_year",
                violation_error_message="该项目在这一年度已经立项，请直接打开原有的年度项目。",
                violation_error_code="duplicate_year",
            ),
            models.CheckConstraint(
                condition=models.Q(requested_yuan__gte=0, initial_yuan__gte=0), name="project_year_money_not_negative",
                violation_error_message="申请数和年初预算数不能是负数，请改正后再保存。",
            ),
        ]
        indexes = [
            models.Index(fields=["fiscal_year", "stage"], name="year_by_stage"),
            models.Index(fields=["fiscal_year", "-budget_yuan"], name="year_by_money"),
            models.Index(fields=["fiscal_year", "lamp"], name="year_by_lamp"),
        ]

    @property
    def project_year(self) -> "ProjectYear":
        return self

    @property
    def holder(self) -> Holder | None:
        """While a document is being dealt with, the to-do is the document's."""
        return None if self.held_by_document else super().holder

    def title(self) -> str:
        return f"“{self.project.name}”{self.fiscal_year_id}年度项目"

    def thread(self) -> str:
        return f"projectyear:{self.pk}"

    def rulebook(self):
        return self.fiscal_year.rulebook()

    def get_absolute_url(self) -> str:
        return reverse("budgets:project_year", args=[self.pk])

    def facts(self):
        return {
            "subject": self.project.name,
            "subtitle": self.project.unit.name,
            "year": self.fiscal_year_id,
            "amount_yuan": self.budget_yuan or self.requested_yuan,
        }

    def lines_total_yuan(self) -> Decimal:
        return sum((line.requested_yuan for line in self.lines.all()), Decimal("0.00"))

    def refresh_rate(self) -> None:
        self.execution_rate = divide(self.spent_yuan, self.budget_yuan, places=4) if self.budget_yuan else None

    @step(source=ProjectStage.DRAFTING, target=ProjectStage.EX_ANTE, by=held_by(Role.UNIT_OPERATOR),
          label="开展事前绩效评估", style="plain", guards=(rules.year_is_open, rules.amount_is_entered), field="stage")
    def start_ex_ante(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=ProjectStage.DRAFTING, target=ProjectStage.TARGET_FILING, by=held_by(Role.UNIT_OPERATOR),
          label="开始填报绩效目标", field="stage",
          guards=(rules.year_is_open, rules.amount_is_entered, rules.amount_within_ceiling, rules.ex_ante_is_settled))
    def start_filing(self, *, by, at, reason, data):
        self.held_by_document = False

    @step(source=ProjectStage.EX_ANTE, target=ProjectStage.TARGET_FILING, by=driven_by_document,
          label="通过事前评估，入库", field="stage")
    def admit(self, *, by, at, reason, data):
        self.held_by_document = False

    @step(source=[ProjectStage.EX_ANTE, ProjectStage.TARGET_FILING, ProjectStage.TARGET_REVIEW],
          target=ProjectStage.REJECTED, by=driven_by_document, label="不予入库", field="stage")
    def reject(self, *, by, at, reason, data):
        self.held_by_document = False

    @step(source=ProjectStage.REJECTED, target=ProjectStage.EX_ANTE, by=driven_by_document,
          label="重新评估", field="stage")
    def reconsider(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=ProjectStage.TARGET_FILING, target=ProjectStage.TARGET_FILING, by=driven_by_document,
          label="填报绩效目标", field="stage")
    def begin_filing(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=ProjectStage.TARGET_FILING, target=ProjectStage.TARGET_REVIEW, by=driven_by_document,
          label="绩效目标报送审核", field="stage")
    def start_review(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=[ProjectStage.TARGET_REVIEW, ProjectStage.AWAITING_APPROVAL], target=ProjectStage.TARGET_FILING,
          by=driven_by_document, label="绩效目标退回修改", field="stage")
    def reopen_filing(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=ProjectStage.TARGET_REVIEW, target=ProjectStage.AWAITING_APPROVAL, by=driven_by_document,
          label="绩效目标审核通过", field="stage")
    def await_approval(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=ProjectStage.AWAITING_APPROVAL, target=ProjectStage.EXECUTING, by=driven_by_document,
          label="随预算批复", field="stage")
    def open_execution(self, *, by, at, reason, data):
        self.approval_document = data["document_no"]
        self.approved_on = timezone.localdate(at)
        self.initial_yuan = self.budget_yuan = self.requested_yuan
        self.refresh_rate()

    @step(source=ProjectStage.EXECUTING, target=ProjectStage.SUSPENDED, by=held_by(Role.FISCAL_BUDGET),
          label="暂缓拨付", needs_reason=True, style="danger", field="stage",
          consequence="暂缓期间停止拨付，余下资金冻结；恢复后方可继续支付。")
    def suspend(self, *, by, at, reason, data):
        self.held_by_document = False

    @step(source=ProjectStage.SUSPENDED, target=ProjectStage.EXECUTING, by=held_by(Role.FISCAL_BUDGET),
          label="恢复拨付", needs_reason=True, field="stage")
    def resume(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=[ProjectStage.EXECUTING, ProjectStage.SUSPENDED], target=ProjectStage.STOPPED,
          by=held_by(Role.FISCAL_BUDGET), label="停止项目", needs_reason=True, style="danger", field="stage",
          consequence="停止后收回未支出的预算，项目不再支付，仍须完成自评。")
    def stop(self, *, by, at, reason, data):
        self.held_by_document = True
        self.budget_yuan = self.spent_yuan
        self.refresh_rate()

    @step(source=[ProjectStage.EXECUTING, ProjectStage.SUSPENDED, ProjectStage.STOPPED],
          target=ProjectStage.SELF_EVALUATING, by=driven_by_document, label="开展单位自评", field="stage")
    def start_self_evaluation(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=ProjectStage.SELF_EVALUATING, target=ProjectStage.EVALUATING, by=driven_by_document,
          label="开展绩效评价", field="stage")
    def start_evaluation(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=[ProjectStage.SELF_EVALUATING, ProjectStage.EVALUATING], target=ProjectStage.RECTIFYING,
          by=driven_by_document, label="下达反馈意见，开展整改", field="stage")
    def start_rectification(self, *, by, at, reason, data):
        self.held_by_document = True

    @step(source=[ProjectStage.SELF_EVALUATING, ProjectStage.EVALUATING, ProjectStage.RECTIFYING],
          target=ProjectStage.APPLIED, by=driven_by_document, label="发布结果并应用", field="stage")
    def apply_result(self, *, by, at, reason, data):
        self.held_by_document = False
        self.result_score = data["score"]
        self.result_grade = data["grade"]

    @step(source=ProjectStage.APPLIED, target=ProjectStage.CLOSED, by=held_by(Role.FISCAL_PERFORMANCE),
          label="归档办结", field="stage")
    def close(self, *, by, at, reason, data):
        self.held_by_document = False
