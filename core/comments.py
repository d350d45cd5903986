"""What people say to one another beside a record."""

from datetime import datetime

from django.db import models, transaction

from core import audit
from core.errors import refuse
from core.models import User
from core.models.communication import Comment, Notice, NoticeReading
from core.workflow import WorkflowRecord

MAX_LENGTH = 2000
MAX_FIELD = 60
MAX_TITLE = 120


@transaction.atomic
def comment_on(subject: WorkflowRecord, text: str, *, by, at: datetime, field: str = "") -> Comment:
    """Tell those who take part in the record. Raises ``RuleViolation`` for an empty or overlong text.

    A NUL, which PostgreSQL does not keep, is left out.
    """
    text, field = text.replace("\x00", "").strip(), field.replace("\x00", "")[:MAX_FIELD]
    if not text:
        raise refuse("comment_empty", f"对{subject.title()}的留言是空的，请写下内容后再发送。")
    if len(text) > MAX_LENGTH:
        raise refuse("comment_long", f"留言有 {len(text)} 字，超过 {MAX_LENGTH} 字的上限，请删减后再发送。")
    comment = Comment.objects.create(
        model=subject._meta.label_lower, object_id=subject.pk, field=field, text=text, author=by, at=at
    )
    audit.record("core.comment.add", subject, by=by, at=at, label="留言", after={"text": text, "field": field})
    for person in participants_of(subject).exclude(pk=by.pk):
        notify(title=f"{by}给{subject}留言", text=text, url=subject.get_absolute_url(), recipient=person, by=by, at=at)
    return comment


def participants_of(subject: WorkflowRecord) -> models.QuerySet[User]:
    """Who filed the record, and whoever has commented on it."""
    said = comments_on(subject).values("author")
    return User.objects.filter(models.Q(pk__in=subject.author_ids) | models.Q(pk__in=said)).order_by("pk")


def comments_on(subject: models.Model) -> models.QuerySet[Comment]:
    return Comment.objects.filter(
        model=subject._meta.label_lower, object_id=subject.pk
    ).select_related("author")


@transaction.atomic
def notify(*, title: str, text: str = "", url: str = "", recipient=None, by, at: datetime) -> Notice:
    """Put a notice into the boxes of everybody, or of one person."""
    notice = Notice.objects.create(title=title[:MAX_TITLE], text=text, url=url, recipient=recipient, published_at=at)
    audit.record("core.notice.publish", notice, by=by, at=at, label="发布消息", after={"title": title})
    return notice


def mark_read(notices, *, by, at: datetime) -> None:
    """Reading is remembered for the reader's own counter; it is not a change of any record."""
    NoticeReading.objects.bulk_create(
        [NoticeReading(notice=notice, user=by, at=at) for notice in notices], ignore_conflicts=True
    )
