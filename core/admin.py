"""The settings pages of the system administrator: organisations, people, roles, rule sets. Everything is audited."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.http import HttpRequest

from core import audit, clock, records
from core.models import Organisation, RoleAssignment, RuleSet, User
from core.settings_site import is_administrator


class AuditedAdmin(admin.ModelAdmin):
    """For system administrators only; rows are created and changed, never deleted."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            columns = {name: form.cleaned_data[name] for name in form.changed_data if name in form.cleaned_data}
            records.change(obj, by=request.user, at=clock.now(), changes=columns)
        else:
            records.create(obj, by=request.user, at=clock.now())


class RoleInline(admin.TabularInline):
    model = RoleAssignment
    extra = 1
    autocomplete_fields = ("organisation",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request.user)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class PersonForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name", "phone")


@admin.register(User)
class PersonAdmin(AuditedAdmin, UserAdmin):
    """People are never deleted, only taken out of use: their names stand in the audit trail."""

    add_form = PersonForm
    list_display = ("username", "name", "phone", "is_active", "last_login")
    list_filter = ("is_active", "role_assignments__role")
    search_fields = ("username", "name")
    fieldsets = ((None, {"fields": ("username", "password", "name", "phone", "is_active")}),)
    add_fieldsets = ((None, {"fields": ("username", "name", "phone", "password1", "password2")}),)
    filter_horizontal = ()
    inlines = (RoleInline,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save()
        person, at = form.instance, clock.now()
        for gone in formset.deleted_objects:
            before = {"role": str(gone)}
            audit.record("core.user.role_removed", person, by=request.user, at=at, label="免去角色", before=before)
        for given in [*formset.new_objects, *(row for row, _ in formset.changed_objects)]:
            after = {"role": str(given)}
            audit.record("core.user.role_given", person, by=request.user, at=at, label="任命角色", after=after)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Django's own password page saves the person itself; only that it happened is kept, never the password."""
        if "密码" in str(message) or "password" in str(message).lower():
            audit.record("core.user.password", obj, by=request.user, at=clock.now(), label="重置密码")
        return super().log_change(request, obj, message)


@admin.register(Organisation)
class OrganisationAdmin(AuditedAdmin):
    list_display = ("code", "name", "kind", "parent", "fiscal_section", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "name")
    autocomplete_fields = ("parent", "fiscal_section")


@admin.register(RuleSet)
class RuleSetAdmin(AuditedAdmin):
    """Rule sets in force are read here; a change is a new version, never an edit."""

    list_display = ("fiscal_year", "region", "title", "version", "preset", "used")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_add_permission
