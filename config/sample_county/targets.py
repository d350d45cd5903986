"""Target declarations of the three years, their review and approval, and the adjustments of the year under way."""

from decimal import Decimal

from config.sample_county.budgets import SOURCES
from config.sample_county.county import County, Records
from config.sample_county.story import Case, Ladder
from core.money import from_wan
from core.rulebook import Rulebook
from core.transitions import perform
from targets.models import AdjustmentGround, TargetDeclaration
from targets.rules import stands_against
from targets.services import INDICATOR_FIELDS, content_of, keep_warning, open_adjustment, save_declaration

DECLARATION = Ladder(
    rungs=("draft", "unit_review", "dept_reviewing", "fiscal_reviewing", "ready_for_approval", "approved"),
    detours={"returned": "dept_reviewing", "blocked": "fiscal_reviewing"},
)
APPROVAL_DOCUMENTS = {2025: "安财预〔2025〕6号", 2026: "安财预〔2026〕7号"}
DAYS = ("begin", "import", "submit", "pass_unit", "pass_department", "review_first", "pass_fiscal", "approve")
CALENDAR = {
    2025: (
        "2024-11-25", "2024-11-26", "2024-12-02", "2024-12-04", "2024-12-11", "2024-12-23", "2025-01-08", "2025-02-06",
    ),
    2026: (
        "2025-11-24", "2025-11-25", "2025-12-01", "2025-12-03", "2025-12-10", "2025-12-22", "2026-01-08", "2026-02-06",
    ),
    2027: (
        "2026-10-20", "2026-10-21", "2026-10-26", "2026-10-29", "2026-11-05", "2026-11-11", "2026-11-17", "2027-02-05",
    ),
}
USUAL_REASON = "按上级文件和年度工作计划填报，已与主管部门核对。"
REASONS = {
    "G-15": "按本年度工作计划和人工、材料价格核定，测算依据见附件。",
    "G-20": "上年完成数含追加任务，本年按正常年份的任务量安排。",
    "G-22": "任务内容和任务量与上年相同，目标保持不变。",
    "G-26": "本年任务结构有变化，单位成本按测算表核定。",
    "G-27": "补助标准按省定标准执行，补助对象与其他项目不同。",
}
GROUNDS = {ground.label: ground.value for ground in AdjustmentGround}
ADJUSTMENT = {
    "open": "2026-09-01", "submit": "2026-09-02", "pass_unit": "2026-09-03", "pass_department": "2026-09-07",
    "review_first": "2026-09-10", "pass_fiscal": "2026-09-14", "approve": "2026-09-18",
}


def file_declarations(county: County, year: int) -> None:
    """Start the filing of every project with targets, take in their workbook and take each as far as the story says."""
    days = dict(zip(DAYS, CALENDAR[year], strict=True))
    cases = [case for case in county.story.cases_of(year) if case.declaration]
    for place, case in enumerate(case for case in cases if not case.ex_ante):
        perform(
            county.years[case.key], "start_filing", by=county.operator(case), at=county.moment(days["begin"], place)
        )
    name = f"targets-{year}.xlsx"
    county.take_in("targets", county.workbook(name), name=name, by=county.performance(), day=days["import"])
    declarations = _declarations(county, cases)
    _review(county, declarations, days, states={case: case.declaration for case in cases})
    approved = [case for case in cases if DECLARATION.reaches(case.declaration, "approved")]
    county.take(
        declarations, "approve", day=days["approve"], by=county.budget, cases=approved,
        data=lambda case: {"document_no": APPROVAL_DOCUMENTS[case.year]},
    )
    county.forget_years()


def _declarations(county: County, cases: list[Case]) -> Records:
    rows = TargetDeclaration.objects.filter(version=1, project_year__fiscal_year__in={case.year for case in cases})
    found = {(row.project_year.fiscal_year_id, row.project_year.project.code): row for row in rows.select_related(
        "project_year__project"
    )}
    return {case: found[case.key] for case in cases}


def _review(county: County, declarations: Records, days: dict[str, str], *, states: dict[Case, str]) -> None:
    """From the draft up to waiting for approval, each as far as its state says."""
    def reaching(rung: str) -> list[Case]:
        return [case for case, state in states.items() if DECLARATION.reaches(state, rung)]

    def at_end(state: str) -> list[Case]:
        return [case for case, found in states.items() if found == state]

    filed = reaching("unit_review")
    _explain(county, {case: declarations[case] for case in filed}, day=days["submit"])
    county.take(
        declarations, "submit", day=days["submit"], by=county.operator, cases=filed, waiting=at_end("unit_review")
    )
    county.take(
        declarations, "pass_unit", day=days["pass_unit"], by=county.unit_leader, cases=reaching("dept_reviewing")
    )
    county.take(
        declarations, "send_back", day=days["pass_department"], by=county.department_reviewer, cases=at_end("returned"),
        reason=lambda case: case.opinion, waiting=at_end("returned"),
    )
    county.take(
        declarations, "pass_department", day=days["pass_department"], by=county.department_reviewer,
        cases=reaching("fiscal_reviewing"), data=lambda case: _marks(
            declarations[case].rulebook(), "目标与部门职责、工作计划一致，指标可衡量，同意报送。"
        ),
    )
    at_finance = reaching("ready_for_approval") + at_end("blocked") + at_end("fiscal_reviewing")[::2]
    county.take(
        declarations, "review_first", day=days["review_first"], by=county.section_reviewer, cases=at_finance,
        reason=lambda case: "资金测算与目标任务量基本匹配，请绩效股审核。",
    )
    county.take(
        declarations, "block", day=days["pass_fiscal"], by=county.performance, cases=at_end("blocked"),
        reason=lambda case: case.opinion,
    )
    county.take(
        declarations, "pass_fiscal", day=days["pass_fiscal"], by=county.performance,
        cases=reaching("ready_for_approval"),
        data=lambda case: _marks(declarations[case].rulebook(), "指标完整、可考核，与预算规模相匹配，同意随预算批复。"),
    )


def _explain(county: County, declarations: Records, *, day: str) -> None:
    """The units keep what the quality check asks about, each with the reason that a unit would give."""
    for place, (case, declaration) in enumerate(declarations.items()):
        for found in stands_against(declaration.judged()):
            keep_warning(
                declaration, found.key, reason=REASONS.get(found.code, USUAL_REASON), by=county.operator(case),
                at=county.moment(day, place),
            )


def _marks(book: Rulebook, opinion: str) -> dict[str, object]:
    """Nine tenths and more of the points of every item, the half points lost where an item is worth most."""
    points = {
        item.name: item.points - (Decimal(1) if item.points > 10 else Decimal("0.50"))
        for dimension in book.review.dimensions for item in dimension.items
    }
    return {"points": points, "opinion": opinion}


def adjust_targets(county: County) -> None:
    """Second versions with the values of the story; on approval they replace the first. September is the last month."""
    lines = county.story.by_project("目标调整")
    cases = [case for case in county.story.cases if case.is_adjusted]
    adjusted: Records = {}
    for place, (case, approved) in enumerate(_declarations(county, cases).items()):
        operator, at = county.operator(case), county.moment(ADJUSTMENT["open"], place)
        told = lines[case.key]
        reason = "".join(line["调整原因"] for line in told)
        money = county.story.adjustment_of(case)
        draft = open_adjustment(
            approved, ground=GROUNDS[told[0]["调整事由"]], reason=reason, source=SOURCES[money["资金来源"]],
            amount_yuan=from_wan(money["调整金额(万元)"]), by=operator, at=at,
        )
        values = {line["三级指标"]: Decimal(line["调整后指标值"]) for line in lines[case.key]}
        adjusted[case] = save_declaration(
            draft, by=operator, at=at, changes={}, indicators=_with_values(draft, values)
        )
    _review(county, adjusted, ADJUSTMENT, states=dict.fromkeys(cases, "approved"))
    county.take(
        adjusted, "approve", day=ADJUSTMENT["approve"], by=county.budget,
        data=lambda case: {"document_no": county.story.adjustment_of(case)["文号"]},
    )


def _with_values(draft: TargetDeclaration, values: dict[str, Decimal]) -> list[dict[str, object]]:
    contents = [content_of(indicator) for indicator in draft.indicator_list()]
    return [
        {name: values.get(content["name"], content[name]) if name == "target_value" else content[name]
         for name in INDICATOR_FIELDS}
        for content in contents
    ]
