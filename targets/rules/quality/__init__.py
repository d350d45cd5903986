"""The quality check: what is judged, every check, and what stops a declaration from being submitted."""

from targets.rules.quality.names import one_spelling
from targets.rules.quality.required import weight_template, weights_by_level
from targets.rules.quality.subject import Evidence, Subject
from targets.rules.quality.table import CHECKS, Check, checks_kept, findings, stands_against

__all__ = [
    "CHECKS", "Check", "Evidence", "Subject", "checks_kept", "findings", "one_spelling", "stands_against",
    "weight_template", "weights_by_level",
]
