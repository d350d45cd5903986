"""Pages of the core: sign-in, year switch, jobs, notices, help, the audit trail."""

import pytest
from django.urls import reverse

from core import clock, comments, jobs
from core.models import Job
from tests.factories.cast import PASSWORD, make_year


def test_sign_in_and_out(cast, client):
    home = reverse("home")
    assert client.get(home)["Location"] == f"{reverse('login')}?next={home}"
    wrong = client.post(reverse("login"), {"username": "liweiguo", "password": "不对"})
    assert wrong.status_code == 200
    assert "用户名和密码" in wrong.content.decode()
    right = client.post(f"{reverse('login')}?next={home}", {"username": "liweiguo", "password": PASSWORD})
    assert right["Location"] == home
    assert client.get(home).status_code == 200
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert client.get(home).status_code == 302


def test_the_year_is_kept_and_strangers_addresses_are_not_followed(cast, signed_in):
    client = signed_in(cast.zhou_xiaolan)
    answer = client.post(reverse("set_year"), {"year": "2026", "next": "https://elsewhere.example/"})
    assert answer["Location"] == reverse("home")
    assert client.session["year"] == 2026
    client.post(reverse("set_year"), {"year": "", "next": "/help/"})
    assert client.session["year"] is None
    client.post(reverse("set_density"), {"density": "compact"})
    cast.zhou_xiaolan.refresh_from_db()
    assert cast.zhou_xiaolan.density == "compact"
    client.post(reverse("set_density"), {"density": "tiny"})
    cast.zhou_xiaolan.refresh_from_db()
    assert cast.zhou_xiaolan.density == "compact"


@pytest.mark.parametrize("name", ["set_year", "set_density", "notices_read"])
def test_changes_are_not_made_by_get(cast, signed_in, name):
    assert signed_in(cast.li_weiguo).get(reverse(name)).status_code == 405


def test_the_audit_page_is_for_overseers(cast, signed_in):
    make_year(cast)
    address = reverse("audit")
    assert signed_in(cast.li_weiguo).get(address).status_code == 403
    assert signed_in(cast.zhang_wen).get(address).status_code == 403
    page = signed_in(cast.wu_di).get(address, {"check": "1"})
    assert page.status_code == 200
    assert "链条完整。" in page.content.decode()


def test_a_job_is_seen_by_its_requester_only(cast, signed_in, monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda job_id: None)
    job = Job.objects.create(name="core.commit_import", label="导入工作簿", requested_by=cast.li_weiguo,
                             requested_at=clock.now(), state="done", result={"create": 3})
    client = signed_in(cast.li_weiguo)
    assert "导入工作簿" in client.get(reverse("jobs")).content.decode()
    page = client.get(reverse("job", args=[job.pk])).content.decode()
    assert "<dt>新增</dt><dd>3</dd>" in page
    assert client.get(reverse("job_progress", args=[job.pk])).headers["HX-Refresh"] == "true"
    outsider = signed_in(cast.chen_mo)
    assert outsider.get(reverse("job", args=[job.pk])).status_code == 404
    assert outsider.get(reverse("job_progress", args=[job.pk])).status_code == 404


def test_notices_are_read_by_each_for_themselves(cast, signed_in, at):
    comments.notify(title="关于编制2027年预算的通知", by=cast.zhou_xiaolan, at=at)
    comments.notify(title="您的监控表被退回", recipient=cast.li_weiguo, by=cast.zhou_xiaolan, at=at)
    mine = signed_in(cast.li_weiguo)
    assert mine.get(reverse("notices")).content.decode().count("未读") == 2
    mine.post(reverse("notices_read"))
    assert mine.get(reverse("notices")).content.decode().count("未读") == 0
    other = signed_in(cast.chen_mo).get(reverse("notices")).content.decode()
    assert other.count("未读") == 1
    assert "监控表被退回" not in other


def test_help_opens_for_everybody(cast, signed_in):
    for person in (cast.li_weiguo, cast.he_min, cast.wu_di):
        assert signed_in(person).get(reverse("help")).status_code == 200


def test_healthz_needs_no_account(client, db):
    assert client.get(reverse("healthz")).json() == {"status": "ok", "unfinished_jobs": 0}


def test_an_unknown_address_is_a_404_in_chinese(cast, signed_in):
    answer = signed_in(cast.li_weiguo).get("/no/such/page/")
    assert answer.status_code == 404
    assert "没有" in answer.content.decode()


def test_the_security_policy_is_on_every_page(client, db):
    policy = client.get(reverse("login")).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
