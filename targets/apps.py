from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "targets"
    verbose_name = "绩效目标"

    def ready(self) -> None:
        from budgets.queries.lifecycle import mark_station
        from core.panels import HistoryColumn, Panel, register, register_history
        from targets import official, queries, resources, services, tasks  # noqa: F401  registers forms, effects, jobs
        from targets.queries import history

        register(Panel(
            key="targets", label="绩效目标", order=20, template="targets/_panel.html", build=queries.panel
        ))
        register_history(HistoryColumn(key="targets", label="绩效目标", order=20, kind="link", values=history.versions))
        mark_station("dept_review", "targets.targetdeclaration.pass_department")
