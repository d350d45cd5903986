"""What a file adds to the forms themselves: its cover, the decisions, the list of files, an extract of the trail.

Nobody can correct any more what stands in the trail: a character without a glyph is printed there as 〓.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from core.models import Attachment, AuditEntry
from core.official.document import FormDocument, Row, Table, label, text
from core.official.parts import centred
from core.pdf import NO_GLYPH, printable
from core.transitions import declared_steps
from core.workflow import workflow_models

APPENDIX = "附录"
DRAFT_SAVED = "edit"
CODE_DIGITS = 12
COVER_COLUMNS = (7, 17, 34, 22, 10, 10)
DECISION_COLUMNS = (17, 27, 15, 18, 23)
FILE_COLUMNS = (7, 34, 17, 15, 27)
TRAIL_COLUMNS = (17, 18, 29, 19, 17)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a file is about: ``facts`` are labels and texts of its cover, ``entries`` its trail, the oldest first."""

    name: str
    year: int
    unit: str
    reference: str
    facts: Sequence[tuple[str, str]]
    entries: Sequence[AuditEntry]
    files: Sequence[Attachment]


@dataclass(frozen=True)
class Listed:
    """A line of the contents: how many pages, and the running number of the first."""

    part: str
    title: str
    note: str
    pages: int
    first: int


def cover(matter: Matter, listed: Sequence[Listed], missing: Sequence[str], *, by) -> FormDocument:
    head = tuple(map(label, ("序号", "环节", "材料", "版本或说明", "页数", "起始页")))
    lines = [
        (centred(str(number)), centred(line.part), text(line.title), text(line.note), centred(str(line.pages)),
         centred(str(line.first)))
        for number, line in enumerate(listed, start=1)
    ]
    return _paper(
        matter, "项目绩效档案", COVER_COLUMNS, [Table(tuple(_fact_rows(matter.facts))), Table((head, *lines), 1)],
        notes=(f"注：本档案由{by}装订，只收入其有权查看的材料；起始页按每页右上角的页码。", *map(printable, missing)),
        signatures=("装订人：", "检查人：", "归档日期：　　年　月　日"),
    )


def appendices(matter: Matter) -> Iterator[FormDocument]:
    """The papers behind the forms; those that would be empty are left out."""
    decided = list(_decisions(matter.entries))
    if decided:
        yield _decisions_paper(matter, decided)
    if matter.files:
        yield _files_paper(matter)
    yield _trail_paper(matter)


def _decisions(entries: Sequence[AuditEntry]) -> Iterator[AuditEntry]:
    """The steps by which somebody judged, and those for which a reason was given."""
    steps = {
        f"{name}.{step.name}": step.details for name, model in workflow_models().items()
        for step in declared_steps(model).values()
    }
    return (each for each in entries if each.action in steps and (steps[each.action].reviews or each.reason))


def _decisions_paper(matter: Matter, entries: Sequence[AuditEntry]) -> FormDocument:
    head = tuple(map(label, ("时间", "单据", "决定", "办理人", "意见")))
    lines = [
        (centred(_minute(each)), text(printable(each.subject)), centred(each.label), text(_who(each)),
         text(printable(each.reason)))
        for each in entries
    ]
    return _paper(matter, "审核与决定", DECISION_COLUMNS, [Table((head, *lines), 1)], count=f"共 {len(entries)} 条")


def _files_paper(matter: Matter) -> FormDocument:
    head = tuple(map(label, ("序号", "附件", "材料类别", "上传人", "上传时间和校验码")))
    lines = [
        (centred(str(number)), text(printable(file.name)), centred(printable(file.kind)),
         centred(str(file.uploaded_by)),
         text(f"{timezone.localtime(file.uploaded_at):%Y-%m-%d %H:%M}\n{file.sha256[:CODE_DIGITS]}"))
        for number, file in enumerate(matter.files, start=1)
    ]
    return _paper(
        matter, "附件目录", FILE_COLUMNS, [Table((head, *lines), 1)], count=f"共 {len(matter.files)} 份",
        notes=(f"注：附件保存在系统中，不随本档案打印；校验码为文件内容 SHA-256 的前 {CODE_DIGITS} 位。",),
    )


def _trail_paper(matter: Matter) -> FormDocument:
    told = [each for each in matter.entries if each.action.rpartition(".")[2] != DRAFT_SAVED]
    head = tuple(map(label, ("时间", "动作", "单据", "办理人", "日志编号和校验码")))
    lines = [
        (centred(_minute(each)), text(each.label or each.action), text(printable(each.subject)), text(_who(each)),
         text(f"{each.pk}\n{each.hash[:CODE_DIGITS]}"))
        for each in told
    ]
    return _paper(
        matter, "操作日志摘录", TRAIL_COLUMNS, [Table((head, *lines), 1)], count=f"共 {len(told)} 条",
        notes=(
            f"注：另有 {len(matter.entries) - len(told)} 次保存草稿没有列出；校验码为该条日志链式校验码的前 {CODE_DIGITS} 位，"
            f"可与系统中的操作日志核对；{NO_GLYPH}表示打印字体中没有的字。",
        ),
    )


def _paper(
    matter: Matter, title: str, columns: tuple[int, ...], blocks: Sequence[Table], *, count: str = "",
    notes: tuple[str, ...] = (), signatures: tuple[str, ...] = (),
) -> FormDocument:
    return FormDocument(
        title=title, columns=columns, blocks=tuple(blocks), year_label=f"（{matter.year}年度）",
        unit_line=f"{matter.unit}　{matter.name}", money_unit_line=count, reference=matter.reference, notes=notes,
        signatures=signatures,
    )


def _fact_rows(facts: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Two facts a row, on the columns of the contents below them."""
    pairs = [*facts, ("", "")] if len(facts) % 2 else facts
    for (left, said), (right, told) in zip(pairs[::2], pairs[1::2], strict=True):
        yield label(left, colspan=2), text(said), label(right), text(told, colspan=2)


def _who(entry: AuditEntry) -> str:
    return f"{entry.actor_name}\n{entry.organisation_name}".rstrip()


def _minute(entry: AuditEntry) -> str:
    return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M}"
