"""Ex-ante assessments: the application with its documents, the panel's scores, the conclusion, finance's review."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import product

from budgets.models import REPORT_KIND, ExAnteAssessment, FundSource, ProjectYear
from budgets.services import fill_ex_ante, save_review, set_request
from config.sample_county.county import County, Records
from config.sample_county.story import Case, Ladder, Line
from core import attachments
from core.models import User
from core.money import from_wan, half_up, wan_text
from core.transitions import perform

EX_ANTE = Ladder(
    rungs=("draft", "dept_reviewing", "assessing", "concluded", "fiscal_reviewing", "passed"),
    detours={"returned": "dept_reviewing", "failed": "concluded"},
)
PANEL = ("duwentao", "shenyumei", "yinjie")
ITEM_POINTS = Decimal(5)


def assess_new_projects(county: County, year: int) -> None:
    """From the application, larger than what was granted in some cases, to where the story leaves each assessment."""
    cases = [case for case in county.story.cases_of(year) if case.ex_ante]
    lines = {key: rows[0] for key, rows in county.story.by_project("事前评估").items()}
    days = _days(year)
    granted = {case: _request_of(county.years[case.key]) for case in cases}
    assessments: Records = {}
    for place, case in enumerate(cases):
        assessments[case] = _apply(county, case, lines[case.key], at=county.moment(days["apply"], place))

    def reaching(rung: str) -> list[Case]:
        return [case for case in cases if EX_ANTE.reaches(case.ex_ante, rung)]

    county.take(assessments, "submit", day=days["submit"], by=county.unit_leader, cases=reaching("dept_reviewing"))
    county.take(
        assessments, "send_back", day=days["convene"], by=county.department_reviewer, reason=lambda case: case.opinion,
        cases=[case for case in cases if case.ex_ante == "returned"],
    )
    county.take(
        assessments, "convene", day=days["convene"], by=county.department_reviewer, cases=reaching("assessing"),
        data=lambda case: {"reviewers": _panel(county)},
    )
    _begin_scoring(county, assessments, [case for case in cases if case.ex_ante == "assessing"], day=days["score"])
    _score(county, assessments, reaching("concluded"), lines, day=days["score"])
    _conclude(county, assessments, reaching("concluded"), lines, day=days["conclude"])
    county.take(
        assessments, "drop", day=days["decide"], by=county.department_reviewer, reason=lambda case: case.opinion,
        cases=[case for case in cases if case.ex_ante == "failed"],
    )
    county.take(
        assessments, "submit_to_fiscal", day=days["decide"], by=county.department_leader,
        cases=reaching("fiscal_reviewing"),
    )
    passed = reaching("passed")
    county.take(
        assessments, "review_first", day=days["review"], by=county.section_reviewer, cases=passed,
        reason=lambda case: "评估程序规范，结论与测算依据一致，同意入库。",
    )
    county.take(
        assessments, "approve", day=days["approve"], by=county.performance, cases=passed,
        reason=lambda case: "同意入库，申报金额不超过建议安排金额。",
    )
    for place, case in enumerate(passed):
        set_request(
            county.years[case.key], amounts=granted[case], by=county.operator(case),
            at=county.moment(days["request"], place),
        )


def _days(year: int) -> dict[str, str]:
    days = {
        "apply": "09-14", "submit": "09-16", "convene": "09-21", "score": "09-28", "conclude": "10-09",
        "decide": "10-12",
        "review": "10-14", "approve": "10-16", "request": "10-19",
    }
    return {name: f"{year - 1}-{day}" for name, day in days.items()}


def _request_of(year: ProjectYear) -> dict[str, Decimal]:
    return dict(year.lines.values_list("source", "requested_yuan"))


def _apply(county: County, case: Case, line: Line, *, at) -> ExAnteAssessment:
    """Ask for what the story says was asked for, start the assessment and fill in the application."""
    operator = county.operator(case)
    applied, fiscal = from_wan(line["申请金额(万元)"]), from_wan(line["其中财政资金(万元)"])
    amounts = {FundSource.FISCAL.value: fiscal, FundSource.OTHER.value: applied - fiscal}
    year = set_request(county.years[case.key], amounts=amounts, by=operator, at=at)
    perform(year, "start_ex_ante", by=operator, at=at)
    assessment = ExAnteAssessment.objects.get(project_year=year)
    filled = fill_ex_ante(assessment, changes=_application(county.years[case.key], amounts), by=operator, at=at)
    if EX_ANTE.reaches(case.ex_ante, "dept_reviewing"):
        for name in filled.missing_materials():
            _hand_in(filled, name, by=operator, at=at)
    return filled


def _hand_in(assessment: ExAnteAssessment, name: str, *, by, at) -> None:
    text = f"{assessment.project_year.project.name}\n{name}\n（示例材料，只用于演示）\n"
    attachments.attach(assessment, text.encode(), name=f"{name}.txt", by=by, at=at, kind=name)


def _application(year: ProjectYear, amounts: Mapping[str, Decimal]) -> dict[str, str]:
    project = year.project
    parts = "，".join(
        f"{FundSource(source).label} {wan_text(amount)} 万元" for source, amount in amounts.items() if amount
    )
    return {
        "background": f"{project.name}属于{project.unit.name}职责范围，经集体研究后列入{project.department.name}"
                      f"{year.fiscal_year_id}年度新增项目。",
        "content": f"组织实施{project.name}，项目期 {project.starts_on} 至 {project.ends_on}，负责人{project.owner_name}。",
        "goal_text": f"{year.fiscal_year_id}年度按批准的内容和标准完成{project.name}，预算控制在申请金额以内。",
        "fund_structure": f"申请 {wan_text(sum(amounts.values()))} 万元，其中{parts}。",
        "plan": f"由{project.unit.name}实施，{project.department.name}监督，分前期、实施、验收三个阶段安排。",
        "risks": "主要风险是工期和价格变动，按合同约定控制进度和支付，超出部分由单位自行消化。",
    }


def _panel(county: County) -> list[User]:
    return [county.people[login] for login in PANEL]


def _begin_scoring(county: County, assessments: Records, cases: list[Case], *, day: str) -> None:
    """The first has scored, the second has signed the statement, the third has not answered yet."""
    for place, case in enumerate(cases):
        at = county.moment(day, place)
        grades = {item.name: "良" for dimension in assessments[case].dimensions() for item in dimension.items}
        _give(assessments[case], county.people[PANEL[0]], grades, at=at)
        perform(assessments[case].panel().get(reviewer=county.people[PANEL[1]]), "declare_free",
                by=county.people[PANEL[1]], at=at)


def _score(county: County, assessments: Records, cases: list[Case], lines: Mapping, *, day: str) -> None:
    for place, case in enumerate(cases):
        at, assessment = county.moment(day, place), assessments[case]
        grades = _grades(assessment.rulebook().ex_ante, lines[case.key])
        for reviewer, own in zip(_panel(county), _opinions_around(assessment, grades), strict=True):
            _give(assessment, reviewer, own, at=at)
        assessments[case] = ExAnteAssessment.objects.get(pk=assessment.pk)


def _give(assessment: ExAnteAssessment, reviewer: User, grades: Mapping[str, str], *, at) -> None:
    sheet = perform(assessment.panel().get(reviewer=reviewer), "declare_free", by=reviewer, at=at)
    sheet = save_review(sheet, grades=grades, opinion="已逐项核对申报材料，评分依据见材料清单。", by=reviewer, at=at)
    perform(sheet, "submit", by=reviewer, at=at)


def _opinions_around(assessment: ExAnteAssessment, grades: dict[str, str]) -> list[dict[str, str]]:
    """Three sheets whose averages are ``grades``: where one gives a grade more, another gives one less."""
    firsts = [
        next((item.name for item in dimension.items if grades[item.name] == "良"), None)
        for dimension in assessment.dimensions()
    ]
    contested = [name for name in firsts if name]
    return [grades, grades | dict.fromkeys(contested, "优"), grades | dict.fromkeys(contested, "中")]


def _conclude(county: County, assessments: Records, cases: list[Case], lines: Mapping, *, day: str) -> None:
    labels = {label: value for value, label in ExAnteAssessment.Conclusion.choices}
    for place, case in enumerate(cases):
        line, at, reviewer = lines[case.key], county.moment(day, place), county.department_reviewer(case)
        _hand_in(assessments[case], REPORT_KIND, by=reviewer, at=at)
        suggested = line["建议安排金额(万元)"]
        assessments[case] = perform(assessments[case], "conclude", by=reviewer, at=at, data={
            "conclusion": labels[line["结论"]], "amount_suggested_yuan": from_wan(suggested) if suggested else None,
            "suggestions": line["评估意见"],
            "minutes": f"{day} 召开评审会，{'、'.join(str(person) for person in _panel(county))}参加。{line['评估意见']}",
        })


def _grades(rule, line: Line) -> dict[str, str]:
    """Item grades whose points come to the dimension's marks of the workbook, most of them 良, halves carried on."""
    points = {grade.name: ITEM_POINTS * grade.share for grade in rule.item_grades}
    grades: dict[str, str] = {}
    wanted = reached = Decimal(0)
    for dimension in rule.dimensions:
        wanted += Decimal(line[dimension.name])
        whole = half_up(wanted, 0) - reached
        fitting = (
            names for names in product(points, repeat=len(dimension.items))
            if sum(points[name] for name in names) == whole
        )
        chosen = max(fitting, key=lambda names: names.count("良"))
        grades |= {item.name: name for item, name in zip(dimension.items, chosen, strict=True)}
        reached += whole
    return grades
