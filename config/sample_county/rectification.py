"""Feedback letters, what the units did about every problem, and the archives of finished evaluations."""

from datetime import date
from typing import Any

from django.utils import timezone

from config.sample_county.county import County
from config.sample_county.evaluations import Task
from config.sample_county.story import Ladder, Line
from core.transitions import perform
from evaluation.models import Rectification
from evaluation.services import fill_rectification, verify_item

LETTER = Ladder(
    rungs=("issued", "acknowledged", "plan_submitted", "rectifying", "verifying", "closed"),
    detours={"returned": "plan_submitted"},
)
DEMANDS = "收到本意见书 30 日内报送整改方案，60 日内完成整改并报送结果。"
STEPS = ("acknowledge", "plan", "agree", "result", "close")
EARLY = dict(zip(STEPS, ("2026-07-22", "2026-08-05", "2026-08-12", "2026-09-16", "2026-09-22"), strict=True))
SHORT = dict(zip(STEPS, ("2026-09-14", "2026-09-18", "2026-09-22", "2026-10-12", "2026-10-15"), strict=True))
LATE = dict(zip(STEPS, ("2026-09-28", "2026-10-16", "2026-10-23", "2026-11-16", "2026-11-19"), strict=True))
REEVALUATION_LETTER = {
    "反馈意见书文号": "安财绩函〔2026〕32号", "反馈日期": "2026-09-10", "整改状态": "已销号", "完成期限": "2026-10-16",
    "整改措施": "按再评价意见补充抽样和测算，结果报绩效股备案。", "完成情况": "已完成，佐证资料已上传。",
}


def rectify(county: County, tasks: list[Task]) -> None:
    """Feed back every evaluation that the story has fed back or archived, and follow each letter to its state."""
    told: dict[tuple[str, str], list[Line]] = {}
    for line in county.story.of("整改"):
        told.setdefault((line["项目编码"], line["评价类型"]), []).append(line)
    fed_back = [task for task in tasks if task.reaches("fed_back")]
    letters = {task: told.get((task.case.code, task.line["评价类型"])) or _unwritten(task) for task in fed_back}
    for task, lines in sorted(letters.items(), key=lambda pair: pair[1][0]["反馈日期"]):
        day = lines[0]["反馈日期"]
        task.take("feed_back", by=task.client, day=day, data={"letter_no": lines[0]["反馈意见书文号"], "demands": DEMANDS})
        _follow(county, task, lines, _days(day))
        if task.reaches("archived"):
            task.take("archive", by=task.lead, day="2026-10-16")


def _days(letter_day: str) -> dict[str, str]:
    if letter_day < "2026-08-01":
        return EARLY
    return SHORT if letter_day < "2026-09-14" else LATE


def _unwritten(task: Task) -> list[Line]:
    """The re-evaluation has problems but no letter in the story; it was answered like any other."""
    login = task.county.unit_leader(task.case).username
    return [
        REEVALUATION_LETTER | {"问题序号": str(number), "问题": problem, "责任人登录名": login}
        for number, problem in enumerate(task.problems, start=1)
    ]


def _follow(county: County, task: Task, lines: list[Line], days: dict[str, str]) -> None:
    case, state = task.case, county.story.state("整改", lines[0]["整改状态"])
    leader, reviewer = county.unit_leader(case), county.performance()
    letter = Rectification.objects.get(evaluation=task.row)

    def take(step: str, *, by, day: str, reason: str = "") -> None:
        nonlocal letter
        letter = perform(letter, step, by=by, at=task.moment(day), reason=reason)

    if LETTER.reaches(state, "acknowledged"):
        take("acknowledge", by=leader, day=days["acknowledge"])
    if LETTER.reaches(state, "plan_submitted"):
        letter = _write(letter, _measures(county, lines), by=leader, at=task.moment(days["plan"]))
        take("submit_plan", by=leader, day=days["plan"])
    if state == "returned":
        take("return_plan", by=reviewer, day=days["agree"], reason="整改措施没有写明责任分工和验收标准，请逐条补充后重新报送。")
    if LETTER.reaches(state, "rectifying"):
        take("approve_plan", by=reviewer, day=days["agree"])
        at = task.moment(days["result"])
        letter = _write(letter, _results(lines, timezone.localdate(at)), by=leader, at=at)
    if LETTER.reaches(state, "verifying"):
        take("submit_result", by=leader, day=days["result"])
    if LETTER.reaches(state, "closed"):
        for item in letter.item_list():
            verify_item(item, verified=True, note="佐证资料齐全，同意销号。", by=reviewer, at=task.moment(days["close"]))
        take("close", by=reviewer, day=days["close"])


def _write(letter: Rectification, rows: list[dict[str, Any]], *, by, at) -> Rectification:
    """``rows`` stand in the order of the letter's problems."""
    items = letter.item_list()
    return fill_rectification(
        letter, rows={item.pk: row for item, row in zip(items, rows, strict=True)}, by=by, at=at
    )


def _measures(county: County, lines: list[Line]) -> list[dict[str, Any]]:
    return [
        {"measure": line["整改措施"], "person": county.people[line["责任人登录名"]].name,
         "due_on": date.fromisoformat(line["完成期限"])}
        for line in lines
    ]


def _results(lines: list[Line], done_on: date) -> list[dict[str, Any]]:
    """A problem that is still being worked on has a word on it, but no day on which it was done."""
    return [
        {"result": line["完成情况"], "done_on": done_on if line["完成情况"].startswith("已完成") else None}
        for line in lines
    ]
