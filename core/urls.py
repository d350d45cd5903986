from django.conf import settings
from django.contrib.auth import views as auth
from django.urls import path

from core.views import check_form, imports, official, official_intake, pages, records

urlpatterns = [
    path("login/", auth.LoginView.as_view(
        redirect_authenticated_user=True, extra_context={"site_name": settings.SITE_NAME}), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", auth.PasswordChangeView.as_view(success_url="/", template_name="core/password.html"),
         name="password_change"),
    path("year/", pages.set_year, name="set_year"),
    path("density/", pages.set_density, name="set_density"),
    path("jobs/", pages.job_list, name="jobs"),
    path("jobs/<int:pk>/", pages.job_page, name="job"),
    path("jobs/<int:pk>/progress/", pages.job_progress, name="job_progress"),
    path("notices/", pages.notice_list, name="notices"),
    path("notices/read/", pages.notices_read, name="notices_read"),
    path("help/", pages.help_page, name="help"),
    path("audit/", pages.audit_page, name="audit"),
    path("healthz", pages.healthz, name="healthz"),
    path("check-form/", check_form.check_form, name="check_form"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/<str:kind>/", imports.upload, name="import"),
    path("imports/<str:kind>/template/", imports.template, name="import_template"),
    path("imports/preview/<int:pk>/", imports.preview, name="import_preview"),
    path("imports/preview/<int:pk>/rejected/", imports.rejected, name="import_rejected"),
    path("records/<str:label>/<int:pk>/comment/", records.comment, name="comment"),
    path("records/<str:label>/<int:pk>/attach/", records.attach, name="attach"),
    path("records/<str:label>/<int:pk>/take-in/", official_intake.upload, name="official_intake"),
    path("take-in/<int:pk>/", official_intake.preview, name="official_intake_preview"),
    path("attachments/<int:pk>/", records.attachment, name="attachment"),
    path("official/", official.form_list, name="official_forms"),
    path("official/<str:kind>/empty/<str:suffix>/", official.empty_form, name="official_empty"),
    path("official/<str:kind>/bundle/", official.bundle, name="official_bundle"),
    path("official/<str:kind>/<int:pk>/<str:suffix>/", official.filled_form, name="official_form"),
]
