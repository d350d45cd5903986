"""The panel of an ex-ante assessment: who may sit on it, what one sheet must hold, what the sheets come to together."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.access import INSTITUTION_ROLES, Role
from core.errors import Reason
from core.money import half_up

PANEL_ROLES = (Role.EXPERT, *sorted(INSTITUTION_ROLES))


@dataclass(frozen=True)
class Spread:
    """What several people gave to one thing: points, the average to two places."""

    average: Decimal
    highest: Decimal
    lowest: Decimal

    @property
    def difference(self) -> Decimal:
        return self.highest - self.lowest


def spread_of(scores: Sequence[Decimal]) -> Spread:
    """``scores`` must not be empty."""
    return Spread(half_up(sum(scores, Decimal(0)) / len(scores)), max(scores), min(scores))


def panel_score(marks: Collection[Mapping[str, Decimal]]) -> Decimal:
    """The sum of the items' averages, each rounded to two places, so that the printed column adds up.

    ``marks`` is item to points, one mapping a person; house decision, 2026-11.
    """
    items = next(iter(marks))
    return sum((spread_of([each[item] for each in marks]).average for item in items), Decimal("0.00"))


def is_wide(spread: Spread, limit: Decimal) -> bool:
    return spread.difference > limit


def reviewers_are_enough(assessment, data: Mapping[str, Any]) -> Iterator[Reason]:
    least, named = assessment.rulebook().ex_ante.least_reviewers, len(data.get("reviewers") or ())
    if named < least:
        yield Reason(
            "too_few_reviewers",
            f"{assessment.title()}只指定了 {named} 名专家，评估专家不少于 {least} 名，请再指定 {least - named} 名。",
        )


def reviewers_are_named(assessment, data: Mapping[str, Any]) -> Iterator[Reason]:
    if not data.get("reviewers"):
        yield Reason("no_reviewers", f"{assessment.title()}没有选择要增补的专家，请至少选择一名后再提交。")


def reviewers_are_eligible(assessment, data: Mapping[str, Any]) -> Iterator[Reason]:
    """SEP-1, SEP-4 (domain rules §1.3): nobody from the applying unit or its department, nobody who filed it."""
    project, seated = assessment.project_year.project, assessment.seated_ids()
    for person in data.get("reviewers") or ():
        held = person.held_roles
        if not any(role in PANEL_ROLES for role, _ in held):
            yield Reason("not_an_expert", f"{person}不是评审专家或第三方机构人员，不能参加{assessment.title()}，请另选专家。")
        if person.pk in assessment.author_ids:
            yield Reason("SEP-1", f"{assessment.title()}由{person}填报或报送，按审核分离要求请另选专家。")
        if {where for _, where in held} & {project.unit_id, project.department_id}:
            yield Reason(
                "SEP-4", f"{person}在{project.unit}或{project.department}任职，不能评估本单位（部门）的项目，请另选专家。"
            )
        if person.pk in seated:
            yield Reason("seated_before", f"{person}已在{assessment.title()}的专家名单中或已经回避，请另选专家。")


def panel_still_scores(assessment) -> Iterator[Reason]:
    if assessment.opened_at is not None:
        yield Reason("scores_open", f"{assessment.title()}的专家评分已经公开，不能再增补专家或打开会议，请出具结论。")


def enough_have_scored(assessment) -> Iterator[Reason]:
    least, submitted = assessment.rulebook().ex_ante.least_reviewers, assessment.submitted_count()
    if submitted < least:
        yield Reason(
            "too_few_scores",
            f"{assessment.title()}只有 {submitted} 名专家提交了评分，不少于 {least} 名才能开会，请催促专家或增补专家。",
        )


def review_is_open(review) -> Iterator[Reason]:
    assessment = review.assessment
    if assessment.state != "assessing" or assessment.opened_at is not None:
        yield Reason("scoring_closed", f"{assessment.title()}的评分已经截止，{review.title()}不能再改动，请联系组织评估的主管部门。")


def review_may_be_voided(review) -> Iterator[Reason]:
    """SEP-6: an interest found later voids the score as long as there is no conclusion."""
    if review.assessment.state != "assessing":
        yield Reason("concluded_before", f"{review.assessment.title()}已出具结论，不能再移出专家；确有利害关系的请先退回评估。")


def items_are_all_graded(review) -> Iterator[Reason]:
    missing = review.ungraded_items()
    if missing:
        shown = "、".join(missing[:5]) + ("等" if len(missing) > 5 else "")
        yield Reason("ex_ante_items", f"{review.title()}还有 {len(missing)} 项没有评等级：{shown}，请补评后再提交。")


def opinion_is_written(review) -> Iterator[Reason]:
    if not review.opinion.strip():
        yield Reason("opinion_missing", f"{review.title()}没有写评审意见，请写明后再提交。")
