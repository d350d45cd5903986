"""The organisation tree and its people, entered in bulk. Whoever calls has checked the right to do so.

Every function compares with what is there and writes only what differs, so that the same workbook twice changes
nothing. Roles are only ever added: taking one away is a decision about one person, not about a workbook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models, transaction

from core import audit
from core.access import DEPARTMENT_ROLES, INSTITUTION_ROLES, UNIT_ROLES, Role
from core.models import Organisation, OrganisationKind, RoleAssignment, User

OVERSEEING_ROLES = frozenset({Role.AUDITOR_READONLY, Role.LEADING_GROUP, Role.EXPERT})
SECTION_ROLES = frozenset({Role.FISCAL_BUSINESS, Role.FISCAL_PERFORMANCE, Role.FISCAL_BUDGET})
ROLES_AT: dict[str, frozenset[Role]] = {
    OrganisationKind.FISCAL_BUREAU: OVERSEEING_ROLES | {Role.FISCAL_LEADER, Role.SYSADMIN},
    OrganisationKind.FISCAL_SECTION: SECTION_ROLES | {Role.SYSADMIN},
    OrganisationKind.DEPARTMENT: DEPARTMENT_ROLES,
    OrganisationKind.UNIT: UNIT_ROLES,
    OrganisationKind.THIRD_PARTY: INSTITUTION_ROLES | {Role.EXPERT},
    OrganisationKind.OBSERVER: OVERSEEING_ROLES,
}
PARENTS_OF: dict[str, frozenset[str]] = {
    OrganisationKind.FISCAL_BUREAU: frozenset(),
    OrganisationKind.FISCAL_SECTION: frozenset({OrganisationKind.FISCAL_BUREAU}),
    OrganisationKind.DEPARTMENT: frozenset({OrganisationKind.FISCAL_BUREAU}),
    OrganisationKind.UNIT: frozenset({OrganisationKind.DEPARTMENT, OrganisationKind.UNIT}),
    OrganisationKind.THIRD_PARTY: frozenset(),
    OrganisationKind.OBSERVER: frozenset({OrganisationKind.FISCAL_BUREAU}),
}
NEEDS_PARENT = frozenset({OrganisationKind.FISCAL_SECTION, OrganisationKind.UNIT})


@dataclass(frozen=True, kw_only=True)
class Place:
    """One organisation as a workbook describes it; the tree is named by codes, an empty code is no link."""

    code: str
    name: str
    kind: str
    parent_code: str = ""
    section_code: str = ""
    credit_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Post:
    """One role of one person at one organisation."""

    username: str
    name: str
    role: str
    organisation_code: str
    phone: str = ""


@dataclass(frozen=True)
class Counts:
    created: int
    changed: int


def place_of(organisation: Organisation) -> Place:
    return Place(
        code=organisation.code, name=organisation.name, kind=organisation.kind,
        parent_code=organisation.parent.code if organisation.parent else "",
        section_code=organisation.fiscal_section.code if organisation.fiscal_section else "",
        credit_code=organisation.credit_code,
    )


def places_by_code() -> dict[str, Place]:
    """Every organisation as a workbook would describe it; one query."""
    rows = Organisation.objects.select_related("parent", "fiscal_section")
    return {row.code: place_of(row) for row in rows}


@transaction.atomic
def save_places(places: Sequence[Place], *, by, at: datetime) -> Counts:
    """Create and change organisations, in any order of parents and children; codes they name must exist or be given."""
    known = places_by_code()
    new = [place for place in places if place.code not in known]
    changed = [place for place in places if known.get(place.code, place) != place]
    Organisation.objects.bulk_create(
        Organisation(code=place.code, name=place.name, kind=place.kind, credit_code=place.credit_code) for place in new
    )
    rows = {row.code: row for row in Organisation.objects.all()}
    touched = [_describe(rows[place.code], place, rows) for place in (*new, *changed)]
    Organisation.objects.bulk_update(touched, ["name", "kind", "parent", "fiscal_section", "credit_code"])
    if touched:
        audit.record(
            "core.organisation.save", touched[0], by=by, at=at, label="登记机构",
            before={place.code: vars(known[place.code]) for place in changed},
            after={"created": [place.code for place in new], "changed": {place.code: vars(place) for place in changed}},
        )
    return Counts(len(new), len(changed))


def _describe(row: Organisation, place: Place, rows: Mapping[str, Organisation]) -> Organisation:
    row.name, row.kind, row.credit_code = place.name, place.kind, place.credit_code
    row.parent = rows[place.parent_code] if place.parent_code else None
    row.fiscal_section = rows[place.section_code] if place.section_code else None
    return row


def posts_by_key() -> dict[tuple[str, str, str], Post]:
    """Every role held, by login, role and organisation code; one query."""
    rows = RoleAssignment.objects.select_related("user", "organisation")
    posts = (
        Post(username=row.user.username, name=row.user.name, role=row.role, organisation_code=row.organisation.code,
             phone=row.user.phone)
        for row in rows
    )
    return {key_of(post): post for post in posts}


def key_of(post: Post) -> tuple[str, str, str]:
    return post.username, post.role, post.organisation_code


@transaction.atomic
def save_posts(posts: Sequence[Post], *, by, at: datetime) -> Counts:
    """Create people who are not known, correct names and telephones, and add roles. New people cannot sign in yet.

    Every organisation code must exist. The counts are of people.
    """
    people = {post.username: post for post in posts}
    known = {user.username: user for user in User.objects.filter(username__in=people)}
    new = [post for username, post in people.items() if username not in known]
    changed = [post for username, post in people.items() if username in known and _differs(known[username], post)]
    before = {post.username: _particulars(known[post.username]) for post in changed}
    User.objects.bulk_create(
        User(username=post.username, name=post.name, phone=post.phone, password=make_password(None)) for post in new
    )
    for post in changed:
        known[post.username].name, known[post.username].phone = post.name, post.phone
    User.objects.bulk_update((known[post.username] for post in changed), ["name", "phone"])
    added = _add_roles(posts)
    if new or changed or added:
        subject = User.objects.get(username=(new or changed or added)[0].username)
        audit.record(
            "core.user.save", subject, by=by, at=at, label="登记人员及任职", before=before, after={
                "created": [post.username for post in new],
                "changed": {post.username: _particulars(post) for post in changed},
                "roles": ["·".join(key_of(post)) for post in added],
            },
        )
    return Counts(len(new), len({post.username for post in (*changed, *added)} - {post.username for post in new}))


def _particulars(person: User | Post) -> dict[str, str]:
    return {"name": person.name, "phone": person.phone}


def _differs(user: User, post: Post) -> bool:
    return _particulars(user) != _particulars(post)


def _add_roles(posts: Sequence[Post]) -> list[Post]:
    held = posts_by_key()
    missing = [post for post in posts if key_of(post) not in held]
    usernames, codes = {post.username for post in missing}, {post.organisation_code for post in missing}
    users = {user.username: user for user in User.objects.filter(username__in=usernames)}
    places = {row.code: row for row in Organisation.objects.filter(code__in=codes)}
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=users[post.username], role=post.role, organisation=places[post.organisation_code])
        for post in missing
    )
    return missing


@transaction.atomic
def give_password(people: models.QuerySet[User], *, password: str, by, at: datetime) -> int:
    """One password for many people at once, as a demonstration needs it; the password itself is not recorded."""
    usernames = list(people.values_list("username", flat=True))
    given = people.update(password=make_password(password))
    if given:
        audit.record(
            "core.user.give_password", people.first(), by=by, at=at, label="设置统一密码", after={"people": usernames}
        )
    return given


def link_faults(place: Place, places: Mapping[str, Place]) -> dict[str, str]:
    """What is wrong with where an organisation hangs, by the name of the faulty value; ``places`` holds every code."""
    faults = {"parent_code": _parent_fault(place, places), "section_code": _section_fault(place, places)}
    return {name: sentence for name, sentence in faults.items() if sentence}


def _parent_fault(place: Place, places: Mapping[str, Place]) -> str:
    label = OrganisationKind(place.kind).label
    if not place.parent_code:
        return f"“{place.name}”是{label}，必须填写上级机构编码。" if place.kind in NEEDS_PARENT else ""
    parent = places.get(place.parent_code)
    if parent is None:
        return f"没有编码为 {place.parent_code} 的机构，请核对“{place.name}”的上级机构编码。"
    if parent.kind not in PARENTS_OF[place.kind]:
        return (
            f"“{place.name}”是{label}，不能以{OrganisationKind(parent.kind).label}“{parent.name}”为上级，"
            "请核对上级机构编码。"
        )
    if place.code in _codes_above(place, places):
        return f"“{place.name}”的上级又是它自己的下级，请核对上级机构编码 {place.parent_code}。"
    return ""


def _codes_above(place: Place, places: Mapping[str, Place]) -> set[str]:
    above: set[str] = set()
    code = place.parent_code
    while code in places and code not in above:
        above.add(code)
        code = places[code].parent_code
    return above


def _section_fault(place: Place, places: Mapping[str, Place]) -> str:
    is_department = place.kind == OrganisationKind.DEPARTMENT
    if not place.section_code:
        return f"“{place.name}”是主管部门，必须填写归口股室编码。" if is_department else ""
    if not is_department:
        return f"“{place.name}”是{OrganisationKind(place.kind).label}，只有主管部门才填归口股室编码，请清空。"
    section = places.get(place.section_code)
    if section is None:
        return f"没有编码为 {place.section_code} 的机构，请核对“{place.name}”的归口股室编码。"
    if section.kind != OrganisationKind.FISCAL_SECTION:
        return f"“{section.name}”不是财政股室，不能作为“{place.name}”的归口股室，请核对编码 {place.section_code}。"
    return ""


def role_fault(post: Post, place: Place | None) -> dict[str, Any]:
    """What is wrong with a role at an organisation, by the name of the faulty value."""
    if place is None:
        return {"organisation_code": f"没有编码为 {post.organisation_code} 的机构，请核对{post.name}的机构编码。"}
    fitting = ROLES_AT[place.kind]
    if post.role not in fitting:
        words = "、".join(role.label for role in Role if role in fitting)
        return {"role": (
            f"“{place.name}”是{OrganisationKind(place.kind).label}，不能设{Role(post.role).label}，"
            f"可设：{words}；请核对{post.name}的角色或机构编码。"
        )}
    return {}
