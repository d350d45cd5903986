"""农村公路日常养护 in its year of judgement: a self-evaluation worth 96.20 points, an evaluation worth 84.60, a letter."""

from datetime import date
from decimal import Decimal
from typing import Any

from budgets.models import ProjectYear
from core.transitions import available, perform
from evaluation.models import Evaluation, Rectification, SelfEvaluation
from evaluation.services import (
    fill_rectification,
    fill_self_evaluation,
    list_evaluation,
    open_self_evaluation,
    save_plan,
    score_lines,
    sign_conflict_statement,
    upload_report,
    verify_item,
)
from targets.models import Indicator, TargetDeclaration
from tests.factories.cast import NOON, Cast, make_year
from tests.targets.makers import good_lines

PDF = b"%PDF-1.7 report"
TEXTS = {"goal_result": "年度养护任务完成，1 项跨年。", "conclusion": "总体完成较好。"}
ACTUALS = {
    "日常养护平均成本": {"actual_value": Decimal("0.90")},
    "日常养护里程": {"actual_value": Decimal("1144.56"), "reason": "西岭乡路段因暴雨顺延，已于次年二月完工。"},
    "路面技术状况优良中等路率": {"actual_value": Decimal("86.2")},
    "通客车行政村比例": {"actual_value": Decimal("100")},
    "管养长效机制": {"quality": "partly", "reason": "尚有 2 个乡镇未印发细则。"},
    "沿线群众满意度": {"actual_value": Decimal("91.8")},
}
PLAN_LINES = (
    ("decision", "项目立项", "立项依据充分性", "20"), ("process", "资金管理", "资金使用合规性", "20"),
    ("output", "产出数量", "实际完成率", "30"), ("benefit", "项目效益", "实施效益", "20"),
    ("benefit", "项目效益", "满意度", "10"),
)
SCORES = {
    "立项依据充分性": "18.00", "资金使用合规性": "16.84", "实际完成率": "27.06", "实施效益": "13.70", "满意度": "9.00",
}


def make_executing(cast: Cast, *, lines=None, spent: str = "12288000.00", **more: Any) -> ProjectYear:
    """A project-year in execution with its approved targets; 96 % of its 1,280 万元 are spent."""
    year = make_year(
        cast, stage="executing", held_by_document=True, spent_yuan=Decimal(spent),
        execution_rate=Decimal("0.9600"), **more,
    )
    declaration = TargetDeclaration.objects.create(
        project_year=year, annual_goal="日常养护里程不低于 1204.8 公里。", document_no="安财预〔2026〕18号"
    )
    TargetDeclaration.objects.filter(pk=declaration.pk).update(state="approved")
    Indicator.objects.bulk_create(
        Indicator(declaration=declaration, position=position, **content)
        for position, content in enumerate(good_lines() if lines is None else lines, start=1)
    )
    return year


def make_sheet(cast: Cast, year: ProjectYear | None = None) -> SelfEvaluation:
    """Just opened: every actual value is still missing."""
    sheet = open_self_evaluation(year or make_executing(cast), by=cast.zhou_xiaolan, at=NOON)
    return SelfEvaluation.objects.get(pk=sheet.pk)


def rows_of(sheet: SelfEvaluation, **changed: dict[str, Any]) -> dict[int, dict[str, Any]]:
    content = ACTUALS | changed
    return {score.indicator_id: content.get(score.indicator.name, {}) for score in sheet.score_list()}


def fill(sheet: SelfEvaluation, cast: Cast, **changed: dict[str, Any]) -> SelfEvaluation:
    fill_self_evaluation(sheet, texts=TEXTS, rows=rows_of(sheet, **changed), by=cast.li_weiguo, at=NOON)
    return SelfEvaluation.objects.get(pk=sheet.pk)


def walk_sheet(sheet: SelfEvaluation, cast: Cast, until: str = "final") -> SelfEvaluation:
    road = [
        ("submit", cast.li_weiguo, {}), ("pass_unit", cast.wang_jianguo, {}),
        ("score_department", cast.zhang_wen, {"department_score": Decimal("93.50")}),
        ("submit_to_fiscal", cast.zhao_zhiyuan, {}), ("accept", cast.lu_yuan, {}),
    ]
    for step, by, data in road:
        if sheet.state == until:
            break
        if step in {option.name for option in available(sheet, by)}:
            sheet = perform(sheet, step, by=by, at=NOON, data=data)
    return sheet


def make_final(cast: Cast, **more: Any) -> SelfEvaluation:
    return walk_sheet(fill(make_sheet(cast, make_executing(cast, **more)), cast), cast)


def make_listed(cast: Cast, year: ProjectYear | None = None, kind: str = "fiscal") -> Evaluation:
    """On the list of the year; the project-year is being self-evaluated."""
    if year is None:
        year = make_sheet(cast).project_year
    year = ProjectYear.objects.get(pk=year.pk)
    by = cast.zhang_wen if kind == "department" else cast.zhou_xiaolan
    return list_evaluation(year, kind=kind, ground="民生项目，连续安排三年。", by=by, at=NOON)


def assignment(cast: Cast) -> dict[str, Any]:
    return {
        "institution": cast.institution, "lead": cast.he_min, "contract_no": "安财绩合〔2026〕5号",
        "fee_yuan": Decimal("58000.00"), "report_due_on": date(2026, 11, 30),
    }


def plan_of(evaluation: Evaluation, cast: Cast) -> None:
    lines = [
        {"level1": level1, "level2": level2, "name": name, "weight": Decimal(weight), "standard": "按标准评分。"}
        for level1, level2, name, weight in PLAN_LINES
    ]
    save_plan(evaluation, plan_text="抽查 40 条路段、40 笔凭证，问卷 400 份。", lines=lines, by=cast.he_min, at=NOON)


def scores_of(evaluation: Evaluation, **changed: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {
        line.pk: {
            "score": Decimal(SCORES[line.name]), "finding": "查阅资料、现场核实。", "deduction_reason": "抽查发现不足。",
            "problem": "2 笔机械租赁费无台班签认。" if line.name == "资金使用合规性" else "",
        } | changed.get(line.name, {})
        for line in evaluation.line_list()
    }


def score(evaluation: Evaluation, cast: Cast, **changed: dict[str, Any]) -> Evaluation:
    score_lines(evaluation, rows=scores_of(evaluation, **changed), conclusion="总体良好。", by=cast.he_min, at=NOON)
    return Evaluation.objects.get(pk=evaluation.pk)


def walk_evaluation(evaluation: Evaluation, cast: Cast, until: str) -> Evaluation:
    """Through the machine as the right people, doing between the steps what each of them asks for."""
    client = cast.zhang_wen if evaluation.kind == "department" else cast.zhou_xiaolan
    leader = cast.zhao_zhiyuan if evaluation.kind == "department" else cast.sun_zheng
    letter = {"letter_no": "安财绩函〔2026〕3号", "demands": "一个月内报送整改结果。"}
    road = {
        "listed": ("notify", client, "", {"notice_no": "安财绩〔2026〕9号"}),
        "notified": ("assign", client, "", assignment(cast)),
        "assigned": ("submit_plan", cast.he_min, "", {}),
        "plan_reviewing": ("approve_plan", client, "", {}),
        "in_field": ("submit_draft", cast.he_min, "", {}),
        "consulting": ("submit_final", cast.he_min, "", {}),
        "report_reviewing": ("accept", client, "", {"report_quality": Decimal("86.00")}),
        "accepted": ("decide_grade", leader, "同意定为良。", {"grade": "良"}),
        "graded": ("feed_back", client, "", letter),
        "fed_back": ("archive", cast.he_min, "", {}),
    }
    while evaluation.state != until:
        if evaluation.state == "assigned":
            sign_conflict_statement(evaluation, has_conflict=False, statement="", by=cast.he_min, at=NOON)
            plan_of(evaluation, cast)
        elif evaluation.state == "in_field":
            score(evaluation, cast)
            upload_report(evaluation, name="评价报告.pdf", content=PDF, by=cast.he_min, at=NOON)
        step, by, reason, data = road[evaluation.state]
        evaluation = perform(evaluation, step, by=by, at=NOON, reason=reason, data=data)
    return evaluation


def make_evaluation(cast: Cast, until: str = "listed", **more: Any) -> Evaluation:
    return walk_evaluation(make_listed(cast, **more), cast, until)


def make_letter(cast: Cast, until: str = "issued", year: ProjectYear | None = None) -> Rectification:
    """The letter of the evaluation of 84.60 points with its one problem."""
    letter = make_evaluation(cast, "fed_back", year=year).rectification
    return walk_letter(letter, cast, until)


def walk_letter(letter: Rectification, cast: Cast, until: str) -> Rectification:
    road = {
        "issued": ("acknowledge", cast.wang_jianguo), "acknowledged": ("submit_plan", cast.wang_jianguo),
        "plan_submitted": ("approve_plan", cast.zhou_xiaolan), "rectifying": ("submit_result", cast.wang_jianguo),
        "verifying": ("close", cast.zhou_xiaolan),
    }
    while letter.state != until:
        if letter.state == "acknowledged":
            plan_letter(letter, cast)
        elif letter.state == "rectifying":
            report_letter(letter, cast)
        elif letter.state == "verifying":
            for item in letter.item_list():
                verify_item(item, verified=True, note="", by=cast.zhou_xiaolan, at=NOON)
        step, by = road[letter.state]
        letter = perform(letter, step, by=by, at=NOON)
    return letter


def plan_letter(letter: Rectification, cast: Cast) -> None:
    rows = {
        item.pk: {"measure": "补签台班单，建立签认台账。", "person": "李卫国", "due_on": date(2026, 10, 15)}
        for item in letter.item_list()
    }
    fill_rectification(letter, rows=rows, by=cast.li_weiguo, at=NOON)


def report_letter(letter: Rectification, cast: Cast) -> None:
    rows = {
        item.pk: {"result": "台班单已补签，台账已启用。", "done_on": date(2026, 9, 16)} for item in letter.item_list()
    }
    fill_rectification(letter, rows=rows, by=cast.li_weiguo, at=NOON)
