"""The organisation tree, people, and the roles they hold in it."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property

from core.access import Role, sight_of


class OrganisationKind(models.TextChoices):
    FISCAL_BUREAU = "fiscal_bureau", "财政局"
    FISCAL_SECTION = "fiscal_section", "财政股室"
    DEPARTMENT = "department", "主管部门"
    UNIT = "unit", "预算单位"
    THIRD_PARTY = "third_party", "第三方机构"
    OBSERVER = "observer", "监督与领导机构"


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OrganisationQuerySet":
        """Everybody signed in may see who belongs to the tree; third parties see institutions only by their own id."""
        sight = sight_of(user)
        if sight.institutions and not (sight.units or sight.departments or sight.sections or sight.everything):
            return self.filter(pk__in=sight.institutions)
        return self if user.is_authenticated else self.none()

    def departments(self) -> "OrganisationQuerySet":
        return self.filter(kind=OrganisationKind.DEPARTMENT)

    def institutions(self) -> "OrganisationQuerySet":
        return self.filter(kind=OrganisationKind.THIRD_PARTY)


class Organisation(models.Model):
    code = models.CharField("机构编码", max_length=21, unique=True)
    name = models.CharField("机构名称", max_length=120)
    kind = models.CharField("机构类型", max_length=20, choices=OrganisationKind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级机构", related_name="children", null=True, blank=True
    )
    fiscal_section = models.ForeignKey(
        "self", models.PROTECT, verbose_name="归口股室", related_name="+", null=True, blank=True
    )
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values), name="organisation_kind_known",
                violation_error_message="机构类型不在规定的范围内。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    density = models.CharField(
        "表格疏密", max_length=10, default="default",
        choices=[("compact", "紧凑"), ("default", "标准"), ("cozy", "宽松")],
    )

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def assignments(self) -> list["RoleAssignment"]:
        return list(self.role_assignments.select_related("organisation").order_by("pk"))

    @property
    def held_roles(self) -> frozenset[tuple[str, int]]:
        return frozenset((assignment.role, assignment.organisation_id) for assignment in self.assignments)

    def holds(self, role: str, organisation_id: int | None = None) -> bool:
        """Whether the person holds ``role`` at that organisation, or anywhere when it is ``None``."""
        return any(
            held == role and organisation_id in (None, where) for held, where in self.held_roles
        )

    @cached_property
    def sight(self):
        return sight_of(self)

    @property
    def home(self) -> Organisation | None:
        return self.assignments[0].organisation if self.assignments else None


class RoleAssignment(models.Model):
    user = models.ForeignKey(User, models.CASCADE, verbose_name="用户", related_name="role_assignments")
    role = models.CharField("角色", max_length=30, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="机构", related_name="role_assignments")

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation"], name="one_assignment_per_role_and_place",
                violation_error_message="此人在该机构已有同一角色。",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="role_known",
                violation_error_message="角色不在规定的范围内。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"
