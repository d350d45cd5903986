"""Keeping files: stored once by their hash, typed by their content and not by their name, limited in size."""

import hashlib
from datetime import datetime
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction

from core import audit
from core.errors import refuse
from core.models.files import Attachment
from core.workflow import workflow_models

MAX_BYTES = 20 * 1024 * 1024
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TYPES: dict[str, tuple[tuple[bytes, ...], str]] = {
    ".pdf": ((b"%PDF-",), "application/pdf"),
    ".xlsx": ((b"PK\x03\x04",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".docx": ((b"PK\x03\x04",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".ods": ((b"PK\x03\x04",), "application/vnd.oasis.opendocument.spreadsheet"),
    ".zip": ((b"PK\x03\x04",), "application/zip"),
    ".xls": ((OLE_MAGIC,), "application/vnd.ms-excel"),
    ".doc": ((OLE_MAGIC,), "application/msword"),
    ".wps": ((OLE_MAGIC, b"PK\x03\x04"), "application/vnd.ms-works"),
    ".et": ((OLE_MAGIC, b"PK\x03\x04"), "application/vnd.ms-excel"),
    ".png": ((b"\x89PNG\r\n",), "image/png"),
    ".jpg": ((b"\xff\xd8\xff",), "image/jpeg"),
    ".jpeg": ((b"\xff\xd8\xff",), "image/jpeg"),
    ".csv": ((), "text/csv"),
    ".txt": ((), "text/plain"),
}


def content_type_of(name: str, head: bytes) -> str:
    """The content type of an accepted file.

    Raises ``RuleViolation`` for a kind that is not accepted and for a file whose content is not what its name says.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in TYPES:
        accepted = "、".join(sorted(known.lstrip(".") for known in TYPES))
        raise refuse("file_kind", f"“{name}”的类型不在可上传范围内，请上传下列类型之一的文件：{accepted}。")
    signatures, content_type = TYPES[suffix]
    if signatures and not head.startswith(signatures):
        raise refuse("file_content", f"“{name}”的内容与扩展名 {suffix} 不符，请用原来的软件另存为 {suffix} 后再上传。")
    if not signatures and b"\x00" in head:
        raise refuse("file_content", f"“{name}”不是文本文件，请另存为 {suffix} 文本后再上传。")
    return content_type


def read_upload(upload: UploadedFile) -> bytes:
    """The bytes of an upload. Raises ``RuleViolation`` for an empty one and one over the limit."""
    if not upload.size:
        raise refuse("file_empty", f"“{upload.name}”是空文件，请检查后重新选择。")
    if upload.size > MAX_BYTES:
        raise refuse(
            "file_size",
            f"“{upload.name}”有 {upload.size / 1024 / 1024:.1f} MB，超过单个文件 {MAX_BYTES // 1024 // 1024} MB 的上限，"
            "请压缩或拆分后再上传。",
        )
    return upload.read()


@transaction.atomic
def attach(
    subject: models.Model | None, content: bytes, *, name: str, by, at: datetime, kind: str = ""
) -> Attachment:
    """Keep ``content`` and bind it to ``subject``; the same bytes are stored on disk once.

    Raises ``RuleViolation`` as ``content_type_of`` does.
    """
    name = PurePosixPath(name.replace("\\", "/")).name[:200]
    digest = hashlib.sha256(content).hexdigest()
    attachment = Attachment(
        model=subject._meta.label_lower if subject else "", object_id=subject.pk if subject else None,
        kind=kind, name=name, sha256=digest, content_type=content_type_of(name, content[:512]), size=len(content),
        uploaded_by=by, uploaded_at=at,
    )
    stored = Attachment.objects.filter(sha256=digest).first()
    if stored:
        attachment.file.name = stored.file.name
    else:
        attachment.file.save(digest, ContentFile(content), save=False)
    attachment.save()
    audit.record(
        "core.attachment.upload", subject or attachment, by=by, at=at, label="上传附件",
        after={"name": name, "kind": kind, "sha256": digest, "size": len(content)},
    )
    return attachment


def attachments_of(subject: models.Model) -> models.QuerySet[Attachment]:
    return Attachment.objects.filter(
        model=subject._meta.label_lower, object_id=subject.pk
    ).select_related("uploaded_by")


def may_open_files(label: str, pk: int, user) -> bool:
    """Whether the person may open the files bound to that record: it must be visible, and its files open to them."""
    model = workflow_models().get(label)
    record = model.objects.visible_to(user).filter(pk=pk).first() if model else None
    return record is not None and record.opens_files_to(user)
