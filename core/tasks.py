"""Celery's side of jobs: take an id, load, make one call."""

from celery import shared_task

from core import jobs


@shared_task(name="core.run_job", acks_late=True, reject_on_worker_lost=True)
def run_job(*, job_id: int, **kwargs) -> None:
    jobs.run(job_id)


@shared_task(name="core.resend_jobs")
def resend_jobs(**kwargs) -> None:
    jobs.resend_stranded()
