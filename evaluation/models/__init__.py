from evaluation.models.evaluations import (
    ConflictStatement,
    Evaluation,
    EvaluationKind,
    EvaluationLevel,
    EvaluationLine,
    Objection,
    Verdict,
    WorkingPaper,
)
from evaluation.models.rectification import Disclosure, Rectification, RectificationItem, Result
from evaluation.models.self_evaluations import SelfEvaluation, SelfScore

__all__ = [
    "ConflictStatement", "Disclosure", "Evaluation", "EvaluationKind", "EvaluationLevel", "EvaluationLine",
    "Objection", "Rectification", "RectificationItem", "Result", "SelfEvaluation", "SelfScore", "Verdict",
    "WorkingPaper",
]
