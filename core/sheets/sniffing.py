"""What a file really is, told from its content; its extension is only a hint."""

import re
import zipfile
from pathlib import PurePosixPath

from core.sheets import compound

_SIGNATURES = (
    (b"%PDF", "pdf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"),
    (b"{\\rtf", "rtf"), (b"Rar!", "archive"), (b"7z\xbc\xaf", "archive"), (b"\x1f\x8b", "archive"),
)
_HTML = re.compile(
    r"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|meta|style|body|table)\b",
    re.IGNORECASE | re.DOTALL,
)


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def kind_of_archive(archive: zipfile.ZipFile) -> str:
    names = set(archive.NameToInfo)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names:
        declared = archive.read("mimetype")[:100] if "mimetype" in names else b""
        return "odt" if b"opendocument.text" in declared else "ods"
    if any(name.startswith("word/") for name in names):
        return "docx"
    return "archive"


def kind_of_compound(container: compound.Compound) -> str:
    names = container.names
    if "EncryptedPackage" in names:
        return "protected"
    if names & {"Workbook", "Book"}:
        return "xls"
    return "doc" if "WordDocument" in names else "unknown"


def kind_of_other(content: bytes, name: str) -> str:
    """For a file that is neither a zip nor an old Office container."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    opening = content[:4096].removeprefix(b"\xef\xbb\xbf")
    text = opening.decode("utf-16" if opening[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="ignore")
    if _HTML.match(text) or text.startswith("MIME-Version:"):
        return "html"
    if text.lstrip().startswith("<?xml"):
        return "xml"
    if suffix_of(name) in (".csv", ".txt", ".tsv"):
        return "csv"
    return "csv" if suffix_of(name) == ".xls" and "\t" in text else "unknown"
