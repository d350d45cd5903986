"""Files are stored once, typed by their content, limited in size, and open to whoever may see the record."""


import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import attachments
from core.errors import RuleViolation
from core.models import Attachment, Notice
from tests.factories.cast import make_year

PDF = b"%PDF-1.4 report"


def test_the_same_bytes_are_stored_once(cast, at):
    year = make_year(cast)
    first = attachments.attach(year, PDF, name="报告.pdf", by=cast.li_weiguo, at=at)
    second = attachments.attach(year, PDF, name="../..\\副本.pdf", by=cast.li_weiguo, at=at)
    assert (first.content_type, first.size, second.name) == ("application/pdf", 15, "副本.pdf")
    assert first.file.name == second.file.name
    assert list(attachments.attachments_of(year)) == [first, second]


@pytest.mark.parametrize(("name", "content", "code"), [
    ("程序.exe", b"MZ", "file_kind"),
    ("报告.pdf", b"PK\x03\x04", "file_content"),
    ("清单.csv", b"a\x00b", "file_content"),
    ("没有扩展名", PDF, "file_kind"),
])
def test_foreign_files_are_refused(cast, at, name, content, code):
    with pytest.raises(RuleViolation) as refusal:
        attachments.attach(make_year(cast), content, name=name, by=cast.li_weiguo, at=at)
    assert refusal.value.codes == [code]
    assert Attachment.objects.count() == 0


def test_empty_and_huge_uploads_are_refused(monkeypatch):
    with pytest.raises(RuleViolation) as refusal:
        attachments.read_upload(SimpleUploadedFile("空.pdf", b""))
    assert refusal.value.codes == ["file_empty"]
    monkeypatch.setattr(attachments, "MAX_BYTES", 10)
    with pytest.raises(RuleViolation) as refusal:
        attachments.read_upload(SimpleUploadedFile("大.pdf", PDF))
    assert refusal.value.codes == ["file_size"]


def test_upload_and_download_by_the_page(cast, signed_in):
    year = make_year(cast)
    client = signed_in(cast.li_weiguo)
    answer = client.post(
        reverse("attach", args=["budgets.projectyear", year.pk]),
        {"file": SimpleUploadedFile("报告.pdf", PDF), "kind": "佐证"},
    )
    assert answer.status_code == 302
    file = Attachment.objects.get()
    address = reverse("attachment", args=[file.pk])
    download = client.get(address)
    assert (download.getvalue(), download["Content-Type"]) == (PDF, "application/pdf")
    assert signed_in(cast.zhou_xiaolan).get(address).getvalue() == PDF
    observer = signed_in(cast.wu_di)
    assert observer.post(reverse("attach", args=["budgets.projectyear", year.pk]), {}).status_code == 403
    assert signed_in(cast.chen_mo).get(address).status_code == 404


def test_comments_reach_the_record_and_nobody_elses(cast, signed_in):
    year = make_year(cast)
    address = reverse("comment", args=["budgets.projectyear", year.pk])
    assert signed_in(cast.chen_mo).post(address, {"text": "看看"}).status_code == 404
    assert signed_in(cast.zhang_wen).post(address, {"text": "请补充测算依据"}).status_code == 302
    from core.comments import comments_on

    assert [(comment.author.name, comment.text) for comment in comments_on(year)] == [("张雯", "请补充测算依据")]
    told = Notice.objects.values_list("recipient__name", "title", "text")
    assert list(told) == [("李卫国", "张雯给“农村公路日常养护及小修保养”2026年度项目留言", "请补充测算依据")]
