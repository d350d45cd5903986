from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("config.home.urls")),
    path("", include("core.urls")),
    path("", include("budgets.urls")),
    path("targets/", include("targets.urls")),
    path("monitoring/", include("monitoring.urls")),
    path("evaluation/", include("evaluation.urls")),
    path("admin/", admin.site.urls),
]
