"""What a stranger's fresh copy depends on: locks, local assets, settings, start and stop."""

import importlib.metadata
import importlib.util
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from types import ModuleType

import django_fsm
import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from packaging.requirements import Requirement

from config import settings as site
from config.management.commands import run_site

ROOT = Path(__file__).resolve().parent.parent
PYTHON_LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
MADE_HERE = {".git", ".venv", "node_modules", "var", "__pycache__", ".hypothesis"}
TEXT_SUFFIXES = {
    "", ".css", ".html", ".js", ".json", ".lock", ".md", ".py", ".svg", ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip


def repository_files() -> list[Path]:
    """Every text file of the project itself: nothing installed, nothing made at run time."""
    found = []
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if name not in MADE_HERE and not name.endswith("_cache")]
        found += [Path(folder, name) for name in names if Path(name).suffix in TEXT_SUFFIXES]
    return found


def locked_versions(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, flags=re.MULTILINE))


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# --- locks ------------------------------------------------------------------------------------------------


def test_no_file_of_the_repository_records_a_registry_address():
    address = re.compile(r"https?://[\w.-]*(pypi|pythonhosted|npmjs|yarnpkg|registry|mirror)[\w.-]*", re.I)
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in repository_files()
        for match in address.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_python_lock_pins_by_hash_and_names_no_source(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links)\b", text, flags=re.MULTILINE)
    requirements = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in requirements if "--hash=sha256:" not in entry] == []


def test_lock_satisfies_what_pyproject_asks_for():
    for lock, wanted in (
        ("requirements.lock", project()["project"]["dependencies"]),
        ("requirements-dev.lock", project()["dependency-groups"]["dev"]),
    ):
        versions = locked_versions(lock)
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(versions[requirement.name.lower()]), requirement


def test_tests_run_on_the_same_versions_as_the_site():
    assert locked_versions("requirements.lock").items() <= locked_versions("requirements-dev.lock").items()


def test_every_dependency_has_its_reason_beside_it():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, flags=re.MULTILINE | re.DOTALL)
    entries = [line for block in lists for line in block.splitlines()]
    wanted = project()["project"]["dependencies"] + project()["dependency-groups"]["dev"]
    assert len(entries) == len(wanted)
    assert [line for line in entries if not re.search(r'",\s+# \w.{15,}', line)] == []


def test_only_the_maintained_django_fsm_is_installed():
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("django-fsm")
    assert django_fsm.__file__ is not None
    assert all("django-fsm" not in locked_versions(lock) for lock in PYTHON_LOCKS)


def test_frontend_lock_has_integrity_hashes_and_no_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert {"node_modules/bootstrap", "node_modules/echarts", "node_modules/bootstrap-icons"} <= packages.keys()
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []


# --- local assets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "vendor/bootstrap/css/bootstrap.min.css",
        "vendor/bootstrap/js/bootstrap.bundle.min.js",
        "vendor/icons/bootstrap-icons.min.css",
        "vendor/icons/fonts/bootstrap-icons.woff2",
        "vendor/echarts/echarts.common.min.js",
        "django_htmx/htmx-2.min.js",
    ],
)
def test_third_party_asset_is_served_locally(path):
    assert Path(finders.find(path)).stat().st_size > 10_000


@pytest.mark.parametrize(
    "path",
    [
        "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf",
        "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
        "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
        "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
    ],
)
def test_pdf_font_is_truetype(path, settings):
    with (settings.PDF_FONT_DIR / path).open("rb") as font:
        assert font.read(4) == b"\x00\x01\x00\x00"


def test_no_page_style_or_script_loads_anything_from_outside():
    attribute = r"""(?:src|href|action)\s*=\s*["']?"""
    style = r"""url\(\s*["']?|@import\s+["']"""
    outside = re.compile(f"(?:{attribute}|{style})(?:https?:)?//")
    pages = [file for file in repository_files() if file.relative_to(ROOT).parts[0] in {"templates", "static"}]
    assert [page.name for page in pages if outside.search(page.read_text(encoding="utf-8"))] == []


def test_no_line_of_code_is_longer_than_120_characters():
    long_lines = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in repository_files()
        if file.suffix == ".py" and "migrations" not in file.parts
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 120
    ]
    assert long_lines == []


# --- settings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "value"), [("1", True), ("YES", True), ("off", False), ("0", False), ("", True)])
def test_env_bool_reads(monkeypatch, text, value):
    monkeypatch.setenv("SOME_SWITCH", text)
    assert site.env_bool("SOME_SWITCH", True) is value


def test_env_bool_refuses_what_it_cannot_read(monkeypatch):
    monkeypatch.setenv("SOME_SWITCH", "maybe")
    with pytest.raises(ImproperlyConfigured) as refusal:
        site.env_bool("SOME_SWITCH", True)
    assert str(refusal.value) == "环境变量 SOME_SWITCH 应为 1 或 0，现在是“maybe”，请改正后再启动。"


@pytest.mark.parametrize("text", ["many", "-1", "0", "1.5", "１"])
def test_env_int_refuses_what_is_no_number_in_range(monkeypatch, text):
    monkeypatch.setenv("SOME_NUMBER", text)
    with pytest.raises(ImproperlyConfigured) as refusal:
        site.env_int("SOME_NUMBER", 3, least=1)
    assert str(refusal.value) == f"环境变量 SOME_NUMBER 应为不小于 1 的整数，现在是“{text}”，请改正后再启动。"


def test_database_is_sqlite_that_locks_at_the_start_when_none_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("SOME_DATABASE", raising=False)
    database = site.env_database("SOME_DATABASE", sqlite_file=tmp_path / "site.sqlite3")
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == tmp_path / "site.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://li:p%40ss@db.lan:5433/jixiao", ("jixiao", "li", "p@ss", "db.lan", "5433")),
        ("postgresql:///jixiao", ("jixiao", "", "", "", "")),
    ],
)
def test_database_by_address(monkeypatch, tmp_path, url, expected):
    monkeypatch.setenv("SOME_DATABASE", url)
    database = site.env_database("SOME_DATABASE", sqlite_file=tmp_path / "site.sqlite3")
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert tuple(database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


@pytest.mark.parametrize("url", ["mysql://db/jixiao", "postgres://db", "jixiao"])
def test_database_address_that_cannot_be_used_stops_the_start(monkeypatch, tmp_path, url):
    monkeypatch.setenv("SOME_DATABASE", url)
    with pytest.raises(ImproperlyConfigured) as refusal:
        site.env_database("SOME_DATABASE", sqlite_file=tmp_path / "site.sqlite3")
    assert str(refusal.value) == (
        "环境变量 SOME_DATABASE 应写成 postgres://用户:密码@主机:端口/库名，现在的写法读不懂，请改正后再启动。"
    )


def test_secret_key_is_made_once_and_kept_for_the_owner_alone(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = site.secret_key(tmp_path)
    assert len(first) >= 50
    assert site.secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


# --- start and stop ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "８０００"])
def test_port_that_is_none_is_refused(text):
    with pytest.raises(CommandError) as refusal:
        run_site.checked_port(text)
    assert str(refusal.value) == f"端口 PORT 应为 1 到 65535 的整数，现在是“{text}”，请改正后再启动。"


def test_busy_port_is_refused_with_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(CommandError) as refusal:
            run_site.refuse_busy_port("127.0.0.1", port)
    assert str(refusal.value) == (
        f"地址 127.0.0.1:{port} 不能使用（{os.strerror(98 if sys.platform == 'linux' else 48)}），可能已有程序占用，"
        f"请先停掉它，或换一个端口启动，例如 make run PORT={port % 65535 + 1}。"
    )


def test_child_that_has_died_stops_the_site():
    child = run_site.Child("后台任务", subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]))
    child.process.wait()
    with pytest.raises(CommandError) as refusal:
        run_site.watch([child])
    assert str(refusal.value) == "后台任务意外退出（状态 3），网站已停止，请查看上面的输出后重新启动。"


def test_stop_ends_what_a_dead_child_left_behind():
    script = "import os, time; os.fork() or time.sleep(60); os.getpid() != os.getsid(0) or os._exit(1)"
    process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    process.wait()
    os.killpg(process.pid, 0)
    run_site.stop([run_site.Child("后台任务", process)])
    assert group_is_gone(process.pid)


def test_site_starts_answers_and_stops_with_everything_it_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "VAR_DIR": str(tmp_path)}
    environment |= {"DATABASE_URL": "", "WEB_WORKERS": "1"}
    command = [sys.executable, "manage.py", "run_site", "--no-sample", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert answer_of(f"http://127.0.0.1:{port}/healthz", process) == 200
            children = child_processes(process.pid)
            assert len(children) == 2
        finally:
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"网站已启动：http://127.0.0.1:{port}\n" in output
    assert output.endswith("网站已停止，数据保存完好。\n")
    assert all(group_is_gone(child) for child in children)


def answer_of(url: str, process: subprocess.Popen) -> int:
    """The status code of an address, once somebody answers there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.status
        except (ConnectionError, TimeoutError):
            time.sleep(0.2)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, (ConnectionError, TimeoutError)):
                raise
            time.sleep(0.2)
    raise AssertionError(f"nobody answered at {url}")


def process_table(columns: str) -> list[str]:
    command = ["ps", "-A", "-o", columns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def child_processes(parent: int) -> list[int]:
    pairs = [tuple(map(int, line.split())) for line in process_table("pid=,ppid=")]
    return [pid for pid, its_parent in pairs if its_parent == parent]


def group_is_gone(leader: int) -> bool:
    """Whether no process of the group is alive any more; a killed one needs a moment to be reaped."""
    for _ in range(50):
        members = [line.split() for line in process_table("pgid=,stat=")]
        if not any(int(group) == leader and not state.startswith("Z") for group, state in members):
            return True
        time.sleep(0.1)
    return False


def make(*arguments: str) -> subprocess.CompletedProcess:
    """Run make as a person would, whatever make this test run was itself started by."""
    inherited = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    environment = {name: value for name, value in os.environ.items() if name not in inherited}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_make_without_a_python_says_what_is_missing():
    made = make("check-python", "PYTHON=")
    assert made.returncode == 2
    assert made.stderr.splitlines()[0] == "没有找到 Python 3.11 或更高版本，请安装后重试。"


def test_make_help_explains_every_command_a_person_may_type():
    commands = [line.split()[1] for line in make("help").stdout.splitlines()]
    assert commands == [
        "help", "run", "test", "lint", "shell", "verify", "demo", "screenshots", "benchmark", "lock", "clean",
    ]  # fmt: skip


# --- what the tools say -----------------------------------------------------------------------------------


def load_tool(name: str) -> ModuleType:
    """A script of tools/, which is a folder of scripts and no package."""
    specification = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    tool = importlib.util.module_from_spec(specification)
    sys.modules[name] = tool
    specification.loader.exec_module(tool)
    return tool


def test_what_was_not_run_stands_in_the_last_lines(capsys):
    run_tests = load_tool("run_tests")
    outcome = run_tests.Outcome(
        failed_steps=["代码检查 ruff"],
        not_run=["浏览器测试：本机没有 Chromium。"],
        counts={"passed": 12, "failed": 0, "skipped": 1},
    )
    run_tests.tell(outcome, seconds=61.4)
    assert capsys.readouterr().out.splitlines() == [
        "",
        "共用时 61 秒。",
        "12 passed, 0 failed, 1 skipped",
        "未通过：代码检查 ruff。",
        "没有运行：浏览器测试：本机没有 Chromium。",
    ]


def test_reports_of_both_databases_add_up(tmp_path):
    run_tests = load_tool("run_tests")
    outcome = run_tests.Outcome()
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="9" failures="1" errors="2" skipped="1"/></testsuites>', encoding="utf-8"
    )
    run_tests.count(report, outcome)
    run_tests.count(report, outcome)
    assert outcome.counts == {"passed": 10, "failed": 6, "skipped": 2}


def test_a_server_that_does_not_answer_is_no_postgres(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    monkeypatch.setenv("TEST_DATABASE_URL", f"postgres://127.0.0.1:{port}/postgres")
    assert load_tool("run_tests").find_postgres() == ""
