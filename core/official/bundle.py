"""Many forms of one kind as one ZIP of PDFs: printed in parts by as many workers as there are, then put together."""

import tempfile
import zipfile
from dataclasses import replace
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core import attachments, clock, pdf
from core.errors import RuleViolation, refuse
from core.jobs import Handle, Part, job_kind
from core.official.document import FormDocument, texts_of
from core.official.kinds import FormKind, kind_named
from core.official.paper import LABEL_EVERY_ROWS, is_long, paper_data

OFFICIAL_BUNDLE = "core.official_bundle"
FILE_KIND = "打包导出"
IN_MEMORY = 8 * 1024 * 1024
FORMS_IN_A_PART = 25


def in_parts(*, kind: str, ids: list[int]) -> list[Part]:
    chunks = [(place, ids[place: place + FORMS_IN_A_PART]) for place in range(0, len(ids), FORMS_IN_A_PART)]
    return [Part({"kind": kind, "ids": chunk, "before": place}, len(chunk)) for place, chunk in chunks]


def put_together(handle: Handle, *, kind: str, ids: list[int]) -> dict[str, Any]:
    """One ZIP of those of the parts, in the order of `ids`.

    Raises RuleViolation when nothing at all could be printed.
    """
    form_kind, parts = kind_named(kind), list(handle.job.parts.order_by("pk"))
    for line in (line for part in parts for line in part.log):
        handle.log(line)
    printed = sum(part.result["printed"] for part in parts)
    if not printed:
        raise refuse("nothing_printed", f"选中的 {len(ids)} 份《{form_kind.title}》都没有打印成功，请按过程中的提示改正后重试。")
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                _copy(part.result["file"], archive)
                handle.alive()
        file.seek(0)
        name, by = f"{form_kind.title}-{clock.today():%Y%m%d}.zip", handle.job.requested_by
        handle.job.result_file = attachments.attach(None, file.read(), name=name, by=by, at=clock.now(), kind=FILE_KIND)
    for part in parts:
        default_storage.delete(part.result["file"])
    return {"已打印": printed, "未打印": len(ids) - printed}


@job_kind(OFFICIAL_BUNDLE, label="打包导出正式表格", split=in_parts, join=put_together)
def print_part(handle: Handle, *, kind: str, ids: list[int], before: int) -> dict[str, Any]:
    """Print the records that the requester may see; what cannot be printed is told in the log and left out.

    `before` counts the records in the parts ahead of this one.
    """
    form_kind, printed = kind_named(kind), 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for done, pk in enumerate(ids, start=1):
                printed += _add(archive, handle, form_kind, pk, place=before + done)
                handle.progress(done, len(ids))
        file.seek(0)
        name = f"job-parts/{handle.job.pk}-{handle.job.attempts}.zip"
        return {"printed": printed, "file": default_storage.save(name, ContentFile(file.read()))}


def _copy(name: str, archive: zipfile.ZipFile) -> None:
    with default_storage.open(name) as file, zipfile.ZipFile(file) as part:
        for entry in part.namelist():
            archive.writestr(entry, part.read(entry))


def _add(archive: zipfile.ZipFile, handle: Handle, kind: FormKind, pk: int, *, place: int) -> int:
    """Print one form into the archive; returns how many were added, one or none."""
    try:
        record = kind.find(handle.job.requested_by, pk, None)
        content = typeset(replace(kind.filled(record), printed_at=clock.now()))
    except ObjectDoesNotExist:
        handle.log(f"第 {place} 份不在您的查看范围内，没有打印。")
        return 0
    except RuleViolation as refusal:
        handle.log(f"第 {place} 份没有打印：{refusal}")
        return 0
    archive.writestr(f"{place:04d}-{safe_name(kind.file_stem(record))}.pdf", content)
    return 1


def typeset(form: FormDocument) -> bytes:
    """The form on A4 by the engine that prints many forms fast. Raises RuleViolation as `paper.to_pdf` does."""
    pdf.check_glyphs(texts_of(form), title=form.title)
    tallest = LABEL_EVERY_ROWS if is_long(form) else None
    return pdf.render("official_form_long", paper_data(form, tallest=tallest))


def safe_name(name: str) -> str:
    """A file name without the characters that some file systems forbid."""
    return "".join("_" if character in '\\/:*?"<>|' else character for character in name)
