"""Rule sets in force: presets copied into versioned rows, parsed once, never changed after their first use."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from core import audit
from core.errors import refuse
from core.models.rulesets import RuleSet
from core.rulebook import Rulebook, preset, preset_names


@transaction.atomic
def adopt_preset(name: str, *, fiscal_year: int, region: str, by, at: datetime) -> RuleSet:
    """Copy a preset into a new version for that year and region. Raises ``RuleViolation`` for an unknown preset."""
    if name not in preset_names():
        raise refuse("unknown_preset", f"没有名为“{name}”的预设规则集，可用的有：{'、'.join(preset_names())}。")
    return new_version(preset(name), name=name, fiscal_year=fiscal_year, region=region, by=by, at=at)


@transaction.atomic
def new_version(data: dict, *, name: str, fiscal_year: int, region: str, by, at: datetime) -> RuleSet:
    """Store edited data as the next version; earlier versions stay as they are.

    Raises ``RuleViolation`` as parsing does.
    """
    book = Rulebook.from_data(data)
    latest = RuleSet.objects.filter(fiscal_year=fiscal_year, region=region).aggregate(Max("version"))["version__max"]
    ruleset = RuleSet.objects.create(
        fiscal_year=fiscal_year, region=region, version=(latest or 0) + 1, preset=name, title=book.title,
        source=book.source, data=book.as_data(), used=True, created_by=by,
    )
    audit.record(
        "core.ruleset.adopt", ruleset, by=by, at=at, label="启用规则集",
        after={"preset": name, "version": ruleset.version, "fiscal_year": fiscal_year},
    )
    return ruleset


def rulebook_of(ruleset: RuleSet) -> Rulebook:
    """The parsed rule set; a row is never changed, so its parse is kept."""
    key = (ruleset.pk, ruleset.created_at)
    if key not in _parsed:
        _parsed[key] = Rulebook.from_data(ruleset.data)
    return _parsed[key]


_parsed: dict[tuple[int, datetime], Rulebook] = {}
