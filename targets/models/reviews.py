"""What the unit has filed, and what reviewers have said of it."""

from django.conf import settings
from django.db import models

from budgets.models import YearQuerySet
from targets.models.declarations import DeclarationState, TargetDeclaration


class ReviewQuerySet(YearQuerySet):
    year_path = "declaration__project_year__"


class DeclarationSubmission(models.Model):
    """What a declaration said when it was filed for the ``number``-th time, as ``rules.content`` gives it."""

    declaration = models.ForeignKey(
        TargetDeclaration, models.CASCADE, verbose_name="绩效目标", related_name="submission_rows"
    )
    number = models.PositiveIntegerField("第几次报送")
    content = models.JSONField("报送内容")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="报送人", related_name="+")
    at = models.DateTimeField("报送时间")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标报送稿"
        ordering = ["declaration", "number"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="one_submission_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.declaration}第 {self.number} 次报送稿"


class DeclarationReview(models.Model):
    """Points and opinion of one review of a declaration, by the department or by finance (domain rules §3.4).

    The business section's is kept where the rule set has it give points; elsewhere it signs an opinion only.
    ``edits`` are the improvements agreed upon with a pass of the grade 良.
    """

    class Side(models.TextChoices):
        DEPARTMENT = "department", "主管部门"
        BUSINESS = "business", "财政业务股室"
        FISCAL = "fiscal", "财政部门"

    class Outcome(models.TextChoices):
        PASSED = "passed", "通过"
        RETURNED = "returned", "退回修改"
        BLOCKED = "blocked", "不予通过"

    declaration = models.ForeignKey(
        TargetDeclaration, models.CASCADE, verbose_name="绩效目标", related_name="reviews"
    )
    side = models.CharField("审核方", max_length=20, choices=Side.choices)
    outcome = models.CharField("审核结论", max_length=20, choices=Outcome.choices, default=Outcome.PASSED)
    submission = models.PositiveIntegerField("所审报送次数", default=1)
    points = models.JSONField("各项得分")
    total = models.DecimalField("审核得分", max_digits=6, decimal_places=2)
    grade = models.CharField("审核等级", max_length=10)
    opinion = models.TextField("总体意见")
    edits = models.TextField("完善意见", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="审核人", related_name="+")
    at = models.DateTimeField("审核时间")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标审核"
        ordering = ["pk"]


class FieldComment(models.Model):
    """What a reviewer says of one place of the form (``rules.contents``); ``label`` names it as it was then."""

    declaration = models.ForeignKey(
        TargetDeclaration, models.CASCADE, verbose_name="绩效目标", related_name="field_comments"
    )
    submission = models.PositiveIntegerField("所审报送次数")
    stage = models.CharField("批注环节", max_length=20, choices=DeclarationState.choices)
    place = models.CharField("批注位置", max_length=60)
    label = models.CharField("批注位置名称", max_length=200)
    text = models.TextField("批注", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="批注人", related_name="+")
    at = models.DateTimeField("批注时间")
    settled_at = models.DateTimeField("落实时间", null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标批注"
        ordering = ["declaration", "pk"]

    def __str__(self) -> str:
        return f"{self.label}：{self.text[:20]}"
