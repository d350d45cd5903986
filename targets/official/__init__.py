"""The paper forms of this app, and how a filled one becomes a draft."""

from targets.official import approval, department, intake
from targets.official.forms import blank_level_rows, declaration_form, level_rows
from targets.official.intake import subject_of

__all__ = ["approval", "department", "blank_level_rows", "declaration_form", "intake", "level_rows", "subject_of"]
