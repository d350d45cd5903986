"""``manage.py demo_accounts``: who to sign in as, one person for each role of the sample county."""

import unicodedata

from django.core.management.base import BaseCommand, CommandError

from config import sample_county
from core.access import Role
from core.models import RoleAssignment

HEADINGS = ("角色", "登录名", "姓名", "单位", "密码")
FLAGSHIP_PLACES = ("101002", "101", "001C", "Z01")
GAP = "  "


class Command(BaseCommand):
    help = "列出示例县每种角色的一个演示账号。只在装入示例县之后可用。"

    def handle(self, **options) -> None:
        if not sample_county.is_loaded():
            raise CommandError("没有装入示例县，没有演示账号；请先对空的数据库运行 load_sample_county。")
        rows = [HEADINGS, *accounts()]
        widths = [max(width_of(row[place]) for row in rows) for place in range(len(HEADINGS))]
        for row in rows:
            self.stdout.write(GAP.join(padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip())


def accounts() -> list[tuple[str, ...]]:
    """One person a role, where possible on the road of the flagship project: its unit, department, section, firm."""
    held = list(RoleAssignment.objects.select_related("user", "organisation").order_by("pk"))
    chosen = []
    for role in Role:
        holders = [each for each in held if each.role == role]
        found = next((each for each in holders if each.organisation.code in FLAGSHIP_PLACES), holders[0])
        chosen.append((
            role.label, found.user.username, found.user.name, found.organisation.name, sample_county.PASSWORD
        ))
    return chosen


def width_of(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))
