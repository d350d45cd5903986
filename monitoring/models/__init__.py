"""双监控: money spent and targets reached, watched together round by round."""

from monitoring.models.alerts import UNSETTLED, Alert, AlertOutcome, AlertQuerySet
from monitoring.models.choices import AlertState, DeviationReason, LampColour, LikelihoodChoice, QualityChoice
from monitoring.models.reports import (
    FINANCE_STATES,
    SENT_STATES,
    ProgressReport,
    ProgressReportQuerySet,
    ProgressValue,
    ReportState,
)
from monitoring.models.rounds import MonitoringRound, MonitoringRoundQuerySet

__all__ = [
    "Alert", "AlertOutcome", "AlertQuerySet", "AlertState", "DeviationReason", "FINANCE_STATES", "LampColour",
    "LikelihoodChoice", "MonitoringRound", "MonitoringRoundQuerySet", "ProgressReport", "ProgressReportQuerySet",
    "ProgressValue", "QualityChoice", "ReportState", "SENT_STATES", "UNSETTLED",
]
