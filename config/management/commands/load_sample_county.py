"""``manage.py load_sample_county``: an empty database becomes 安澜县 with three years of work in it."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from budgets.models import ProjectYear
from config import sample_county
from core import audit, clock
from core.errors import RuleViolation
from core.models import AuditHead, ToDo


class Command(BaseCommand):
    help = "把示例县（安澜县）装入空的数据库：机构、人员、三个年度的预算、目标、监控、自评、评价、整改和预算安排。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=sample_county.FOLDER, help="示例工作簿所在文件夹，默认 samples")

    def handle(self, *, folder: Path, **options) -> None:
        started = time.monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"[{time.monotonic() - started:5.1f} 秒] {line}")

        try:
            counts = sample_county.load(folder, now=clock.now(), say=say)
        except OSError as error:
            raise CommandError(f"读不到示例工作簿“{error.filename}”，请核对 --folder 指的文件夹。") from error
        except RuleViolation as refusal:
            raise CommandError("\n".join(reason.sentence for reason in refusal.reasons)) from refusal
        self.tell(counts)

    def tell(self, counts) -> None:
        labels = dict(ProjectYear.Stage.choices)
        order = list(labels)
        for year, stage in sorted(counts, key=lambda key: (key[0], order.index(key[1]))):
            self.stdout.write(f"{year}年度 {labels[stage]}：{counts[year, stage]} 个项目")
        broken = next(iter(audit.broken_links()), None)
        if broken:
            raise CommandError(broken.sentence)
        entries = AuditHead.objects.get(pk=1).entries
        self.stdout.write(self.style.SUCCESS(f"待办 {ToDo.objects.count()} 条，操作日志 {entries} 条，链条完整。"))
