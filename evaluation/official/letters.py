"""绩效评价反馈意见书: a letter; what the unit answers later stands in the ledger, not here."""

from decimal import Decimal

from budgets.official import YEAR_NAMES, code_line
from core.models import Organisation, OrganisationKind
from core.official import Align, FormDocument, Prose, Row, Table, label, text
from core.official.kinds import Filing, FormKind, handed_in, register, subject_of_record
from core.official.parts import long_date, points, year_label
from core.rulebook import Rulebook
from evaluation.models import EvaluationKind, Rectification

GROUND = "根据《项目支出绩效评价管理办法》（财预〔2020〕10号）"
GAP = "　　　　"
EMPTY_PROBLEMS = 6


def letter_form(letter: Rectification | None, book: Rulebook) -> FormDocument:
    year = letter.project_year if letter else None
    return FormDocument(
        title="绩效评价反馈意见书", columns=(10, 78, 56, 36), year_label=year_label(year.fiscal_year_id if year else None),
        unit_line=f"文号：{letter.letter_no if letter else ''}",
        blocks=(
            Prose((f"{year.project.unit.name if year else GAP * 3}：",), indent=False),
            Prose(tuple(_opening(letter))),
            _problems(letter, book),
            Prose((_closing(book),)),
            Prose((issuer_of(letter) if letter else f"评价部门（盖章）：{GAP * 2}",
                   long_date(letter.issued_on if letter else None)), align=Align.RIGHT, indent=False),
        ),
        signatures=("签收单位（盖章）：", "签收人：", "签收日期："), reference=code_line(year.project if year else None),
        version="正式版" if letter else "",
    )


def issuer_of(letter: Rectification) -> str:
    """The evaluating body: the department for its own evaluation, the finance bureau for the others."""
    if letter.evaluation.kind == EvaluationKind.DEPARTMENT:
        return letter.project_year.project.department.name
    return Organisation.objects.get(kind=OrganisationKind.FISCAL_BUREAU).name


def _opening(letter: Rectification | None) -> list[str]:
    if letter is None:
        return [
            f"{GROUND}，我局对你单位{GAP}年度“{GAP * 3}”项目开展了{GAP}评价，评价得分{GAP}分，评价等级为“{GAP}”。",
            f"评价结论：{GAP * 4}", "评价发现的问题和整改要求如下：",
        ]
    evaluation, year = letter.evaluation, letter.project_year
    by = f"委托{evaluation.institution.name}" if evaluation.institution else ""
    return [
        f"{GROUND}，我局{by}对你单位{year.fiscal_year_id}年度“{year.project.name}”项目开展了{evaluation.get_kind_display()}，"
        f"评价得分{evaluation.score}分，评价等级为“{evaluation.grade}”。",
        f"评价结论：{evaluation.conclusion}", "评价发现的问题和整改要求如下：",
    ]


def _problems(letter: Rectification | None, book: Rulebook) -> Table:
    head = (label("序号"), label("存在问题"), label("整改要求"), label("完成时限"))
    texts = [item.problem for item in letter.items.all()] if letter else [""] * EMPTY_PROBLEMS
    limit = f"收到本意见书之日起{book.deadlines.rectification_result}日内" if letter else ""
    rows: list[Row] = []
    for place, problem in enumerate(texts, start=1):
        row: Row = (points(Decimal(place)), text(problem))
        if place == 1:
            row += (text(letter.demands if letter else "", rowspan=len(texts)), text(limit, rowspan=len(texts)))
        rows.append(row)
    return Table((head, *rows), header_rows=1)


def _closing(book: Rulebook) -> str:
    return f"请于收到本意见书之日起{book.deadlines.rectification_plan}日内报送整改方案，并按期报送整改结果。"


def find_letter(user, pk: int, year: int | None = None) -> Rectification:
    return Rectification.objects.visible_to(user).select_related(
        *YEAR_NAMES, "evaluation__institution"
    ).prefetch_related("items").get(pk=pk)


register(FormKind(
    name="feedback_letter", title="绩效评价反馈意见书", order=90, model=Rectification, document=letter_form,
    find=find_letter, subject=subject_of_record,
    filing=Filing(part="反馈整改", place=80, within=handed_in()),
))
