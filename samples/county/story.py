"""Sheets of story.xlsx: how far everything has come, and what people wrote on the way."""

from decimal import Decimal

from samples.county.budgets import ADJUSTMENTS_2026, MINOR_ADJUSTMENTS_2026, budget_rows
from samples.county.fates import ALERTS, STATES, fate_of, fates
from samples.county.people import holder
from samples.county.tables import dice, project_named, rounded, rows
from samples.county.targets import adjusted_indicators

FULL_MARKS = {"决策": 20, "过程": 20, "产出": 30, "效益": 30}
KNOWN_MARKS = {("农村公路日常养护及小修保养", "财政评价"): ("18.00", "16.84", "27.06", "22.70")}
RETURN_OPINIONS = {
    "监控填报": "偏差原因没有写到具体乡镇和批次，请写明差多少、何时补上后重新报送。",
    "绩效目标": "产出数量指标较上年没有变化而预算增加，请在资金测算中说明依据，或调整指标值后重新报送。",
    "单位自评": "满意度调查没有附问卷汇总表，两项指标的实际完成值与监控填报数不一致，请核实后重新报送。",
    "事前绩效评估": "资金测算没有列明单价依据，接入项目清单未附，请补充后重新报送。",
    "不得进入预算安排": "绩效目标与上年评价指出的问题不相符，审核等次为差，本轮不进入预算安排。",
}
ALLOCATIONS = (
    (
        "2026",
        "2026年度县本级项目预算安排",
        "issued",
        "101、102、103、104、105、106、107、108、109、110、111、112",
        "2025年11月编制，随2026年预算下达控制数。",
    ),
    ("2027", "2027年度民生类项目预算安排", "decided", "106、107、108", "局务会已审定，待正式下达控制数。"),
    ("2027", "2027年度城乡建设和交通项目预算安排", "submitted", "101、102、103", "已提交局务会。"),
    (
        "2027",
        "2027年度农业农村和水利项目预算安排",
        "simulated",
        "104、105",
        "按规则测算两个方案，尚未确定人工调整理由。",
    ),
    (
        "2027",
        "2027年度教科文和政法应急项目预算安排",
        "draft",
        "109、110、111、112",
        "待2026年1—10月监控结果复核完毕后测算。",
    ),
)
EX_ANTE_DIMENSIONS = ("立项必要性", "投入经济性", "绩效目标合理性", "实施方案可行性", "筹资合规性")
EX_ANTE_SCORED = {"concluded", "fiscal_reviewing", "passed", "failed"}
EX_ANTE_REMARKS = {
    "passed": "立项依据充分，与部门职责相符；建议细化分年度投资计划，压减管理费用。",
    "failed": "与水利、气象部门已建监测站点重复率超过四成，运维经费未落实，建议整合现有站点后再行申报。",
    "concluded": "展陈大纲已经审定；布展单价偏高，建议参照同类场馆核减。",
    "fiscal_reviewing": "符合县域医共体建设要求；软件开发费与硬件费应分列，建议分两年安排。",
}


def sheets() -> dict[str, tuple[list[str], list[list[object]]]]:
    """Sheet name → (headings, rows), except 监控填报 and 自评填报, which samples.county.progress writes."""
    return {
        "进度": (
            [
                "年度",
                "项目编码",
                "项目名称",
                "走到哪一步",
                "事前绩效评估",
                "绩效目标",
                "目标版本",
                "上一版目标",
                "第一轮监控",
                "第二轮监控",
                "单位自评",
                "经办登录名",
                "主管部门登录名",
                "财政登录名",
                "退回或不予通过意见",
            ],
            _progress(),
        ),
        "事前评估": (
            [
                "年度",
                "项目编码",
                "项目名称",
                "申请金额(万元)",
                "其中财政资金(万元)",
                *EX_ANTE_DIMENSIONS,
                "总分",
                "结论",
                "建议安排金额(万元)",
                "评估意见",
            ],
            _ex_ante(),
        ),
        "目标调整": (
            ["年度", "项目编码", "项目名称", "三级指标", "调整前指标值", "调整后指标值", "调整原因", "调整事由"],
            [
                ["2026", item.project.code, item.project.name, item.name, item.value, value, reason, ground]
                for item, value, reason, ground in adjusted_indicators()
            ],
        ),
        "预算调整": (
            ["年度", "项目编码", "项目名称", "调整日期", "资金来源", "调整金额(万元)", "文号", "调整原因"],
            [
                ["2026", project_named()[name].code, name, day, source, Decimal(amount), number, reason]
                for name, (day, source, amount, number, reason) in _adjustments().items()
            ],
        ),
        "预警": (
            ["年度", "轮次", "项目编码", "项目名称", "处置状态", "处置结果", "处置说明"],
            [
                [
                    "2026",
                    str(number),
                    project_named()[name].code,
                    name,
                    STATES["预警"][state],
                    STATES["预警结果"].get(outcome, ""),
                    text,
                ]
                for name, (number, state, outcome, text) in ALERTS.items()
            ],
        ),
        "评价": (
            [
                "年度",
                "项目编码",
                "项目名称",
                "评价类型",
                "评价状态",
                "第三方机构编码",
                "主评人登录名",
                "决策(20分)",
                "过程(20分)",
                "产出(30分)",
                "效益(30分)",
                "评价得分",
                "主要问题1",
                "主要问题2",
                "主要问题3",
                "建议",
            ],
            [_evaluation(cells) for cells in rows("evaluations")],
        ),
        "整改": (
            [
                "年度",
                "项目编码",
                "项目名称",
                "评价类型",
                "反馈意见书文号",
                "反馈日期",
                "整改状态",
                "问题序号",
                "问题",
                "整改措施",
                "责任人登录名",
                "完成期限",
                "完成情况",
            ],
            _rectifications(),
        ),
        "预算安排": (
            ["年度", "轮次名称", "状态", "主管部门编码", "说明"],
            [
                [year, name, STATES["预算安排"][state], scope, text]
                for year, name, state, scope, text in ALLOCATIONS
            ],
        ),
        "公告": (["日期", "标题", "正文"], [list(cells) for cells in rows("notices")]),
        "状态对照": (
            ["单据", "状态值", "状态名称"],
            [[record, value, label] for record, labels in STATES.items() for value, label in labels.items()],
        ),
    }


def _adjustments() -> dict[str, tuple[str, str, str, str, str]]:
    from_the_budget = {
        name: (day, "财政拨款", amount, number, reason)
        for name, (day, amount, number, reason) in ADJUSTMENTS_2026.items()
    }
    return from_the_budget | MINOR_ADJUSTMENTS_2026


def _progress() -> list[list[object]]:
    sections = {cells[0]: cells[4] for cells in rows("organisations")}
    sheet = []
    for (year, code), fate in fates().items():
        department = fate.project.department
        sheet.append(
            [
                str(year),
                code,
                fate.project.name,
                STATES["年度项目"][fate.stage],
                STATES["事前绩效评估"].get(fate.ex_ante, ""),
                STATES["绩效目标"].get(fate.declaration, ""),
                "2" if fate.adjusted else "1" if fate.declaration else "",
                STATES["绩效目标"]["superseded"] if fate.adjusted else "",
                STATES["监控填报"].get(fate.round_one, ""),
                STATES["监控填报"].get(fate.round_two, ""),
                STATES["单位自评"].get(fate.self_evaluation, ""),
                holder()[fate.project.unit, "单位经办人"].login,
                holder()[department, "主管部门绩效岗"].login,
                holder()[sections[department], "财政业务股室"].login,
                _opinion(fate),
            ]
        )
    return sheet


def _opinion(fate) -> str:
    if fate.declaration == "blocked":
        return RETURN_OPINIONS["不得进入预算安排"]
    if fate.ex_ante == "failed":
        return EX_ANTE_REMARKS["failed"]
    held = (
        ("事前绩效评估", fate.ex_ante),
        ("绩效目标", fate.declaration),
        ("监控填报", fate.round_two),
        ("单位自评", fate.self_evaluation),
    )
    return next((RETURN_OPINIONS[record] for record, state in held if state == "returned"), "")


def _ex_ante() -> list[list[object]]:
    sheet = []
    for (year, code), fate in fates().items():
        if not fate.ex_ante:
            continue
        row = budget_rows()[year, code]
        line: list[object] = [str(year), code, fate.project.name, row.total_wan, row.fiscal_wan]
        if fate.ex_ante not in EX_ANTE_SCORED:
            sheet.append([*line, *[""] * 5, "", "", "", ""])
            continue
        roll = dice("ex-ante", code)
        low, high = (10, 14) if fate.ex_ante == "failed" else (15, 19)
        marks = [Decimal(roll.randint(low * 2, high * 2)) / 2 for _ in EX_ANTE_DIMENSIONS]
        conclusion, percent = _conclusion(fate.ex_ante, sum(marks))
        suggested = rounded(row.total_wan * percent / 100) if percent else ""
        if fate.ex_ante == "passed":
            suggested = row.total_wan
            applied = (
                rounded(row.total_wan * 100 / percent, "1").quantize(Decimal("0.01"))
                if percent < 100
                else suggested
            )
            line[3:] = [applied, applied - row.other_wan]
        sheet.append([*line, *marks, sum(marks), conclusion, suggested, EX_ANTE_REMARKS[fate.ex_ante]])
    return sheet


def _conclusion(state: str, total: Decimal) -> tuple[str, int]:
    if state == "failed":
        return "不予支持", 0
    return ("予以支持", 100) if total >= 85 else ("部分支持", 90)


def _marks(name: str, kind: str, total: Decimal) -> list[Decimal]:
    """The four level-1 marks: losses shared out by fixed dice, adding up to the total."""
    if (name, kind) in KNOWN_MARKS:
        return [Decimal(mark) for mark in KNOWN_MARKS[name, kind]]
    roll = dice("marks", name, kind)
    lost = 100 - total
    shares = [Decimal(roll.randint(8, 16)), Decimal(roll.randint(20, 30)), Decimal(roll.randint(22, 32))]
    losses = [rounded(lost * share / 100) for share in shares]
    losses.append(lost - sum(losses))
    return [full - loss for full, loss in zip(FULL_MARKS.values(), losses, strict=True)]


def _evaluation(cells: list[str]) -> list[object]:
    name, kind, state, firm, score, _, *words = cells
    marks: list[object] = [""] * 5
    if score:
        marks = [*_marks(name, kind, Decimal(score)), Decimal(score)]
    lead = holder()[firm, "主评人"].login if firm else ""
    return [
        "2025",
        project_named()[name].code,
        name,
        kind,
        STATES["绩效评价"][state],
        firm,
        lead,
        *marks,
        *words,
    ]


def _rectifications() -> list[list[object]]:
    sheet = []
    letters = (cells for cells in rows("evaluations") if cells[5])
    for number, (name, kind, _, _, _, state, *words) in enumerate(letters, start=11):
        project = fate_of(2025, name).project
        responsible = holder()[project.unit, "单位负责人"].login
        early = state == "closed"
        issued, due = ("2026-07-20", "2026-09-18") if early else ("2026-09-24", "2026-11-23")
        if name == "城区污水管网改造（二期）":
            issued, due = "2026-09-14", "2026-11-13"
        planned = state not in ("issued", "acknowledged")
        for place, problem in enumerate((word for word in words[:3] if word), start=1):
            done = state in ("closed", "verifying") or (state == "rectifying" and place == 1)
            letter = (
                f"安财绩函〔2026〕{number}号" if kind == "财政评价" else f"部门绩效反馈〔2026〕{number}号"
            )
            sheet.append(
                [
                    "2025",
                    project.code,
                    name,
                    kind,
                    letter,
                    issued,
                    STATES["整改"][state],
                    str(place),
                    problem,
                    _measure(words[3], place) if planned else "",
                    responsible if planned else "",
                    due if planned else "",
                    "已完成，佐证资料已上传。" if done else "正在办理。" if state == "rectifying" else "",
                ]
            )
    return sheet


def _measure(suggestion: str, place: int) -> str:
    """What the unit undertakes for its first, second and third problem."""
    return (
        f"采纳评价建议：{suggestion}。",
        "逐笔逐处核实，能补正的限期补正，涉及违约的按合同扣款，并修订内部管理办法。",
        "会同主管部门和有关乡镇开会研究，明确责任人和时限，整改情况纳入年度考核。",
    )[place - 1]
