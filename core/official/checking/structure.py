"""The indicators as a set: categories, points, names."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from core.layout import bare, plain
from core.official.checking.findings import Finding, Severity, found
from core.official.checking.proposals import ZERO, level_of, sum_of_weights
from core.official.checking.scores import is_subtotal
from core.official.filled import FilledForm, FilledIndicator, PaperKind
from core.rulebook import Rulebook
from core.rulebook.terms import Level

PLANNED = (Level.COST, Level.OUTPUT, Level.BENEFIT, Level.SATISFACTION)
_PROJECT_FORMS = {PaperKind.TARGET_DECLARATION, PaperKind.SELF_EVALUATION, PaperKind.PROGRESS_REPORT}
_PLANNED_IN_FULL = {PaperKind.TARGET_DECLARATION, PaperKind.SELF_EVALUATION}
_WITH_INDICATORS = _PROJECT_FORMS | {
    PaperKind.DEPARTMENT_TARGET, PaperKind.DEPARTMENT_SELF_EVALUATION, PaperKind.EVALUATION_SCORES,
}
_BELONGS = {
    "数量指标": {Level.OUTPUT}, "质量指标": {Level.OUTPUT}, "时效指标": {Level.OUTPUT},
    "成本指标": {Level.OUTPUT, Level.COST},
    "经济成本指标": {Level.COST, Level.OUTPUT}, "社会成本指标": {Level.COST, Level.OUTPUT},
    "生态环境成本指标": {Level.COST, Level.OUTPUT},
    "经济效益指标": {Level.BENEFIT}, "社会效益指标": {Level.BENEFIT}, "生态效益指标": {Level.BENEFIT},
    "可持续影响指标": {Level.BENEFIT},
    "满意度指标": {Level.SATISFACTION, Level.BENEFIT}, "服务对象满意度指标": {Level.SATISFACTION, Level.BENEFIT},
}
_CATEGORIES = {*_BELONGS, *(level.label for level in Level), "效果指标", "绩效指标", "三级指标", "产出", "效益", "数量", "质量",
               "时效", "成本", "满意度"}
_INPUTS = (
    "资金投入", "投入资金", "经费投入", "投入经费", "资金到位", "资金拨付", "拨付资金", "到位资金", "支付资金", "支出金额", "补助金额", "补助资金", "资金总额",
    "预算金额", "投入人员", "人员投入", "投入人数", "财政拨款", "专项经费", "投入设备", "资金支出", "支出资金", "申请资金", "安排资金", "经费支出", "投资额",
    "总投资",
)
_NOT_COUNTED = {"质量指标", "时效指标"}
_BUILT = re.compile(r"工程|基建|修缮|新建|扩建|改建|(?:设备|装备|车辆|仪器)(?:购置|采购)")
_HUNDRED = Decimal(100)


def indicators_are_there(form: FilledForm) -> Iterator[Finding]:
    if form.kind in _WITH_INDICATORS and not form.indicators:
        yield found("no_indicators", "", f"《{form.kind.label}》里没有读到绩效指标，请填写指标表后再检查。")


def levels_are_complete(form: FilledForm) -> Iterator[Finding]:
    """G-1, G-3 and G-4: output and benefit must be there, quantity and quality in principle, satisfaction may be.

    A department's form that has neither of the two follows a framework of its own.
    """
    levels = {level_of(each.level1) for each in form.indicators}
    asked = form.kind in _PROJECT_FORMS or (form.kind.is_whole and levels & {Level.OUTPUT, Level.BENEFIT})
    if not asked or "level1" not in form.columns or not form.indicators:
        return
    severity = Severity.INFO if form.kind is PaperKind.PROGRESS_REPORT else None
    for level in (Level.OUTPUT, Level.BENEFIT):
        if level not in levels:
            yield found("level_missing", "", f"没有{level.label}，请至少填写一条{level.label}。", severity=severity)
    second = {each.level2 for each in form.indicators}
    if form.kind in _PLANNED_IN_FULL and "weight" not in form.columns and not _asks_satisfaction(form):
        yield found("satisfaction_missing", "", "没有满意度指标，确不适用的请说明，其余请补一条服务对象满意度指标。")
    for name in ("数量指标", "质量指标") if form.kind in _PLANNED_IN_FULL else ():
        if Level.OUTPUT in levels and name not in second:
            yield found("level2_missing", "", f"产出指标里没有{name}，数量和质量原则上都要设，请补充或说明。")


def _asks_satisfaction(form: FilledForm) -> bool:
    return any("满意" in text for each in form.indicators for text in (each.level1, each.level2, each.name))


def cost_is_planned(form: FilledForm) -> Iterator[Finding]:
    """G-2: works and large purchases need an indicator of cost; told by the name of the project."""
    named = form.kind is PaperKind.TARGET_DECLARATION and _BUILT.search(plain(form.project.text))
    if not named or not form.indicators or "level2" not in form.columns:
        return
    if not any("成本" in text for each in form.indicators for text in (each.level1, each.level2)):
        yield found("cost_missing", "", f"“{form.project.text}”是工程或购置类项目，没有成本指标，请补一条成本指标。")


def levels_are_known(form: FilledForm) -> Iterator[Finding]:
    if form.kind not in _PROJECT_FORMS or "level1" not in form.columns:
        return
    told: set[str] = set()
    for each in form.indicators:
        level = level_of(each.level1)
        if level is None and each.level1 not in told:
            told.add(each.level1)
            shown = f"“{each.level1}”" if each.level1 else "空的"
            yield found("level_unknown", each.cell("level1"),
                        f"{each.said}的一级指标是{shown}，应为成本、产出、效益或满意度指标，请改正。")
        if level and each.level2 in _BELONGS and level not in _BELONGS[each.level2]:
            right = "或".join(item.label for item in Level if item in _BELONGS[each.level2])
            yield found("level2_misplaced", each.cell("level2"),
                        f"{each.said}的“{each.level2}”列在{each.level1}下，应列在{right}下，请调整。")


def weights_add_up(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    if "weight" not in form.columns or not form.indicators or form.kind is PaperKind.PROGRESS_REPORT:
        return
    added = sum_of_weights(form)
    allowed = _allowed_totals(form, book)
    if added and added not in allowed:
        wanted = "或 ".join(f"{each.normalize():f}" for each in sorted(allowed))
        yield found("weights_total", form.total_weight.cell or form.indicators[0].cell("weight"),
                    f"各项分值合计 {_plain(added)} 分，应为 {wanted} 分，请调整分值。")
    stated = form.total_weight.number
    if stated is not None and stated != added and not (is_subtotal(form) and stated == _own_weights(form)):
        yield found("total_weight", form.total_weight,
                    f"合计栏的分值写 {_plain(stated)} 分，各项相加是 {_plain(added)} 分，请改正。")


def _own_weights(form: FilledForm) -> Decimal:
    return sum((each.weight or ZERO for each in form.indicators), ZERO)


def _allowed_totals(form: FilledForm, book: Rulebook) -> set[Decimal]:
    """A declaration leaves out the points of the execution rate; an older form has no such points at all."""
    template = book.weights.template(has_cost=form.has_cost_level, has_satisfaction=True)
    if form.kind.declares:
        return {template.declared, _HUNDRED}
    has_execution = form.execution is not None and form.execution.weight.number
    if form.kind.self_evaluates and not has_execution:
        return {template.declared, _HUNDRED}
    return {_HUNDRED}


def level_weights_follow_template(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    """G-5. Offices may shift points between levels for a reason, so this only warns.

    Only told where the office has a template of its own.
    """
    if form.kind not in _PROJECT_FORMS or "weight" not in form.columns:
        return
    given = {level: sum((each.weight or ZERO for each in form.indicators if level_of(each.level1) is level),
                        ZERO) for level in PLANNED}
    template = book.weights.template(has_cost=given[Level.COST] > 0,
                                     has_satisfaction=given[Level.SATISFACTION] > 0)
    if book.weights.cost_in_output:
        given[Level.OUTPUT] += given.pop(Level.COST)
    if book.weights.satisfaction_in_benefit:
        given[Level.BENEFIT] += given.pop(Level.SATISFACTION)
    if sum(given.values()) != template.declared:
        return
    severity = Severity.INFO if _spreads_points_freely(form) else None
    for level, points in given.items():
        if points and points != template.of(level):
            yield found("level_weight", _first_cell(form, level),
                        f"{level.label}共 {_plain(points)} 分，{book.title}规定为 {_plain(template.of(level))} 分，"
                        f"请调整或说明理由。", severity=severity)


def _spreads_points_freely(form: FilledForm) -> bool:
    """Points printed beside the levels, or 四川's form, whose 90 points are free between the indicators (T6)."""
    return bool(form.level_points) or (form.kind.self_evaluates and {"operator", "unit"} <= form.columns)


def _first_cell(form: FilledForm, level: Level) -> str:
    """Where the level begins; older forms may hold its points under another name."""
    return next((each.cell("level1") for each in form.indicators if level_of(each.level1) is level), "")


def level_points_agree(form: FilledForm) -> Iterator[Finding]:
    """产出指标（50分） against the points of its rows."""
    for stated in form.level_points:
        rows = [
            each for each in form.indicators
            if stated.name == getattr(each, stated.column) and stated.outer in {"", each.level1}
        ]
        added = sum((each.weight or ZERO for each in rows), ZERO)
        if rows and any(each.weight is not None for each in rows) and added != stated.points:
            yield found("level_points", stated.cell,
                        f"“{stated.name}”写明 {_plain(stated.points)} 分，下面各行合计 {_plain(added)} 分，请改成一致。")


def weights_are_filled(form: FilledForm) -> Iterator[Finding]:
    if "weight" not in form.columns:
        return
    for each in form.indicators:
        written = each["weight"]
        if not written or written.is_dash:
            if form.kind is not PaperKind.PROGRESS_REPORT:
                yield found("weight_missing", each.cell("weight"), f"{each.said}没有分值，请填写。")
        elif written.number is None:
            yield found("weight_unreadable", written, f"{each.said}的分值写的是“{written.text}”，请只填数字。")
        elif written.number <= 0:
            yield found("weight_not_positive", written,
                        f"{each.said}的分值是 {_plain(written.number)} 分，请填大于 0 的分值或删去此行。")


def names_are_specific(form: FilledForm) -> Iterator[Finding]:
    if form.kind in {PaperKind.TARGET_REVIEW, PaperKind.EX_ANTE, PaperKind.EVALUATION_SCORES}:
        return
    for each in form.indicators:
        name = plain(each.name)
        if not name:
            yield found("name_missing", each.cell("name"),
                        f"{each.level2 or each.level1}下有一行没有三级指标名称，请填写或删去此行。")
        elif name in _CATEGORIES or name == plain(each.level2) or name.removesuffix("指标") in _CATEGORIES:
            yield found("name_repeats_category", each.cell("name"), f"{each.said}只是重复了类别名称，请写成一项具体的三级指标。")
        elif any(mark in bare(each.name) for mark in ("、", ";")):
            yield found("name_compound", each.cell("name"), f"{each.said}合并了几项内容，无法用一个数考核，请拆成几条指标。")
        if _is_input(each):
            yield found("input_as_output", each.cell("name"), f"{each.said}是投入，不是产出，请改成用这些投入做成的事。")


def _is_input(indicator: FilledIndicator) -> bool:
    counted = indicator.level2 not in _NOT_COUNTED and "成本" not in indicator.level2
    at_output = level_of(indicator.level1) is Level.OUTPUT and counted
    name = plain(indicator.name)
    return at_output and any(word in name for word in _INPUTS) and not name.endswith("率")


def names_are_unique(form: FilledForm) -> Iterator[Finding]:
    counts = Counter(_identity(each, form) for each in form.indicators if each.name)
    seen: set[tuple[str, ...]] = set()
    for each in form.indicators:
        key = _identity(each, form)
        if counts[key] > 1 and key in seen:
            yield found("duplicate_indicator", each.cell("name"),
                        f"{each.said}在{each.level2 or '表中'}里列了 {counts[key]} 次，请合并或删去重复的一行。")
        seen.add(key)


def _identity(each: FilledIndicator, form: FilledForm) -> tuple[str, ...]:
    """A department's form may list the same indicator for several projects."""
    of_project = (each["of_project"].text, each["remark"].text) if form.kind.is_whole else ()
    return (each.level1, each.level2, plain(each.name), *of_project)


def standards_are_written(form: FilledForm) -> Iterator[Finding]:
    """G-12, only in forms that have the column."""
    if "standard" not in form.columns or not form.kind.declares:
        return
    for each in form.indicators:
        if not each["standard"]:
            yield found("standard_missing", each.cell("standard"), f"{each.said}没有评（扣）分标准，请写明怎样得分、怎样扣分。")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
