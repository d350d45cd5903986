"""How the words of a form are compared."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_MONTHS = re.compile(r"(?<!\d)\d{1,2}月?(?:[-—–~至到]|--|——)(?:\d{1,2}|[NnXx×*])月")
NUMBERING = re.compile(r"\A(?:[一二三四五六七八九十]{1,3}[、.]|\((?:[一二三四五六七八九十]{1,3}|\d{1,2})\)|\d{1,2}[、.)](?!\d))")
_BRACKETS = str.maketrans("【】〔〕[]{}〈〉〖〗", "()()()()()()")
BRACKETED = re.compile(r"\([^()]*\)")


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """The text as words are compared: one form of brackets and digits, nothing unseen, no trailing colon."""
    text = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    return _MONTHS.sub("1-N月", text.lstrip("*★☆※▲●").rstrip(":*"))


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """``plain`` without brackets and their content and without a list number in front."""
    without = NUMBERING.sub("", plain(text))
    return BRACKETED.sub("", without).rstrip(":*") or without


def says(text: str, words: Sequence[str]) -> bool:
    """Whether a cell says one of these words."""
    return rank_of(text, words) is not None


def rank_of(text: str, words: Sequence[str]) -> int | None:
    """The place of the first word that fits, exact words before words with …"""
    if not text:
        return None
    whole, without = plain(text), bare(text)
    for place, word in enumerate(words):
        if "…" not in word and plain(word) in (whole, without):
            return place
    for place, word in enumerate(words):
        if "…" in word and (_fits(word, whole) or _fits(word, without)):
            return place
    return None


@lru_cache(maxsize=20_000)
def _fits(word: str, text: str) -> bool:
    pattern = ".*".join(re.escape(plain(part) + (":" if part.endswith((":", "：")) else "")) for part in word.split("…"))
    return re.fullmatch(pattern, text, re.DOTALL) is not None
