"""Long work as a row: the queue may lose or repeat a message, the row may not."""

from datetime import datetime

from django.conf import settings
from django.db import models


class JobQuerySet(models.QuerySet):
    def visible_to(self, user) -> "JobQuerySet":
        return self.filter(requested_by=user.pk, part_of=None)

    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def free(self, now: datetime) -> "JobQuerySet":
        """What a worker may take: queued, or held by one that has vanished; the whole only after all its parts."""
        vanished = models.Q(lease_until=None) | models.Q(lease_until__lt=now)
        open_parts = Job.objects.unfinished().filter(part_of=models.OuterRef("pk"))
        return self.filter(
            models.Q(state=Job.State.QUEUED) | models.Q(vanished, state=Job.State.RUNNING), ~models.Exists(open_parts)
        )


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        REFUSED = "refused", "未通过"
        FAILED = "failed", "出错"

    name = models.CharField("任务", max_length=60)
    label = models.CharField("任务名称", max_length=120)
    params = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.QUEUED, db_index=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="发起人", related_name="+")
    requested_at = models.DateTimeField("发起时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    attempts = models.PositiveIntegerField("次数", default=0)
    done_count = models.PositiveIntegerField("已处理", default=0)
    total_count = models.PositiveIntegerField("总数", default=0)
    log = models.JSONField("过程", default=list)
    result = models.JSONField("结果", default=dict)
    error = models.TextField("错误", blank=True)
    part_of = models.ForeignKey(
        "self", models.CASCADE, verbose_name="所属任务", related_name="parts", null=True, blank=True
    )
    result_file = models.ForeignKey(
        "core.Attachment", models.PROTECT, verbose_name="结果文件", related_name="+", null=True, blank=True
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def is_finished(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    @property
    def progress_percent(self) -> int:
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done_count * 100 // self.total_count) if self.total_count else 0
