"""Workbench, done list, search and cockpit: each role sees its own work and nothing else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.transitions import perform
from monitoring.models import Alert
from tests.budgets.ex_ante_road import make_convened, make_panel
from tests.factories.cast import make_project, make_year
from tests.monitoring.scene import fill_behind, make_executing, open_july, send


def page(client, name, **query) -> str:
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_filers_workbench_lists_what_is_to_be_done(cast, signed_in):
    make_year(cast)
    mine = page(signed_in(cast.li_weiguo), "home")
    assert "启动年度申报" in mine
    assert "农村公路日常养护及小修保养" in mine
    others = page(signed_in(cast.chen_mo), "home")
    assert "要办的事都办完了" in others
    assert "农村公路日常养护及小修保养" not in others


def test_the_reviewers_workbench_counts_what_waits(cast, signed_in, at):
    year = make_year(cast, stage="executing")
    perform(year, "suspend", by=cast.qian_li, at=at, reason="支出滞后")
    mine = page(signed_in(cast.qian_li), "home")
    assert "决定恢复或停止" in mine
    assert "从最急的开始办理（1 项）" in mine
    assert "待办都办完了" in page(signed_in(cast.zhou_xiaolan), "home")


def test_red_alerts_come_first_then_what_is_due_first(cast, signed_in):
    for place in range(3):
        make_executing(cast, project=make_project(cast, code=f"26-JT-1{place:03}", name=f"道路工程{place}标段"))
    for report in open_july(cast).reports.order_by("pk"):
        send(cast, fill_behind(cast, report))
    first, second, third = Alert.objects.order_by("pk")
    today = clock.today()
    Alert.objects.filter(pk=first.pk).update(lamp="red", due_on=today + timedelta(days=9))
    Alert.objects.filter(pk=second.pk).update(lamp="red", due_on=today + timedelta(days=2))
    Alert.objects.filter(pk=third.pk).update(lamp="yellow", due_on=today)
    shown = page(signed_in(cast.zhou_xiaolan), "home").partition('id="alerts"')[2]
    places = [shown.index(f"道路工程{number}标段") for number in (1, 0, 2)]
    assert places == sorted(places)
    assert "红灯 2" in shown
    assert "黄灯 1" in shown


def test_a_third_party_has_its_own_short_menu(cast, signed_in):
    mine = page(signed_in(cast.he_min), "home")
    assert "我的评价任务" in mine
    assert "监控预警" not in mine


def test_an_expert_has_a_menu_of_the_own_scoring_only(cast, signed_in):
    panel = make_panel(cast)
    make_convened(cast, panel)
    mine = page(signed_in(panel.du_wentao), "home")
    assert "只显示请您评分的事前评估" in mine
    menu = mine.partition('<nav class="jx-side"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', menu) == [reverse(f"{name}") for name in (
        "home", "budgets:ex_antes", "budgets:projects",
    )]
    assert "周期进度" not in mine


@pytest.mark.parametrize("rows", [1, 50])
def test_the_workbench_asks_the_same_number_of_questions(cast, signed_in, rows, django_assert_num_queries):
    for number in range(rows):
        project = make_project(cast, code=f"26-JT-{number:04}", name=f"农村公路第{number}标段")
        make_year(cast, project=project)
    client = signed_in(cast.li_weiguo)
    client.get(reverse("home"))
    with django_assert_num_queries(WORKBENCH_QUERIES):
        assert client.get(reverse("home"), {"all": "1"}).content.decode().count("启动年度申报") >= rows


WORKBENCH_QUERIES = 16


def test_search_finds_only_what_one_may_see(cast, signed_in):
    make_year(cast)
    assert "农村公路日常养护及小修保养" in page(signed_in(cast.li_weiguo), "search", q="日常养护")
    assert "没有找到" in page(signed_in(cast.chen_mo), "search", q="日常养护")
    assert "26-JT-0012" in page(signed_in(cast.zhou_xiaolan), "search", q="26-JT")
    assert "想找什么" in page(signed_in(cast.zhou_xiaolan), "search", q="")


def test_the_done_list_shows_ones_own_steps(cast, signed_in):
    year = make_year(cast)
    perform(year, "start_filing", by=cast.li_weiguo, at=clock.now() - timedelta(minutes=5))
    assert "开始填报绩效目标" in page(signed_in(cast.li_weiguo), "done")
    assert "开始填报绩效目标" not in page(signed_in(cast.wang_jianguo), "done")


def test_the_cockpit_adds_up_and_is_for_overseers(cast, signed_in):
    make_year(cast, stage="executing")
    make_year(cast, stage="executing", fiscal_yuan="5000000.00", project=make_project(
        cast, code="26-JY-0001", name="校舍维修", unit=cast.other_unit, department=cast.other_department))
    shown = page(signed_in(cast.sun_zheng), "cockpit", year=2026)
    assert "1,780.00" in shown
    assert shown.index("县交通运输局") < shown.index("县教育和体育局")
    assert signed_in(cast.zhang_wen).get(reverse("cockpit")).status_code == 403
