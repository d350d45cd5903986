"""The Celery application. What runs, and whether it is done, is told by Job rows, not by the broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("budget_performance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "resend-jobs": {"task": "core.resend_jobs", "schedule": 30.0},
}
