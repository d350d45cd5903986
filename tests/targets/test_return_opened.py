"""What a return opens, and how the pages of the unit show what is closed."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from core.errors import RuleViolation
from core.models import Notice
from core.transitions import perform
from targets import queries
from targets.models import FieldComment, TargetDeclaration
from targets.services import save_declaration, settle_comment
from tests.factories.cast import NOON
from tests.targets.makers import good_lines, make_draft, review, walk
from tests.targets.reviewing import comment, fresh, returned


def test_a_comment_on_a_weight_opens_all_weights_and_one_on_the_list_all_rows(cast):
    declaration = returned(cast, "cell-2-weight")
    lines = good_lines()
    lines[1] |= {"weight": Decimal("15.00")}
    lines[2] |= {"weight": Decimal("25.00")}
    saved = save_declaration(declaration, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)
    assert [each.weight for each in saved.indicator_list()][1:3] == [Decimal("15.00"), Decimal("25.00")]
    with pytest.raises(RuleViolation) as refusal:
        save_declaration(saved, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines[:-1])
    assert refusal.value.codes == ["closed_field"]
    assert "指标行数（原 6 行，现 5 行）" in str(refusal.value)
    TargetDeclaration.objects.update(opened=["indicators"])
    assert len(save_declaration(
        fresh(saved), by=cast.li_weiguo, at=NOON, changes={}, indicators=lines[:-1]
    ).indicator_list()) == 5


def test_line_ends_of_browsers_are_no_change(cast):
    declaration = returned(cast, "cell-2-value")
    TargetDeclaration.objects.update(annual_goal="第一行\n第二行")
    saved = save_declaration(
        fresh(declaration), by=cast.li_weiguo, at=NOON, changes={"annual_goal": "第一行\r\n第二行"}
    )
    assert saved.opened == ["cell-2-value"]


def test_a_settled_comment_opens_nothing(cast, signed_in):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    first = comment(declaration, "cell-2-value", "里程偏低。", cast.zhang_wen)
    comment(declaration, "annual_goal", "请写明受益人数。", cast.zhang_wen)
    signed_in(cast.zhang_wen).post(reverse("targets:settle_comment", args=[first.pk]))
    declaration = perform(declaration, "send_back", by=cast.zhang_wen, at=NOON, reason="请改正。")
    assert declaration.opened == ["annual_goal"]
    with pytest.raises(PermissionDenied):
        settle_comment(first, by=cast.zhang_wen, at=NOON)
    assert signed_in(cast.chen_mo).post(reverse("targets:settle_comment", args=[first.pk])).status_code == 404


def test_comments_of_the_department_open_nothing_for_finance_and_are_not_its_to_settle(cast):
    declaration = walk(make_draft(cast), cast, "dept_reviewing")
    first = comment(declaration, "cell-2-value", "里程偏低。", cast.zhang_wen)
    good = review(资金匹配性="4") | {"edits": "里程按普查数核实。"}
    declaration = perform(declaration, "pass_department", by=cast.zhang_wen, at=NOON, data=good)
    assert FieldComment.objects.get().settled_at is None
    with pytest.raises(RuleViolation) as refusal:
        settle_comment(first, by=cast.zhou_xiaolan, at=NOON)
    assert refusal.value.codes == ["other_stage"]
    assert perform(declaration, "send_back", by=cast.zhou_xiaolan, at=NOON, reason="请改正。").opened == []


def test_the_unit_finds_every_comment_beside_its_place(cast, signed_in):
    declaration = returned(cast, "annual_goal", "cell-2-weight", "funds")
    page = signed_in(cast.li_weiguo).get(declaration.get_absolute_url())
    assert [each["target"] for each in page.context["field_comments"]] == [
        f"{reverse('targets:edit_goal', args=[declaration.pk])}#id_annual_goal",
        f"{reverse('targets:edit_indicators', args=[declaration.pk])}#cell-2-weight", "",
    ]
    assert "本次退回只开放有批注的内容和各指标的权重" in page.content.decode()
    assert queries.open_cells(declaration) == {
        "texts": ["annual_goal"], "rows": [2], "weights": True, "list": False
    }
    assert sorted(queries.comments_by_cell(declaration)) == ["annual_goal", "cell-2-weight", "funds"]
    assert Notice.objects.filter(recipient=cast.li_weiguo, text="请按批注改正。").count() == 1


def test_the_grid_closes_what_the_return_has_not_opened_and_pins_the_comments(cast, signed_in):
    declaration = returned(cast, "cell-2-value", "cell-4-weight", "cell-5-explanation", "annual_goal")
    page = signed_in(cast.li_weiguo).get(reverse("targets:edit_indicators", args=[declaration.pk]))
    rows = page.context["rows"]
    everything = set(page.context["grid"].empty_form.fields)
    assert page.context["fixed"] and len(rows) == 6
    assert [everything - row["closed"] for row in rows] == [
        {"weight"}, everything, {"weight"}, everything, everything, {"weight"}
    ]
    assert [[comment["number"] for comment in row["comments"]] for row in rows] == [[], [1], [], [2], [3], []]
    text = page.content.decode()
    assert text.count(" data-closed") == 3 * 8 and 'data-act="' not in text
    assert "第 2 行 日常养护里程·指标值：</b>请改正。" in text


def test_a_comment_on_the_whole_list_opens_every_row(cast, signed_in):
    declaration = returned(cast, "indicators")
    page = signed_in(cast.li_weiguo).get(reverse("targets:edit_indicators", args=[declaration.pk]))
    assert not page.context["fixed"] and not any(row["closed"] for row in page.context["rows"])
    assert len(page.context["rows"]) == 9


def test_without_script_the_grid_is_sent_whole_with_its_closed_cells(cast, signed_in):
    declaration = returned(cast, "cell-2-value")
    client, url = signed_in(cast.li_weiguo), reverse("targets:edit_indicators", args=[declaration.pk])
    page = client.get(url)
    sent = {
        row["form"].add_prefix(name): row["form"][name].value() or "" for row in page.context["rows"]
        for name in row["form"].fields if name != "DELETE"
    }
    sent |= {"form-TOTAL_FORMS": "6", "form-INITIAL_FORMS": "6", "form-1-value": "1210"}
    sent |= {"seen": str(declaration.revision)}
    assert client.post(url, sent).status_code == 302
    shown = [each.target_shown for each in fresh(declaration).indicator_list()]
    assert shown[:3] == ["≤0.98万元/公里·年", "≥1,210公里", "≥86%"]


def test_the_texts_that_are_closed_are_read_only_and_a_comment_stands_below_its_text(cast, signed_in):
    declaration = returned(cast, "annual_goal")
    page = signed_in(cast.li_weiguo).get(reverse("targets:edit_goal", args=[declaration.pk]))
    fields = page.context["form"].fields
    assert [name for name in fields if "readonly" not in fields[name].widget.attrs] == ["annual_goal"]
    assert [(text["bound"].name, len(text["pins"])) for text in page.context["texts"]] == [
        ("annual_goal", 1), ("overall_goal", 0), ("project_summary", 0), ("safeguards", 0)
    ]
    assert "年度总体目标：</b>请改正。" in page.content.decode()
