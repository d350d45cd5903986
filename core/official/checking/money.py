"""The money block: amounts, totals, execution rate and its score."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from core.money import half_up, percent_text, wan_text
from core.official.checking.findings import Finding, Severity, found
from core.official.checking.proposals import ZERO, execution_base, propose_execution
from core.official.filled import FilledForm, FundKind, FundRow, PaperKind, Written
from core.rulebook import Rulebook
from core.rulebook.terms import Level

_TITLES = {
    "declared": "申请数", "initial": "年初预算数", "adjusted": "全年预算数", "executed": "执行数", "forecast": "全年预计执行数",
    "surplus": "预计结余",
}
_HAVE_FUNDS = {
    PaperKind.TARGET_DECLARATION, PaperKind.PROGRESS_REPORT, PaperKind.SELF_EVALUATION,
    PaperKind.DEPARTMENT_SELF_EVALUATION,
}
_HUGE_YUAN = Decimal(10) ** 11
_EXPLAINING = ("execution_note", "deviation", "problems", "measures", "process", "conclusion")
_PARTS = {FundKind.FISCAL, FundKind.CARRYOVER, FundKind.OTHER, FundKind.UNKNOWN}


def amounts_are_readable(form: FilledForm) -> Iterator[Finding]:
    if form.kind in _HAVE_FUNDS and form.total_fund is None:
        in_another_table = form.kind.declares and not form.funds
        yield found("funds_missing", "", f"《{form.kind.label}》里没有读到资金总额，请填写资金一栏。",
                    severity=Severity.WARNING if in_another_table else None)
    for row in form.funds:
        for column, written in row.amounts.items():
            yield from _amount(row, column, written)


def _amount(row: FundRow, column: str, written: Written) -> Iterator[Finding]:
    where = f"{row.said}的{_TITLES[column]}"
    amount = row.yuan(column)
    if not written or written.is_dash:
        if row.kind is FundKind.TOTAL and column in {"declared", "adjusted", "executed"}:
            yield found("amount_missing", written, f"{where}没有填写，请填写金额，没有的填 0。")
    elif amount is None:
        yield found("amount_unreadable", written, f"{where}写的是“{written.text}”，不是金额，请只填数字。")
    elif amount < 0:
        yield found("amount_negative", written, f"{where}是 {wan_text(amount)} 万元，金额不能为负，请改正。",
                    severity=Severity.WARNING if column == "surplus" else None)
    elif amount >= _HUGE_YUAN:
        yield found("amount_scale", written, f"{where}折合 {wan_text(amount)} 万元，疑似把元填进了以万元计的表，请核对单位。")


def totals_add_up(form: FilledForm) -> Iterator[Finding]:
    total = form.total_fund
    if total is None:
        return
    for column in total.amounts:
        whole = total.yuan(column)
        rows = [row for row in form.funds if row is not total and row.yuan(column) is not None]
        if whole is None or not rows:
            continue
        yield from _total(total, column, whole, _parts(rows))
        yield from _fiscal_parts(column, rows)


def _parts(rows: list[FundRow]) -> list[FundRow]:
    """The rows that make up the total; the levels of government stand for fiscal money that has no row."""
    parts = [row for row in rows if row.kind in _PARTS]
    if all(row.kind is not FundKind.FISCAL for row in parts):
        parts += [row for row in rows if row.kind is FundKind.FISCAL_PART]
    return parts


def _total(total: FundRow, column: str, whole: Decimal, parts: list[FundRow]) -> Iterator[Finding]:
    title, at = _TITLES[column], total.cell(column)
    added = sum((row.yuan(column) for row in parts), ZERO)
    if not parts or added == whole:
        return
    if whole == 0:
        yield found("fund_total_zero", at,
                    f"{title}的资金总额填的是 0，各分项合计却是 {wan_text(added)} 万元，请改为 {wan_text(added)}。")
        return
    outside = [row for row in parts if row.yuan(column) and added - row.yuan(column) == whole]
    if len(outside) == 1 and len(parts) > 1:
        row = outside[0]
        yield found("fund_row_outside", row.cell(column),
                    f"{row.said}的{title} {wan_text(row.yuan(column))} 万元没有计入资金总额 {wan_text(whole)} 万元，"
                    f"请把总额改为 {wan_text(added)} 或删去此行。")
        return
    larger = [row for row in parts if row.yuan(column) > whole]
    for row in larger:
        yield found("fund_over_total", row.cell(column),
                    f"{row.said}的{title} {wan_text(row.yuan(column))} 万元大于资金总额 {wan_text(whole)} 万元，请核对。")
    if not larger:
        yield found("fund_total", at, f"{title}各分项合计 {wan_text(added)} 万元，资金总额写的是 {wan_text(whole)} 万元，"
                                      f"相差 {wan_text(abs(whole - added))} 万元，请核对。")


def _fiscal_parts(column: str, rows: list[FundRow]) -> Iterator[Finding]:
    fiscal = [row for row in rows if row.kind is FundKind.FISCAL]
    levels = [row for row in rows if row.kind is FundKind.FISCAL_PART]
    added = sum((row.yuan(column) for row in levels), ZERO)
    whole = fiscal[0].yuan(column) if len(fiscal) == 1 else added
    if added > whole or (added < whole and len(levels) > 1):
        yield found("fund_parts", fiscal[0].cell(column),
                    f"{_TITLES[column]}的各级财政资金合计 {wan_text(added)} 万元，"
                    f"财政拨款写的是 {wan_text(whole)} 万元，请核对。")


def spending_is_within_budget(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    for row in form.funds:
        executed, base = row.yuan("executed"), execution_base(row, book)
        if executed is None or base is None or executed <= base:
            continue
        where = f"{row.said}的执行数 {wan_text(executed)} 万元"
        if base == 0:
            yield found("spent_without_budget", row.cell("executed"), f"{where}，预算数却是 0，请先核对预算和支付数据。")
        elif row.kind is FundKind.TOTAL:
            yield found("overspent", row.cell("executed"), f"{where}超过预算 {wan_text(base)} 万元，请核对，确有超支的说明原因。")
        else:
            yield found("row_overspent", row.cell("executed"), f"{where}超过本项预算 {wan_text(base)} 万元，请核对资金来源。")


def forecast_is_possible(form: FilledForm) -> Iterator[Finding]:
    """全年预计执行数 lies between what was spent so far and the budget."""
    for row in form.funds:
        budget, forecast, executed = (row.yuan(name) for name in ("adjusted", "forecast", "executed"))
        budget = row.yuan("initial") if budget is None else budget
        if forecast is None:
            continue
        where = f"{row.said}的全年预计执行数 {wan_text(forecast)} 万元"
        if budget is not None and forecast > budget:
            yield found("forecast_over_budget", row.cell("forecast"),
                        f"{where}超过预算 {wan_text(budget)} 万元，请核对，确需追加的先办理预算调整。")
        if executed is not None and forecast < executed:
            yield found("forecast_under_executed", row.cell("forecast"),
                        f"{where}小于已执行的 {wan_text(executed)} 万元，请改正。")


def surplus_follows(form: FilledForm) -> Iterator[Finding]:
    """预计结余 = 预算 − 全年预计执行数."""
    for row in form.funds:
        budget, forecast, surplus = (row.yuan(name) for name in ("adjusted", "forecast", "surplus"))
        budget = row.yuan("initial") if budget is None else budget
        if None in (budget, forecast, surplus) or budget - forecast == surplus:
            continue
        yield found("surplus_wrong", row.cell("surplus"),
                    f"{row.said}预算 {wan_text(budget)} 万元、全年预计执行 {wan_text(forecast)} 万元，"
                    f"结余应为 {wan_text(budget - forecast)} 万元，表里写 {wan_text(surplus)} 万元，请改正。")


def rates_follow(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    for row in form.funds:
        executed, base = row.yuan("executed"), execution_base(row, book)
        if executed is None or not base or base < 0:
            continue
        rate = Fraction(executed) / Fraction(base)
        if not row.rate or row.rate.is_dash:
            if row.kind is FundKind.TOTAL and row.rate.cell:
                yield found("rate_missing", row.rate, f"{row.said}没有填执行率，按金额应为 {percent_text(rate, 2)}，请补填。")
        elif row.ratio is None or not _same_rate(row, rate):
            yield _wrong_rate(row, executed, base, rate, book)


def _same_rate(row: FundRow, rate: Fraction) -> bool:
    """Equal as far as it was written out, at least to the percent."""
    in_percent = row.ratio * 100
    places = max(0, -in_percent.normalize().as_tuple().exponent)
    return half_up(rate * 100, min(places, 4)) == half_up(in_percent, min(places, 4))


def _wrong_rate(row: FundRow, executed: Decimal, base: Decimal, rate: Fraction, book: Rulebook) -> Finding:
    bases = {name: row.yuan(name) for name in ("initial", "adjusted")}
    for name, other in bases.items():
        if row.ratio is not None and other and other != base and _same_rate(row,
                Fraction(executed) / Fraction(other)):
            return found("rate_base", row.rate,
                         f"{row.said}的执行率 {row.rate.text} 是按{_TITLES[name]}算的，"
                         f"规定按{book.execution.denominator.label}算，应为 {percent_text(rate, 2)}，请改正。")
    return found("rate_wrong", row.rate,
                 f"{row.said}执行 {wan_text(executed)} 万元、预算 {wan_text(base)} 万元，执行率应为 {percent_text(rate, 2)}，"
                 f"表里写“{row.rate.text}”，请改正。")


def execution_is_scored(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    row = form.execution
    if not form.kind.self_evaluates or row is None:
        return
    weight, stated = row.weight.number, row.score.number
    wanted = book.weights.template(has_cost=form.has_cost_level, has_satisfaction=True).of(Level.EXECUTION)
    if weight is not None and weight != wanted:
        yield found("execution_weight", row.weight, f"预算执行率的分值是 {weight} 分，{book.title}规定为 {wanted} 分，请核对。")
    working = propose_execution(form, book)
    if stated is None:
        if weight:
            yield found("execution_score_missing", row.score, f"预算执行率有 {weight} 分，没有填得分，请按执行率计算后填写。")
    elif working is not None and not agrees(row.score, working.score, weight):
        yield found("execution_score", row.score,
                    f"预算执行率得分写 {stated} 分，按金额应得 {working.score} 分（{working.formula}），请改正。")


def agrees(stated: Written, proposed: Decimal, weight: Decimal | None) -> bool:
    """Equal to a hundredth, or as far as a score with one decimal goes; nothing is rounded up to full marks."""
    number = stated.number
    if abs(number - proposed) <= Decimal("0.01"):
        return number != weight or proposed == number
    return stated.places == 1 and half_up(proposed, 1) == number and number != weight


def low_rate_is_explained(form: FilledForm, book: Rulebook) -> Iterator[Finding]:
    row = form.total_fund
    if not form.kind.self_evaluates or row is None:
        return
    executed, base = row.yuan("executed"), execution_base(row, book)
    if executed is None or not base or base < 0:
        return
    rate = Fraction(executed) / Fraction(base)
    if rate >= book.execution.explain_below:
        return
    written = [row.reason, form.execution.reason if form.execution else row.reason,
               *(form.field(name) for name in _EXPLAINING)]
    if not any(each and not each.is_dash for each in written):
        limit = percent_text(book.execution.explain_below, 0)
        at = row.reason.cell or row.rate.cell or row.cell("executed")
        yield found("low_execution_reason", at,
                    f"预算执行率 {percent_text(rate, 2)} 低于 {limit}，没有说明原因，"
                    f"请写明执行率偏低的原因。")
