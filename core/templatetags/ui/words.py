"""Status words, lamps and grades: always word, icon and colour together."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.status import GRADES, LAMPS, look_of
from core.templatetags.ui.figures import score_text
from core.templatetags.ui.library import UNKNOWN, register


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Bootstrap icon; silent to screen readers unless it stands alone and has a ``label``."""
    if label:
        return format_html('<i class="icon bi bi-{}" role="img" aria-label="{}"></i>', name, label)
    return format_html('<i class="icon bi bi-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def chip(word: str, size: str = "") -> SafeString:
    """A status word with its icon and colour; a word that is no status becomes a plain tag."""
    return _chip(word, size)


@register.simple_tag
def chip_plain(word: str) -> SafeString:
    """The same word without a box, for finished states in dense tables."""
    return _chip(word, "plain")


@register.simple_tag
def chip_dense(word: str) -> SafeString:
    """Boxed only while somebody has to act (design guide §5)."""
    look = look_of(word) if word else None
    return _chip(word, "plain" if look and look.family in {"ok", "mute"} else "")


def _chip(word: str, extra: str) -> SafeString:
    if not word:
        return mark_safe(UNKNOWN)
    look = look_of(word)
    if look is None:
        return format_html('<span class="tag">{}</span>', word)
    classes = f"chip {look.family} {extra}".strip()
    return format_html('<span class="{}">{}{}</span>', classes, icon(look.icon), word)


@register.simple_tag
def lamp(value: str | None, note: str = "") -> SafeString:
    """The lamp of ``green``, ``yellow``, ``red`` or ``grey``; ``note`` follows the word, e.g. 关注."""
    if not value:
        return mark_safe(UNKNOWN)
    word, look = LAMPS[value]
    words = f"{word} {note}".strip()
    return format_html('<span class="light {}">{}{}</span>', look.family, icon(look.icon), words)


@register.simple_tag
def grade(value: str | None, score: Decimal | None = None) -> SafeString:
    """优良中差 with its bars, and the score behind it when given. Other bands (e.g. 合格) are printed as a tag."""
    if not value:
        return mark_safe(UNKNOWN)
    look = GRADES.get(value)
    shown = (
        format_html('<span class="grade {}">{}{}</span>', look.family, icon(look.icon), value)
        if look
        else format_html('<span class="tag">{}</span>', value)
    )
    return shown if score is None else format_html("{} {}", shown, score_text(score))
