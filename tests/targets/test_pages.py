"""The pages of targets: who sees what, filling in, autosave, conflicts, review from one to the next, approval."""

import json

import pytest
from django.urls import reverse

from budgets.models import ProjectYear
from core.models import User
from targets.models import TargetDeclaration
from targets.queries import panel
from targets.services import save_declaration
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import POINTS, make_draft, walk
from tests.workflow_table import put_into

pytestmark = pytest.mark.django_db
TITLE = "“农村公路日常养护及小修保养”2026年度绩效目标"
JSON = {"HTTP_ACCEPT": "application/json"}


def grid_post(draft, rows: list[dict[str, str]], **more: str) -> dict[str, str]:
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0", "seen": str(draft.revision)}
    for place, row in enumerate(rows):
        data |= {f"form-{place}-{name}": value for name, value in row.items()}
    return data | more


def good_rows() -> list[dict[str, str]]:
    names = ("level2", "name", "operator", "value", "unit_of_measure", "weight")
    return [
        dict(zip(names, values, strict=True)) for values in (
            ("economic_cost", "日常养护平均成本", "<=", "0.98", "万元/公里·年", "20"),
            ("quantity", "日常养护里程", ">=", "1,221.3", "公里", "20"),
            ("quality", "路面技术状况优良中等路率", ">=", "８６", "%", "20"),
            ("social_benefit", "群众出行条件", "text", "行政村全部通客车", "", "20"),
            ("service_satisfaction", "沿线群众满意度", ">=", "90", "%", "10"),
        )
    ]


PAGES = ("declaration", "edit_goal", "edit_indicators", "review", "adjust")


@pytest.mark.parametrize("name", PAGES)
def test_what_one_may_not_see_is_not_there(cast, signed_in, name):
    draft = make_draft(cast)
    url = reverse(f"targets:{name}", args=[draft.pk])
    for person in (cast.chen_mo, cast.he_min):
        assert signed_in(person).get(url).status_code == 404
    assert signed_in(cast.li_weiguo).get(reverse(f"targets:{name}", args=[99999])).status_code == 404


def test_nobody_is_let_in_without_signing_in(cast, client):
    draft = make_draft(cast)
    for name in PAGES:
        answer = client.get(reverse(f"targets:{name}", args=[draft.pk]))
        assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("login"))


def test_only_the_operator_opens_the_editing_pages(cast, signed_in):
    draft = make_draft(cast)
    for name in ("edit_goal", "edit_indicators"):
        url = reverse(f"targets:{name}", args=[draft.pk])
        assert signed_in(cast.li_weiguo).get(url).status_code == 200
        for person in (cast.wang_jianguo, cast.zhang_wen, cast.zhou_xiaolan, cast.wu_di):
            assert signed_in(person).get(url).status_code == 403


def test_the_operator_begins_from_the_list(cast, signed_in):
    year = make_year(cast)
    client = signed_in(cast.li_weiguo)
    page = client.get(reverse("targets:start"))
    assert [row["year"].pk for row in page.context["rows"]] == [year.pk]
    answer = client.post(reverse("targets:open", args=[year.pk]))
    draft = TargetDeclaration.objects.get()
    assert answer.url == reverse("targets:edit_goal", args=[draft.pk])
    again = client.post(reverse("targets:open", args=[year.pk]), follow=True)
    assert f"{TITLE}已经建立，目前是“填报中”，请直接打开办理。" in [str(message) for message in again.context["messages"]]
    assert TargetDeclaration.objects.count() == 1


def test_opening_by_address_is_refused_for_others(cast, signed_in):
    year = make_year(cast)
    assert signed_in(cast.chen_mo).post(reverse("targets:open", args=[year.pk])).status_code == 404
    assert signed_in(cast.zhang_wen).post(reverse("targets:open", args=[year.pk])).status_code == 403
    assert signed_in(cast.li_weiguo).get(reverse("targets:open", args=[year.pk])).status_code == 405
    assert TargetDeclaration.objects.count() == 0


def test_texts_are_saved_and_a_stale_page_keeps_what_was_typed(cast, signed_in):
    draft = make_draft(cast)
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_goal", args=[draft.pk])
    texts = {"annual_goal": "养护 1221.3 公里。", "overall_goal": "", "project_summary": "", "safeguards": ""}
    answer = client.post(url, texts | {"seen": draft.revision})
    assert answer.url == reverse("targets:edit_indicators", args=[draft.pk])
    assert TargetDeclaration.objects.get().annual_goal == "养护 1221.3 公里。"
    stale = client.post(url, texts | {"annual_goal": "另一段", "seen": draft.revision})
    assert stale.status_code == 409
    assert "另一段" in stale.content.decode()
    assert "在您打开页面之后已被他人改动" in stale.content.decode()
    assert TargetDeclaration.objects.get().annual_goal == "养护 1221.3 公里。"


def test_the_grid_works_without_script(cast, signed_in):
    draft = make_draft(cast, lines=[])
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[draft.pk])
    blank = {"level2": "quantity", "name": "", "operator": ">=", "value": "", "unit_of_measure": "", "weight": ""}
    doomed = good_rows()[0] | {"DELETE": "on"}
    answer = client.post(url, grid_post(draft, [*good_rows(), blank, doomed], forward="1"))
    assert answer.url == draft.get_absolute_url()
    shown = [(each.position, each.get_level1_display(), each.target_shown, str(each.weight))
             for each in TargetDeclaration.objects.get().indicators.all()]
    assert shown == [
        (1, "成本指标", "≤0.98万元/公里·年", "20.00"), (2, "产出指标", "≥1,221.3公里", "20.00"),
        (3, "产出指标", "≥86%", "20.00"), (4, "效益指标", "行政村全部通客车", "20.00"), (5, "满意度指标", "≥90%", "10.00"),
    ]


def test_what_is_saved_comes_back_into_the_grid(cast, signed_in):
    draft = make_draft(cast, lines=[])
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[draft.pk])
    client.post(url, grid_post(draft, good_rows()))
    page = client.get(url)
    back = [{cell["name"]: cell["bound"].value() for cell in row["cells"]} for row in page.context["rows"][:5]]
    assert [(row["operator"], row["value"], row["weight"]) for row in back] == [
        ("<=", "0.98", "20"), (">=", "1,221.3", "20"), (">=", "86", "20"), ("text", "行政村全部通客车", "20"),
        (">=", "90", "10"),
    ]


@pytest.mark.parametrize(("place", "changed", "sentence"), [
    (1, {"value": "约八成"}, "第 2 行：指标值“约八成”不是数字，请填一个数，例如 86；不能用数字表示的请把性质改为“定性”。"),
    (1, {"value": "1.23456"}, "第 2 行：指标值“1.23456”的小数超过 4 位，请最多保留 4 位小数。"),
    (1, {"value": "1" * 20}, f"第 2 行：指标值“{'1' * 20}”超出可以登记的范围，请换用更大的计量单位，例如“万元”。"),
    (0, {"weight": "-5"}, "第 1 行：权重“-5”应在 0 到 100 之间，最多两位小数，请改正。"),
    (0, {"weight": "十"}, "第 1 行：权重“十”不是数字，请填分值，例如 8。"),
    (0, {"level2": ""}, "第 1 行：没有选择二级指标，请从列表中选择。"),
    (0, {"weight": "NaN"}, "第 1 行：权重“NaN”不是数字，请填分值，例如 8。"),
])
def test_a_bad_cell_is_named_and_nothing_is_written(cast, signed_in, place, changed, sentence):
    draft = make_draft(cast)
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[draft.pk])
    rows = good_rows()
    rows[place] |= changed
    answer = client.post(url, grid_post(draft, rows), **JSON)
    assert (answer.status_code, answer.json()["sentences"]) == (422, [sentence])
    assert list(answer.json()["errors"]) == [f"form-{place}-{next(iter(changed))}"]
    page = client.post(url, grid_post(draft, rows))
    assert (page.status_code, page.context["faults"]) == (422, [sentence])
    assert "日常养护平均成本" in page.content.decode()
    assert TargetDeclaration.objects.get().indicators.count() == 6


def test_too_many_lines_and_a_broken_form_are_refused(cast, signed_in):
    draft = make_draft(cast)
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[draft.pk])
    answer = client.post(url, grid_post(draft, good_rows()[:1] * 61), **JSON)
    assert answer.status_code == 422
    broken = client.post(url, {"seen": draft.revision}, **JSON)
    assert broken.status_code == 422
    assert TargetDeclaration.objects.get().indicators.count() == 6


def test_autosave_answers_with_checks_and_the_new_revision(cast, signed_in):
    draft = make_draft(cast)
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[draft.pk])
    rows = good_rows()
    rows[1] |= {"value": ""}
    answer = client.post(url, grid_post(draft, rows), **JSON).json()
    assert answer["seen"] == draft.revision + 1
    assert answer["marks"][0] | {"key": ""} == {
        "row": 2, "field": "value", "level": "bad", "text": "指标值未填", "mend": "", "key": "",
    }
    assert "必改 1 处" in answer["checks"]


def test_autosave_of_a_stale_page_tells_the_latest_revision(cast, signed_in):
    draft = make_draft(cast)
    saved = save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={"annual_goal": "甲"})
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[draft.pk])
    answer = client.post(url, grid_post(draft, good_rows()), **JSON)
    assert (answer.status_code, answer.json()["latest"]) == (409, saved.revision)
    assert saved.indicators.count() == 6
    kept = client.post(url, grid_post(saved, good_rows()), **JSON)
    assert kept.status_code == 200
    assert saved.indicators.count() == 5


def test_a_submitted_declaration_is_not_edited(cast, signed_in):
    submitted = walk(make_draft(cast), cast, "unit_review")
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[submitted.pk])
    assert client.get(url).url == submitted.get_absolute_url()
    answer = client.post(url, grid_post(submitted, good_rows()), **JSON)
    assert answer.status_code == 409
    assert answer.json()["sentences"] == [f"{TITLE}目前是“待单位审核”，不能修改；如需修改请先由审核人退回。"]


def test_last_year_is_taken_over_by_one_button(cast, signed_in):
    project = make_project(cast)
    put_into(make_draft(cast, project_year=make_year(cast, project=project, year=2025)), "approved")
    draft = make_draft(cast, project_year=make_year(cast, project=project), lines=[], goal="")
    client = signed_in(cast.li_weiguo)
    client.post(reverse("targets:copy_last_year", args=[draft.pk]), {"seen": draft.revision})
    fresh = TargetDeclaration.objects.get(pk=draft.pk)
    assert (fresh.indicators.count(), fresh.annual_goal[:6]) == (6, "日常养护里程")
    page = client.get(reverse("targets:edit_indicators", args=[draft.pk]))
    assert [row["last"].target_shown for row in page.context["rows"][:2]] == ["≤0.98万元/公里·年", "≥1,204.8公里"]


def test_without_last_year_nothing_is_replaced(cast, signed_in):
    draft = make_draft(cast)
    answer = signed_in(cast.li_weiguo).post(reverse("targets:copy_last_year", args=[draft.pk]), follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        f"{TITLE}没有可以引用的上年已批复目标，请直接填写。"
    ]
    assert TargetDeclaration.objects.get().indicators.count() == 6


def step_url(declaration, step: str) -> str:
    return reverse("targets:targetdeclaration_step", args=[declaration.pk, step])


def review_post(declaration, **more: str) -> dict[str, str]:
    typed = {f"points_{place}": given for place, given in enumerate(POINTS.values())}
    return typed | {"reason": "同意。", "seen": str(declaration.revision)} | more


def two_waiting(cast):
    found = []
    for code, name in (("20-JT-0101", "县道大中修工程"), ("20-JT-0102", "公路绿化补植与管护")):
        year = make_year(cast, project=make_project(cast, code=code, name=name))
        found.append(walk(make_draft(cast, project_year=year), cast, "dept_reviewing"))
    return found


def test_the_queue_goes_from_one_to_the_next_and_ends(cast, signed_in):
    first, second = two_waiting(cast)
    client = signed_in(cast.zhang_wen)
    page = client.get(reverse("targets:review", args=[first.pk]))
    queue = page.context["queue"]
    assert (queue["position"], queue["total"], queue["previous"]) == (1, 2, "")
    assert queue["next"] == reverse("targets:review", args=[second.pk])
    answer = client.post(step_url(first, "pass_department"), review_post(first, queue="1"))
    assert answer.url == reverse("targets:review", args=[second.pk])
    answer = client.post(step_url(second, "send_back"), review_post(second, queue="1", reason="请补测算依据。"))
    assert answer.url == reverse("targets:declarations")
    assert sorted(TargetDeclaration.objects.values_list("state", flat=True)) == ["fiscal_reviewing", "returned"]
    kept = TargetDeclaration.objects.get(pk=first.pk).reviews.get()
    assert (str(kept.total), kept.grade, kept.opinion) == ("90.00", "优", "同意。")


def test_without_the_queue_a_step_leads_back_to_the_record(cast, signed_in):
    first, _ = two_waiting(cast)
    answer = signed_in(cast.zhang_wen).post(step_url(first, "pass_department"), review_post(first))
    assert answer.url == first.get_absolute_url()


def test_a_refused_review_keeps_everything_typed(cast, signed_in):
    first, _ = two_waiting(cast)
    client = signed_in(cast.zhang_wen)
    typed = review_post(first, points_2="", points_5="16", reason="单位成本偏高。")
    answer = client.post(step_url(first, "pass_department"), typed)
    assert answer.status_code == 422
    assert [reason.code for reason in answer.context["reasons"]] == ["item_missing", "item_range"]
    values = [item["value"] for dimension in answer.context["dimensions"] for item in dimension["items"]]
    assert values == ["10", "8", "", "13", "13", "16", "10", "9"]
    assert answer.context["opinion"] == "单位成本偏高。"
    words = client.post(step_url(first, "pass_department"), review_post(first, points_2="很好"))
    assert words.status_code == 422
    assert "“很好”不是分数，请为“目标相关性”填一个数，例如 8.5。" in words.content.decode()
    silent = client.post(step_url(first, "send_back"), review_post(first, reason=" "))
    assert silent.status_code == 422
    assert TargetDeclaration.objects.get(pk=first.pk).state == "dept_reviewing"


def test_a_stale_or_repeated_review_is_a_conflict(cast, signed_in):
    first, _ = two_waiting(cast)
    client = signed_in(cast.zhang_wen)
    old = review_post(first, seen=str(first.revision - 1))
    assert client.post(step_url(first, "pass_department"), old).status_code == 409
    client.post(step_url(first, "pass_department"), review_post(first))
    assert client.post(step_url(first, "pass_department"), review_post(first)).status_code == 409
    assert TargetDeclaration.objects.get(pk=first.pk).reviews.count() == 1


def test_each_reviewer_has_the_right_form(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    department = signed_in(cast.zhang_wen).get(reverse("targets:review", args=[declaration.pk]))
    assert department.context["passing"]["name"] == "pass_department"
    assert [step["name"] for step in department.context["refusing"]] == ["block", "send_back"]
    assert [len(dimension["items"]) for dimension in department.context["dimensions"]] == [2, 2, 2, 2]
    first = department.context["dimensions"][1]["items"][0]
    assert [(grade["name"], grade["fill"], grade["low"], grade["high"]) for grade in first["grades"]] == [
        ("优", "15", "13.5", "15"), ("良", "12", "12", "13.5"), ("中", "9", "9", "12"), ("差", "0", "0", "9"),
    ]
    early = signed_in(cast.zhou_xiaolan).get(reverse("targets:review", args=[declaration.pk]))
    assert early.url == declaration.get_absolute_url()


def test_the_business_section_signs_first_then_performance_scores(cast, signed_in):
    declaration = make_draft(cast)
    for step, by, more in (
        ("submit", "li_weiguo", {}), ("pass_unit", "wang_jianguo", {}), ("pass_department", "zhang_wen", None),
    ):
        data = review_post(declaration) if more is None else {"seen": declaration.revision}
        signed_in(getattr(cast, by)).post(step_url(declaration, step), data)
        declaration = TargetDeclaration.objects.get()
    assert declaration.state == "fiscal_reviewing"
    early = signed_in(cast.zhou_xiaolan).post(step_url(declaration, "pass_fiscal"), review_post(declaration))
    assert early.status_code == 422
    assert f"{TITLE}还没有业务股室的初审意见，请业务股室先签署意见，绩效股再审核。" in early.content.decode()
    page = signed_in(cast.lu_yuan).get(reverse("targets:review", args=[declaration.pk]))
    assert (page.context["passing"]["name"], page.context["dimensions"]) == ("review_first", [])
    signed_in(cast.lu_yuan).post(step_url(declaration, "review_first"), {"reason": "同意。", "seen": declaration.revision})
    declaration = TargetDeclaration.objects.get()
    signed_in(cast.zhou_xiaolan).post(step_url(declaration, "pass_fiscal"), review_post(declaration))
    assert TargetDeclaration.objects.get().state == "ready_for_approval"


def test_approval_with_its_document_number(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "ready_for_approval")
    client = signed_in(cast.qian_li)
    page = client.get(reverse("targets:review", args=[declaration.pk]))
    assert (page.context["approving"]["name"], page.context["passing"]) == ("approve", None)
    empty = client.post(step_url(declaration, "approve"), {"document_no": "", "seen": declaration.revision})
    assert empty.status_code == 422
    client.post(step_url(declaration, "approve"), {"document_no": "安财预〔2026〕18号", "seen": declaration.revision})
    assert TargetDeclaration.objects.get().document_no == "安财预〔2026〕18号"
    assert ProjectYear.objects.get().stage == "executing"


def test_steps_of_others_and_unknown_steps(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    assert signed_in(cast.li_weiguo).post(step_url(declaration, "pass_department"), {}).status_code == 403
    assert signed_in(cast.chen_mo).post(step_url(declaration, "pass_department"), {}).status_code == 404
    assert signed_in(cast.zhang_wen).post(step_url(declaration, "no_such_step"), {}).status_code == 404


def test_the_page_of_a_declaration_shows_form_checks_and_history(cast, signed_in):
    draft = make_draft(cast)
    page = signed_in(cast.li_weiguo).get(draft.get_absolute_url())
    assert [step["name"] for step in page.context["steps"]] == ["submit"]
    assert page.context["edit_url"] == reverse("targets:edit_indicators", args=[draft.pk])
    text = page.content.decode()
    for words in ("项目支出绩效目标申报表", "≥1,204.8公里", "1,280.00", "建立绩效目标", "已符合 44 项"):
        assert words in text
    reader = signed_in(cast.wu_di).get(draft.get_absolute_url())
    assert (reader.context["steps"], reader.context["edit_url"]) == ([], "")


def test_hostile_text_is_printed_as_text(cast, signed_in):
    draft = make_draft(cast, goal="<script>alert(1)</script>")
    text = signed_in(cast.li_weiguo).get(draft.get_absolute_url()).content.decode()
    assert "<script>alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


# --- the list ------------------------------------------------------------------------------------------------------


MOST_LIST_QUERIES = 25


def make_many(cast, number: int, *, start: int = 0) -> None:
    for place in range(start, start + number):
        project = make_project(cast, code=f"20-JT-{place:04}", name=f"农村公路养护第 {place} 标段")
        make_draft(cast, project_year=make_year(cast, project=project))


def test_the_list_asks_the_same_number_of_queries(cast, signed_in, django_assert_max_num_queries):
    client = signed_in(cast.zhou_xiaolan)
    make_many(cast, 1)
    with django_assert_max_num_queries(MOST_LIST_QUERIES) as one:
        page = client.get(reverse("targets:declarations"))
    assert len(page.context["rows"]) == 1
    make_many(cast, 50, start=1)
    with django_assert_max_num_queries(MOST_LIST_QUERIES) as many:
        page = client.get(reverse("targets:declarations"))
    assert len(page.context["rows"]) == 50
    assert len(one) == len(many)


def test_the_list_filters_counts_and_adds_up(cast, signed_in):
    two_waiting(cast)
    make_draft(cast, project_year=make_year(cast, project=make_project(cast, code="20-JT-0001")))
    client = signed_in(cast.zhang_wen)
    page = client.get(reverse("targets:declarations"))
    counts = {view["label"]: view["count"] for view in page.context["views"]}
    assert (counts["全部"], counts["待我办理"], counts["填报中"], counts["待初审"]) == (3, 2, 1, 2)
    assert [str(value) for value in page.context["totals"] if value] == ["筛选合计 3 项", "38400000.00"]
    mine = client.get(reverse("targets:declarations"), {"state": "mine", "q": "大中修"})
    assert [row["cells"][0]["text"] for row in mine.context["rows"]] == ["县道大中修工程"]
    assert mine.context["rows"][0]["cells"][-1][0] == "审核"
    other = client.get(reverse("targets:declarations"), {"year": "2027"})
    assert other.context["rows"] == []
    assert signed_in(cast.chen_mo).get(reverse("targets:declarations")).context["rows"] == []


def test_the_list_is_exported(cast, signed_in):
    make_draft(cast)
    answer = signed_in(cast.zhang_wen).get(reverse("targets:declarations"), {"export": "xlsx"})
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_the_panel_of_the_project_year(cast):
    year = make_year(cast)
    assert panel(year, cast.li_weiguo) == {
        "declaration": None, "open_url": reverse("targets:open", args=[year.pk]), "has_last_year": False
    }
    assert panel(year, cast.wu_di) is None
    draft = make_draft(cast, project_year=year)
    shown = panel(draft.project_year, User.objects.get(pk=cast.wu_di.pk))
    assert (shown["declaration"], shown["url"], str(shown["weight"])) == (draft, draft.get_absolute_url(), "90.00")
    assert json.dumps([row["level1"] for row in shown["rows"]], ensure_ascii=False) == (
        '["成本指标", "产出指标", "产出指标", "效益指标", "效益指标", "满意度指标"]'
    )
    assert panel(draft.project_year, cast.chen_mo) is None
