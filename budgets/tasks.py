"""Long work of budgets in the background."""

from typing import Any

from budgets import services
from budgets.models import ProjectYear
from budgets.queries.dossier import matter_of
from core import attachments, clock
from core.errors import refuse
from core.jobs import Handle, job_kind
from core.official import dossier

OPEN_FISCAL_YEAR = "budgets.open_fiscal_year"
PROJECT_DOSSIER = "budgets.project_dossier"
DOSSIER_FILE = "项目档案"


@job_kind(OPEN_FISCAL_YEAR, label="开启年度")
def open_fiscal_year(handle: Handle, *, year: int, expected: int | None) -> dict[str, Any]:
    counts = services.open_fiscal_year(
        year, by=handle.job.requested_by, at=clock.now(), expected=expected, progress=handle.progress
    )
    return {"任务期": counts["windows"], "延续的项目": counts["projects"], "未延续的项目": counts["left_out"]}


@job_kind(PROJECT_DOSSIER, label="打印项目档案")
def print_dossier(handle: Handle, *, project_year: int) -> dict[str, Any]:
    """Everything about one project-year that the requester may see, bound into one PDF.

    Raises RuleViolation for a project-year out of sight and for one without a form handed in.
    """
    by, at = handle.job.requested_by, clock.now()
    year = ProjectYear.objects.visible_to(by).with_names().filter(pk=project_year).first()
    if year is None:
        raise refuse("not_visible", "这个项目已经不在您的查看范围内，档案没有打印；确需打印的，请联系财政绩效股。")
    forms = dossier.forms_handed_in(year.pk, by)
    if not forms:
        raise refuse(
            "nothing_handed_in",
            f"{year.title()}还没有您能看到的已报送表格，档案没有打印；请在事前评估或绩效目标报送之后再打印。",
        )
    sheets = []
    for done, (kind, number) in enumerate(forms, start=1):
        sheets.append(dossier.sheet_of(kind, number, by, at=at))
        if sheets[-1].trouble:
            handle.log(f"《{sheets[-1].title}》没有打印：{sheets[-1].trouble}")
        handle.progress(done, len(forms))
    content = dossier.assemble(matter_of(year, by), sheets, by=by, at=at)
    name = f"项目档案-{year.fiscal_year_id}年度{year.project.name}.pdf"
    handle.job.result_file = attachments.attach(None, content, name=name, by=by, at=at, kind=DOSSIER_FILE)
    printed = sum(bool(sheet.content) for sheet in sheets)
    return {"已装订表格": printed, "未能打印": len(sheets) - printed}
