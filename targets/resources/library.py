"""The workbook of the indicator library, for template, import and export."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import tablib

from core.access import Role
from core.imports import (
    Change,
    ChoiceWidget,
    Column,
    NumberWidget,
    Plan,
    Row,
    SheetResource,
    TextWidget,
    WorkbookImport,
    register_import,
)
from targets import rules
from targets.models import Direction, Level2, LibraryIndicator
from targets.resources.declarations import short_words
from targets.services import LIBRARY_CONTENT, add_to_library, revise_entry

DIRECTIONS = {
    "≥": Direction.HIGHER.value, "≤": Direction.LOWER.value, "=": Direction.EQUAL.value, "＝": Direction.EQUAL.value,
    "定性": Direction.STATE.value, "正向": Direction.HIGHER.value, "反向": Direction.LOWER.value,
}


class LibrarySheet(SheetResource):
    sheet_name = "指标库"
    key = ("sector", "level2", "name")

    sector = Column("所属领域", "sector", TextWidget(most=40), help="各行业都能用的填“共性”或留空。")
    level2 = Column("二级指标", "level2", ChoiceWidget(Level2, synonyms=short_words(Level2)), required=True)
    name = Column("指标名称", "name", TextWidget(most=120), required=True, synonyms=("三级指标",))
    direction = Column(
        "指标方向", "direction", ChoiceWidget(Direction, synonyms=DIRECTIONS), required=True, synonyms=("指标性质", "性质"),
        help="也可以填 ≥、≤、= 或 定性。",
    )
    unit_of_measure = Column("计量单位", "unit_of_measure", TextWidget(most=20), synonyms=("单位",), help="定量指标必填。")
    usual_value = Column("参考值", "usual_value", NumberWidget(places=4))
    expected_state = Column("预期状态", "expected_state", TextWidget(most=200), help="定性指标必填。")
    explanation = Column("指标解释", "explanation", TextWidget(most=500), required=True)
    scoring_standard = Column(
        "评(扣)分标准", "scoring_standard", TextWidget(most=500), required=True, synonyms=("评（扣）分标准", "评分标准")
    )
    source = Column("指标来源", "source", TextWidget(most=40), required=True, synonyms=("指标值来源", "来源"))


def library_workbook(entries: Iterable[LibraryIndicator]) -> bytes:
    """The entries in the columns of the import; text that looks like a formula stays text."""
    return tablib.Databook([LibrarySheet.dataset(entries)]).export("xlsx", escape=True)


@register_import
class LibraryImport(WorkbookImport):
    """Finance's own additions and revisions; the key is field, category and name."""

    kind = "library"
    title = "指标库"
    sheets = (LibrarySheet,)

    @classmethod
    def allowed(cls, user) -> bool:
        return user.holds(Role.FISCAL_PERFORMANCE)

    def compare(self, plan: Plan) -> None:
        present = {
            (entry.sector, entry.level2, entry.name): entry
            for entry in LibraryIndicator.objects.exclude(state=LibraryIndicator.State.DECLINED)
        }
        self.wanted: list[tuple[LibraryIndicator | None, dict[str, Any]]] = []
        for row in self.rows[LibrarySheet]:
            content = _content(row)
            entry = present.get((content["sector"], content["level2"], content["name"]))
            faults = list(rules.entry_is_complete(LibraryIndicator(**content)))
            if entry is not None and entry.state == LibraryIndicator.State.RETIRED:
                faults.append(f"{entry.title()}已停用，请先恢复使用，再用文件修改。")
            plan.errors += [row.error(LibrarySheet.column("name"), str(fault)) for fault in faults]
            if not faults:
                self._weigh(plan, entry, content)

    def _weigh(self, plan: Plan, entry: LibraryIndicator | None, content: dict[str, Any]) -> None:
        label = f"{content['sector'] or rules.COMMON} {content['name']}"
        details = [
            {
                "label": LibrarySheet.column(name).heading, "old": _shown(name, getattr(entry, name)),
                "new": _shown(name, content[name]),
            }
            for name in LIBRARY_CONTENT if entry is not None and getattr(entry, name) != content[name]
        ]
        kind = "create" if entry is None else "change" if details else "same"
        plan.changes.append(Change(kind, label, details))
        if kind != "same":
            self.wanted.append((entry, content))

    def commit(self, *, at: datetime) -> dict[str, int]:
        counts = {"created": 0, "changed": 0}
        for entry, content in self.wanted:
            if entry is None:
                add_to_library(content, by=self.by, at=at)
            else:
                revise_entry(entry, content, by=self.by, at=at, seen=entry.revision)
            counts["created" if entry is None else "changed"] += 1
        return counts


def _content(row: Row) -> dict[str, Any]:
    content = {name: row[name] for name in LIBRARY_CONTENT}
    if content["sector"] == rules.COMMON:
        content["sector"] = ""
    return content


def _shown(name: str, value: Any) -> str:
    return str(LibrarySheet.column(name).widget.render(value))
