"""What import-linter cannot see: foreign keys, reverse names, state words, permissions, and one home for each."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from core.models import Organisation
from core.status import look_of
from core.transitions import _effects, declared_steps
from core.workflow import workflow_models
from tests.workflow_table import check_holders, check_permissions

LAYERS = ["core", "budgets", "targets", "monitoring", "evaluation", "config"]
MACHINES = sorted(workflow_models().values(), key=lambda model: model._meta.label)


def own_models():
    return [model for model in apps.get_models() if model._meta.app_label in LAYERS]


def test_every_machine_is_known():
    assert [model._meta.label for model in MACHINES] == [
        "budgets.AllocationRound", "budgets.ExAnteAssessment", "budgets.ExAnteExemption",
        "budgets.ExAnteReview", "budgets.ExtensionRequest", "budgets.ProjectYear", "evaluation.Evaluation",
        "evaluation.Rectification", "evaluation.SelfEvaluation", "monitoring.Alert", "monitoring.ProgressReport",
        "targets.DepartmentDeclaration", "targets.LibraryIndicator", "targets.TargetDeclaration",
    ]


def test_no_foreign_key_points_to_an_app_above():
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in own_models()
        for field in model._meta.concrete_fields
        if field.related_model is not None and field.related_model._meta.app_label in LAYERS
        and LAYERS.index(field.related_model._meta.app_label) > LAYERS.index(model._meta.app_label)
    ]
    assert upward == []


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model._meta.label)
def test_every_step_names_a_permission_and_every_holder_can_act(model):
    check_permissions(model)
    check_holders(model)


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model._meta.label)
def test_every_state_word_has_a_look(model):
    field = model._meta.get_field(model.state_name)
    assert [label for _, label in field.choices if look_of(label) is None] == []


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model._meta.label)
def test_the_state_column_refuses_an_unknown_state(model):
    fields = [
        constraint.condition.children[0][0] for constraint in model._meta.constraints
        if hasattr(constraint, "condition") and constraint.condition is not None
        and constraint.name.endswith("_known")
    ]
    assert fields == [f"{model.state_name}__in"]


def test_effects_belong_to_the_app_of_their_model():
    foreign = [
        (label, step, effect.__module__)
        for (label, step), effects in _effects.items()
        for effect in effects
        if not effect.__module__.startswith(f"{label.partition('.')[0]}.services")
    ]
    assert foreign == []


def test_every_effect_names_a_step_that_exists():
    models = workflow_models()
    assert [(label, step) for label, step in _effects if step not in declared_steps(models[label])] == []


def test_every_model_shown_on_pages_answers_visible_to():
    children = {
        "AllocationLine", "AuditHead", "BudgetLine", "ConflictStatement", "DeclarationReview", "EvaluationLine",
        "ExAnteScore", "FiscalYear", "NoticeReading", "Objection", "ProgressValue", "ProjectAccess",
        "RectificationItem", "RoleAssignment", "RuleSet", "SelfScore", "TaskWindow", "User", "WorkingPaper",
        "Attachment", "Comment", "Reminder", "Watch",
    }
    without = {model.__name__ for model in own_models() if not hasattr(model._default_manager, "visible_to")}
    assert without <= children, without - children


def test_states_are_written_by_perform_alone():
    """No ``.update(state=…)`` or ``.update(stage=…)`` outside of tests."""
    root = Path(settings.BASE_DIR)
    guilty = [
        str(path.relative_to(root))
        for app in LAYERS
        for path in (root / app).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if ".update(" in line and ("state=" in line or "stage=" in line) and "core/jobs.py" not in str(path)
    ]
    assert guilty == []


def test_templates_hold_no_query_no_permission_and_no_script():
    root = Path(settings.BASE_DIR) / "templates"
    forbidden = re.compile(
        r"perms\.|\.objects\b|<[a-z][^>%]*\sstyle=|<script>|\sonclick=|\.exists\b|_set\b|\.all(\.| |\|)"
    )
    guilty = [
        (str(path.relative_to(root)), found.group())
        for path in root.rglob("*.html") if "pdf" not in path.parts
        for found in forbidden.finditer(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_the_tree_knows_its_kinds(cast):
    assert Organisation.objects.departments().count() == 2
    assert list(Organisation.objects.institutions().values_list("name", flat=True)) == ["衡信绩效咨询有限公司", "明达会计师事务所"]
