"""What every test needs: a browser that starts anywhere, and a database that may be emptied between tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

# Playwright keeps an event loop in the test's thread, which Django would take for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_of_this_machine() -> str | None:
    """The path of an installed Chromium or Chrome."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


MADE_BY_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}


def empty_database(case: TransactionTestCase) -> None:
    """Delete the rows a test has left; TRUNCATE, Django's own way, costs PostgreSQL seconds however few they are.

    The audit log refuses deletion by trigger, so its triggers step aside for as long.
    """
    from core import audit_triggers

    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - MADE_BY_MIGRATIONS
        audit_triggers.remove()
        try:
            with transaction.atomic():
                for table in sorted(tables):
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
        finally:
            audit_triggers.install()


TransactionTestCase._fixture_teardown = empty_database


TOUCHES_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests come first, since they take longest. On a second database only what may differ there is run again.

    Pure rules and the scripts of a page give the same on every database.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    if not os.environ.get("TEST_DATABASE_URL"):
        return
    same = [item for item in items if item.get_closest_marker("page_script") or not touches_database(item)]
    config.hook.pytest_deselected(items=same)
    left_out = set(same)
    items[:] = [item for item in items if item not in left_out]


def touches_database(item: pytest.Item) -> bool:
    needed = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("django_db")) or not TOUCHES_DATABASE.isdisjoint(needed)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """The test database, free of other sessions by the time it is dropped.

    A thread of the live server ends with the browser's keep-alive connection, which may be after the last test;
    PostgreSQL refuses to drop a database that such a thread is still connected to.
    """
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path: Path) -> Iterator[None]:
    """Each test keeps uploads and results in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The Chromium of the machine when there is one, else the one that Playwright has installed."""
    chromium = chromium_of_this_machine()
    found = {"executable_path": chromium} if chromium else {}
    return {**browser_type_launch_args, **found, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
    }
