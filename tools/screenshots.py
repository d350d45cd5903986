"""Pictures of the site as each role sees it, 1366×768, in var/screenshots.

Starts the site on a free port with the data that is there, signs in as one person a role, and takes the workbench, each
page of the menu, and the first record of each list. Options: names of roles, else all.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from playwright.sync_api import BrowserContext, sync_playwright  # noqa: E402

from conftest import CHROMIUM_FLAGS, chromium_of_this_machine  # noqa: E402
from core.access import Role  # noqa: E402
from core.models import User  # noqa: E402

FOLDER = settings.VAR_DIR / "screenshots"
MENU = "nav a[href^='/']"
ROWS = "main tbody a[href^='/']"


def main() -> None:
    """Take the pictures and say where they are."""
    roles = [Role(name) for name in sys.argv[1:]] or list(Role)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([sys.executable, "manage.py", "run_site", "--port", str(port)], cwd=ROOT)
    try:
        wait_for(f"{site}/healthz", server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_of_this_machine(), args=CHROMIUM_FLAGS)
            for role in roles:
                person = User.objects.filter(role_assignments__role=role, is_active=True).order_by("pk").first()
                if person is None:
                    continue
                context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
                sign_in(context, person, site)
                photograph(context, site, FOLDER / role)
                context.close()
            browser.close()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    print(f"截图已存入 {FOLDER}。")


def wait_for(url: str, server: subprocess.Popen) -> None:
    """Wait until the address answers; ends the script when the site has stopped."""
    while server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.URLError:
            time.sleep(0.3)
    sys.exit("网站没有启动，无法截图，请查看上面的输出。")


def sign_in(context: BrowserContext, person: User, site: str) -> None:
    """Give the browser a session of this person."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": site}])


def photograph(context: BrowserContext, site: str, folder: Path) -> None:
    """The workbench, each page of the menu, and the first record of each list, in that order."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    page = context.new_page()
    page.goto(f"{site}/")
    waiting = ["/", *addresses(page, MENU)]
    seen: list[str] = []
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.append(path)
        page.goto(site + path)
        page.wait_for_load_state("networkidle")
        name = path.strip("/").partition("?")[0].replace("/", "-") or "home"
        page.screenshot(path=folder / f"{len(seen):02d}-{name}.png")
        if path in addresses(page, MENU):
            waiting += addresses(page, ROWS)[:1]


def addresses(page, selector: str) -> list[str]:
    return page.eval_on_selector_all(selector, "links => links.map(link => link.getAttribute('href'))")


if __name__ == "__main__":
    main()
