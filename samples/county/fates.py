"""How far each project-year has come by 22 November 2026: by name where a story is told, else by turns."""

from dataclasses import dataclass
from functools import cache

from samples.county.tables import Project, dice, project_named, projects, rows

STATES: dict[str, dict[str, str]] = {
    "年度项目": {
        "drafting": "编制中",
        "ex_ante": "事前评估",
        "target_filing": "目标填报",
        "target_review": "目标审核",
        "awaiting_approval": "待批复",
        "executing": "执行中",
        "suspended": "暂缓执行",
        "stopped": "停止执行",
        "self_evaluating": "单位自评",
        "evaluating": "绩效评价",
        "rectifying": "反馈整改",
        "applied": "结果已应用",
        "closed": "已办结",
        "rejected": "未通过",
    },
    "事前绩效评估": {
        "draft": "草稿",
        "dept_reviewing": "主管部门审核",
        "assessing": "评估中",
        "concluded": "已出结论",
        "fiscal_reviewing": "财政审核",
        "passed": "通过",
        "failed": "未通过",
        "returned": "退回修改",
    },
    "绩效目标": {
        "draft": "草稿",
        "unit_review": "单位审核",
        "dept_reviewing": "主管部门审核",
        "fiscal_reviewing": "财政审核",
        "ready_for_approval": "待批复",
        "approved": "已批复",
        "superseded": "已被新版替代",
        "returned": "退回修改",
        "blocked": "不得进入预算安排",
    },
    "监控填报": {
        "draft": "草稿",
        "unit_review": "单位审核",
        "dept_reviewing": "主管部门审核",
        "fiscal_reviewing": "财政复核",
        "accepted": "已通过",
        "correcting": "纠偏中",
        "returned": "退回修改",
    },
    "预警": {"open": "待处置", "correcting": "纠偏中", "verifying": "待核验", "closed": "已关闭"},
    "预警结果": {
        "corrected": "已纠偏",
        "suspended": "暂缓执行",
        "stopped": "停止执行",
        "target_adjusted": "调整目标",
        "explained": "说明情况",
    },
    "单位自评": {
        "draft": "草稿",
        "unit_review": "单位审核",
        "dept_reviewing": "主管部门审核",
        "dept_passed": "主管部门通过",
        "fiscal_checking": "财政抽查",
        "rechecking": "复核中",
        "final": "已定稿",
        "returned": "退回修改",
    },
    "绩效评价": {
        "listed": "拟评价",
        "notified": "已通知",
        "assigned": "已委托",
        "plan_reviewing": "方案审核",
        "in_field": "实施中",
        "consulting": "征求意见",
        "report_reviewing": "报告验收",
        "accepted": "已验收",
        "graded": "已定级",
        "fed_back": "已反馈",
        "archived": "已归档",
    },
    "整改": {
        "issued": "已下达",
        "acknowledged": "已签收",
        "plan_submitted": "方案已报",
        "rectifying": "整改中",
        "verifying": "核验中",
        "closed": "已销号",
        "returned": "退回修改",
    },
    "预算安排": {
        "draft": "草稿",
        "simulated": "已测算",
        "submitted": "已提交",
        "decided": "已审定",
        "issued": "已下达",
    },
}

SELF_EVALUATIONS_OPEN = {
    "送戏下乡惠民演出": "draft",
    "社会组织培育发展": "draft",
    "劳动保障监察与仲裁": "unit_review",
    "水土保持监测与治理": "dept_reviewing",
    "公厕运行维护": "dept_passed",
    "应急物资储备": "fiscal_checking",
    "农产品品牌推广": "rechecking",
    "节水型社会建设": "returned",
}
EVALUATION_RUNNING = (
    "listed",
    "notified",
    "assigned",
    "plan_reviewing",
    "in_field",
    "consulting",
    "report_reviewing",
    "accepted",
    "graded",
)
EX_ANTE_2027 = {
    "农村公路路况自动化检测": "draft",
    "避难场所标准化建设": "dept_reviewing",
    "智慧校园建设": "assessing",
    "红色革命旧址陈列展览": "concluded",
    "县域医共体信息平台": "fiscal_reviewing",
    "智慧农业气象服务平台": "failed",
    "欠薪治理预警平台": "returned",
    "城市更新专项规划编制": "passed",
    "灌区续建配套与节水改造": "passed",
}
DECLARATIONS_2027 = {
    "农村公路日常养护及小修保养": "draft",
    "城区污水管网改造（二期）": "returned",
    "灌区续建配套与节水改造": "fiscal_reviewing",
    "城市更新专项规划编制": "draft",
    "智慧应急指挥平台运维": "blocked",
    "婚俗改革与殡葬服务补助": "blocked",
    "高标准农田建设（县级配套）": "fiscal_reviewing",
    "公益性岗位补贴": "fiscal_reviewing",
    "中小学校舍维修改造": "dept_reviewing",
    "困难群众救助（县级配套）": "ready_for_approval",
    "乡镇中心幼儿园建设": "unit_review",
}
TURNS_2027 = (
    "fiscal_reviewing",
    "dept_reviewing",
    "draft",
    "ready_for_approval",
    "none",
    "fiscal_reviewing",
    "dept_reviewing",
    "returned",
    "fiscal_reviewing",
    "unit_review",
    "dept_reviewing",
    "ready_for_approval",
    "draft",
)
TURNS_ROUND_TWO = (
    "accepted",
    "fiscal_reviewing",
    "accepted",
    "dept_reviewing",
    "draft",
    "accepted",
    "fiscal_reviewing",
    "accepted",
    "unit_review",
    "dept_reviewing",
    "accepted",
    "returned",
    "accepted",
    "draft",
    "accepted",
    "fiscal_reviewing",
)
SUSPENDED, STOPPED = "餐厨垃圾收集运输", "环卫作业车辆更新"
ROUND_TWO = {
    "农村公路日常养护及小修保养": "returned",
    "城区污水管网改造（二期）": "fiscal_reviewing",
    "农村公路桥梁安全设施提升": "correcting",
    "农业面源污染治理与监测": "correcting",
    "智慧应急指挥平台运维": "fiscal_reviewing",
    "口袋公园建设": "fiscal_reviewing",
}
# 项目 → (轮次, 状态, 处理结果, 处置说明)
ALERTS = {
    "农村公路桥梁安全设施提升": (2, "correcting", "", "8座桥梁中3座未开工，要求12月10日前全部进场。"),
    "城区污水管网改造（二期）": (2, "verifying", "", "已报送纠偏情况：完成3.1公里通水，待现场核验。"),
    "农业面源污染治理与监测": (2, "correcting", "", "4个监测点设备未安装，要求11月底前安装并上传数据。"),
    "智慧应急指挥平台运维": (2, "open", "", "支出94.0%，点位可用率不足五成，等待主管部门说明。"),
    "口袋公园建设": (2, "open", "", "4个口袋公园仅开工2个，等待单位提出纠偏措施。"),
    "规模化供水管网延伸": (1, "closed", "corrected", "增加2个施工班组，第二轮已恢复到黄灯。"),
    SUSPENDED: (1, "closed", "suspended", "处置场环评未批，暂缓执行，未支付资金停止拨付。"),
    STOPPED: (1, "closed", "stopped", "环卫一体化外包后不再自购车辆，停止执行并收回资金。"),
    "城区易涝点整治": (1, "closed", "target_adjusted", "2处易涝点并入排水防涝工程，调减目标和预算。"),
    "城乡居民养老保险配套": (1, "closed", "explained", "配套资金按省级清算时点集中划转，属正常时序。"),
}
PACE_2026 = {  # 1—10月执行率，千分比
    "农村公路日常养护及小修保养": 678,
    "城区污水管网改造（二期）": 342,
    "农村公路桥梁安全设施提升": 441,
    "农业面源污染治理与监测": 476,
    "智慧应急指挥平台运维": 940,
    "口袋公园建设": 551,
    "规模化供水管网延伸": 639,
    SUSPENDED: 184,
    STOPPED: 0,
    "城区易涝点整治": 662,
    "城乡居民养老保险配套": 704,
    "一中学生宿舍改扩建": 466,
    "高标准农田建设（县级配套）": 662,
    "中小学校舍维修改造": 689,
    "城乡公交一体化运营补贴": 695,
    "农村派出所业务用房维修": 318,
    "城市书房建设": 402,
    "乡镇中心幼儿园建设": 527,
    "困难群众救助（县级配套）": 871,
    "公益性岗位补贴": 862,
}
WORK_AHEAD = {"中小河流治理": (618, 910), "疾控实验室能力建设": (512, 880), "特色茶产业提质增效": (655, 925)}
WORK_BEHIND = {"智慧应急指挥平台运维": 500, "公安信息网络运维": 560, "数字城管平台运维": 545}
OVERSPENT = {2025: "流浪乞讨人员救助管理", 2026: "送戏下乡惠民演出"}


@dataclass(frozen=True)
class Fate:
    project: Project
    year: int
    stage: str
    ex_ante: str = ""
    declaration: str = ""
    adjusted: bool = False
    round_one: str = ""
    round_two: str = ""
    self_evaluation: str = ""
    pace: int = 0  # share of the budget paid by the end of the year (2025) or of October (2026), per mille
    work: int = 0  # share of the work done at that day, per mille

    @property
    def has_targets(self) -> bool:
        return bool(self.declaration)


ADJUSTED_2026 = (
    "城区易涝点整治",
    "县级粮食生产奖补",
    "高素质农民培训",
    "全域旅游宣传推广",
    "病死畜禽无害化处理",
)


@cache
def fates() -> dict[tuple[int, str], Fate]:
    """Every project-year by (year, project code)."""
    made = {}
    for place, project in enumerate(projects()):
        for year in project.years:
            fate = {2025: _past, 2026: _present, 2027: _coming}[year](project, place)
            made[year, project.code] = fate
    return made


def _past(project: Project, place: int) -> Fate:
    state = SELF_EVALUATIONS_OPEN.get(project.name, "final")
    stage = "self_evaluating" if state != "final" else _stage_after_self_evaluation(project, place)
    roll = dice("past", project.code)
    pace = roll.choice(
        (
            1000,
            1000,
            roll.randint(960, 999),
            roll.randint(930, 990),
            roll.randint(900, 960),
            roll.randint(780, 900),
        )
    )
    pace = {
        "农村公路日常养护及小修保养": 960,
        "城区污水管网改造（二期）": 716,
        "农村公路桥梁安全设施提升": 782,
    }.get(project.name, pace)
    work = min(1000, pace + 30)
    if project.name == "智慧应急指挥平台运维":
        pace, work = 985, 560
    return Fate(
        project,
        2025,
        stage,
        _ex_ante_of(project, 2025),
        "approved",
        self_evaluation=state,
        pace=pace,
        work=work,
    )


def _ex_ante_of(project: Project, year: int) -> str:
    """New projects of 100 万元 and above went through the assessment before their first budget."""
    return "passed" if project.entry_year == year and project.amount_wan >= 100 else ""


def _stage_after_self_evaluation(project: Project, place: int) -> str:
    states = {cells[2] for cells in rows("evaluations") if cells[0] == project.name}
    rectifications = {cells[5] for cells in rows("evaluations") if cells[0] == project.name and cells[5]}
    if states & set(EVALUATION_RUNNING):
        return "evaluating"
    if rectifications - {"closed"}:
        return "rectifying"
    if states:
        return "applied"
    return "closed" if "E25" in project.flags or place % 3 == 0 else "applied"


def _present(project: Project, place: int) -> Fate:
    stage = {SUSPENDED: "suspended", STOPPED: "stopped"}.get(project.name, "executing")
    pace, work = _pace_of_present(project, place)
    return Fate(
        project,
        2026,
        stage,
        ex_ante=_ex_ante_of(project, 2026),
        declaration="approved",
        adjusted=project.name in ADJUSTED_2026,
        round_one="accepted",
        round_two=""
        if stage != "executing"
        else ROUND_TWO.get(project.name, TURNS_ROUND_TWO[place % len(TURNS_ROUND_TWO)]),
        pace=pace,
        work=work,
    )


def _pace_of_present(project: Project, place: int) -> tuple[int, int]:
    if project.name in WORK_AHEAD:
        return WORK_AHEAD[project.name]
    roll = dice("present", project.code)
    usual = roll.randint(640, 725) if place % 8 == 3 else roll.randint(752, 915)
    pace = PACE_2026.get(project.name, usual)
    work = WORK_BEHIND.get(project.name, max(0, min(1000, pace + roll.randint(-30, 60))))
    return pace, work


def _coming(project: Project, place: int) -> Fate:
    ex_ante = EX_ANTE_2027.get(project.name, "")
    if ex_ante and ex_ante != "passed":
        return Fate(project, 2027, "rejected" if ex_ante == "failed" else "ex_ante", ex_ante)
    state = DECLARATIONS_2027.get(project.name, TURNS_2027[place % len(TURNS_2027)])
    stage = {
        "none": "drafting",
        "draft": "target_filing",
        "unit_review": "target_filing",
        "returned": "target_filing",
        "dept_reviewing": "target_review",
        "fiscal_reviewing": "target_review",
        "ready_for_approval": "awaiting_approval",
        "blocked": "rejected",
    }[state]
    return Fate(project, 2027, stage, ex_ante, "" if state == "none" else state)


def fate_of(year: int, name: str) -> Fate:
    return fates()[year, project_named()[name].code]
