"""What a third party does between its assignment and its report: statement, plan, papers, scores, answers, report."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import attachments, audit, bulk, records
from core.errors import refuse_any
from core.models import Attachment
from core.transitions import lock
from evaluation import rules
from evaluation.models import (
    ConflictStatement,
    Evaluation,
    EvaluationLine,
    Objection,
    Verdict,
    WorkingPaper,
)
from evaluation.models.evaluations import LEAD, PAPER_FILE, REPORT_FILE, TEAM

LINE_FIELDS = ("level1", "level2", "name", "weight", "standard")
SCORE_FIELDS = ("finding", "score", "deduction_reason", "problem")


def _refuse_others(permission, evaluation: Evaluation, by, what: str) -> None:
    if not permission(evaluation, by):
        raise PermissionDenied(f"您没有为{evaluation.title()}{what}的权限，请由承担评价的机构办理。")


@transaction.atomic
def sign_conflict_statement(
    evaluation: Evaluation, *, has_conflict: bool, statement: str, by, at: datetime
) -> ConflictStatement:
    """A statement is signed once and stands (SEP-6)."""
    _refuse_others(TEAM, evaluation, by, "签署回避声明")
    has_signed = evaluation.conflict_statements.filter(person=by).exists()
    refuse_any(rules.may_sign_statement(evaluation, has_signed=has_signed))
    return records.create(
        ConflictStatement(
            evaluation=evaluation, person=by, has_conflict=has_conflict, statement=statement, signed_at=at
        ),
        by=by, at=at, label="签署回避声明",
    )


def save_plan(
    evaluation: Evaluation, *, plan_text: str, lines: Sequence[Mapping[str, Any]], by, at: datetime,
    seen: int | None = None,
) -> Evaluation:
    """Save the plan and its whole indicator table, in the given order.

    Shape: each of ``lines`` holds ``LINE_FIELDS``. The weights are judged when the plan is handed in, not here.
    """
    refuse_any(rules.may_edit_plan(evaluation))

    def write_lines(row: Evaluation) -> dict[str, Any]:
        row.lines.all().delete()
        EvaluationLine.objects.bulk_create(
            EvaluationLine(evaluation=row, position=position, **{name: line[name] for name in LINE_FIELDS})
            for position, line in enumerate(lines, start=1)
        )
        return {"lines": len(lines), "weight": str(sum((line["weight"] for line in lines), Decimal("0.00")))}

    return records.save_draft(
        evaluation, by=by, at=at, changes={"plan_text": plan_text}, seen=seen, also=write_lines
    )


def score_lines(
    evaluation: Evaluation, *, rows: Mapping[int, Mapping[str, Any]], conclusion: str, by, at: datetime,
    seen: int | None = None,
) -> Evaluation:
    """Save scores. Shape: ``rows`` line id to any of ``SCORE_FIELDS``."""
    refuse_any(rules.may_score(evaluation))
    lines = evaluation.line_list()
    for line in lines:
        for name, value in rows.get(line.pk, {}).items():
            if name in SCORE_FIELDS:
                setattr(line, name, value)
    refuse_any(reason for line in lines for reason in rules.line_score_is_sound(evaluation, line))

    def write_scores(row: Evaluation) -> dict[str, Any]:
        bulk.update(lines, SCORE_FIELDS)
        return {"scores": audit.plain({line.name: line.score for line in lines})}

    return records.save_draft(
        evaluation, by=by, at=at, changes={"conclusion": conclusion}, seen=seen, also=write_scores
    )


@transaction.atomic
def add_paper(
    line: EvaluationLine, *, number: str, source: str, content: str, by, at: datetime,
    file: tuple[str, bytes] | None = None,
) -> WorkingPaper:
    """A working paper of one indicator; ``file`` is (name, bytes) of the evidence."""
    evaluation = lock(line.evaluation)
    _refuse_others(TEAM, evaluation, by, "添加工作底稿")
    refuse_any(rules.may_add_paper(evaluation))
    kept = attachments.attach(evaluation, file[1], name=file[0], by=by, at=at, kind=PAPER_FILE) if file else None
    return records.create(
        WorkingPaper(
            line=line, number=number, source=source, content=content, collected_by=by, collected_at=at, file=kept
        ),
        by=by, at=at, label="添加工作底稿",
    )


@transaction.atomic
def upload_report(evaluation: Evaluation, *, name: str, content: bytes, by, at: datetime) -> Attachment:
    evaluation = lock(evaluation)
    _refuse_others(LEAD, evaluation, by, "上传评价报告")
    refuse_any(rules.may_score(evaluation))
    return attachments.attach(evaluation, content, name=name, by=by, at=at, kind=REPORT_FILE)


@transaction.atomic
def answer_objection(
    objection: Objection, *, verdict: str, answer: str, by, at: datetime, score: Decimal | None = None
) -> Objection:
    """Answer one opinion of the unit; ``score`` replaces that of the line it is about."""
    evaluation = lock(objection.evaluation)
    _refuse_others(LEAD, evaluation, by, "答复意见")
    objection.evaluation = evaluation
    refuse_any(rules.may_answer(objection, verdict=verdict, answer=answer, score=score))
    if score is not None:
        line = objection.line
        line.score = score
        refuse_any(rules.line_score_is_sound(evaluation, line))
        line.save(update_fields=["score"])
    return records.change(
        objection, by=by, at=at, label="答复意见", changes={"verdict": Verdict(verdict).value, "answer": answer},
        reason="" if score is None else f"“{objection.line}”得分改为 {score} 分。",
    )
