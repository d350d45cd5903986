"""The one door to paper: fonts, glyphs, line breaks, two engines, and nothing that is only warned about."""

import io
import shutil
from concurrent.futures import ThreadPoolExecutor

import pypdf
import pytest
from django.core.management import call_command
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus.paraparser import ParaFrag

from core import pdf
from core.errors import RuleViolation
from core.official import paper
from core.pdf import fonts, html_engine
from tests.core.official_forms import letter, roll_up, self_evaluation

KINDS = ["official_form", "official_form_long"]


def pages_of(content: bytes) -> list[str]:
    """The words of each page without any blanks."""
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def data(**changes) -> dict:
    return {**paper.paper_data(letter()), **changes}


@pytest.fixture
def own_templates(settings, tmp_path):
    """``own_templates(name, text)`` puts a template where the door looks for it."""
    folder = tmp_path / "templates" / "pdf"
    folder.mkdir(parents=True)
    settings.BASE_DIR = tmp_path
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates"], "APP_DIRS": False}]

    def write(name, text):
        (folder / name).write_text(text, encoding="utf-8")
    return write


@pytest.mark.parametrize(("document", "suffix"), [("official_form", ".html"), ("official_form_long", ".typ")])
def test_a_document_has_one_template_and_its_suffix_names_the_engine(document, suffix, settings):
    assert pdf.template_of(document) == settings.BASE_DIR / "templates" / "pdf" / f"{document}{suffix}"


def test_a_document_without_a_template_is_a_fault_of_the_program():
    with pytest.raises(LookupError, match="打印文件“绩效简报”"):
        pdf.render("绩效简报", {})


@pytest.mark.parametrize("document", KINDS)
def test_every_font_in_the_file_is_embedded_and_is_ours(document):
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(document, data(annex="附件1"))))
    found = set()
    for page in reader.pages:
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            face = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            assert face["/FontDescriptor"]["/FontFile2"].get_object().get_data()[:4] == b"\x00\x01\x00\x00"
            found.add(face["/BaseFont"].split("+")[1].lower())
    assert found == {"notoserifsc-regular", "notoserifsc-bold", "notosanssc-regular"}


@pytest.mark.parametrize("document", KINDS)
@pytest.mark.parametrize("name", ["王䶮、张㛃、李喆、赵玥", "吴翀、郑赟、冯龘", "≥95%、℃、㎡、‰、①、〔2026〕、√□■"])
def test_rare_names_and_the_signs_of_forms_are_printed(document, name):
    assert name in pages_of(pdf.render(document, data(notes=[name])))[0]


@pytest.mark.parametrize("document", KINDS)
def test_a_character_without_a_glyph_is_refused_by_name_and_place(document):
    with pytest.raises(RuleViolation) as refusal:
        pdf.render(document, data(notes=["上报材料☑齐全，项目已完成验收"]))
    assert [str(reason) for reason in refusal.value.reasons] == [
        "《绩效评价反馈意见书》的内容“上报材料☑齐全，项目已”里的“☑”（U+2611）在打印字体中没有字形，请改用同义的常用字或符号后再打印。"
    ]
    assert refusal.value.codes == ["pdf_glyph_missing"]


def test_every_missing_character_is_named_at_once():
    with pytest.raises(RuleViolation) as refusal:
        pdf.render("official_form", data(notes=["☑甲😀"], annex="\ue000"))
    assert [reason.sentence.partition("里的")[2][:3] for reason in refusal.value.reasons] == ["“\ue000”", "“☑”", "“😀”"]


def test_characters_are_covered_by_every_face(settings):
    covered = fonts.covered_characters(settings.PDF_FONT_DIR)
    assert {"的", "䶮", "≥", "\n", "　"} <= covered
    assert {"☑", "\t", "\u200b"} & covered == set()
    gb2312 = {bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)
              if (row, cell) < (0xD7, 0xFA) or row > 0xD7}
    assert len(gb2312) == 6763
    assert gb2312 <= covered


def test_a_missing_font_file_is_an_error_that_names_it(settings, tmp_path):
    settings.PDF_FONT_DIR = tmp_path
    with pytest.raises(RuleViolation) as refusal:
        pdf.render("official_form", data())
    assert [str(reason) for reason in refusal.value.reasons] == [
        f"打印字体文件 {tmp_path}/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf 不存在，请在安装目录重新执行 make run 补齐字体后再打印。"
    ]


def test_a_damaged_font_file_is_an_error_that_names_it(settings, tmp_path):
    for face in fonts.FACES:
        copy = tmp_path / face.folder / face.file
        copy.parent.mkdir(parents=True)
        if face.bold:
            copy.write_bytes(b"not a font")
        else:
            shutil.copy(face.path(settings.PDF_FONT_DIR), copy)
    settings.PDF_FONT_DIR = tmp_path
    with pytest.raises(RuleViolation) as refusal:
        pdf.render("official_form_long", data())
    assert refusal.value.codes == ["pdf_font_missing"]
    assert "NotoSerifSC_700Bold.ttf 已损坏" in str(refusal.value)


def test_what_the_html_engine_only_warns_about_is_an_error(own_templates):
    own_templates("bad.html", '<html><body style="font-family: FangSong">甲</body></html>')
    with pytest.raises(RuntimeError, match="排版《测试》时出现告警：.*can draw '甲'"):
        pdf.render("bad", {"title": "测试"})


def test_what_typst_only_warns_about_is_an_error(own_templates):
    own_templates("bad.typ", '#set text(font: "FangSong")\n甲')
    with pytest.raises(RuntimeError, match="排版《测试》时出现告警：unknown font family: fangsong"):
        pdf.render("bad", {"title": "测试"})


@pytest.mark.parametrize("source", ["http://127.0.0.1:9/seal.png", "file:///etc/hostname", "/etc/hostname"])
def test_a_document_reaches_neither_the_network_nor_other_files(own_templates, source):
    own_templates("seal.html", '<html><body style="font-family: Noto Serif SC"><img src="{{ source }}"/></body></html>')
    with pytest.raises(RuntimeError, match="排版《印章》时出现告警"):
        pdf.render("seal", {"title": "印章", "source": source})


def test_markup_in_the_data_is_printed_as_it_is_written():
    words = '<b>甲</b>&amp;"乙"#strong[丙]$x$*丁*'
    for document in KINDS:
        assert words in pages_of(pdf.render(document, data(notes=[words])))[0]


def test_several_threads_print_what_one_prints():
    wanted = {name: pages_of(paper.to_pdf(form)) for name, form in
              (("form", self_evaluation()), ("letter", letter()), ("long", roll_up(120)))}
    forms = [("form", self_evaluation()), ("letter", letter()), ("long", roll_up(120))] * 3
    with ThreadPoolExecutor(4) as pool:
        printed = list(pool.map(lambda pair: (pair[0], pages_of(paper.to_pdf(pair[1]))), forms))
    assert printed == [(name, wanted[name]) for name, _ in forms]


# --- line breaks ------------------------------------------------------------------------------------------


@pytest.fixture
def faces(settings):
    html_engine._register_faces(settings.PDF_FONT_DIR)


def lines(words: str, characters: int) -> list[str]:
    """The lines of 10 pt text in a room of that many Chinese characters."""
    frag = ParaFrag(fontName=fonts.SERIF, fontSize=10, text=words)
    found = html_engine.split_lines([frag], [characters * 10], 0).lines
    return ["".join(word.text for word in line.words) for line in found]


@pytest.mark.parametrize(("words", "room", "expected"), [
    ("项目已完成，资金未付。", 5, ["项目已完", "成，资金未", "付。"]),
    ("按时完成（含验收）任务", 5, ["按时完成", "（含验收）", "任务"]),
    ("评价等级为“良”。", 6, ["评价等级为", "“良”。"]),
    ("合同编号ZFCG-2026-0417/B已签", 10, ["合同编号", "ZFCG-2026-0417/B已", "签"]),
    ("完成率达到95.25%以上", 7, ["完成率达到", "95.25%以上"]),
    ("ZFCG-2026-0417-0418-0419", 6, ["ZFCG-2026-", "0417-0418-", "0419"]),
    ("共1186.5公里\n全覆盖", 20, ["共1186.5公里\n全覆盖"]),
    ("一", 1, ["一"]),
    ("，，，", 1, ["，", "，", "，"]),
])
def test_lines_break_by_chinese_rules(faces, words, room, expected):
    assert lines(words, room) == expected


def test_no_line_of_a_long_text_begins_with_a_closing_mark_or_overflows(faces):
    words = "受强降雨影响，西岭乡路段（共3.2公里）顺延；采购编号ZFCG-2026-0417/B，已于2026年2月完工：验收合格率为98.6%！" * 6
    for room in range(8, 30):
        broken = lines(words, room)
        assert "".join(broken) == words
        assert [line for line in broken if line[0] in "，。；：！？）、”%"] == []
        assert max(stringWidth(line, fonts.SERIF, 10) for line in broken) <= room * 10 + 0.01


# --- the benchmark ----------------------------------------------------------------------------------------


def test_the_benchmark_prints_pages_per_second_of_each_way():
    said = io.StringIO()
    call_command("benchmark", "pdf", times=1, stdout=said)
    head, *measured = said.getvalue().splitlines()
    assert head == "份数  页数    秒/份    页/秒  打印方式"
    assert [line.split(maxsplit=4)[4] for line in measured] == [
        "正式表格（xhtml2pdf）", "同一表格（typst）", "同一表格（ReportLab 直接绘制）",
        "300 行长表（typst）", "300 行长表（ReportLab 直接绘制）",
    ]
    assert [line.split()[:2] for line in measured] == [["1", "1"], ["1", "1"], ["1", "1"], ["1", "16"], ["1", "20"]]
    assert all(float(line.split()[3]) > 0 for line in measured)
