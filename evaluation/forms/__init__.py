"""What people type in the pages of evaluation."""

from evaluation.forms.evaluations import (
    AcceptanceForm,
    AnswerForm,
    AssignForm,
    ConclusionForm,
    GradeForm,
    LetterForm,
    LineForm,
    LineFormSet,
    LineScoreForm,
    ListingForm,
    NoticeForm,
    PaperForm,
    PlanForm,
    ReportForm,
    RespondForm,
    StatementForm,
)
from evaluation.forms.fields import LONG
from evaluation.forms.lists import (
    DisclosureFilter,
    EvaluationFilter,
    RectificationFilter,
    ResultFilter,
    SelfEvaluationFilter,
)
from evaluation.forms.rectifications import (
    DisclosureForm,
    DocumentForm,
    ItemForm,
)
from evaluation.forms.self_evaluations import (
    DepartmentScoreForm,
    OpenForm,
    RecheckForm,
    ScoreForm,
    SheetForm,
)

__all__ = [
    "AcceptanceForm", "AnswerForm", "AssignForm", "ConclusionForm", "DepartmentScoreForm", "DisclosureFilter",
    "DisclosureForm", "DocumentForm", "EvaluationFilter", "GradeForm", "ItemForm", "LONG", "LetterForm",
    "LineForm", "LineFormSet", "LineScoreForm", "ListingForm", "NoticeForm", "OpenForm", "PaperForm",
    "PlanForm", "RecheckForm", "RectificationFilter", "ReportForm", "RespondForm", "ResultFilter",
    "ScoreForm", "SelfEvaluationFilter", "SheetForm", "StatementForm",
]
