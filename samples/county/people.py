"""Who works where: the named cast of people.psv, and invented colleagues so that no post is empty."""

from dataclasses import dataclass
from functools import cache

from samples.county.tables import organisations, rows

UNIT_POSTS = ("单位经办人", "单位财务负责人", "单位负责人")
DEPARTMENT_POSTS = ("主管部门绩效岗", "主管部门业务处室", "主管部门负责人")


@dataclass(frozen=True)
class Post:
    login: str
    name: str
    organisation: str
    role: str
    phone: str


@cache
def posts() -> tuple[Post, ...]:
    """One row a role; a person with several roles has several rows with the same login and telephone."""
    phones: dict[str, str] = {}
    made: list[Post] = []

    def add(name: str, login: str, organisation: str, role: str) -> None:
        phone = phones.setdefault(login, f"0000-{6621001 + 7 * len(phones):07d}")
        made.append(Post(login, name, organisation, role, phone))

    for name, login, organisation, role in rows("people"):
        add(name, login, organisation, role)
    strangers = _strangers({post.login for post in made} | {post.name for post in made})
    filled = {(post.organisation, post.role) for post in made}
    for organisation in organisations():
        wanted = {"预算单位": UNIT_POSTS, "主管部门": DEPARTMENT_POSTS}.get(organisation.kind, ())
        for role in wanted:
            if (organisation.code, role) not in filled:
                add(*next(strangers), organisation.code, role)
    order = {organisation.code: place for place, organisation in enumerate(organisations())}
    return tuple(sorted(made, key=lambda post: order[post.organisation]))


@cache
def holder() -> dict[tuple[str, str], Post]:
    """The first person holding each (organisation, role)."""
    found: dict[tuple[str, str], Post] = {}
    for post in posts():
        found.setdefault((post.organisation, post.role), post)
    return found


def _strangers(taken: set[str]):
    table = {cells[0]: [cell.split() for cell in cells[1:]] for cells in rows("names")}
    surnames, given_names = table["姓"], table["名"]
    for number in range(len(surnames) * len(given_names)):
        surname = surnames[number % len(surnames)]
        given = given_names[(number * 11 + number // len(surnames)) % len(given_names)]
        name, login = surname[0] + given[0], surname[1] + given[1]
        if name not in taken and login not in taken:
            taken.update((name, login))
            yield name, login
