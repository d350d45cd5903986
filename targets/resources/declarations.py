"""The workbook of targets: one sheet of declarations, one of their indicators, for template, import and export."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from django.db import models

from budgets.models import ProjectYear
from core.access import Role
from core.imports import (
    Change,
    ChoiceWidget,
    CodeWidget,
    Column,
    NumberWidget,
    Plan,
    Row,
    SheetResource,
    TextWidget,
    WorkbookImport,
    YearWidget,
    register_import,
)
from core.portions import portions
from core.transitions import perform_many
from targets.forms import number_of
from targets.models import LEVEL1_OF, Indicator, Level1, Level2, Operator, TargetDeclaration, ValueType
from targets.queries import plain, short_of
from targets.services import Filling, Opening, contents_by_position, create_declarations, save_declarations

State = TargetDeclaration.State
EDITABLE = TargetDeclaration.editable_states
SHARED = ("project__unit", "project__department__fiscal_section", "fiscal_year__ruleset")
FILING = ("drafting", "target_filing")
QUALITATIVE = "定性"
SIGNS = {">=": ">=", "＞": ">", "＜": "<", "＝": "=", "<=": "<=", "大于等于": ">=", "小于等于": "<="}
WEIGHT_PLACES = Decimal("0.01")
TAKEN_OVER = (
    "level1", "level2", "name", "value_type", "unit_of_measure", "explanation", "scoring_standard", "source",
)
"""The fields of an indicator that are what their cells say."""
Key = tuple[int, str]
number_written = lru_cache(maxsize=4096)(number_of)


class Present(NamedTuple):
    """A declaration as it is, and what its indicators say in their order."""

    declaration: TargetDeclaration
    indicators: list[dict[str, Any]]


class OperatorWidget(ChoiceWidget):
    """≥ > = ≤ < or 定性; the last is kept as the empty operator of a qualitative indicator."""

    def __init__(self):
        super().__init__(Operator, synonyms=SIGNS | {QUALITATIVE: ""})
        self.labels = self.labels | {"": QUALITATIVE}


def short_words(choices) -> dict[str, str]:
    """The labels without 指标, which people leave out as often as not."""
    return {short_of(label): value for value, label in choices.choices}


class GoalSheet(SheetResource):
    sheet_name = "绩效目标"
    key = ("year", "project_code")

    year = Column(
        "年度", "year", YearWidget(), required=True, help="四位数字，例如 2026。", shown="project_year__fiscal_year_id"
    )
    project_code = Column(
        "项目编码", "project_code", CodeWidget(most=21), required=True, help="项目库中的编码，按文本填写。",
        shown="project_year__project__code",
    )
    project_name = Column(
        "项目名称", "project_name", TextWidget(most=180), help="只供核对。", shown="project_year__project__name"
    )
    annual_goal = Column("年度目标", "annual_goal", TextWidget(most=1000), required=True, synonyms=("年度总体目标",),
                         help="今年做什么、做到什么程度。")
    overall_goal = Column("总体目标", "overall_goal", TextWidget(most=1000), synonyms=("总体（中长期）目标", "中长期目标"),
                          help="跨年度项目填写。")


class IndicatorSheet(SheetResource):
    sheet_name = "绩效指标"
    key = ("year", "project_code", "level2", "name")

    year = Column("年度", "year", YearWidget(), required=True, shown="declaration__project_year__fiscal_year_id")
    project_code = Column(
        "项目编码", "project_code", CodeWidget(most=21), required=True, shown="declaration__project_year__project__code"
    )
    project_name = Column(
        "项目名称", "project_name", TextWidget(most=180), help="只供核对。", shown="declaration__project_year__project__name"
    )
    level1 = Column("一级指标", "level1", ChoiceWidget(Level1, synonyms=short_words(Level1)), required=True)
    level2 = Column("二级指标", "level2", ChoiceWidget(Level2, synonyms=short_words(Level2)), required=True)
    name = Column("三级指标", "name", TextWidget(most=120), required=True, synonyms=("指标名称",), help="具体到一项内容。")
    value_type = Column("指标值类型", "value_type", ChoiceWidget(ValueType), required=True)
    operator = Column("指标性质", "operator", OperatorWidget(), synonyms=("性质",), help="≥、>、=、≤、< 或 定性。")
    value = Column(
        "指标值", "value", TextWidget(most=200), required=True, help="定量填数字，定性填预期达到的状态。",
        shown=lambda each: each.target_text if each.is_qualitative else each.number_shown,
    )
    unit_of_measure = Column("计量单位", "unit_of_measure", TextWidget(most=20), synonyms=("单位",), help="定量指标必填。")
    weight = Column("权重", "weight", NumberWidget(places=2), required=True, synonyms=("分值",), help="分值，各类合计按规则集。")
    explanation = Column("指标解释", "explanation", TextWidget(most=500))
    scoring_standard = Column(
        "评(扣)分标准", "scoring_standard", TextWidget(most=500), synonyms=("评（扣）分标准", "评分标准")
    )
    source = Column("指标来源", "source", TextWidget(most=40), synonyms=("指标值来源", "来源"))


@register_import
class TargetImport(WorkbookImport):
    """Units fill in their own drafts; the performance section takes in a file where nothing was filled in yet."""

    kind = "targets"
    title = "绩效目标"
    sheets: ClassVar[Sequence[type[SheetResource]]] = (GoalSheet, IndicatorSheet)

    @classmethod
    def allowed(cls, user) -> bool:
        return user.holds(Role.UNIT_OPERATOR) or user.holds(Role.FISCAL_PERFORMANCE)

    def compare(self, plan: Plan) -> None:
        keys = {GoalSheet.key_of(row) for row in self.rows[GoalSheet]}
        years = self._years(keys)
        present = self._present(years.values())
        contents = self._contents(plan, keys)
        self.openings: list[Opening] = []
        self.fillings: list[Filling] = []
        for row in self.rows[GoalSheet]:
            year = years.get(GoalSheet.key_of(row))
            if year is None:
                plan.errors.append(row.error(
                    GoalSheet.column("project_code"),
                    f"项目编码“{row['project_code']}”在 {row['year']} 年度没有立项，或不在您的权限范围内，请核对编码和年度。",
                ))
                continue
            texts = {"annual_goal": row["annual_goal"], "overall_goal": row["overall_goal"]}
            wanted = Opening(year, texts, contents.get(GoalSheet.key_of(row), []))
            self._weigh(plan, row, wanted, present.get(year.pk))

    def _years(self, keys: Iterable[Key]) -> dict[Key, ProjectYear]:
        """The project-years the person may see, by fiscal year and project code; they share what they refer to."""
        codes, numbers = sorted({code for _, code in keys}), {year for year, _ in keys}
        visible = ProjectYear.objects.visible_to(self.by).filter(fiscal_year__in=numbers)
        rows = [
            row for some in portions(codes)
            for row in visible.filter(project__code__in=some).select_related("project")
        ]
        models.prefetch_related_objects(rows, *SHARED)
        return {(row.fiscal_year_id, row.project.code): row for row in rows}

    def _present(self, years: Iterable[ProjectYear]) -> dict[int, Present]:
        """The newest declaration of each project-year, by the number of the project-year."""
        by_number = {year.pk: year for year in years}
        newest: dict[int, TargetDeclaration] = {}
        for some in portions(list(by_number)):
            for row in TargetDeclaration.objects.filter(project_year__in=some).order_by("version"):
                row.project_year = by_number[row.project_year_id]
                newest[row.project_year_id] = row
        lines = contents_by_position(Indicator, [row.pk for row in newest.values()])
        return {
            year: Present(row, [content for _, content in lines[row.pk].values()]) for year, row in newest.items()
        }

    def _contents(self, plan: Plan, keys: set[Key]) -> dict[Key, list[dict[str, Any]]]:
        """The indicators of each declaration in the order of the sheet."""
        found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
        for row in self.rows[IndicatorSheet]:
            key = (row["year"], row["project_code"])
            if key not in keys:
                plan.errors.append(row.error(
                    IndicatorSheet.column("project_code"),
                    f"项目编码“{row['project_code']}”{row['year']} 年度在“绩效目标”表中没有对应的行，请补上或删去本行。",
                ))
                continue
            found[key].append(self._content(plan, row))
        return found

    def _content(self, plan: Plan, row: Row) -> dict[str, Any]:
        values = row.values
        qualitative = values["value_type"] == ValueType.QUALITATIVE
        if LEVEL1_OF[values["level2"]] != values["level1"]:
            plan.errors.append(row.error(
                IndicatorSheet.column("level2"),
                f"二级指标“{Level2(row['level2']).label}”不属于“{Level1(row['level1']).label}”，请核对。",
            ))
        number = None if qualitative else self._number(plan, row)
        if not qualitative and not values["operator"]:
            plan.errors.append(row.error(
                IndicatorSheet.column("operator"), f"定量指标“{row['name']}”没有指标性质，请填 ≥、>、=、≤ 或 <。"
            ))
        if not 0 <= values["weight"] <= 100:
            plan.errors.append(row.error(
                IndicatorSheet.column("weight"), f"指标“{row['name']}”的权重 {plain(row['weight'])} 应在 0 到 100 之间，请改正。"
            ))
        return {name: values[name] for name in TAKEN_OVER} | {
            "operator": "" if qualitative else values["operator"], "target_value": number,
            "target_text": values["value"] if qualitative else "", "weight": values["weight"].quantize(WEIGHT_PLACES),
        }

    def _number(self, plan: Plan, row: Row) -> Decimal | None:
        try:
            return number_written(row.values["value"])
        except ValueError as error:
            plan.errors.append(row.error(IndicatorSheet.column("value"), f"指标“{row['name']}”的指标值{error}"))
            return None

    def _weigh(self, plan: Plan, row: Row, wanted: Opening, present: Present | None) -> None:
        """Whether the row changes anything, and whether it may."""
        label = f"{row['year']} {row['project_code']} {wanted.year.project.name}"
        details = _differences(present, wanted)
        if present is not None and not details:
            plan.changes.append(Change("same", label, []))
            return
        declaration = present and present.declaration
        reason = self._objection(wanted.year, declaration)
        if reason:
            plan.errors.append(row.error(GoalSheet.column("project_code"), reason))
            return
        plan.changes.append(Change("change" if declaration else "create", label, details))
        if declaration:
            self.fillings.append(
                Filling(declaration, wanted.texts, wanted.indicators, seen=declaration.revision)
            )
        else:
            self.openings.append(wanted)

    def _objection(self, year: ProjectYear, present: TargetDeclaration | None) -> str:
        own = self._is_own(year)
        if not own and not self.by.holds(Role.FISCAL_PERFORMANCE):
            return f"您没有填报{year.title()}绩效目标的权限，请由{year.project.unit.name}经办人导入。"
        if present is not None and present.state not in EDITABLE:
            return f"{present.title()}目前是“{present.state_label}”，不能用文件覆盖；如需修改请先退回。"
        if present is not None and not own:
            return f"{present.title()}已由单位填报，请由{year.project.unit.name}经办人修改。"
        if present is None and year.stage not in FILING:
            return f"{year.title()}目前是“{year.state_label}”，不在绩效目标填报环节，请核对年度和环节。"
        if present is None and year.stage == "drafting" and not own:
            return f"{year.title()}还没有启动申报，请{year.project.unit.name}经办人先启动，再导入绩效目标。"
        return ""

    def commit(self, *, at: datetime) -> dict[str, int]:
        act = {"by": self.by, "at": at}
        own = [opening for opening in self.openings if self._is_own(opening.year)]
        perform_many([opening.year for opening in own if opening.year.stage == "drafting"], "start_filing", **act)
        create_declarations(own, author=self.by, **act)
        others = [opening for opening in self.openings if not self._is_own(opening.year)]
        create_declarations(others, author=None, **act)
        save_declarations(self.fillings, **act)
        lines = sum(len(each.indicators) for each in (*self.openings, *self.fillings))
        return {"created": len(self.openings), "changed": len(self.fillings), "indicators": lines}

    def _is_own(self, year: ProjectYear) -> bool:
        return self.by.holds(Role.UNIT_OPERATOR, year.project.unit_id)


def _differences(present: Present | None, wanted: Opening) -> list[dict[str, str]]:
    """What would change, in words; empty when the declaration says the same already."""
    found = []
    for name, text in wanted.texts.items():
        old = getattr(present.declaration, name) if present else ""
        if text != old:
            label = TargetDeclaration._meta.get_field(name).verbose_name
            found.append({"label": label, "old": old, "new": text})
    lines = present.indicators if present else []
    if lines != wanted.indicators:
        found.append({
            "label": "绩效指标", "old": f"{len(lines)} 条" if present else "", "new": f"{len(wanted.indicators)} 条",
        })
    return found
