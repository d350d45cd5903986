"""Rows in great number, several times faster than ``bulk_create`` and ``bulk_update``: COPY on PostgreSQL, one prepared
statement elsewhere.

Everything here is called inside a transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice, repeat
from operator import attrgetter
from types import NoneType
from typing import Any

from django.db import connection, models

PIECE = 1_000
TEXT, WHOLE = frozenset({str, NoneType}), frozenset({int, NoneType})
PLAIN_TYPES = {"CharField": TEXT, "TextField": TEXT} | dict.fromkeys(
    ("AutoField", "BigAutoField", "BigIntegerField", "IntegerField", "PositiveIntegerField"), WHOLE
)
"""The types of value that either database takes for a kind of field as they are."""


class JSONText(str):
    """A value of a JSON field that is written as JSON already."""


def insert(rows: Sequence[models.Model]) -> None:
    """Save new rows of one model. A row that has no number yet gets one in the database and is not told of it."""
    if not rows:
        return
    fields = [each for each in rows[0]._meta.concrete_fields if not (each.primary_key and rows[0].pk is None)]
    set_on_saving = [each for each in fields if type(each).pre_save is not models.Field.pre_save]
    for row in rows:
        for each in set_on_saving:
            each.pre_save(row, True)
        row._state.adding, row._state.db = False, connection.alias
    names = [each.attname for each in fields]
    insert_values(type(rows[0]), names, map(attrgetter(*names), rows))


def insert_values(model: type[models.Model], names: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """New rows by their values, in the order of ``names`` (a foreign key by its number); other fields get defaults."""
    meta, quoted = model._meta, connection.ops.quote_name
    named = [next(each for each in meta.concrete_fields if each.attname == name) for name in names]
    others = [each for each in meta.concrete_fields if each not in named and not each.primary_key]
    place = f"{quoted(meta.db_table)} ({', '.join(quoted(each.column) for each in (*named, *others))})"
    prepared = _prepared(lines, named, [_preparer(each)(each.get_default()) for each in others])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {place} FROM STDIN") as copy:
                for values in prepared:
                    copy.write_row(values)
        else:
            marks = ", ".join(["%s"] * (len(named) + len(others)))
            cursor.executemany(f"INSERT INTO {place} VALUES ({marks})", prepared)  # noqa: S608  own names


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Save these fields of rows of one model that are in the database."""
    if not rows:
        return
    meta, quoted = rows[0]._meta, connection.ops.quote_name
    fields = [*map(meta.get_field, names), meta.pk]
    *assigned, found = [f"{quoted(each.column)} = %s" for each in fields]
    lines = map(attrgetter(*(each.attname for each in fields)), rows)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quoted(meta.db_table)} SET {', '.join(assigned)} WHERE {found}",  # noqa: S608  own names
            list(_prepared(lines, fields, [])),
        )


def number(rows: Sequence[models.Model]) -> None:
    """Give new rows of one model the numbers that the database would give them next."""
    table, column = rows[0]._meta.db_table, rows[0]._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, len(rows)]
            )
            numbers = [first for first, in cursor.fetchall()]
        else:
            cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
            last, = cursor.fetchone()
            numbers = range(last + 1, last + 1 + len(rows))
    for row, chosen in zip(rows, numbers, strict=True):
        row.pk = chosen


def _prepared(
    lines: Iterable[Sequence[Any]], fields: Sequence[models.Field], constants: Sequence[Any]
) -> Iterator[tuple[Any, ...]]:
    """The lines as the database takes them, prepared column by column."""
    preparers, lines = [_preparer(each) for each in fields], iter(lines)
    while piece := list(islice(lines, PIECE)):
        columns = [prepare(column) for prepare, column in zip(preparers, zip(*piece, strict=True), strict=True)]
        yield from zip(*columns, *map(repeat, constants), strict=False)


def _preparer(field: models.Field) -> Callable[[Sequence[Any]], Iterable[Any]]:
    """What makes a column ready: plain texts and whole numbers go in as they are, repeated values are prepared once."""
    prepare = partial(field.get_db_prep_save, connection=connection)
    if isinstance(field, models.JSONField):
        return partial(map, lambda value: str(value) if isinstance(value, JSONText) else prepare(value))
    prepare = lru_cache(maxsize=1024, typed=True)(prepare)
    plain = PLAIN_TYPES.get((field.target_field if field.is_relation else field).get_internal_type(), frozenset())
    return lambda values: values if plain.issuperset(map(type, values)) else map(prepare, values)
