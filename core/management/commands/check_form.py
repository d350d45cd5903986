"""Checks filled official forms from the command line: no database, no account, nothing changed."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from core.errors import Reason, RuleViolation
from core.official.checking import Severity, check, rulebook_named, worst
from core.official.checking.report import file_as_data, lines_for_people, unreadable
from core.official.filled import PaperKind
from core.official.reading import read_forms
from core.rulebook import preset_names

CLEAN, FAULTY, UNREADABLE = 0, 1, 2


class Command(BaseCommand):
    """Exit status 0: no error found; 1: findings of severity error; 2: a file is no readable official form."""

    help = "检查填好的官方表：认出种类，逐格列出问题，按规则重算得分。不改动任何数据。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="xlsx、xls、ods、docx 或 csv 文件")
        parser.add_argument("--kind", choices=[kind.value for kind in PaperKind], help="表的种类，不写时按表名判断")
        parser.add_argument("--ruleset", choices=preset_names(), help="规则，不写时按有无成本一级指标选用")
        parser.add_argument("--json", action="store_true", dest="as_json", help="每个文件输出一行 JSON")

    def handle(self, *, files: list[Path], kind: str | None, ruleset: str | None, as_json: bool,
               **options: Any) -> None:
        wanted = PaperKind(kind) if kind else None
        status = max(self._check(file, wanted, ruleset, as_json=as_json) for file in files)
        if status:
            raise SystemExit(status)

    def _check(self, file: Path, kind: PaperKind | None, ruleset: str | None, *, as_json: bool) -> int:
        try:
            forms = read_forms(_content(file), name=file.name, kind=kind)
        except RuleViolation as refused:
            self._tell(unreadable(str(file), refused.reasons), [f"{file}：{refused}"], as_json=as_json)
            return UNREADABLE
        checked = [check(form, rulebook_named(ruleset) if ruleset else None) for form in forms]
        lines = [line for each in checked for line in lines_for_people(each)]
        self._tell(file_as_data(checked) | {"file": str(file)}, lines, as_json=as_json)
        findings = [finding for each in checked for finding in each.findings]
        return FAULTY if worst(findings) is Severity.ERROR else CLEAN

    def _tell(self, data: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False) if as_json else "\n".join(lines))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RuleViolation([Reason("file_unreadable",
                                    f"“{file}”打不开（{error.strerror}），请核对文件名和权限。")]) from error
