"""What reviewers do beside the steps: comments on places of the form, and passing what needs no remark."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from core import audit, batches, clock
from core.batches import Batch
from core.errors import Reason, refuse, refuse_any
from core.transitions import StepOption, available, lock, perform
from targets import queries, rules
from targets.models import FieldComment, TargetDeclaration

PASSING = ("pass_unit", "pass_department", "review_first", "pass_fiscal")
LONGEST_COMMENT = 500


@transaction.atomic
def comment_on_place(
    declaration: TargetDeclaration, place: str, text: str, *, by, at: datetime
) -> FieldComment:
    """Pin a comment to one place; a return opens the places with unsettled comments for correction.

    Raises ``PermissionDenied`` for anybody but the present reviewers, ``RuleViolation`` for their own declaration, an
    unknown place, an empty or overlong text.
    """
    row = _under_review(declaration, by=by)
    text = text.replace("\x00", "").strip()
    label = rules.places_of(row).get(place)
    if label is None:
        raise refuse("no_place", f"{row.title()}没有您批注的这一处，申报表可能已有改动，请刷新页面后再批注。")
    if not text:
        raise refuse("comment_empty", f"对“{label}”的批注是空的，请写下内容后再保存。")
    if len(text) > LONGEST_COMMENT:
        raise refuse("comment_long", f"批注有 {len(text)} 字，超过 {LONGEST_COMMENT} 字的上限，请删减后再保存。")
    comment = FieldComment.objects.create(
        declaration=row, submission=row.submissions, stage=row.state, place=place, label=label[:200], text=text,
        by=by, at=at,
    )
    audit.record(
        "targets.fieldcomment.add", row, by=by, at=at, label=f"批注：{label}", after={"text": text, "place": place}
    )
    return comment


@transaction.atomic
def settle_comment(comment: FieldComment, *, by, at: datetime) -> None:
    """Mark a comment as dealt with. Raises as ``comment_on_place`` does, and for a comment of another stage."""
    row = _under_review(comment.declaration, by=by)
    if comment.stage != row.state:
        raise refuse(
            "other_stage",
            f"“{comment.label}”的批注是“{comment.get_stage_display()}”环节写的，{row.title()}目前是“{row.state_label}”，"
            "请由该环节的审核人处理。",
        )
    changed = FieldComment.objects.filter(pk=comment.pk, settled_at=None).update(settled_at=at)
    if changed:
        audit.record("targets.fieldcomment.settle", row, by=by, at=at, label=f"批注已落实：{comment.label}")


def _under_review(declaration: TargetDeclaration, *, by) -> TargetDeclaration:
    row = lock(declaration)
    option = next((each for each in available(row, by) if each.name == "send_back"), None)
    if option is None:
        raise PermissionDenied(f"您目前不是{row.title()}的审核人，不能批注。")
    refuse_any(Reason("not_reviewable", sentence) for sentence in option.reasons)
    return row


def pass_as_it_is(declaration: TargetDeclaration, *, by, at: datetime) -> TargetDeclaration:
    """Pass a declaration that needs no remark: full points and the ready opinion of the rule set.

    Raises as ``perform`` does, and ``RuleViolation`` when it is not in this person's hands, when a check finds
    anything, or while a comment is unsettled: such a declaration is to be looked at by itself.
    """
    option = passing_option(declaration, by)
    if option is None:
        raise refuse(
            "not_in_hand", f"{declaration.title()}目前是“{declaration.state_label}”，不在您的审核环节，没有办理。"
        )
    refuse_any(_needs_a_look(declaration))
    review = declaration.rulebook().review
    return perform(
        declaration, option.name, by=by, at=at, reason=review.ready_opinion,
        data={"points": review.full_points, "opinion": review.ready_opinion},
    )


def pass_many(
    rows: models.QuerySet[TargetDeclaration], *, by, progress: Callable[[int, int], None] | None = None
) -> Batch:
    """``pass_as_it_is`` on every one; a refused one holds up none of the others."""
    wanted = rows.order_by("due_on", "pk").prefetch_related("indicators", "project_year__lines")
    return batches.each(
        list(wanted), lambda declaration: pass_as_it_is(declaration, by=by, at=clock.now()), progress=progress
    )


def passing_option(declaration: TargetDeclaration, by) -> StepOption | None:
    """The step by which this person passes the declaration on now; a possible one before one that is refused."""
    options = [option for option in available(declaration, by) if option.name in PASSING]
    return next((option for option in options if option.allowed), options[0] if options else None)


def _needs_a_look(declaration: TargetDeclaration) -> Iterator[Reason]:
    checks = queries.check(declaration)
    found = [*checks.must, *checks.should, *checks.kept]
    if found:
        yield Reason(
            "has_findings",
            f"{declaration.title()}的质量检查有 {len(found)} 处提示（例如：{found[0]['text']}），请单独打开核对后再办理。",
        )
    comments = declaration.commented_places()
    if comments:
        yield Reason("has_comments", f"{declaration.title()}还有 {len(comments)} 处批注没有落实，请单独打开核对后再办理。")
