from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "组织与系统"

    def ready(self) -> None:
        from core import resources  # noqa: F401  registers the organisations workbook
        from core.official import bundle  # noqa: F401  registers the job that prints many forms
