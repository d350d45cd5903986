"""The command check_form and the page 表格体检: same findings, nothing stored, no account on the command line."""

import io
import json
from decimal import Decimal
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from core.models import Attachment, AuditEntry
from core.official.checking.report import in_wan
from tests.core import filled_forms as forms
from tests.core.filled_forms import changed, workbook


def form_file(folder, name="自评表.xlsx", change=lambda form: None):
    path = folder / name
    path.write_bytes(workbook(forms.standard_rows(changed(forms.self_evaluation(), change))))
    return path


def run(*args, **options) -> tuple[int, str]:
    """Exit status and what was printed."""
    out = io.StringIO()
    try:
        call_command("check_form", *map(str, args), stdout=out, **options)
    except SystemExit as left:
        return left.code, out.getvalue()
    return 0, out.getvalue()


def too_high(form) -> None:
    form["indicators"][2] |= {"score": "10", "reason": ""}


class TestCommand:
    """No database fixture: the command must not touch it."""

    def test_a_clean_form(self, tmp_path):
        status, text = run(form_file(tmp_path))
        assert status == 0
        assert text.splitlines()[0] == "自评表.xlsx：项目支出绩效自评表，2025年度，农村公路日常养护及小修保养"
        assert text.splitlines()[-2:] == ["  总分：表里写 98.79，按规则计算 98.79", "  没有发现问题。"]

    def test_errors_make_the_status_one(self, tmp_path):
        status, text = run(form_file(tmp_path, change=too_high))
        assert status == 1
        assert "  小修保养处治面积：分值 10，表里写 10，按规则计算 9.19" in text.splitlines()
        assert "  [错误] I16 “小修保养处治面积”" not in text
        assert ("  [错误] H16 “小修保养处治面积”得 10 分，按数字只应得 9.19 分（10 × 3.86 ÷ 4.2 = 9.19），请改分或写明理由。"
                in text.splitlines())

    def test_warnings_leave_the_status_zero(self, tmp_path):
        path = form_file(tmp_path, change=lambda form: form["indicators"][3].update(target="≥100%"))
        status, text = run(path)
        assert status == 0
        assert text.splitlines()[-1] == "  [提醒] E17 “小修工程验收合格率”写成“≥100%”，比率不会超过 100%，请改为 =100%。"

    def test_json_is_one_object_a_line_in_the_order_of_the_files(self, tmp_path):
        clean, faulty = form_file(tmp_path), form_file(tmp_path, "自评表2.xlsx", too_high)
        other = tmp_path / "说明.txt"
        other.write_text("这不是一张表。")
        status, text = run(faulty, other, clean, as_json=True)
        first, second, third = map(json.loads, text.splitlines())
        assert status == 2
        assert [each["file"] for each in (first, second, third)] == [str(faulty), str(other), str(clean)]
        assert [each["kind"] for each in (first, second, third)] == ["self_evaluation", None,
            "self_evaluation"]
        assert [each["code"] for each in first["findings"]] == ["score_above_computed", "total_score"]
        assert [each["code"] for each in second["findings"]] == ["not_official_form"]
        assert third["findings"] == []

    def test_the_shape_of_the_object(self, tmp_path):
        _, text = run(form_file(tmp_path), as_json=True)
        data = json.loads(text)
        assert {name: data[name] for name in ("kind", "project", "department", "unit", "year",
            "ruleset")} == {
            "kind": "self_evaluation", "project": "农村公路日常养护及小修保养", "department": "县交通运输局", "unit": "县公路养护中心",
            "year": 2025,
            "ruleset": "mof-2021-cost",
        }
        assert data["funds"][0] == {
            "kind": "total", "name": "年度资金总额", "initial": "1150.00", "adjusted": "1150.00",
            "executed": "1104.00", "rate": "0.96",
            "weight": "10", "score": "9.60",
        }
        assert [row["name"] for row in data["funds"]] == ["年度资金总额", "其中：当年财政拨款", "上年结转资金", "其他资金"]
        assert data["indicators"][2] == {
            "level1": "产出指标", "level2": "数量指标", "name": "小修保养处治面积", "weight": "10", "score": "9.19",
            "target": {"kind": "numeric", "op": ">=", "values": ["4.20"], "unit": "万平方米", "date": None,
                       "text": ""},
            "actual": {"kind": "numeric", "op": None, "values": ["3.86"], "unit": "万平方米", "date": None,
                       "text": ""},
            "proposed_score": "9.19", "met": False, "cell": "D16",
        }
        assert data["indicators"][4]["target"] == {
            "kind": "date", "op": "<=", "values": [], "unit": "", "date": "2025-11-30", "text": "",
        }
        assert data["totals"] == {
            "stated": "98.79", "computed": "98.79", "added": "98.79", "weight_stated": "100",
            "weight_computed": "100.00",
            "execution_stated": "9.60", "execution_computed": "9.60",
        }

    def test_the_rule_set_is_chosen(self, tmp_path):
        path = tmp_path / "自评表.xlsx"
        path.write_bytes(workbook(forms.standard_rows(forms.legacy())))
        assert json.loads(run(path, as_json=True)[1])["ruleset"] == "mof-2020"
        chosen = json.loads(run(path, as_json=True, ruleset="hubei-20")[1])
        assert chosen["ruleset"] == "hubei-20"
        assert "execution_weight" in [each["code"] for each in chosen["findings"]]

    def test_the_kind_is_chosen(self, tmp_path):
        data = json.loads(run(form_file(tmp_path), as_json=True, kind="target_declaration")[1])
        assert (data["kind"], data["title"]) == ("target_declaration", "项目支出绩效目标申报表")

    def test_a_file_that_is_not_there(self, tmp_path):
        status, text = run(tmp_path / "没有.xlsx")
        assert status == 2
        missing = tmp_path / "没有.xlsx"
        assert text.strip() == f"{missing}：“{missing}”打不开（No such file or directory），请核对文件名和权限。"

    def test_a_workbook_without_a_form(self, tmp_path):
        path = tmp_path / "花名册.xlsx"
        path.write_bytes(workbook([["姓名", "电话"], ["李卫国", "0000-6621215"]]))
        status, text = run(path)
        assert status == 2
        assert text.strip() == (
            f"{path}：“花名册.xlsx”里没有找到绩效目标申报表、监控表、自评表等官方表的表头和栏目，请核对文件，或用系统下载的空表填写后再检查。"
        )


@pytest.mark.parametrize(("yuan", "shown"), [
    ("11500000", "1150.00"), ("899740", "89.974"), ("0", "0.00"), ("0.01", "0.000001"), ("-20000", "-2.00"),
    ("100000", "10.00"),
    ("5000", "0.50"),
])
def test_amounts_are_exact_in_wan(yuan, shown):
    assert in_wan(Decimal(yuan)) == shown


class TestPage:
    def upload(self, client, *files, **choices):
        return client.post(reverse("check_form"), {"files": list(files), **choices})

    def workbook_file(self, name="自评表.xlsx", change=lambda form: None):
        rows = forms.standard_rows(changed(forms.self_evaluation(), change))
        return SimpleUploadedFile(name, workbook(rows))

    def test_one_has_to_sign_in(self, client, db):
        assert client.get(reverse("check_form"))["Location"].startswith(reverse("login"))

    def test_what_was_read_stands_beside_every_finding(self, cast, signed_in):
        client = signed_in(cast.li_weiguo)
        before = AuditEntry.objects.count()
        page = self.upload(client, self.workbook_file(), self.workbook_file("自评表2.xlsx", too_high))
        clean, faulty = page.context["results"]
        assert page.status_code == 200
        assert clean["findings"] == []
        assert clean["facts"] == [
            "农村公路日常养护及小修保养", "县交通运输局", "县公路养护中心", "2025年度", "资金 4 行", "指标 8 条",
        ]
        assert faulty["findings"][0] == {
            "label": "错误", "family": "bad", "cell": "H16", "read": "10",
            "message": "“小修保养处治面积”得 10 分，按数字只应得 9.19 分（10 × 3.86 ÷ 4.2 = 9.19），请改分或写明理由。",
        }
        assert faulty["indicators"][2] == {
            "level": "数量指标", "name": "小修保养处治面积", "target": "≥4.20万平方米", "actual": "3.86万平方米",
            "weight": Decimal(10),
            "stated": Decimal(10), "proposed": Decimal("9.19"), "different": True, "met": "未达到",
            "formula": "10 × 3.86 ÷ 4.2 = 9.19",
        }
        assert faulty["execution"]["proposed"] == Decimal("9.60")
        text = page.content.decode()
        assert "没有发现问题。" in text
        assert "<strong>9.19</strong>" in text
        assert Attachment.objects.count() == 0
        assert AuditEntry.objects.count() == before

    def test_a_file_that_is_no_form_does_not_hide_the_others(self, cast, signed_in):
        page = self.upload(signed_in(cast.li_weiguo), SimpleUploadedFile("说明.pdf", b"%PDF-1.7"),
                           self.workbook_file())
        refused, clean = page.context["results"]
        assert [reason.code for reason in refused["reasons"]] == ["file_kind"]
        assert clean["kind"] == "项目支出绩效自评表"

    def test_the_rule_set_and_the_kind_are_chosen(self, cast, signed_in):
        page = self.upload(signed_in(cast.li_weiguo), self.workbook_file(), ruleset="mof-2020",
                           kind="self_evaluation")
        assert page.context["results"][0]["ruleset"] == "项目支出绩效评价（10+50+30+10）"

    def test_without_a_file_the_page_says_so(self, cast, signed_in):
        page = signed_in(cast.li_weiguo).post(reverse("check_form"), {})
        assert page.status_code == 422
        assert "没有选择文件，请选择要检查的表。" in page.content.decode()

    def test_too_many_files_are_refused(self, cast, signed_in):
        with mock.patch("core.views.check_form.MOST_FILES", 1):
            page = self.upload(signed_in(cast.li_weiguo), self.workbook_file(), self.workbook_file())
        assert page.status_code == 422
        assert "一次选了 2 个文件，超过 1 个的上限，请分几次检查。" in page.content.decode()

    def test_an_empty_page_has_the_choices(self, cast, signed_in):
        text = signed_in(cast.li_weiguo).get(reverse("check_form")).content.decode()
        assert "按表名判断" in text
        assert "部门整体绩效自评表" in text
