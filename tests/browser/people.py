"""A person at a real Chromium: signs in through the login page, and whose pages must stay free of faults."""

import re
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from playwright.sync_api import Locator, Page, Request, Response, expect

from tests.factories.cast import PASSWORD

# The event names the directive that was violated; Chromium's own words on the console are caught as well.
TELL_OF_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`违反内容安全策略 ${event.effectiveDirective}：${event.blockedURI} ${event.sample}`);
});
"""


class Visitor:
    """One signed-in person with a browser session of their own.

    ``faults`` gathers what went wrong on their pages: errors on the console, violations of the content security
    policy, answers of 400 and above, addresses outside the site.
    """

    def __init__(self, new_context: Callable[..., Any], site: str, user) -> None:
        self.site, self.user = site, user
        self.faults: list[str] = []
        context = new_context()
        context.set_default_timeout(10_000)
        context.add_init_script(TELL_OF_VIOLATIONS)
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("request", self._check_request)
        self.page.on("response", self._check_response)
        self._sign_in()

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self.user} 在 {self.page.url}：{fault}")

    def _check_request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:")):
            self._note(f"访问了外部地址 {request.url}")

    def _check_response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.url} 得到 {response.status}")
        if response.request.resource_type == "document" and "content-security-policy" not in response.headers:
            self._note(f"{response.url} 没有内容安全策略")

    def _sign_in(self) -> None:
        self.open(reverse("login"))
        self.sees("本系统为非涉密系统。")
        self.fill(用户名=self.user.username, 密码=PASSWORD)
        self.page.keyboard.press("Enter")
        self.sees("工作台")

    def open(self, path: str) -> None:
        self.page.goto(self.site + path)

    def sees(self, *sentences: str) -> None:
        """Every sentence stands visibly on the page, and no page so far had a fault."""
        for sentence in sentences:
            expect(self.page.get_by_text(sentence).filter(visible=True).first).to_be_visible()
        assert self.faults == []

    def field(self, label: str) -> Locator:
        """The field whose label begins with these words; marks and counters follow them."""
        return self.page.get_by_label(re.compile(f"^{re.escape(label)}")).filter(visible=True)

    def fill(self, **texts: str) -> None:
        """Type texts, or choose the options of these words, in the fields of these labels."""
        for label, text in texts.items():
            field = self.field(label)
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=text)
            else:
                field.fill(text)

    def press(self, words: str) -> None:
        """Click the button of these words; a key named on it may follow them."""
        name = re.compile(rf"^{re.escape(words)}( ?Ctrl ?Enter)?$")
        self.page.get_by_role("button", name=name).filter(visible=True).click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words, exact=True).filter(visible=True).first.click()

    def take_up(self, verb: str) -> None:
        """Open the to-do of this verb from the workbench."""
        self.open(reverse("home"))
        row = self.page.locator("tr[data-href]").filter(has_text=verb)
        expect(row).to_have_count(1)
        row.get_by_role("link").first.click()
        self.page.wait_for_url(lambda url: url != self.site + reverse("home"))
