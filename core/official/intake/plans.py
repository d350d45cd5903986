"""What a filled form would change in a draft. Pure: no Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.errors import Reason
from core.layout import plain
from core.money import wan_text
from core.official.filled import FilledForm, FundRow, Written

_CODE_BEHIND = re.compile(r"[(\[]?[0-9A-Za-z-]{3,}[)\]]?\Z")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field; `where` names the indicator it belongs to, "" for the form as a whole."""

    where: str
    label: str
    cell: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a person should look at before agreeing. It holds nothing up."""

    code: str
    cell: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a form must name to be about a record."""

    title: str
    project: str
    code: str
    unit: str
    department: str
    year: int


@dataclass
class Plan:
    """`data` is what the app's own service saves; with `obstacles` nothing is taken in at all.

    An empty cell never empties a field of the draft (house decision, 2026-11): offices send forms back half filled.
    """

    data: Any = None
    changes: list[Change] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    obstacles: list[Reason] = field(default_factory=list)
    same: int = 0
    outcome: str = ""

    def remark(self, code: str, written: Written | str, sentence: str) -> None:
        cell = written if isinstance(written, str) else written.cell
        self.remarks.append(Remark(code=code, cell=cell, sentence=sentence))

    def compare(self, label: str, cell: str, old: str, new: str, *, where: str = "") -> bool:
        """Whether the form says something else than the draft, which is then listed as a change."""
        if tidy(old) == tidy(new):
            self.same += 1
            return False
        self.changes.append(Change(where=where, label=label, cell=cell, old=old, new=new))
        return True

    def take_text(self, into: dict[str, Any], name: str, label: str, written: Written, *, where: str = "") -> None:
        """Put the words of a cell into the field ``name`` of ``into``, which holds the draft's own; 无 is an answer."""
        empty = not written or (written.is_dash and "无" not in written.text)
        if not empty and self.compare(label, written.cell, into[name], written.text, where=where):
            into[name] = tidy(written.text)

    def take_head(self, form: FilledForm, subject: Subject) -> None:
        self.obstacles += head_faults(form, subject)
        for name, label, own in (("department", "主管部门", subject.department), ("unit", "实施单位", subject.unit)):
            written = getattr(form, name)
            if not written:
                self.remark(f"{name}_missing", written, f"表里没有写{label}，按“{own}”办理。")
        if form.department and not _same_body(form.department.text, subject.department):
            self.remark(
                "other_department", form.department,
                f"表里的主管部门是“{form.department.text}”，系统登记的是“{subject.department}”，以系统为准。",
            )
        if form.year is None:
            self.remark("year_missing", "", f"表里没有写明年度，按 {subject.year} 年度办理。")

    def keep_amount(self, label: str, row: FundRow | None, column: str, own: Decimal | None) -> None:
        """An amount that the system holds itself stays; a form that says otherwise is told of it."""
        stated = row.yuan(column) if row else None
        if stated is not None and own is not None and wan_text(stated) != wan_text(own):
            self.remark(
                "amount_kept", row.cell(column),
                f"表里的{label}是 {wan_text(stated)} 万元，系统登记的是 {wan_text(own)} 万元，以系统为准。",
            )


def tidy(text: str) -> str:
    """Without blank lines and blanks at the ends of lines, as forms are read."""
    return "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())


def head_faults(form: FilledForm, subject: Subject) -> Iterator[Reason]:
    """The form must be about this project, unit and year."""
    if not form.project and not form.code:
        yield Reason("project_missing", f"表里没有项目名称，也没有项目编码，不能确认是{subject.title}，请补上后重新上传。")
    if form.project and plain(form.project.text) != plain(subject.project):
        yield Reason("other_project", _differs("项目名称", form.project, subject.project, subject))
    if form.code and plain(form.code.text) != plain(subject.code):
        yield Reason("other_code", _differs("项目编码", form.code, subject.code, subject))
    if form.unit and not _same_body(form.unit.text, subject.unit):
        yield Reason("other_unit", _differs("实施单位", form.unit, subject.unit, subject))
    if form.year is not None and form.year != subject.year:
        yield Reason(
            "other_year",
            f"表里写的是 {form.year} 年度，这里填的是{subject.title}（{subject.year} 年度），请核对文件，或到 {form.year} 年度的草稿页导入。",
        )


def _differs(label: str, written: Written, own: str, subject: Subject) -> str:
    return (
        f"表里 {written.cell or '表头'} 的{label}是“{written.text}”，这里填的是{subject.title}，{label}为“{own}”，"
        "请核对文件，或到该项目的草稿页导入。"
    )


def _same_body(text: str, name: str) -> bool:
    """Whether an organisation is meant, with or without its code behind or the name of the county before."""
    said, own = _CODE_BEHIND.sub("", plain(text)), plain(name)
    return said.endswith(own) or own.endswith(said)
