"""The sentences a person reads when a file cannot be read, or was read with a reservation."""

from core.errors import Reason, RuleViolation, refuse


class Damaged(Exception):
    """A file whose inside is not what its format demands; turned into a sentence where the file is opened."""


TOOLS = "请用 Excel 或 WPS 打开后另存为"


def empty(name: str) -> RuleViolation:
    return refuse("file_empty", f"“{name}”是空文件，请检查后重新选择。")


def blank(name: str) -> RuleViolation:
    return refuse("file_empty", f"“{name}”里没有任何内容，请检查后重新选择。")


def damaged(name: str) -> RuleViolation:
    return refuse("file_damaged", f"“{name}”已损坏或没有下载完整，请在表格软件里重新保存后再上传。")


def protected(name: str) -> RuleViolation:
    return refuse("file_protected", f"“{name}”设有打开密码，请先在表格软件里取消密码再上传。")


def encoding(name: str) -> RuleViolation:
    return refuse("file_encoding", f"“{name}”的文字编码无法识别，请另存为 UTF-8 编码的 CSV 或 .xlsx 后再上传。")


def entities(name: str) -> RuleViolation:
    return refuse("file_entities", f"“{name}”里含有自定义实体，可能是恶意文件，系统没有打开，请在 Excel 或 WPS 中新建文件、粘贴内容后再上传。")


def bomb(name: str, size: int, limit: int) -> RuleViolation:
    megabyte = 1024 * 1024
    shown = f"有 {size // megabyte} MB，" if size < 1 << 50 else ""
    return refuse("file_bomb", f"“{name}”解压后{shown}超过 {limit // megabyte} MB 的上限，请拆分后再上传。")


def too_many_rows(name: str, sheet: str, rows: int, limit: int) -> RuleViolation:
    return refuse("too_many_rows", f"“{name}”的“{sheet}”有 {rows} 行，超过 {limit} 行的上限，请拆分后再上传。")


def too_many_columns(name: str, sheet: str, columns: int, limit: int) -> RuleViolation:
    return refuse("too_many_columns", f"“{name}”的“{sheet}”有 {columns} 列，超过 {limit} 列的上限，请删去多余的列。")


def too_spread(name: str, rows: int, columns: int) -> RuleViolation:
    return refuse(
        "too_spread",
        f"“{name}”里有内容的单元格散布到第 {rows} 行、第 {columns} 列，超过系统能读取的范围，请删去远处的多余内容后再上传。",
    )


KIND_SENTENCES = {
    "html": f"其实是网页文件，{TOOLS} .xlsx 再上传。",
    "xml": f"其实是 XML 文件，{TOOLS} .xlsx 再上传。",
    "xlsb": f"是二进制工作簿（.xlsb），{TOOLS} .xlsx 再上传。",
    "old_xls": f"是 Excel 97 以前的旧格式，{TOOLS} .xlsx 再上传。",
    "doc": "是旧版 Word 文档（.doc），请用 Word 或 WPS 打开后另存为 .docx 再上传。",
    "rtf": "是 RTF 文档，请用 Word 或 WPS 打开后另存为 .docx 再上传。",
    "odt": "是 ODT 文档，请用 Word 或 WPS 打开后另存为 .docx 再上传。",
    "pdf": "是 PDF 文件，系统不能从中读取表格，请上传原来的表格或 Word 文件。",
    "image": "是图片，系统不能从中读取表格，请上传原来的表格或 Word 文件。",
    "archive": "是压缩包，请解压后上传里面的表格文件。",
    "unknown": "不是表格或 Word 文件，请上传 .xlsx、.xls、.ods、.docx 或 .csv 文件。",
}
DOCUMENTS = ("doc", "rtf", "odt", "pdf", "image", "unknown")


def foreign(name: str, kind: str, *, for_list: bool = False) -> RuleViolation:
    """``for_list``: only workbooks are taken, so documents are not asked for in another format."""
    if not for_list or kind not in DOCUMENTS:
        return refuse("file_kind", f"“{name}”{KIND_SENTENCES[kind]}")
    if name.lower().endswith((".xlsx", ".xls", ".ods", ".xlsm")):
        return refuse("file_kind", f"“{name}”不能作为表格打开，可能已损坏或不是表格文件，请另存为 .xlsx 后再上传。")
    return refuse("file_kind", f"“{name}”不是表格文件，请上传 .xlsx、.xls、.ods 或 .csv 文件。")


def document_for_list(name: str) -> RuleViolation:
    return refuse("file_kind", f"“{name}”是 Word 文档，这里只接受表格，请上传 .xlsx、.xls、.ods 或 .csv 文件。")


def other_extension(name: str, kind: str) -> Reason:
    return Reason("other_extension", f"“{name}”实际是 {kind} 格式，与扩展名不符，已按实际内容读取。")


def macros_ignored(name: str) -> Reason:
    return Reason("macros_ignored", f"“{name}”带有宏，系统只读取单元格里的内容，宏没有运行。")


def external_links(name: str) -> Reason:
    return Reason("external_links", f"“{name}”引用了其他文件，系统没有打开它们，采用的是本文件里保存的数值，请核对。")


def formats_unread(name: str) -> Reason:
    return Reason("formats_unread", f"“{name}”的单元格格式没有读出，百分数可能显示为小数，请核对或另存为 .xlsx 后再上传。")


def uncomputed(name: str, sheet: str, cells: list[str]) -> Reason:
    more = f"等 {len(cells)} 个单元格" if len(cells) > 5 else ""
    return Reason(
        "uncomputed",
        f"“{name}”的“{sheet}”{'、'.join(cells[:5])}{more}是公式但没有保存计算结果，已按空白读取，请在 Excel 或 WPS 中打开并保存后再上传。",
    )
