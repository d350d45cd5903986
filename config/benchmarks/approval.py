"""`manage.py benchmark approval`: a whole city's declarations approved as one job, as the page does it."""

from collections.abc import Callable

from django.db import connection, models, transaction

from config.benchmarks.place import make_declarations, own_database, timed
from core import clock, jobs
from core.access import Role
from core.models import Job, RoleAssignment
from targets.models import TargetDeclaration
from targets.tasks import APPROVE_DECLARATIONS


def run(write: Callable[[str], None], *, declarations: int) -> None:
    with own_database():
        job = queue_approval(declarations)
        whole = timed(lambda: jobs.run(job.pk))
        bare = timed(bare_update)
        write(f"{connection.vendor}：{declarations:,} 份绩效目标一次批复，{whole.seconds:.1f} 秒，"
              f"每秒 {declarations / whole.seconds:.0f} 份，为逐行裸更新的 {whole.seconds / bare.seconds:.0f} 倍")
        write(f"结果：{whole.result.get_state_display()} {whole.result.result}")


def queue_approval(declarations: int) -> Job:
    """The job that approves all of them; it is run here and sent to no queue."""
    by, made = make_declarations(declarations)
    RoleAssignment.objects.create(user=by, role=Role.FISCAL_BUDGET, organisation=by.home)
    params = {"ids": [each.pk for each in made], "document_no": "安财预〔2026〕18号"}
    kind = jobs.registered_kinds()[APPROVE_DECLARATIONS]
    return Job.objects.create(
        name=kind.name, label=kind.label, params=params, requested_by=by, requested_at=clock.now(),
        total_count=declarations,
    )


def bare_update() -> None:
    """The least anybody could do: the state written row by row, without permission, rule, money or audit."""
    for pk in TargetDeclaration.objects.values_list("pk", flat=True):
        with transaction.atomic():
            TargetDeclaration.objects.filter(pk=pk).update(document_no=models.F("document_no"))
