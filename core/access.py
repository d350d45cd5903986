"""Roles, who holds them where, and what a person may therefore see.

Roles: domain rules §1.1. A role is held at an organisation; a record says at which organisation each role is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices


class Role(TextChoices):
    UNIT_OPERATOR = "unit_operator", "单位经办人"
    UNIT_FINANCE = "unit_finance", "单位财务负责人"
    UNIT_LEADER = "unit_leader", "单位负责人"
    DEPT_PERFORMANCE = "dept_performance", "主管部门绩效岗"
    DEPT_BUSINESS = "dept_business", "主管部门业务处室"
    DEPT_LEADER = "dept_leader", "主管部门负责人"
    FISCAL_BUSINESS = "fiscal_business", "财政业务股室"
    FISCAL_PERFORMANCE = "fiscal_performance", "财政绩效股"
    FISCAL_BUDGET = "fiscal_budget", "财政预算股"
    FISCAL_LEADER = "fiscal_leader", "财政局领导"
    THIRD_PARTY_LEAD = "third_party_lead", "主评人"
    THIRD_PARTY_MEMBER = "third_party_member", "评价组成员"
    EXPERT = "expert", "评审专家"
    AUDITOR_READONLY = "auditor_readonly", "审计监督（只读）"
    LEADING_GROUP = "leading_group", "领导小组"
    SYSADMIN = "sysadmin", "系统管理员"


UNIT_ROLES = frozenset({Role.UNIT_OPERATOR, Role.UNIT_FINANCE, Role.UNIT_LEADER})
DEPARTMENT_ROLES = frozenset({Role.DEPT_PERFORMANCE, Role.DEPT_BUSINESS, Role.DEPT_LEADER})
FISCAL_ROLES = frozenset({Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE, Role.FISCAL_BUDGET, Role.FISCAL_LEADER})
INSTITUTION_ROLES = frozenset({Role.THIRD_PARTY_LEAD, Role.THIRD_PARTY_MEMBER})
COUNTY_WIDE_ROLES = frozenset({
    Role.FISCAL_PERFORMANCE, Role.FISCAL_BUDGET, Role.FISCAL_LEADER, Role.AUDITOR_READONLY, Role.LEADING_GROUP,
})
READ_ONLY_ROLES = frozenset({Role.AUDITOR_READONLY, Role.LEADING_GROUP})


@dataclass(frozen=True)
class Sight:
    """What a person may see, as ids: everything, or whole departments, units, and what was opened to them."""

    everything: bool
    departments: frozenset[int]
    units: frozenset[int]
    institutions: frozenset[int]
    sections: frozenset[int]
    user_id: int | None


def sight_of(user) -> Sight:
    """Raises nothing: an anonymous or role-less person simply sees nothing."""
    held = user.held_roles if user.is_authenticated else frozenset()

    def organisations(roles) -> frozenset[int]:
        return frozenset(organisation for role, organisation in held if role in roles)

    return Sight(
        everything=any(role in COUNTY_WIDE_ROLES for role, _ in held),
        departments=organisations(DEPARTMENT_ROLES),
        units=organisations(UNIT_ROLES),
        institutions=organisations(INSTITUTION_ROLES),
        sections=organisations({Role.FISCAL_BUSINESS}),
        user_id=user.pk,
    )


def may_contribute(user) -> bool:
    """Whether the person may write comments and upload files at all; observers only read."""
    return any(role not in READ_ONLY_ROLES for role, _ in user.held_roles)


class HeldBy:
    """A step's permission: one of ``roles``, held at the organisation the record names for that role."""

    def __init__(self, *roles: Role):
        self.roles = roles

    def roles_for(self, record) -> tuple[Role, ...]:
        return self.roles

    def __call__(self, record, user) -> bool:
        return any(user.holds(role, record.organisation_for(role)) for role in self.roles_for(record))


class HeldByCase(HeldBy):
    """As ``HeldBy``, but the roles depend on a field of the record, such as its state or kind."""

    def __init__(self, field: str, cases: Mapping[Any, tuple[Role, ...]]):
        super().__init__(*dict.fromkeys(role for roles in cases.values() for role in roles))
        self.field = field
        self.cases = {str(value): roles for value, roles in cases.items()}

    def roles_for(self, record) -> tuple[Role, ...]:
        return self.cases.get(str(getattr(record, self.field)), ())


class HeldInPerson(HeldBy):
    """The one person a field of the record names, as long as they hold one of ``roles`` anywhere."""

    def __init__(self, field: str, *roles: Role):
        super().__init__(*roles)
        self.field = field

    def __call__(self, record, user) -> bool:
        return getattr(record, self.field) == user.pk and any(user.holds(role) for role in self.roles)


class DrivenByDocument(HeldBy):
    """No person may take this step by hand: another record's step takes it, and names itself as the cause."""

    def __call__(self, record, user) -> bool:
        return False


held_by = HeldBy
held_by_case = HeldByCase
held_in_person = HeldInPerson
driven_by_document = DrivenByDocument()
