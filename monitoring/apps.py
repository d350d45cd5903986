from django.apps import AppConfig

from core.panels import Panel, register


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = "绩效监控"

    def ready(self) -> None:
        from monitoring import official, queries, services  # noqa: F401  registers the form and the effects of steps

        register(Panel(
            key="monitoring", label="绩效监控", order=40, template="monitoring/_panel.html", build=queries.panel
        ))
