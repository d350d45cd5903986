"""Upload, check, preview, and take in exactly the file that was previewed: all of it or nothing."""

from datetime import datetime
from typing import Any

import tablib
from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import attachments, audit
from core.errors import Reason, RuleViolation, refuse
from core.garbage import no_search_for_cycles
from core.imports.rejected import rejected_workbook
from core.imports.workbooks import CellError, Plan, Progress, WorkbookImport, import_kinds
from core.jobs import Handle, enqueue, job_kind
from core.models import Job, StagedImport, User
from core.sheets import read_workbook

INLINE_BYTES = 400_000
"""Above this size, about 8,000 rows, a workbook is checked and taken in in the background."""
SAMPLE = 20
MOST_ERRORS = 5_000


@no_search_for_cycles()
def stage(kind: str, content: bytes, *, name: str, by, at: datetime) -> StagedImport:
    """Keep the file, check all of it, and remember what it would do.

    Raises ``PermissionDenied`` for a person who may not import this kind, ``RuleViolation`` for a file that cannot be
    read.
    """
    importer = _importer(kind, by)
    plan = importer.check(read_workbook(content, name=name))
    with transaction.atomic():
        staged = _keep(importer, content, name=name, at=at)
        return _settle(staged, plan, at=at)


@transaction.atomic
def stage_in_background(kind: str, content: bytes, *, name: str, by, at: datetime) -> StagedImport:
    """Keep the file and have a job check it; until then it is being checked. Raises as ``attachments.attach`` does."""
    staged = _keep(_importer(kind, by), content, name=name, at=at)
    enqueue("core.check_import", by=by, at=at, params={"staged_id": staged.pk})
    return staged


def _keep(importer: WorkbookImport, content: bytes, *, name: str, at: datetime) -> StagedImport:
    file = attachments.attach(None, content, name=name, by=importer.by, at=at, kind=importer.title)
    return StagedImport.objects.create(
        kind=importer.kind, file=file, requested_by=importer.by, requested_at=at, summary=_summary(Plan()),
        state=StagedImport.State.CHECKING,
    )


def _settle(staged: StagedImport, plan: Plan, *, at: datetime) -> StagedImport:
    staged.state = StagedImport.State.FAULTY if plan.errors else StagedImport.State.CHECKED
    staged.summary = _summary(plan)
    staged.errors = [error.as_data() for error in plan.errors[:MOST_ERRORS]]
    staged.save()
    audit.record("core.import.stage", staged, by=staged.requested_by, at=at, label="上传待导入文件", after={
        "sha256": staged.file.sha256, "counts": plan.counts(), "errors": len(plan.errors),
    })
    return staged


@no_search_for_cycles()
def commit(
    staged: StagedImport, *, sha256: str, by, at: datetime, progress: Progress = lambda done, total: None
) -> dict[str, int]:
    """Take in the previewed file. The file is read and checked again: the records may have changed since.

    Raises ``RuleViolation`` if it was taken in before, is not the previewed file, or no longer passes.
    """
    with transaction.atomic():
        row = StagedImport.objects.select_for_update(of=("self",)).select_related("file").get(pk=staged.pk)
        if row.state == StagedImport.State.COMMITTED:
            raise refuse("committed", f"“{row.file.name}”已经导入过，不需要重复导入。")
        if sha256 != row.file.sha256:
            raise refuse("other_file", f"要导入的不是预览过的“{row.file.name}”，请回到预览页核对后再确认。")
        importer = _importer(row.kind, by, progress)
        plan = importer.check(read_workbook(content_of(row), name=row.file.name))
        if plan.errors:
            raise RuleViolation([
                Reason("import_error", f"“{row.file.name}”有 {len(plan.errors)} 处错误，没有写入任何内容，请改正后重新上传。"),
                *(Reason("cell", _sentence(error)) for error in plan.errors[:20]),
            ])
        counts = importer.commit(at=at)
        row.state, row.committed_at, row.summary = StagedImport.State.COMMITTED, at, _summary(plan)
        row.save()
        audit.record(f"core.import.{row.kind}", row, by=by, at=at, label=f"导入{importer.title}",
                     after={"sha256": sha256, "rows": counts})
    return counts


def content_of(staged: StagedImport) -> bytes:
    with staged.file.file.open("rb") as file:
        return file.read()


def rejected(staged: StagedImport) -> bytes:
    """The person's own workbook with the bad cells coloured and commented."""
    left_out = staged.summary["errors"] - len(staged.errors)
    return rejected_workbook(content_of(staged), name=staged.file.name, errors=staged.errors, left_out=left_out)


def is_large(size: int) -> bool:
    """Whether a workbook of that many bytes is dealt with in the background."""
    return size > INLINE_BYTES


def commit_in_background(staged: StagedImport, *, sha256: str, by, at: datetime) -> Job:
    params = {"staged_id": staged.pk, "sha256": sha256, "user_id": by.pk}
    return enqueue("core.commit_import", by=by, at=at, params=params)


def job_of(staged: StagedImport) -> Job | None:
    """The newest job that checks or takes in the file."""
    names = ("core.check_import", "core.commit_import")
    return Job.objects.filter(name__in=names, params__staged_id=staged.pk).first()


@job_kind("core.check_import", label="检查工作簿")
@no_search_for_cycles()
def check_job(handle: Handle, *, staged_id: int) -> dict[str, Any]:
    staged = StagedImport.objects.select_related("file", "requested_by").get(pk=staged_id)
    handle.log(f"开始检查“{staged.file.name}”")
    try:
        importer = _importer(staged.kind, staged.requested_by, handle.progress)
        plan = importer.check(read_workbook(content_of(staged), name=staged.file.name))
    except RuleViolation as unreadable:
        plan = Plan(errors=[CellError("", None, "", "", reason.sentence) for reason in unreadable.reasons])
    with transaction.atomic():
        _settle(staged, plan, at=handle.job.started_at)
    handle.log(f"检查完成，{len(plan.errors)} 处错误")
    return plan.counts() | {"errors": len(plan.errors)}


@job_kind("core.commit_import", label="导入工作簿")
def commit_job(handle: Handle, *, staged_id: int, sha256: str, user_id: int) -> dict[str, Any]:
    staged = StagedImport.objects.get(pk=staged_id)
    if staged.state == StagedImport.State.COMMITTED:
        return staged.summary["counts"]
    handle.log(f"开始导入“{staged.file.name}”")
    by, at = User.objects.get(pk=user_id), handle.job.started_at
    counts = commit(staged, sha256=sha256, by=by, at=at, progress=handle.progress)
    handle.log("导入完成")
    return counts


def import_file(kind: str, content: bytes, *, name: str, by, at: datetime) -> dict[str, int]:
    """Stage and commit in one go, for commands. Raises ``RuleViolation`` with every error of the workbook."""
    staged = stage(kind, content, name=name, by=by, at=at)
    return commit(staged, sha256=staged.file.sha256, by=by, at=at)


def template_of(kind: type[WorkbookImport]) -> bytes:
    """The empty workbook of a kind, with its headings."""
    return tablib.Databook([sheet.dataset() for sheet in kind.sheets]).export("xlsx")


def help_of(kind: type[WorkbookImport]) -> list[dict[str, Any]]:
    return [
        {
            "heading": column.heading, "help": column.help, "required": column.required, "codes": column.words,
            "synonyms": column.synonyms, "sheet": sheet.sheet_name,
        }
        for sheet in kind.sheets
        for column in sheet.columns()
    ]


def _importer(kind: str, by, progress: Progress = lambda done, total: None) -> WorkbookImport:
    importer = import_kinds()[kind]
    if not importer.allowed(by):
        raise PermissionDenied(f"您没有导入{importer.title}的权限。")
    return importer(by=by, progress=progress)


def _summary(plan: Plan) -> dict[str, Any]:
    shown = [change for change in plan.changes if change.kind != "same"][:SAMPLE]
    return {
        "counts": plan.counts(),
        "errors": len(plan.errors),
        "warnings": plan.warnings,
        "sample": [{"kind": change.kind, "key": change.key, "changes": change.details} for change in shown],
    }


def _sentence(error: CellError) -> str:
    place = f"第 {error.row} 行" if error.row else ""
    return f"“{error.sheet}”{place}：{error.message}"
