"""绩效目标批复: the letter that goes out with the budget, and the table of what it approves."""

from collections.abc import Sequence

from budgets.official import MONEY_UNIT
from core.models import Organisation, OrganisationKind
from core.official import Align, FormDocument, Prose, Row, Table, label, text
from core.official.kinds import Filing, FormKind, register
from core.official.parts import blank_cells, centred, long_date, money, points, year_label
from core.rulebook import Rulebook
from targets import queries
from targets.models import Approval, TargetDeclaration

GAP = "　　　　"
EMPTY_ROWS = 6
COLUMNS = (8, 34, 22, 22, 40, 26, 12)


class ApprovalSeen:
    """An approval with the declarations of it that one person may see."""

    def __init__(self, approval: Approval, declarations: Sequence[TargetDeclaration]):
        self.approval = approval
        self.declarations = declarations

    def rulebook(self) -> Rulebook:
        return self.approval.rulebook()

    @property
    def is_whole(self) -> bool:
        return len(self.declarations) == self.approval.declarations().count()


def approval_form(seen: ApprovalSeen | None, book: Rulebook) -> FormDocument:
    approval = seen.approval if seen else None
    rows = [row for place, each in enumerate(seen.declarations, start=1) for row in _project_rows(place, each)] \
        if seen else [blank_cells(len(COLUMNS)) for _ in range(EMPTY_ROWS)]
    head = tuple(map(label, ("序号", "项目名称和编码", "实施单位", "批复金额", "绩效指标", "指标值", "分值")))
    return FormDocument(
        title="预算绩效目标批复表", columns=COLUMNS, year_label=year_label(approval.fiscal_year_id if approval else None),
        unit_line=f"文号：{approval.document_no if approval else ''}", money_unit_line=MONEY_UNIT,
        blocks=(
            Prose((f"{approval.department.name if approval else GAP * 3}：",), indent=False),
            Prose(_letter(seen)),
            Table((head, *rows), header_rows=1),
            Prose((_issuer(), long_date(approval.approved_on if approval else None)), align=Align.RIGHT, indent=False),
        ),
        notes=() if seen is None or seen.is_whole else ("注：本表只列出本单位的项目，其余项目见主管部门收存的批复表。",),
        version="正式版" if seen else "",
    )


def _letter(seen: ApprovalSeen | None) -> tuple[str, ...]:
    year = str(seen.approval.fiscal_year_id) if seen else GAP
    count = str(len(seen.declarations)) if seen else GAP
    return (
        f"你单位报送的{year}年度项目支出绩效目标收悉。经审核，现将 {count} 个项目的预算和绩效目标一并批复如下，请遵照执行。",
        "请按照批复的绩效目标组织项目实施，开展绩效运行监控和绩效自评。绩效目标一经批复，一般不予调整；"
        "确需调整的，应当随预算调整按原申报程序报批。",
    )


def _project_rows(place: int, declaration: TargetDeclaration) -> list[Row]:
    """The project beside its indicators, one row each."""
    year, indicators = declaration.project_year, declaration.indicator_list()
    height = len(indicators)
    project = (
        centred(str(place), rowspan=height), text(f"{year.project.name}\n{year.project.code}", rowspan=height),
        text(year.project.unit.name, rowspan=height),
        text(_amount(declaration), rowspan=height, align=Align.RIGHT),
    )
    lines = [(text(each.name), centred(each.target_shown), points(each.weight)) for each in indicators]
    return [(*project, *line) if number == 0 else line for number, line in enumerate(lines)]


def _amount(declaration: TargetDeclaration) -> str:
    """The approved budget; of an adjustment the change and what the budget comes to with it."""
    year = declaration.project_year
    if not hasattr(declaration, "adjustment"):
        return money(year.initial_yuan).text
    change = declaration.adjustment.amount_yuan
    return f"{'+' if change > 0 else ''}{money(change).text}\n（调整）"


def _issuer() -> str:
    return Organisation.objects.get(kind=OrganisationKind.FISCAL_BUREAU).name


def find_approval(user, pk: int, year: int | None = None) -> ApprovalSeen:
    approval = queries.approvals_for(user).get(pk=pk)
    return ApprovalSeen(approval, queries.approved_by(approval, user))


def subject_of_approval(seen: ApprovalSeen) -> str:
    return f"{seen.approval.fiscal_year_id}年度{seen.approval.department.name}{seen.approval.document_no}"


register(FormKind(
    name="target_approval", title="预算绩效目标批复表", order=35, model=Approval, document=approval_form,
    find=find_approval, subject=subject_of_approval,
    filing=Filing(
        part="预算批复", place=40, within=lambda rows, number: rows.approving(number).order_by("pk"),
        note=lambda seen: seen.approval.document_no,
    ),
))
