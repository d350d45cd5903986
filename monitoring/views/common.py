"""What the lists and steps of monitoring have in common."""

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest

from core import clock
from core.forms import StepForm
from core.transitions import DeclaredStep
from core.views.steps import StepView
from core.workflow import WorkflowRecord
from monitoring.forms import CorrectionForm, CorrectionOrderForm

CORRECTION_FORMS = {"order_correction": CorrectionOrderForm, "report_correction": CorrectionForm}


def in_chosen_year(request: HttpRequest, rows: QuerySet, path: str) -> QuerySet:
    """The year of the switch holds unless a round is asked for by name."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else request.session.get("year")
    return rows.filter(**{path: year}) if year and not request.GET.get("round") else rows


class DatedStepView(StepView):
    """Steps that fix a deadline start from the one the rule set allows."""

    def form_of(self, declared: DeclaredStep, record: WorkflowRecord, *sent) -> StepForm:
        form = super().form_of(declared, record, *sent)
        if "correction_due_on" in form.fields:
            days = record.rulebook().deadlines.correction
            form.fields["correction_due_on"].initial = clock.today() + timedelta(days=days)
        return form
