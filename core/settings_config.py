from django.contrib.admin.apps import AdminConfig


class SettingsConfig(AdminConfig):
    """Django's admin as the settings pages of the system administrator."""

    default = False
    default_site = "core.settings_site.SettingsSite"
