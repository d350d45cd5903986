"""The same act on many records; a refused one holds up none of the others.

A few records share a transaction, each within a savepoint of its own: a commit for every single one would cost more
than the act.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import attachments, clock
from core.errors import RuleViolation
from core.jobs import Handle
from core.portions import portions

REPORT_KIND = "办理结果"
TOGETHER = 20


@dataclass(frozen=True)
class Refusal:
    """One record that stayed as it was, and every reason."""

    subject: str
    sentences: tuple[str, ...]
    url: str = field(default="", compare=False)


@dataclass
class Batch:
    """How many records were dealt with, and which were not."""

    done: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        return [sentence for refusal in self.refused for sentence in refusal.sentences]


def each(
    records: Sequence[Any], act: Callable[[Any], Any], *, progress: Callable[[int, int], None] | None = None
) -> Batch:
    """``act(record)`` on every one; what it raises as ``RuleViolation`` or ``PermissionDenied`` is kept, not raised.

    ``progress(done, total)`` is told after every commit.
    """
    batch = Batch()
    for some in portions(records, TOGETHER):
        with transaction.atomic():
            for record in some:
                _try(batch, act, record)
        if progress:
            progress(batch.done + len(batch.refused), len(records))
    return batch


def _address_of(record: Any) -> str:
    """The record's page; a row without one, such as a to-do, has none to offer."""
    return record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""


def _try(batch: Batch, act: Callable[[Any], Any], record: Any) -> None:
    try:
        with transaction.atomic():
            act(record)
    except RuleViolation as refusal:
        sentences = tuple(reason.sentence for reason in refusal.reasons)
        batch.refused.append(Refusal(str(record), sentences, _address_of(record)))
    except PermissionDenied as refusal:
        batch.refused.append(Refusal(str(record), (str(refusal),), _address_of(record)))
    else:
        batch.done += 1


def report(handle: Handle, batch: Batch, *, done: str) -> dict[str, int]:
    """A job's result: figures, a log line for every reason and, where something was refused, a workbook of it."""
    for sentence in batch.sentences:
        handle.log(sentence)
    if batch.refused:
        job = handle.job
        job.result_file = attachments.attach(
            None, refused_workbook(batch), name=f"{job.label}-未办理清单.xlsx", by=job.requested_by, at=clock.now(),
            kind=REPORT_KIND,
        )
    return {done: batch.done, "未办理": len(batch.refused)}


def refused_workbook(batch: Batch) -> bytes:
    """One line for every reason: the record and why it stayed as it was."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("未办理清单")
    heading, wrapped = book.add_format({"bold": True, "border": 1}), book.add_format({"text_wrap": True})
    sheet.write_row(0, 0, ("序号", "事项", "未办理的原因"), heading)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 90)
    lines = [(refusal.subject, sentence) for refusal in batch.refused for sentence in refusal.sentences]
    for number, (subject, sentence) in enumerate(lines, start=1):
        sheet.write_number(number, 0, number)
        sheet.write_string(number, 1, subject, wrapped)
        sheet.write_string(number, 2, sentence, wrapped)
    book.close()
    return buffer.getvalue()
