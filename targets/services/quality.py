"""Following the quality check: a change it offers, or a reason to leave things as they are."""

from datetime import datetime

from django.db import transaction

from core import audit, records
from core.errors import refuse
from core.rulebook.terms import CheckLevel
from targets import rules
from targets.models import KeptWarning, TargetDeclaration
from targets.services.filing import save_declaration
from targets.services.lines import content_of


def _open_finding(
    declaration: TargetDeclaration, key: str, *, by, seen: int | None
) -> tuple[TargetDeclaration, rules.Finding]:
    """The locked draft and what the check says of it now."""
    row = records.open_draft(declaration, by=by, seen=seen)
    found = next((each for each in rules.findings(row.judged()) if each.key == key), None)
    if found is None:
        raise refuse("no_finding", f"{row.title()}的这条检查意见已经不存在，请查看最新的检查结果。")
    return row, found


@transaction.atomic
def mend(
    declaration: TargetDeclaration, key: str, *, by, at: datetime, seen: int | None = None
) -> tuple[TargetDeclaration, rules.Finding]:
    """Make the change that the finding offers and nothing else.

    Raises as ``save_declaration`` does, and ``RuleViolation`` for a finding that is gone or offers no change.
    """
    row, found = _open_finding(declaration, key, by=by, seen=seen)
    if found.mend is None:
        raise refuse("no_mend", f"{found.sentence}这一条没有现成的改法，请在填报页修改。")
    return _made(row, found.mend, found.code, [found.sentence], by=by, at=at), found


@transaction.atomic
def mend_all(
    declaration: TargetDeclaration, code: str, *, by, at: datetime, seen: int | None = None
) -> tuple[TargetDeclaration, int]:
    """Make every change that the check of this number offers, but those that take out rows. Returns how many.

    Raises as ``mend`` does; findings that are kept with a reason stay as they are.
    """
    row = records.open_draft(declaration, by=by, seen=seen)
    subject = row.judged()
    kept = subject.evidence.kept
    found = [
        each for each in rules.findings(subject)
        if each.code == code and rules.joins_others(each) and each.identity not in kept
    ]
    if not found:
        raise refuse("no_finding", f"{row.title()}没有可以一并采用的检查意见，请查看最新的检查结果。")
    change = rules.all_together([each.mend for each in found])
    return _made(row, change, code, [each.sentence for each in found], by=by, at=at), len(found)


def _made(
    row: TargetDeclaration, change: rules.Mend, code: str, sentences: list[str], *, by, at: datetime
) -> TargetDeclaration:
    lines = change.applied([content_of(each) for each in row.indicator_list()])
    saved = save_declaration(
        row, by=by, at=at, changes=change.texts, indicators=lines if change.lines or change.drops else None
    )
    audit.record(
        "targets.targetdeclaration.mend", saved, by=by, at=at, label="采用检查建议",
        after={"code": code, "finding": "".join(sentences), "mend": change.label},
    )
    return saved


@transaction.atomic
def keep_warning(
    declaration: TargetDeclaration, key: str, *, reason: str, by, at: datetime, seen: int | None = None
) -> KeptWarning:
    """Leave a finding as it is, with a reason that reviewers read beside the rule; given again, the new one counts.

    Raises ``PermissionDenied`` for a person who may not fill the declaration in, ``RuleViolation`` for a finding that
    is gone or must be mended, and without a reason.
    """
    row, found = _open_finding(declaration, key, by=by, seen=seen)
    if found.level is CheckLevel.BLOCK:
        raise refuse("must_mend", f"{found.sentence}这一条必须修改，不能保留。")
    if not reason.strip():
        raise refuse("reason_missing", f"保留{row.title()}的检查意见“{found.short}”须写明理由，请填写后再保存。")
    known = row.kept_warnings.filter(
        code=found.code, about=found.about, field=found.field, finding=found.short
    ).first()
    if known:
        return records.change(known, by=by, at=at, changes={"reason": reason.strip(), "by": by, "at": at})
    kept = KeptWarning(
        declaration=row, code=found.code, about=found.about, field=found.field, finding=found.short,
        reason=reason.strip(), by=by, at=at,
    )
    return records.create(kept, by=by, at=at, label="保留检查意见并说明", reason=reason.strip())
