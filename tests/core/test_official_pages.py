"""Official forms over the pages: every kind empty, others' records hidden, a missing glyph told, many as one ZIP."""

import io
import zipfile
from datetime import timedelta
from urllib.parse import unquote

import docx
import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from budgets.models import Project
from core import clock, jobs
from core.models import Job
from core.official import bundle
from core.official.kinds import kind_named, registered
from tests.evaluation.makers import make_letter, make_sheet
from tests.factories.cast import make_project, make_year
from tests.official_files import assert_prints, pdf_pages, squeezed, xlsx_values
from tests.targets.makers import line, make_draft, walk

TITLES = {
    "target_declaration": "项目支出绩效目标申报表", "department_target": "部门整体支出绩效目标申报表",
    "target_review": "项目支出绩效目标审核表", "target_approval": "预算绩效目标批复表", "progress_report": "项目支出绩效目标执行监控表",
    "self_evaluation": "项目支出绩效自评表", "department_self_evaluation": "部门整体绩效自评表",
    "evaluation_scores": "绩效评价指标体系评分表", "ex_ante": "事前绩效评估表", "feedback_letter": "绩效评价反馈意见书",
    "allocation": "下年度预算安排表",
}
PAGES_EMPTY = dict.fromkeys(TITLES, 1) | {"evaluation_scores": 2, "progress_report": 2, "target_declaration": 2}
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OUTSIDERS = ("chen_mo", "lin_feng")


def file_name(response) -> str:
    return unquote(response.headers["Content-Disposition"].partition("UTF-8''")[2])


def test_ten_forms_are_registered_in_the_order_of_the_year():
    assert {kind.name: kind.title for kind in registered()} == TITLES
    assert list(TITLES) == [kind.name for kind in registered()]
    whole = [kind.name for kind in registered() if kind.model is None]
    assert whole == ["department_target", "department_self_evaluation"]


@pytest.mark.parametrize("name", list(TITLES))
def test_every_form_can_be_printed_empty(cast, name):
    assert_prints(kind_named(name).empty(), pages=PAGES_EMPTY[name])


@pytest.mark.parametrize("suffix", list(TYPES))
@pytest.mark.parametrize("name", list(TITLES))
def test_every_empty_form_is_downloaded_under_its_name(cast, signed_in, name, suffix):
    response = signed_in(cast.chen_mo).get(reverse("official_empty", args=[name, suffix]))
    assert (response.status_code, response.headers["Content-Type"]) == (200, TYPES[suffix])
    assert file_name(response) == f"{TITLES[name]}（空表）.{suffix}"
    if suffix == "pdf":
        assert TITLES[name] in pdf_pages(response.content)[0]
    elif suffix == "docx":
        words = [paragraph.text for paragraph in docx.Document(io.BytesIO(response.content)).paragraphs]
        assert TITLES[name] in words
    else:
        assert TITLES[name] in xlsx_values(response.content)


def test_a_filled_form_is_downloaded_in_three_formats(cast, signed_in):
    draft = make_draft(cast)
    for suffix in TYPES:
        address = reverse("official_form", args=["target_declaration", draft.pk, suffix])
        response = signed_in(cast.li_weiguo).get(address)
        assert response.status_code == 200
        assert file_name(response) == f"项目支出绩效目标申报表-2026年度农村公路日常养护及小修保养.{suffix}"
    printed, = pdf_pages(signed_in(cast.li_weiguo).get(
        reverse("official_form", args=["target_declaration", draft.pk, "pdf"])
    ).content)
    assert "≥1,204.8公里" in printed
    assert "校验码" in printed


def test_text_that_begins_like_a_formula_is_no_formula_in_the_workbook(cast, signed_in):
    draft = make_draft(cast, lines=[line("quantity", '=HYPERLINK("x")', "", "@SUM(1)", "", "90")])
    response = signed_in(cast.li_weiguo).get(reverse("official_form", args=["target_declaration", draft.pk, "xlsx"]))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    found = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    for written in ('=HYPERLINK("x")', "@SUM(1)"):
        assert (found[written].data_type, found[written].quotePrefix) == ("s", True)


def test_records_of_others_are_hidden(cast, signed_in):
    letter = make_letter(cast)
    next_year = make_year(cast, year=2027, project=Project.objects.get())
    declaration = walk(make_draft(cast, project_year=next_year), cast, "approved")
    rows = {
        "target_declaration": declaration.pk, "target_review": declaration.reviews.first().pk,
        "self_evaluation": letter.project_year.self_evaluations.get().pk, "evaluation_scores": letter.evaluation_id,
        "feedback_letter": letter.pk, "department_target": cast.department.pk,
        "department_self_evaluation": cast.department.pk,
    }
    for name, pk in rows.items():
        address = reverse("official_form", args=[name, pk, "xlsx"]) + "?year=2026"
        assert signed_in(cast.zhang_wen).get(address).status_code == 200
        for outsider in OUTSIDERS:
            assert signed_in(getattr(cast, outsider)).get(address).status_code == 404


@pytest.mark.parametrize("address", [
    "/official/unknown/empty/pdf/", "/official/self_evaluation/empty/odt/", "/official/self_evaluation/1/exe/",
    "/official/unknown/1/pdf/", "/official/self_evaluation/999/pdf/",
])
def test_what_does_not_exist_is_not_found(cast, signed_in, address):
    assert signed_in(cast.zhou_xiaolan).get(address).status_code == 404


def test_a_missing_glyph_is_told_with_its_cell_and_the_way_back(cast, signed_in):
    draft = make_draft(cast, goal="养护\ue123农村公路。")
    address = reverse("official_form", args=["target_declaration", draft.pk, "pdf"])
    response = signed_in(cast.li_weiguo).get(address)
    assert response.status_code == 422
    assert (
        "《项目支出绩效目标申报表》的表 1 第 11 行第 3 列“养护\ue123农村公路。”里的“\ue123”（U+E123）在打印字体中没有字形，"
        "请改用同义的常用字或符号后再打印。"
    ) in response.text
    assert f'href="{draft.get_absolute_url()}"' in response.text
    assert signed_in(cast.li_weiguo).get(address.replace("pdf", "docx")).status_code == 200


def test_the_page_of_forms_offers_departments_to_those_who_may_print_them(cast, signed_in):
    own = reverse("official_form", args=["department_target", cast.department.pk, "pdf"])
    other = reverse("official_form", args=["department_target", cast.other_department.pk, "pdf"])
    seen = {
        name: (own in page, other in page)
        for name in ("li_weiguo", "zhang_wen", "lu_yuan", "zhou_xiaolan")
        for page in [signed_in(getattr(cast, name)).get(reverse("official_forms")).text]
    }
    assert seen == {
        "li_weiguo": (False, False), "zhang_wen": (True, False), "lu_yuan": (True, False), "zhou_xiaolan": (True, True),
    }


def test_record_pages_offer_their_form(cast, signed_in):
    sheet = make_sheet(cast)
    page = signed_in(cast.li_weiguo).get(sheet.get_absolute_url()).text
    for suffix in TYPES:
        assert reverse("official_form", args=["self_evaluation", sheet.pk, suffix]) in page
    assert reverse("official_empty", args=["self_evaluation", "xlsx"]) in page


# --- many at once -----------------------------------------------------------------------------------------


def make_three(cast) -> list:
    names = {"26-JT-0012": "农村公路日常养护", "26-JT-0031": "桥梁/涵洞提升", "26-JT-0044": "公路绿化"}
    return [
        make_draft(cast, project_year=make_year(cast, project=make_project(cast, code=code, name=name)))
        for code, name in names.items()
    ]


def start(client, kind, rows, monkeypatch) -> Job:
    monkeypatch.setattr(jobs, "send", lambda job_id: None)
    response = client.post(reverse("official_bundle", args=[kind]), {"selected": [row.pk for row in rows]})
    job = Job.objects.get(part_of=None)
    assert response.url == reverse("job", args=[job.pk])
    assert jobs.run(job.pk) is None
    for part in job.parts.order_by("-pk"):
        jobs.run(part.pk)
    return jobs.run(job.pk)


def test_three_declarations_become_a_zip_of_three_papers(cast, signed_in, monkeypatch):
    client = signed_in(cast.zhang_wen)
    job = start(client, "target_declaration", make_three(cast), monkeypatch)
    assert (job.state, job.done_count, job.total_count, job.result) == ("done", 3, 3, {"已打印": 3, "未打印": 0})
    response = client.get(reverse("attachment", args=[job.result_file_id]))
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        assert archive.namelist() == [
            "0001-项目支出绩效目标申报表-2026年度农村公路日常养护.pdf", "0002-项目支出绩效目标申报表-2026年度桥梁_涵洞提升.pdf",
            "0003-项目支出绩效目标申报表-2026年度公路绿化.pdf",
        ]
        texts = ["".join(pdf_pages(archive.read(name))) for name in archive.namelist()]
    assert [name in text for name, text in zip(("农村公路日常养护", "桥梁/涵洞提升", "公路绿化"), texts, strict=True)] == [True] * 3
    assert all("日常养护里程" in squeezed(text) and "校验码" in text for text in texts)
    assert signed_in(cast.chen_mo).get(reverse("attachment", args=[job.result_file_id])).status_code == 404


def test_parts_are_put_together_in_the_order_of_the_list(cast, signed_in, monkeypatch, settings):
    monkeypatch.setattr(bundle, "FORMS_IN_A_PART", 2)
    rows = make_three(cast)[::-1]
    job = start(signed_in(cast.zhang_wen), "target_declaration", rows, monkeypatch)
    assert [part.params["ids"] for part in job.parts.order_by("pk")] == [[rows[0].pk, rows[1].pk], [rows[2].pk]]
    assert (job.state, jobs.progress_of(job), job.result) == ("done", (3, 3), {"已打印": 3, "未打印": 0})
    with job.result_file.file.open() as file, zipfile.ZipFile(file) as archive:
        assert [name[:5] + name[-8:-4] for name in archive.namelist()] == ["0001-公路绿化", "0002-涵洞提升", "0003-日常养护"]
    assert not any(default_storage.exists(part.result["file"]) for part in job.parts.all())


def test_a_lost_part_is_printed_again_alone(cast, signed_in, monkeypatch):
    monkeypatch.setattr(bundle, "FORMS_IN_A_PART", 2)
    monkeypatch.setattr(jobs, "send", lambda job_id: None)
    rows = make_three(cast)
    signed_in(cast.zhang_wen).post(
        reverse("official_bundle", args=["target_declaration"]), {"selected": [row.pk for row in rows]}
    )
    whole = Job.objects.get(part_of=None)
    first, second = whole.parts.order_by("pk")
    jobs.run(first.pk)
    jobs.claim(second.pk)
    assert jobs.run(whole.pk) is None
    Job.objects.filter(pk=second.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    assert (jobs.run(second.pk).attempts, jobs.run(first.pk)) == (2, None)
    done = jobs.run(whole.pk)
    assert (done.state, done.result, jobs.progress_of(done)) == ("done", {"已打印": 3, "未打印": 0}, (3, 3))


def test_what_cannot_be_printed_is_left_out_and_told(cast, signed_in, monkeypatch):
    good, faulty, _ = make_three(cast)
    type(faulty).objects.filter(pk=faulty.pk).update(annual_goal="养护\ue123")
    schools = make_project(cast, code="26-JY-0001", name="校舍维修", department=cast.other_department, unit=cast.other_unit)
    other = make_year(cast, project=schools)
    foreign = type(good)(project_year=other, annual_goal="维修校舍。")
    foreign.save()
    job = start(signed_in(cast.li_weiguo), "target_declaration", [good, faulty, foreign], monkeypatch)
    assert (job.state, job.done_count, job.result) == ("done", 3, {"已打印": 1, "未打印": 2})
    assert job.log[0].startswith("第 2 份没有打印：《项目支出绩效目标申报表》的表 1 第 11 行")
    assert job.log[1:] == ["第 3 份不在您的查看范围内，没有打印。"]


def test_a_bundle_of_nothing_printable_is_refused(cast, signed_in, monkeypatch):
    rows = make_three(cast)
    job = start(signed_in(cast.chen_mo), "target_declaration", rows, monkeypatch)
    assert (job.state, job.result_file) == ("refused", None)
    assert job.error == "选中的 3 份《项目支出绩效目标申报表》都没有打印成功，请按过程中的提示改正后重试。"


def test_nothing_ticked_starts_nothing(cast, signed_in):
    client = signed_in(cast.zhang_wen)
    response = client.post(
        reverse("official_bundle", args=["self_evaluation"]), HTTP_REFERER="http://testserver/evaluation/", follow=False
    )
    assert (response.status_code, response.url) == (302, "http://testserver/evaluation/")
    assert Job.objects.count() == 0
    away = client.post(reverse("official_bundle", args=["self_evaluation"]), HTTP_REFERER="http://elsewhere.example/")
    assert away.url == reverse("official_forms")
    assert client.post(reverse("official_bundle", args=["department_target"]), {"selected": [1]}).status_code == 404
    assert client.get(reverse("official_bundle", args=["self_evaluation"])).status_code == 405


@pytest.mark.parametrize(("address", "kind"), [
    ("targets:declarations", "target_declaration"), ("evaluation:self_evaluations", "self_evaluation"),
])
def test_lists_offer_the_bundle(cast, signed_in, address, kind):
    make_sheet(cast)
    page = signed_in(cast.zhang_wen).get(reverse(address)).text
    assert f'formaction="{reverse("official_bundle", args=[kind])}"' in page
    assert 'name="selected"' in page
