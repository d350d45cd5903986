"""A project in one year: may it be opened, asked for, filed."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from core.errors import Reason
from core.money import wan_text


def year_is_open(record) -> Iterator[Reason]:
    year = record.project_year.fiscal_year
    if not year.is_open:
        yield Reason("year_closed", f"{year}已停止办理，{record.title()}不能再提交；如确需办理请联系财政预算股。")


def amount_is_entered(year) -> Iterator[Reason]:
    if year.requested_yuan <= 0:
        yield Reason("no_amount", f"{year.title()}还没有填写申请金额，请先在“资金”中填写各项资金来源。")


def amount_within_ceiling(record) -> Iterator[Reason]:
    """Ceilings come from last year's allocation round; without one, requests are free."""
    year = record.project_year
    if year.ceiling_yuan is not None and year.requested_yuan > year.ceiling_yuan:
        over = year.requested_yuan - year.ceiling_yuan
        yield Reason(
            "over_ceiling",
            f"{year.title()}申请 {wan_text(year.requested_yuan)} 万元，超过下达的控制数 {wan_text(year.ceiling_yuan)} 万元，"
            f"请调减 {wan_text(over)} 万元后再提交。",
        )


def runs_in(project, year: int) -> bool:
    """Whether the project's term covers the year; a recurring project's term is renewed every year and never ends."""
    return project.starts_on.year <= year <= project.ends_on.year or project.duration_type == "recurring"


def year_may_be_opened(project, fiscal_year, *, exists: bool) -> Iterator[Reason]:
    if exists:
        yield Reason("duplicate_year", f"“{project.name}”在{fiscal_year}已经立项，请直接打开原有的年度项目。")
    if not fiscal_year.is_open:
        yield Reason("year_closed", f"{fiscal_year}已停止办理，“{project.name}”不能再立项；如确需办理请联系财政预算股。")
    if not runs_in(project, fiscal_year.year):
        yield Reason(
            "outside_term",
            f"“{project.name}”的项目期为 {project.starts_on} 至 {project.ends_on}，不含{fiscal_year}，请先核对项目起止日期。",
        )


def amounts_are_valid(year, amounts: Mapping[str, Decimal]) -> Iterator[Reason]:
    for label, amount in amounts.items():
        if amount < 0:
            yield Reason(
                "negative_amount", f"{year.title()}的{label} {wan_text(amount)} 万元是负数，请改为不小于 0 的数。"
            )


def years_exist(name: str, wanted: Mapping[str, int], known: set[int]) -> Iterator[Reason]:
    for label, year in wanted.items():
        if year not in known:
            yield Reason("no_year", f"轮次“{name}”的{label} {year} 年度还没有建立，请先由系统管理员建立该年度。")
