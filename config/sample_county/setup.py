"""Before the first project: the tree and its people, rule sets, fiscal years, task windows, notices."""

from budgets.models import FiscalYear, TaskWindow
from config.sample_county.county import PASSWORD, County
from core import records
from core.access import Role
from core.comments import notify
from core.models import OrganisationKind, User
from core.organisations import Place, Post, give_password, save_places, save_posts
from core.resources import PeopleSheet
from core.ruleset_versions import adopt_preset
from targets.services import load_starter_library

FOUNDED = "2024-09-02"
REGION = "安澜县"
PRESET = "mof-2021-cost"
WORKBOOK = "organisations.xlsx"
Stage = TaskWindow.Stage
WINDOWS = {
    2025: {
        Stage.EX_ANTE: ("2024-09-11", "2024-10-31"), Stage.TARGET_FILING: ("2024-11-20", "2024-12-10"),
        Stage.DEPT_REVIEW: ("2024-12-02", "2024-12-20"), Stage.TARGET_REVIEW: ("2024-12-02", "2025-01-15"),
        Stage.APPROVAL: ("2025-02-06", "2025-02-26"),
        Stage.MONITORING: ("2025-08-01", "2025-08-31"), Stage.SELF_EVALUATION: ("2026-01-05", "2026-03-15"),
        Stage.EVALUATION: ("2026-04-10", "2026-11-30"), Stage.RECTIFICATION: ("2026-07-20", "2026-12-10"),
        Stage.APPLICATION: ("2026-10-09", "2026-12-20"),
    },
    2026: {
        Stage.EX_ANTE: ("2025-09-11", "2025-10-31"), Stage.TARGET_FILING: ("2025-11-20", "2025-12-10"),
        Stage.DEPT_REVIEW: ("2025-12-01", "2025-12-19"), Stage.TARGET_REVIEW: ("2025-12-02", "2026-01-15"),
        Stage.APPROVAL: ("2026-02-06", "2026-02-26"),
        Stage.MONITORING: ("2026-08-03", "2026-11-30"), Stage.SELF_EVALUATION: ("2027-01-05", "2027-03-15"),
        Stage.EVALUATION: ("2027-04-10", "2027-09-30"), Stage.RECTIFICATION: ("2027-07-20", "2027-11-30"),
        Stage.APPLICATION: ("2027-10-09", "2027-12-20"),
    },
    2027: {
        Stage.EX_ANTE: ("2026-09-01", "2026-11-27"), Stage.TARGET_FILING: ("2026-10-12", "2026-11-27"),
        Stage.DEPT_REVIEW: ("2026-10-19", "2026-12-04"), Stage.TARGET_REVIEW: ("2026-10-19", "2026-12-18"),
        Stage.APPROVAL: ("2027-02-05", "2027-02-25"),
        Stage.MONITORING: ("2027-08-02", "2027-08-31"), Stage.SELF_EVALUATION: ("2028-01-05", "2028-03-15"),
        Stage.EVALUATION: ("2028-04-10", "2028-09-30"), Stage.RECTIFICATION: ("2028-07-20", "2028-11-30"),
        Stage.APPLICATION: ("2028-10-09", "2028-12-20"),
    },
}
UNDER_WAY = {
    2025: (Stage.EVALUATION, Stage.RECTIFICATION, Stage.APPLICATION),
    2026: (Stage.MONITORING,),
    2027: (Stage.EX_ANTE, Stage.TARGET_FILING, Stage.DEPT_REVIEW, Stage.TARGET_REVIEW),
}


def set_up(county: County) -> None:
    at = county.moment(FOUNDED)
    first = first_administrator(county)
    county.take_in("organisations", (county.folder / WORKBOOK).read_bytes(), name=WORKBOOK, by=first, day=FOUNDED)
    give_password(User.objects.all(), password=PASSWORD, by=first, at=at)
    for year in WINDOWS:
        ruleset = adopt_preset(PRESET, fiscal_year=year, region=REGION, by=county.performance(), at=at)
        fiscal_year = FiscalYear(year=year, ruleset=ruleset)
        records.create(fiscal_year, by=county.performance(), at=at, label="建立年度")
        open_windows(county, fiscal_year)
    publish_notices(county)


def load_library(county: County) -> None:
    load_starter_library(by=county.performance(), at=county.moment(FOUNDED))


def first_administrator(county: County) -> User:
    """Somebody has to be there before anybody can import: the administrator of the workbook, at the bureau."""
    at = county.moment(FOUNDED)
    role = PeopleSheet.column("role")
    line = next(row for row in county.lines(WORKBOOK, "人员") if role.read(row["角色"]) == Role.SYSADMIN)
    bureau = next(row for row in county.lines(WORKBOOK, "机构") if row["机构编码"] == line["机构编码"])
    place = Place(
        code=bureau["机构编码"], name=bureau["机构名称"], kind=OrganisationKind.FISCAL_BUREAU.value,
        credit_code=bureau["统一社会信用代码"],
    )
    post = Post(
        username=line["登录名"], name=line["姓名"], role=Role.SYSADMIN.value, organisation_code=place.code,
        phone=line["联系电话"],
    )
    save_places([place], by=None, at=at)
    save_posts([post], by=None, at=at)
    return User.objects.get(username=post.username)


def open_windows(county: County, fiscal_year: FiscalYear) -> None:
    """The year's task windows; what the county is in the middle of stays open for at least a week from today."""
    for stage, (opens, due) in WINDOWS[fiscal_year.year].items():
        opens_on, due_on = county.day(opens), county.day(due)
        if stage in UNDER_WAY[fiscal_year.year] and opens_on <= county.today:
            due_on = county.still_open(due_on)
        window = TaskWindow(fiscal_year=fiscal_year, stage=stage, opens_on=opens_on, due_on=due_on)
        records.create(window, by=county.performance(), at=county.moment(FOUNDED), label="设定任务期")


def publish_notices(county: County) -> None:
    for line in county.story.of("公告"):
        if county.day(line["日期"]) <= county.today:
            notify(title=line["标题"], text=line["正文"], by=county.performance(), at=county.moment(line["日期"]))
