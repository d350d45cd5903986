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
    "department_may_declare", "duties_are_written", "must_be_mended", "tasks_share_the_budget",
    "application_is_complete", "goes_with_the_budget",
    "CHECKS", "Check", "EXECUTING_STAGES", "Evidence", "FIRST_REVIEW", "Finding", "LEVELS", "MONEY_KEPT", "Mend", "PASSING", "Subject",
    "ZERO", "all_together", "business_section_has_reviewed", "checks_kept", "document_is_given", "findings", "grade_allows_passing",
    "may_be_adjusted", "may_be_declared", "one_spelling", "points_are_valid", "project_may_file", "quality_stands",
    "review_is_complete", "stands_against", "weight_template", "weights_by_level",
    "INDICATOR_FIELDS", "SCHEDULE", "TEXTS", "WHOLE_LIST", "by_another_hand", "cell", "changes_outside",
    "closed_places_kept",
    "content", "demands_whole_way", "edits_are_written", "goes_straight_back", "grade_allows_blocking", "graded",
    "is_open", "joins_others",
    "line_content", "moved_to", "opens_weights", "places_of", "plain_text", "row_of", "schedule_text",
    "steps_content",
    "COMMON", "Direction", "FEWEST_OTHERS", "entry_is_complete", "entry_is_unique",
]
