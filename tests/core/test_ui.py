"""The look: one word for one state, figures by the house rules, components without inline script or style."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings as site
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.template import Context, Template, engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import path

from core import status
from core.errors import Reason
from core.templatetags.ui import dates, figures, tables, words
from core.templatetags.ui import forms as form_tags

TODAY = date(2026, 9, 16)
TEMPLATES = site.BASE_DIR / "templates"
ICONS = json.loads((site.NODE_MODULES / "bootstrap-icons/font/bootstrap-icons.json").read_text())


def shown(source: str, **context) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def request_of(query: str = "", user=None):
    request = RequestFactory().get(f"/projects/?{query}")
    request.user = user or SimpleNamespace(is_authenticated=False)
    return request


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr("core.clock.today", lambda: TODAY)


@pytest.fixture
def plain_site(settings):
    """Pages without the real site's addresses and without what only a signed-in person's shell needs."""
    settings.ROOT_URLCONF = __name__
    settings.TEMPLATES = [
        {**engine, "OPTIONS": {"context_processors": [
            "django.template.context_processors.request",
            "django.contrib.messages.context_processors.messages",
        ]}}
        for engine in settings.TEMPLATES
    ]  # fmt: skip


# --- words ----------------------------------------------------------------------------------------

GUIDE_WORDS = {
    "mute": "未开始 circle · 草稿 pencil · 不适用 dash-circle · 已锁定 lock · 未采纳 x-circle",
    "info": (
        "待填报 pencil-square · 填报中 pencil · 待初审 hourglass-split · 初审中 hourglass-split · 待财政审核 hourglass-split"
        " · 待复核 hourglass-split · 待销号 hourglass-split · 待确认 hourglass-split · 审核中 eye · 征求意见中 chat-left-text"
        " · 评价中 clipboard-data · 执行中 play-circle · 部分采纳 check-circle"
    ),
    "warn": (
        "退回修改 arrow-return-left · 整改中 tools · 纠偏中 tools · 待说明 exclamation-circle · 待回应 hourglass-split"
        " · 临期 clock · 已暂缓 pause-circle"
    ),
    "bad": "已逾期 alarm · 不予通过 x-octagon · 未处置 exclamation-circle · 已停止 stop-circle",
    "ok": (
        "已通过 check-circle · 已填报 check-circle · 已采纳 check-circle · 已完成 check-circle · 已确认 check-circle"
        " · 已批复 file-earmark-check · 已销号 check2-all · 已应用 check2-all · 已公开 megaphone"
    ),
}


@pytest.mark.parametrize(
    ("word", "icon", "family"),
    [(*pair.split(), family) for family, pairs in GUIDE_WORDS.items() for pair in pairs.split(" · ")],
)
def test_every_word_of_the_design_guide_has_its_icon_and_family(word, icon, family):
    assert status.look_of(word) == status.Look(icon, family)


def test_families_are_the_five_of_the_design_guide():
    assert {look.family for look in status.LOOKS.values()} == set(status.FAMILIES)


def test_every_icon_exists_in_the_icon_font():
    named = {look.icon for look in status.LOOKS.values()} | {look.icon for look in status.GRADES.values()}
    named |= {look.icon for _, look in status.LAMPS.values()}
    named |= set(figures.FILE_ICONS.values()) | set(form_tags.NOTE_ICONS.values())
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text()
        named |= set(re.findall(r'{% icon "([a-z0-9-]+)"', text))
        named |= set(re.findall(r'icon_name="([a-z0-9-]+)"', text))
    assert named - set(ICONS) == set()


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ('{% chip "退回修改" %}',
         '<span class="chip warn"><i class="icon bi bi-arrow-return-left" aria-hidden="true"></i>'
         '退回修改</span>'),
        ('{% chip "已批复" "lg" %}',
         '<span class="chip ok lg"><i class="icon bi bi-file-earmark-check" aria-hidden="true"></i>'
         '已批复</span>'),
        ('{% chip_plain "已完成" %}',
         '<span class="chip ok plain"><i class="icon bi bi-check-circle" aria-hidden="true"></i>已完成</span>'),
        ('{% chip_dense "已完成" %}',
         '<span class="chip ok plain"><i class="icon bi bi-check-circle" aria-hidden="true"></i>已完成</span>'),
        ('{% chip_dense "整改中" %}',
         '<span class="chip warn"><i class="icon bi bi-tools" aria-hidden="true"></i>整改中</span>'),
        ("{% chip typed %}", '<span class="tag">延续&lt;项目&gt;</span>'),
        ('{% chip "" %}', "—"),
        ('{% chip_dense "" %}', "—"),
        ('{% lamp "red" %}',
         '<span class="light red"><i class="icon bi bi-x-octagon-fill" aria-hidden="true"></i>红灯</span>'),
        ('{% lamp "yellow" "关注" %}',
         '<span class="light yellow"><i class="icon bi bi-exclamation-triangle-fill" aria-hidden="true"></i>'
         '黄灯 关注</span>'),
        ("{% lamp None %}", "—"),
        ('{% grade "良" score %}',
         '<span class="grade g2"><i class="icon bi bi-reception-3" aria-hidden="true"></i>良</span> 84.60'),
        ('{% grade "合格" %}', '<span class="tag">合格</span>'),
        ("{% grade None %}", "—"),
        ('{% icon "star" "我关注的" %}', '<i class="icon bi bi-star" role="img" aria-label="我关注的"></i>'),
    ],
)  # fmt: skip
def test_status_is_word_icon_and_colour(source, html):
    assert shown(source, score=Decimal("84.6"), typed="延续<项目>") == html


def test_an_unknown_lamp_is_a_bug():
    with pytest.raises(KeyError):
        words.lamp("purple")


# --- dates ----------------------------------------------------------------------------------------


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def css_of(html: str) -> str:
    return re.search(r'class="([^"]+)"', html).group(1)


@pytest.mark.parametrize(
    ("day", "left", "dated", "css"),
    [
        (date(2026, 9, 13), "逾期 3 天", "逾期 3 天", "due late"),
        (date(2026, 9, 15), "逾期 1 天", "逾期 1 天", "due late"),
        (date(2026, 9, 16), "今天", "今天", "due soon"),
        (date(2026, 9, 17), "还剩 1 天", "明天", "due soon"),
        (date(2026, 9, 20), "还剩 4 天", "9月20日", "due soon"),
        (date(2026, 9, 21), "还剩 5 天", "9月21日", "due"),
        (date(2027, 3, 15), "还剩 180 天", "2027-03-15", "due"),
        (datetime(2026, 9, 16, 9, 30, tzinfo=UTC), "今天 17:30", "今天 17:30", "due soon"),
        (datetime(2026, 9, 15, 16, 30, tzinfo=UTC), "今天 00:30", "今天 00:30", "due soon"),
    ],
)
def test_a_deadline_says_how_long_is_left(today, day, left, dated, css):
    html = dates.due(day)
    assert (text_of(html), css_of(html)) == (left, css)
    assert text_of(dates.due(day, style="date")) == dated


def test_no_deadline_is_a_dash_and_another_day_may_be_today(today):
    assert dates.due(None) == "—"
    assert text_of(dates.due(TODAY, today=date(2026, 9, 18))) == "逾期 2 天"


def test_dates_drop_the_present_year_only(today):
    at = datetime(2025, 12, 31, 16, 20, tzinfo=UTC)
    assert (dates.cn_date(TODAY), dates.cn_date(date(2025, 2, 6))) == ("9月16日", "2025-02-06")
    assert dates.cn_date(None) == "—"
    assert [dates.cn_datetime(at), dates.cn_datetime(None)] == ["1月1日 00:20", "—"]
    assert [dates.weekday(TODAY), dates.weekday(date(2026, 9, 20))] == ["星期三", "星期日"]


# --- figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter_name", "value", "text"),
    [
        ("wan", Decimal("12800000.00"), "1,280.00"),
        ("wan", Decimal("0.00"), "0.00"),
        ("wan", Decimal("-35560.00"), "−3.56"),
        ("wan", Decimal("50.00"), "0.01"),
        ("wan", None, "—"),
        ("yuan", Decimal("12800000.5"), "12,800,000.50"),
        ("yuan", None, "—"),
        ("pct", Decimal("0.526"), "52.6%"),
        ("pct", Decimal("1.0005"), "100.1%"),
        ("pct", Decimal("-0.141"), "−14.1%"),
        ("pct", None, "—"),
        ("points", Decimal("0.1407"), "14.1 个百分点"),
        ("points", None, "—"),
        ("score", Decimal("84.6"), "84.60"),
        ("score", Decimal("84.605"), "84.61"),
        ("score", None, "—"),
        ("count", 1204, "1,204"),
        ("count", None, "—"),
        ("dash", 0, "0"),
        ("dash", "", "—"),
        ("dash", None, "—"),
        ("file_size", 512, "512 B"),
        ("file_size", 88064, "86 KB"),
        ("file_size", 3355443, "3.2 MB"),
        ("file_size", None, "—"),
        ("file_icon", "台账.XLSX", "file-earmark-excel"),
        ("file_icon", "说明", "file-earmark"),
    ],
)
def test_figures_follow_the_house_rules(filter_name, value, text):
    assert shown("{{ value|" + filter_name + " }}", value=value) == text


@pytest.mark.parametrize(
    ("ratio", "tick", "widths"),
    [
        (Decimal("0.526"), Decimal("0.667"), ['width="52.6%"', 'x="66.7%"']),
        (Decimal("1.31"), None, ['width="100.0%"']),
        (Decimal("-0.2"), None, ['width="0.0%"']),
    ],
)
def test_a_bar_stays_within_its_cell(ratio, tick, widths):
    html = figures.bar(ratio, "yellow", tick)
    assert html.startswith('<svg class="mb yellow" aria-hidden="true">')
    assert [width for width in widths if width not in html] == []
    assert ('class="k"' in html) == (tick is not None)


def test_bars_by_percent_and_of_nothing():
    assert figures.bar() == ""
    assert figures.bar(percent=63, wide=True) == (
        '<svg class="mb w" aria-hidden="true"><rect class="t" y="3" width="100%" height="8"/>'
        '<rect class="v" y="3" width="63%" height="8"/></svg>'
    )


# --- links ----------------------------------------------------------------------------------------


def test_query_with_replaces_and_drops_parameters():
    context = Context({"request": request_of("year=2026&page=3&q=公路")})
    source = "{% load ui %}{% query_with page=None lamp='red' %}|{% query_with year=None page=None q='' %}"
    assert Template(source).render(context) == "?year=2026&amp;q=%E5%85%AC%E8%B7%AF&amp;lamp=red|?"


@pytest.mark.parametrize(
    ("query", "sort", "href", "direction"),
    [
        ("page=2", None, "?sort=-budget", "none"),
        ("sort=-budget", None, "?sort=budget", "descending"),
        ("sort=budget", None, "?sort=-budget", "ascending"),
        ("", "-budget", "?sort=budget", "descending"),
    ],
)
def test_a_sort_header_turns_round(query, sort, href, direction):
    html = tables.sort_header(Context({"request": request_of(query), "sort": sort}), "budget", "预算数", "num")
    assert f'aria-sort="{direction}"' in html
    assert f'href="{href}"' in html
    assert ("caret-" in html) == (direction != "none")


# --- forms ----------------------------------------------------------------------------------------


class IndicatorForm(forms.Form):
    value = forms.DecimalField(label="指标值", help_text="只填数字。", error_messages={"invalid": "填一个数，例如 86。"})
    standard = forms.CharField(label="评分标准", required=False, widget=forms.Textarea(attrs={"maxlength": 200}))
    nature = forms.ChoiceField(label="性质", choices=[("ge", "≥")], required=False)
    disclosed = forms.BooleanField(label="随预算公开", required=False)
    likelihood = forms.ChoiceField(
        label="可能性", choices=[(1, "确定能")], required=False, widget=forms.RadioSelect
    )
    proof = forms.FileField(label="佐证材料", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("权重合计 78.00 分，应为 90.00 分，请补足 12.00 分。")


class SearchForm(forms.Form):
    q = forms.CharField(label="关键词", required=False)


def faulty() -> IndicatorForm:
    form = IndicatorForm({"value": "较好"})
    assert not form.is_valid()
    return form


def test_a_field_ties_label_help_and_error_together():
    html = shown("{% field form.value %}", form=faulty())
    assert '<label for="id_value">指标值<span class="req">*</span></label>' in html
    assert 'class="form-control is-invalid"' in html
    assert 'aria-describedby="id_value_error id_value_help"' in html
    assert 'aria-invalid="true"' in html
    assert '<div class="help" id="id_value_help">只填数字。</div>' in html
    assert "填一个数，例如 86。" in html.partition('id="id_value_error"')[2]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("standard", ['class="form-control"', 'data-count-of="id_standard">0 / 200<']),
        ("nature", ['class="form-select form-select-sm"', '<label for="id_nature">性质</label>']),
        ("disclosed", ['<label class="tick" for="id_disclosed">', 'class="form-check-input"']),
        ("likelihood", ["<legend>可能性</legend>", 'type="radio"']),
        ("proof", ['type="file"', 'class="form-control"']),
        ("version", ['type="hidden"']),
    ],
)
def test_each_kind_of_field_has_its_form(name, parts):
    html = shown("{% field bound small=small %}", bound=IndicatorForm()[name], small=name == "nature")
    assert [part for part in parts if part not in html] == []
    assert ("<label" not in html) == (name == "version")


def test_the_error_summary_lists_every_fault_and_links_to_its_field():
    reasons = [Reason("G-1", "缺少满意度指标，请添加后再报送。")]
    html = shown("{% error_summary form reasons %}", form=faulty(), reasons=reasons)
    assert "<h2>有 3 处需要改，改完才能继续</h2>" in html
    assert re.findall("<li>(.*?)</li>", html) == [
        "缺少满意度指标，请添加后再报送。",
        "权重合计 78.00 分，应为 90.00 分，请补足 12.00 分。",
        '<a href="#id_value">指标值：填一个数，例如 86。</a>',
    ]


def test_no_fault_no_summary():
    assert shown("{% error_summary form %}", form=IndicatorForm()).strip() == ""
    assert shown("{% error_summary %}").strip() == ""


def test_only_forms_with_files_are_multipart():
    assert form_tags.is_upload(IndicatorForm()) is True
    assert form_tags.is_upload(SearchForm()) is False


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "县公路养护中心", "县公路养护中心"),
        ("num", "8/12", "8/12"),
        ("count", 412, "412"),
        ("money", Decimal("6732800.00"), "673.28"),
        ("yuan", Decimal("6732800.00"), "6,732,800.00"),
        ("pct", Decimal("0.526"), "52.6%"),
        ("points", Decimal("0.052"), "5.2 个百分点"),
        ("score", Decimal("97.81"), "97.81"),
        ("chip", "待复核", "待复核"),
        ("lamp", "green", "绿灯"),
        ("grade", ("优", Decimal("93.4")), "优 93.40"),
        ("grade", "差", "差"),
        ("due", date(2026, 9, 20), "还剩 4 天"),
        ("due_date", date(2026, 9, 20), "9月20日"),
        ("date", date(2026, 2, 6), "2月6日"),
        ("datetime", datetime(2026, 9, 10, 8, 20, tzinfo=UTC), "9月10日 16:20"),
        ("bar", (Decimal("0.526"), "yellow", Decimal("0.667")), "52.6%"),
        ("bar", (Decimal("0.526"),), "52.6%"),
        ("link", ("县交通运输局", "/departments/3/"), "县交通运输局"),
        ("action", ("复核", "/reports/7/"), "复核"),
        ("tags", ["延续项目", "重点项目"], "延续项目 重点项目"),
    ],
)
def test_a_cell_is_shown_by_its_columns_kind(today, kind, value, text):
    assert text_of(str(tables.cell(kind, value))) == text
    assert tables.cell(kind, None) == "—"


def test_every_kind_of_cell_is_tested_above():
    table = test_a_cell_is_shown_by_its_columns_kind.pytestmark[0].args[1]
    assert {kind for kind, *_ in table} == set(tables.CELLS)


@pytest.mark.parametrize(
    ("column", "css"),
    [
        ({"label": "预算数", "kind": "money", "width": "cw-90"}, "num cw-90"),
        ({"label": "项目名称", "kind": "name"}, "nm"),
        ({"label": "操作", "kind": "action"}, "acts"),
        ({"label": "实施单位", "wide": True}, "wide-only"),
    ],
)
def test_columns_carry_their_classes(column, css):
    assert tables.column_class(column) == css


def test_rows_must_fit_the_columns():
    with pytest.raises(ValueError, match="zip"):
        tables.paired([1, 2], [1])


# --- components -----------------------------------------------------------------------------------


def option(
    name, label, *, allowed=True, reasons=(), needs_reason=False, style="primary", consequence="",
    opens_form=False,
):
    return {
        "name": name, "label": label, "url": f"/targets/7/step/{name}", "allowed": allowed,
        "reasons": list(reasons), "needs_reason": needs_reason, "style": style, "consequence": consequence,
        "opens_form": opens_form,
    }  # fmt: skip


STEPS = [
    option("pass_fiscal", "通过"),
    option("send_back", "退回修改", needs_reason=True, style="plain"),
    option("block", "不予通过", needs_reason=True, style="danger", consequence="该项目不能进入本轮预算安排。"),
    option("approve", "批复", opens_form=True),
    option("submit", "报送初审", allowed=False, reasons=["权重合计 78.00 分，应为 90.00 分，请补足 12.00 分后再报送。"]),
]


def test_steps_post_to_their_own_address_with_the_revision_seen():
    html = render_to_string("components/_steps.html", {"steps": STEPS, "seen": 4})
    assert re.findall(r'action="([^"]+)"', html) == [
        "/targets/7/step/pass_fiscal", "/targets/7/step/send_back", "/targets/7/step/block",
    ]  # fmt: skip
    assert html.count('<input type="hidden" name="seen" value="4">') == 3
    assert html.count(" required></textarea>") == 2
    assert "该项目不能进入本轮预算安排。" in html
    assert '<a class="btn btn-primary" href="/targets/7/step/approve">批复</a>' in html


def test_a_step_that_is_not_allowed_tells_why_and_posts_nothing():
    html = render_to_string("components/_steps.html", {"steps": STEPS[4:], "seen": 4})
    assert 'aria-disabled="true"' in html
    assert "权重合计 78.00 分，应为 90.00 分，请补足 12.00 分后再报送。" in html
    assert ("<form" in html, "href=" in html) == (False, False)
    written = render_to_string("components/_step_reasons.html", {"steps": STEPS})
    assert "还不能报送初审：" in written
    assert "还不能通过" not in written


def test_holders_tell_since_when_and_until_when(today):
    holder = {"role": "单位经办人", "organisation": "县公路养护中心", "verb": "修改监控表", "days": 6,
              "since": datetime(2026, 9, 10, 8, 20, tzinfo=UTC), "due_on": date(2026, 9, 20)}  # fmt: skip
    html = render_to_string("components/_holders.html", {"holders": [holder]})
    assert text_of(html).strip() == (
        "现在由 县公路养护中心 单位经办人 修改监控表。9月10日 16:20 收到，已停 6 天，应于 9月20日前办结，还剩 4 天。"
    )
    fresh = render_to_string("components/_holders.html", {"holders": [holder | {"days": 0, "due_on": None}]})
    assert text_of(fresh).strip() == "现在由 县公路养护中心 单位经办人 修改监控表。9月10日 16:20 收到。"
    assert render_to_string("components/_holders.html", {"holders": []}).strip() == ""


def test_a_formula_opens_with_its_real_figures():
    working = SimpleNamespace(
        formula="8 × 3.86 ÷ 4.20 = 7.35", inputs=(("分值", "8.00"),), rule="≥ 类指标按比例计分", notes=("已四舍五入。",)
    )
    html = render_to_string("components/_fx.html", {"text": "7.35", "working": working})
    assert text_of(html).split() == [
        "7.35算法：8", "×", "3.86", "÷", "4.20", "=", "7.35分值：8.00规则：≥", "类指标按比例计分已四舍五入。",
    ]  # fmt: skip
    assert "data-tip" in html


def test_the_rail_marks_where_the_project_is():
    stages = [
        {"label": "事前评估", "state": "skipped", "line1": "延续项目", "line2": "免评估"},
        {"label": "目标申报", "state": "done", "line1": "李卫国", "line2": "2025-10-12", "url": "/targets/7/"},
        {"label": "双监控", "state": "now", "icon": "arrow-return-left", "line1": "李卫国", "line2": "已停 6 天"},
        {"label": "单位自评", "state": "todo", "line1": "", "line2": None},
    ]
    html = render_to_string("components/_rail.html", {"rail": stages})
    assert re.findall(r'<li class="(\w+)"', html) == ["done", "done", "now", "todo"]
    assert html.count('aria-current="step"') == 1
    assert re.findall(r'aria-label="(不需要|已完成|当前|未开始)"', html) == ["不需要", "已完成", "当前", "未开始"]
    assert "—<br>—" in html


def job(state: str, **more):
    finished = state in {"done", "refused", "failed"}
    moment = datetime(2026, 9, 16, 6, 10, tzinfo=UTC)
    facts = {"pk": 9, "label": "导出自评表", "state": state, "is_finished": finished, "progress_percent": 63,
             "done_count": 260, "total_count": 412, "requested_at": moment, "finished_at": moment,
             "error": ""}  # fmt: skip
    return SimpleNamespace(**{**facts, **more})


@pytest.mark.parametrize(
    ("state", "words", "polls"),
    [
        ("queued", "排队中，9月16日 14:10 发起。", True),
        ("running", "已完成 260 / 412（63%）。", True),
        ("done", "9月16日 14:10 完成，共 412 项。", False),
        ("refused", "第 14 行权重“八”不是数字，请改为数字。", False),
        ("failed", "请联系系统管理员。", False),
    ],
)
def test_a_job_asks_again_until_it_has_ended(today, state, words, polls):
    error = "第 14 行权重“八”不是数字，请改为数字。" if state == "refused" else "Traceback (most recent call last)"
    html = render_to_string("components/_job.html", {"job": job(state, error=error), "poll": "/jobs/9/part/"})
    assert words in html
    assert ('hx-get="/jobs/9/part/" hx-trigger="every 1s" hx-select="#job-9"' in html) == polls
    assert "Traceback" not in html


def test_a_finished_job_offers_its_result(today):
    html = render_to_string("components/_job.html", {"job": job("done"), "file_url": "/files/3/"})
    assert 'href="/files/3/"' in html
    assert "下载结果" in html


def test_the_pager_keeps_the_filter_and_goes_back_to_page_one_for_another_size():
    page = Paginator(range(412), 50).page(3)
    request = request_of("lamp=red&page=3")
    html = render_to_string("components/_pager.html", {"page": page, "request": request})
    assert "共 412 项" in html
    assert '<a href="?lamp=red&amp;page=3" aria-current="page">3</a>' in html
    assert '<a href="?lamp=red&amp;size=100">100</a>' in html
    assert '<a href="?lamp=red&amp;size=50" aria-current="true">50</a>' in html
    assert ('rel="prev"' in html, 'rel="next"' in html) == (True, True)


def test_one_page_has_no_page_links():
    page = Paginator(range(12), 50).page(1)
    html = render_to_string("components/_pager.html", {"page": page, "request": request_of()})
    assert 'aria-label="分页"' not in html


def test_history_shows_what_was_and_what_is():
    entry = {
        "at": datetime(2026, 9, 10, 8, 20, tzinfo=UTC), "actor_name": "周晓岚", "organisation_name": "县财政局绩效股",
        "label": "退回修改", "reason": "请写明路段。", "changes": [{"label": "状态", "old": "待复核", "new": "退回修改"}],
    }  # fmt: skip
    html = render_to_string("components/_audit.html", {"entries": [entry]})
    assert "<del>待复核</del> <ins>退回修改</ins>" in html
    assert "2026-09-10 16:20:00" in html
    assert "没有操作记录" in render_to_string("components/_audit.html", {"entries": []})


# --- pages ----------------------------------------------------------------------------------------

ZHOU = SimpleNamespace(is_authenticated=True)
SHELL = {
    "site_name": "安澜县预算绩效管理系统", "years": [2027, 2026], "year": 2026, "jobs_running": 1, "unread": 5,
    "who": "周晓岚 · 县财政局绩效股", "density": "compact", "nav_mini": True,
    "nav": [[{"url": "/", "label": "工作台", "icon": "house", "count": 47, "current": True}]],
}  # fmt: skip
COLUMNS = [
    {"label": "项目名称", "kind": "name"}, {"label": "预算数", "kind": "money", "key": "budget"},
    {"label": "监控", "kind": "lamp"},
]  # fmt: skip
ROWS = [
    {"id": 1, "url": "/projects/1/", "amount_yuan": Decimal("12800000.00"),
     "cells": [{"text": "农村公路日常养护及小修保养", "sub": "县公路养护中心"}, Decimal("12800000.00"), "yellow"]},
    {"id": 2, "url": "/projects/2/", "amount_yuan": Decimal("32000000.00"),
     "cells": ["城区污水管网改造（二期）", Decimal("32000000.00"), "red"]},
]  # fmt: skip


def list_page(request):
    return render(request, "core/list.html", {
        "shell": SHELL, "title": "项目", "columns": COLUMNS, "rows": ROWS, "page": Paginator(ROWS, 50).page(1),
        "totals": ["筛选合计 2 项", Decimal("44800000.00"), None], "batch": [{"label": "催报", "url": "/remind/"}],
    })  # fmt: skip


ACTS = """{% extends "base.html" %}{% block body %}
{% include "components/_fx.html" with text="7.35" %}
<form method="post" action="/pay/" data-confirm="暂缓拨付“城区污水管网改造（二期）”？" data-verb="下达暂缓通知"
 data-consequence="国库股停止拨付未支出的 2,515.20 万元；通知县城镇排水服务中心">{% csrf_token %}<button>暂缓拨付</button></form>
<form method="post" action="/save/">{% csrf_token %}<button name="draft" value="1">保存草稿</button></form>
{% endblock %}"""


def acts_page(request):
    working = SimpleNamespace(formula="8 × 3.86 ÷ 4.20 = 7.35", inputs=(), rule="", notes=())
    page = engines["django"].from_string(ACTS)
    return HttpResponse(page.render({"shell": SHELL, "working": working}, request))


def answer(request):
    return HttpResponse(request.POST.get("draft", "ok"))


urlpatterns = [path("", list_page, name="home"), path("acts/", acts_page)]
urlpatterns += [
    path(f"{name}/", answer, name=name)
    for name in ("set_year", "pay", "save", "search", "jobs", "notices", "help", "logout", "login")
]


def test_the_list_page_shows_rows_totals_and_the_shell(plain_site, today):
    request = request_of("sort=-budget", ZHOU)
    request.session = SimpleNamespace(get_expiry_age=lambda: 28800)
    html = list_page(request).content.decode()
    assert "<title>项目 - 安澜县预算绩效管理系统</title>" in html
    assert '<html lang="zh-CN" data-density="compact">' in html
    assert '<body class="jx nav-mini"' in html
    assert 'data-session-seconds="28800"' in html
    assert '<tr data-href="/projects/1/">' in html
    assert 'data-yuan="32000000.00"' in html
    assert "4,480.00" in html.partition("<tfoot>")[2]
    assert 'aria-sort="descending"' in html
    assert '<em class="n">47</em>' in html
    assert re.findall(r'name="year" value="(\d*)"', html) == ["2027", "2026", ""]
    assert re.findall(r'<span class="count">(\d+)</span>', html) == ["1", "5"]
    assert "周晓岚 · 县财政局绩效股" in html


def test_an_empty_list_says_so_and_offers_to_clear_the_filter(plain_site):
    context = {"title": "项目", "columns": COLUMNS, "rows": [], "request": request_of("lamp=red")}
    html = render_to_string("core/list.html", context)
    assert "没有符合条件的记录" in html
    assert '<a class="btn btn-outline btn-sm" href="/projects/">清除条件</a>' in html
    assert "<table" not in html


def test_before_login_the_page_has_no_menus(plain_site):
    html = render_to_string("404.html", {"request": request_of()})
    assert "没有找到这一页" in html
    assert "预算绩效管理系统" in html
    assert "jx-side" not in html
    assert "<summary" not in html


def test_403_tells_the_reason_and_whom_to_ask(plain_site):
    html = render_to_string("403.html", {"request": request_of(), "exception": "它属于县水利局。"})
    assert "它属于县水利局。" in html
    assert "联系本单位系统管理员或财政局绩效股" in html


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
def test_the_last_pages_stand_by_themselves(settings, name):
    settings.ROOT_URLCONF = "no_such_module"
    assert "回工作台" in render_to_string(name)


def test_the_login_page_shows_what_is_due_and_the_fault(plain_site, today):
    form = SearchForm({})
    form.is_valid()
    form.add_error(None, "用户名或密码不正确，还可以再试 3 次。")
    html = render_to_string("registration/login.html", {
        "form": form, "next": "/projects/", "site_name": "安澜县预算绩效管理系统", "contacts": ["主办：安澜县财政局"],
        "work_windows": [{"year": 2026, "work": "1—8月绩效运行监控填报", "period": "9月5日—9月20日",
                          "due_on": date(2026, 9, 20)}],
        "announcements": [{"title": "关于编制2027年县级部门预算和绩效目标的通知", "published_at": date(2026, 8, 28)}],
    })  # fmt: skip
    assert '<input type="hidden" name="next" value="/projects/">' in html
    for part in ["还可以再试 3 次。", "还剩 4 天", "8月28日", "主办：安澜县财政局"]:
        assert part in html


def test_a_faulty_import_cannot_be_confirmed(plain_site):
    error = {"sheet": "绩效指标", "row": 14, "column": "权重", "value": "八",
             "message": "权重“八”不是数字，请填 0 到 100 之间的数。"}  # fmt: skip
    facts = {
        "title": "导入绩效目标", "file_name": "targets-2027.xlsx", "hash": "ab12cd34ef56aa11",
        "request": request_of(), "counts": {"create": 120, "change": 3, "same": 14},
    }  # fmt: skip
    refused = render_to_string("core/import_preview.html", {**facts, "errors": [error], "error_count": 1})
    assert "有 1 处错误，没有写入任何内容。" in refused
    assert "确认导入" not in refused
    accepted = render_to_string("core/import_preview.html", {**facts, "errors": []})
    assert '<input type="hidden" name="hash" value="ab12cd34ef56aa11">' in accepted
    assert "确认导入" in accepted
    committed = render_to_string("core/import_preview.html", {**facts, "errors": [], "committed": True})
    assert "确认导入" not in committed


def test_the_help_page_names_every_role(plain_site):
    from core.access import Role

    html = render_to_string("core/help.html", {"request": request_of()})
    names = [role.label.replace("（只读）", "") for role in Role]
    assert [name for name in names if name not in html] == []


# --- house rules for templates and assets ---------------------------------------------------------

PAGES = sorted(file for file in TEMPLATES.rglob("*.html") if "pdf" not in file.relative_to(TEMPLATES).parts)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_templates_have_no_inline_style_or_script(file):
    text = re.sub(r"{%.*?%}", "", file.read_text())
    assert re.findall(r'\sstyle="|<style|\son[a-z]+="|javascript:', text) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag] == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []


def test_every_width_that_pages_ask_for_exists():
    known = set(re.findall(r"\.(cw-\d+)", (site.BASE_DIR / "static/css/app.css").read_text()))
    asked = {width for file in PAGES for width in re.findall(r"\bcw-\d+", file.read_text())}
    for app in ("core", "budgets", "targets", "monitoring", "evaluation", "config"):
        for file in (site.BASE_DIR / app).rglob("*.py"):
            asked |= set(re.findall(r'"(cw-\d+)"', file.read_text()))
    assert asked - known == set()


COMPONENTS = sorted((TEMPLATES / "components").glob("_*.html"))


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.name)
def test_components_begin_with_their_variables(file):
    assert file.read_text().startswith("{# Variables: ")


@pytest.mark.parametrize("file", ["css/tokens.css", "css/app.css", "js/app.js", "js/charts.js"])
def test_own_assets_ask_nobody_else(file):
    assert re.findall(r"https?://|@import|url\(", (site.BASE_DIR / "static" / file).read_text()) == []


@pytest.mark.parametrize("name", [
    "vendor/bootstrap/css/bootstrap.min.css", "vendor/icons/bootstrap-icons.min.css",
    "vendor/icons/fonts/bootstrap-icons.woff2", "vendor/echarts/echarts.common.min.js",
    "django_htmx/htmx-2.min.js",
    "css/tokens.css", "css/app.css", "js/app.js", "js/charts.js", "img/favicon.svg",
])  # fmt: skip
def test_every_asset_of_the_shell_is_served_from_here(name):
    assert finders.find(name)


# --- in the browser -------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_keys_move_and_tick_rows_and_add_up_their_money(plain_site, live_server, page):
    page.goto(live_server.url)
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("tr.cur").get_attribute("data-href") == "/projects/1/"
    assert page.inner_text("[data-batch-count]") == "已选 1 项"
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.inner_text("[data-batch-money]") == "预算 4,480.00 万元"
    page.click("[data-untick]")
    assert page.locator("[data-batch]").is_hidden()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/projects/1/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_navigation_stays_folded_on_the_next_page(plain_site, live_server, page):
    page.goto(live_server.url)
    page.click("[data-nav-fold]")
    assert page.get_attribute("[data-nav-fold]", "aria-expanded") == "true"
    assert [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "nav"] == ["full"]
    page.click("[data-nav-fold]")
    assert [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "nav"] == ["mini"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_formula_opens_by_focus_and_closes_by_escape(plain_site, live_server, page):
    page.goto(f"{live_server.url}/acts/")
    tip = page.locator(".tipbox")
    assert tip.is_hidden()
    page.focus(".fx")
    assert tip.inner_text() == "算法：8 × 3.86 ÷ 4.20 = 7.35"
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    page.hover(".fx")
    assert tip.is_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_money_moves_only_after_confirmation(plain_site, live_server, page):
    page.goto(f"{live_server.url}/acts/")
    page.click("text=暂缓拨付")
    dialog = page.get_by_role("dialog")
    assert dialog.locator("li").all_inner_texts() == ["国库股停止拨付未支出的 2,515.20 万元", "通知县城镇排水服务中心"]
    dialog.get_by_text("先不办理").click()
    assert dialog.is_hidden()
    assert page.url == f"{live_server.url}/acts/"
    page.click("text=暂缓拨付")
    dialog.get_by_text("下达暂缓通知").click()
    page.wait_for_url(f"{live_server.url}/pay/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_button_cannot_be_pressed_twice_and_its_value_is_sent(plain_site, live_server, page):
    page.goto(f"{live_server.url}/acts/")
    page.evaluate("window.addEventListener('submit', (event) => event.preventDefault(), { once: true })")
    page.click("text=保存草稿")
    busy = page.locator("button[aria-busy=true]")
    assert busy.inner_text() == "正在保存草稿"
    assert busy.is_disabled()
    page.reload()
    page.click("text=保存草稿")
    page.wait_for_url(f"{live_server.url}/save/")
    assert page.inner_text("body") == "1"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_needs_nothing_that_its_policy_forbids(plain_site, live_server, page):
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    answer = page.goto(f"{live_server.url}/acts/")
    page.goto(live_server.url)
    page.wait_for_load_state("networkidle")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert faults == []
