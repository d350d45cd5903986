"""Fiscal years and the calendar are kept by the system administrator, with an audit entry for every saving."""

from datetime import date

import pytest
from django.urls import reverse

from budgets.models import FiscalYear, TaskWindow
from core.access import Role
from core.models import AuditEntry
from tests.factories.cast import person


@pytest.fixture
def keeper(cast):
    user = person("sysadmin", "许工", (Role.SYSADMIN, cast.bureau))
    user.is_staff = True
    user.save()
    return user


def test_a_year_is_made_and_closed_with_its_entries(cast, keeper, signed_in):
    client = signed_in(keeper)
    made = client.post("/admin/budgets/fiscalyear/add/", {"year": 2028, "ruleset": cast.ruleset.pk, "is_open": "on"})
    assert made.status_code == 302
    closed = client.post("/admin/budgets/fiscalyear/2028/change/", {"year": 2028, "ruleset": cast.ruleset.pk})
    assert closed.status_code == 302
    assert FiscalYear.objects.get(pk=2028).is_open is False
    entries = AuditEntry.objects.filter(model="budgets.fiscalyear", object_id=2028).order_by("pk")
    assert [(entry.action, entry.actor_name) for entry in entries] == [
        ("budgets.fiscalyear.create", "许工"), ("budgets.fiscalyear.change", "许工")
    ]
    assert entries[1].after == {"is_open": False}


def test_the_calendar_is_kept_on_its_own_page(cast, keeper, signed_in):
    client = signed_in(keeper)
    page = reverse("budgets:window_edit", args=[2026, "monitoring"])
    refused = client.post(page, {"opens_on": "2026-08-31", "due_on": "2026-08-01"})
    assert refused.status_code == 422 and "早于开始日期 2026-08-31" in refused.content.decode()
    assert client.post(page, {"opens_on": "2026-08-31", "due_on": "2026-09-10"}).status_code == 302
    assert TaskWindow.objects.get().due_on == date(2026, 9, 10)
    assert client.get("/admin/budgets/taskwindow/").status_code == 404


def test_others_keep_nothing(cast, signed_in):
    cast.qian_li.is_staff = True
    cast.qian_li.save()
    response = signed_in(cast.qian_li).post("/admin/budgets/fiscalyear/add/", {"year": 2028})
    assert response.status_code == 403
    assert not FiscalYear.objects.filter(pk=2028).exists()
