"""Who sees what: own unit, own department, own section's departments, everything, or what was opened."""

import pytest

from budgets.models import Project, ProjectAccess, ProjectYear
from core.access import Role
from tests.factories.cast import make_project, make_year


@pytest.fixture
def two_projects(cast):
    road = make_year(cast)
    school = make_year(cast, project=make_project(
        cast, code="26-JY-0001", name="校舍维修改造", unit=cast.other_unit, department=cast.other_department,
    ))
    return road, school


def names_seen_by(user) -> list[str]:
    user = type(user).objects.get(pk=user.pk)
    years = ProjectYear.objects.visible_to(user).order_by("project__code")
    by_year = list(years.values_list("project__name", flat=True))
    by_project = list(Project.objects.visible_to(user).order_by("code").values_list("name", flat=True))
    assert by_year == by_project
    return by_year


def test_each_sees_their_own(cast, two_projects):
    road, school = "农村公路日常养护及小修保养", "校舍维修改造"
    assert names_seen_by(cast.li_weiguo) == [road]
    assert names_seen_by(cast.wang_jianguo) == [road]
    assert names_seen_by(cast.zhang_wen) == [road]
    assert names_seen_by(cast.lu_yuan) == [road]
    assert names_seen_by(cast.chen_mo) == [school]
    for overseer in (cast.zhou_xiaolan, cast.qian_li, cast.sun_zheng, cast.wu_di):
        assert names_seen_by(overseer) == [road, school]
    assert names_seen_by(cast.he_min) == []


def test_a_third_party_sees_what_is_opened_while_it_is_open(cast, two_projects, at):
    road, _ = two_projects
    access = ProjectAccess.objects.create(project_year=road, institution=cast.institution, ground="财政评价", opened_at=at)
    assert names_seen_by(cast.he_min) == ["农村公路日常养护及小修保养"]
    assert names_seen_by(cast.lin_feng) == []
    access.closed_at = at
    access.save()
    assert names_seen_by(cast.he_min) == []


def test_roles_are_held_at_a_place(cast):
    assert cast.li_weiguo.holds(Role.UNIT_OPERATOR, cast.unit.pk)
    assert not cast.li_weiguo.holds(Role.UNIT_OPERATOR, cast.other_unit.pk)
    assert not cast.li_weiguo.holds(Role.UNIT_LEADER, cast.unit.pk)
    assert cast.zhou_xiaolan.holds(Role.FISCAL_PERFORMANCE)


def test_one_person_may_hold_several_roles_in_several_places(cast):
    cast.li_weiguo.role_assignments.create(role=Role.UNIT_FINANCE, organisation=cast.other_unit)
    person = type(cast.li_weiguo).objects.get(pk=cast.li_weiguo.pk)
    assert person.held_roles == {("unit_operator", cast.unit.pk), ("unit_finance", cast.other_unit.pk)}
    assert person.home == cast.unit
