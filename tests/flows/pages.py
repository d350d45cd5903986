"""A person at the pages: opens an address, fills in the form as it stands there, presses a button by its words."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

VOID = {"input", "br", "img", "meta", "link", "hr"}


@dataclass
class Button:
    text: str = ""
    name: str = ""
    value: str = ""
    action: str = ""
    disabled: bool = False


@dataclass
class Form:
    action: str
    method: str
    name: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    buttons: list[Button] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects forms with their present values, and links with their words."""

    def __init__(self, known: dict[str, Form]) -> None:
        super().__init__()
        self.known = known
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.inside: list[Form] = []
        self.select: tuple[Form, str] | None = None
        self.area: tuple[Form, str] | None = None
        self.button: Button | None = None
        self.link: list[str] | None = None
        self.templates = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "template":
            self.templates += 1
        if self.templates:
            return
        if tag == "form":
            form = self.known.get(given.get("id", "")) or Form("", "get")
            form.action, form.name = given.get("action", ""), given.get("id", "")
            form.method = given.get("method", "get").lower()
            self.forms.append(form)
            self.inside.append(form)
        elif tag == "a":
            self.link = [given.get("href", ""), ""]
        elif tag == "button":
            self._start_button(given)
        elif tag in ("input", "select", "textarea"):
            self._start_field(tag, given)
        elif tag == "option" and self.select and "selected" in given:
            form, name = self.select
            form.values[name] = [*form.values.get(name, []), given.get("value", "")]

    def _owner(self, given: dict[str, str]) -> Form | None:
        if "form" in given:
            return self.known.get(given["form"])
        return self.inside[-1] if self.inside else None

    def _start_button(self, given: dict[str, str]) -> None:
        self.button = Button(
            name=given.get("name", ""), value=given.get("value", ""), action=given.get("formaction", ""),
            disabled="disabled" in given,
        )
        owner = self._owner(given)
        if owner is not None and given.get("type", "submit") == "submit":
            owner.buttons.append(self.button)

    def _start_field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._owner(given), given.get("name", "")
        if form is None or not name or "disabled" in given:
            return
        form.fields.add(name)
        kind = given.get("type", "text")
        if tag == "select":
            self.select = (form, name)
        elif tag == "textarea":
            self.area = (form, name)
            form.values.setdefault(name, [""])
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                form.values.setdefault(name, []).append(given.get("value", "on"))
        elif kind not in ("file", "submit"):
            form.values.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.templates -= 1
        elif tag == "form" and self.inside:
            self.inside.pop()
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None
        elif tag == "button":
            self.button = None
        elif tag == "a" and self.link:
            self.links.append((self.link[0], " ".join(self.link[1].split())))
            self.link = None

    def handle_data(self, data: str) -> None:
        if self.area:
            form, name = self.area
            form.values[name] = [form.values[name][0] + data]
        if self.button is not None:
            self.button.text += data.strip()
        if self.link:
            self.link[1] += data


@dataclass
class Page:
    url: str
    status: int
    text: str
    forms: list[Form]
    links: list[tuple[str, str]]

    def link(self, words: str) -> str:
        return next(href for href, text in self.links if words in text)

    def has_button(self, words: str) -> bool:
        return any(button.text.startswith(words) for form in self.forms for button in form.buttons)


class Person:
    """One signed-in person. Every answer must be a page or lead to one; a refusal is asked for by ``refused``."""

    def __init__(self, user):
        self.user = user
        self.client = Client()
        self.client.force_login(user)

    def open(self, url: str, *, status: int = 200) -> Page:
        answer = self.client.get(url, follow=True)
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else url
        page = read(answer, urljoin(url, here))
        assert page.status == status, f"{self.user} 打开 {url} 得到 {page.status}"
        return page

    def press(self, page: Page, words: str, *, refused: bool = False, **values: Any) -> Page:
        """Press the button with these words after filling in ``values``; ends on the page that answers."""
        form, button = self._find(page, words, set(values))
        data: dict[str, Any] = dict(form.values)
        for name, value in values.items():
            assert name in form.fields, f"{words} 的表单没有 {name} 这一栏，只有 {sorted(form.fields)}"
            data[name] = value
        if button.name:
            data[button.name] = button.value
        action = urljoin(page.url, button.action or form.action or page.url)
        send = self.client.post if form.method == "post" else self.client.get
        answer = send(action, data, follow=True)
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else action
        result = read(answer, urljoin(action, here))
        failed = result.status >= 400 or "data-errsum" in result.text
        assert failed == refused, f"{self.user} 按“{words}”得到 {result.status}：{_complaint(result.text)}"
        return result

    def take(self, page: Page, words: str, **values: Any) -> Page:
        """Take a step: through its form page where the button is a link, else at once."""
        if not page.has_button(words) and any(words == text for _, text in page.links):
            page = self.open(urljoin(page.url, page.link(words)))
        return self.press(page, words, **values)

    def _find(self, page: Page, words: str, wanted: set[str]) -> tuple[Form, Button]:
        found = [
            (form, button) for form in page.forms for button in form.buttons
            if button.text.startswith(words) and not button.disabled
        ]
        found.sort(key=lambda pair: pair[1].text != words)
        fitting = [(form, button) for form, button in found if wanted <= form.fields] or found
        offered = sorted({button.text for form in page.forms for button in form.buttons})
        assert fitting, f"{self.user} 在 {page.url} 找不到“{words}”，只有 {offered}；{_complaint(page.text)}"
        return fitting[0]


def read(answer, url: str) -> Page:
    text = answer.content.decode() if not answer.streaming else ""
    reader = _Reader({name: Form("", "get") for name in re.findall(r"<form[^>]* id=\"([^\"]+)\"", text)})
    reader.feed(text)
    return Page(urlsplit(url).path, answer.status_code, text, reader.forms, reader.links)


def _complaint(text: str) -> str:
    """The sentences of an error page, for the message of a failing test."""
    class Words(HTMLParser):
        def __init__(self):
            super().__init__()
            self.found, self.depth = [], 0

        def handle_starttag(self, tag, attributes):
            given = dict(attributes)
            css = given.get("class") or ""
            if self.depth or "errsum" in css or "note bad" in css or given.get("role") == "alert":
                self.depth += tag not in VOID

        def handle_endtag(self, tag):
            self.depth -= bool(self.depth) and tag not in VOID

        def handle_data(self, data):
            if self.depth and data.strip():
                self.found.append(data.strip())

    words = Words()
    words.feed(text)
    return " ".join(words.found)[:600]


def workbook_upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
