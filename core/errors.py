"""Refusals by rule. A refusal is not a bug: it carries sentences for the person who asked."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One reason why something may not be done: a stable code for tests and a full Chinese sentence.

    ``target`` is the id of the row or field on the record's page that it speaks of.
    """

    code: str
    sentence: str
    target: str = ""

    def __str__(self) -> str:
        return self.sentence


class RuleViolation(Exception):
    """Raised with every reason at once, never only the first."""

    def __init__(self, reasons: Iterable[Reason]):
        self.reasons = list(reasons)
        super().__init__(" ".join(reason.sentence for reason in self.reasons))

    @property
    def codes(self) -> list[str]:
        return [reason.code for reason in self.reasons]


def refuse(code: str, sentence: str) -> RuleViolation:
    """A violation with a single reason, for ``raise refuse(...)``."""
    return RuleViolation([Reason(code, sentence)])


def refuse_any(reasons: Iterable[Reason]) -> None:
    """Raises ``RuleViolation`` when there is at least one reason."""
    found = list(reasons)
    if found:
        raise RuleViolation(found)
