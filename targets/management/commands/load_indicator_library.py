from django.core.management.base import BaseCommand

from core import clock
from targets.models import LibraryIndicator
from targets.services import load_starter_library


class Command(BaseCommand):
    help = "装入系统自带的通用指标库；已有的同名指标保持不变，可以重复运行。"

    def handle(self, **options) -> None:
        added = load_starter_library(by=None, at=clock.now())
        total = LibraryIndicator.objects.usable().count()
        self.stdout.write(self.style.SUCCESS(f"新装入 {added} 条指标，指标库现有可用指标 {total} 条。"))
