"""What a check may find: each kind of fault with its name and how much it weighs."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.official.filled import Written
from core.rulebook.terms import Term


class Severity(Term):
    ERROR = "error", "错误"
    WARNING = "warning", "提醒"
    INFO = "info", "说明"


E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - columns of the table below

KINDS: dict[str, tuple[Severity, str]] = {
    # the file
    "other_extension": (I, "扩展名与内容不符"),
    "macros_ignored": (I, "文件带有宏"),
    "external_links": (W, "引用了其他文件"),
    "formats_unread": (W, "单元格格式没有读出"),
    "formula_without_value": (E, "公式没有计算结果"),
    "formula_error": (E, "公式出错"),
    "kind_differs": (W, "表名与指定的种类不一致"),
    "kind_guessed": (I, "没有表名，按栏目判断种类"),
    # the head
    "project_missing": (E, "缺项目名称"),
    "department_missing": (E, "缺主管部门"),
    "unit_missing": (E, "缺实施单位"),
    "year_missing": (E, "缺年度"),
    "goal_missing": (E, "缺年度目标"),
    "result_missing": (E, "缺实际完成情况"),
    "result_copied": (W, "实际完成情况照抄目标"),
    # the money
    "funds_missing": (E, "缺资金"),
    "amount_missing": (E, "金额未填"),
    "amount_unreadable": (E, "金额不是数字"),
    "amount_negative": (E, "金额为负"),
    "amount_scale": (W, "金额疑似错用单位"),
    "fund_total_zero": (E, "资金总额填 0"),
    "fund_total": (E, "资金分项合计不等于总额"),
    "fund_parts": (E, "分级财政资金合计不等于财政拨款"),
    "fund_over_total": (E, "分项大于总额"),
    "fund_row_outside": (E, "有资金行没有计入总额"),
    "spent_without_budget": (E, "没有预算却有支出"),
    "overspent": (W, "支出超过预算"),
    "row_overspent": (W, "分项支出超过分项预算"),
    "forecast_over_budget": (W, "全年预计执行数超过预算"),
    "forecast_under_executed": (E, "全年预计执行数小于已执行数"),
    "surplus_wrong": (E, "预计结余与预算、预计执行数不符"),
    "rate_missing": (W, "缺执行率"),
    "rate_wrong": (E, "执行率与金额不符"),
    "rate_base": (W, "执行率按其他口径计算"),
    "execution_weight": (W, "预算执行率分值不符合规定"),
    "execution_score_missing": (E, "缺预算执行率得分"),
    "execution_score": (E, "预算执行率得分与执行率不符"),
    "low_execution_reason": (W, "执行率偏低没有说明原因"),
    # the indicators
    "no_indicators": (E, "没有绩效指标"),
    "level_missing": (E, "缺一级指标"),
    "satisfaction_missing": (I, "没有满意度指标"),
    "cost_missing": (W, "工程和购置类项目没有成本指标"),
    "level_unknown": (W, "一级指标名称不规范"),
    "level2_missing": (W, "缺二级指标"),
    "level2_misplaced": (W, "二级指标归类不当"),
    "weights_total": (E, "分值合计不对"),
    "level_weight": (W, "一级指标分值偏离规定"),
    "level_points": (E, "一级指标所写分值与各行合计不符"),
    "weight_missing": (E, "缺分值"),
    "weight_unreadable": (E, "分值不是数字"),
    "weight_not_positive": (E, "分值不大于 0"),
    "name_missing": (E, "缺三级指标名称"),
    "name_repeats_category": (W, "指标名称重复类别"),
    "name_compound": (W, "一条指标合并了几项内容"),
    "input_as_output": (W, "把投入当作产出"),
    "duplicate_indicator": (E, "指标重复"),
    "standard_missing": (W, "缺评分标准"),
    # targets
    "target_missing": (E, "缺指标值"),
    "target_placeholder": (E, "指标值是占位符"),
    "target_without_number": (E, "指标值没有数字"),
    "target_not_quantified": (W, "应量化的指标没有数字"),
    "target_unit_missing": (E, "缺计量单位"),
    "operator_missing": (I, "缺指标性质"),
    "operator_conflict": (W, "指标性质与指标值里的算符不一致"),
    "operator_reversed": (W, "算符方向疑似写反"),
    "unit_conflict": (W, "单位栏与指标值里的单位不一致"),
    "target_vague": (W, "指标值是空泛的词"),
    "target_never_missed": (E, "指标值没有约束力"),
    "rate_at_least_whole": (W, "比率写成≥100%"),
    "rate_over_whole": (W, "比率超过 100%"),
    "target_negative": (E, "指标值为负数"),
    "target_ambiguous": (W, "指标值有两种读法"),
    "target_other_year": (W, "时限不在本年度"),
    # actual values
    "actual_missing": (E, "缺实际完成值"),
    "actual_placeholder": (E, "实际完成值是占位符"),
    "actual_without_number": (E, "实际完成值没有数字"),
    "actual_unmeasured": (W, "实际完成值没有量化"),
    "actual_vague": (W, "实际完成值含糊"),
    "actual_ambiguous": (W, "实际完成值有两种读法"),
    "actual_copied_bound": (W, "实际完成值照抄目标的界限"),
    "unit_differs": (E, "目标与实际的单位不能换算"),
    "date_late": (W, "完成时间晚于目标"),
    # scores
    "score_missing": (E, "缺得分"),
    "score_unreadable": (E, "得分不是数字"),
    "score_negative": (E, "得分为负"),
    "score_over_weight": (E, "得分超过分值"),
    "score_above_computed": (E, "得分高于按数字算出的分"),
    "score_below_computed": (I, "得分低于按数字算出的分"),
    "score_outside_band": (W, "定性指标得分不在本档区间"),
    "score_places": (W, "得分小数过多"),
    "score_coefficient": (E, "得分不等于分值乘系数"),
    "full_score_not_met": (E, "没有达到目标却得满分"),
    "below_full_reason": (E, "没得满分没有说明原因"),
    "missed_reason": (E, "没有达到目标没有说明原因"),
    "over_completion_reason": (E, "超额完成没有说明原因"),
    "total_weight": (E, "分值合计写错"),
    "total_score": (E, "总分与各项得分合计不符"),
    "total_missing": (W, "缺总分"),
    "grade_missing": (W, "缺等级"),
    "grade_wrong": (E, "等级与得分不符"),
    # monitoring
    "likelihood_missing": (E, "缺完成目标可能性"),
    "likelihood_several": (E, "完成目标可能性选了几项"),
    "deviation_reason": (E, "不能确定完成却没有说明原因"),
    "forecast_under_actual": (W, "全年预计完成小于已完成"),
    "forecast_missing": (W, "缺全年预计完成情况"),
    # reviews, assessments, evaluations
    "item_missing": (E, "缺评分项"),
    "item_points": (W, "评分项分值偏离规定"),
    "dimension_missing": (E, "缺评分维度"),
    "item_grade": (E, "评分项的等级与得分不符"),
    "effect_points": (E, "产出与效益分值合计偏低"),
    "deduction_reason": (E, "扣分没有说明原因"),
    "opinion_missing": (E, "缺总体意见或结论"),
    "suggested_over_applied": (E, "建议金额大于申请金额"),
    "conclusion_contradicts": (E, "结论与得分矛盾"),
    # letters and allocations
    "document_no_missing": (W, "缺文号"),
    "problems_missing": (E, "没有列出问题"),
    "demand_missing": (E, "问题没有整改要求"),
    "due_missing": (W, "缺整改时限"),
    "line_incomplete": (E, "一行没有填全"),
    "difference_wrong": (E, "增减额与两年数字不符"),
    "change_reason": (E, "与建议数不同没有说明理由"),
    "line_total": (E, "合计与各行之和不符"),
    "line_duplicate": (E, "同一项目列了两次"),
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    severity: Severity
    code: str
    cell: str
    message: str

    def as_data(self) -> dict[str, str]:
        return {"severity": self.severity.value, "code": self.code, "cell": self.cell,
                "message": self.message}


def found(code: str, at: Written | str, message: str, *, severity: Severity | None = None) -> Finding:
    """A finding at a cell, as heavy as its kind unless the case itself is lighter."""
    cell = at if isinstance(at, str) else at.cell
    return Finding(severity=severity or KINDS[code][0], code=code, cell=cell, message=message)


def worst(findings: Iterable[Finding]) -> Severity | None:
    order = list(Severity)
    return min((each.severity for each in findings), key=order.index, default=None)
