"""What a form can be compared with: what was filed last time, the version before, last year's targets."""

from collections.abc import Mapping
from typing import Any

from targets import rules
from targets.models import TargetDeclaration
from targets.queries.last_year import last_year_of

SUBMISSION, VERSION, LAST_YEAR = "submission", "version", "last_year"


def comparisons(declaration: TargetDeclaration) -> dict[str, str]:
    """The choices by key, each with its name; the nearest comes first."""
    found = {}
    if _filed_before(declaration):
        found[SUBMISSION] = "上次报送稿"
    if declaration.version > 1:
        found[VERSION] = f"第 {declaration.version - 1} 版"
    if last_year_of(declaration.project_year):
        found[LAST_YEAR] = "上年"
    return found


def earlier_content(declaration: TargetDeclaration, key: str) -> Mapping[str, Any]:
    """The content (``rules.content``) behind one of the choices."""
    if key == SUBMISSION:
        return declaration.submission_rows.get(number=_filed_before(declaration)).content
    year = declaration.project_year
    if key == VERSION:
        return rules.content(year.target_declarations.get(version=declaration.version - 1))
    return rules.content(last_year_of(year))


def _filed_before(declaration: TargetDeclaration) -> int:
    """The number of the submission before what is on the table: a draft is compared with what was filed last."""
    filed = declaration.submissions
    return filed if declaration.state_value in declaration.editable_states else filed - 1
