"""The import frame on a small kind of its own: every bad cell at once, preview, one commit of the very file."""

import io
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import jobs
from core.errors import RuleViolation
from core.imports import (
    Change,
    CodeWidget,
    Column,
    DayWidget,
    SheetResource,
    TextWidget,
    WanWidget,
    WorkbookImport,
    staging,
    workbooks,
)
from core.models import AuditEntry, Job, Organisation, StagedImport


class PlaceSheet(SheetResource):
    sheet_name = "单位"
    key = ("code",)

    code = Column("单位编码", "code", CodeWidget(most=21), required=True, help="与预算一体化系统一致。")
    name = Column("单位名称", "name", TextWidget(most=10), required=True, synonyms=("单位", "名称"))
    amount_yuan = Column("预算数(万元)", "amount_yuan", WanWidget(), synonyms=("预算数（万元）",))
    paid_on = Column("日期", "paid_on", DayWidget())


class PlaceImport(WorkbookImport):
    kind = "places"
    title = "单位名单"
    sheets = (PlaceSheet,)

    @classmethod
    def allowed(cls, user) -> bool:
        return user.username == "zhouxiaolan"

    def compare(self, plan) -> None:
        known = dict(Organisation.objects.values_list("code", "name"))
        for row in self.rows[PlaceSheet]:
            if row["name"] == "禁用":
                plan.errors.append(row.error(PlaceSheet.column("name"), "“禁用”不能作为单位名称，请改用全称。"))
            old = known.get(row["code"])
            kind = "create" if old is None else "same" if old == row["name"] else "change"
            plan.changes.append(Change(kind, row["code"], [{"label": "单位名称", "old": old or "", "new": row["name"]}]))

    def commit(self, *, at) -> dict[str, int]:
        for row in self.rows[PlaceSheet]:
            Organisation.objects.update_or_create(code=row["code"], defaults={"name": row["name"], "kind": "unit"})
        return {"rows": len(self.rows[PlaceSheet])}


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setattr(workbooks, "_kinds", {"places": PlaceImport})


def sheet(*rows, headings=("单位编码*", "单位名称", "预算数（万元）", "日期"), above=()) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    page = book.add_worksheet("单位")
    for number, row in enumerate([*above, headings, *rows]):
        page.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


GOOD = ("301009", "县道路站", "12.5", "2026-03-05")


def found(content: bytes, user) -> list[tuple]:
    staged = staging.stage("places", content, name="名单.xlsx", by=user, at=staging_time())
    return [(error["row"], error["column"], error["value"]) for error in staged.errors]


def staging_time():
    from tests.factories.cast import NOON

    return NOON


def test_a_good_file_is_previewed_and_taken_in_once(cast, at):
    content = sheet(GOOD, ("301002", "养护中心", "", ""))
    staged = staging.stage("places", content, name="名单.xlsx", by=cast.zhou_xiaolan, at=at)
    assert (staged.state, staged.errors, staged.summary["counts"]) == (
        "checked", [], {"create": 1, "change": 1, "same": 0}
    )
    assert not Organisation.objects.filter(code="301009").exists()
    assert staging.commit(staged, sha256=staged.file.sha256, by=cast.zhou_xiaolan, at=at) == {"rows": 2}
    places = Organisation.objects.filter(code__in=["301002", "301009"])
    assert list(places.values_list("name", flat=True)) == ["养护中心", "县道路站"]
    assert AuditEntry.objects.filter(action="core.import.places").get().after["rows"] == {"rows": 2}
    with pytest.raises(RuleViolation) as refusal:
        staging.commit(staged, sha256=staged.file.sha256, by=cast.zhou_xiaolan, at=at)
    assert refusal.value.codes == ["committed"]


def test_values_are_cleaned_by_their_columns(cast, at):
    importer = PlaceImport(by=cast.zhou_xiaolan)
    from core.sheets import read_workbook

    importer.check(read_workbook(sheet(GOOD), name="名单.xlsx"))
    row = importer.rows[PlaceSheet][0]
    assert (row.number, row["amount_yuan"], row["paid_on"].isoformat()) == (2, Decimal("125000.00"), "2026-03-05")


def test_every_bad_cell_is_listed_at_once(cast):
    content = sheet(
        ("", "一个特别特别长的单位名称", "十万", "昨天"), ("301010", "禁用", "1.2345678", ""), GOOD, GOOD,
    )
    assert found(content, cast.zhou_xiaolan) == [
        (2, "单位编码", ""), (2, "单位名称", "一个特别特别长的单位名称"), (2, "预算数(万元)", "十万"), (2, "日期", "昨天"),
        (3, "预算数(万元)", "1.2345678"), (5, "单位编码", "301009"),
    ]


def test_errors_against_the_records_come_when_the_cells_are_sound(cast):
    assert found(sheet(("301010", "禁用", "", "")), cast.zhou_xiaolan) == [(2, "单位名称", "禁用")]


def test_headings_are_found_by_their_words_below_a_title(cast, at):
    content = sheet(("301009", "县道路站"), headings=("单位 编码", "名称"), above=[("2026年单位名单",), ()])
    staged = staging.stage("places", content, name="名单.xlsx", by=cast.zhou_xiaolan, at=at)
    assert staged.summary["counts"] == {"create": 1, "change": 0, "same": 0}


@pytest.mark.parametrize(("content", "message"), [
    (sheet(), "只有表头没有内容，请填写后再上传。"),
    (sheet(("x",), headings=("甲", "乙")), "没有找到列：单位编码、单位名称，请核对表头文字。"),
    (sheet(("x",), headings=("单位编码", "乙")), "没有找到列：单位名称，请核对表头文字。"),
])
def test_a_foreign_table_says_what_it_lacks(cast, at, content, message):
    staged = staging.stage("places", content, name="名单.xlsx", by=cast.zhou_xiaolan, at=at)
    assert [error["message"] for error in staged.errors] == [message]


def test_a_faulty_file_writes_nothing(cast, at):
    staged = staging.stage("places", sheet(GOOD, ("301011", "", "", "")), name="名单.xlsx", by=cast.zhou_xiaolan, at=at)
    assert staged.state == "faulty"
    with pytest.raises(RuleViolation) as refusal:
        staging.commit(staged, sha256=staged.file.sha256, by=cast.zhou_xiaolan, at=at)
    assert refusal.value.codes == ["import_error", "cell"]
    assert refusal.value.reasons[1].sentence == "“单位”第 3 行：单位名称“”是必填项，请填写。"
    assert not Organisation.objects.filter(code="301009").exists()


def test_another_file_than_the_previewed_one_is_refused(cast, at):
    staged = staging.stage("places", sheet(GOOD), name="名单.xlsx", by=cast.zhou_xiaolan, at=at)
    with pytest.raises(RuleViolation) as refusal:
        staging.commit(staged, sha256="0" * 64, by=cast.zhou_xiaolan, at=at)
    assert refusal.value.codes == ["other_file"]


def test_who_may_not_import_is_denied(cast, at):
    with pytest.raises(PermissionDenied):
        staging.stage("places", sheet(GOOD), name="名单.xlsx", by=cast.li_weiguo, at=at)


def test_the_template_has_the_headings_and_reads_back(cast):
    from core.sheets import read_workbook

    grids = read_workbook(staging.template_of(PlaceImport), name="模板.xlsx")
    assert [(grid.name, grid.rows) for grid in grids] == [("单位", [["单位编码", "单位名称", "预算数(万元)", "日期"]])]


def test_the_pages_upload_preview_confirm(cast, signed_in):
    client = signed_in(cast.zhou_xiaolan)
    address = reverse("import", args=["places"])
    answer = client.post(address, {"file": SimpleUploadedFile("名单.xlsx", sheet(GOOD))})
    staged = StagedImport.objects.get()
    preview = reverse("import_preview", args=[staged.pk])
    assert (answer.status_code, answer["Location"]) == (302, preview)
    assert client.post(preview, {"hash": "别的"}).status_code == 409
    assert client.post(preview, {"hash": staged.file.sha256})["Location"] == preview
    assert Organisation.objects.get(code="301009").name == "县道路站"
    assert client.post(preview, {"hash": staged.file.sha256}).status_code == 409
    assert signed_in(cast.li_weiguo).get(address).status_code == 404
    assert client.get(preview).status_code == 404


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("空.xlsx", b"", "“空.xlsx”是空文件，请检查后重新选择。"),
    ("照片.xlsx", b"\x89PNG\r\n\x1a\n0000", "“照片.xlsx”不能作为表格打开，可能已损坏或不是表格文件，请另存为 .xlsx 后再上传。"),
    ("报告.pdf", b"%PDF-1.4", "“报告.pdf”不是表格文件，请上传 .xlsx、.xls、.ods 或 .csv 文件。"),
])
def test_a_foreign_file_is_answered_with_a_sentence(cast, signed_in, name, content, sentence):
    file = SimpleUploadedFile(name, content)
    answer = signed_in(cast.zhou_xiaolan).post(reverse("import", args=["places"]), {"file": file})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert StagedImport.objects.count() == 0


FAULTY = (("301010", "一个特别特别长的单位名称", "=1+1", "昨天"), GOOD)


def marked(content: bytes, name: str, user) -> openpyxl.Workbook:
    staged = staging.stage("places", content, name=name, by=user, at=staging_time())
    return openpyxl.load_workbook(io.BytesIO(staging.rejected(staged)))


def bad_cells(page) -> dict[str, str]:
    """The sentence at each coloured cell."""
    return {
        cell.coordinate: cell.comment.text
        for row in page.iter_rows() for cell in row if cell.fill.fill_type == "solid" and cell.comment
    }


def values_of(page) -> list[tuple]:
    return list(page.iter_rows(values_only=True))


def in_csv(rows) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode("gb18030")


EXPECTED = {
    "B2": "单位名称“一个特别特别长的单位名称”有 12 个字，超过 10 个字的上限，请删减。",
    "C2": "预算数(万元)“=1+1”金额“=1+1”不是数字，请填写形如 1,234.56 的数字。",
    "D2": "日期“昨天”不是日期，请填形如 2026-03-05 的日期。",
}


def test_a_rejected_workbook_comes_back_with_its_bad_cells_marked(cast):
    content = sheet(*FAULTY)
    book = marked(content, "名单.xlsx", cast.zhou_xiaolan)
    assert book.sheetnames == ["单位", "导入错误"]
    assert bad_cells(book["单位"]) == EXPECTED
    assert values_of(book["单位"]) == values_of(openpyxl.load_workbook(io.BytesIO(content))["单位"])
    plain = [cell for row in book["单位"].iter_rows() for cell in row if cell.coordinate not in EXPECTED]
    assert [cell.coordinate for cell in plain if cell.fill.fill_type or cell.comment] == []
    assert values_of(book["导入错误"])[:2] == [
        ("工作表", "行", "列", "填的是", "怎么改"), ("单位", "2", "单位名称", "一个特别特别长的单位名称", EXPECTED["B2"]),
    ]
    assert book["导入错误"]["D3"].data_type == "s"


def test_once_corrected_the_marked_workbook_is_taken_in(cast, at):
    book = marked(sheet(*FAULTY), "名单.xlsx", cast.zhou_xiaolan)
    for place, text in (("B2", "县公路站"), ("C2", "12.5"), ("D2", "2026-03-06")):
        book["单位"][place] = text
    saved = io.BytesIO()
    book.save(saved)
    counts = staging.import_file("places", saved.getvalue(), name="名单-已标出错误.xlsx", by=cast.zhou_xiaolan, at=at)
    assert counts == {"rows": 2}


def test_another_kind_of_file_comes_back_as_a_workbook_of_texts(cast, at):
    heading = ("单位编码", "单位名称", "预算数(万元)", "日期")
    book = marked(in_csv((heading, *FAULTY)), "名单.csv", cast.zhou_xiaolan)
    page = book.worksheets[0]
    assert bad_cells(page) == EXPECTED
    assert (page["C2"].value, page["C2"].data_type, page["A3"].value) == ("=1+1", "s", "301009")
    for place, text in (("B2", "县公路站"), ("C2", "12.5"), ("D2", "2026-03-06")):
        page[place] = text
    saved = io.BytesIO()
    book.save(saved)
    assert staging.import_file("places", saved.getvalue(), name="名单.xlsx", by=cast.zhou_xiaolan, at=at) == {"rows": 2}


def test_a_missing_heading_is_told_on_the_sheet_of_errors(cast):
    book = marked(sheet(("x",), headings=("单位编码", "乙")), "名单.xlsx", cast.zhou_xiaolan)
    assert bad_cells(book["单位"]) == {}
    assert values_of(book["导入错误"])[1:] == [("单位", None, None, None, "没有找到列：单位名称，请核对表头文字。")]


def test_errors_beyond_the_limit_are_counted(cast, monkeypatch):
    monkeypatch.setattr(staging, "MOST_ERRORS", 1)
    book = marked(sheet(*FAULTY), "名单.xlsx", cast.zhou_xiaolan)
    assert list(bad_cells(book["单位"])) == ["B2"]
    assert values_of(book["导入错误"])[-1][4] == "另有 2 处错误没有标出，请改正上面各处后重新上传，再看其余各处。"


def test_the_marked_workbook_is_downloaded_by_its_owner(cast, signed_in):
    client = signed_in(cast.zhou_xiaolan)
    client.post(reverse("import", args=["places"]), {"file": SimpleUploadedFile("名单.xlsx", sheet(*FAULTY))})
    staged = StagedImport.objects.get()
    address = reverse("import_rejected", args=[staged.pk])
    assert address in client.get(reverse("import_preview", args=[staged.pk])).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(address).streaming_content)))
    assert bad_cells(book["单位"]) == EXPECTED
    assert signed_in(cast.li_weiguo).get(address).status_code == 404


@pytest.fixture
def every_file_is_large(monkeypatch):
    monkeypatch.setattr(staging, "INLINE_BYTES", 0)
    monkeypatch.setattr(jobs, "send", lambda job_id: None)


def test_a_large_file_is_checked_and_taken_in_in_the_background(cast, signed_in, every_file_is_large):
    client = signed_in(cast.zhou_xiaolan)
    client.post(reverse("import", args=["places"]), {"file": SimpleUploadedFile("名单.xlsx", sheet(GOOD))})
    staged = StagedImport.objects.get()
    preview = reverse("import_preview", args=[staged.pk])
    checking = Job.objects.get()
    page = client.get(preview, headers={"hx-request": "true"})
    assert (staged.state, checking.name, checking.state) == ("checking", "core.check_import", "queued")
    assert f'hx-get="{preview}"' in page.content.decode()
    assert "确认导入" not in page.content.decode()
    assert "HX-Refresh" not in page.headers
    assert jobs.run(checking.pk).result == {"create": 1, "change": 0, "same": 0, "errors": 0}
    assert client.get(preview, headers={"hx-request": "true"})["HX-Refresh"] == "true"
    assert "确认导入" in client.get(preview).content.decode()
    assert client.post(preview, {"hash": staged.file.sha256})["Location"] == preview
    assert jobs.run(Job.objects.first().pk).result == {"rows": 1}
    assert Organisation.objects.get(code="301009").name == "县道路站"
    assert "这个文件已经导入" in client.get(preview).content.decode()


def test_a_large_file_that_cannot_be_read_says_so_on_its_preview(cast, signed_in, every_file_is_large):
    client = signed_in(cast.zhou_xiaolan)
    client.post(reverse("import", args=["places"]), {"file": SimpleUploadedFile("名单.xlsx", b"PK\x03\x04 broken")})
    staged = StagedImport.objects.get()
    assert jobs.run(Job.objects.get().pk).state == "done"
    page = client.get(reverse("import_preview", args=[staged.pk])).content.decode()
    assert "“名单.xlsx”" in page
    assert "不能打开" in page or "已损坏" in page
    assert client.get(reverse("import_rejected", args=[staged.pk])).status_code == 404


def test_checking_tells_how_far_it_is(cast, monkeypatch):
    from core.sheets import read_workbook

    monkeypatch.setattr(workbooks, "PROGRESS_ROWS", 2)
    told = []
    importer = PlaceImport(by=cast.zhou_xiaolan, progress=lambda done, total: told.append((done, total)))
    importer.check(read_workbook(sheet(GOOD, ("301010", "甲"), ("301011", "乙")), name="名单.xlsx"))
    assert told == [(2, 4), (4, 4), (4, 4)]
