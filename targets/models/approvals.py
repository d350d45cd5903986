"""批复: amounts and targets of a department approved together, under one document number."""

from django.conf import settings
from django.db import models

from budgets.models import FiscalYear
from core.models import Organisation
from targets.models.declarations import DeclarationState, TargetDeclaration

IN_FORCE_ONCE = (DeclarationState.APPROVED, DeclarationState.SUPERSEDED)


class ApprovalQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ApprovalQuerySet":
        """Whoever may see one of its declarations."""
        return self._carrying(TargetDeclaration.objects.visible_to(user))

    def approving(self, project_year: int) -> "ApprovalQuerySet":
        """Those that approved a version of this project-year."""
        return self._carrying(TargetDeclaration.objects.filter(project_year=project_year))

    def _carrying(self, declarations: models.QuerySet[TargetDeclaration]) -> "ApprovalQuerySet":
        return self.filter(models.Exists(declarations.filter(
            state__in=IN_FORCE_ONCE, document_no=models.OuterRef("document_no"),
            project_year__fiscal_year=models.OuterRef("fiscal_year"),
            project_year__project__department=models.OuterRef("department"),
        )))


class Approval(models.Model):
    """One approval document to one department. Its declarations are those that carry its number (``declarations``)."""

    fiscal_year = models.ForeignKey(FiscalYear, models.PROTECT, verbose_name="年度", related_name="+")
    department = models.ForeignKey(Organisation, models.PROTECT, verbose_name="主管部门", related_name="+")
    document_no = models.CharField("批复文号", max_length=60)
    approved_on = models.DateField("批复日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="批复人", related_name="+")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "绩效目标批复"
        ordering = ["-approved_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "department", "document_no"], name="one_approval_per_document_and_department"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_no}（{self.department.name}{self.fiscal_year_id}年度绩效目标批复）"

    def declarations(self) -> models.QuerySet[TargetDeclaration]:
        """Everything approved under the number, replaced versions included."""
        return TargetDeclaration.objects.filter(
            state__in=IN_FORCE_ONCE, document_no=self.document_no, project_year__fiscal_year=self.fiscal_year_id,
            project_year__project__department=self.department_id,
        )

    def rulebook(self):
        return self.fiscal_year.rulebook()
