"""Rows written in great number are the rows that saving them one by one would have made."""

from decimal import Decimal

from django.utils import timezone

from core import bulk
from core.models import AuditEntry, Organisation, ToDo
from core.portions import portions
from targets.models import Indicator, TargetDeclaration
from tests.factories.cast import make_project, make_year
from tests.targets.makers import make_draft


def units(cast, *codes: str) -> list[Organisation]:
    return [Organisation(code=code, name=f"第{code}所", kind="unit", parent=cast.department) for code in codes]


def test_inserted_rows_read_back_as_they_were(cast):
    bulk.insert(units(cast, "301101", "301102"))
    rows = Organisation.objects.filter(code__in=["301101", "301102"])
    assert [(row.code, row.name, row.parent, row.is_active) for row in rows] == [
        ("301101", "第301101所", cast.department, True), ("301102", "第301102所", cast.department, True)
    ]
    assert bulk.insert([]) is None


def test_numbers_are_those_the_database_would_give(cast):
    """Numbered rows and rows numbered by the database may follow one another in any order."""
    first, second = units(cast, "301101", "301102")
    bulk.number([first, second])
    bulk.insert([first, second])
    third, = units(cast, "301103")
    third.save()
    fourth, = units(cast, "301104")
    bulk.number([fourth])
    bulk.insert([fourth])
    numbers = [Organisation.objects.get(code=f"30110{place}").pk for place in (1, 2, 3, 4)]
    assert numbers == [first.pk, second.pk, third.pk, fourth.pk]
    assert numbers == sorted(set(numbers))


def test_times_set_on_saving_are_set(cast):
    year = make_year(cast, project=make_project(cast, code="26-JT-0099"))
    declaration = TargetDeclaration(project_year=year, version=7)
    before = timezone.now()
    bulk.insert([declaration])
    assert before <= TargetDeclaration.objects.get(version=7).created_at <= timezone.now()
    assert declaration._state.adding is False


def test_updated_rows_have_the_named_fields_and_no_others(cast):
    first, second = units(cast, "301101", "301102")
    first.save()
    second.save()
    first.name, second.name, second.parent, second.kind = "一所", "二所", None, "department"
    bulk.update([first, second], ["name", "parent"])
    rows = Organisation.objects.filter(code__in=["301101", "301102"])
    assert [(row.name, row.parent, row.kind) for row in rows] == [("一所", cast.department, "unit"), ("二所", None, "unit")]
    assert bulk.update([], ["name"]) is None


def test_fields_that_are_not_named_get_their_defaults(cast):
    draft = make_draft(cast)
    names = ("declaration_id", "position", "level1", "level2", "name", "value_type", "target_value", "weight")
    bulk.insert_values(Indicator, names, [
        (draft.pk, 98, "output", "quantity", "里程", "quantitative", Decimal("12.5"), Decimal(10)),
        (draft.pk, 99, "output", "quality", "优良路率", "qualitative", None, Decimal("10.00")),
    ])
    rows = Indicator.objects.filter(position__gte=98).order_by("position")
    assert [(row.name, row.target_value, row.weight, row.explanation, row.actual_shown) for row in rows] == [
        ("里程", Decimal("12.5000"), Decimal("10.00"), "", ""), ("优良路率", None, Decimal("10.00"), "", "")
    ]


def test_data_fields_keep_their_shape(cast, at):
    make_year(cast)
    entry = AuditEntry.objects.first()
    assert isinstance(entry.after, dict)
    assert isinstance(ToDo.objects.get().amount_yuan, Decimal)


def test_portions_leave_nothing_out():
    assert [list(some) for some in portions([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert list(portions([])) == []
