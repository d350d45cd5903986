"""The paper forms of this app: 项目支出绩效目标申报表, 项目支出绩效目标审核表 and 部门整体支出绩效目标申报表."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.utils import timezone

from budgets.models import Project
from budgets.official import (
    MONEY_UNIT,
    SOURCE_ROWS,
    TOTAL_ROW,
    YEAR_NAMES,
    ZERO,
    code_line,
    unit_line,
    wrote,
)
from core.official import FormDocument, Row, Table, label, text
from core.official.kinds import Filing, FormKind, handed_in, register, subject_of_record, visible_row
from core.official.parts import (
    BLANK_DATE,
    Line,
    blank_cells,
    centred,
    grouped,
    long_date,
    money,
    plain,
    points,
    room,
    score,
    with_points,
    year_label,
)
from core.rulebook import Rulebook
from core.rulebook.terms import Level
from targets import rules
from targets.models import (
    LEVEL2_OF,
    DeclarationReview,
    Indicator,
    Level1,
    TargetDeclaration,
)

COST_IN_OUTPUT, SATISFACTION_IN_BENEFIT = "成本指标", "满意度指标"


# --- the indicators of every form ----------------------------------------------------------------------------------


def level_rows(indicators: Iterable[Indicator], cells: Callable[[Indicator], Row]) -> list[Row]:
    """One row an indicator behind its merged levels, the first with the points of its group."""
    found = list(indicators)
    whole = {level: sum((each.weight for each in found if each.level1 == level), ZERO) for level in Level1.values}
    return grouped([
        (with_points(each.get_level1_display(), whole[each.level1]), each.get_level2_display(), cells(each))
        for each in found
    ])


def blank_level_rows(book: Rulebook, *, columns: int, rows_each: int = 2) -> list[Row]:
    """The same rows to be filled in by hand, with levels and points of the rule set; ``columns`` follow the levels."""
    lines: list[Line] = []
    for first, seconds in _levels_of(book):
        lines += [(first, second, blank_cells(columns)) for second in seconds for _ in range(rows_each)]
    return grouped(lines)


def _levels_of(book: Rulebook) -> list[tuple[str, list[str]]]:
    template = book.weights.template(has_cost=True, has_satisfaction=True)
    found = []
    for level in Level1:
        whole = template.of(Level(level.value))
        if whole:
            seconds = [second.label for second in LEVEL2_OF[level]]
            if level == Level1.OUTPUT and book.weights.cost_in_output:
                seconds.append(COST_IN_OUTPUT)
            if level == Level1.BENEFIT and book.weights.satisfaction_in_benefit:
                seconds.append(SATISFACTION_IN_BENEFIT)
            found.append((with_points(level.label, whole), seconds))
    return found


def declared_points(book: Rulebook) -> Decimal:
    return book.weights.template(has_cost=True, has_satisfaction=True).declared


# --- 项目支出绩效目标申报表 -----------------------------------------------------------------------------------------


def declaration_form(declaration: TargetDeclaration | None, book: Rulebook) -> FormDocument:
    project = declaration.project_year.project if declaration else None
    filler = declaration and (declaration.submitted_by or declaration.created_by)
    return FormDocument(
        title="项目支出绩效目标申报表", columns=(9, 20, 18, 34, 29, 10, 26, 28, 18),
        year_label=year_label(declaration.project_year.fiscal_year_id if declaration else None),
        unit_line=unit_line(project), money_unit_line=MONEY_UNIT,
        blocks=(
            _declaration_facts(declaration), _declared_indicators(declaration, book), _declaration_end(declaration),
        ),
        signatures=(
            f"填报人：{wrote(filler)}", f"联系电话：{project.owner_phone if project else ''}", "单位负责人（签字）：",
            f"填报日期：{BLANK_DATE}",
        ),
        notes=("注：分值由单位按各类指标的规定分值设定；预算执行率的分值在绩效自评时计入。",),
        reference=code_line(project), version=version_of(declaration),
    )


def version_of(declaration: TargetDeclaration | None) -> str:
    if declaration is None:
        return ""
    draft = "（未报送）" if declaration.state in declaration.editable_states else ""
    return f"第 {declaration.version} 版{draft}"


def _declaration_facts(declaration: TargetDeclaration | None) -> Table:
    project = declaration.project_year.project if declaration else None
    year = declaration.project_year if declaration else None
    asked = {line.source: line.requested_yuan for line in year.lines.all()} if year else None
    rows = [
        _pair("项目名称", project.name if project else "", "项目编码", project.code if project else ""),
        _pair("主管部门", project.department.name if project else "", "实施单位", project.unit.name if project else ""),
        _pair("项目属性", project.get_attribute_display() if project else "", "项目类型",
              project.get_duration_type_display() if project else ""),
        _pair("起止时间", _period(project), "项目负责人", project.owner_name if project else ""),
        (label("项目资金\n（万元）", colspan=2, rowspan=4), text(TOTAL_ROW, colspan=3),
         money(sum(asked.values(), ZERO) if asked is not None else None, colspan=4)),
    ]
    rows += [
        (text(name, colspan=3), money(asked.get(source, ZERO) if asked is not None else None, colspan=4))
        for source, name in SOURCE_ROWS.items()
    ]
    rows += [
        (label(name, colspan=2), room(getattr(declaration, field) if declaration else "", colspan=7))
        for name, field in (
            ("项目概况", "project_summary"), ("总体（中长期）\n目标", "overall_goal"), ("年度总体目标", "annual_goal"),
        )
    ]
    return Table(tuple(rows))


def _pair(first: str, first_value: str, second: str, second_value: str) -> Row:
    return (
        label(first, colspan=2), text(first_value, colspan=2), label(second, colspan=2), text(second_value, colspan=3),
    )


def _period(project: Project | None) -> str:
    return f"{long_date(project.starts_on)}至{long_date(project.ends_on)}" if project else ""


def _declared_indicators(declaration: TargetDeclaration | None, book: Rulebook) -> Table:
    indicators = declaration.indicator_list() if declaration else []
    rows = level_rows(indicators, _declared_cells) if indicators else blank_level_rows(book, columns=6)
    head = (
        label("绩效指标", rowspan=len(rows) + 1, vertical=True), label("一级指标"), label("二级指标"), label("三级指标"),
        label("年度指标值"), label("分值"), label("指标解释"), label("评（扣）分标准"), label("指标值来源"),
    )
    whole = sum((each.weight for each in indicators), ZERO) if indicators else declared_points(book)
    total = (label("合计", colspan=5, bold=True), points(whole, bold=True), text(colspan=3))
    return Table((head, *rows, total), header_rows=1)


def _declared_cells(indicator: Indicator) -> Row:
    return (
        text(indicator.name), centred(indicator.target_shown), points(indicator.weight), text(indicator.explanation),
        text(indicator.scoring_standard), centred(indicator.source),
    )


def _declaration_end(declaration: TargetDeclaration | None) -> Table:
    newest: dict[str, DeclarationReview] = {}
    for review in declaration.reviews.all() if declaration else ():
        newest[review.side] = review
    steps = rules.schedule_text(rules.steps_content(declaration.step_list())) if declaration else ""
    said = {
        "实施进度计划": steps,
        "保证项目实施的\n制度、措施": declaration.safeguards if declaration else "",
        "主管部门\n审核意见": _opinion(newest.get(DeclarationReview.Side.DEPARTMENT)),
        "业务股室\n审核意见": declaration.business_opinion if declaration else "",
        "财政部门\n审核意见": _opinion(newest.get(DeclarationReview.Side.FISCAL)),
    }
    return Table(tuple((label(name, colspan=2), room(value, colspan=7)) for name, value in said.items()))


def _opinion(review: DeclarationReview | None) -> str:
    return f"{review.opinion}（审核等级：{review.grade}，{plain(review.total)}分）" if review else ""


def find_declaration(user, pk: int, year: int | None = None) -> TargetDeclaration:
    return TargetDeclaration.objects.visible_to(user).select_related(
        *YEAR_NAMES, "submitted_by", "created_by"
    ).prefetch_related("indicators", "reviews", "schedule", "project_year__lines").get(pk=pk)


# --- 项目支出绩效目标审核表 -----------------------------------------------------------------------------------------


def review_form(review: DeclarationReview | None, book: Rulebook) -> FormDocument:
    year = review.declaration.project_year if review else None
    project = year.project if year else None
    return FormDocument(
        title="项目支出绩效目标审核表", columns=(30, 42, 16, 16, 60),
        year_label=year_label(year.fiscal_year_id if year else None),
        unit_line=f"审核部门（盖章）：{review.get_side_display() if review else ''}", money_unit_line=MONEY_UNIT,
        blocks=(_review_facts(project, year), _review_scores(review, book), _review_end(review)),
        signatures=(f"审核人：{wrote(review and review.by)}", "审核部门负责人（签字）：",
                    f"审核日期：{long_date(timezone.localdate(review.at) if review else None)}"),
        notes=(_review_note(book),), reference=code_line(project),
        version=version_of(review.declaration if review else None),
    )


def _review_note(book: Rulebook) -> str:
    bands = "、".join(f"{band.name}（{plain(band.lower)}分以上）" for band in book.review.bands[:-1])
    last = book.review.bands[-1].name
    return f"注：综合评定等级按审核得分确定：{bands}，以下为{last}。"


def _review_facts(project: Project | None, year) -> Table:
    return Table((
        (label("项目名称"), text(project.name if project else "", colspan=4)),
        (label("主管部门"), text(project.department.name if project else ""), label("实施单位", colspan=2),
         text(project.unit.name if project else "")),
        (label("申请资金"), money(year.requested_yuan if year else None), label("审核方式", colspan=2),
         text("定量" if year else "")),
    ))


def _review_scores(review: DeclarationReview | None, book: Rulebook) -> Table:
    lines: list[Line] = []
    for dimension in book.review.dimensions:
        whole = sum((item.points for item in dimension.items), Decimal(0))
        for item in dimension.items:
            given = review.points.get(item.name) if review else None
            cells = (points(item.points), score(None if given is None else Decimal(given)), text())
            lines.append((with_points(dimension.name, whole), item.name, cells))
    head = (label("审核内容"), label("审核要点"), label("分值"), label("得分"), label("存在问题"))
    total = (
        label("审核得分合计", colspan=2, bold=True), points(Decimal(100), bold=True),
        score(review.total if review else None, bold=True), text(),
    )
    return Table((head, *grouped(lines), total), header_rows=1)


def _review_end(review: DeclarationReview | None) -> Table:
    return Table((
        (label("综合评定等级"), text(review.grade if review else "", colspan=4)),
        (label("总体意见"), room(review.opinion if review else "", colspan=4)),
    ))


def rulebook_of_review(review: DeclarationReview) -> Rulebook:
    return review.declaration.rulebook()


def subject_of_review(review: DeclarationReview) -> str:
    return f"{subject_of_record(review.declaration)}-{review.get_side_display()}"


register(FormKind(
    name="target_declaration", title="项目支出绩效目标申报表", order=10, model=TargetDeclaration,
    document=declaration_form, find=find_declaration, subject=subject_of_record,
    filing=Filing(
        part="绩效目标", place=20,
        within=handed_in(unless={*TargetDeclaration.editable_states, TargetDeclaration.State.UNIT_REVIEW}),
    ),
))
register(FormKind(
    name="target_review", title="项目支出绩效目标审核表", order=30, model=DeclarationReview, document=review_form,
    find=visible_row(DeclarationReview, "by", *(f"declaration__{name}" for name in YEAR_NAMES)),
    subject=subject_of_review, rulebook=rulebook_of_review,
    filing=Filing(
        part="绩效目标", place=30, within=handed_in("declaration__project_year"),
        note=DeclarationReview.get_side_display,
    ),
))
