"""The project pool: who keeps it and what its master data must be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.access import Role
from core.errors import Reason


def may_keep_project(user, *, unit_id: int, department_id: int) -> bool:
    """Whether the person may enter and correct this project of the pool (permission matrix, domain rules §1.2)."""
    return (
        user.holds(Role.UNIT_OPERATOR, unit_id)
        or user.holds(Role.DEPT_PERFORMANCE, department_id)
        or user.holds(Role.FISCAL_BUDGET)
    )


def project_is_sound(fields: Mapping[str, Any]) -> Iterator[Reason]:
    """What is wrong with the entered master data; ``unit`` and ``department`` are organisations."""
    unit, department = fields["unit"], fields["department"]
    if department.pk not in (unit.pk, unit.parent_id):
        yield Reason("foreign_unit", f"“{unit.name}”不是“{department.name}”的所属单位，请核对实施单位和主管部门。")
    if fields["ends_on"] < fields["starts_on"]:
        yield Reason(
            "dates",
            f"“{fields['name']}”的终止日期 {fields['ends_on']} 早于起始日期 {fields['starts_on']}，请核对后重填。",
        )


def master_data_is_open(project, *, approved_years: list[int]) -> Iterator[Reason]:
    """The name must equal the name in the budget, so that an approved project is changed by the budget section only."""
    if approved_years:
        years = "、".join(f"{year}年度" for year in approved_years)
        yield Reason(
            "approved_before", f"“{project.name}”已随{years}预算批复，基本信息不能再修改；确需修改请联系财政预算股办理。"
        )


def project_is_declarable(project, *, children: int) -> Iterator[Reason]:
    """Whether the project may be opened in a year: it is in the pool, and its sub-projects do not stand for it."""
    if project.status != "active":
        yield Reason(
            "not_in_pool",
            f"“{project.name}”目前是“{project.get_status_display()}”，不能立项；如需继续实施，请先在项目库恢复为“在库”。",
        )
    if children:
        yield Reason(
            "has_children", f"“{project.name}”下设 {children} 个子项目，由子项目分别申报，请打开子项目立项。"
        )


def parent_is_sound(project, parent, *, children: int, open_years: Sequence[int]) -> Iterator[Reason]:
    """Two levels only, within one department; ``open_years`` are those in which the parent itself is still under way.

    Source: domain rules §3.1 (项目级次); that a parent is not declared beside its parts is a house decision, 2026-11.
    """
    if parent.pk == project.pk:
        yield Reason("own_parent", f"“{project.name}”不能是自己的一级项目，请另选一级项目。")
        return
    if children:
        yield Reason(
            "parent_of_others", f"“{project.name}”下设 {children} 个子项目，不能再归入“{parent.name}”，请先移出子项目。"
        )
    if parent.parent_id is not None:
        yield Reason("not_first_level", f"“{parent.name}”本身是子项目，请选它的一级项目“{parent.parent.name}”。")
    if parent.department_id != project.department_id:
        yield Reason(
            "foreign_parent", f"“{parent.name}”属于{parent.department.name}，与“{project.name}”的主管部门不同，请在本部门内选一级项目。"
        )
    if open_years:
        years = "、".join(f"{year}年度" for year in open_years)
        yield Reason(
            "parent_declared", f"“{parent.name}”自己的{years}还在办理，办结后才能下设子项目；请先办结，或另选一级项目。"
        )


def pool_status_may_change(
    project, *, status: str, label: str, reason: str, open_years: Sequence[int]
) -> Iterator[Reason]:
    """``open_years`` are the project's years still under way; they must end before the project leaves the pool."""
    if status == project.status:
        yield Reason("same_status", f"“{project.name}”现在就是“{label}”，不需要更改。")
    if not reason.strip():
        yield Reason("reason_missing", f"把“{project.name}”改为“{label}”须写明理由，请填写后再提交。")
    if status != "active" and open_years:
        years = "、".join(f"{year}年度" for year in open_years)
        yield Reason("year_under_way", f"“{project.name}”的{years}还在办理，办结后才能改为“{label}”。")
