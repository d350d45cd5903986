"""Who must be assessed, and who may go without: the door to the targets, the exemption and its decision."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets import rules
from budgets.models import ExAnteExemption, FiscalYear, ProjectYear
from budgets.services import ask_for_exemption
from core.attachments import attachments_of
from core.errors import RuleViolation
from core.models import ToDo
from core.rulebook.ex_ante import ExAnteThreshold
from core.rulebook.terms import ProjectKind
from core.transitions import perform
from tests.budgets.ex_ante_road import PDF, make_new_year
from tests.factories.cast import make_project, make_year
from tests.workflow_table import (
    check_holders,
    check_permissions,
    declared_table,
    put_into,
    refused_everywhere,
)

TABLE = {("applied", "grant"): "granted", ("applied", "refuse"): "refused"}
GROUND = "已按基本建设程序审批"
FILE = ("批复.pdf", PDF)


def ask(year, *, by, at, **changes):
    given = {"ground": GROUND, "basis_text": "安发改〔2025〕31号批复", "file": FILE} | changes
    return ask_for_exemption(year, **given, by=by, at=at)


@pytest.fixture
def year(cast):
    return make_new_year(cast)


@pytest.fixture
def exemption(cast, year, at):
    return ask(year, by=cast.li_weiguo, at=at)


def refusal_of(record, step, *, by, at, **more):
    with pytest.raises(RuleViolation) as caught:
        perform(record, step, by=by, at=at, **more)
    return caught.value


def asking_refused(year, *, by, at, **changes):
    with pytest.raises(RuleViolation) as caught:
        ask(year, by=by, at=at, **changes)
    return caught.value


# --- who must ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("attribute", "amount", "needed"), [
    ("new", "999999.99", False), ("new", "1000000.00", True), ("continuing", "9000000.00", False),
])
def test_a_new_project_from_a_million_on_is_assessed(cast, attribute, amount, needed):
    year = make_year(cast, project=make_project(cast, attribute=attribute), fiscal_yuan=amount)
    assert rules.needs_ex_ante(year) is needed


@pytest.mark.parametrize(("amount", "needed"), [("1499999.99", False), ("1500000.00", True)])
def test_a_continuing_project_enlarged_by_half_is_assessed(cast, amount, needed):
    project = make_project(cast)
    last = make_year(cast, project=project, year=2025, fiscal_yuan="1000000.00", stage="executing")
    year = make_year(cast, project=project, fiscal_yuan=amount, previous=last)
    assert rules.needs_ex_ante(year) is needed


def test_the_sentence_for_an_enlarged_project(cast, at):
    project = make_project(cast)
    last = make_year(cast, project=project, year=2025, fiscal_yuan="1000000.00", stage="executing")
    year = make_year(cast, project=project, fiscal_yuan="2000000.00", previous=last)
    assert str(refusal_of(year, "start_filing", by=cast.li_weiguo, at=at)) == (
        "“农村公路日常养护及小修保养”2026年度项目申请 200.00 万元，比上年预算 100.00 万元增长 50% 以上，视为实质性调整，"
        "达到 100.00 万元的事前评估标准，请先开展事前绩效评估；确属免予评估情形的，请先申请免予评估，由财政绩效股审核。"
    )


def test_a_kind_of_project_may_have_its_own_threshold(cast, monkeypatch):
    book = cast.years[2026].rulebook()
    own = (ExAnteThreshold(kind=ProjectKind.SPECIAL, yuan=Decimal("500000")),)
    changed = replace(book, ex_ante=replace(book.ex_ante, thresholds=own))
    monkeypatch.setattr(FiscalYear, "rulebook", lambda self: changed)
    special = make_year(
        cast, project=make_project(cast, attribute="new", kind="special"), fiscal_yuan="600000.00"
    )
    plain = make_year(
        cast, project=make_project(cast, code="2", name="乙", attribute="new"), fiscal_yuan="600000.00"
    )
    assert (rules.needs_ex_ante(special), rules.needs_ex_ante(plain)) == (True, False)


# --- going without ----------------------------------------------------------------------------------------------------


def test_table_and_permissions(cast, exemption, at):
    assert declared_table(ExAnteExemption) == TABLE
    check_permissions(ExAnteExemption)
    check_holders(ExAnteExemption)
    assert refused_everywhere(exemption, TABLE, lambda step, record: cast.zhou_xiaolan, at=at) == 3 * 2 - len(TABLE)


def test_finance_grants_and_the_door_opens(cast, year, exemption, at):
    assert [file.kind for file in attachments_of(exemption)] == ["免评估佐证"]
    assert ToDo.objects.get(model="budgets.exanteexemption").verb == "审核免予评估申请"
    assert refusal_of(year, "start_filing", by=cast.li_weiguo, at=at).codes == ["ex_ante_required"]
    granted = perform(exemption, "grant", by=cast.zhou_xiaolan, at=at, reason="同意")
    assert (granted.state, granted.decision) == ("granted", "同意")
    fresh = ProjectYear.objects.get()
    assert fresh.ex_ante_exemption == "已按基本建设程序审批：安发改〔2025〕31号批复"
    assert perform(fresh, "start_filing", by=cast.li_weiguo, at=at).stage == "target_filing"


def test_finance_refuses_and_the_unit_may_ask_again(cast, year, exemption, at):
    assert refusal_of(exemption, "refuse", by=cast.zhou_xiaolan, at=at).codes == ["reason_missing"]
    refused = perform(exemption, "refuse", by=cast.zhou_xiaolan, at=at, reason="批复已过期")
    assert (refused.state, ProjectYear.objects.get().ex_ante_exemption) == ("refused", "")
    assert refusal_of(year, "start_filing", by=cast.li_weiguo, at=at).codes == ["ex_ante_required"]
    assert ask(year, by=cast.li_weiguo, at=at).state == "applied"


@pytest.mark.parametrize(("changes", "code"), [
    ({"ground": "领导同意"}, "no_ground"), ({"basis_text": " "}, "no_basis"), ({"file": None}, "no_evidence"),
])
def test_ground_text_and_evidence_are_all_asked_for(cast, year, at, changes, code):
    assert asking_refused(year, by=cast.li_weiguo, at=at, **changes).codes == [code]
    assert not ExAnteExemption.objects.exists()


def test_all_that_is_missing_is_said_at_once(cast, year, at):
    refusal = asking_refused(year, by=cast.li_weiguo, at=at, ground="", basis_text="", file=None)
    assert refusal.codes == ["no_ground", "no_basis", "no_evidence"]
    assert "请从下列情形中选择：已按基本建设程序审批、已按信息化项目程序评审" in str(refusal)


def test_asking_twice_needlessly_late_or_for_others_is_refused(cast, year, exemption, at):
    assert asking_refused(year, by=cast.li_weiguo, at=at).codes == ["exemption_pending"]
    small = make_year(cast, project=make_project(cast, code="2", name="乙", attribute="new"), fiscal_yuan="10000.00")
    assert asking_refused(small, by=cast.li_weiguo, at=at).codes == ["exemption_needless"]
    with pytest.raises(PermissionDenied):
        ask(year, by=cast.wang_jianguo, at=at)
    perform(exemption, "grant", by=cast.zhou_xiaolan, at=at)
    assert asking_refused(year, by=cast.li_weiguo, at=at).codes == ["exempt_before"]


def test_only_finance_decides_and_not_after_the_assessment_has_begun(cast, year, exemption, at):
    for other in (cast.zhang_wen, cast.zhao_zhiyuan, cast.lu_yuan, cast.qian_li):
        with pytest.raises(PermissionDenied):
            perform(exemption, "grant", by=other, at=at)
    put_into(year, "ex_ante")
    assert refusal_of(exemption, "grant", by=cast.zhou_xiaolan, at=at).codes == ["year_moved_on"]
    assert perform(exemption, "refuse", by=cast.zhou_xiaolan, at=at, reason="已开展评估").state == "refused"


def test_an_unassessed_project_is_not_visible_to_other_units(cast, exemption):
    assert list(ExAnteExemption.objects.visible_to(cast.li_weiguo)) == [exemption]
    assert not ExAnteExemption.objects.visible_to(cast.chen_mo).exists()
