"""Keep a filled form with the draft, show what it would change, take it in once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from core import attachments, audit, records
from core.errors import Reason, RuleViolation, refuse, refuse_any
from core.models import StagedImport
from core.official.intake.kinds import Intake, Paper, intake_for
from core.official.intake.plans import Plan
from core.workflow import WorkflowRecord, workflow_models

FILE_KIND = "导入的填表"
KIND = "official"


def stage(record: WorkflowRecord, content: bytes, *, name: str, by, at: datetime) -> StagedImport:
    """Bind the file to the draft, to be taken in after a look.

    Raises ``PermissionDenied`` for a person who may not fill it in; ``RuleViolation`` when the record is no draft, and
    for a file that holds no form or one of another kind, project, unit or year. Nothing is kept then.
    """
    intake = intake_of(record)
    papers = Paper.read_all(content, name=name)
    with transaction.atomic():
        row = records.open_draft(record, by=by, seen=None)
        refuse_any(plan_of(intake, row, papers)[1].obstacles)
        file = attachments.attach(row, content, name=name, by=by, at=at, kind=FILE_KIND)
        return StagedImport.objects.create(
            kind=f"{KIND}.{intake.paper.value}"[:40], file=file, requested_by=by, requested_at=at,
            state=StagedImport.State.CHECKED,
        )


def closed_by(record: WorkflowRecord, by) -> list[Reason]:
    """Why the record cannot be filled in any more; empty for a draft."""
    if record.state_value in record.editable_states:
        return []
    try:
        with transaction.atomic():
            records.open_draft(record, by=by, seen=None)
    except RuleViolation as refusal:
        return refusal.reasons
    return []


def record_of(staged: StagedImport) -> WorkflowRecord:
    """The draft that the file was uploaded for."""
    return workflow_models()[staged.file.model].objects.get(pk=staged.file.object_id)


def staged_for(record: WorkflowRecord, user) -> Iterable[StagedImport]:
    """What the person has uploaded for the record, the newest first."""
    return StagedImport.objects.visible_to(user).filter(
        kind__startswith=f"{KIND}.", file__model=record._meta.label_lower, file__object_id=record.pk
    ).select_related("file")


def papers_of(staged: StagedImport) -> list[Paper]:
    with staged.file.file.open("rb") as file:
        return Paper.read_all(file.read(), name=staged.file.name)


def intake_of(record: WorkflowRecord) -> Intake:
    """Raises ``RuleViolation`` for a record that no form can fill in."""
    intake = intake_for(record._meta.label_lower)
    if intake is None:
        raise refuse("no_intake", f"{record.title()}不能用填好的表导入，请在页面上填写。")
    return intake


def plan_of(intake: Intake, record: WorkflowRecord, papers: Sequence[Paper]) -> tuple[Paper, Plan]:
    """The form that fits the record, and what it would change; forms of other kinds are not looked into.

    Where none fits, the first of the right kind with all that stands against it.
    """
    plans = [(paper, intake.plan(record, paper)) for paper in papers if paper.form.kind is intake.paper]
    if not plans:
        form = papers[0].form
        return papers[0], Plan(obstacles=[Reason(
            "other_form",
            f"“{form.file}”是《{form.kind.label}》，{record.title()}只能用《{intake.paper.label}》填入，请换一个文件。",
        )])
    return next(((paper, plan) for paper, plan in plans if not plan.obstacles), plans[0])


def take_in(staged: StagedImport, *, sha256: str, by, at: datetime, seen: int | None) -> tuple[WorkflowRecord, Plan]:
    """Fill the draft in with exactly the file that was previewed. The form is read and compared again.

    Raises as ``records.open_draft`` does, and ``RuleViolation`` for a file that was taken in before, is not the one
    previewed, does not fit the draft, or says nothing new.
    """
    papers = papers_of(staged)
    with transaction.atomic():
        row = StagedImport.objects.select_for_update(of=("self",)).select_related("file").get(pk=staged.pk)
        if row.state == StagedImport.State.COMMITTED:
            raise refuse("committed", f"“{row.file.name}”已经填入过，不需要重复导入；改过的表请重新上传。")
        if sha256 != row.file.sha256:
            raise refuse("other_file", f"要填入的不是预览过的“{row.file.name}”，请回到预览页核对后再确认。")
        record = records.open_draft(record_of(row), by=by, seen=seen)
        intake = intake_of(record)
        _, plan = plan_of(intake, record, papers)
        refuse_any(plan.obstacles)
        if not plan.changes:
            raise refuse("nothing_new", f"“{row.file.name}”与{record.title()}的草稿内容一致，没有要填入的内容。")
        saved = intake.save(record, plan.data, by=by, at=at, seen=record.revision)
        row.state, row.committed_at = StagedImport.State.COMMITTED, at
        row.summary = {"changes": len(plan.changes)}
        row.save()
        audit.record(
            f"{record._meta.label_lower}.take_in", saved, by=by, at=at, label="从填好的表导入",
            after={"file": row.file.name, "sha256": sha256, "changes": len(plan.changes)},
        )
    return saved, plan
