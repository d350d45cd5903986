from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = "预算与项目"

    def ready(self) -> None:
        # with them come forms, imports, effects of steps, kinds of jobs
        from budgets import official, resources, services, tasks  # noqa: F401
        from budgets.queries import ex_ante, history, panels
        from core.panels import Panel, register, register_history

        register(Panel(key="overview", label="概况", order=0, template="budgets/_overview.html", build=panels.overview))
        register(Panel(key="ex_ante", label="事前评估", order=10, template="budgets/_ex_ante.html", build=ex_ante.panel))
        register(Panel(
            key="spending", label="支付明细", order=90, template="budgets/_spending.html", build=panels.spending
        ))
        register(Panel(key="history", label="历年", order=95, template="budgets/_history.html", build=history.panel))
        for column in history.OWN_COLUMNS:
            register_history(column)
        register(Panel(key="log", label="操作日志", order=99, template="budgets/_log.html", build=panels.log))
