"""`manage.py run_site`: the whole site on one machine, started and stopped as one thing."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config import sample_county
from core.models import Organisation

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STARTUP_SECONDS = 60
GRACE_SECONDS = 10


@dataclass
class Child:
    """A process of the site, leader of a process group of its own."""

    name: str
    process: subprocess.Popen


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or asked the site to end."""


class Command(BaseCommand):
    help = "启动网站：网页服务与后台任务。数据库为空时先装入示例县数据。按 Ctrl-C 全部停止。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1", help="监听地址，默认 127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="端口，默认 8000")
        parser.add_argument("--no-sample", action="store_true", help="数据库为空时不装入示例县数据")

    def handle(self, *args: Any, host: str, port: str, no_sample: bool, **options: Any) -> None:
        number = checked_port(port)
        refuse_busy_port(host, number)
        for name in STOP_SIGNALS:
            signal.signal(name, ask_to_stop)
        children: list[Child] = []
        hosts = {"ALLOWED_HOSTS": ",".join(dict.fromkeys([*settings.ALLOWED_HOSTS, host]))}
        try:
            self.prepare_data(sample=not no_sample)
            children.append(start_child("网页服务", web_command(host, number), environment=hosts))
            children.append(start_child("后台任务", worker_command(), environment=hosts))
            wait_until_open(host, number, children)
            self.tell_where(host, number)
            watch(children)
        except StopAsked:
            self.stdout.write("\n正在停止……")
        finally:
            for name in STOP_SIGNALS:
                signal.signal(name, signal.SIG_IGN)
            stop(children)
        self.stdout.write("网站已停止，数据保存完好。")

    def prepare_data(self, *, sample: bool) -> None:
        """Bring the tables up to date, and load the sample county into an empty database."""
        call_command("migrate", verbosity=0)
        if sample and not Organisation.objects.exists():
            self.stdout.write("数据库为空，正在装入示例县数据……")
            call_command("load_sample_county")
        connections.close_all()

    def tell_where(self, host: str, port: int) -> None:
        everywhere = host in ("0.0.0.0", "::")
        shown = "127.0.0.1" if everywhere else host
        self.stdout.write(self.style.SUCCESS(f"\n网站已启动：http://{shown}:{port}"))
        if sample_county.is_loaded():
            call_command("demo_accounts", stdout=self.stdout)
        if everywhere and not os.environ.get("ALLOWED_HOSTS"):
            self.stdout.write("其他电脑要访问时，请把 ALLOWED_HOSTS 设为本机的域名或地址（逗号分隔）后重新启动。")
        self.stdout.write("按 Ctrl-C 停止。")


def checked_port(text: str) -> int:
    """The port as a number. Raises CommandError outside 1 to 65535."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise CommandError(f"端口 PORT 应为 1 到 65535 的整数，现在是“{text}”，请改正后再启动。")
    return int(text)


def refuse_busy_port(host: str, port: int) -> None:
    """Raises CommandError when nothing can listen there: taken, forbidden, or not of this machine."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"地址 {host}:{port} 不能使用（{error.strerror}），可能已有程序占用，"
            f"请先停掉它，或换一个端口启动，例如 make run PORT={port % 65535 + 1}。"
        ) from error


def ask_to_stop(number: int, frame: FrameType | None) -> None:
    raise StopAsked


def web_command(host: str, port: int) -> list[str]:
    """gunicorn, one process a core (WEB_WORKERS) and two threads each; each process accepts for itself on Linux."""
    workers = os.environ.get("WEB_WORKERS") or str(min(os.cpu_count() or 1, 4))
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", address]
    command += ["--worker-class", "gthread", "--workers", workers, "--threads", "2", "--timeout", "120"]
    command += ["--graceful-timeout", str(GRACE_SECONDS // 2), "--log-level", "warning"]
    return command + (["--reuse-port"] if sys.platform == "linux" else [])


def worker_command(schedule: Path | None = None) -> list[str]:
    """One Celery worker with the clock inside, so that a site on one machine needs no third process."""
    command = [sys.executable, "-m", "celery", "--app", "config", "--quiet", "worker", "--beat"]
    command += ["--schedule", str(schedule or settings.CELERY_BEAT_SCHEDULE_FILENAME), "--loglevel", "warning"]
    return command + ["--without-gossip", "--without-mingle", "--without-heartbeat"]


def start_child(name: str, command: list[str], *, environment: Mapping[str, str]) -> Child:
    """Start a process out of reach of the terminal's Ctrl-C: this command passes the wish on, in order."""
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    return Child(name, process)


def wait_until_open(host: str, port: int, children: list[Child]) -> None:
    """Wait for the web server to accept. Raises CommandError when it does not, or when a child has died."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        refuse_dead(children)
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise CommandError(f"网页服务在 {STARTUP_SECONDS} 秒内没有应答，网站已停止，请查看上面的输出。")


def watch(children: list[Child]) -> None:
    """Look after the children for ever. Raises CommandError when one has died."""
    while True:
        refuse_dead(children)
        time.sleep(0.5)


def refuse_dead(children: list[Child]) -> None:
    for child in children:
        status = child.process.poll()
        if status is not None:
            raise CommandError(f"{child.name}意外退出（状态 {status}），网站已停止，请查看上面的输出后重新启动。")


def stop(children: list[Child]) -> None:
    """Ask every child to finish, wait, then end whatever is left of each process group."""
    for child in children:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        end_group(child.process.pid)


def end_group(leader: int) -> None:
    """End processes that outlived their leader; a job among them is taken up again at the next start."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
