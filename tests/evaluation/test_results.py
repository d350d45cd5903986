"""Publishing what counts, handing it down, and the record of disclosure."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from budgets.models import AllocationBasis, ProjectYear
from core.errors import RuleViolation
from evaluation import queries
from evaluation.models import Disclosure, Result
from evaluation.services import publish_ready, publish_result, record_disclosure
from monitoring.models import MonitoringRound, ProgressReport
from tests.evaluation.makers import make_evaluation, make_executing, make_final, make_letter, make_sheet
from tests.evaluation.test_self_evaluation import sentences
from tests.factories.cast import NOON, make_project, make_year

DOCUMENT = "安财绩〔2026〕30号"


def publish(year: ProjectYear, cast, document_no: str = DOCUMENT) -> Result:
    return publish_result(year, document_no=document_no, by=cast.zhou_xiaolan, at=NOON)


def test_without_an_evaluation_the_self_evaluation_counts(cast):
    sheet = make_final(cast)
    result = publish(sheet.project_year, cast)
    assert (result.score, result.grade, result.source) == (Decimal("93.50"), "优", "单位自评（部门评分）")
    year = ProjectYear.objects.get()
    assert (year.stage, year.result_score, year.result_grade) == ("applied", Decimal("93.50"), "优")
    basis = AllocationBasis.objects.get()
    assert (basis.evaluation, basis.score, basis.grade, basis.poor_years, basis.rectification) == (
        "self", Decimal("93.50"), "优", 0, "none"
    )
    assert (basis.carryover_yuan, basis.source) == (Decimal("512000.00"), "单位自评（部门评分）")
    assert list(Disclosure.objects.values_list("kind", "due_on")) == [("self_evaluation", date(2026, 10, 6))]


def test_the_evaluation_counts_before_the_self_evaluation(cast):
    sheet = make_final(cast)
    make_letter(cast, year=sheet.project_year)
    result = publish(sheet.project_year, cast)
    assert (result.score, result.grade, result.source) == (Decimal("84.60"), "良", "财政评价（安财绩〔2026〕9号）")
    basis = AllocationBasis.objects.get()
    assert (basis.evaluation, basis.rectification) == ("fiscal", "open")
    assert set(Disclosure.objects.values_list("kind", flat=True)) == {"self_evaluation", "evaluation"}
    assert ProjectYear.objects.get().stage == "applied"


def test_finances_evaluation_counts_before_the_departments(cast):
    sheet = make_final(cast)
    department = make_evaluation(cast, "graded", year=sheet.project_year, kind="department")
    assert queries.graded_evaluation(sheet.project_year) == department
    fiscal = make_evaluation(cast, "graded", year=sheet.project_year)
    assert queries.graded_evaluation(sheet.project_year) == fiscal
    assert publish(sheet.project_year, cast).evaluation == fiscal


def test_everything_missing_is_named_at_once(cast):
    sheet = make_sheet(cast)
    make_evaluation(cast, "in_field", year=sheet.project_year)
    with pytest.raises(RuleViolation) as refused:
        publish(sheet.project_year, cast, document_no=" ")
    assert sentences(refused.value) == [
        "“农村公路日常养护及小修保养”2026年度项目的单位自评目前是“填报中”，财政认可或复核完成后才能发布结果。",
        "“农村公路日常养护及小修保养”2026年度财政评价还没有定级，请在定级后再发布结果。",
        "“农村公路日常养护及小修保养”2026年度项目没有填写发布文号，请填写后再发布。",
    ]
    assert not Result.objects.exists()


def test_a_year_without_self_evaluation_and_a_second_publication_are_refused(cast):
    with pytest.raises(RuleViolation) as none_yet:
        publish(make_executing(cast, project=make_project(cast, code="26-JT-0013", name="桥梁")), cast)
    assert none_yet.value.codes == ["self_evaluation"]
    sheet = make_final(cast)
    publish(sheet.project_year, cast)
    with pytest.raises(RuleViolation) as again:
        publish(sheet.project_year, cast)
    assert again.value.codes == ["published"]
    assert (Result.objects.count(), AllocationBasis.objects.count()) == (1, 1)


def test_only_the_performance_section_publishes(cast):
    sheet = make_final(cast)
    for person in (cast.zhang_wen, cast.lu_yuan, cast.sun_zheng, cast.wang_jianguo):
        with pytest.raises(PermissionDenied):
            publish_result(sheet.project_year, document_no=DOCUMENT, by=person, at=NOON)
        with pytest.raises(PermissionDenied):
            publish_ready([sheet.project_year], document_no=DOCUMENT, by=person, at=NOON)
    assert not Result.objects.exists()


def test_publishing_many_names_the_refused_and_goes_on(cast):
    ready = make_final(cast)
    waiting = make_sheet(cast, make_executing(cast, project=make_project(cast, code="26-JT-0013", name="桥梁")))
    assert list(queries.ready_to_publish(cast.zhou_xiaolan)) == [ready.project_year]
    assert not queries.ready_to_publish(cast.chen_mo).exists()
    seen = []
    done = publish_ready(
        [waiting.project_year, ready.project_year], document_no=DOCUMENT, by=cast.zhou_xiaolan, at=NOON,
        progress=lambda count, total: seen.append((count, total)),
    )
    assert (done.done, seen) == (1, [(2, 2)])
    assert done.sentences == ["“桥梁”2026年度项目的单位自评目前是“填报中”，财政认可或复核完成后才能发布结果。"]
    assert not queries.ready_to_publish(cast.zhou_xiaolan).exists()


def test_poor_years_run_back_without_a_gap(cast):
    project = make_project(cast)
    years = {year: make_year(cast, project=project, year=year, stage="applied") for year in (2025, 2026, 2027)}

    def result(year: int, grade: str) -> None:
        Result.objects.create(
            project_year=years[year], score=Decimal("50"), grade=grade, source="自评", published_by=cast.zhou_xiaolan,
            published_at=NOON,
        )
    assert queries.poor_years(years[2027], grade="良") == 0
    assert queries.poor_years(years[2027], grade="差") == 1
    result(2026, "差")
    assert queries.poor_years(years[2027], grade="差") == 2
    result(2025, "差")
    assert queries.poor_years(years[2027], grade="差") == 3
    Result.objects.filter(project_year=years[2026]).update(grade="中")
    assert queries.poor_years(years[2027], grade="差") == 1


def test_the_lamps_of_accepted_rounds_go_with_the_result(cast):
    sheet = make_final(cast)
    for number, state, lamp in ((1, "accepted", "yellow"), (2, "accepted", "green"), (3, "draft", "red")):
        round_ = MonitoringRound.objects.create(
            fiscal_year=cast.years[2026], number=number, period_start="2026-01-01", period_end="2026-07-31",
            due_on="2026-08-31", opened_by=cast.zhou_xiaolan, opened_at=NOON,
        )
        report = ProgressReport.objects.create(
            round=round_, project_year=sheet.project_year, declaration=sheet.declaration, project_lamp=lamp
        )
        ProgressReport.objects.filter(pk=report.pk).update(state=state)
    publish(sheet.project_year, cast)
    assert AllocationBasis.objects.get().lamps == [
        {"round": "第1轮", "lamp": "yellow"}, {"round": "第2轮", "lamp": "green"},
    ]


def disclose(disclosure: Disclosure, by, **changed) -> Disclosure:
    how = {"published_on": date(2026, 9, 16), "channel": "县政府门户网站", "address": "", "nonpublic_reason": ""}
    return record_disclosure(disclosure, by=by, at=NOON, **(how | changed))


def test_a_disclosure_is_recorded_by_who_evaluates(cast):
    publish(make_final(cast).project_year, cast)
    disclosure = Disclosure.objects.get()
    for person in (cast.li_weiguo, cast.chen_mo, cast.lu_yuan, cast.wu_di):
        with pytest.raises(PermissionDenied):
            disclose(disclosure, person)
    done = disclose(disclosure, cast.zhang_wen)
    assert (done.published_on, done.channel) == (date(2026, 9, 16), "县政府门户网站")


@pytest.mark.parametrize(("changed", "codes"), [
    ({"published_on": None}, ["no_date"]),
    ({"channel": " "}, ["no_channel"]),
    ({"published_on": date(2026, 9, 17)}, ["future"]),
    ({"nonpublic_reason": "涉密"}, ["both"]),
])
def test_what_is_wrong_with_a_disclosure(cast, changed, codes):
    publish(make_final(cast).project_year, cast)
    disclosure = Disclosure.objects.get()
    with pytest.raises(RuleViolation) as refused:
        disclose(disclosure, cast.zhou_xiaolan, **changed)
    assert refused.value.codes == codes
    assert Disclosure.objects.get().published_on is None


def test_what_is_kept_back_needs_its_ground_only(cast):
    publish(make_final(cast).project_year, cast)
    kept = disclose(
        Disclosure.objects.get(), cast.zhang_wen, published_on=None, channel="", nonpublic_reason="保密法第十五条"
    )
    assert (kept.published_on, kept.nonpublic_reason) == (None, "保密法第十五条")
