"""The job row is the truth: claimed once, refused apart from failed, taken up again when its worker is gone."""

from datetime import timedelta

import pytest

from core import clock, jobs
from core.errors import refuse
from core.models import Job, Notice

SEEN = []


@pytest.fixture(autouse=True)
def kinds(monkeypatch, settings, tmp_path):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(jobs, "send", lambda job_id: SEEN.append(job_id))
    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))
    SEEN.clear()

    @jobs.job_kind("test.count", label="数数")
    def count(handle, *, upto):
        for number in range(upto):
            handle.progress(number + 1, upto)
        handle.log("数完了")
        return {"counted": upto}

    @jobs.job_kind("test.refused", label="不许")
    def refused(handle):
        raise refuse("no", "合计 12 万元超过上限 10 万元，请调减 2 万元。")

    @jobs.job_kind("test.broken", label="坏的")
    def broken(handle):
        return {"share": 1 // 0}


def test_a_job_is_sent_after_the_commit_and_done_once(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue("test.count", by=cast.li_weiguo, params={"upto": 3})
        assert SEEN == []
    assert [job.pk] == SEEN
    done = jobs.run(job.pk)
    assert (done.state, done.result, done.log, done.done_count, done.total_count, done.attempts) == (
        "done", {"counted": 3}, ["数完了"], 3, 3, 1
    )
    assert jobs.run(job.pk) is None
    assert list(Notice.objects.values_list("recipient__name", "title")) == [("李卫国", "后台任务已完成：数数")]


def test_a_rule_refuses_and_a_bug_fails(cast, caplog):
    refused = jobs.run(jobs.enqueue("test.refused", by=cast.li_weiguo, params={}).pk)
    assert (refused.state, refused.error) == ("refused", "合计 12 万元超过上限 10 万元，请调减 2 万元。")
    assert caplog.records == []
    failed = jobs.run(jobs.enqueue("test.broken", by=cast.li_weiguo, params={}).pk)
    assert failed.state == "failed"
    assert "ZeroDivisionError" in failed.error
    assert [record.getMessage() for record in caplog.records] == [f"job {failed.pk} (test.broken) failed"]


def test_a_lost_job_is_sent_again_and_taken_up(cast):
    job = jobs.enqueue("test.count", by=cast.li_weiguo, params={"upto": 2})
    assert jobs.claim(job.pk).attempts == 1
    assert jobs.claim(job.pk) is None
    assert jobs.resend_stranded() == 0
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    assert jobs.resend_stranded() == 1
    assert [job.pk] == SEEN
    done = jobs.run(job.pk)
    assert (done.state, done.attempts) == ("done", 2)


def test_a_job_queued_too_long_is_sent_again(cast):
    old = clock.now() - timedelta(minutes=2)
    job = jobs.enqueue("test.count", by=cast.li_weiguo, params={"upto": 1}, at=old)
    jobs.enqueue("test.count", by=cast.li_weiguo, params={"upto": 1})
    assert jobs.resend_stranded() == 1
    assert [job.pk] == SEEN


@pytest.fixture
def in_parts():
    def split(*, upto):
        return [jobs.Part({"number": number}, 1) for number in range(upto)]

    def join(handle, *, upto):
        return {"sum": sum(part.result["square"] for part in handle.job.parts.all())}

    @jobs.job_kind("test.parts", label="分头算", split=split, join=join)
    def square(handle, *, number):
        if number > 2:
            raise refuse("no", "3 以上不算。")
        handle.progress(1, 1)
        return {"square": number * number}


def test_parts_are_sent_and_the_last_one_sends_the_whole(in_parts, cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue("test.parts", by=cast.li_weiguo, params={"upto": 3})
    parts = [part.pk for part in job.parts.order_by("pk")]
    assert parts == SEEN
    assert jobs.claim(job.pk) is None
    jobs.run(parts[1])
    job.refresh_from_db()
    assert (job.state, job.lease_until, jobs.progress_of(job), parts == SEEN) == ("running", None, (1, 3), True)
    jobs.run(parts[0])
    jobs.run(parts[2])
    assert [*parts, job.pk] == SEEN
    done = jobs.run(job.pk)
    assert (done.state, done.result, done.done_count, done.total_count) == ("done", {"sum": 5}, 3, 3)
    assert Notice.objects.count() == 1
    assert list(Job.objects.visible_to(cast.li_weiguo)) == [job]


def test_a_refused_part_refuses_the_whole(in_parts, cast):
    job = jobs.enqueue("test.parts", by=cast.li_weiguo, params={"upto": 4})
    for part in job.parts.all():
        jobs.run(part.pk)
    done = jobs.run(job.pk)
    assert (done.state, done.error, done.result) == ("refused", "3 以上不算。", {})


def test_only_the_lost_part_is_sent_again_and_the_whole_when_its_message_was_lost(in_parts, cast):
    job = jobs.enqueue("test.parts", by=cast.li_weiguo, params={"upto": 2})
    first, second = job.parts.order_by("pk")
    jobs.run(first.pk)
    jobs.claim(second.pk)
    assert jobs.resend_stranded() == 0
    Job.objects.filter(pk=second.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    assert jobs.resend_stranded() == 1
    assert [second.pk] == SEEN
    jobs.run(second.pk)
    SEEN.clear()
    assert jobs.resend_stranded() == 1
    assert [job.pk] == SEEN


def test_others_jobs_are_out_of_sight(cast):
    job = jobs.enqueue("test.count", by=cast.li_weiguo, params={"upto": 1})
    assert list(Job.objects.visible_to(cast.li_weiguo)) == [job]
    assert list(Job.objects.visible_to(cast.zhou_xiaolan)) == []
