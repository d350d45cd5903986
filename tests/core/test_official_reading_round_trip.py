"""Every form the system writes is read back as the same record, also after another office saved it."""

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from budgets.services import change_line, open_allocation_round
from core.official.checking import check
from core.official.document import FormDocument
from core.official.filled import PaperKind
from core.official.kinds import kind_named
from core.official.reading import read_form
from core.official.word import to_docx
from core.official.workbook import to_xlsx
from core.transitions import perform
from targets.services import save_declaration
from tests.budgets.test_allocation_machine import make_road
from tests.budgets.test_official import make_concluded
from tests.evaluation.makers import make_evaluation, make_final, make_letter
from tests.factories.cast import NOON
from tests.monitoring.scene import fill_behind, make_report, send
from tests.targets.makers import make_draft, walk


def concluded(cast) -> int:
    """An assessment with its scores and conclusion."""
    return make_concluded(cast).pk


def simulated(cast) -> int:
    """A round with a line that was changed by hand."""
    make_road(cast, NOON, grade="中", score=Decimal("72.40"))
    opened = open_allocation_round(
        name="2027年部门项目", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("20000000.00"), by=cast.qian_li,
        at=NOON
    )
    found = perform(opened, "simulate", by=cast.qian_li, at=NOON)
    change_line(found.lines.get(), changed_yuan=Decimal("4600000.00"), reason="水毁修复任务不减。", by=cast.qian_li,
                at=NOON)
    return found.pk


def declared(cast) -> int:
    """A declaration with its schedule."""
    steps = [{"content": "养护作业", "starts_on": date(2026, 4, 1), "ends_on": date(2026, 11, 30)}]
    draft = save_declaration(make_draft(cast), by=cast.li_weiguo, at=NOON, changes={}, schedule=steps)
    return walk(draft, cast, "approved").pk


MAKERS = {
    PaperKind.TARGET_DECLARATION: lambda cast: (declared(cast), cast.zhou_xiaolan),
    PaperKind.TARGET_REVIEW: lambda cast: (walk(make_draft(cast), cast,
        "approved").reviews.order_by("pk").last().pk, cast.zhou_xiaolan),
    PaperKind.DEPARTMENT_TARGET: lambda cast: (walk(make_draft(cast), cast,
        "approved") and cast.department.pk, cast.zhou_xiaolan),
    PaperKind.PROGRESS_REPORT: lambda cast: (send(cast, fill_behind(cast, make_report(cast))).pk,
        cast.zhou_xiaolan),
    PaperKind.SELF_EVALUATION: lambda cast: (make_final(cast).pk, cast.zhou_xiaolan),
    PaperKind.DEPARTMENT_SELF_EVALUATION: lambda cast: (make_final(cast) and cast.department.pk,
        cast.zhou_xiaolan),
    PaperKind.EVALUATION_SCORES: lambda cast: (make_evaluation(cast, "fed_back").pk, cast.zhou_xiaolan),
    PaperKind.FEEDBACK_LETTER: lambda cast: (make_letter(cast).pk, cast.zhou_xiaolan),
    PaperKind.EX_ANTE: lambda cast: (concluded(cast), cast.zhang_wen),
    PaperKind.ALLOCATION: lambda cast: (simulated(cast), cast.qian_li),
}


def written(cast, kind: PaperKind) -> FormDocument:
    pk, person = MAKERS[kind](cast)
    found = kind_named(kind.value)
    return replace(found.filled(found.find(person, pk, 2026)), printed_at=NOON)


EXPECTED = {
    PaperKind.TARGET_DECLARATION: {"indicators": 6, "funds": 4, "total_weight": Decimal(90)},
    PaperKind.DEPARTMENT_TARGET: {"indicators": 6, "lines": 1},
    PaperKind.TARGET_REVIEW: {"indicators": 8, "total_weight": Decimal(100), "total_score": Decimal(90)},
    PaperKind.PROGRESS_REPORT: {"indicators": 5, "funds": 4},
    PaperKind.SELF_EVALUATION: {
        "indicators": 6, "funds": 4, "total_weight": Decimal(100), "total_score": Decimal("96.20"),
    },
    PaperKind.DEPARTMENT_SELF_EVALUATION: {"indicators": 6, "funds": 1, "lines": 1},
    PaperKind.EVALUATION_SCORES: {"indicators": 5, "total_weight": Decimal(100),
                                  "total_score": Decimal("84.60")},
    PaperKind.EX_ANTE: {"indicators": 20, "total_weight": Decimal(100), "total_score": Decimal("93.33")},
    PaperKind.FEEDBACK_LETTER: {"lines": 1, "total_score": Decimal("84.60")},
    PaperKind.ALLOCATION: {"lines": 1},
}


def counted(form) -> dict:
    sizes = {name: len(getattr(form, name)) for name in ("indicators", "funds", "lines")}
    figures = {name: getattr(form, name).number for name in ("total_weight", "total_score")}
    return {name: value for name, value in (sizes | figures).items() if value}


@pytest.mark.parametrize("kind", list(PaperKind), ids=lambda kind: kind.value)
def test_every_form_is_read_back_the_same_from_both_formats(cast, kind):
    document = written(cast, kind)
    sheet, text = read_form(to_xlsx(document), name="表.xlsx"), read_form(to_docx(document), name="表.docx")
    assert (sheet.kind, sheet.titled_kind, sheet.title) == (kind, kind, kind.label)
    assert counted(sheet) == EXPECTED[kind]
    assert text.record() == sheet.record()


@pytest.mark.parametrize("kind", list(PaperKind), ids=lambda kind: kind.value)
def test_an_empty_form_is_known_and_holds_no_indicator(db, kind):
    document = kind_named(kind.value).empty()
    sheet, text = read_form(to_xlsx(document), name="表.xlsx"), read_form(to_docx(document), name="表.docx")
    assert (sheet.kind, sheet.project.text, sheet.unit.text, sheet.year) == (kind, "", "", None)
    assert [each.name for each in sheet.indicators if each.target.cell or each["actual"] or each["reason"]] == []
    assert text.record() == sheet.record()


def test_the_schedule_is_read_back_step_by_step(cast):
    form = read_form(to_docx(written(cast, PaperKind.TARGET_DECLARATION)), name="表.docx")
    assert form.field("schedule").text == "养护作业：2026年4月1日至2026年11月30日"


def test_the_self_evaluation_is_read_back_figure_by_figure(cast):
    sheet = make_final(cast)
    found = kind_named("self_evaluation")
    form = read_form(to_docx(found.filled(found.find(cast.li_weiguo, sheet.pk, None))), name="自评表.docx")
    assert (form.project.text, form.department.text, form.unit.text, form.year) == (
        "农村公路日常养护及小修保养", "县交通运输局", "县公路养护中心", 2026,
    )
    assert form.total_fund.yuan("executed") == Decimal("12288000.00")
    assert form.total_fund.ratio == Decimal("0.96")
    scores = list(sheet.scores.select_related("indicator").order_by("indicator__position"))
    assert [(each.name, each.weight, each.score) for each in form.indicators] == [
        (score.indicator.name, score.indicator.weight, score.score) for score in scores
    ]
    assert [each.target.values for each in form.indicators] == [
        () if score.indicator.target_value is None else (score.indicator.target_value,) for score in scores
    ]
    assert check(form, sheet.rulebook()).computed_total == sheet.total == Decimal("96.20")


@pytest.mark.parametrize(("make", "name"), [(to_xlsx, "自评表.xlsx"), (to_docx, "自评表.docx")])
def test_the_grade_is_that_of_the_totals_and_never_that_of_a_note(cast, make, name):
    """Below the form stands 注：… 2. 等级：优 ≥90 · 良 80–90 …"""
    sheet = make_final(cast)
    sheet.grade = "中"
    document = kind_named("self_evaluation").filled(sheet)
    assert any("等级：优" in note for note in document.notes)
    assert read_form(make(document), name=name).field("grade").text == "中"


def test_a_note_is_no_grade(cast):
    document = kind_named("self_evaluation").empty()
    assert read_form(to_docx(replace(document, notes=("注：1. 满分 100 分。", "2. 等级：优 ≥90 · 良 80–90。"))),
                     name="自评表.docx").field("grade").text == ""


def test_the_system_finds_no_error_in_what_it_has_accepted(cast):
    """What is left open on purpose is told: the department fills in its own goal, points and scores."""
    left_open = {PaperKind.DEPARTMENT_TARGET, PaperKind.DEPARTMENT_SELF_EVALUATION}
    for kind in set(PaperKind) - left_open:
        findings = check(read_form(to_xlsx(of_its_own(cast, kind)), name="表.xlsx")).findings
        assert [(each.code, each.message) for each in findings if each.severity != "info"] == [], kind


def of_its_own(cast, kind: PaperKind) -> FormDocument:
    """The form of a record that is gone again, so that the next one may use the same project."""
    with transaction.atomic():
        document = written(cast, kind)
        transaction.set_rollback(True)
    return document


@pytest.mark.skipif(not shutil.which("soffice"), reason="没有安装 LibreOffice，无法另存")
def test_another_office_saves_the_forms_and_they_are_read_back_the_same(cast, tmp_path):
    records = {}
    for kind in PaperKind:
        document = of_its_own(cast, kind)
        for content, suffix in ((to_xlsx(document), "xlsx"), (to_docx(document), "docx")):
            (tmp_path / f"{kind.value}.{suffix}").write_bytes(content)
        records[kind] = read_form(to_xlsx(document), name="表.xlsx").record()
    for source, suffix in (("xlsx", "xlsx"), ("xlsx", "xls"), ("xlsx", "ods"), ("docx", "docx")):
        saved = resaved(tmp_path, source, suffix)
        for kind, record in records.items():
            name = f"{kind.value}.{suffix}"
            assert read_form((saved / name).read_bytes(), name=name).record() == record, (kind, suffix)


def resaved(folder: Path, source: str, suffix: str) -> Path:
    """Every form of one format opened and saved as another."""
    out = folder / f"{source}-{suffix}"
    files = [str(path) for path in sorted(folder.glob(f"*.{source}"))]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--norestore", "--convert-to", suffix, "--outdir", str(out),
         *files],
        check=True, timeout=300, capture_output=True,
    )
    return out
