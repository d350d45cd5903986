"""The file and the head of the form."""

from collections.abc import Iterator

from core.layout import plain
from core.official.checking.findings import Finding, Severity, found
from core.official.filled import FilledForm, PaperKind, Written

_NAMES = {"project": "项目名称", "department": "主管部门", "unit": "实施单位"}


def file_is_sound(form: FilledForm) -> Iterator[Finding]:
    for warning in form.warnings:
        yield found(warning.code, "", warning.sentence)
    for cell in form.uncomputed:
        yield found("formula_without_value", cell, f"{cell} 是公式但没有保存计算结果，按空白读取，请在 Excel 或 WPS 中打开并保存后再检查。")
    for written in form.faulty_cells:
        yield found("formula_error", written, f"{written.cell} 的公式出错，显示为“{written.text}”，请改正公式或直接填写数字。")


def kind_is_certain(form: FilledForm) -> Iterator[Finding]:
    if form.titled_kind is None:
        yield found("kind_guessed", "", f"没有找到表名，按栏目当作“{form.kind.label}”检查，如不对请补上表名或指定种类。")
    elif form.titled_kind is not form.kind:
        yield found("kind_differs", "", f"表名是“{form.title}”，却按“{form.kind.label}”检查，请核对指定的种类。")


def head_is_filled(form: FilledForm) -> Iterator[Finding]:
    """A label without an entry is an error; a form without the label is only told."""
    for name in _wanted(form.kind):
        written = getattr(form, name)
        if not written or written.is_dash:
            yield _lacking(f"{name}_missing", written, _NAMES[name], form)
    if form.year is None and form.kind is not PaperKind.FEEDBACK_LETTER:
        yield found("year_missing", "", f"《{form.kind.label}》没有写明年度，请在表名下写明，如“（2025年度）”。")


def _wanted(kind: PaperKind) -> tuple[str, ...]:
    if kind in {PaperKind.ALLOCATION, PaperKind.FEEDBACK_LETTER}:
        return ()
    if kind is PaperKind.EVALUATION_SCORES:
        return ("project",)
    return ("department",) if kind.is_whole else ("project", "department", "unit")


def _lacking(code: str, written: Written, name: str, form: FilledForm) -> Finding:
    if written.cell:
        return found(code, written, f"《{form.kind.label}》的“{name}”是空的，请填写。")
    return found(code, "", f"《{form.kind.label}》里没有找到“{name}”一栏，请补上。", severity=Severity.WARNING)


def goals_are_written(form: FilledForm) -> Iterator[Finding]:
    """Where a form has one goal only and calls it 总体目标, that is the goal of its year."""
    name = "goal" if "goal" in form.fields else "overall_goal"
    goal, result = form.field(name), form.field("result")
    if form.kind.declares or form.kind.self_evaluates:
        if name in form.fields and _is_blank(goal):
            yield found("goal_missing", goal, f"《{form.kind.label}》的年度目标是空的，请填写后再报送。")
        elif form.kind.declares and name not in form.fields:
            yield found("goal_missing", "", f"《{form.kind.label}》里没有年度目标一栏，请补上并填写。")
    if form.kind.self_evaluates and "result" in form.fields:
        if _is_blank(result):
            yield found("result_missing", result, f"《{form.kind.label}》的实际完成情况是空的，请对照年度目标填写。")
        elif plain(result.text) == plain(goal.text):
            yield found("result_copied", result, "实际完成情况与年度目标一字不差，看不出完成了多少，请写明实际完成的数量和效果。")


def _is_blank(written: Written) -> bool:
    return not written or written.is_dash
