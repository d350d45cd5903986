"""`manage.py benchmark pages`: what it visits, and what it holds to the limit."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from config.benchmarks import pages


def test_benchmark_visits_menu_and_first_rows():
    links = pages.Links()
    links.feed(
        '<nav><a href="/projects/">项目</a><a href="https://example.org/">外站</a></nav><a href="/help/">帮助</a>'
        '<table><tbody><tr><td><a href="/projects/7/">农村公路</a></td></tr></tbody></table>'
    )
    assert (links.menu, links.rows) == (["/projects/"], ["/projects/7/"])


def test_benchmark_holds_pages_to_the_limit_and_lists_files_apart(cast, monkeypatch):
    page, file = reverse("official_forms"), reverse("official_empty", args=["ex_ante", "xlsx"])
    monkeypatch.setattr(pages, "pages_to_visit", lambda client: [file, page])
    lines: list[str] = []
    pages.run(lines.append, user="qianli", times=1, limit_ms=60_000)
    assert [line.split()[-1] for line in lines] == ["页面", page, "下载的文件（现做现下，不计入页面的界限）", file]
    with pytest.raises(CommandError) as refusal:
        pages.run(lines.append, user="qianli", times=1, limit_ms=-1)
    assert str(refusal.value) == "有 1 个页面的中位数超过 -1 毫秒，请查看上表后优化。"


def test_benchmark_without_people_says_so(db):
    with pytest.raises(CommandError) as refusal:
        call_command("benchmark")
    assert str(refusal.value) == "没有找到可用来测量的用户“财政绩效股”，请先装入数据或用 --user 指定。"
