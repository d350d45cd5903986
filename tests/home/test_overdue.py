"""Overdue wherever one looks: workbench, list, life-cycle page and cockpit."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from budgets.models import WindowStage
from budgets.services import extend_window, set_window
from core import clock
from core.reminders import remind
from core.transitions import perform
from tests.factories.cast import NOON, make_project, make_year

ENDS = date(2026, 9, 14)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(clock, "today", lambda: NOON.date())


@pytest.fixture
def window(cast, at):
    return set_window(
        cast.years[2026], WindowStage.TARGET_FILING, opens_on=date(2026, 9, 1), due_on=ENDS, by=cast.zhou_xiaolan, at=at
    )[0]


def test_the_workbench_says_late_and_how_often_one_was_reminded(cast, window, signed_in, at):
    year = make_year(cast)
    remind(year, by=cast.zhang_wen, at=at)
    shown = signed_in(cast.li_weiguo).get(reverse("home")).content.decode()
    assert "逾期 2 天" in shown and "第 1 次催办" in shown


def test_the_filers_calendar_counts_the_own_extension(cast, window, signed_in, at):
    assert "绩效目标申报" not in signed_in(cast.li_weiguo).get(reverse("home")).content.decode()
    extend_window(window, unit=cast.unit, due_on=date(2026, 9, 28), reason="抢险。", by=cast.zhou_xiaolan, at=at)
    assert "9月28日前 2026年度绩效目标申报（已延期）" in signed_in(cast.li_weiguo).get(reverse("home")).content.decode()
    assert "（已延期）" not in signed_in(cast.chen_mo).get(reverse("home")).content.decode()


def test_the_cockpit_counts_late_projects_by_department(cast, window, signed_in):
    make_year(cast)
    make_year(cast, project=make_project(cast, code="26-JT-0099", name="桥梁检测"), stage="executing")
    found = signed_in(cast.sun_zheng).get(reverse("cockpit"), {"year": 2026})
    assert found.context["totals"]["late"] == 1
    assert [(row["name"], row["projects"], row["late"]) for row in found.context["departments"]] == [("县交通运输局", 2, 1)]


def test_a_step_taken_late_is_marked_in_the_history(cast, window, signed_in, at):
    year = make_year(cast)
    perform(year, "start_ex_ante", by=cast.li_weiguo, at=at)
    assert "逾期 2 天办理" in signed_in(cast.zhang_wen).get(year.get_absolute_url()).content.decode()


def test_a_step_taken_in_time_is_not(cast, window, signed_in, at):
    year = make_year(cast)
    perform(year, "start_ex_ante", by=cast.li_weiguo, at=at - timedelta(days=2))
    assert "天办理" not in signed_in(cast.zhang_wen).get(year.get_absolute_url()).content.decode()
