"""Reading ``story.xlsx``: how far every project-year has come, and what people wrote on the way (samples/README.md)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.sheets import Grid, read_workbook

Line = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One project-year: the state of each of its documents (empty: no such document) and who deals with it."""

    year: int
    code: str
    name: str
    stage: str
    ex_ante: str
    declaration: str
    is_adjusted: bool
    rounds: tuple[str, str]
    self_evaluation: str
    operator: str
    department_reviewer: str
    section_reviewer: str
    opinion: str

    @property
    def key(self) -> tuple[int, str]:
        return self.year, self.code


@dataclass(frozen=True)
class Ladder:
    """The states of a document in their order; ``detours`` name the rung from which a side state is entered."""

    rungs: tuple[str, ...]
    detours: Mapping[str, str]

    def reaches(self, state: str, rung: str) -> bool:
        return bool(state) and self.rungs.index(self.detours.get(state, state)) >= self.rungs.index(rung)


def lines_of(grid: Grid) -> list[Line]:
    headings, *rows = grid.rows
    return [dict(zip(headings, [*row, *[""] * (len(headings) - len(row))], strict=True)) for row in rows]


class Story:
    """Every sheet by name as lines by heading, states translated to the system's values.

    ``only`` names the project codes to keep; ``None`` keeps all. Sheets without project codes stay whole.
    """

    def __init__(self, content: bytes, *, only: Iterable[str] | None = None):
        wanted = None if only is None else set(only)
        self.sheets = {grid.name: lines_of(grid) for grid in read_workbook(content, name="story.xlsx")}
        self.values: dict[str, dict[str, str]] = defaultdict(lambda: {"": ""})
        for line in self.sheets["状态对照"]:
            self.values[line["单据"]][line["状态名称"]] = line["状态值"]
        for name, lines in self.sheets.items():
            if wanted is not None and lines and "项目编码" in lines[0]:
                self.sheets[name] = [line for line in lines if line["项目编码"] in wanted]
        self.cases = [self._case(line) for line in self.sheets["进度"]]

    def of(self, sheet: str) -> list[Line]:
        return self.sheets[sheet]

    def by_project(self, sheet: str) -> dict[tuple[int, str], list[Line]]:
        """Lines of a sheet by year and project code, in their order."""
        found: dict[tuple[int, str], list[Line]] = defaultdict(list)
        for line in self.of(sheet):
            found[int(line["年度"]), line["项目编码"]].append(line)
        return found

    def adjustment_of(self, case: Case) -> Line:
        """The change of budget that goes with the case's new targets."""
        return next(line for line in self.of("预算调整") if (int(line["年度"]), line["项目编码"]) == case.key)

    def other_adjustments(self) -> list[Line]:
        """The changes of budget without new targets."""
        with_targets = {case.key for case in self.cases if case.is_adjusted}
        return [line for line in self.of("预算调整") if (int(line["年度"]), line["项目编码"]) not in with_targets]

    def state(self, record: str, label: str) -> str:
        return self.values[record][label]

    def cases_of(self, year: int) -> list[Case]:
        return [case for case in self.cases if case.year == year]

    def _case(self, line: Line) -> Case:
        return Case(
            year=int(line["年度"]), code=line["项目编码"], name=line["项目名称"],
            stage=self.state("年度项目", line["走到哪一步"]),
            ex_ante=self.state("事前绩效评估", line["事前绩效评估"]),
            declaration=self.state("绩效目标", line["绩效目标"]), is_adjusted=line["目标版本"] == "2",
            rounds=(self.state("监控填报", line["第一轮监控"]), self.state("监控填报", line["第二轮监控"])),
            self_evaluation=self.state("单位自评", line["单位自评"]), operator=line["经办登录名"],
            department_reviewer=line["主管部门登录名"], section_reviewer=line["财政登录名"],
            opinion=line["退回或不予通过意见"],
        )
