"""结果应用: publishing what counts, handing it down to next year's money, and keeping the record of disclosure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from budgets.models import ProjectYear
from budgets.services import record_allocation_basis
from core import records
from core.access import Role
from core.batches import Batch, each
from core.errors import refuse_any
from core.grades import grade_of
from core.rulebook.terms import EvaluationKind as ResultKind
from core.transitions import lock, perform
from evaluation import queries, rules
from evaluation.models import Disclosure, Evaluation, EvaluationKind, Result, SelfEvaluation

LINKED_KIND = {
    EvaluationKind.DEPARTMENT: ResultKind.DEPARTMENT,
    EvaluationKind.FISCAL: ResultKind.FISCAL,
    EvaluationKind.REEVALUATION: ResultKind.FISCAL,
}


@transaction.atomic
def publish_result(project_year: ProjectYear, *, document_no: str, by, at: datetime) -> Result:
    """Publish the result that counts: the evaluation's score and grade before those of the self-evaluation.

    Makes the disclosures that fall due, hands the result down as the basis of next year's allocation and moves the
    project-year to 已应用.
    Raises ``PermissionDenied`` for others than the performance section, ``RuleViolation`` with everything missing.
    """
    _refuse_strangers(by)
    project_year = lock(project_year)
    sheet = queries.self_evaluation_of(project_year)
    refuse_any(rules.may_publish(
        project_year, self_evaluation=sheet, unfinished=queries.unfinished_evaluations(project_year),
        published=Result.objects.filter(project_year=project_year).exists(), document_no=document_no,
    ))
    evaluation = queries.graded_evaluation(project_year)
    result = records.create(
        _result(project_year, sheet, evaluation, document_no=document_no.strip(), by=by, at=at),
        by=by, at=at, label="发布结果",
    )
    _open_disclosures(result, by=by, at=at)
    record_basis(result, by=by, at=at)
    perform(
        project_year, "apply_result", by=by, at=at, cause=evaluation or sheet,
        data={"score": result.score, "grade": result.grade},
    )
    return result


def publish_ready(
    project_years: Iterable[ProjectYear], *, document_no: str, by, at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Batch:
    """Publish each in a transaction of its own; one that is refused is named and does not hold up the rest."""
    _refuse_strangers(by)
    return each(
        list(project_years), lambda year: publish_result(year, document_no=document_no, by=by, at=at),
        progress=progress,
    )


def record_basis(result: Result, *, by, at: datetime, reason: str = "") -> None:
    """Hand a result down to next year's money; a correction is a new row with its reason."""
    year = result.project_year
    kind = LINKED_KIND[EvaluationKind(result.evaluation.kind)] if result.evaluation else ResultKind.SELF
    record_allocation_basis(
        year, evaluation=kind.value, score=result.score, grade=result.grade,
        poor_years=queries.poor_years(year, grade=result.grade),
        rectification=queries.rectification_standing(year, today=timezone.localdate(at)).value,
        carryover_yuan=year.budget_yuan - year.spent_yuan, lamps=queries.lamp_history(year), source=result.source,
        by=by, at=at, reason=reason,
    )


@transaction.atomic
def record_disclosure(
    disclosure: Disclosure, *, published_on: date | None, channel: str, address: str, nonpublic_reason: str, by,
    at: datetime,
) -> Disclosure:
    """Note where and when something was made public, or on what ground it is kept back."""
    if not rules.may_record_disclosure(disclosure, by):
        raise PermissionDenied(f"您没有登记{disclosure.title()}的权限，请由主管部门绩效岗或财政绩效股办理。")
    refuse_any(rules.disclosure_is_sound(
        disclosure, published_on=published_on, channel=channel, nonpublic_reason=nonpublic_reason,
        today=timezone.localdate(at),
    ))
    return records.change(disclosure, by=by, at=at, label="登记公开", changes={
        "published_on": published_on, "channel": channel.strip(), "address": address.strip(),
        "nonpublic_reason": nonpublic_reason.strip(),
    })


@transaction.atomic
def record_disclosures(disclosures: Sequence[Disclosure], **entry: Any) -> None:
    """The same place and day, or the same ground, for all of them or for none. Arguments as ``record_disclosure``."""
    for disclosure in disclosures:
        record_disclosure(disclosure, **entry)


def _refuse_strangers(by) -> None:
    if not by.holds(Role.FISCAL_PERFORMANCE):
        raise PermissionDenied("您没有发布评价结果的权限，请由财政绩效股办理。")


def _result(
    project_year: ProjectYear, sheet: SelfEvaluation, evaluation: Evaluation | None, *, document_no: str, by,
    at: datetime,
) -> Result:
    if evaluation is None:
        score = sheet.final_score
        grade, source = grade_of(score, project_year.rulebook().grades), _source_of(sheet)
    else:
        score, grade = evaluation.score, evaluation.grade
        source = f"{evaluation.get_kind_display()}（{evaluation.notice_no}）"
    return Result(
        project_year=project_year, self_evaluation=sheet, evaluation=evaluation, score=score, grade=grade,
        source=source, document_no=document_no, published_by=by, published_at=at,
    )


def _source_of(sheet: SelfEvaluation) -> str:
    if sheet.recheck_score is not None:
        return "单位自评（财政复核得分）"
    return "单位自评（部门评分）" if sheet.department_score is not None else "单位自评"


def _open_disclosures(result: Result, *, by, at: datetime) -> None:
    kinds = [Disclosure.Kind.SELF_EVALUATION] + ([Disclosure.Kind.EVALUATION] if result.evaluation else [])
    days = result.project_year.rulebook().deadlines.disclosure
    for kind in kinds:
        records.create(
            Disclosure(
                project_year=result.project_year, kind=kind, due_on=timezone.localdate(at) + timedelta(days=days)
            ),
            by=by, at=at, label="列入公开",
        )
