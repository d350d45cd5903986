from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "绩效评价与应用"

    def ready(self) -> None:
        from budgets.queries.lifecycle import mark_station
        from core.panels import HistoryColumn, Panel, register, register_history

        # with them come forms, effects of steps, kinds of jobs
        from evaluation import official, queries, tasks  # noqa: F401
        from evaluation.queries import history

        for key, label, order, build in (
            ("self_evaluation", "单位自评", 50, queries.self_evaluation_panel),
            ("evaluation", "绩效评价", 60, queries.evaluation_panel),
            ("rectification", "反馈整改", 70, queries.rectification_panel),
            ("result", "结果应用", 80, queries.result_panel),
        ):
            register(Panel(key=key, label=label, order=order, template=f"evaluation/_{key}_panel.html", build=build))
        register_history(HistoryColumn(key="letter", label="反馈意见书", order=60, kind="link", values=history.letters))
        mark_station("disclosure", "evaluation.disclosure.change")
