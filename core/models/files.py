"""Files: stored once by their hash, typed by their content, and bound to the record they belong to."""

from django.conf import settings
from django.db import models


def stored_by_hash(attachment: "Attachment", filename: str) -> str:
    return f"{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(models.Model):
    model = models.CharField("记录类型", max_length=60)
    object_id = models.BigIntegerField("记录编号", null=True)
    kind = models.CharField("材料类别", max_length=60, blank=True)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("校验码", max_length=64, db_index=True)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小（字节）")
    file = models.FileField("文件", upload_to=stored_by_hash, max_length=120)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+")
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["pk"]
        indexes = [models.Index(fields=["model", "object_id"], name="attachment_by_record")]

    def __str__(self) -> str:
        return self.name


class StagedImportQuerySet(models.QuerySet):
    def visible_to(self, user) -> "StagedImportQuerySet":
        return self.filter(requested_by=user.pk)


class StagedImport(models.Model):
    """A workbook that was read and checked, and waits to be taken in exactly as it was previewed."""

    class State(models.TextChoices):
        CHECKING = "checking", "检查中"
        CHECKED = "checked", "待确认"
        FAULTY = "faulty", "有错误"
        COMMITTED = "committed", "已导入"

    kind = models.CharField("导入种类", max_length=40)
    state = models.CharField("状态", max_length=20, choices=State.choices)
    file = models.ForeignKey(Attachment, models.PROTECT, verbose_name="文件", related_name="+")
    errors = models.JSONField("错误", default=list)
    summary = models.JSONField("概要", default=dict)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="导入人", related_name="+")
    requested_at = models.DateTimeField("上传时间")
    committed_at = models.DateTimeField("导入时间", null=True, blank=True)

    objects = StagedImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind}：{self.file}"

    @property
    def can_be_marked(self) -> bool:
        """Whether there are errors, and a table in which they stand: a file that cannot be opened has none."""
        return self.state == self.State.FAULTY and any(error["sheet"] for error in self.errors)
