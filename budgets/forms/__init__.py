"""What people type in budgets. Amounts are typed in 万元 and cleaned to yuan."""

from budgets.forms.allocation import DecideForm, LineForm, RoundForm, WaiverForm
from budgets.forms.ex_ante import ConcludeForm, ExAnteForm, ExAnteReviewForm, ExemptionForm, ReviewersForm
from budgets.forms.projects import (
    AdjustmentForm,
    FundsForm,
    OpenYearForm,
    ParentForm,
    PoolFilter,
    PoolStatusForm,
    ProjectFilter,
    ProjectForm,
    request_initial,
)
from budgets.forms.windows import ExtensionForm, ExtensionRequestForm, GrantForm, WindowForm

__all__ = [
    "AdjustmentForm", "ConcludeForm", "DecideForm", "ExAnteForm", "ExAnteReviewForm", "ExemptionForm",
    "ExtensionForm", "ExtensionRequestForm", "FundsForm", "GrantForm", "LineForm", "OpenYearForm",
    "ParentForm", "PoolFilter", "PoolStatusForm", "ProjectFilter", "ProjectForm", "ReviewersForm",
    "RoundForm", "WaiverForm", "WindowForm", "request_initial",
]
