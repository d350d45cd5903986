"""Workbooks that core takes in: the organisation tree and the people with their roles."""

from datetime import datetime

from core.access import Role
from core.imports import (
    Change,
    ChoiceWidget,
    CodeWidget,
    Column,
    Plan,
    Row,
    SheetResource,
    TextWidget,
    WorkbookImport,
    register_import,
)
from core.models import OrganisationKind
from core.organisations import (
    Place,
    Post,
    key_of,
    link_faults,
    places_by_code,
    posts_by_key,
    role_fault,
    save_places,
    save_posts,
)


class OrganisationSheet(SheetResource):
    sheet_name = "机构"
    key = ("code",)

    code = Column("机构编码", "code", CodeWidget(most=21), required=True, help="全县唯一，按文本填写。")
    name = Column("机构名称", "name", TextWidget(most=120), required=True)
    kind = Column("机构类型", "kind", ChoiceWidget(OrganisationKind), required=True)
    parent_code = Column(
        "上级机构编码", "parent_code", CodeWidget(most=21), help="财政股室填财政局，预算单位填主管部门；其余可不填。",
        shown=lambda row: row.parent.code if row.parent else "",
    )
    section_code = Column(
        "归口股室编码", "section_code", CodeWidget(most=21), help="主管部门必填，其余不填。",
        shown=lambda row: row.fiscal_section.code if row.fiscal_section else "",
    )
    credit_code = Column("统一社会信用代码", "credit_code", CodeWidget(most=18))


class PeopleSheet(SheetResource):
    sheet_name = "人员"
    key = ("username", "organisation_code", "role")

    username = Column("登录名", "username", CodeWidget(most=150), required=True, shown="user__username")
    name = Column("姓名", "name", TextWidget(most=40), required=True, shown="user__name")
    organisation_code = Column(
        "机构编码", "organisation_code", CodeWidget(most=21), required=True, shown="organisation__code"
    )
    role = Column(
        "角色", "role", ChoiceWidget(Role, synonyms={"审计监督(只读)": Role.AUDITOR_READONLY.value}), required=True,
        help="一人兼几个角色就填几行。已有的角色不会因表中没有而取消。",
    )
    phone = Column("联系电话", "phone", TextWidget(most=30), shown="user__phone")


@register_import
class OrganisationImport(WorkbookImport):
    """New people get no password: the system administrator gives them one."""

    kind = "organisations"
    title = "机构和人员"
    sheets = (OrganisationSheet, PeopleSheet)

    @classmethod
    def allowed(cls, user) -> bool:
        return user.holds(Role.SYSADMIN)

    def compare(self, plan: Plan) -> None:
        self.places = [Place(**row.values) for row in self.rows[OrganisationSheet]]
        self.posts = [Post(**row.values) for row in self.rows[PeopleSheet]]
        known = places_by_code()
        after = known | {place.code: place for place in self.places}
        for row, place in zip(self.rows[OrganisationSheet], self.places, strict=True):
            _report(plan, OrganisationSheet, row, link_faults(place, after))
        for row, post in zip(self.rows[PeopleSheet], self.posts, strict=True):
            _report(plan, PeopleSheet, row, role_fault(post, after.get(post.organisation_code)))
        self._compare_names(plan)
        plan.changes += [_place_change(place, known.get(place.code)) for place in self.places]
        held = posts_by_key()
        plan.changes += [_post_change(post, held.get(key_of(post))) for post in self.posts]

    def _compare_names(self, plan: Plan) -> None:
        """One login is one person: the same name and telephone in every row."""
        first: dict[str, tuple[Row, Post]] = {}
        for row, post in zip(self.rows[PeopleSheet], self.posts, strict=True):
            before, earlier = first.setdefault(post.username, (row, post))
            if earlier.name != post.name:
                plan.errors.append(row.error(PeopleSheet.column("name"), (
                    f"登录名 {post.username} 在第 {before.number} 行的姓名是“{earlier.name}”，本行是“{post.name}”，"
                    "一个登录名只能属于一个人，请核对。"
                )))
            elif earlier.phone != post.phone:
                plan.errors.append(row.error(PeopleSheet.column("phone"), (
                    f"{post.name}在第 {before.number} 行的联系电话是“{earlier.phone}”，本行是“{post.phone}”，请改成一致。"
                )))

    def commit(self, *, at: datetime) -> dict[str, int]:
        places = save_places(self.places, by=self.by, at=at)
        people = save_posts(self.posts, by=self.by, at=at)
        return {
            "organisations_created": places.created, "organisations_changed": places.changed,
            "people_created": people.created, "people_changed": people.changed,
        }


def _report(plan: Plan, sheet: type[SheetResource], row: Row, faults: dict[str, str]) -> None:
    plan.errors += [row.error(sheet.column(name), sentence) for name, sentence in faults.items()]


def _place_change(place: Place, known: Place | None) -> Change:
    key = f"{place.code} {place.name}"
    if known is None:
        return Change("create", key, [])
    details = [
        {"label": column.heading, "old": _shown(column, vars(known)), "new": _shown(column, vars(place))}
        for column in OrganisationSheet.columns() if vars(known)[column.name] != vars(place)[column.name]
    ]
    return Change("change" if details else "same", key, details)


def _post_change(post: Post, known: Post | None) -> Change:
    key = f"{post.name} {Role(post.role).label}（{post.organisation_code}）"
    if known is None:
        return Change("create", key, [])
    details = [
        {"label": label, "old": old, "new": new}
        for label, old, new in (("姓名", known.name, post.name), ("联系电话", known.phone, post.phone)) if old != new
    ]
    return Change("change" if details else "same", key, details)


def _shown(column: Column, values: dict[str, str]) -> str:
    return column.widget.render(values[column.name])
