"""What people type in targets, checked and turned into the models' values."""

from targets.forms.approval import AdjustForm, ApprovalFilter, ApproveForm, ApproveManyForm
from targets.forms.declarations import (
    MOST_LINES,
    QUALITATIVE,
    SOURCES,
    DeclarationFilter,
    GoalForm,
    IndicatorForm,
    IndicatorFormSet,
    IndicatorGrid,
    number_of,
)
from targets.forms.department import DepartmentForm, TaskFormSet
from targets.forms.library import LibraryFilter, LibraryForm
from targets.forms.review import ReviewForm
from targets.forms.schedule import ScheduleFormSet

__all__ = [
    "DepartmentForm", "TaskFormSet",
    "AdjustForm", "ApprovalFilter", "ApproveForm", "ApproveManyForm", "DeclarationFilter", "GoalForm", "IndicatorForm",
    "IndicatorFormSet", "IndicatorGrid", "MOST_LINES", "QUALITATIVE", "ReviewForm", "SOURCES", "number_of",
    "LibraryFilter", "LibraryForm", "ScheduleFormSet",
]
