"""Fiscal years, kept by the system administrator. Every saving leaves its audit entry."""

from django.contrib import admin

from budgets.models import FiscalYear
from core.admin import AuditedAdmin


@admin.register(FiscalYear)
class FiscalYearAdmin(AuditedAdmin):
    list_display = ("year", "ruleset", "is_open")
