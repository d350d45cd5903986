"""The judgements of a progress report."""

from collections.abc import Iterator

from core.layout import plain
from core.notation import read_actual
from core.official.checking.findings import Finding, found
from core.official.filled import FilledForm, FilledIndicator, PaperKind

_CHOICES = {"certain": "确定能", "possible": "有可能", "impossible": "完全不可能"}
_CAUSES = ("funding", "policy_system", "staffing", "hardware", "other_cause", "reason", "note", "remark")


def judgements_are_given(form: FilledForm) -> Iterator[Finding]:
    if form.kind is not PaperKind.PROGRESS_REPORT:
        return
    for each in form.indicators:
        yield from _lamp(each, form)
        yield from _course(each, form)
    asked = form.columns & {"likelihood", *_CHOICES}
    for each in form.indicators if asked else ():
        chosen = likelihood_of(each)
        at = each.cell("likelihood" if "likelihood" in form.columns else "certain")
        if not chosen:
            yield found("likelihood_missing", at, f"{each.said}没有选完成目标可能性，请选确定能、有可能或完全不可能。")
        elif len(chosen) > 1:
            yield found("likelihood_several", at, f"{each.said}的完成目标可能性选了“{'、'.join(chosen)}”，请只选一项。")
        elif chosen[0] != "确定能":
            yield from _owed(each, chosen[0], form)


def _lamp(each: FilledIndicator, form: FilledForm) -> Iterator[Finding]:
    """A red or yellow lamp asks for a reason, whatever the prospects."""
    colour = next((word for word in ("红", "黄") if word in each["lamp"].text), "")
    if colour and (likelihood_of(each) or ["确定能"])[0] == "确定能":
        yield from _reason(each, f"预警灯为“{colour}”", form)


def _course(each: FilledIndicator, form: FilledForm) -> Iterator[Finding]:
    """A count only grows: what is expected for the year is not below what was already done."""
    if each.level2 != "数量指标" or each.actual is None or not each["forecast"]:
        return
    forecast = read_actual(each["forecast"].text, unit_col=each["unit"].text or None, name=each.name,
                           target=each.target, year=form.year)
    done = each.actual
    if forecast.is_number and done.is_number and forecast.unit == done.unit and forecast.values[0] < done.values[0]:
        yield found("forecast_under_actual", each.cell("forecast"),
                    f"{each.said}已完成“{done.cell}”，全年预计完成却是“{forecast.cell}”，请改正。")


def likelihood_of(each: FilledIndicator) -> list[str]:
    """What was ticked, or written in the one column."""
    if each["likelihood"]:
        text = plain(each["likelihood"].text)
        return [next((word for word in ("完全不可能", "有可能", "确定能") if word in text), text)]
    return [label for name, label in _CHOICES.items() if each[name] and not each[name].is_dash]


def _reason(each: FilledIndicator, because: str, form: FilledForm) -> Iterator[Finding]:
    reasons = [name for name in _CAUSES if name in form.columns]
    if reasons and not any(each[name] and not each[name].is_dash for name in reasons):
        yield found("deviation_reason", each.cell(reasons[0]), f"{each.said}的{because}，没有写偏差原因，请补填。")


def _owed(each: FilledIndicator, chosen: str, form: FilledForm) -> Iterator[Finding]:
    yield from _reason(each, f"完成目标可能性为“{chosen}”", form)
    if "forecast" in form.columns and (not each["forecast"] or each["forecast"].is_dash):
        yield found("forecast_missing", each.cell("forecast"),
                    f"{each.said}的完成目标可能性为“{chosen}”，没有填全年预计完成情况，请补填。")
