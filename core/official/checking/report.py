"""A checked form as data for programs and as lines for people."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.errors import Reason
from core.official.checking import Checked
from core.official.checking.findings import Finding, Severity
from core.official.checking.proposals import Proposal, sum_of_weights
from core.official.filled import FilledForm, FundRow


def as_data(checked: Checked) -> dict[str, Any]:
    """One object for `check_form --json`; amounts in 万元 and scores as text, so that no digit is lost."""
    form = checked.form
    return {
        "file": form.file,
        "kind": form.kind.value,
        "title": form.kind.label,
        "project": form.project.text,
        "department": form.department.text,
        "unit": form.unit.text,
        "year": form.year,
        "ruleset": checked.book.name,
        "funds": [_fund(row) for row in form.funds],
        "indicators": [_indicator(each) for each in checked.proposals],
        "totals": {
            "stated": _text(form.total_score.number),
            "computed": _text(checked.computed_total),
            "added": _text(checked.added_scores),
            "weight_stated": _text(form.total_weight.number),
            "weight_computed": _text(sum_of_weights(form)) if "weight" in form.columns else None,
            "execution_stated": _text(form.execution.score.number) if form.execution else None,
            "execution_computed": _text(checked.execution.score) if checked.execution else None,
        },
        "findings": [finding.as_data() for finding in checked.findings],
    }


def file_as_data(checked: Sequence[Checked]) -> dict[str, Any]:
    """The object of a file: its first form, with the findings of all its forms; the others in full under `others`.

    Cells on other sheets are written with the sheet: 桥梁!G9.
    """
    first, *others = (as_data(each) for each in checked)
    findings = [finding.as_data() for each in checked for finding in findings_with_sheet(each)]
    return first | {"findings": findings, "others": others}


def findings_with_sheet(checked: Checked) -> Iterator[Finding]:
    sheet = checked.form.sheet
    for each in checked.findings:
        on_first = not sheet or not each.cell or "!" in each.cell
        yield each if on_first else replace(each, cell=f"{sheet}!{each.cell}")


def unreadable(file: str, reasons: Sequence[Reason]) -> dict[str, Any]:
    """The same object for a file that is no official form."""
    return {
        "file": file, "kind": None, "project": "", "year": None, "funds": [], "indicators": [],
        "totals": {"stated": None, "computed": None},
        "findings": [
            Finding(severity=Severity.ERROR, code=reason.code, cell="",
                    message=reason.sentence).as_data() for reason in reasons
        ],
    }


def _fund(row: FundRow) -> dict[str, Any]:
    amounts = {name: row.yuan(name) for name in row.amounts}
    return {
        "kind": row.kind.value,
        "name": row.label.text,
        **{name: None if amount is None else in_wan(amount) for name, amount in amounts.items()},
        "rate": _text(row.ratio),
        "weight": _text(row.weight.number),
        "score": _text(row.score.number),
    }


def in_wan(amount_yuan: Decimal) -> str:
    """Exact: two decimals, more only where the amount has them."""
    amount = amount_yuan.scaleb(-4).normalize()
    return f"{amount:f}" if amount.as_tuple().exponent < -2 else f"{amount:.2f}"


def _indicator(proposal: Proposal) -> dict[str, Any]:
    each = proposal.indicator
    return {
        "level1": each.level1,
        "level2": each.level2,
        "name": each.name,
        "weight": _text(each.weight),
        "score": _text(each.score),
        "target": each.target.as_data(),
        "actual": each.actual.as_data() if each.actual is not None else None,
        "proposed_score": _text(proposal.score),
        "met": proposal.verdict.met if proposal.verdict else None,
        "cell": each["name"].cell,
    }


def texts_by_cell(form: FilledForm) -> dict[str, str]:
    """What was read in each cell that the form holds an entry for."""
    written = [form.project, form.code, form.department, form.unit, form.total_weight, form.total_score,
               *form.fields.values()]
    for row in form.funds:
        written += [row.label, *row.amounts.values(), row.rate, row.weight, row.score, row.reason]
    for each in (*form.indicators, *form.overall_indicators):
        written += each.cells.values()
    for line in form.lines:
        written += line.values()
    return {each.cell: each.text for each in (*written, *form.faulty_cells) if each.cell and each.text}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def lines_for_people(checked: Checked) -> Iterator[str]:
    """What the command prints without --json."""
    form = checked.form
    year = f"{form.year}年度" if form.year else "年度不明"
    place = f"（{form.sheet}）" if form.sheet else ""
    yield f"{form.file}{place}：{form.kind.label}，{year}，{form.project.text or form.department.text or '名称不明'}"
    yield f"  规则：{checked.book.title}；资金 {len(form.funds)} 行，指标 {len(form.indicators)} 条"
    for each in checked.proposals:
        yield from _score_line(each)
    if checked.computed_total is not None:
        stated = form.total_score.number
        yield f"  总分：表里写 {_shown(stated)}，按规则计算 {checked.computed_total}"
    for finding in findings_with_sheet(checked):
        where = f"{finding.cell} " if finding.cell else ""
        yield f"  [{finding.severity.label}] {where}{finding.message}"
    if not checked.findings:
        yield "  没有发现问题。"


def _score_line(proposal: Proposal) -> Iterator[str]:
    each = proposal.indicator
    if each.weight is None or "score" not in each.cells:
        return
    proposed = "须人工评分" if proposal.score is None else str(proposal.score)
    yield f"  {each.name}：分值 {each.weight}，表里写 {_shown(each.score)}，按规则计算 {proposed}"


def _shown(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:f}"
