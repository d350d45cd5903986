from django.urls import path

from budgets import views

app_name = "budgets"

urlpatterns = [
    path("projects/", views.ProjectList.as_view(), name="projects"),
    path("projects/export/", views.export_selected, name="projects_export"),
    path("projects/remind/", views.remind_selected, name="remind_selected"),
    path("projects/pool/", views.Pool.as_view(), name="pool"),
    path("projects/pool/new/", views.project_new, name="project_new"),
    path("projects/pool/<int:pk>/", views.project_edit, name="project_edit"),
    path("projects/pool/<int:pk>/open/", views.open_year, name="project_open"),
    path("projects/pool/<int:pk>/parent/", views.project_parent, name="project_parent"),
    path("projects/pool/<int:pk>/status/", views.project_status, name="project_status"),
    path("projects/<int:pk>/", views.project_year, name="project_year"),
    path("projects/<int:pk>/remind/", views.remind, name="remind"),
    path("projects/<int:pk>/watch/", views.watch, name="watch"),
    path("projects/<int:pk>/dossier/", views.print_dossier, name="print_dossier"),
    path("projects/<int:pk>/step/<str:step>/", views.ProjectYearStep.as_view(), name="projectyear_step"),
    path("projects/<int:pk>/funds/", views.funds, name="funds"),
    path("projects/<int:pk>/adjust/", views.adjust, name="adjust"),
    path("projects/<int:pk>/spendings/", views.SpendingList.as_view(), name="spendings"),
    path("windows/", views.windows, name="windows"),
    path("windows/open-year/", views.open_fiscal_year, name="open_fiscal_year"),
    path("windows/<int:year>/<str:stage>/", views.window_edit, name="window_edit"),
    path("windows/<int:year>/<str:stage>/extend/", views.window_extend, name="window_extend"),
    path("windows/<int:year>/<str:stage>/ask/", views.window_ask, name="window_ask"),
    path("windows/requests/<int:pk>/", views.extension_request, name="extension_request"),
    path(
        "windows/requests/<int:pk>/step/<str:step>/", views.ExtensionRequestStep.as_view(), name="extensionrequest_step"
    ),
    path("ex-ante/", views.ExAnteList.as_view(), name="ex_antes"),
    path("ex-ante/<int:pk>/", views.ex_ante, name="ex_ante"),
    path("ex-ante/<int:pk>/edit/", views.ex_ante_edit, name="ex_ante_edit"),
    path("ex-ante/<int:pk>/step/<str:step>/", views.ExAnteStep.as_view(), name="exanteassessment_step"),
    path("ex-ante/<int:pk>/remind/", views.ex_ante_remind, name="ex_ante_remind"),
    path("ex-ante/sheets/<int:pk>/", views.ex_ante_review, name="ex_ante_review"),
    path("ex-ante/sheets/<int:pk>/step/<str:step>/", views.ExAnteReviewStep.as_view(), name="exantereview_step"),
    path("ex-ante/exemptions/<int:pk>/", views.ex_ante_exemption, name="ex_ante_exemption"),
    path(
        "ex-ante/exemptions/<int:pk>/step/<str:step>/", views.ExAnteExemptionStep.as_view(), name="exanteexemption_step"
    ),
    path("projects/<int:pk>/exempt/", views.ex_ante_exempt, name="ex_ante_exempt"),
    path("allocation/", views.allocations, name="allocations"),
    path("allocation/new/", views.allocation_new, name="allocation_new"),
    path("allocation/<int:pk>/", views.allocation, name="allocation"),
    path("allocation/<int:pk>/export/", views.allocation_export, name="allocation_export"),
    path("allocation/<int:pk>/waive/", views.waive_unsettled, name="allocation_waive_unsettled"),
    path("allocation/<int:pk>/lines/<int:line_pk>/", views.allocation_line, name="allocation_line"),
    path("allocation/<int:pk>/lines/<int:line_pk>/waive/", views.waive, name="allocation_waive"),
    path("allocation/<int:pk>/step/<str:step>/", views.AllocationRoundStep.as_view(), name="allocationround_step"),
]
