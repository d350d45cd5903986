from django.urls import path

from config.home import views

urlpatterns = [
    path("", views.workbench, name="home"),
    path("done/", views.done, name="done"),
    path("search/", views.search, name="search"),
    path("cockpit/", views.cockpit, name="cockpit"),
]
