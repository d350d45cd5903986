"""Long work in the background. The row is the truth: the queue may lose a message or deliver it twice.

A worker takes a job by compare-and-swap on its row and holds it by a lease; a row whose lease has run out is taken up
again by ``resend_stranded``. Job functions are therefore written to be repeatable.

A kind may split its jobs into parts. Each part is a row of its own that any worker takes; the last one to end sends the
whole, which joins the results. A killed worker costs no more than the part it held.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from core import audit, clock, comments
from core.errors import RuleViolation
from core.models.jobs import Job

LEASE = timedelta(seconds=90)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """What one part is to do: the parameters of its function, and how many steps of progress it counts."""

    params: dict[str, Any]
    size: int


@dataclass(frozen=True)
class JobKind:
    """`run` does the work. With `split` it does one part, and `join` makes the result of the whole from its parts."""

    name: str
    label: str
    run: Callable[..., dict[str, Any] | None]
    split: Callable[..., list[Part]] | None = None
    join: Callable[..., dict[str, Any] | None] | None = None

    def work(self, job: Job) -> Callable[..., dict[str, Any] | None]:
        return self.join if self.join and job.part_of_id is None else self.run


_kinds: dict[str, JobKind] = {}


def job_kind(name: str, *, label: str, split: Callable[..., list[Part]] | None = None,
             join: Callable[..., dict[str, Any] | None] | None = None) -> Callable:
    """Register a job function ``run(handle, **params) -> result``; services and tasks name it by ``name`` only.

    ``split(**params)`` lists the parts, none of which is empty; ``join(handle, **params)`` runs when all are done.
    """
    def register(run):
        _kinds[name] = JobKind(name=name, label=label, run=run, split=split, join=join)
        return run
    return register


def registered_kinds() -> dict[str, JobKind]:
    return dict(_kinds)


class Handle:
    """What a running job may say of itself: progress, log lines, and that it is still alive."""

    def __init__(self, job: Job):
        self.job = job

    def progress(self, done: int, total: int) -> None:
        cache.set(_progress_key(self.job.pk), (done, total), timeout=3600)
        if not connection.in_atomic_block:
            Job.objects.filter(pk=self.job.pk).update(
                done_count=done, total_count=total, lease_until=clock.now() + LEASE
            )

    def alive(self) -> None:
        """Hold the job on where there is no progress to tell."""
        Job.objects.filter(pk=self.job.pk).update(lease_until=clock.now() + LEASE)

    def log(self, line: str) -> None:
        self.job.log.append(line)


@transaction.atomic
def enqueue(name: str, *, by, params: dict[str, Any], at: datetime | None = None) -> Job:
    """Write the job row and send it to the queue once the transaction has been committed."""
    kind, at = _kinds[name], at or clock.now()
    common = {"name": name, "label": kind.label, "requested_by": by, "requested_at": at}
    parts = kind.split(**params) if kind.split else []
    job = Job.objects.create(params=params, total_count=sum(part.size for part in parts), **common)
    rows = [Job.objects.create(params=part.params, total_count=part.size, part_of=job, **common) for part in parts]
    audit.record("core.job.enqueue", job, by=by, at=job.requested_at, label="提交后台任务", after={"name": name})
    for row in rows or [job]:
        transaction.on_commit(partial(send, row.pk))
    return job


def send(job_id: int) -> None:
    from core.tasks import run_job

    run_job.delay(job_id=job_id)


def claim(job_id: int) -> Job | None:
    """Take a job that is free; ``None`` if somebody else has it or its parts are not done."""
    now = clock.now()
    taken = Job.objects.free(now).filter(pk=job_id).update(
        state=Job.State.RUNNING, lease_until=now + LEASE, started_at=Coalesce("started_at", Value(now)),
        attempts=models.F("attempts") + 1,
    )
    if not taken:
        return None
    job = Job.objects.select_related("requested_by").get(pk=job_id)
    Job.objects.filter(pk=job.part_of_id, state=Job.State.QUEUED).update(state=Job.State.RUNNING, started_at=now)
    return job


def run(job_id: int) -> Job | None:
    """Claim and carry out one job; a rule's refusal ends it as refused, anything unforeseen as failed (our bug).

    The end of a part is told to nobody; a part that was refused or failed ends the whole the same way.
    """
    job = claim(job_id)
    if job is None:
        return None
    handle = Handle(job)
    try:
        bad = job.parts.exclude(state=Job.State.DONE).order_by("pk").first()
        if bad:
            job.state, job.error = bad.state, bad.error
        else:
            job.result = _kinds[job.name].work(job)(handle, **job.params) or {}
            job.state = Job.State.DONE
    except RuleViolation as refusal:
        job.state = Job.State.REFUSED
        job.error = "\n".join(reason.sentence for reason in refusal.reasons)
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.name)
        job.state = Job.State.FAILED
        job.error = traceback.format_exc()
    job.done_count, job.total_count = progress_of(job)
    job.finished_at = clock.now()
    job.lease_until = None
    job.save()
    if job.part_of_id:
        send_when_parts_are_done(job.part_of_id)
    else:
        _tell(job)
    return job


def send_when_parts_are_done(job_id: int) -> None:
    """Two parts that end at once may both send the whole; it is claimed once."""
    if Job.objects.free(clock.now()).filter(pk=job_id).exists():
        send(job_id)


def _tell(job: Job) -> None:
    audit.record(
        "core.job.finish", job, by=job.requested_by, at=job.finished_at, label=f"后台任务{job.get_state_display()}",
        after={"state": job.state, "result": job.result},
    )
    comments.notify(
        title=f"后台任务{job.get_state_display()}：{job.label}", url=reverse("job", args=[job.pk]),
        recipient=job.requested_by, by=job.requested_by, at=job.finished_at,
    )


def progress_of(job: Job) -> tuple[int, int]:
    """Steps done and steps in all; of a job in parts those of its parts together."""
    parts = job.parts.aggregate(done=models.Sum("done_count"), total=models.Sum("total_count"))
    if parts["total"]:
        return parts["done"], parts["total"]
    return cache.get(_progress_key(job.pk)) or (job.done_count, job.total_count)


def resend_stranded() -> int:
    """Send again what is queued too long or was lost with its worker; returns how many."""
    now = clock.now()
    just_queued = models.Q(state=Job.State.QUEUED, requested_at__gte=now - timedelta(seconds=30))
    stranded = Job.objects.free(now).exclude(just_queued).values_list("pk", flat=True)
    for job_id in stranded:
        send(job_id)
    return len(stranded)


def _progress_key(job_id: int) -> str:
    return f"job-progress-{job_id}"
