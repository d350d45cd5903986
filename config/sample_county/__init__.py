"""安澜县, the sample county: its workbooks taken in and every project walked to where story.xlsx leaves it.

Everything goes through the imports, services and steps that people use, as the unit's own people, at the time it
would have happened. Nothing is written past them.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from budgets.models import ProjectYear
from config.sample_county import (
    allocation,
    budgets,
    evaluations,
    ex_ante,
    monitoring,
    rectification,
    self_evaluations,
    setup,
    targets,
)
from config.sample_county.county import PASSWORD, County
from core.errors import refuse
from core.models import Organisation, User
from monitoring.models import Alert

__all__ = ["PASSWORD", "is_loaded", "load"]

FOLDER = Path(__file__).resolve().parent.parent.parent / "samples"
DEMONSTRATOR = "liweiguo"
STAGES: tuple[tuple[str, Callable[[County], None]], ...] = (
    ("机构、人员、规则集、任务期、公告", setup.set_up),
    ("通用指标库", setup.load_library),
    ("2025年度预算申报", lambda county: budgets.import_budget(county, 2025)),
    ("2025年度事前绩效评估", lambda county: ex_ante.assess_new_projects(county, 2025)),
    ("2025年度绩效目标申报、审核、批复", lambda county: targets.file_declarations(county, 2025)),
    ("2026年度预算申报", lambda county: budgets.import_budget(county, 2026)),
    ("2026年度事前绩效评估", lambda county: ex_ante.assess_new_projects(county, 2026)),
    ("2026年度预算安排", lambda county: allocation.allocate(county, 2026)),
    ("2026年度绩效目标申报", lambda county: targets.file_declarations(county, 2026)),
    ("2025年度支付", lambda county: budgets.import_spending(county, 2025, delivery="2025-12-31")),
    ("2025年度单位自评", self_evaluations.self_evaluate),
    ("2026年7月底前预算调整", lambda county: budgets.adjust_budgets(county, after="2026-01-01", until="2026-07-31")),
    ("2026年1—7月支付", lambda county: budgets.import_spending(county, 2026, delivery="2026-07-31")),
    ("2026年第1轮绩效监控", lambda county: monitoring.watch(county, 1)),
    ("2026年8月支付", lambda county: budgets.import_spending(county, 2026, delivery="2026-08-31")),
    ("暂缓拨付", lambda county: monitoring.settle_alerts(county, Alert.Outcome.SUSPENDED, day="2026-08-31")),
    ("2026年度绩效目标调整", targets.adjust_targets),
    ("调整目标的预警销号", lambda county: monitoring.settle_alerts(county, Alert.Outcome.TARGET_ADJUSTED, day="2026-09-21")),
    ("2026年9月预算调整", lambda county: budgets.adjust_budgets(county, after="2026-07-31", until="2026-12-31")),
    ("停止执行", lambda county: monitoring.settle_alerts(county, Alert.Outcome.STOPPED, day="2026-09-29")),
    ("2027年度预算申报", lambda county: budgets.import_budget(county, 2027)),
    ("2027年度事前绩效评估", lambda county: ex_ante.assess_new_projects(county, 2027)),
    ("2025年度绩效评价、反馈整改", lambda county: rectification.rectify(county, evaluations.evaluate(county))),
    ("2025年度结果发布", evaluations.publish),
    ("2027年度绩效目标申报", lambda county: targets.file_declarations(county, 2027)),
    ("2026年9—10月支付", lambda county: budgets.import_spending(county, 2026, delivery="2026-10-31")),
    ("2027年度预算安排", lambda county: allocation.allocate(county, 2027)),
    ("2026年第2轮绩效监控", lambda county: monitoring.watch(county, 2)),
    ("已纠偏的预警销号", lambda county: monitoring.settle_alerts(county, Alert.Outcome.CORRECTED, day="2026-11-20")),
)


@transaction.atomic
def load(
    folder: Path = FOLDER, *, now: datetime, projects: Iterable[str] | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Counter[tuple[int, str]]:
    """Load the county, all of it or none of it; returns how many project-years stand at each year and stage.

    ``projects`` limits it to these project codes. Raises ``RuleViolation`` for a database that is already in use.
    """
    places, years = Organisation.objects.count(), ProjectYear.objects.count()
    if places or years:
        raise refuse(
            "not_empty",
            f"数据库里已有 {places} 个机构、{years} 个年度项目，示例县只能装入空的数据库，请先备份并清空数据后再装入。",
        )
    county = County(folder, now=now, only=projects, say=say)
    for title, stage in STAGES:
        stage(county)
        say(title)
    return Counter(ProjectYear.objects.values_list("fiscal_year_id", "stage"))


def is_loaded() -> bool:
    """Whether the people of the sample county are here with the password that everybody may know."""
    someone = User.objects.filter(username=DEMONSTRATOR).first()
    return someone is not None and someone.check_password(PASSWORD)
