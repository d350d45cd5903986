"""Department and fiscal evaluations of the year that has ended, and the publication of what counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.sample_county.county import County
from config.sample_county.story import Case, Ladder, Line
from core.access import Role
from core.grades import grade_of
from core.models import User
from core.transitions import perform
from evaluation.models import Evaluation, EvaluationKind, EvaluationLine
from evaluation.services import (
    add_paper,
    list_evaluation,
    publish_result,
    save_plan,
    score_lines,
    sign_conflict_statement,
    upload_report,
)

YEAR = 2025
KINDS = {label: value for value, label in EvaluationKind.choices}
EVALUATION = Ladder(rungs=tuple(Evaluation.State.values), detours={})
LEVELS = {"decision": "决策(20分)", "process": "过程(20分)", "output": "产出(30分)", "benefit": "效益(30分)"}
PROBLEM_LINES = ("制度执行有效性", "实际完成率", "实施效益")
LOST_AT_MOST = Decimal("0.60")
CENT = Decimal("0.01")
RESULT_DOCUMENT = "安财绩〔2026〕40号"


@dataclass(frozen=True, kw_only=True)
class Timetable:
    notified: str
    assigned: str
    planned: str
    agreed: str
    scored: str
    drafted: str
    finished: str
    accepted: str
    graded: str
    archived: str


EARLY = Timetable(
    notified="2026-04-10", assigned="2026-04-17", planned="2026-04-28", agreed="2026-05-08", scored="2026-06-12",
    drafted="2026-06-15", finished="2026-06-29", accepted="2026-07-06", graded="2026-07-13", archived="2026-07-31",
)
MIDDLE = Timetable(
    notified="2026-04-10", assigned="2026-04-20", planned="2026-05-06", agreed="2026-05-15", scored="2026-08-07",
    drafted="2026-08-10", finished="2026-08-24", accepted="2026-08-31", graded="2026-09-07", archived="2026-10-16",
)
LATE = Timetable(
    notified="2026-08-18", assigned="2026-09-01", planned="2026-09-15", agreed="2026-09-28", scored="2026-11-09",
    drafted="2026-11-11", finished="2026-11-16", accepted="2026-11-18", graded="2026-11-20", archived="2026-11-20",
)


class Task:
    """One line of the story's evaluations with the row it became."""

    def __init__(self, county: County, place: int, line: Line, case: Case):
        self.county = county
        self.place = place
        self.line = line
        self.case = case
        self.kind = KINDS[line["评价类型"]]
        self.state = county.story.state("绩效评价", line["评价状态"])
        self.row: Evaluation | None = None

    @property
    def client(self) -> User:
        is_own = self.kind == EvaluationKind.DEPARTMENT
        return self.county.department_reviewer(self.case) if is_own else self.county.performance()

    @property
    def client_leader(self) -> User:
        is_own = self.kind == EvaluationKind.DEPARTMENT
        return self.county.department_leader(self.case) if is_own else self.county.holder(Role.FISCAL_LEADER)

    @property
    def firm_code(self) -> str:
        """Where the story names no firm the county's firms are taken in turn: somebody has to do the work."""
        firms = sorted(code for code, row in self.county.organisations.items() if row.kind == "third_party")
        return self.line["第三方机构编码"] or firms[self.place % len(firms)]

    @property
    def lead(self) -> User:
        return self.county.posts[Role.THIRD_PARTY_LEAD, self.county.organisations[self.firm_code].pk]

    @property
    def problems(self) -> list[str]:
        return [self.line[f"主要问题{number}"] for number in (1, 2, 3) if self.line[f"主要问题{number}"]]

    def reaches(self, rung: str) -> bool:
        return EVALUATION.reaches(self.state, rung)

    def moment(self, day: str):
        return self.county.moment(day, self.place)

    def take(self, step: str, *, by: User, day: str, **more) -> None:
        self.row = perform(self.row, step, by=by, at=self.moment(day), **more)


def evaluate(county: County) -> list[Task]:
    """List every evaluation of the story and take each as far as its grade; letters and archives come later."""
    cases = {case.code: case for case in county.story.cases_of(YEAR)}
    tasks = [Task(county, place, line, cases[line["项目编码"]]) for place, line in enumerate(county.story.of("评价"))]
    letters = {(line["项目编码"], line["评价类型"]): line["反馈日期"] for line in county.story.of("整改")}
    for task in tasks:
        _walk(task, _timetable(task, letters.get((task.case.code, task.line["评价类型"]), "")))
    return tasks


def _timetable(task: Task, letter_day: str) -> Timetable:
    if task.kind == EvaluationKind.REEVALUATION:
        return MIDDLE
    if letter_day:
        return EARLY if letter_day < "2026-08-01" else MIDDLE
    return LATE


def _walk(task: Task, when: Timetable) -> None:
    year = task.county.years[task.case.key]
    task.row = list_evaluation(
        year, kind=task.kind, ground="资金规模较大、社会关注度较高，列入年度评价计划。", by=task.client, at=task.moment("2026-04-01")
    )
    if task.reaches("notified"):
        series = "部门绩效通" if task.kind == EvaluationKind.DEPARTMENT else "安财绩通"
        number = f"{series}〔2026〕{task.place + 101}号"
        task.take("notify", by=task.client, day=when.notified, data={"notice_no": number})
    if task.reaches("assigned"):
        task.take("assign", by=task.client, day=when.assigned, data={
            "institution": task.county.organisations[task.firm_code], "lead": task.lead,
            "contract_no": f"AL-PJ-2026-{task.place + 1:03}", "fee_yuan": Decimal("38000.00"),
            "report_due_on": date.fromisoformat(when.drafted),
        })
    if task.reaches("plan_reviewing"):
        _plan(task, when)
    if task.reaches("in_field"):
        task.take("approve_plan", by=task.client, day=when.agreed)
    if task.reaches("consulting"):
        _score(task, when)
        task.take("submit_draft", by=task.lead, day=when.drafted)
    if task.reaches("report_reviewing"):
        task.take("submit_final", by=task.lead, day=when.finished)
    if task.reaches("accepted"):
        task.take("accept", by=task.client, day=when.accepted, data={"report_quality": Decimal("88.00")})
    if task.reaches("graded"):
        grade = grade_of(task.row.score, task.row.rulebook().grades)
        task.take(
            "decide_grade", by=task.client_leader, day=when.graded, data={"grade": grade},
            reason=f"评价得分 {task.row.score} 分，按评价等级标准评定为“{grade}”。",
        )


def _plan(task: Task, when: Timetable) -> None:
    at = task.moment(when.planned)
    sign_conflict_statement(task.row, has_conflict=False, statement="与被评价单位无利害关系。", by=task.lead, at=at)
    lines = [
        {name: getattr(line, name) for name in ("level1", "level2", "name", "weight", "standard")}
        for line in task.row.line_list()
    ]
    text = (
        f"评价{task.case.name}{YEAR}年度资金使用和绩效，采用比较法、因素分析法和公众评判法，"
        "查阅资料、现场抽查与问卷调查相结合，抽查资金比例不低于 60%。"
    )
    task.row = save_plan(task.row, plan_text=text, lines=lines, by=task.lead, at=at)
    task.take("submit_plan", by=task.lead, day=when.planned)


def _score(task: Task, when: Timetable) -> None:
    """Marks by level as in the story, on the lines of the table; problems on the lines they belong to."""
    at, line = task.moment(when.scored), task.line
    lines = task.row.line_list()
    rows = {}
    for level, column in LEVELS.items():
        own = [each for each in lines if each.level1 == level]
        lost = sum((each.weight for each in own), Decimal(0)) - Decimal(line[column])
        rows |= _marks(own, lost)
    problems = dict(zip(PROBLEM_LINES, task.problems, strict=False))
    for each in lines:
        rows[each.pk]["finding"] = problems.get(each.name, "经查阅资料和现场核查，情况属实。")
        rows[each.pk]["problem"] = problems.get(each.name, "")
    task.row = score_lines(
        task.row, rows=rows, conclusion=f"综合得分 {line['评价得分']} 分。建议：{line['建议']}。", by=task.lead, at=at
    )
    for number, each in enumerate(lines if task.reaches("archived") else lines[:3], start=1):
        add_paper(
            each, number=f"DG-{number:02}", source="单位账册、合同、验收资料和现场记录",
            content=f"核对{each.name}的资料，{rows[each.pk]['finding']}", by=task.lead, at=at,
        )
    upload_report(task.row, name=f"{task.case.name}评价报告.txt", content=_report(task, lines, rows), by=task.lead, at=at)


def _marks(lines: Sequence[EvaluationLine], lost: Decimal) -> dict[int, dict[str, object]]:
    """Take what was lost from the heaviest lines first, most of a line at most unless all lines have lost as much."""
    left = lost
    taken = dict.fromkeys((line.pk for line in lines), Decimal("0.00"))
    for share in (LOST_AT_MOST, Decimal(1)):
        for line in sorted(lines, key=lambda each: -each.weight):
            part = min(left, (line.weight * share).quantize(CENT) - taken[line.pk])
            taken[line.pk] += part
            left -= part
    return {
        line.pk: {
            "score": line.weight - taken[line.pk],
            "deduction_reason": f"对照评分标准扣 {taken[line.pk]} 分。" if taken[line.pk] else "",
        }
        for line in lines
    }


def _report(task: Task, lines: Sequence[EvaluationLine], rows: dict[int, dict[str, object]]) -> bytes:
    scores = "\n".join(f"{line.name}：{rows[line.pk]['score']} / {line.weight}" for line in lines)
    problems = "\n".join(f"{number}. {problem}。" for number, problem in enumerate(task.problems, start=1))
    return (
        f"{task.case.name}{YEAR}年度{task.line['评价类型']}报告\n\n一、评分\n{scores}\n\n二、存在问题\n{problems}\n\n"
        f"三、建议\n{task.line['建议']}。\n"
    ).encode()


def publish(county: County) -> None:
    """Publish the results of the projects that the story has applied or closed, then close the files."""
    cases = [case for case in county.story.cases_of(YEAR) if case.stage in ("applied", "closed")]
    for place, case in enumerate(cases):
        publish_result(
            county.years[case.key], document_no=RESULT_DOCUMENT, by=county.performance(),
            at=county.moment("2026-10-19", place),
        )
    years = {case: county.years[case.key] for case in cases if case.stage == "closed"}
    county.take(years, "close", day="2026-10-28", by=county.performance)
    county.forget_years()
