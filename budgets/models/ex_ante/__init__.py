"""事前绩效评估: the assessment, its panel of reviewers, and the exemption from it (domain rules §2.1, §3.2)."""

from budgets.models.ex_ante.assessment import REPORT_KIND, ExAnteAssessment
from budgets.models.ex_ante.exemption import ExAnteExemption
from budgets.models.ex_ante.panel import ExAnteReview, ExAnteScore

__all__ = ["REPORT_KIND", "ExAnteAssessment", "ExAnteExemption", "ExAnteReview", "ExAnteScore"]
