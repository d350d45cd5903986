"""打印档案: what goes into the file of a project-year, in which order, for whom, and when there is nothing to print."""

import io

import pypdf
import pytest
from django.urls import reverse

from budgets.models import ProjectYear
from budgets.tasks import PROJECT_DOSSIER
from core import jobs, records
from core.models import AuditEntry, Job
from core.trail import trail_of
from tests.budgets.ex_ante_road import give, make_convened, make_panel, sheet_of, sign
from tests.evaluation.makers import fill, make_evaluation, make_letter, make_sheet, walk_sheet
from tests.factories.cast import NOON, make_year
from tests.official_files import pdf_pages
from tests.targets.makers import make_draft

NAME = "农村公路日常养护及小修保养"


def printed(year, by) -> Job:
    return jobs.run(jobs.enqueue(PROJECT_DOSSIER, by=by, params={"project_year": year.pk}).pk)


def outline_of(job: Job) -> list[str]:
    with job.result_file.file.open() as file:
        return [line.title for line in pypdf.PdfReader(io.BytesIO(file.read())).outline]


def pages_of(job: Job) -> list[str]:
    with job.result_file.file.open() as file:
        return pdf_pages(file.read())


def test_the_forms_handed_in_are_bound_in_the_order_of_the_year(cast):
    letter = make_letter(cast)
    job = printed(letter.project_year, cast.zhou_xiaolan)
    assert (job.state, job.result, job.log) == ("done", {"已装订表格": 3, "未能打印": 0}, [])
    assert jobs.progress_of(job) == (3, 3)
    assert job.result_file.name == f"项目档案-2026年度{NAME}.pdf"
    titles = [line.partition("（")[0] for line in outline_of(job)]
    assert titles == [
        "封面和目录", "项目支出绩效目标申报表", "绩效评价指标体系评分表", "绩效评价反馈意见书", "审核与决定", "附件目录", "操作日志摘录",
    ]


def test_the_contents_name_the_page_each_form_begins_on(cast):
    letter = make_letter(cast)
    pages = pages_of(printed(letter.project_year, cast.zhou_xiaolan))
    assert [page.index(f"2026年度项目档案第{number}页共{len(pages)}页") >= 0 for number, page in enumerate(pages, 1)] \
        == [True] * len(pages)
    cover = pages[0]
    for title in ("项目支出绩效目标申报表", "绩效评价指标体系评分表", "绩效评价反馈意见书", "审核与决定", "操作日志摘录"):
        first = next(number for number, page in enumerate(pages[1:], start=2) if title in page)
        listed = cover.partition(title)[2]
        assert str(first) in listed[:40], title
    assert f"项目名称{NAME}项目编码26-JT-0012实施单位县公路养护中心" in cover
    assert "本档案由周晓岚装订" in cover


def test_decisions_carry_their_opinions_and_the_trail_its_codes(cast):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast)
    pages = "".join(pages_of(printed(sheet.project_year, cast.zhou_xiaolan)))
    decided = pages.partition("审核与决定（2026年度）")[2].partition("操作日志摘录（2026年度）")[0]
    assert [decided.count(word) for word in ("评分并通过初审", "认可自评结果", "保存草稿")] == [1, 1, 0]
    newest = AuditEntry.objects.filter(thread=sheet.project_year.thread()).first()
    assert f"{newest.pk}{newest.hash[:12]}" in pages.partition("操作日志摘录（2026年度）")[2]
    assert "另有1次保存草稿没有列出" in pages


def test_what_is_still_being_filled_in_is_left_out(cast):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, until="unit_review")
    assert "项目支出绩效自评表" not in " ".join(outline_of(printed(sheet.project_year, cast.li_weiguo)))
    walk_sheet(sheet, cast, until="dept_reviewing")
    assert "项目支出绩效自评表" in " ".join(outline_of(printed(sheet.project_year, cast.li_weiguo)))


def test_a_form_with_an_unprintable_character_is_named_on_the_cover(cast):
    letter = make_letter(cast)
    type(letter).objects.filter(pk=letter.pk).update(demands="限期\ue123整改。")
    job = printed(letter.project_year, cast.zhou_xiaolan)
    assert (job.state, job.result) == ("done", {"已装订表格": 2, "未能打印": 1})
    assert job.log[0].startswith("《绩效评价反馈意见书》没有打印：")
    assert "《绩效评价反馈意见书》（正式版）没有打印：" in pages_of(job)[0]


def test_an_unprintable_character_in_the_trail_does_not_stop_the_printing(cast):
    sheet = walk_sheet(fill(make_sheet(cast), cast), cast, until="dept_reviewing")
    AuditEntry.objects.bulk_create([AuditEntry(
        pk=10**6, at=NOON, actor_name="张雯", action="evaluation.selfevaluation.send_back", label="退回修改",
        model="evaluation.selfevaluation", object_id=sheet.pk, thread=sheet.thread(), subject="自评\ue123表",
        reason="请改\ue123正", previous_hash="0" * 64, hash="f" * 64,
    )])
    decided = "".join(pages_of(printed(sheet.project_year, cast.zhou_xiaolan)))
    assert "自评〓表" in decided
    assert "请改〓正" in decided


def test_a_project_without_a_form_handed_in_is_refused(cast):
    draft = make_draft(cast)
    job = printed(draft.project_year, cast.li_weiguo)
    assert (job.state, job.result_file) == ("refused", None)
    assert job.error == (
        f"“{NAME}”2026年度项目还没有您能看到的已报送表格，档案没有打印；请在事前评估或绩效目标报送之后再打印。"
    )


def test_what_went_out_of_sight_is_not_printed(cast):
    letter = make_letter(cast)
    job = printed(letter.project_year, cast.chen_mo)
    assert (job.state, job.result_file) == ("refused", None)
    assert job.error == "这个项目已经不在您的查看范围内，档案没有打印；确需打印的，请联系财政绩效股。"


def test_the_page_starts_the_job_for_whoever_sees_it(cast, signed_in, monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda job_id: None)
    year = make_letter(cast).project_year
    address = reverse("budgets:print_dossier", args=[year.pk])
    assert f'action="{address}"' in signed_in(cast.wu_di).get(year.get_absolute_url()).content.decode()
    answer = signed_in(cast.wu_di).post(address)
    job = Job.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("job", args=[job.pk]))
    assert (job.name, job.params, job.requested_by) == (PROJECT_DOSSIER, {"project_year": year.pk}, cast.wu_di)
    assert signed_in(cast.chen_mo).post(address).status_code == 404
    assert signed_in(cast.wu_di).get(address).status_code == 405
    assert Job.objects.count() == 1


def test_only_who_asked_for_the_file_may_open_it(cast, signed_in):
    job = printed(make_letter(cast).project_year, cast.zhou_xiaolan)
    address = reverse("attachment", args=[job.result_file_id])
    assert signed_in(cast.zhou_xiaolan).get(address).getvalue().startswith(b"%PDF-")
    assert signed_in(cast.li_weiguo).get(address).status_code == 404


# --- the trail, as each may read it -----------------------------------------------------------------------


def test_an_institution_reads_nothing_of_another_ones_task(cast, signed_in):
    own = make_evaluation(cast, until="in_field")
    year = ProjectYear.objects.get(pk=own.project_year_id)
    other = records.create(
        type(own)(project_year=year, kind="department", ground="重点项目"), by=cast.zhang_wen, at=NOON
    )
    everything = set(trail_of(year.thread(), cast.zhou_xiaolan).values_list("model", "object_id"))
    assert ("evaluation.evaluation", other.pk) in everything
    assert ("evaluation.evaluation", own.pk) in everything
    read = set(trail_of(year.thread(), cast.he_min).values_list("model", "object_id"))
    assert ("evaluation.evaluation", own.pk) in read
    assert ("evaluation.evaluation", other.pk) not in read
    log = signed_in(cast.he_min).get(year.get_absolute_url(), {"tab": "log"}).content.decode()
    assert "2026年度部门评价" not in log


def test_an_expert_reads_nothing_of_the_other_sheets_before_they_are_opened(cast):
    panel = make_panel(cast)
    assessment = make_convened(cast, panel)
    first, second = (sheet.reviewer for sheet in assessment.panel().order_by("pk")[:2])
    sign(assessment, first)
    give(assessment, second, "良")
    hidden = sheet_of(assessment, second)
    read = set(trail_of(assessment.thread(), first).values_list("model", "object_id"))
    assert ("budgets.exantereview", sheet_of(assessment, first).pk) in read
    assert ("budgets.exantereview", hidden.pk) not in read


@pytest.mark.parametrize("name", ["li_weiguo", "zhang_wen", "zhou_xiaolan", "wu_di"])
def test_the_projects_own_people_read_its_whole_trail(cast, name):
    year = make_year(cast)
    assert trail_of(year.thread(), getattr(cast, name)).count() == 1
    assert trail_of(year.thread(), cast.chen_mo).count() == 0
