"""The rule sets that come with the system, as data for a new RuleSet row."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "rulesets"
LINKAGE = "linkage"


@cache
def preset_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != LINKAGE))


def preset(name: str) -> dict[str, Any]:
    """Data of one preset, with what it extends and its linkage sets written out; the caller's own to change.

    Raises: KeyError for a name that is not a preset.
    """
    data = deepcopy(_whole(name))
    data["linkage"] = [rule for chosen in data["linkage"] for rule in linkage_presets()[chosen]["rules"]]
    return data


def linkage_presets() -> dict[str, dict[str, Any]]:
    """Linkage sets by name: each with `title`, `source` and `rules`."""
    return _read(LINKAGE)


def _whole(name: str) -> dict[str, Any]:
    if name not in preset_names():
        raise KeyError(name)
    data = {key: value for key, value in _read(name).items() if key != "extends"}
    parent = _read(name).get("extends")
    return _overlaid(_whole(parent), data) if parent else data


def _overlaid(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _overlaid(below[key], value) if isinstance(value, dict) else value
        for key, value in above.items()
    }
    return below | both


@cache
def _read(stem: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{stem}.yaml").read_text(encoding="utf-8"))
