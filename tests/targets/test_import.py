"""The workbook of targets: a good file, every kind of bad cell at once, whose file it is, and the same file twice."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from budgets.models import ProjectYear
from config.benchmarks import imports
from config.benchmarks.place import make_county
from core.errors import RuleViolation
from core.imports import staging
from core.models import AuditEntry, ToDo
from core.sheets import read_workbook
from core.transitions import perform
from targets.models import TargetDeclaration
from targets.resources import GoalSheet, IndicatorSheet
from tests.factories.cast import NOON, make_project, make_year
from tests.targets.makers import make_draft, review, walk

GOALS = ("年度", "项目编码", "项目名称", "年度目标", "总体目标")
LINES = ("年度", "项目编码", "项目名称", "一级指标", "二级指标", "三级指标", "指标值类型", "指标性质", "指标值", "计量单位", "权重",
         "指标解释", "评(扣)分标准", "指标来源")
CODE = "26-JT-0012"
OLD_GOAL = "养护 1204.8 公里。"
CODES = ("26-JT-2001", "26-JT-2002", "26-JT-2003")
NAME = "农村公路日常养护及小修保养"


def indicator(*values: str, code: str = CODE, year: str = "2026") -> tuple[str, ...]:
    return (year, code, NAME, *values, "列入年度养护计划的里程", "完成值÷指标值×分值", "工作计划")


GOOD = (
    indicator("成本指标", "经济成本指标", "日常养护平均成本", "定量", "≤", "0.98", "万元/公里·年", "20"),
    indicator("产出", "数量", "日常养护里程", "定量", "≥", "1,204.80", "公里", "20"),
    indicator("产出指标", "质量指标", "路面技术状况优良中等路率", "定量", "＞", "86", "%", "20"),
    indicator("效益指标", "可持续影响指标", "管养长效机制", "定性", "定性", "管养责任和经费落实", "", "20"),
    indicator("满意度指标", "服务对象满意度指标", "沿线群众满意度", "定量", "≥", "90", "%", "10"),
)


def workbook(lines=GOOD, goals=((("2026", CODE, NAME, "养护 1204.8 公里。", "")),)) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for title, headings, rows in (("绩效目标", GOALS, goals), ("绩效指标", LINES, lines)):
        sheet = book.add_worksheet(title)
        for number, row in enumerate((headings, *rows)):
            for place, text in enumerate(row):
                sheet.write_string(number, place, text)
    book.close()
    return buffer.getvalue()


def take_in(content: bytes, by) -> dict[str, int]:
    return staging.import_file("targets", content, name="绩效目标.xlsx", by=by, at=NOON)


def errors_of(content: bytes, by) -> list[tuple]:
    staged = staging.stage("targets", content, name="绩效目标.xlsx", by=by, at=NOON)
    return [(error["sheet"], error["row"], error["column"], error["message"]) for error in staged.errors]


def test_a_good_file_makes_the_drafts(cast):
    make_year(cast)
    assert take_in(workbook(), cast.li_weiguo) == {"created": 1, "changed": 0, "indicators": 5}
    draft = TargetDeclaration.objects.get()
    assert (draft.state, draft.created_by, draft.annual_goal) == ("draft", cast.li_weiguo, "养护 1204.8 公里。")
    assert [(each.position, each.level2, each.target_shown, each.weight) for each in draft.indicators.all()] == [
        (1, "economic_cost", "≤0.98万元/公里·年", Decimal("20.00")), (2, "quantity", "≥1,204.8公里", Decimal("20.00")),
        (3, "quality", ">86%", Decimal("20.00")), (4, "sustainability", "管养责任和经费落实", Decimal("20.00")),
        (5, "service_satisfaction", "≥90%", Decimal("10.00")),
    ]
    assert ProjectYear.objects.get().stage == "target_filing"
    assert perform(draft, "submit", by=cast.li_weiguo, at=NOON).state == "unit_review"


def test_the_same_file_again_changes_nothing(cast):
    make_year(cast)
    take_in(workbook(), cast.li_weiguo)
    revision = TargetDeclaration.objects.get().revision
    assert take_in(workbook(), cast.li_weiguo) == {"created": 0, "changed": 0, "indicators": 0}
    staged = staging.stage("targets", workbook(), name="绩效目标.xlsx", by=cast.li_weiguo, at=NOON)
    assert staged.summary["counts"] == {"create": 0, "change": 0, "same": 1}
    assert TargetDeclaration.objects.get().revision == revision


def test_a_changed_file_replaces_the_draft(cast):
    make_year(cast)
    take_in(workbook(), cast.li_weiguo)
    goals = (("2026", CODE, NAME, "养护 1221.3 公里。", ""),)
    staged = staging.stage("targets", workbook(GOOD[:4], goals), name="绩效目标.xlsx", by=cast.li_weiguo, at=NOON)
    assert staged.summary["sample"][0]["changes"] == [
        {"label": "年度总体目标", "old": "养护 1204.8 公里。", "new": "养护 1221.3 公里。"},
        {"label": "绩效指标", "old": "5 条", "new": "4 条"},
    ]
    staging.commit(staged, sha256=staged.file.sha256, by=cast.li_weiguo, at=NOON)
    draft = TargetDeclaration.objects.get()
    assert (draft.annual_goal, draft.indicators.count()) == ("养护 1221.3 公里。", 4)


def test_every_bad_cell_is_listed_at_once(cast):
    make_year(cast)
    lines = (
        indicator("产出指标", "社会效益指标", "日常养护里程", "定量", "≥", "约八成", "公里", "20"),
        indicator("产出指标", "质量指标", "优良路率", "定量", "", "86", "%", "120"),
        indicator("产出指标", "数量指标", "里程", "定量", "≥", "5", "公里", "10", code="99-XX-0001"),
    )
    assert errors_of(workbook(lines, ((("2026", CODE, NAME, "养护。", "")), ("2026", "98-XX-0001", "无", "目标", ""))),
                     cast.li_weiguo) == [
        ("绩效指标", 2, "二级指标", "二级指标“社会效益指标”不属于“产出指标”，请核对。"),
        ("绩效指标", 2, "指标值",
         "指标“日常养护里程”的指标值“约八成”不是数字，请填一个数，例如 86；不能用数字表示的请把性质改为“定性”。"),
        ("绩效指标", 3, "指标性质", "定量指标“优良路率”没有指标性质，请填 ≥、>、=、≤ 或 <。"),
        ("绩效指标", 3, "权重", "指标“优良路率”的权重 120 应在 0 到 100 之间，请改正。"),
        ("绩效指标", 4, "项目编码", "项目编码“99-XX-0001”2026 年度在“绩效目标”表中没有对应的行，请补上或删去本行。"),
        ("绩效目标", 3, "项目编码", "项目编码“98-XX-0001”在 2026 年度没有立项，或不在您的权限范围内，请核对编码和年度。"),
    ]
    assert TargetDeclaration.objects.count() == 0


def test_words_outside_the_list_and_double_rows_are_named(cast):
    make_year(cast)
    lines = (indicator("产出指标", "数量类", "里程", "定量", "≥", "5", "公里", "10"), GOOD[1], GOOD[1])
    messages = [message for _, _, _, message in errors_of(workbook(lines), cast.li_weiguo)]
    assert messages[0].startswith("二级指标“数量类”只能填：经济成本指标、")
    assert messages[1] == "与第 3 行重复，请只保留一行。"


@pytest.mark.parametrize(("state", "sentence"), [
    ("unit_review", "目前是“待单位审核”，不能用文件覆盖；如需修改请先退回。"),
    ("approved", "目前是“已批复”，不能用文件覆盖；如需修改请先退回。"),
])
def test_what_was_submitted_is_not_overwritten(cast, state, sentence):
    walk(make_draft(cast), cast, state)
    (error,) = errors_of(workbook(), cast.li_weiguo)
    assert error[3] == f"“{NAME}”2026年度绩效目标{sentence}"


def test_others_may_not_fill_in_for_the_unit(cast):
    make_year(cast)
    (error, *_) = errors_of(workbook(), cast.chen_mo)
    assert error[3] == f"项目编码“{CODE}”在 2026 年度没有立项，或不在您的权限范围内，请核对编码和年度。"
    from django.core.exceptions import PermissionDenied
    for person in (cast.zhang_wen, cast.qian_li, cast.wu_di):
        with pytest.raises(PermissionDenied):
            staging.stage("targets", workbook(), name="绩效目标.xlsx", by=person, at=NOON)
    assert TargetDeclaration.objects.count() == 0


def test_the_performance_section_takes_in_a_file_without_becoming_its_author(cast):
    """It may still review what the unit submits; it neither starts a project nor overwrites a unit's draft."""
    year = make_year(cast)
    (error,) = errors_of(workbook(), cast.zhou_xiaolan)
    assert error[3] == f"“{NAME}”2026年度项目还没有启动申报，请县公路养护中心经办人先启动，再导入绩效目标。"
    perform(year, "start_filing", by=cast.li_weiguo, at=NOON)
    assert take_in(workbook(), cast.zhou_xiaolan)["created"] == 1
    draft = TargetDeclaration.objects.get()
    assert draft.created_by is None
    assert AuditEntry.objects.filter(action="targets.targetdeclaration.fill").get().actor_name == "周晓岚"
    (error,) = errors_of(workbook(GOOD[:3]), cast.zhou_xiaolan)
    assert error[3] == f"“{NAME}”2026年度绩效目标已由单位填报，请由县公路养护中心经办人修改。"
    declaration = walk(draft, cast, "fiscal_reviewing")
    passed = perform(declaration, "pass_fiscal", by=cast.zhou_xiaolan, at=NOON, data=review())
    assert passed.state == "ready_for_approval"


def test_one_bad_row_keeps_all_others_out(cast):
    make_year(cast)
    make_year(cast, project=make_project(cast, code="26-JT-0013", name="县道大中修工程"), stage="executing")
    goals = (("2026", CODE, NAME, "养护。", ""), ("2026", "26-JT-0013", "县道大中修工程", "大修。", ""))
    with pytest.raises(RuleViolation) as refusal:
        take_in(workbook(goals=goals), cast.li_weiguo)
    assert refusal.value.codes == ["import_error", "cell"]
    assert TargetDeclaration.objects.count() == 0


def test_the_number_of_questions_does_not_grow_with_the_file(cast, django_assert_max_num_queries):
    """Checking costs the same for one project and for twenty."""
    rows, lines = [], []
    for place in range(20):
        code = f"26-JT-1{place:03}"
        make_year(cast, project=make_project(cast, code=code, name=f"第 {place} 标段"))
        rows.append(("2026", code, "", "养护。", ""))
        lines += [("2026", code, *line[2:]) for line in GOOD]
    counts = []
    for content in (workbook(lines[:5], rows[:1]), workbook(lines, rows)):
        with django_assert_max_num_queries(40) as asked:
            staging.stage("targets", content, name="绩效目标.xlsx", by=cast.li_weiguo, at=NOON)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def many_projects(cast, codes: list[str], stage: str) -> bytes:
    rows, lines = [], []
    for code in codes:
        make_year(cast, project=make_project(cast, code=code, name=f"{code}标段"), stage=stage)
        rows.append(("2026", code, "", OLD_GOAL, ""))
        lines += [("2026", code, *line[2:]) for line in GOOD]
    return workbook(lines, rows)


@pytest.mark.parametrize(("who", "stage"), [("li_weiguo", "drafting"), ("zhou_xiaolan", "target_filing")])
def test_taking_in_costs_as_many_statements_for_many_as_for_few(cast, who, stage, django_assert_max_num_queries):
    """Rows, to-dos and audit entries of a file are written together, whether it holds two projects or twenty."""
    by = getattr(cast, who)
    counts = []
    for codes in ([f"26-JT-2{place:03}" for place in range(2)], [f"26-JT-3{place:03}" for place in range(20)]):
        content = many_projects(cast, codes, stage)
        staged = staging.stage("targets", content, name="绩效目标.xlsx", by=by, at=NOON)
        with django_assert_max_num_queries(120) as asked:
            staging.commit(staged, sha256=staged.file.sha256, by=by, at=NOON)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_many_projects_leave_behind_is_what_one_does(cast):
    content = many_projects(cast, ["26-JT-2001", "26-JT-2002", "26-JT-2003"], "drafting")
    take_in(content, cast.li_weiguo)
    drafts = TargetDeclaration.objects.order_by("pk")
    made = [(draft.created_by, draft.version, draft.indicators.count()) for draft in drafts]
    assert made == [(cast.li_weiguo, 1, 5)] * 3
    for draft in drafts:
        assert list(AuditEntry.objects.of(draft).order_by("pk").values_list("action", flat=True)) == [
            "targets.targetdeclaration.create", "targets.targetdeclaration.fill"
        ]
        assert list(AuditEntry.objects.of(draft.project_year).order_by("pk").values_list("action", flat=True))[1:] == [
            "budgets.projectyear.start_filing", "budgets.projectyear.begin_filing"
        ]
        assert draft.project_year.held_by_document
    todos = ToDo.objects.filter(verb="填报绩效目标")
    waiting = [("targets.targetdeclaration", draft.pk) for draft in drafts]
    assert sorted(todos.values_list("model", "object_id")) == waiting
    call_command("verify_audit")


def three_filled(cast) -> list[TargetDeclaration]:
    take_in(many_projects(cast, CODES, "drafting"), cast.li_weiguo)
    return list(TargetDeclaration.objects.order_by("pk"))


def changed_book(*codes: str, goal: str = "养护 1221.3 公里。") -> bytes:
    """The second indicator says more, the last one is left out; projects that are not named stay as they are."""
    rows, lines = [], []
    for code in CODES:
        new = code in codes
        rows.append(("2026", code, "", goal if new else OLD_GOAL, ""))
        mine = (GOOD[0], indicator(*GOOD[1][3:8], "1221.3", *GOOD[1][9:11]), *GOOD[2:4]) if new else GOOD
        lines += [("2026", code, *line[2:]) for line in mine]
    return workbook(lines, rows)


def test_changed_drafts_keep_what_they_were_each_in_an_entry_of_its_own(cast):
    drafts = three_filled(cast)
    before = [list(draft.indicators.values_list("pk", flat=True)) for draft in drafts]
    counts = take_in(changed_book(CODES[0], CODES[2]), cast.li_weiguo)
    assert counts == {"created": 0, "changed": 2, "indicators": 8}
    for draft, old, changed in zip(drafts, before, (True, False, True), strict=True):
        draft.refresh_from_db()
        entries = AuditEntry.objects.of(draft).filter(action="targets.targetdeclaration.edit")
        lines = list(draft.indicators.values_list("pk", "target_value"))
        if not changed:
            assert (draft.revision, entries.count(), [pk for pk, _ in lines]) == (0, 0, old)
            continue
        assert (draft.revision, draft.annual_goal) == (1, "养护 1221.3 公里。")
        assert [pk in old for pk, _ in lines] == [True, False, True, True]
        assert lines[1][1] == Decimal("1221.3000")
        entry = entries.get()
        assert (entry.before, entry.after["annual_goal"]) == ({"annual_goal": OLD_GOAL}, "养护 1221.3 公里。")
        details = entry.after["details"]
        assert [(each["position"], each["target_value"]) for each in details["removed"]] == [
            (2, "1204.8000"), (5, "90.0000")
        ]
        assert [(each["position"], each["target_value"]) for each in details["added"]] == [(2, "1221.3000")]
    call_command("verify_audit")


def test_changing_costs_as_many_statements_for_many_as_for_few(cast, django_assert_max_num_queries):
    three_filled(cast)
    counts = []
    for codes, goal in ((CODES[:2], "养护 1221.3 公里。"), (CODES, "养护 1230 公里。")):
        content = changed_book(*codes, goal=goal)
        staged = staging.stage("targets", content, name="绩效目标.xlsx", by=cast.li_weiguo, at=NOON)
        with django_assert_max_num_queries(80) as asked:
            done = staging.commit(staged, sha256=staged.file.sha256, by=cast.li_weiguo, at=NOON)
        assert done["changed"] == len(codes)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_one_submitted_declaration_keeps_the_changes_of_all_others_out(cast):
    drafts = three_filled(cast)
    perform(drafts[1], "submit", by=cast.li_weiguo, at=NOON)
    with pytest.raises(RuleViolation) as refusal:
        take_in(changed_book(*CODES), cast.li_weiguo)
    assert [reason.sentence for reason in refusal.value.reasons] == [
        "“绩效目标.xlsx”有 1 处错误，没有写入任何内容，请改正后重新上传。",
        f"“绩效目标”第 3 行：“{CODES[1]}标段”2026年度绩效目标目前是“待单位审核”，不能用文件覆盖；如需修改请先退回。",
    ]
    assert set(TargetDeclaration.objects.values_list("annual_goal", flat=True)) == {OLD_GOAL}


def test_what_a_return_has_not_opened_is_not_changed_by_a_file(cast):
    """Every closed place of every declaration is named, and nothing is written."""
    for draft in three_filled(cast)[:2]:
        TargetDeclaration.objects.filter(pk=draft.pk).update(opened=["indicators"])
    with pytest.raises(RuleViolation) as refusal:
        take_in(changed_book(*CODES), cast.li_weiguo)
    closed = "的年度总体目标没有批注，本次退回不开放修改，请恢复原内容；确需修改的，请在留言中请退回人补加批注。"
    assert [reason.sentence for reason in refusal.value.reasons] == [
        f"“{code}标段”2026年度绩效目标{closed}" for code in CODES[:2]
    ]
    assert set(TargetDeclaration.objects.values_list("annual_goal", "revision")) == {(OLD_GOAL, 0)}
    assert take_in(changed_book(*CODES, goal=OLD_GOAL), cast.li_weiguo)["changed"] == 3


def test_a_draft_changed_between_preview_and_confirmation_is_weighed_again(cast):
    """What is written is what the file says against the records of that moment; a draft filed meanwhile is refused."""
    drafts = three_filled(cast)
    content = changed_book(*CODES)
    staged = staging.stage("targets", content, name="绩效目标.xlsx", by=cast.li_weiguo, at=NOON)
    assert staged.summary["counts"] == {"create": 0, "change": 3, "same": 0}
    perform(drafts[2], "submit", by=cast.li_weiguo, at=NOON)
    with pytest.raises(RuleViolation) as refusal:
        staging.commit(staged, sha256=staged.file.sha256, by=cast.li_weiguo, at=NOON)
    assert "目前是“待单位审核”，不能用文件覆盖" in refusal.value.reasons[1].sentence


def test_the_benchmark_measures_a_workbook_that_is_in_order(db):
    by = make_county(3)
    content = imports.make_workbook(3)
    assert imports.read_and_insert_bare(content) == 33
    assert take_in(content, by) == {"created": 3, "changed": 0, "indicators": 30}
    operator = imports.operator_of_every_unit()
    assert take_in(imports.make_workbook(3, lines=imports.CHANGED_LINES), operator) == {
        "created": 0, "changed": 3, "indicators": 30
    }


def test_what_is_exported_can_be_imported(cast):
    draft = make_draft(cast)
    goals = GoalSheet.dataset([draft])
    lines = IndicatorSheet.dataset(draft.indicators.select_related("declaration__project_year__project"))
    assert lines[3][5:11] == ("通客车行政村比例", "定量", "=", "100", "%", "12")
    content = workbook([tuple(map(str, row)) for row in lines], [tuple(map(str, row)) for row in goals])
    assert errors_of(content, cast.li_weiguo) == []
    assert take_in(content, cast.li_weiguo) == {"created": 0, "changed": 0, "indicators": 0}


def test_the_template_has_every_heading():
    from targets.resources import TargetImport

    grids = read_workbook(staging.template_of(TargetImport), name="模板.xlsx")
    assert [(grid.name, tuple(grid.rows[0])) for grid in grids] == [("绩效目标", GOALS), ("绩效指标", LINES)]


def test_the_command_takes_in_a_file_or_says_why_not(cast, tmp_path: Path):
    make_year(cast)
    good, bad = tmp_path / "好.xlsx", tmp_path / "坏.xlsx"
    good.write_bytes(workbook())
    bad.write_bytes(b"not a workbook")
    with pytest.raises(CommandError):
        call_command("import_targets", str(bad), user="liweiguo")
    out = io.StringIO()
    call_command("import_targets", str(good), user="liweiguo", stdout=out)
    assert "created 1" in out.getvalue()
    assert TargetDeclaration.objects.get().indicators.count() == 5
