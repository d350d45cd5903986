"""What changes together in evaluation. Each function takes who (``by``) and when (``at``) and leaves an audit entry."""

from evaluation.services.evaluations import list_evaluation
from evaluation.services.field_work import (
    add_paper,
    answer_objection,
    save_plan,
    score_lines,
    sign_conflict_statement,
    upload_report,
)
from evaluation.services.rectifications import fill_rectification, verify_item
from evaluation.services.results import publish_ready, publish_result, record_disclosure, record_disclosures
from evaluation.services.self_evaluations import (
    fill_self_evaluation,
    open_self_evaluation,
    open_self_evaluations,
)

__all__ = [
    "add_paper", "answer_objection", "fill_rectification", "fill_self_evaluation", "list_evaluation",
    "open_self_evaluation", "open_self_evaluations", "publish_ready", "publish_result", "record_disclosure",
    "record_disclosures", "save_plan", "score_lines", "sign_conflict_statement", "upload_report", "verify_item",
]
