"""Two people at the same assessment in the same instant: each act is done or refused, and neither blocks the other."""

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from budgets.models import ExAnteAssessment, ExAnteReview
from budgets.services import save_review
from core.access import Role
from core.errors import RuleViolation
from core.transitions import perform
from tests.budgets.ex_ante_road import all_items, give, make_convened, make_panel, sign
from tests.factories.cast import NOON, make_cast, person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Every act in its own connection, all begun together: ``done``, or the code it was refused with."""
    start, outcomes = threading.Barrier(len(acts)), ["broken"] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
            outcomes[place] = "done"
        except RuleViolation as refusal:
            outcomes[place] = refusal.codes[0]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_meeting_opens_in_the_instant_the_last_sheet_is_handed_in():
    """The meeting holds the assessment and wants the sheets, the expert holds a sheet and wants the assessment."""
    cast = make_cast()
    panel = make_panel(cast)
    late = person("hanlu", "韩璐", (Role.EXPERT, panel.du_wentao.role_assignments.get().organisation))
    assessment = make_convened(cast, panel)
    perform(assessment, "add_reviewers", by=cast.zhang_wen, at=NOON, data={"reviewers": [late]})
    for reviewer in panel.three():
        give(assessment, reviewer, "良")
    sheet = save_review(
        sign(assessment, late), grades=all_items(assessment, "优"), opinion="同意立项。", by=late, at=NOON
    )
    outcomes = at_once(
        lambda: perform(sheet, "submit", by=late, at=NOON),
        lambda: perform(assessment, "open_meeting", by=cast.zhang_wen, at=NOON, reason="评审时间已到"),
    )
    fresh, sheet = ExAnteAssessment.objects.get(), ExAnteReview.objects.get(reviewer=late)
    assert (*outcomes, sheet.state, fresh.score) in (
        ("done", "scores_open", "submitted", Decimal("85.00")), ("wrong_state", "done", "removed", Decimal("80.00")),
    )
    call_command("verify_audit")
