"""typst: long tables, laid out in compiled code."""

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import typst
from django.conf import settings

from core.pdf.fonts import FACES

_of_thread = threading.local()


def render(template: Path, data: Mapping[str, object]) -> bytes:
    """A PDF of a .typ template, which reads `data` by `json(bytes(sys.inputs.data))`."""
    content, warnings = _compiler(template.parent).compile_with_warnings(
        str(template), format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)}
    )
    if warnings:
        raise RuntimeError(f"排版《{data.get('title', template.stem)}》时出现告警：{warnings[0].message}。")
    return content


def _compiler(root: Path) -> typst.Compiler:
    """The compiler of this thread: it keeps the fonts and the parsed template, and is not made to be shared."""
    key = (root, settings.PDF_FONT_DIR)
    if getattr(_of_thread, "key", None) != key:
        _of_thread.compiler = typst.Compiler(root=str(root), font_paths=_fonts(settings.PDF_FONT_DIR))
        _of_thread.key = key
    return _of_thread.compiler


@cache
def _fonts(font_dir: Path) -> typst.Fonts:
    folders = [str(face.path(font_dir).parent) for face in FACES]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
