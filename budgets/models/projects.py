"""The project pool: a project lives for years; what happens in one of them is a ``ProjectYear``."""

from django.conf import settings
from django.db import models

from core.access import Sight
from core.rulebook import terms


class ProjectKind(models.TextChoices):
    DEPARTMENT = terms.ProjectKind.DEPARTMENT.value, terms.ProjectKind.DEPARTMENT.label
    SPECIAL = terms.ProjectKind.SPECIAL.value, terms.ProjectKind.SPECIAL.label
    TRANSFER = terms.ProjectKind.TRANSFER.value, terms.ProjectKind.TRANSFER.label


class ProjectAttribute(models.TextChoices):
    NEW = "new", "新增"
    CONTINUING = "continuing", "延续"


class DurationType(models.TextChoices):
    RECURRING = "recurring", "常年性"
    CONTINUING = "continuing", "延续性"
    ONE_OFF = "one_off", "一次性"


class ProjectLevel(models.TextChoices):
    FIRST = "first", "一级"
    SECOND = "second", "二级"


class PoolStatus(models.TextChoices):
    ACTIVE = "active", "在库"
    DORMANT = "dormant", "休眠"
    CLOSED = "closed", "已出库"


class FundType(models.TextChoices):
    GENERAL = "general", "一般公共预算"
    GOVERNMENT_FUND = "government_fund", "政府性基金"
    STATE_CAPITAL = "state_capital", "国有资本经营预算"
    SOCIAL_INSURANCE = "social_insurance", "社会保险基金"


def own_projects(sight: Sight, path: str = "") -> models.Q:
    """The projects of a person's own units and departments; ``path`` leads from the queried model to the project."""
    return (
        models.Q(**{f"{path}unit__in": sight.units})
        | models.Q(**{f"{path}department__in": sight.departments})
        | models.Q(**{f"{path}department__fiscal_section__in": sight.sections})
    )


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ProjectQuerySet":
        sight = user.sight
        if sight.everything:
            return self
        opened = ProjectAccess.objects.open_to(sight).values("project_year__project")
        return self.filter(own_projects(sight) | models.Q(pk__in=opened))


class Project(models.Model):
    code = models.CharField("项目编码", max_length=21, unique=True)
    name = models.CharField("项目名称", max_length=180)
    unit = models.ForeignKey("core.Organisation", models.PROTECT, verbose_name="实施单位", related_name="+")
    department = models.ForeignKey("core.Organisation", models.PROTECT, verbose_name="主管部门", related_name="+")
    kind = models.CharField("项目类别", max_length=20, choices=ProjectKind.choices)
    attribute = models.CharField("项目属性", max_length=20, choices=ProjectAttribute.choices)
    duration_type = models.CharField("项目类型", max_length=20, choices=DurationType.choices)
    level = models.CharField("项目级次", max_length=10, choices=ProjectLevel.choices, default=ProjectLevel.SECOND)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="一级项目", related_name="children", null=True, blank=True
    )
    status = models.CharField("在库状态", max_length=10, choices=PoolStatus.choices, default=PoolStatus.ACTIVE)
    fund_type = models.CharField("资金性质", max_length=20, choices=FundType.choices, default=FundType.GENERAL)
    sector = models.CharField("所属领域", max_length=40, blank=True)
    is_protected = models.BooleanField("三保支出", default=False)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期")
    owner_name = models.CharField("项目负责人", max_length=40)
    owner_phone = models.CharField("联系电话", max_length=30, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="创建人", related_name="+", null=True
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="project_ends_after_start",
                violation_error_message="项目终止日期早于起始日期，请核对后重填。", violation_error_code="dates",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=PoolStatus.values), name="pool_status_known",
                violation_error_message="在库状态不在规定的范围内。",
            ),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("pk")), name="project_not_its_own_parent",
                violation_error_message="项目不能是自己的一级项目。",
            ),
        ]
        indexes = [models.Index(fields=["department", "unit"], name="project_by_owner")]

    def __str__(self) -> str:
        return self.name

    def title(self) -> str:
        return f"“{self.name}”"


class ProjectAccessQuerySet(models.QuerySet):
    def open_to(self, sight: Sight) -> "ProjectAccessQuerySet":
        return self.filter(closed_at=None).filter(
            models.Q(institution__in=sight.institutions) | models.Q(person=sight.user_id)
        )


class ProjectAccess(models.Model):
    """A project-year opened to a third party or an expert for as long as their assignment is open (SEP-7)."""

    project_year = models.ForeignKey(
        "budgets.ProjectYear", models.CASCADE, verbose_name="年度项目", related_name="accesses"
    )
    institution = models.ForeignKey(
        "core.Organisation", models.PROTECT, verbose_name="第三方机构", related_name="+", null=True, blank=True
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="专家", related_name="+", null=True, blank=True
    )
    ground = models.CharField("依据", max_length=120)
    opened_at = models.DateTimeField("开放时间")
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)

    objects = ProjectAccessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目授权"
        indexes = [models.Index(fields=["institution", "closed_at"], name="access_by_institution")]
