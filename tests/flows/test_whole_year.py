"""One project goes all the way round, through the pages, each step by the person whose step it is."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from budgets.models import AllocationBasis, AllocationRound, Project, ProjectYear
from core import audit, clock
from core.models import ToDo
from evaluation.models import Evaluation, Rectification, Result, SelfEvaluation
from monitoring.models import Alert, ProgressReport
from targets.models import TargetDeclaration
from tests.budgets.ex_ante_road import make_panel, sheet_of
from tests.flows.pages import Person

NAME = "农村公路桥梁安全设施提升"
TARGETS = [
    # level 2, name, operator, value, unit, weight
    ("economic_cost", "单座桥梁改造成本", "<=", "25", "万元", "20"),
    ("quantity", "改造桥梁数量", ">=", "8", "座", "20"),
    ("quality", "工程验收合格率", "=", "100", "%", "10"),
    ("timeliness", "按期完工率", ">=", "95", "%", "10"),
    ("social_benefit", "受益行政村数量", ">=", "12", "个", "20"),
    ("service_satisfaction", "沿线群众满意度", ">=", "90", "%", "10"),
]
PDF = b"%PDF-1.4 report"


def pdf_upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def spending_workbook(year: int) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("支付明细")
    sheet.write_row(0, 0, ["凭证号", "支付日期", "项目编码", "项目名称", "资金来源", "金额(元)", "收款人", "摘要"])
    sheet.write_row(1, 0, [f"{year}-0001", f"{year}-03-10", "26-JT-0031", NAME, "财政拨款", "300000.00", "安澜路桥公司", "首付款"])
    sheet.write_row(2, 0, [f"{year}-0002", f"{year}-06-20", "26-JT-0031", NAME, "财政拨款", "250000.00", "安澜路桥公司", "进度款"])
    book.close()
    return SimpleUploadedFile("支付明细.xlsx", buffer.getvalue())


class County:
    """The people of the road, and the project's addresses as it grows."""

    def __init__(self, cast):
        self.cast = cast
        for name in ("li_weiguo", "wang_jianguo", "zhang_wen", "zhao_zhiyuan", "lu_yuan", "zhou_xiaolan", "qian_li",
                     "sun_zheng", "he_min", "chen_mo"):
            setattr(self, name, Person(getattr(cast, name)))

    @property
    def year(self) -> ProjectYear:
        return ProjectYear.objects.get(project__name=NAME, fiscal_year=2026)

    def page_of(self, model, **wanted) -> str:
        return model.objects.get(**({"project_year": self.year} | wanted)).get_absolute_url()


@pytest.fixture
def county(cast) -> County:
    return County(cast)


def enter_the_pool(county):
    form = county.li_weiguo.open(reverse("budgets:project_new"))
    county.li_weiguo.press(
        form, "登记项目", code="26-JT-0031", name=NAME, unit=county.cast.unit.pk, department=county.cast.department.pk,
        kind="department", attribute="new", duration_type="recurring", level="second", fund_type="general",
        starts_on="2026-01-01", ends_on="2028-12-31", owner_name="李卫国",
    )
    project = Project.objects.get(name=NAME)
    county.li_weiguo.press(
        county.li_weiguo.open(reverse("budgets:project_edit", args=[project.pk])), "年度立项", fiscal_year=2026
    )
    funds = county.li_weiguo.open(reverse("budgets:funds", args=[county.year.pk]))
    county.li_weiguo.press(funds, "保存申请资金", fiscal="200")
    assert (county.year.stage, county.year.requested_yuan) == ("drafting", Decimal("2000000.00"))


def pass_the_ex_ante_assessment(county):
    page = county.li_weiguo.open(county.year.get_absolute_url())
    assert "达到 100.00 万元的事前评估标准，请先开展事前绩效评估" in page.text
    county.li_weiguo.take(page, "开展事前绩效评估")
    assessment = county.year.ex_ante_assessments.get()
    county.li_weiguo.press(
        county.li_weiguo.open(reverse("budgets:ex_ante_edit", args=[assessment.pk])), "保存",
        amount_applied_yuan="200", background="桥梁护栏老化，已列入交通隐患清单。", content="改造 8 座危桥的护栏和照明。",
        goal_text="消除 8 座桥梁的安全隐患。", fund_structure="每座 25 万元，共 200 万元。", plan="二季度开工，十月底完工。",
    )
    where = assessment.get_absolute_url()
    for name in assessment.missing_materials():
        county.li_weiguo.press(county.li_weiguo.open(where), "上传附件", kind=name, file=pdf_upload(f"{name}.pdf"))
    county.wang_jianguo.take(county.wang_jianguo.open(where), "报送主管部门")
    panel = make_panel(county.cast)
    reviewers = [panel.du_wentao, panel.shen_yumei, panel.qiu_xue]
    county.zhang_wen.take(
        county.zhang_wen.open(where), "组织评估", reviewers=[str(reviewer.pk) for reviewer in reviewers]
    )
    assessment.refresh_from_db()
    for reviewer in reviewers:
        score_the_project(Person(reviewer), sheet_of(assessment, reviewer).get_absolute_url())
    county.zhang_wen.press(county.zhang_wen.open(where), "上传附件", kind="评估报告", file=pdf_upload("评估报告.pdf"))
    county.zhang_wen.take(
        county.zhang_wen.open(where), "出具结论", conclusion="support", amount_suggested_yuan="200",
        minutes="三名专家一致同意。",
    )
    county.zhao_zhiyuan.take(county.zhao_zhiyuan.open(where), "报送财政审核")
    county.lu_yuan.take(county.lu_yuan.open(where), "签署业务股室初审意见", reason="测算依据充分，同意。")
    county.zhou_xiaolan.take(county.zhou_xiaolan.open(where), "审核通过，准予入库")
    assert county.year.stage == "target_filing"


def score_the_project(reviewer, sheet):
    reviewer.press(reviewer.open(sheet), "声明无利害关系")
    page = reviewer.open(sheet)
    fields = set().union(*(form.fields for form in page.forms))
    items = {name: "优" for name in fields if name.startswith("item_")}
    reviewer.press(page, "提交评分", opinion="同意立项。", **items)


def file_the_targets(county):
    county.li_weiguo.press(county.li_weiguo.open(reverse("targets:start")), "开始填报")
    declaration = county.year.target_declarations.get()
    goal = county.li_weiguo.open(reverse("targets:edit_goal", args=[declaration.pk]))
    grid = county.li_weiguo.press(goal, "保存，填绩效指标", annual_goal="完成 8 座危桥安全设施改造，受益 12 个行政村。")
    values = {}
    for row, (level2, name, operator, value, unit, weight) in enumerate(TARGETS):
        values |= {
            f"form-{row}-level2": level2, f"form-{row}-name": name, f"form-{row}-operator": operator,
            f"form-{row}-value": value, f"form-{row}-unit_of_measure": unit, f"form-{row}-weight": weight,
        }
    first = {name: value for name, value in values.items() if int(name.split("-")[1]) < 3}
    grid = county.li_weiguo.press(grid, "保存", **first)
    county.li_weiguo.press(grid, "保存", **values)
    where = declaration.get_absolute_url()
    county.li_weiguo.take(county.li_weiguo.open(where), "报送单位负责人审核")
    return where


def review_the_targets(county, where):
    declaration = county.year.target_declarations.get()
    review = reverse("targets:review", args=[declaration.pk])
    county.wang_jianguo.press(county.wang_jianguo.open(review), "退回修改", reason="请写清受益村名单。")
    assert county.year.stage == "target_filing"
    county.li_weiguo.take(county.li_weiguo.open(where), "改好，直接报送退回人")
    county.wang_jianguo.press(county.wang_jianguo.open(review), "审核通过，报送主管部门")
    full = {f"points_{place}": points for place, points in enumerate(("10", "10", "15", "15", "15", "13", "10", "9"))}
    county.zhang_wen.press(county.zhang_wen.open(review), "初审通过", reason="目标明确，同意。", **full)
    county.lu_yuan.press(county.lu_yuan.open(review), "签署业务股室初审意见", reason="同意。")
    county.zhou_xiaolan.press(county.zhou_xiaolan.open(review), "审核通过", reason="同意，执行中注意成本。", **full)
    declaration.refresh_from_db()
    assert declaration.state == "ready_for_approval"
    county.qian_li.press(county.qian_li.open(review), "随预算批复", document_no="安财预〔2026〕9号")
    assert (county.year.stage, county.year.budget_yuan, county.year.approval_document) == (
        "executing", Decimal("2000000.00"), "安财预〔2026〕9号"
    )


def import_the_spending(county):
    upload = county.qian_li.open(reverse("import", args=["spending"]))
    form = next(form for form in upload.forms if "file" in form.fields)
    assert form.method == "post"
    preview = county.qian_li.press(upload, "上传并预览", file=spending_workbook(2026))
    assert "行新增" in preview.text
    county.qian_li.press(preview, "确认导入")
    assert (county.year.spent_yuan, county.year.execution_rate) == (Decimal("550000.00"), Decimal("0.2750"))


def monitor(county):
    today = clock.today()
    county.zhou_xiaolan.press(
        county.zhou_xiaolan.open(reverse("monitoring:open_round")), "发起监控", fiscal_year=2026, number=1,
        period_start="2026-01-01", period_end="2026-07-31", due_on=str(today + timedelta(days=20)),
    )
    report = county.year.progress_reports.get()
    edit = reverse("monitoring:report_edit", args=[report.pk])
    page = county.li_weiguo.open(edit)
    values = {"head-forecast_yuan": "180", "head-problem": "开工较晚，8 座桥中 5 座未开工。", "head-measures": "增加班组，9 月底前全部开工。"}
    reached = {"单座桥梁改造成本": "24", "改造桥梁数量": "3", "工程验收合格率": "100", "按期完工率": "40", "受益行政村数量": "4", "沿线群众满意度": "91"}
    for value in report.value_list():
        behind = value.indicator.name in ("改造桥梁数量", "按期完工率", "受益行政村数量")
        values |= {
            f"v{value.pk}-actual_value": reached[value.indicator.name],
            f"v{value.pk}-forecast_text": value.indicator.number_shown,
            f"v{value.pk}-likelihood": "possible" if behind else "certain",
        }
        if behind:
            values |= {f"v{value.pk}-reasons": ["funding"], f"v{value.pk}-note": "第二季度资金 6 月底才下达。"}
    county.li_weiguo.press(page, "保存", **values)
    where = report.get_absolute_url()
    county.li_weiguo.take(county.li_weiguo.open(where), "报送单位负责人审核")
    county.wang_jianguo.take(county.wang_jianguo.open(where), "审核通过，报送主管部门")
    county.zhang_wen.take(county.zhang_wen.open(where), "初审通过，报送财政")
    assert (county.year.lamp, county.year.alerts.get().state) == ("red", "open")
    page = county.lu_yuan.open(where)
    assert "红灯预警还没有处置" in page.text
    alert = county.year.alerts.get().get_absolute_url()
    county.lu_yuan.take(
        county.lu_yuan.open(alert), "下达纠偏通知", reason="请于月底前全部开工。", correction_due_on=str(today + timedelta(days=15))
    )
    county.wang_jianguo.take(county.wang_jianguo.open(alert), "报送纠偏结果", correction_text="8 座桥已全部开工，完成 6 座。")
    county.zhou_xiaolan.take(county.zhou_xiaolan.open(alert), "核实通过，销号")
    assert (county.year.alerts.get().state, county.year.alerts.get().outcome) == ("closed", "corrected")
    county.lu_yuan.take(county.lu_yuan.open(where), "复核通过")
    assert ProgressReport.objects.get().state == "accepted"


def evaluate_itself(county, run_jobs):
    opening = county.zhou_xiaolan.open(reverse("evaluation:open_self_evaluations"))
    county.zhou_xiaolan.press(opening, "发起单位自评", year=2026)
    run_jobs()
    sheet = SelfEvaluation.objects.get()
    where = sheet.get_absolute_url()
    page = county.li_weiguo.open(where)
    done = {"单座桥梁改造成本": "24", "改造桥梁数量": "7", "工程验收合格率": "100", "按期完工率": "95", "受益行政村数量": "12", "沿线群众满意度": "92"}
    values = {"goal_result": "完成 7 座，余 1 座因洪水推迟。", "execution_reason": "结算款次年支付。"}
    for score in sheet.score_list():
        values[f"s{score.indicator_id}-actual_value"] = done[score.indicator.name]
        if score.indicator.name == "改造桥梁数量":
            values[f"s{score.indicator_id}-reason"] = "洪水冲毁便道，1 座推迟到次年。"
    page = county.li_weiguo.press(page, "保存草稿", **values)
    sheet.refresh_from_db()
    # 执行率 10 × 55 ÷ 200 = 2.75；数量 20 × 7 ÷ 8 = 17.50；其余满分 20 + 10 + 10 + 20 + 10 = 70
    assert (sheet.execution_score, sheet.total, sheet.grade) == (Decimal("2.75"), Decimal("90.25"), "优")
    county.li_weiguo.press(county.li_weiguo.open(where), "保存并报送单位负责人审核")
    county.wang_jianguo.take(county.wang_jianguo.open(where), "审核通过，报送主管部门")
    county.zhang_wen.take(county.zhang_wen.open(where), "评分并通过初审", department_score="88.50", reason="情况属实。")
    county.zhao_zhiyuan.take(county.zhao_zhiyuan.open(where), "报送财政")
    county.lu_yuan.take(county.lu_yuan.open(where), "认可自评结果")
    assert SelfEvaluation.objects.get().state == "final"


def evaluate_by_a_third_party(county):
    boss, lead = county.zhou_xiaolan, county.he_min
    boss.press(
        boss.open(reverse("evaluation:new_evaluation")), "列入评价", project_year=county.year.pk, kind="fiscal",
        ground="金额大、红灯项目。",
    )
    evaluation = Evaluation.objects.get()
    where = evaluation.get_absolute_url()
    lead.open(where, status=404)
    boss.take(boss.open(where), "下达评价通知书", notice_no="安财绩〔2027〕3号")
    boss.take(
        boss.open(where), "委托第三方机构", institution=county.cast.institution.pk, lead=county.cast.he_min.pk,
        contract_no="HX-2027-03", fee_yuan="6", report_due_on=str(clock.today() + timedelta(days=60)),
    )
    lead.press(lead.open(where), "签署回避声明", has_conflict="no")
    lead.press(lead.open(where), "保存方案", plan_text="查阅资料、现场核查 8 座桥，问卷 200 份。")
    lead.take(lead.open(where), "提交评价方案")
    boss.take(boss.open(where), "同意评价方案")
    return evaluation, where


def score_and_report(county, evaluation, where):
    boss, lead = county.zhou_xiaolan, county.he_min
    lines = evaluation.line_list()
    values = {"conclusion": "总体完成较好，进度滞后。"}
    for line in lines:
        short = line.level1 == "output"
        values |= {f"l{line.pk}-score": line.weight - 1 if short else line.weight, f"l{line.pk}-finding": "查阅资料并现场核查。"}
        if short:
            values |= {f"l{line.pk}-deduction_reason": "1 座桥未按期完工。", f"l{line.pk}-problem": f"{line.name}：进度滞后。"}
    lead.press(lead.open(where), "保存评分", **values)
    for number, line in enumerate(lines, start=1):
        lead.press(
            lead.open(reverse("evaluation:line", args=[line.pk])), "添加工作底稿", number=f"DG-{number:02}",
            source="现场核查记录", content="见附图。",
        )
    lead.press(lead.open(where), "上传报告", file=SimpleUploadedFile("评价报告.pdf", PDF, "application/pdf"))
    lead.take(lead.open(where), "提交报告初稿，征求意见")
    county.wang_jianguo.take(county.wang_jianguo.open(where), "反馈意见", reason="洪水属不可抗力，请予考虑。")
    objection = evaluation.objections.get()
    answer = {f"o{objection.pk}-verdict": "adopted", f"o{objection.pk}-answer": "已在报告中说明。"}
    lead.press(lead.open(where), "发送回应", **answer)
    lead.take(lead.open(where), "提交正式报告")
    boss.take(boss.open(where), "报告验收通过", report_quality="86")
    evaluation.refresh_from_db()
    short = sum(line.level1 == "output" for line in lines)
    assert evaluation.score == Decimal(100 - short)
    county.sun_zheng.take(county.sun_zheng.open(where), "评定等级", grade="良", reason="同意，按良评定。")
    boss.take(boss.open(where), "下达反馈意见书", letter_no="安财绩〔2027〕12号", demands="请于三十日内报送整改方案。")
    assert (county.year.stage, Rectification.objects.get().state) == ("rectifying", "issued")


def rectify(county):
    letter = Rectification.objects.get()
    where = letter.get_absolute_url()
    county.wang_jianguo.take(county.wang_jianguo.open(where), "签收")
    plan, result = {}, {}
    for item in letter.item_list():
        plan |= {f"i{item.pk}-measure": "调整工期，增加班组。", f"i{item.pk}-person": "李卫国", f"i{item.pk}-due_on": "2027-09-30"}
        result |= {f"i{item.pk}-result": "已全部完工并验收。", f"i{item.pk}-done_on": str(clock.today())}
    county.li_weiguo.press(county.li_weiguo.open(where), "保存整改措施", **plan)
    county.wang_jianguo.take(county.wang_jianguo.open(where), "报送整改方案")
    county.zhou_xiaolan.take(county.zhou_xiaolan.open(where), "同意整改方案")
    county.li_weiguo.press(county.li_weiguo.open(where), "保存整改结果", **result)
    county.wang_jianguo.take(county.wang_jianguo.open(where), "报送整改结果")
    for _ in letter.item_list():
        county.zhou_xiaolan.press(county.zhou_xiaolan.open(where), "核实到位")
    county.zhou_xiaolan.take(county.zhou_xiaolan.open(where), "销号")
    assert Rectification.objects.get().state == "closed"


def publish(county):
    page = county.zhou_xiaolan.open(f"{reverse('evaluation:results')}?year=2026")
    county.zhou_xiaolan.press(page, "发布选中的项目", selected=county.year.pk, document_no="安财绩〔2027〕20号")
    assert (county.year.stage, county.year.result_grade) == ("applied", "良")
    basis = AllocationBasis.objects.get()
    assert (basis.grade, basis.rectification, basis.score) == ("良", "done", Result.objects.get().score)


def allocate(county):
    budget = county.qian_li
    budget.press(
        budget.open(reverse("budgets:allocation_new")), "新建轮次", name="2027年部门项目预算安排", fiscal_year=2027, base_year=2026,
        result_year=2026, ceiling_yuan="180",
    )
    round_ = AllocationRound.objects.get()
    where = round_.get_absolute_url()
    budget.take(budget.open(where), "测算")
    line = round_.lines.get()
    assert (line.base_yuan, line.basis.grade) == (Decimal("2000000.00"), "良")
    page = budget.open(where)
    assert "安排合计 200.00 万元，超过总控制数 180.00 万元，请调减 20.00 万元后再提交。" in page.text
    edit = budget.open(reverse("budgets:allocation_line", args=[round_.pk, line.pk]))
    budget.press(edit, "保存", changed_yuan="170", reason="上年结余较多，压减 30 万元。")
    budget.take(budget.open(where), "报领导决定")
    county.sun_zheng.take(
        county.sun_zheng.open(where), "决定", document_no="安财会纪〔2026〕18号", decided_on=str(clock.today())
    )
    budget.take(budget.open(where), "下达控制数")
    return ProjectYear.objects.get(project__name=NAME, fiscal_year=2027)


@pytest.fixture
def run_jobs(monkeypatch, django_capture_on_commit_callbacks):
    """Jobs are carried out when asked for, as a worker would."""
    from core import jobs
    from core.models import Job

    monkeypatch.setattr(jobs, "send", lambda job_id: None)

    def run() -> None:
        for job in Job.objects.unfinished():
            done = jobs.run(job.pk)
            assert done.state == "done", done.error
    return run


def test_one_project_goes_all_the_way_round(county, run_jobs):
    enter_the_pool(county)
    pass_the_ex_ante_assessment(county)
    where = file_the_targets(county)
    review_the_targets(county, where)
    import_the_spending(county)
    monitor(county)
    evaluate_itself(county, run_jobs)
    evaluation, where = evaluate_by_a_third_party(county)
    score_and_report(county, evaluation, where)
    rectify(county)
    publish(county)
    following = allocate(county)
    assert (following.ceiling_yuan, following.previous, following.stage) == (
        Decimal("1700000.00"), county.year, "drafting"
    )

    funds = county.li_weiguo.open(reverse("budgets:funds", args=[following.pk]))
    county.li_weiguo.press(funds, "保存申请资金", fiscal="190")
    page = county.li_weiguo.open(following.get_absolute_url())
    assert "申请 190.00 万元，超过下达的控制数 170.00 万元，请调减 20.00 万元后再提交。" in page.text
    county.li_weiguo.press(county.li_weiguo.open(reverse("budgets:funds", args=[following.pk])), "保存申请资金", fiscal="170")
    county.li_weiguo.press(county.li_weiguo.open(reverse("targets:start")), "开始填报")
    assert TargetDeclaration.objects.get(project_year=following).state == "draft"

    for stranger in (county.chen_mo,):
        for address in (following.get_absolute_url(), where, Alert.objects.get().get_absolute_url()):
            stranger.open(address, status=404)
    lead = county.he_min.open(where)
    county.he_min.take(lead, "归档")
    county.he_min.open(county.year.get_absolute_url(), status=404)
    assert list(audit.broken_links()) == []
    for todo in ToDo.objects.all():
        assert todo.url.startswith("/")
