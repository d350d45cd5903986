"""Mends and kept warnings of a stored declaration: who may, what is written and shown, how much is asked."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.models import ProjectYear
from core import audit
from core.errors import RuleViolation
from core.transitions import perform
from targets import queries, rules, services
from targets.models import Indicator, KeptWarning, TargetDeclaration
from targets.rules import INDICATOR_FIELDS
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import good_lines, line, make_draft, walk

TITLE = "“农村公路日常养护及小修保养”2026年度绩效目标"
FULL = f"{TITLE}第 4 行“通客车行政村比例”写成 ≥100%，比率不会超过 100%，请改为 =100%。"


@pytest.fixture
def draft(cast):
    lines = good_lines()
    lines[3]["operator"] = ">="
    return make_draft(cast, lines=lines)


def key_of(declaration, code: str) -> str:
    return next(each.key for each in rules.findings(declaration.judged()) if each.code == code)


def fresh(declaration) -> TargetDeclaration:
    return TargetDeclaration.objects.get(pk=declaration.pk)


def lines_of(declaration) -> list[dict]:
    return list(declaration.indicators.order_by("position").values(*INDICATOR_FIELDS))


def refused(call) -> list[tuple[str, str]]:
    with pytest.raises(RuleViolation) as refusal:
        call()
    return [(reason.code, reason.sentence) for reason in refusal.value.reasons]


def test_a_mend_is_saved_audited_and_changes_one_cell(cast, draft):
    before = lines_of(draft)
    saved, found = services.mend(draft, key_of(draft, "G-8"), by=cast.li_weiguo, at=NOON, seen=draft.revision)
    assert lines_of(saved) == [each | ({"operator": "="} if row == 3 else {}) for row, each in enumerate(before)]
    assert queries.check(fresh(draft)).should == []
    assert (saved.revision, found.code) == (draft.revision + 1, "G-8")
    entry = audit.history_of(saved).get(action="targets.targetdeclaration.mend")
    assert (entry.actor_name, entry.label, entry.after) == (
        "李卫国", "采用检查建议", {"code": "G-8", "finding": FULL, "mend": "改为 =100%"},
    )


def test_a_mend_of_texts_leaves_the_lines_alone(cast, draft):
    draft = services.save_declaration(
        draft, by=cast.li_weiguo, at=NOON, changes={"annual_goal": "2025年养护 1204.8 公里。"}
    )
    kept = list(draft.indicators.values_list("pk", flat=True))
    saved, _ = services.mend(draft, key_of(draft, "G-35"), by=cast.li_weiguo, at=NOON)
    assert saved.annual_goal == "2026年养护 1204.8 公里。"
    assert list(saved.indicators.values_list("pk", flat=True)) == kept


def test_a_duplicate_is_merged(cast):
    lines = [*good_lines()[:3], line("social_benefit", "通客车行政村比例", "=", "100", "%", "10"), *good_lines()[3:]]
    lines[4]["weight"] -= 10
    draft = make_draft(cast, lines=lines)
    saved, _ = services.mend(draft, key_of(draft, "G-18"), by=cast.li_weiguo, at=NOON)
    assert lines_of(saved) == [
        each | ({"weight": good_lines()[3]["weight"]} if row == 3 else {}) for row, each in enumerate(good_lines())
    ]


def test_the_changes_of_one_check_are_made_together(cast, draft, signed_in):
    lines = [each | {"scoring_standard": ""} for each in good_lines()]
    draft = services.save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={}, indicators=lines)
    offered = queries.check(fresh(draft), mending=True)
    assert offered.together == [{"code": "G-12", "count": 6}]
    client, url = signed_in(cast.li_weiguo), reverse("targets:mend", args=[draft.pk])
    page = client.post(url, {"all": "G-12", "seen": str(draft.revision)}, follow=True).content.decode()
    assert "G-12：6 处建议一并采用，已保存并重新检查。" in page
    assert [each["scoring_standard"][:5] for each in lines_of(draft)] == [
        "不超过得满", "得分=完成", "得分=完成", "每低1%扣", "达成预期指", "得分=完成"
    ]
    assert fresh(draft).revision == draft.revision + 1
    entry = audit.history_of(draft).get(action="targets.targetdeclaration.mend")
    assert (entry.after["code"], entry.after["mend"]) == ("G-12", "6 处一并采用")
    again = client.post(url, {"all": "G-12"}, follow=True).content.decode()
    assert f"{TITLE}没有可以一并采用的检查意见，请查看最新的检查结果。" in again
    with pytest.raises(PermissionDenied):
        services.mend_all(fresh(draft), "G-12", by=cast.wang_jianguo, at=NOON)


def test_two_duplicates_are_not_merged_in_one_go(cast):
    doubled = [line("social_benefit", "通客车行政村比例", "=", "100", "%", "1") for _ in range(4)]
    draft = make_draft(cast, lines=[*good_lines(), *doubled])
    assert [each.mend.drops for each in rules.findings(draft.judged()) if each.code == "G-18"] != []
    assert "G-18" not in [each["code"] for each in queries.check(draft).together]
    assert refused(lambda: services.mend_all(draft, "G-18", by=cast.li_weiguo, at=NOON))[0][0] == "no_finding"


def test_who_may_not_mend_and_when(cast, draft):
    key = key_of(draft, "G-8")
    with pytest.raises(PermissionDenied):
        services.mend(draft, key, by=cast.wang_jianguo, at=NOON)
    stale = refused(lambda: services.mend(draft, key, by=cast.li_weiguo, at=NOON, seen=draft.revision - 1))
    assert stale[0][0] == "stale"
    services.mend(draft, key, by=cast.li_weiguo, at=NOON)
    assert refused(lambda: services.mend(draft, key, by=cast.li_weiguo, at=NOON)) == [
        ("no_finding", f"{TITLE}的这条检查意见已经不存在，请查看最新的检查结果。")
    ]
    walked = walk(draft, cast, "unit_review")
    assert refused(lambda: services.mend(walked, key, by=cast.li_weiguo, at=NOON))[0][0] == "not_editable"


def test_a_warning_stops_until_it_is_mended_or_kept_with_a_reason(cast, draft):
    assert refused(lambda: perform(draft, "submit", by=cast.li_weiguo, at=NOON)) == [
        ("G-8", f"{FULL}不改的请在质量检查中写明保留的理由。")
    ]
    kept = services.keep_warning(
        draft, key_of(draft, "G-8"), reason=" 省厅考核表的写法。 ", by=cast.li_weiguo, at=NOON, seen=draft.revision
    )
    assert (kept.reason, kept.about, kept.finding) == ("省厅考核表的写法。", "通客车行政村比例", "“≥100%”应写成“=100%”")
    assert audit.history_of(kept).get().label == "保留检查意见并说明"
    assert perform(draft, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_reviewers_read_the_reason_beside_the_rule(cast, draft, signed_in):
    services.keep_warning(draft, key_of(draft, "G-8"), reason="省厅考核表的写法。", by=cast.li_weiguo, at=NOON)
    declaration = walk(draft, cast, "dept_reviewing")
    (kept,) = queries.check(fresh(declaration)).kept
    assert (kept["code"], kept["text"], kept["reason"]) == ("G-8", "第 4 行“≥100%”应写成“=100%”", "省厅考核表的写法。")
    page = signed_in(cast.zhang_wen).get(reverse("targets:review", args=[declaration.pk])).content.decode()
    assert "保留并说明 1 处" in page and "理由：省厅考核表的写法。" in page
    assert reverse("targets:mend", args=[declaration.pk]) not in page


def test_a_reason_given_again_replaces_the_first(cast, draft):
    key = key_of(draft, "G-8")
    for reason in ("省厅写法。", "省厅考核表第 3 项的写法。"):
        services.keep_warning(draft, key, reason=reason, by=cast.li_weiguo, at=NOON)
    assert list(KeptWarning.objects.values_list("reason", flat=True)) == ["省厅考核表第 3 项的写法。"]


def test_a_reason_is_needed_and_a_block_cannot_be_kept(cast, draft):
    assert refused(lambda: services.keep_warning(
        draft, key_of(draft, "G-8"), reason=" ", by=cast.li_weiguo, at=NOON
    )) == [("reason_missing", f"保留{TITLE}的检查意见““≥100%”应写成“=100%””须写明理由，请填写后再保存。")]
    draft = services.save_declaration(draft, by=cast.li_weiguo, at=NOON, changes={"annual_goal": ""})
    assert refused(lambda: services.keep_warning(
        draft, key_of(draft, "G-13"), reason="以后再写。", by=cast.li_weiguo, at=NOON
    )) == [("must_mend", f"{TITLE}没有填写年度总体目标，请填写后再报送。这一条必须修改，不能保留。")]
    with pytest.raises(PermissionDenied):
        services.keep_warning(draft, key_of(draft, "G-8"), reason="可以。", by=cast.zhang_wen, at=NOON)
    assert not KeptWarning.objects.exists()


def test_the_version_of_an_adjustment_need_not_explain_again(cast, draft):
    services.keep_warning(draft, key_of(draft, "G-8"), reason="省厅写法。", by=cast.li_weiguo, at=NOON)
    approved = walk(draft, cast, "approved")
    second = services.create_declaration(
        approved.project_year, by=cast.li_weiguo, at=NOON, author=cast.li_weiguo, copy_from=approved
    )
    assert [each["reason"] for each in queries.check(fresh(second)).kept] == ["省厅写法。"]


def test_last_year_and_other_projects_are_read_from_what_was_approved(cast):
    project = make_project(cast)
    last = make_year(cast, project=project, year=2025, fiscal_yuan="12000000.00")
    harder = [each | ({"target_value": each["target_value"] + 100} if row == 1 else {})
              for row, each in enumerate(good_lines())]
    old = make_draft(cast, project_year=last, lines=harder, goal="2025年养护 1304.8 公里。")
    year = make_year(cast, project=project)
    draft = make_draft(cast, project_year=year)
    assert queries.check(fresh(draft)).should == []
    TargetDeclaration.objects.filter(pk=old.pk).update(state="approved")
    assert [each["text"] for each in queries.check(fresh(draft)).should] == ["第 2 行比上年指标 ≥1,304.8公里 宽松"]
    assert fresh(draft).evidence.last_money == 12_000_000


def test_others_count_once_a_project_and_only_of_the_sector(cast):
    values = []
    for number, sector in enumerate(("交通运输", "交通运输", "教育"), start=1):
        project = make_project(cast, code=f"26-XX-{number:04}", name=f"第 {number} 个", sector=sector)
        year = make_year(cast, project=project)
        other = make_draft(cast, project_year=year)
        other.indicators.filter(name="沿线群众满意度").update(target_value=80 + number)
        TargetDeclaration.objects.filter(pk=other.pk).update(state="approved")
        values.append(80 + number)
    draft = make_draft(cast)
    assert fresh(draft).evidence.others["沿线群众满意度", "%"] == (81, 82)


@pytest.mark.parametrize("count", [6, 40])
def test_a_check_asks_the_database_a_fixed_number_of_times(cast, count):
    lines = good_lines() + [
        line("quantity", f"第 {number} 段养护里程", ">=", str(number), "公里", "0.5") for number in range(6, count)
    ]
    draft = make_draft(cast, lines=lines)
    record = queries.declarations_for(cast.li_weiguo).get(pk=draft.pk)
    with CaptureQueriesContext(connection, ) as asked:
        queries.check(record, mending=True)
    assert len(asked) == 6
    assert Indicator.objects.count() == count


def test_the_panel_offers_the_mend_and_comes_back_checked_again(cast, draft, signed_in):
    client = signed_in(cast.li_weiguo)
    grid = reverse("targets:edit_indicators", args=[draft.pk])
    page = client.get(grid).content.decode()
    assert "改为 =100%" in page and "1 处须改或说明后报送" in page
    answer = client.post(
        reverse("targets:mend", args=[draft.pk]), {"key": key_of(draft, "G-8"), "seen": draft.revision}, follow=True
    )
    assert answer.redirect_chain == [(f"{grid}#checks", 302)]
    assert "G-8：改为 =100%，已保存并重新检查。" in answer.content.decode()
    assert answer.context["checks"].should == []


def test_the_panel_keeps_with_a_reason_and_says_what_is_refused(cast, draft, signed_in):
    client, address = signed_in(cast.li_weiguo), reverse("targets:keep_warning", args=[draft.pk])
    given = {"key": key_of(draft, "G-8"), "seen": draft.revision}
    answer = client.post(address, given | {"reason": ""}, follow=True)
    assert "须写明理由" in answer.content.decode() and not KeptWarning.objects.exists()
    answer = client.post(address, given | {"reason": "省厅写法。"}, follow=True)
    assert "保留并说明 1 处" in answer.content.decode()
    stale = client.post(reverse("targets:mend", args=[draft.pk]), given | {"seen": draft.revision + 5}, follow=True)
    assert "已被他人改动" in stale.content.decode()
    assert lines_of(draft)[3]["operator"] == ">="


def test_others_may_not_press_the_buttons(cast, draft, signed_in):
    for address in (reverse("targets:mend", args=[draft.pk]), reverse("targets:keep_warning", args=[draft.pk])):
        assert signed_in(cast.wang_jianguo).post(address, {"key": "x"}).status_code == 403
        assert signed_in(cast.chen_mo).post(address, {"key": "x"}).status_code == 404
        assert signed_in(cast.li_weiguo).get(address).status_code == 405


def test_money_faults_are_listed_with_the_findings(cast, draft):
    ProjectYear.objects.update(ceiling_yuan="12000000.00")
    checks = queries.check(fresh(draft))
    assert [(item["code"], item["part"]) for item in checks.must] == [("over_ceiling", "money")]
    assert checks.wrong_in("money") and not checks.wrong_in("grid")
