"""The settings pages: for system administrators only, every saving audited, passwords nowhere in the trail."""

import pytest
from django.urls import reverse

from core.access import Role
from core.models import AuditEntry, Organisation, User
from tests.factories.cast import person


@pytest.fixture
def he_liang(cast) -> User:
    return person("heliang", "贺亮", (Role.SYSADMIN, cast.bureau))


def test_only_the_administrator_enters(cast, he_liang, signed_in, client):
    index = reverse("admin:index")
    assert client.get(index, follow=True).redirect_chain[-1][0].startswith(reverse("login"))
    assert signed_in(cast.zhou_xiaolan).get(index, follow=True).status_code == 403
    assert signed_in(he_liang).get(index).status_code == 200


@pytest.mark.parametrize("name", [
    "core_organisation", "core_user", "core_ruleset", "budgets_fiscalyear",
])
def test_the_lists_open(he_liang, signed_in, name):
    assert signed_in(he_liang).get(reverse(f"admin:{name}_changelist")).status_code == 200


def test_an_organisation_is_changed_with_an_audit_entry(cast, he_liang, signed_in):
    address = reverse("admin:core_organisation_change", args=[cast.unit.pk])
    answer = signed_in(he_liang).post(address, {
        "code": "301002", "name": "县公路事业发展中心", "kind": "unit", "parent": cast.department.pk,
        "is_active": "on",
        "credit_code": "", "phone": "", "fiscal_section": "",
    })
    assert answer.status_code == 302
    assert Organisation.objects.get(pk=cast.unit.pk).name == "县公路事业发展中心"
    entry = AuditEntry.objects.get(action="core.organisation.change")
    assert (entry.actor_name, entry.before, entry.after) == (
        "贺亮", {"name": "县公路养护中心"}, {"name": "县公路事业发展中心"}
    )


def test_a_person_is_added_with_a_role_and_no_password_in_the_trail(cast, he_liang, signed_in):
    answer = signed_in(he_liang).post(reverse("admin:core_user_add"), {
        "username": "majianjun", "name": "马建军", "phone": "",
        "password1": "anlan-2026-xin", "password2": "anlan-2026-xin",
        "role_assignments-TOTAL_FORMS": "1", "role_assignments-INITIAL_FORMS": "0",
        "role_assignments-0-role": "unit_operator", "role_assignments-0-organisation": cast.unit.pk,
    })
    assert answer.status_code == 302
    someone = User.objects.get(username="majianjun")
    assert someone.check_password("anlan-2026-xin")
    assert someone.holds(Role.UNIT_OPERATOR, cast.unit.pk)
    created = AuditEntry.objects.get(action="core.user.create")
    assert "password" not in created.after
    given = AuditEntry.objects.get(action="core.user.role_given")
    assert given.after == {"role": "马建军 · 单位经办人 · 县公路养护中心"}


def test_nothing_is_deleted(cast, he_liang, signed_in):
    client = signed_in(he_liang)
    assert client.post(reverse("admin:core_user_delete", args=[cast.li_weiguo.pk]), {"post": "yes"}).status_code == 403
    unit = reverse("admin:core_organisation_delete", args=[cast.unit.pk])
    assert client.post(unit, {"post": "yes"}).status_code == 403
