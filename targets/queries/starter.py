"""The library that comes with the system: a file for each sector, with its indicators and the words of its projects."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "starter_library"
STANDARDS = "standards"


@cache
def starter_files() -> tuple[dict[str, Any], ...]:
    """One a sector: ``sector``, ``indicators`` and, but for what is common to all, ``words``."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yaml")) if path.stem != STANDARDS)


@cache
def starter_standards() -> dict[str, str]:
    return _read(FOLDER / f"{STANDARDS}.yaml")


def sectors_named_in(text: str) -> list[str]:
    """The library's sectors that a project's field or its department's name speaks of, such as 公路养护 of 交通运输."""
    return [
        data["sector"] for data in starter_files()
        if data["sector"] == text or any(word in text for word in data.get("words", ()))
    ]


def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
