"""Django's admin as the settings pages: open to the role of system administrator, signed in as everywhere else."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.access import Role


def is_administrator(user) -> bool:
    return user.is_active and user.is_authenticated and user.holds(Role.SYSADMIN)


class SettingsSite(AdminSite):
    """Open to whoever holds the role of system administrator; signing in is the site's own."""

    site_header = site_title = "系统设置"
    index_title = "机构、人员、年度与规则"
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Raises ``PermissionDenied`` for people who are signed in and hold another role."""
        if request.user.is_authenticated and not is_administrator(request.user):
            raise PermissionDenied("系统设置只对系统管理员开放，如需调整机构、人员或年度请联系系统管理员。")
        return is_administrator(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(f"{reverse('login')}?next={reverse('admin:index')}")
