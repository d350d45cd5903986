"""What changes together in targets: opening, saving and adjusting declarations, and what follows from their steps."""

from targets.services.adjusting import open_adjustment
from targets.services.approval import approve_declarations
from targets.services.department import TASK_FIELDS, open_department_declaration, save_department_declaration
from targets.services.filing import (
    INDICATOR_FIELDS,
    TEXTS,
    Filling,
    Opening,
    Stage,
    State,
    copy_into,
    create_declaration,
    create_declarations,
    open_declaration,
    record_actuals,
    save_declaration,
    save_declarations,
)
from targets.services.library import (
    LIBRARY_CONTENT,
    add_to_library,
    content_from,
    load_starter_library,
    may_add,
    revise_entry,
    starter_entries,
)
from targets.services.lines import content_of, contents_by_position, write_indicators
from targets.services.quality import keep_warning, mend, mend_all
from targets.services.reviewing import (
    PASSING,
    comment_on_place,
    pass_as_it_is,
    pass_many,
    passing_option,
    settle_comment,
)
from targets.services.steps import (
    close_department_review,
    close_fiscal_review,
    close_unit_review,
    keep_blocking_review,
    keep_returning_review,
    keep_what_was_filed,
    reopen_year,
    turn_year_down,
)

__all__ = [
    "TASK_FIELDS", "open_department_declaration", "save_department_declaration",
    "LIBRARY_CONTENT", "add_to_library", "content_from", "load_starter_library", "may_add", "revise_entry",
    "starter_entries",
    "Filling", "INDICATOR_FIELDS", "Opening", "PASSING", "Stage", "State", "TEXTS", "approve_declarations",
    "close_department_review", "close_fiscal_review",
    "close_unit_review", "comment_on_place", "content_of", "contents_by_position", "copy_into", "create_declaration",
    "create_declarations", "keep_blocking_review", "keep_returning_review", "keep_warning", "keep_what_was_filed",
    "mend", "mend_all", "open_adjustment",
    "open_declaration", "pass_as_it_is", "pass_many", "passing_option", "record_actuals",
    "reopen_year", "save_declaration", "save_declarations", "settle_comment", "turn_year_down", "write_indicators",
]
