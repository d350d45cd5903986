"""What a project-year's page shows of self-evaluation, evaluation, rectification and result."""

from typing import Any

from budgets.models import ProjectYear
from evaluation.models import Disclosure, Evaluation, Rectification, Result, SelfEvaluation
from evaluation.queries.facts import rectification_standing
from evaluation.queries.sheets import score_bars, working_shown


def self_evaluation_panel(year: ProjectYear, user) -> dict[str, Any] | None:
    sheet = SelfEvaluation.objects.visible_to(user).filter(project_year=year).first()
    if sheet is None:
        return None
    return {
        "url": sheet.get_absolute_url(), "state": sheet.state_label, "total": sheet.total, "grade": sheet.grade,
        "working": working_shown(sheet.workings.get("total", {})), "bars": score_bars(sheet),
        "department_score": sheet.department_score, "department_opinion": sheet.department_opinion,
        "recheck_score": sheet.recheck_score, "recheck_opinion": sheet.recheck_opinion,
        "unreliable": sheet.is_unreliable, "goal_result": sheet.goal_result,
    }


def evaluation_panel(year: ProjectYear, user) -> dict[str, Any] | None:
    found = Evaluation.objects.visible_to(user).filter(project_year=year).select_related(
        "institution", "lead", "project_year__project"
    )
    rows = [
        {
            "url": evaluation.get_absolute_url(), "kind": evaluation.get_kind_display(),
            "state": evaluation.state_label,
            "institution": evaluation.institution.name if evaluation.institution else "",
            "lead": str(evaluation.lead) if evaluation.lead else "", "due_on": evaluation.due_on,
            "score": evaluation.score if evaluation.shows_scores_to(user) else None, "grade": evaluation.grade,
        }
        for evaluation in found
    ]
    return {"rows": rows} if rows else None


def rectification_panel(year: ProjectYear, user) -> dict[str, Any] | None:
    letters = Rectification.objects.visible_to(user).filter(project_year=year).prefetch_related("items")
    rows = [
        {
            "url": letter.get_absolute_url(), "letter_no": letter.letter_no, "state": letter.state_label,
            "issued_on": letter.issued_on, "due_on": letter.due_on, "rounds": letter.rounds,
            "items": [
                {"seq": item.seq, "problem": item.problem, "measure": item.measure, "person": item.person,
                 "due_on": item.due_on, "status": item.get_status_display()}
                for item in letter.items.all()
            ],
        }
        for letter in letters
    ]
    return {"letters": rows} if rows else None


def result_panel(year: ProjectYear, user) -> dict[str, Any] | None:
    result = Result.objects.visible_to(user).filter(project_year=year).select_related("published_by").first()
    if result is None:
        return None
    disclosures = Disclosure.objects.visible_to(user).filter(project_year=year)
    return {
        "score": result.score, "grade": result.grade, "source": result.source, "document_no": result.document_no,
        "published_by": str(result.published_by), "published_at": result.published_at,
        "standing": rectification_standing(year, today=result.published_at.date()).label,
        "disclosures": [
            {"kind": row.get_kind_display(), "due_on": row.due_on, "published_on": row.published_on,
             "channel": row.channel, "nonpublic_reason": row.nonpublic_reason, "url": row.get_absolute_url()}
            for row in disclosures
        ],
    }
