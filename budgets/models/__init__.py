from budgets.models.allocation import AllocationBasis, AllocationLine, AllocationRound, sees_every_line
from budgets.models.base import ProjectRecord, YearQuerySet
from budgets.models.ex_ante import REPORT_KIND, ExAnteAssessment, ExAnteExemption, ExAnteReview, ExAnteScore
from budgets.models.extensions import ExtensionRequest
from budgets.models.money import BudgetAdjustment, BudgetLine, FundSource, Spending
from budgets.models.projects import (
    DurationType,
    FundType,
    PoolStatus,
    Project,
    ProjectAccess,
    ProjectAttribute,
    ProjectKind,
    ProjectLevel,
)
from budgets.models.windows import TaskWindow, WindowExtension, WindowStage
from budgets.models.years import FiscalYear, ProjectYear

__all__ = [
    "REPORT_KIND", "AllocationBasis", "AllocationLine", "AllocationRound", "BudgetAdjustment", "BudgetLine",
    "DurationType", "ExAnteAssessment", "ExAnteExemption", "ExAnteReview", "ExAnteScore",
    "ExtensionRequest", "FiscalYear",
    "FundSource", "FundType", "PoolStatus", "Project", "ProjectAccess", "ProjectAttribute", "ProjectKind",
    "ProjectLevel", "ProjectRecord", "ProjectYear", "Spending", "TaskWindow", "WindowExtension", "WindowStage",
    "YearQuerySet", "sees_every_line",
]
