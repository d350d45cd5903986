"""The paper forms of this app: two of self-evaluation, the score table of an evaluation, the feedback
letter; and how a filled one becomes a draft."""

from evaluation.official import departments, intake, letters, scores, self_evaluations

__all__ = ["departments", "intake", "letters", "scores", "self_evaluations"]
