"""The people of an ex-ante assessment's panel, and an assessment as far along as a test needs it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from budgets.models import REPORT_KIND, ExAnteAssessment, ExAnteReview, ProjectYear
from budgets.services import fill_ex_ante, save_review
from core import attachments
from core.access import Role
from core.models import OrganisationKind, User
from core.transitions import perform
from tests.factories.cast import NOON, Cast, make_project, make_year, person, place

PDF = b"%PDF-1.4 material"
TEXTS = {
    "background": "县道连年水毁", "content": "处治 12 处隐患", "goal_text": "全年完好率达 90%",
    "fund_structure": "县级财政 320 万元", "plan": "3 月招标、10 月完工",
}
CONCLUSION = {
    "conclusion": "support", "amount_suggested_yuan": Decimal("3000000.00"), "minutes": "9 月 16 日在交通运输局开会，一致同意。",
    "spread_note": "", "suggestions": "",
}


@dataclass(frozen=True)
class Panel:
    """杜文涛 and 沈玉梅 are experts of the county, 何敏 and 邱雪 work for the institution 衡信绩效咨询."""

    du_wentao: User
    shen_yumei: User
    he_min: User
    qiu_xue: User

    def three(self) -> list[User]:
        return [self.du_wentao, self.shen_yumei, self.he_min]


def make_panel(cast: Cast) -> Panel:
    experts = place("803", "县绩效专家库", OrganisationKind.OBSERVER)
    return Panel(
        du_wentao=person("duwentao", "杜文涛", (Role.EXPERT, experts)),
        shen_yumei=person("shenyumei", "沈玉梅", (Role.EXPERT, experts)),
        he_min=cast.he_min,
        qiu_xue=person("qiuxue", "邱雪", (Role.THIRD_PARTY_MEMBER, cast.institution)),
    )


def make_new_year(cast: Cast, **more: Any) -> ProjectYear:
    return make_year(cast, project=make_project(cast, attribute="new"), **({"fiscal_yuan": "3200000.00"} | more))


def make_draft(cast: Cast, at: datetime = NOON, **changes: Any) -> ExAnteAssessment:
    """Filled in by 李卫国."""
    year = perform(make_new_year(cast), "start_ex_ante", by=cast.li_weiguo, at=at)
    draft = ExAnteAssessment.objects.get(project_year=year)
    return fill_ex_ante(draft, changes=TEXTS | changes, by=cast.li_weiguo, at=at)


def hand_in(assessment: ExAnteAssessment, by: User, *names: str, at: datetime = NOON) -> None:
    """The named materials, or all the required ones that are missing."""
    for name in names or assessment.missing_materials():
        attachments.attach(assessment, PDF, name=f"{name}.pdf", by=by, at=at, kind=name)


def make_submitted(cast: Cast, at: datetime = NOON) -> ExAnteAssessment:
    draft = make_draft(cast, at)
    hand_in(draft, cast.li_weiguo, at=at)
    return perform(draft, "submit", by=cast.wang_jianguo, at=at)


def make_convened(cast: Cast, panel: Panel, at: datetime = NOON) -> ExAnteAssessment:
    return perform(make_submitted(cast, at), "convene", by=cast.zhang_wen, at=at, data={"reviewers": panel.three()})


def sheet_of(assessment: ExAnteAssessment, reviewer: User) -> ExAnteReview:
    return assessment.panel().get(reviewer=reviewer)


def all_items(assessment: ExAnteAssessment, grade: str) -> dict[str, str]:
    return {item.name: grade for dimension in assessment.dimensions() for item in dimension.items}


def sign(assessment: ExAnteAssessment, reviewer: User, at: datetime = NOON) -> ExAnteReview:
    return perform(sheet_of(assessment, reviewer), "declare_free", by=reviewer, at=at)


def give(assessment: ExAnteAssessment, reviewer: User, grade: str, at: datetime = NOON, **others: str) -> ExAnteReview:
    """Sign, grade every item with ``grade`` except ``others``, and hand the sheet in."""
    grades = all_items(assessment, grade) | others
    sheet = save_review(sign(assessment, reviewer, at), grades=grades, opinion="同意立项。", by=reviewer, at=at)
    return perform(sheet, "submit", by=reviewer, at=at)


def make_scored(
    cast: Cast, panel: Panel, *grades: str, at: datetime = NOON, report: bool = True
) -> ExAnteAssessment:
    """The three of the panel have given ``grades`` (良 throughout unless said otherwise)."""
    assessment = make_convened(cast, panel, at)
    for reviewer, grade in zip(panel.three(), grades or ("良", "良", "良"), strict=True):
        give(assessment, reviewer, grade, at)
    if report:
        hand_in(assessment, cast.zhang_wen, REPORT_KIND, at=at)
    return ExAnteAssessment.objects.get(pk=assessment.pk)
