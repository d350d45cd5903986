from django.urls import path

from evaluation.views import evaluations, rectifications, results, self_evaluations

app_name = "evaluation"

urlpatterns = [
    path("self-evaluations/", self_evaluations.SelfEvaluationList.as_view(), name="self_evaluations"),
    path("self-evaluations/open/", self_evaluations.open_year, name="open_self_evaluations"),
    path("self-evaluations/<int:pk>/", self_evaluations.sheet, name="self_evaluation"),
    path("self-evaluations/<int:pk>/step/<str:step>/", self_evaluations.SelfEvaluationStep.as_view(),
         name="selfevaluation_step"),
    path("evaluations/", evaluations.EvaluationList.as_view(), name="evaluations"),
    path("evaluations/new/", evaluations.new_evaluation, name="new_evaluation"),
    path("evaluations/<int:pk>/", evaluations.evaluation, name="evaluation"),
    path("evaluations/<int:pk>/plan/", evaluations.plan, name="plan"),
    path("evaluations/<int:pk>/scores/", evaluations.scores, name="scores"),
    path("evaluations/<int:pk>/statement/", evaluations.statement, name="statement"),
    path("evaluations/<int:pk>/report/", evaluations.report, name="report"),
    path("evaluations/<int:pk>/step/<str:step>/", evaluations.EvaluationStep.as_view(), name="evaluation_step"),
    path("objections/<int:pk>/answer/", evaluations.answer, name="answer"),
    path("lines/<int:pk>/", evaluations.line, name="line"),
    path("rectifications/", rectifications.RectificationList.as_view(), name="rectifications"),
    path("rectifications/<int:pk>/", rectifications.rectification, name="rectification"),
    path("rectifications/<int:pk>/step/<str:step>/", rectifications.RectificationStep.as_view(),
         name="rectification_step"),
    path("rectifications/items/<int:pk>/verify/", rectifications.verify, name="verify"),
    path("results/", results.results, name="results"),
    path("results/publish/", results.publish, name="publish"),
    path("results/published/", results.PublishedList.as_view(), name="published"),
    path("disclosures/", results.DisclosureList.as_view(), name="disclosures"),
    path("disclosures/record/", results.record_many, name="record_disclosures"),
    path("disclosures/<int:pk>/", results.disclosure, name="disclosure"),
]
