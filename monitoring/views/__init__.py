"""The pages of monitoring: rounds and their overview, reports, alerts."""

from monitoring.views.alerts import AlertList, AlertStep, alert_page
from monitoring.views.reports import ReportEdit, ReportList, ReportStep, report_page
from monitoring.views.rounds import OpenRound, RoundList, round_page

__all__ = [
    "AlertList", "AlertStep", "OpenRound", "ReportEdit", "ReportList", "ReportStep", "RoundList", "alert_page",
    "report_page", "round_page",
]
