"""What a review, a return and an approval must contain, and which way a corrected declaration goes."""

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from core.errors import Reason
from core.grades import review_band
from core.rulebook.terms import ReviewEffect
from targets.rules.contents import changes_outside
from targets.rules.findings import ZERO

Check = Callable[[Any, Mapping[str, Any]], Iterator[Reason]]
PASSING = (ReviewEffect.PASS, ReviewEffect.PASS_AFTER_EDIT)


def review_is_complete(declaration, data: Mapping[str, Any]) -> Iterator[Reason]:
    """Every item of the review form has points within its limit, and an overall opinion is written."""
    points = data.get("points", {})
    for dimension in declaration.rulebook().review.dimensions:
        for item in dimension.items:
            given = points.get(item.name)
            if given is None:
                yield Reason("item_missing", f"审核项“{item.name}”还没有评分，请评分后再提交。")
            elif not ZERO <= given <= item.points:
                yield Reason("item_range", f"审核项“{item.name}”得 {given} 分，应在 0 到 {item.points} 分之间，请改正。")
    if not str(data.get("opinion", "")).strip():
        yield Reason("no_opinion", f"对{declaration.title()}的总体意见是空的，请填写。")


def points_are_valid(declaration, points: Mapping[str, Decimal | None]) -> bool:
    """Whether every item of the review form has points within its limit."""
    items = [item for dimension in declaration.rulebook().review.dimensions for item in dimension.items]
    return all(points.get(item.name) is not None and ZERO <= points[item.name] <= item.points for item in items)


def graded(declaration, data: Mapping[str, Any]) -> tuple[Decimal, Any] | None:
    """Total and band of a complete review; ``None`` while points are missing or out of range."""
    points = data.get("points", {})
    if not points_are_valid(declaration, points):
        return None
    total = sum(points.values(), ZERO)
    return total, review_band(total, declaration.rulebook())


def grade_allows_passing(declaration, data: Mapping[str, Any]) -> Iterator[Reason]:
    """财预〔2015〕88号 art. 25: 优 and 良 go on, 中 goes back for revision, 差 may not go on."""
    found = graded(declaration, data)
    if found and found[1].effect not in PASSING:
        total, band = found
        yield Reason(
            "grade_too_low",
            f"{declaration.title()}审核得 {total} 分，等级为“{band.name}”，按规定{band.effect.label}，"
            "请改按退回修改或不予通过办理。",
        )


def edits_are_written(declaration, data: Mapping[str, Any]) -> Iterator[Reason]:
    """财预〔2015〕88号 art. 25: 良 goes on once the improvements agreed upon are on record."""
    found = graded(declaration, data)
    if found and found[1].effect is ReviewEffect.PASS_AFTER_EDIT and not str(data.get("edits", "")).strip():
        yield Reason(
            "no_edits",
            f"{declaration.title()}审核得 {found[0]} 分，等级为“{found[1].name}”，须写明需要完善的内容再通过，请填写完善意见。",
        )


def grade_allows_blocking(declaration, data: Mapping[str, Any]) -> Iterator[Reason]:
    """A review scored to the end must come to the grade that shuts out; one without points stands on its opinion."""
    found = graded(declaration, data)
    if found and found[1].effect is not ReviewEffect.BLOCK:
        total, band = found
        yield Reason(
            "grade_too_high",
            f"{declaration.title()}审核得 {total} 分，等级为“{band.name}”，按规定{band.effect.label}，"
            "不予通过只用于最低一级，请核对评分或改按其他方式办理。",
        )


def _where_business_scores(check: Check) -> Check:
    def of_the_first_review(declaration, data: Mapping[str, Any]) -> Iterator[Reason]:
        if declaration.rulebook().review.business_scores:
            yield from check(declaration, data)

    return of_the_first_review


FIRST_REVIEW = tuple(map(_where_business_scores, (review_is_complete, grade_allows_passing, edits_are_written)))


def demands_whole_way(declaration, data: Mapping[str, Any]) -> bool:
    """财预〔2015〕88号 art. 25: a declaration graded 中 is revised and goes through the whole route again."""
    found = graded(declaration, data)
    return found is not None and found[1].effect not in PASSING


def by_another_hand(declaration, signed_by_id: int | None, by) -> Iterator[Reason]:
    """Two hands in the finance bureau (house decision, 2026-11): opinion and pass are two people's."""
    if signed_by_id == by.pk:
        yield Reason(
            "SEP-1", f"{declaration.title()}的业务股室初审意见由您本人签署，按审核分离要求请由绩效股的其他人审核通过。"
        )


def closed_places_kept(
    declaration, places: Collection[str], *, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Reason]:
    """A return opens only what was commented on; one without comments opens everything (house decision, 2026-11)."""
    if not places:
        return
    for name in changes_outside(places, before, after):
        yield Reason(
            "closed_field",
            f"{declaration.title()}的{name}没有批注，本次退回不开放修改，请恢复原内容；确需修改的，请在留言中请退回人补加批注。",
        )


def goes_straight_back(declaration) -> Iterator[Reason]:
    """Why a corrected declaration has to take the whole way instead of going straight to whoever returned it."""
    title = declaration.title()
    if not declaration.returned_from:
        yield Reason("whole_way", f"{title}没有退回人，请按“报送单位负责人审核”办理。")
    elif declaration.revise_whole:
        yield Reason(
            "whole_way", f"{title}审核等级要求重新申报，须重走单位、部门、财政各级审核，请按“报送单位负责人审核”办理。"
        )
    else:
        changed = "、".join(declaration.changed_beyond_comments())
        if changed:
            yield Reason(
                "whole_way",
                f"{title}改动了没有批注的内容（{changed}），原审核意见不再适用，请按“报送单位负责人审核”重走全程。",
            )


def business_section_has_reviewed(declaration) -> Iterator[Reason]:
    if not declaration.business_opinion:
        yield Reason(
            "business_first", f"{declaration.title()}还没有业务股室的初审意见，请业务股室先签署意见，绩效股再审核。"
        )


def document_is_given(declaration, data: Mapping[str, Any]) -> Iterator[Reason]:
    if not str(data.get("document_no", "")).strip():
        yield Reason("no_document", f"批复{declaration.title()}须填写预算批复文号，请填写后再提交。")
