"""Models and field labels keep to the glossary."""

import pytest
from django.apps import apps

from core.glossary import FIELDS, RECORDS

OWN = ("core", "budgets", "targets", "monitoring", "evaluation")
MODELS = {model.__name__: model for model in apps.get_models() if model._meta.app_label in OWN}
LABELS = sorted({
    (field.name, str(field.verbose_name), model.__name__)
    for model in MODELS.values() for field in model._meta.concrete_fields if field.name in FIELDS
})


@pytest.mark.parametrize(("name", "term"), sorted(RECORDS.items()))
def test_a_model_is_called_by_its_term(name, term):
    assert str(MODELS[name]._meta.verbose_name) == term


@pytest.mark.parametrize(("name", "label", "model"), LABELS)
def test_a_field_is_labelled_by_its_term(name, label, model):
    assert FIELDS[name] in label, f"{model}.{name} 的标签“{label}”应含“{FIELDS[name]}”"


def test_no_term_stands_for_two_models():
    assert len(set(RECORDS.values())) == len(RECORDS)
    assert {name for name, _, _ in LABELS} == set(FIELDS)
