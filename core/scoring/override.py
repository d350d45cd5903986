"""A computed score is a proposal; how far a person may depart from it is the rule set's say."""

from decimal import Decimal

from core.errors import Reason
from core.money import half_up
from core.rulebook import Rulebook


def override_range(proposed: Decimal, *, weight: Decimal, book: Rulebook) -> tuple[Decimal, Decimal]:
    """Lowest and highest score a person may enter."""
    lowest = max(Decimal(0), proposed - weight * book.override.lower_share)
    highest = min(weight, proposed + weight * book.override.raise_share)
    return half_up(lowest), half_up(highest)


def override_faults(entered: Decimal, *, proposed: Decimal, weight: Decimal, book: Rulebook) -> list[Reason]:
    """Why the entered score may not stand; empty when it may."""
    lowest, highest = override_range(proposed, weight=weight, book=book)
    faults = []
    if entered != half_up(entered):
        faults.append(Reason("score_places", f"得分 {entered} 分的小数超过 2 位，请最多保留 2 位小数。"))
    if not lowest <= entered <= highest:
        faults.append(Reason("score_range", f"系统建议 {proposed} 分，可改范围为 {lowest} 至 {highest} 分，"
                                            f"现填 {entered} 分，请在范围内改分。"))
    return faults
