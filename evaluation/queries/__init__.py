"""What is read across rows for evaluation. Functions for pages return plain rows."""

from evaluation.queries.facts import (
    approved_declaration,
    awaiting_self_evaluation,
    graded_evaluation,
    lamp_history,
    monitored_values,
    poor_years,
    ready_to_publish,
    rectification_standing,
    self_evaluation_of,
    unfinished_evaluations,
)
from evaluation.queries.panels import (
    evaluation_panel,
    rectification_panel,
    result_panel,
    self_evaluation_panel,
)
from evaluation.queries.results import ready_rows, result_figures
from evaluation.queries.sheets import (
    bands_in_words,
    evidence_kind,
    rules_in_words,
    score_bars,
    sheet_rows,
    working_shown,
)
from evaluation.queries.tasks import (
    belongs_to_team,
    candidates,
    is_open_for_papers,
    lead_evaluators,
    line_rows,
    lines_of,
    objection_rows,
    road_of,
    score_summary,
    worklist,
)

__all__ = [
    "approved_declaration", "awaiting_self_evaluation", "bands_in_words", "belongs_to_team", "candidates",
    "evaluation_panel", "evidence_kind", "graded_evaluation", "is_open_for_papers", "lamp_history", "lead_evaluators",
    "line_rows", "lines_of", "monitored_values", "objection_rows", "poor_years", "ready_rows", "ready_to_publish",
    "rectification_panel", "rectification_standing", "result_figures", "result_panel",
    "road_of", "rules_in_words", "score_bars",
    "score_summary", "self_evaluation_of", "self_evaluation_panel", "sheet_rows",
    "unfinished_evaluations", "working_shown", "worklist",
]
