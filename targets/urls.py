from django.urls import path

from targets import views

app_name = "targets"

urlpatterns = [
    path("", views.DeclarationList.as_view(), name="declarations"),
    path("start/", views.start, name="start"),
    path("project-years/<int:pk>/declare/", views.open_one, name="open"),
    path("declarations/<int:pk>/", views.declaration, name="declaration"),
    path("declarations/<int:pk>/goal/", views.edit_goal, name="edit_goal"),
    path("declarations/<int:pk>/indicators/", views.DeclarationGrid.as_view(), name="edit_indicators"),
    path("declarations/<int:pk>/last-year/", views.copy_last_year, name="copy_last_year"),
    path("declarations/<int:pk>/mend/", views.mend, name="mend"),
    path("declarations/<int:pk>/keep/", views.keep_warning, name="keep_warning"),
    path("declarations/<int:pk>/adjust/", views.adjust, name="adjust"),
    path("declarations/<int:pk>/review/", views.review, name="review"),
    path("declarations/<int:pk>/comments/", views.comment_on, name="comment_on"),
    path("comments/<int:pk>/settle/", views.settle_comment, name="settle_comment"),
    path("departments/", views.DepartmentDeclarationList.as_view(), name="departments"),
    path("departments/open/<int:pk>/<int:year>/", views.open_department, name="open_department"),
    path("departments/<int:pk>/", views.department, name="department"),
    path("departments/<int:pk>/edit/", views.edit_department, name="edit_department"),
    path(
        "departments/<int:pk>/indicators/", views.DepartmentGrid.as_view(), name="edit_department_indicators"
    ),
    path(
        "departments/<int:pk>/suggestions/", views.department_suggestions, name="department_suggestions"
    ),
    path(
        "departments/<int:pk>/step/<str:step>/", views.DepartmentStep.as_view(), name="departmentdeclaration_step"
    ),
    path("approving/", views.AwaitingApproval.as_view(), name="awaiting_approval"),
    path("approving/approve/", views.approve_many, name="approve_many"),
    path("approvals/", views.ApprovalList.as_view(), name="approvals"),
    path("approvals/<int:pk>/", views.approval, name="approval"),
    path("pass/", views.pass_ticked, name="pass_ticked"),
    path("declarations/<int:pk>/step/<str:step>/", views.DeclarationStep.as_view(), name="targetdeclaration_step"),
    path("declarations/<int:pk>/suggestions/", views.suggestions, name="suggestions"),
    path("declarations/<int:pk>/schedule/", views.edit_schedule, name="edit_schedule"),
    path("library/", views.LibraryList.as_view(), name="library"),
    path("library/add/", views.library_add, name="library_add"),
    path("library/<int:pk>/", views.library_indicator, name="library_indicator"),
    path("library/<int:pk>/edit/", views.library_edit, name="library_edit"),
    path("library/<int:pk>/step/<str:step>/", views.LibraryStep.as_view(), name="libraryindicator_step"),
]
