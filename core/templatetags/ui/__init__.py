"""How facts look on a page: status words, lamps, grades, deadlines, figures, table cells, form fields.

Money comes in yuan and is shown in 万元, rates come as ratios of 0–1 and are shown in percent; unknown is “—”.
"""

from core.templatetags.ui import dates, figures, forms, tables, words
from core.templatetags.ui.library import register

__all__ = ["dates", "figures", "forms", "register", "tables", "words"]
