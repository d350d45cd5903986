"""Word lists and the patterns made of them."""

import re
from collections.abc import Iterable


def words(text: str) -> tuple[str, ...]:
    """The words of a list written with spaces and line breaks."""
    return tuple(text.split())


def any_of(choices: Iterable[str]) -> str:
    """A pattern for one of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(choices, key=len, reverse=True)) + ")"
