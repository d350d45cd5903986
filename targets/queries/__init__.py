"""What the pages of targets read: lists, the paper form, checks, what was set last year, and the review queue."""

from targets.queries.approval import approvals_for, approved_by, awaiting_approval, by_department
from targets.queries.checks import Checks, check, counted_levels, weight_sums, weight_templates
from targets.queries.comments import (
    by_place,
    comments_by_cell,
    field_comments,
    open_cells,
    pins_of_row,
    place_choices,
)
from targets.queries.comparing import comparisons, earlier_content
from targets.queries.declarations import (
    LABEL,
    NAMES,
    ZERO,
    State,
    declarations_for,
    held_by,
    may_ask_to_adjust,
    plain,
    short_of,
    startable,
    state_counts,
)
from targets.queries.department import (
    check_department,
    department_declarations_for,
    department_paper,
    departments_to_declare,
    last_department_values,
)
from targets.queries.last_year import last_year_of, last_year_result, last_year_values
from targets.queries.library import (
    Spread,
    library_counts,
    library_for,
    own_lines,
    sectors,
    shown_spread,
    spread_of,
    usage_of,
)
from targets.queries.panel import panel
from targets.queries.paper import grid_rows, paper, runs
from targets.queries.reviewing import (
    EFFECT_WORDS,
    bands_of,
    next_in_queue,
    place_in_queue,
    queue_of,
    ready_reasons,
    review_items,
    review_url,
    reviews_of,
    total_of,
)
from targets.queries.starter import sectors_named_in, starter_files, starter_standards
from targets.queries.suggesting import department_suggestions, suggestions

__all__ = [
    "check_department", "department_declarations_for", "department_paper", "department_suggestions",
    "departments_to_declare",
    "last_department_values",
    "Spread", "library_counts", "library_for", "own_lines", "sectors", "sectors_named_in", "shown_spread", "spread_of",
    "starter_files", "starter_standards", "suggestions",
    "usage_of",
    "approvals_for", "approved_by", "awaiting_approval", "by_department",
    "Checks", "EFFECT_WORDS", "LABEL", "NAMES", "State", "ZERO", "bands_of", "by_place",
    "check", "comments_by_cell", "comparisons", "counted_levels", "earlier_content", "field_comments", "open_cells", "pins_of_row",
    "place_choices",
    "declarations_for", "grid_rows", "held_by", "last_year_of", "last_year_result",
    "last_year_values", "may_ask_to_adjust", "next_in_queue", "panel", "paper", "place_in_queue", "plain",
    "queue_of", "ready_reasons", "review_items", "review_url", "reviews_of", "runs", "short_of", "startable",
    "state_counts", "total_of", "weight_sums", "weight_templates",
]
