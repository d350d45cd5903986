"""Rule sets for tests: a preset with a few values changed."""

from typing import Any

from core.rulebook import Rulebook, preset


def data_with(name: str = "mof-2020", **changes: Any) -> dict[str, Any]:
    """Preset data with changes by path: `over_completion__mode="reduce"`."""
    data = preset(name)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = data
        for parent in parents:
            place = place[parent]
        place[last] = value
    return data


def book(name: str = "mof-2020", **changes: Any) -> Rulebook:
    return Rulebook.from_data(data_with(name, **changes))
