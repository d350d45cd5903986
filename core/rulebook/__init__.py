"""Rule sets: every number that differs between places, as data with its Chinese name."""

from core.rulebook.book import Rulebook
from core.rulebook.presets import linkage_presets, preset, preset_names

__all__ = ["Rulebook", "linkage_presets", "preset", "preset_names"]
