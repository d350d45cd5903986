"""May a declaration be submitted, passed or approved, and if not, why. No models are imported here."""

from targets.rules.adjusting import (
    EXECUTING_STAGES,
    application_is_complete,
    goes_with_the_budget,
    may_be_adjusted,
)
from targets.rules.contents import (
    INDICATOR_FIELDS,
    SCHEDULE,
    TEXTS,
    WHOLE_LIST,
    cell,
    changes_outside,
    content,
    is_open,
    line_content,
    moved_to,
    opens_weights,
    places_of,
    plain_text,
    row_of,
    schedule_text,
    steps_content,
)
from targets.rules.department import (
    department_may_declare,
    duties_are_written,
    must_be_mended,
    tasks_share_the_budget,
)
from targets.rules.filing import MONEY_KEPT, may_be_declared, project_may_file, quality_stands
from targets.rules.findings import LEVELS, ZERO, Finding, Mend, all_together, joins_others
from targets.rules.library import COMMON, FEWEST_OTHERS, Direction, entry_is_complete, entry_is_unique
from targets.rules.quality import (
    CHECKS,
    Check,
    Evidence,
    Subject,
    checks_kept,
    findings,
    one_spelling,
    stands_against,
    weight_template,
    weights_by_level,
)
from targets.rules.reviewing import (
    FIRST_REVIEW,
    PASSING,
    business_section_has_reviewed,
    by_another_hand,
    closed_places_kept,
    demands_whole_way,
    document_is_given,
    edits_are_written,
    goes_straight_back,
    grade_allows_blocking,
    grade_allows_passing,
    graded,
    points_are_valid,
    review_is_complete,
)

__all__ = [
    "CHECKS", "COMMON", "Check", "Direction", "EXECUTING_STAGES", "Evidence", "FEWEST_OTHERS", "FIRST_REVIEW",
    "Finding", "INDICATOR_FIELDS", "LEVELS", "MONEY_KEPT", "Mend", "PASSING", "SCHEDULE", "Subject", "TEXTS",
    "WHOLE_LIST", "ZERO", "all_together", "application_is_complete", "business_section_has_reviewed",
    "by_another_hand", "cell", "changes_outside", "checks_kept", "closed_places_kept", "content",
    "demands_whole_way", "department_may_declare", "document_is_given", "duties_are_written",
    "edits_are_written", "entry_is_complete", "entry_is_unique", "findings", "goes_straight_back",
    "goes_with_the_budget", "grade_allows_blocking", "grade_allows_passing", "graded", "is_open",
    "joins_others", "line_content", "may_be_adjusted", "may_be_declared", "moved_to", "must_be_mended",
    "one_spelling", "opens_weights", "places_of", "plain_text", "points_are_valid", "project_may_file",
    "quality_stands", "review_is_complete", "row_of", "schedule_text", "stands_against", "steps_content",
    "tasks_share_the_budget", "weight_template", "weights_by_level",
]
