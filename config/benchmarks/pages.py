"""`manage.py benchmark pages`: how long the pages take with the data that is there; the files they lead to, apart."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from statistics import median

from django.core.management.base import CommandError
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.access import Role
from core.models import User


@dataclass(frozen=True)
class Measurement:
    """One page or file: milliseconds at the median and at worst, and the queries of one answer."""

    path: str
    is_page: bool
    median_ms: float
    worst_ms: float
    queries: int
    kilobytes: float


class Links(HTMLParser):
    """The addresses of this site that a page leads to: from its menu, and from the rows of its tables."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.menu: list[str] = []
        self.rows: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("nav", "tbody"):
            self.inside.append(tag)
        address = dict(attrs).get("href") or ""
        if tag == "a" and self.inside and address.startswith("/"):
            (self.menu if self.inside[-1] == "nav" else self.rows).append(address)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()


def run(write: Callable[[str], None], *, user: str | None, times: int, limit_ms: int) -> None:
    """Measure every page. Raises CommandError when one is slower at the median than the limit.

    The limit is for pages: a file to be downloaded (an official form in PDF) is made while one waits for it, and is
    listed below them without a limit (house decision, 2026-11-22).
    """
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(visitor(user))
    files, slow = [], 0
    write("中位数ms  最大ms  查询数     KB  页面")
    for path in pages_to_visit(client):
        found = measure(client, path, times=times)
        if not found.is_page:
            files.append(found)
            continue
        slow += found.median_ms > limit_ms
        write(line_of(found))
    if files:
        write("\n中位数ms  最大ms  查询数     KB  下载的文件（现做现下，不计入页面的界限）")
    for found in files:
        write(line_of(found))
    if slow:
        raise CommandError(f"有 {slow} 个页面的中位数超过 {limit_ms} 毫秒，请查看上表后优化。")


def line_of(found: Measurement) -> str:
    return f"{found.median_ms:8.0f}{found.worst_ms:8.0f}{found.queries:8d}{found.kilobytes:7.0f}  {found.path}"


def visitor(username: str | None) -> User:
    """The person whose pages are measured. Raises CommandError when there is none."""
    people = User.objects.filter(is_active=True)
    chosen = (
        people.filter(username=username)
        if username
        else people.filter(role_assignments__role=Role.FISCAL_PERFORMANCE).order_by("pk")
    ).first()
    if chosen is None:
        raise CommandError(f"没有找到可用来测量的用户“{username or '财政绩效股'}”，请先装入数据或用 --user 指定。")
    return chosen


def pages_to_visit(client: Client) -> Iterator[str]:
    """The workbench, what its menu leads to, and the first record of each list there, each once."""
    home = reverse("home")
    seen = {home}
    yield home
    for path in links_of(client, home).menu:
        if path in seen:
            continue
        seen.add(path)
        yield path
        for record in links_of(client, path).rows[:1]:
            if record not in seen:
                seen.add(record)
                yield record


def links_of(client: Client, path: str) -> Links:
    links = Links()
    response = client.get(path)
    if is_page(response):
        links.feed(response.content.decode())
    return links


def is_page(response: HttpResponseBase) -> bool:
    return response.headers["Content-Type"].startswith("text/html")


def measure(client: Client, path: str, *, times: int) -> Measurement:
    """Ask for one page several times. Raises CommandError when it does not answer 200."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, follow=True)
    asked = len(queries)
    if response.status_code != 200:
        raise CommandError(f"页面 {path} 应答 {response.status_code}，无法测量，请先排除问题。")
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        client.get(path)
        taken.append((time.perf_counter() - started) * 1000)
    kilobytes = len(response.getvalue()) / 1024
    return Measurement(path, is_page(response), median(taken), max(taken), asked, kilobytes)
