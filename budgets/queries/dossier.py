"""The file of a project-year: what stands on its cover, and the trail and the attachments that go in."""

from budgets.models import ProjectYear
from budgets.queries.lifecycle import entries_of, files_of
from core.money import percent_text, wan_text
from core.official.dossier import Matter

NOT_GIVEN = "—"


def matter_of(year: ProjectYear, user) -> Matter:
    """As far as the person may see it; ``year`` comes with its project and the organisations of that."""
    entries = entries_of(year, user)
    project = year.project
    return Matter(
        name=project.name, year=year.fiscal_year_id, unit=project.unit.name, reference=f"项目编号：{project.code}",
        facts=_facts(year), entries=entries[::-1], files=files_of(year, entries, user),
    )


def _facts(year: ProjectYear) -> list[tuple[str, str]]:
    project = year.project
    rate = NOT_GIVEN if year.execution_rate is None else percent_text(year.execution_rate)
    result = NOT_GIVEN if year.result_score is None else f"{year.result_score:.2f} 分，{year.result_grade}"
    return [
        ("项目名称", project.name), ("项目编码", project.code), ("实施单位", project.unit.name),
        ("主管部门", project.department.name), ("项目属性", f"{project.get_attribute_display()}项目"),
        ("目前环节", year.get_stage_display()), ("批复文号", year.approval_document or NOT_GIVEN),
        ("年初预算（万元）", wan_text(year.initial_yuan)), ("调整后预算（万元）", wan_text(year.budget_yuan)),
        ("已支出（万元）", wan_text(year.spent_yuan)), ("执行率", rate), ("评价结果", result),
    ]
