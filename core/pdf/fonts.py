"""The Chinese faces that are embedded in every PDF, and which characters they can draw."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFError, TTFontFile

from core.errors import refuse

SERIF = "Noto Serif SC"
SANS = "Noto Sans SC"


@dataclass(frozen=True)
class Face:
    """One font file: its family and weight, and the folder and file below PDF_FONT_DIR."""

    family: str
    bold: bool
    folder: str
    file: str

    @property
    def name(self) -> str:
        return f"{self.family} Bold" if self.bold else self.family

    def path(self, font_dir: Path) -> Path:
        """The font file. Raises: RuleViolation `pdf_font_missing`."""
        found = font_dir / self.folder / self.file
        if not found.is_file():
            raise refuse("pdf_font_missing", f"打印字体文件 {found} 不存在，请在安装目录重新执行 make run 补齐字体后再打印。")
        return found


FACES = (
    Face(SERIF, False, "noto-serif-sc/400Regular", "NotoSerifSC_400Regular.ttf"),
    Face(SERIF, True, "noto-serif-sc/700Bold", "NotoSerifSC_700Bold.ttf"),
    Face(SANS, False, "noto-sans-sc/400Regular", "NotoSansSC_400Regular.ttf"),
    Face(SANS, True, "noto-sans-sc/700Bold", "NotoSansSC_700Bold.ttf"),
)


@cache
def covered_characters(font_dir: Path) -> frozenset[str]:
    """The characters that all faces can draw, with the line break. Raises: RuleViolation `pdf_font_missing`."""
    covered = [set(_character_codes(face.path(font_dir))) for face in FACES]
    return frozenset(map(chr, set.intersection(*covered))) | {"\n"}


def _character_codes(path: Path) -> list[int]:
    try:
        return list(TTFontFile(str(path)).charToGlyph)
    except TTFError as error:
        raise refuse("pdf_font_missing", f"打印字体文件 {path} 已损坏，请重新安装字体后再打印。") from error
