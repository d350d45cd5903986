"""Money of a project-year: lines by source of funds, adjustments of the budget, and what was paid."""

from django.conf import settings
from django.db import models

from budgets.models.base import YearQuerySet
from budgets.models.years import MONEY, UNCHECKED_MONEY, ProjectYear


class FundSource(models.TextChoices):
    FISCAL = "fiscal", "财政拨款"
    CARRYOVER = "carryover", "上年结转"
    OTHER = "other", "其他资金"


class BudgetLine(models.Model):
    """One source of funds of a project-year. The year's totals are the sums of its lines."""

    project_year = models.ForeignKey(ProjectYear, models.CASCADE, verbose_name="年度项目", related_name="lines")
    source = models.CharField("资金来源", max_length=10, choices=FundSource.choices)
    requested_yuan = models.DecimalField("申请数（元）", **MONEY)
    initial_yuan = models.DecimalField("年初预算数（元）", **MONEY)

    class Meta:
        verbose_name = verbose_name_plural = "资金"
        ordering = ["project_year", "-source"]
        constraints = [
            models.UniqueConstraint(fields=["project_year", "source"], name="one_line_per_source"),
            models.CheckConstraint(
                condition=models.Q(requested_yuan__gte=0, initial_yuan__gte=0), name="line_money_not_negative",
                violation_error_message="资金数不能是负数，请改正后再保存。",
            ),
        ]


class BudgetAdjustment(models.Model):
    """An addition (positive) or cut (negative) of the budget during the year, by document number."""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="adjustments")
    source = models.CharField("资金来源", max_length=10, choices=FundSource.choices)
    amount_yuan = models.DecimalField("调整数（元）", **UNCHECKED_MONEY)
    document_no = models.CharField("文号", max_length=60)
    adjusted_on = models.DateField("调整日期")
    reason = models.TextField("原因")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="登记人", related_name="+")

    objects = YearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预算调整"
        ordering = ["adjusted_on", "pk"]


class Spending(models.Model):
    """One payment; a refund is a negative one. The voucher number is unique within a fiscal year and source."""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, verbose_name="年度项目", related_name="spendings")
    voucher_no = models.CharField("凭证号", max_length=40)
    paid_on = models.DateField("支付日期")
    source = models.CharField("资金来源", max_length=10, choices=FundSource.choices)
    amount_yuan = models.DecimalField("金额（元）", **UNCHECKED_MONEY)
    payee = models.CharField("收款人", max_length=120, blank=True)
    summary = models.CharField("摘要", max_length=200, blank=True)

    objects = YearQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "支付明细"
        ordering = ["paid_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["voucher_no", "project_year"], name="one_payment_per_voucher",
                violation_error_message="这张凭证在该项目下已经登记过。",
            ),
        ]
        indexes = [models.Index(fields=["project_year", "paid_on"], name="spending_by_date")]
