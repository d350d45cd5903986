"""`manage.py benchmark bundle`: many forms printed as one ZIP by real workers, as the button 打包导出 does it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from config.benchmarks.place import make_declarations, own_database, timed
from config.celery import app
from config.management.commands.run_site import refuse_dead, start_child, stop, worker_command
from core import jobs
from core.models import Job, User
from core.official.bundle import FORMS_IN_A_PART, OFFICIAL_BUNDLE, typeset
from core.official.kinds import kind_named

KIND = "target_declaration"
PRINTED_ALONE = 100
WORKERS = (1, 2)


def run(write: Callable[[str], None], *, forms: int) -> None:
    with own_database() as folder:
        by, made = make_declarations(forms)
        ids = [each.pk for each in made]
        alone = print_alone(by, ids[:PRINTED_ALONE])
        write(f"{connection.vendor}，{forms:,} 份《{kind_named(KIND).title}》")
        write("      秒   每秒份数  为只打印的倍数  方式")
        write(f"{forms * alone:8.1f}{1 / alone:11.1f}{1:14.2f}  一个进程只打印（按 {min(forms, PRINTED_ALONE)} 份推算）")
        for workers in WORKERS:
            seconds = bundled(by, ids, folder=folder, workers=workers)
            write(f"{seconds:8.1f}{forms / seconds:11.1f}{seconds / forms / alone:14.2f}  {workers} 个后台进程打包")


def print_alone(by: User, ids: list[int]) -> float:
    """Seconds a form of the typesetting alone. The first print, which loads fonts and engine, is left out."""
    kind = kind_named(KIND)
    documents = [kind.filled(kind.find(by, pk, None)) for pk in ids]
    typeset(documents[0])
    return timed(lambda: [typeset(document) for document in documents]).seconds / len(documents)


def bundled(by: User, ids: list[int], *, folder: Path, workers: int) -> float:
    """Seconds from the button to the ZIP. A small bundle before it has every worker started and its fonts loaded."""
    with running(folder, workers) as wait_for:
        wait_for(jobs.enqueue(OFFICIAL_BUNDLE, by=by, params={"kind": KIND, "ids": ids[: FORMS_IN_A_PART * workers]}))
        return timed(lambda: wait_for(
            jobs.enqueue(OFFICIAL_BUNDLE, by=by, params={"kind": KIND, "ids": ids})
        )).seconds


@contextmanager
def running(folder: Path, workers: int) -> Iterator[Callable[[Job], None]]:
    """Workers on the benchmark's own data, files and queue; yields what waits for a job."""
    queue = folder / "queue"
    for name in (queue, queue / "control"):
        name.mkdir(exist_ok=True)
    app.conf.broker_url = "filesystem://localhost"
    app.conf.broker_transport_options = {"data_folder_in": str(queue), "data_folder_out": str(queue)}
    environment = {
        "WORKERS": str(workers), "VAR_DIR": str(folder), "FILES_DIR": str(folder), "QUEUE_DIR": str(queue),
        "BROKER_URL": app.conf.broker_url, "DATABASE_URL": database_url(), "SECRET_KEY": settings.SECRET_KEY,
    }
    child = start_child("后台任务", worker_command(folder / "beat-schedule"), environment=environment)
    try:
        yield lambda job: wait(job, lambda: refuse_dead([child]))
    finally:
        stop([child])


def wait(job: Job, look: Callable[[], None]) -> None:
    """Raises CommandError when the worker has died or the job did not end well."""
    while Job.objects.unfinished().filter(pk=job.pk).exists():
        look()
        time.sleep(0.05)
    job.refresh_from_db()
    if job.state != Job.State.DONE or job.result["未打印"]:
        raise CommandError(f"打包没有完成（{job.get_state_display()}）：{job.error or job.log}")


def database_url() -> str:
    """The address of the database in use, which is not that of the site."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(found['NAME']))}"
    person, place = (":".join(filter(None, (quote(str(found[one])), quote(str(found[two])))))
                     for one, two in (("USER", "PASSWORD"), ("HOST", "PORT")))
    return f"postgres://{person and person + '@'}{place}/{quote(found['NAME'])}?{urlencode(found['OPTIONS'])}"
