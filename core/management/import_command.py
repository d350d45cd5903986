"""``manage.py import_… FILE``: the same check and commit as the pages, from the command line."""

from pathlib import Path
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.errors import RuleViolation
from core.imports import staging
from core.models import User


class ImportCommand(BaseCommand):
    kind: ClassVar[str]

    def add_arguments(self, parser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--user", required=True, help="以哪位用户的名义导入（登录名）")

    def handle(self, *, files: list[Path], user: str, **options) -> None:
        by = User.objects.filter(username=user, is_active=True).first()
        if by is None:
            raise CommandError(f"没有登录名为“{user}”的在用用户，请核对后重试。")
        for file in files:
            self.take_in(file, by)

    def take_in(self, file: Path, by: User) -> None:
        try:
            counts = staging.import_file(self.kind, file.read_bytes(), name=file.name, by=by, at=clock.now())
        except OSError as error:
            raise CommandError(f"打不开文件“{file}”：{error.strerror}，请核对路径。") from error
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        except RuleViolation as refusal:
            raise CommandError("\n".join(reason.sentence for reason in refusal.reasons)) from refusal
        shown = "，".join(f"{name} {count}" for name, count in counts.items())
        self.stdout.write(self.style.SUCCESS(f"{file.name}：{shown}"))
