"""One view for every step of every record: GET shows the step's form, POST takes it."""

from http import HTTPStatus
from typing import ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from core import clock
from core.errors import RuleViolation
from core.forms import StepForm
from core.transitions import DeclaredStep, declared_steps, perform
from core.workflow import WorkflowRecord

CONFLICTS = {"stale", "wrong_state", "not_editable"}


class StepView(LoginRequiredMixin, View):
    """Subclasses name the ``model`` and the ``forms`` of the steps that ask for more than an opinion."""

    model: ClassVar[type[WorkflowRecord]]
    forms: ClassVar[dict[str, type[StepForm]]] = {}

    def get(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        record, declared = self.find(request, pk, step)
        form = self.form_of(declared, record)
        return self.page(request, record, declared, form, status=HTTPStatus.OK)

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        record, declared = self.find(request, pk, step)
        form = self.form_of(declared, record, request.POST, request.FILES)
        if not form.is_valid():
            return self.page(request, record, declared, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            fresh = perform(
                record, step, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"],
                data=form.step_data(), seen=_number(request.POST.get("seen")),
            )
        except RuleViolation as refusal:
            status = HTTPStatus.CONFLICT if CONFLICTS & set(refusal.codes) else HTTPStatus.UNPROCESSABLE_ENTITY
            return self.page(request, record, declared, form, status=status, refusal=refusal)
        messages.success(request, f"{fresh.title()}：{declared.details.label}，已办理。")
        return redirect(self.success_url(request, fresh))

    def find(self, request: HttpRequest, pk: int, step: str) -> tuple[WorkflowRecord, DeclaredStep]:
        """Raises ``Http404`` for a record out of sight and a step that does not exist.

        Raises ``PermissionDenied`` for others' steps.
        """
        record = get_object_or_404(self.model.objects.visible_to(request.user), pk=pk)
        declared = declared_steps(self.model).get(step)
        if declared is None:
            raise Http404("没有这个办理步骤。")
        if declared.starts_from(record.state_value) and not declared.permission(record, request.user):
            raise PermissionDenied(f"您没有对{record.title()}办理“{declared.details.label}”的权限。")
        return record, declared

    def form_of(self, declared: DeclaredStep, record: WorkflowRecord, *sent) -> StepForm:
        return self.forms.get(declared.name, StepForm)(*sent, record=record, step=declared.details)

    def success_url(self, request: HttpRequest, record: WorkflowRecord) -> str:
        return record.get_absolute_url()

    def facts(self, record: WorkflowRecord, declared: DeclaredStep) -> list[str]:
        """What whoever decides should have before their eyes, under the heading of the step's page."""
        return []

    def page(
        self, request: HttpRequest, record: WorkflowRecord, declared: DeclaredStep, form: StepForm, *,
        status: int, refusal: RuleViolation | None = None,
    ) -> HttpResponse:
        context = {
            "title": f"{declared.details.label}：{record.title()}",
            "crumbs": [{"label": record.title(), "url": record.get_absolute_url()}],
            "facts": self.facts(record, declared),
            "form": form,
            "submit_label": declared.details.label,
            "cancel_url": record.get_absolute_url(),
            "intro": declared.details.consequence,
            "reasons": refusal.reasons if refusal else [],
            "seen": request.POST.get("seen", record.revision),
        }
        return render(request, "core/form.html", context, status=status)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
