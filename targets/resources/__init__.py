"""The workbooks of targets: for template, import and export."""

from targets.resources.declarations import GoalSheet, IndicatorSheet, TargetImport
from targets.resources.library import LibraryImport, LibrarySheet, library_workbook

__all__ = ["GoalSheet", "IndicatorSheet", "LibraryImport", "LibrarySheet", "TargetImport", "library_workbook"]
