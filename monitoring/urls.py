from django.urls import path

from monitoring import views

app_name = "monitoring"

urlpatterns = [
    path("", views.RoundList.as_view(), name="rounds"),
    path("rounds/new/", views.OpenRound.as_view(), name="open_round"),
    path("rounds/<int:pk>/", views.round_page, name="round"),
    path("reports/", views.ReportList.as_view(), name="reports"),
    path("reports/<int:pk>/", views.report_page, name="report"),
    path("reports/<int:pk>/edit/", views.ReportEdit.as_view(), name="report_edit"),
    path("reports/<int:pk>/step/<str:step>/", views.ReportStep.as_view(), name="progressreport_step"),
    path("alerts/", views.AlertList.as_view(), name="alerts"),
    path("alerts/<int:pk>/", views.alert_page, name="alert"),
    path("alerts/<int:pk>/step/<str:step>/", views.AlertStep.as_view(), name="alert_step"),
]
