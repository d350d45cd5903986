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
    "Checks", "EFFECT_WORDS", "LABEL", "NAMES", "Spread", "State", "ZERO", "approvals_for", "approved_by",
    "awaiting_approval", "bands_of", "by_department", "by_place", "check", "check_department",
    "comments_by_cell", "comparisons", "counted_levels", "declarations_for", "department_declarations_for",
    "department_paper", "department_suggestions", "departments_to_declare", "earlier_content",
    "field_comments", "grid_rows", "held_by", "last_department_values", "last_year_of", "last_year_result",
    "last_year_values", "library_counts", "library_for", "may_ask_to_adjust", "next_in_queue", "open_cells",
    "own_lines", "panel", "paper", "pins_of_row", "place_choices", "place_in_queue", "plain", "queue_of",
    "ready_reasons", "review_items", "review_url", "reviews_of", "runs", "sectors", "sectors_named_in",
    "short_of", "shown_spread", "spread_of", "startable", "starter_files", "starter_standards",
    "state_counts", "suggestions", "total_of", "usage_of", "weight_sums", "weight_templates",
]
