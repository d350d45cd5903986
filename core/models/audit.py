"""The append-only, hash-chained record of every write. Rows are refused any change by a database trigger."""

from django.db import models


class AuditEntryQuerySet(models.QuerySet):
    def of(self, record) -> "AuditEntryQuerySet":
        return self.filter(model=record._meta.label_lower, object_id=record.pk)

    def visible_to(self, user) -> "AuditEntryQuerySet":
        """The whole trail is for those who see the whole county; others read it record by record."""
        return self if user.sight.everything else self.filter(actor_id=user.pk)


class AuditEntry(models.Model):
    at = models.DateTimeField("时间", db_index=True)
    actor_id = models.BigIntegerField("操作人编号", null=True)
    actor_name = models.CharField("操作人", max_length=40)
    organisation_name = models.CharField("所在机构", max_length=120, blank=True)
    action = models.CharField("动作", max_length=80)
    label = models.CharField("动作名称", max_length=60, blank=True)
    model = models.CharField("记录类型", max_length=60)
    object_id = models.BigIntegerField("记录编号", null=True)
    thread = models.CharField("所属事项", max_length=60, blank=True, db_index=True)
    subject = models.CharField("记录", max_length=300)
    before = models.JSONField("变更前", default=dict)
    after = models.JSONField("变更后", default=dict)
    reason = models.TextField("意见", blank=True)
    request_id = models.CharField("请求编号", max_length=36, blank=True)
    previous_hash = models.CharField("前一条校验码", max_length=64)
    hash = models.CharField("校验码", max_length=64, unique=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["model", "object_id"], name="audit_by_record")]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.label or self.action} {self.subject}"


class AuditHead(models.Model):
    """One row: the newest link of the chain. Locking it puts the writers in line; losing the tail is noticed by it."""

    last_id = models.BigIntegerField("最后一条编号", default=0)
    last_hash = models.CharField("最后一条校验码", max_length=64)
    entries = models.BigIntegerField("条数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "操作日志链首"
