from django.core.management.base import BaseCommand, CommandError

from core import audit
from core.models import AuditHead


class Command(BaseCommand):
    help = "核对操作日志的校验链，指出第一处断开的地方。"

    def handle(self, **options) -> None:
        broken = next(iter(audit.broken_links()), None)
        if broken:
            raise CommandError(broken.sentence)
        head = AuditHead.objects.filter(pk=1).first()
        self.stdout.write(self.style.SUCCESS(f"操作日志 {head.entries if head else 0} 条，链条完整。"))
