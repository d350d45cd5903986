"""To-dos, comments and notices: who has to act, what people said, what everybody should read."""

from django.conf import settings
from django.db import models

from core.access import Role


class ToDoQuerySet(models.QuerySet):
    def addressed_to(self, user) -> "ToDoQuerySet":
        """A to-do is addressed to a role at an organisation, to a role anywhere when no organisation is named, and
        within these to one person when it names one."""
        wanted = models.Q(pk__in=[])
        for role, organisation in user.held_roles:
            wanted |= models.Q(role=role) & (models.Q(organisation=organisation) | models.Q(organisation=None))
        return self.filter(wanted).filter(models.Q(person=None) | models.Q(person=user.pk))

    visible_to = addressed_to


class ToDo(models.Model):
    model = models.CharField("记录类型", max_length=60)
    object_id = models.BigIntegerField("记录编号")
    thread = models.CharField("所属事项", max_length=60, db_index=True)
    role = models.CharField("角色", max_length=30, choices=Role.choices)
    organisation = models.ForeignKey(
        "core.Organisation", models.PROTECT, verbose_name="机构", related_name="+", null=True
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="经办人", related_name="+", null=True, blank=True
    )
    kind = models.CharField("事项", max_length=40)
    verb = models.CharField("要办什么", max_length=40)
    subject = models.CharField("记录", max_length=300)
    subtitle = models.CharField("说明", max_length=200, blank=True)
    state_label = models.CharField("状态", max_length=40)
    year = models.PositiveIntegerField("年度", null=True)
    amount_yuan = models.DecimalField("金额（元）", max_digits=18, decimal_places=2, null=True)
    url = models.CharField("地址", max_length=200)
    since = models.DateTimeField("开始时间")
    due_on = models.DateField("期限", null=True)

    objects = ToDoQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "待办"
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]
        indexes = [
            models.Index(fields=["role", "organisation", "due_on"], name="todo_by_addressee"),
            models.Index(fields=["model", "object_id"], name="todo_by_record"),
        ]

    def __str__(self) -> str:
        return f"{self.verb}：{self.subject}"


class Comment(models.Model):
    model = models.CharField("记录类型", max_length=60)
    object_id = models.BigIntegerField("记录编号")
    field = models.CharField("批注位置", max_length=60, blank=True)
    text = models.TextField("内容", max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="留言人", related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        ordering = ["pk"]
        indexes = [models.Index(fields=["model", "object_id"], name="comment_by_record")]

    def __str__(self) -> str:
        return f"{self.author}：{self.text[:20]}"


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "NoticeQuerySet":
        """A notice is for everybody, or for one person."""
        return self.filter(models.Q(recipient=None) | models.Q(recipient=user.pk))

    def unread_by(self, user) -> "NoticeQuerySet":
        return self.visible_to(user).exclude(readings__user=user)


class Notice(models.Model):
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", blank=True)
    url = models.CharField("地址", max_length=200, blank=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="接收人", related_name="+", null=True, blank=True
    )
    published_at = models.DateTimeField("发布时间")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class NoticeReading(models.Model):
    notice = models.ForeignKey(Notice, models.CASCADE, verbose_name="消息", related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="阅读人", related_name="+")
    at = models.DateTimeField("阅读时间")

    class Meta:
        verbose_name = verbose_name_plural = "阅读记录"
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="one_reading_per_person")]


class Reminder(models.Model):
    """A word from upstream to whoever holds a record that is late or soon will be; once a day for each record."""

    model = models.CharField("记录类型", max_length=60)
    object_id = models.BigIntegerField("记录编号")
    thread = models.CharField("所属事项", max_length=60, db_index=True)
    holder = models.CharField("催办对象", max_length=200)
    due_on = models.DateField("办理期限")
    text = models.CharField("催办内容", max_length=500, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="催办人", related_name="+")
    sent_on = models.DateField("催办日期")
    sent_at = models.DateTimeField("催办时间")

    class Meta:
        verbose_name = verbose_name_plural = "催办"
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["model", "object_id", "sent_on"], name="one_reminder_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.sent_by}催办{self.holder}"


class Watch(models.Model):
    """A person who wants to hear of every step on a matter."""

    thread = models.CharField("所属事项", max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="关注人", related_name="+")
    since = models.DateTimeField("关注时间")

    class Meta:
        verbose_name = verbose_name_plural = "关注"
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="one_watch_per_person")]

    def __str__(self) -> str:
        return f"{self.user}：{self.thread}"
