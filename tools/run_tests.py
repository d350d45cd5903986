"""All checks in a row: lint, layers, migrations, tests on SQLite, and on PostgreSQL what may differ there.

What could not be run is said in the last lines; with --strict that alone makes the run fail.
Options after `--` go to pytest.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
sys.path.insert(0, str(ROOT))

from conftest import chromium_of_this_machine  # noqa: E402


@dataclass
class Outcome:
    """What the run has come to so far."""

    failed_steps: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})


def main() -> None:
    """Run every step, tell the outcome, and end with status 0 only when all that was run has passed."""
    parser = argparse.ArgumentParser(description="运行全部检查与测试")
    parser.add_argument("--strict", action="store_true", help="有任何一项没有运行也算失败")
    parser.add_argument("pytest", nargs="*", help="写在 -- 之后，原样交给 pytest")
    options = parser.parse_args()
    outcome = Outcome()
    started = time.monotonic()

    step("代码检查 ruff", [str(BIN / "ruff"), "check", "."], outcome)
    step("分层检查 import-linter", [str(BIN / "lint-imports")], outcome)
    step(
        "迁移检查 makemigrations --check",
        [str(BIN / "python"), "manage.py", "makemigrations", "--check", "--dry-run", "--settings=tests.settings"],
        outcome,
    )
    browser = chromium_ready()
    if not browser:
        outcome.not_run.append("浏览器测试：本机没有 Chromium，也没有装上，请安装 Chromium 后再运行。")
    run_pytest("SQLite", "", options.pytest, browser=browser, outcome=outcome)
    postgres = find_postgres()
    if postgres:
        run_pytest("PostgreSQL", postgres, options.pytest, browser=browser, outcome=outcome)
    else:
        outcome.not_run.append(
            "PostgreSQL 上的测试：没有找到可建测试库的服务器，请启动 PostgreSQL，"
            "或把 TEST_DATABASE_URL 设为 postgres://用户:密码@主机:端口/库名 后再运行。"
        )
    tell(outcome, seconds=time.monotonic() - started)
    sys.exit(1 if outcome.failed_steps or (options.strict and outcome.not_run) else 0)


def step(name: str, command: list[str], outcome: Outcome, **environment: str) -> None:
    """Run one command and note its name when it fails."""
    print(f"\n=== {name} ===", flush=True)
    if subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode:
        outcome.failed_steps.append(name)


def run_pytest(database: str, url: str, arguments: list[str], *, browser: bool, outcome: Outcome) -> None:
    """Run the tests on one database, in PYTEST_WORKERS processes (default: one a core, at most 4)."""
    workers = os.environ.get("PYTEST_WORKERS", "") or str(min(os.cpu_count() or 1, 4))
    with tempfile.TemporaryDirectory(prefix="budget-test-") as folder:
        report = Path(folder) / "report.xml"
        command = [str(BIN / "python"), "-m", "pytest", "-q", f"--junitxml={report}"]
        if workers != "1":
            command += ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
        if not browser:
            command += ["-m", "not browser"]
        step(
            f"{database} 上的测试",
            [*command, *arguments],
            outcome,
            TEST_VAR_DIR=folder,
            TEST_DATABASE_URL=url,
        )
        if report.exists():
            count(report, outcome)


def count(report: Path, outcome: Outcome) -> None:
    """Add up one pytest report."""
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        figures = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
        broken = figures["failures"] + figures["errors"]
        outcome.counts["failed"] += broken
        outcome.counts["skipped"] += figures["skipped"]
        outcome.counts["passed"] += figures["tests"] - broken - figures["skipped"]


def chromium_ready() -> bool:
    """Whether browser tests can run, after trying to install a Chromium where there is none."""
    if chromium_of_this_machine() or playwright_chromium():
        return True
    print("\n=== 安装 Chromium ===", flush=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"])
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-wqy-microhei"],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    if not chromium_of_this_machine():
        subprocess.run([str(BIN / "playwright"), "install", "chromium"])
    return bool(chromium_of_this_machine() or playwright_chromium())


def playwright_chromium() -> bool:
    """Whether Playwright has a browser of its own."""
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def find_postgres() -> str:
    """The address of a server where this person may create databases, or the empty text."""
    given = os.environ.get("TEST_DATABASE_URL", "").strip()
    places = [given] if given else [
        "postgres:///postgres",
        "postgres://127.0.0.1:5432/postgres",
        "postgres://postgres@/postgres",
        "postgres://postgres@127.0.0.1:5432/postgres",
        "postgres://postgres:postgres@127.0.0.1:5432/postgres",
    ]  # fmt: skip
    return next((place for place in places if may_create_databases(place)), "")


def may_create_databases(url: str) -> bool:
    """Whether a server answers at this address and lets us make a test database."""
    question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(question).fetchone()
    except psycopg.OperationalError:
        return False
    return bool(row and row[0])


def tell(outcome: Outcome, *, seconds: float) -> None:
    """The last lines: how many tests, what failed, what was not run."""
    counts = outcome.counts
    print(f"\n共用时 {seconds:.0f} 秒。")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    for name in outcome.failed_steps:
        print(f"未通过：{name}。")
    for sentence in outcome.not_run:
        print(f"没有运行：{sentence}")
    if not outcome.failed_steps and not outcome.not_run:
        print("全部检查与测试都已运行并通过。")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
