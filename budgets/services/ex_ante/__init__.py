"""The ex-ante assessment: filling in, the panel and its scores, the exemption, and how its outcome moves the year."""

from budgets.services.ex_ante.assessment import fill_ex_ante
from budgets.services.ex_ante.exemption import ask_for_exemption
from budgets.services.ex_ante.panel import save_review

__all__ = ["ask_for_exemption", "fill_ex_ante", "save_review"]
