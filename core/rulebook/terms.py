"""The words a rule set is written in. Values are stored, labels are read."""

from enum import StrEnum


class Term(StrEnum):
    """A stored English value with the Chinese label people read."""

    label: str

    def __new__(cls, value: str, label: str) -> "Term":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Level(Term):
    EXECUTION = "execution", "预算执行率"
    COST = "cost", "成本指标"
    OUTPUT = "output", "产出指标"
    BENEFIT = "benefit", "效益指标"
    SATISFACTION = "satisfaction", "满意度指标"


class ExecutionMethod(Term):
    PROPORTIONAL = "proportional", "按执行率比例得分"
    INTERVALS = "intervals", "按执行率区间得分"


class Denominator(Term):
    INITIAL = "initial", "年初预算数"
    ADJUSTED = "adjusted", "全年预算数"
    RECEIVED = "received", "实际到位数"


class ReverseMethod(Term):
    LINEAR = "linear", "超出目标按比例扣分，达两倍不得分"
    RATIO = "ratio", "目标值除以实际值"


class LateMethod(Term):
    PROPORTIONAL = "proportional", "按逾期天数占计划天数的比例扣分"
    ALL_OR_NOTHING = "all_or_nothing", "逾期不得分"


class LateFiling(Term):
    MARKED = "marked", "可以报送，标记逾期"
    BLOCKED = "blocked", "不得报送，须先申请延期"


class SatisfactionMethod(Term):
    PROPORTIONAL = "proportional", "按比例得分"
    TIERS = "tiers", "按区间得分"


class OverMode(Term):
    CAP = "cap", "得满分，偏高的提示审核人"
    REDUCE = "reduce", "目标明显偏低的按偏离程度扣分"


class OverCause(Term):
    TARGET_TOO_LOW = "target_too_low", "目标值设定偏低"
    EXTERNAL = "external", "政策或外部因素变化"
    EFFICIENCY = "efficiency", "工作成效超出预期"


class NotApplicable(Term):
    RENORMALISE = "renormalise", "剔除后按适用指标折算"
    FULL_MARKS = "full_marks", "按满分计"
    SPREAD_EQUAL = "spread_equal", "分值平均分给同级指标"
    MOVE_TO = "move_to", "分值并入指定的一级指标"


class ReviewEffect(Term):
    PASS = "pass", "直接进入下一步预算安排"
    PASS_AFTER_EDIT = "pass_after_edit", "协商完善后进入下一步预算安排"
    RETURN_REVISE = "return_revise", "退回修改后重新申报"
    BLOCK = "block", "不得进入下一步预算安排"


class CheckLevel(Term):
    BLOCK = "block", "必须修改"
    EXPLAIN = "explain", "修改或说明理由"
    ADVISE = "advise", "建议"
    OFF = "off", "不检查"


class ReviewStage(Term):
    """Who reviews a declaration; the values are its states."""

    UNIT = "unit_review", "单位"
    DEPARTMENT = "dept_reviewing", "主管部门"
    FISCAL = "fiscal_reviewing", "财政部门"
    APPROVAL = "ready_for_approval", "财政预算股"


class LampMode(Term):
    LAG = "lag", "与序时进度相差的百分点"
    RATIO = "ratio", "与序时进度的比值"


class Lamp(Term):
    RED = "red", "红灯"
    YELLOW = "yellow", "黄灯"
    GREEN = "green", "绿灯"
    BLUE = "blue", "蓝灯"
    GREY = "grey", "无数据"


class Likelihood(Term):
    CERTAIN = "certain", "确定能"
    POSSIBLE = "possible", "有可能"
    IMPOSSIBLE = "impossible", "完全不可能"


class EvaluationKind(Term):
    SELF = "self", "单位自评"
    DEPARTMENT = "department", "部门评价"
    FISCAL = "fiscal", "财政评价"
    MONITORING = "monitoring", "绩效监控"


class Duration(Term):
    RECURRING = "recurring", "常年性"
    CONTINUING = "continuing", "延续性"
    ONE_OFF = "one_off", "一次性"


class RectificationState(Term):
    NONE = "none", "无须整改"
    DONE = "done", "已整改"
    OPEN = "open", "整改中"
    FAILED = "failed", "未整改或整改不到位"


class AssessedObject(Term):
    PROJECT = "project", "项目"
    POLICY = "policy", "政策"


class ProjectKind(Term):
    DEPARTMENT = "department", "部门预算项目"
    SPECIAL = "special", "本级专项"
    TRANSFER = "transfer", "对下转移支付"


class LinkageAction(Term):
    PRIORITY = "priority", "优先保障"
    KEEP = "keep", "按原规模安排"
    FREEZE = "freeze", "不予增加"
    CUT = "cut", "压减预算"
    CANCEL = "cancel", "取消安排"
    HOLD = "hold", "整改到位前暂缓下达"


class LinkageBase(Term):
    PREVIOUS_YEAR = "previous_year", "上年预算数"
    ORIGINAL = "original", "首次压减前的预算数"
    DECLARED = "declared", "本次申报数"
    BALANCE_INCREASE = "balance_increase", "结转结余比上年增加额"
