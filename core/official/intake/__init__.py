"""A filled form becomes a draft: what it would change is shown first, and taken in when the person agrees.

Each app registers the records that its forms can fill in (`kinds`), says what a form would change (`plans`, `lines`);
`staging` keeps the file and takes it in.
"""

from core.official.intake.kinds import Intake, Paper, drafts_named, intake_for, register
from core.official.intake.lines import Achieved, Matching, match_lines, place_lines, read_achieved
from core.official.intake.plans import Change, Plan, Remark, Subject, tidy

__all__ = [
    "Achieved", "Change", "Intake", "Matching", "Paper", "Plan", "Remark", "Subject", "drafts_named", "intake_for",
    "match_lines", "place_lines", "read_achieved", "register", "tidy",
]
