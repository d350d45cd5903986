"""Reads a filled official form, whatever office laid it out, into a `FilledForm`. Pure: no Django.

Nothing is judged here: `core.official.checking` says what is wrong with what was read.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from core.errors import RuleViolation, refuse
from core.official.filled import EMPTY, FilledForm, PaperKind, Written
from core.official.reading import head
from core.official.reading.funds import read_funds
from core.official.reading.indicators import Found, read_indicators
from core.official.reading.kinds import kind_by_columns, kind_by_title, project_in_title
from core.official.reading.lists import Lines, letter_fields, read_lines
from core.official.reading.parts import parts_of
from core.official.reading.source import Source, Tables
from core.sheets import Book, Grid, read_book

__all__ = ["read_form", "read_form_of_book", "read_forms", "read_forms_of_book"]

_LISTS = {PaperKind.FEEDBACK_LETTER, PaperKind.ALLOCATION}
_FACTS = ("project", "code", "department", "unit")
_LEAST_FACTS = 2
_JUDGED = {"total", "grade"}


def read_form(content: bytes, *, name: str, kind: PaperKind | None = None) -> FilledForm:
    """The form in a file.

    Raises `RuleViolation` for a file that cannot be opened and one that holds no official form.
    """
    return read_form_of_book(read_book(content, name=name), kind=kind)


def read_form_of_book(book: Book, *, kind: PaperKind | None = None) -> FilledForm:
    """The first form of a workbook or document. Raises `RuleViolation` when there is none."""
    return read_forms_of_book(book, kind=kind)[0]


def read_forms(content: bytes, *, name: str, kind: PaperKind | None = None) -> list[FilledForm]:
    """All the forms in a file. Raises as `read_form` does."""
    return read_forms_of_book(read_book(content, name=name), kind=kind)


def read_forms_of_book(book: Book, *, kind: PaperKind | None = None) -> list[FilledForm]:
    """All the forms of a workbook or document, the warnings of the file with the first.

    Formulas without results are told cell by cell (`uncomputed`); the warning for the whole file is left out.
    """
    file = PurePath(book.name).name
    read = [(grids[0].name, form) for grids in parts_of(book) if grids and (form := _read_part(grids, file, kind))]
    if not read:
        raise not_a_form(file, kind)
    (sheet, first), *others = read
    first = replace(
        first, other_forms=tuple(name for name, _ in others if name != sheet and book.kind != "docx"),
        warnings=tuple(each for each in book.warnings if each.code != "uncomputed"),
    )
    return [first, *(replace(form, sheet=name if name != sheet else "") for name, form in others)]


def not_a_form(file: str, kind: PaperKind | None) -> RuleViolation:
    wanted = f"“{kind.label}”" if kind else "绩效目标申报表、监控表、自评表等官方表"
    return refuse("not_official_form", f"“{file}”里没有找到{wanted}的表头和栏目，请核对文件，或用系统下载的空表填写后再检查。")


def _read_part(grids: Sequence[Grid], file: str, wanted: PaperKind | None) -> FilledForm | None:
    titled, title = kind_by_title(grids, file)
    kind = wanted or titled or kind_by_columns(grids)
    if kind is None:
        return None
    form = _read(Source(grids), kind, file)
    form = replace(form, titled_kind=titled, title=title)
    if kind is PaperKind.EVALUATION_SCORES and not form.project.cell:
        form = replace(form, project=Written(text=project_in_title(title)))
    return form if _holds_something(form, titled) else None


def _holds_something(form: FilledForm, titled: PaperKind | None) -> bool:
    facts = sum(bool(getattr(form, name).cell) for name in _FACTS)
    if form.kind is PaperKind.FEEDBACK_LETTER:
        return bool(form.listed or form.fields)
    return bool(form.columns or form.listed or (titled and (facts >= _LEAST_FACTS or form.funds)))


def _read(source: Source, kind: PaperKind, file: str) -> FilledForm:
    year, in_yuan = head.read_year(source, file), head.amounts_in_yuan(source)
    if kind in _LISTS:
        return _read_list(source, kind, file, year=year, in_yuan=in_yuan)
    found, lines = read_indicators(source, kind, year=year), read_lines(source, kind)
    tables = Tables(found.body, lines.body)
    fields = _with_grade(head.read_fields(source, tables), found) | _totals(lines)
    funds = () if kind.scores_items else read_funds(source, tables, in_yuan=in_yuan)
    scored = next((row for row in funds if row.weight or row.score), None)
    facts = head.read_facts(source, tables)
    if kind.is_whole:
        facts |= {"project": EMPTY, "code": EMPTY}
    return FilledForm(
        kind=kind, file=file, year=year, in_yuan=in_yuan, fields=fields, funds=funds,
        indicators=tuple(found.indicators),
        overall_indicators=tuple(found.overall), execution=found.execution or scored,
        level_points=tuple(found.level_points),
        columns=frozenset(found.columns), total_weight=found.total_weight,
        total_score=found.total_score or fields.get("total", found.total_score), lines=lines.rows,
        listed=lines.columns,
        faulty_cells=source.faulty_cells(), uncomputed=source.uncomputed(), **facts,
    )


def _with_grade(fields: dict[str, Written], found: Found) -> dict[str, Written]:
    """The grade written into the row of totals, else that of a label of its own."""
    grade = head.grade_in(found.total_cells) or fields.get("grade")
    return fields | ({"grade": head.bare_grade(grade)} if grade is not None else {})


def _read_list(source: Source, kind: PaperKind, file: str, *, year: int | None, in_yuan: bool) -> FilledForm:
    """A feedback letter or an allocation."""
    lines = read_lines(source, kind)
    tables = Tables({}, lines.body)
    fields = {name: each for name, each in head.read_fields(source, tables).items() if each or name in _JUDGED}
    facts = {}
    if kind is PaperKind.FEEDBACK_LETTER:
        said, asked = letter_fields(source), head.read_facts(source, tables)
        fields = said | {name: each for name, each in fields.items() if each or name not in said}
        facts = {"project": fields.pop("project", EMPTY), "unit": fields.pop("addressee", EMPTY)}
        facts = {name: asked[name] or each for name, each in facts.items()}
    fields |= _totals(lines)
    return FilledForm(
        kind=kind, file=file, year=year, in_yuan=in_yuan, fields=fields, lines=lines.rows,
        listed=lines.columns,
        total_score=fields.get("total", EMPTY), faulty_cells=source.faulty_cells(),
        uncomputed=source.uncomputed(), **facts,
    )


def _totals(lines: Lines) -> dict[str, Written]:
    """The row of totals of a list as fields total_previous, total_amount …"""
    return {f"total_{name}": each for name, each in lines.total.items() if each.number is not None}
