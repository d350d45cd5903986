"""Passing many at once: through the guards of the single pass, with a report of what was not passed and why."""

from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from core import jobs
from core.models import Attachment, Job
from core.transitions import perform
from targets.models import TargetDeclaration
from targets.services import comment_on_place
from tests.factories.cast import NOON, Cast, make_project, make_year
from tests.targets.makers import make_draft, walk

URL = "targets:pass_ticked"


@pytest.fixture(autouse=True)
def nothing_is_sent(monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda job_id: None)


def waiting(cast: Cast, count: int, *, first: int = 0) -> list[TargetDeclaration]:
    """Declarations waiting for the department."""
    found = []
    for number in range(first, first + count):
        project = make_project(cast, code=f"26-JT-{number:04}", name=f"农村公路养护第 {number} 标段")
        draft = make_draft(cast, project_year=make_year(cast, project=project))
        found.append(walk(draft, cast, "dept_reviewing"))
    return found


def states() -> list[str]:
    return list(TargetDeclaration.objects.order_by("pk").values_list("state", flat=True))


def ids(*declarations: TargetDeclaration) -> dict[str, list[int]]:
    return {"selected": [each.pk for each in declarations]}


def test_what_needs_no_remark_is_passed_with_full_points(cast, signed_in):
    first, second = waiting(cast, 2)
    answer = signed_in(cast.zhang_wen).post(reverse(URL), ids(first, second))
    assert (answer.status_code, answer.context["batch"].done, answer.context["batch"].refused) == (200, 2, [])
    assert states() == ["fiscal_reviewing"] * 2
    kept = first.reviews.get()
    assert (kept.total, kept.grade, kept.opinion, kept.by) == (Decimal("100.00"), "优", "同意。", cast.zhang_wen)
    assert "选中的 2 项都已审核通过。" in answer.content.decode()


def test_the_rest_is_reported_with_its_reasons_and_as_a_workbook(cast, signed_in):
    good, commented = waiting(cast, 2)
    (vague,) = waiting(cast, 1, first=2)
    TargetDeclaration.objects.filter(pk=vague.pk).update(annual_goal="")
    comment_on_place(commented, "annual_goal", "请写明受益人数。", by=cast.zhang_wen, at=NOON)
    other = walk(make_draft(cast, project_year=make_year(cast, project=make_project(cast))), cast, "unit_review")

    answer = signed_in(cast.zhang_wen).post(reverse(URL), ids(good, vague, commented, other))

    batch = answer.context["batch"]
    assert batch.done == 1
    assert sorted(refusal.url for refusal in batch.refused) == sorted([
        each.get_absolute_url() for each in (vague, commented, other)
    ])
    assert f'<a href="{vague.get_absolute_url()}">' in answer.content.decode()
    reasons = {refusal.subject: refusal.sentences for refusal in batch.refused}
    assert reasons[str(commented)] == (f"{commented.title()}还有 1 处批注没有落实，请单独打开核对后再办理。",)
    assert reasons[str(other)] == (f"{other.title()}目前是“待单位审核”，不在您的审核环节，没有办理。",)
    (sentence,) = reasons[str(vague)]
    assert sentence.startswith(f"{vague.title()}的质量检查有 ")
    assert states() == ["fiscal_reviewing", "dept_reviewing", "dept_reviewing", "unit_review"]
    file = Attachment.objects.get(pk=answer.context["file_url"].split("/")[-2])
    with file.file.open("rb") as content:
        sheet = openpyxl.load_workbook(content).active
    assert {(row[1].value, row[2].value) for row in list(sheet.rows)[1:]} == {
        (subject, sentence) for subject, sentences in reasons.items() for sentence in sentences
    }


def test_nobody_passes_their_own_or_what_they_may_not_see(cast, signed_in):
    (declaration,) = waiting(cast, 1)
    TargetDeclaration.objects.update(submitted_by=cast.zhang_wen)
    answer = signed_in(cast.zhang_wen).post(reverse(URL), ids(declaration))
    (refusal,) = answer.context["batch"].refused
    assert "按审核分离要求请由他人办理“初审通过，报送财政”" in refusal.sentences[0]
    hidden = signed_in(cast.chen_mo).post(reverse(URL), ids(declaration), follow=True)
    assert [str(message) for message in hidden.context["messages"]] == ["目前没有由您审核的绩效目标，选中的都没有办理。"]
    assert states() == ["dept_reviewing"]


@pytest.mark.parametrize(("state", "person", "after"), [
    ("unit_review", "wang_jianguo", "dept_reviewing"), ("fiscal_reviewing", "zhou_xiaolan", "ready_for_approval"),
])
def test_each_reviewer_passes_by_their_own_step(cast, signed_in, state, person, after):
    declaration = walk(make_draft(cast), cast, state)
    signed_in(getattr(cast, person)).post(reverse(URL), ids(declaration))
    assert states() == [after]


def test_the_section_signs_with_the_ready_opinion(cast, signed_in):
    (declaration,) = waiting(cast, 1)
    signed_in(cast.zhang_wen).post(reverse(URL), ids(declaration))
    signed_in(cast.lu_yuan).post(reverse(URL), ids(declaration))
    assert TargetDeclaration.objects.get().business_opinion == "同意。"


def test_more_than_fifty_become_a_job_with_the_same_report(cast, signed_in):
    declarations = waiting(cast, 3)
    client = signed_in(cast.zhang_wen)
    more = {"selected": [each.pk for each in declarations] + list(range(900_000, 900_048))}
    answer = client.post(reverse(URL), more)
    job = Job.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("job", args=[job.pk]))
    perform(declarations[0], "send_back", by=cast.zhang_wen, at=NOON, reason="请改正。")
    done = jobs.run(job.pk)
    assert (done.state, done.result) == ("done", {"已通过": 2, "未办理": 1})
    assert done.log == [f"{declarations[0].title()}目前是“退回修改”，不在您的审核环节，没有办理。"]
    assert done.result_file is not None


def test_nothing_ticked_is_told(cast, signed_in):
    answer = signed_in(cast.zhang_wen).post(reverse(URL), {"selected": ["甲"]}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "没有选中任何一行，请先在清单中勾选要审核通过的绩效目标。"
    ]


def test_the_list_offers_it_to_reviewers_only(cast, signed_in):
    waiting(cast, 1)
    labels = {
        name: [action["label"] for action in signed_in(getattr(cast, name)).get(
            reverse("targets:declarations")).context["batch"]]
        for name in ("zhang_wen", "li_weiguo")
    }
    assert labels == {"zhang_wen": ["批量通过", "打包导出"], "li_weiguo": ["打包导出"]}
