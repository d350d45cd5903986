"""What stops a declaration from being submitted (domain rules §2.2.1)."""

from collections.abc import Iterator

from budgets.rules import amount_is_entered, amount_within_ceiling
from core.errors import Reason
from targets.rules import quality

MONEY_KEPT = {"no_amount": "申请金额已填写", "over_ceiling": "申请数未超过控制数"}


def project_may_file(declaration) -> Iterator[Reason]:
    year = declaration.project_year
    yield from amount_is_entered(year)
    yield from amount_within_ceiling(year)


def quality_stands(declaration) -> Iterator[Reason]:
    """Every finding that must be mended, and every one that was neither mended nor kept with a reason."""
    yield from quality.stands_against(declaration.judged())


def may_be_declared(year, *, existing) -> Iterator[Reason]:
    """A first declaration of a project-year: at the right stage, and only one at a time."""
    if existing is not None:
        yield Reason("declared", f"{existing.title()}已经建立，目前是“{existing.state_label}”，请直接打开办理。")
    elif year.stage not in ("drafting", "target_filing"):
        yield Reason("wrong_stage", f"{year.title()}目前是“{year.state_label}”，不在绩效目标填报环节，请核对年度和环节。")
