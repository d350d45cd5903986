"""From the project pool to execution in a real Chromium, each step by the person whose step it is."""

from decimal import Decimal
from functools import cached_property

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from budgets.models import ProjectYear
from tests.browser.people import Visitor
from tests.budgets.ex_ante_road import PDF, give, hand_in, make_panel
from tests.factories.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "农村公路桥梁安全设施提升"
GOAL = "完成 8 座危桥安全设施改造，受益 12 个行政村。"
DOCUMENT = "安财预〔2026〕9号"
INDICATORS = [
    # steps down the list of level-2 indicators, level 2, name, steps down the operators, value, unit, weight
    (1, "经济成本", "单座桥梁改造成本", 4, "25", "万元", "20"),
    (3, "数量", "改造桥梁数量", 1, "8", "座", "20"),
    (1, "质量", "工程验收合格率", 3, "100", "%", "10"),
    (1, "时效", "按期完工率", 1, "95", "%", "10"),
    (2, "社会效益", "受益行政村数量", 1, "12", "个", "20"),
    (3, "服务对象满意度", "沿线群众满意度", 1, "90", "%", "10"),
]


class People:
    """Each person signs in when first needed."""

    def __init__(self, cast, new_context, site: str) -> None:
        self.cast, self.new_context, self.site = cast, new_context, site
        self.panel = make_panel(cast)
        self.present: list[Visitor] = []

    def _visitor(self, name: str) -> Visitor:
        user = getattr(self.panel, name, None) or getattr(self.cast, name)
        self.present.append(Visitor(self.new_context, self.site, user))
        return self.present[-1]

    li_weiguo = cached_property(lambda self: self._visitor("li_weiguo"))
    wang_jianguo = cached_property(lambda self: self._visitor("wang_jianguo"))
    zhang_wen = cached_property(lambda self: self._visitor("zhang_wen"))
    zhao_zhiyuan = cached_property(lambda self: self._visitor("zhao_zhiyuan"))
    lu_yuan = cached_property(lambda self: self._visitor("lu_yuan"))
    zhou_xiaolan = cached_property(lambda self: self._visitor("zhou_xiaolan"))
    qian_li = cached_property(lambda self: self._visitor("qian_li"))
    du_wentao = cached_property(lambda self: self._visitor("du_wentao"))


@pytest.fixture
def people(transactional_db, new_context, live_server) -> People:
    return People(make_cast(), new_context, live_server.url)


def project_year() -> ProjectYear:
    return ProjectYear.objects.get(project__name=NAME)


def enter_the_pool(li: Visitor) -> None:
    li.open(reverse("budgets:pool"))
    li.follow("登记项目")
    li.fill(
        项目编码="26-JT-0031", 项目名称=NAME, 实施单位="县公路养护中心", 主管部门="县交通运输局", 项目类别="部门预算项目",
        项目属性="新增", 项目类型="一次性", 资金性质="一般公共预算", 起始日期="2026-01-01", 终止日期="2026-12-31", 项目负责人="李卫国",
    )
    li.press("登记项目")
    li.sees(NAME, "还没有年度立项")
    li.page.locator("#fiscal-year").select_option(label="2026年度")
    li.press("年度立项")
    li.sees("已立项，请填写申请的资金。")
    li.fill(财政拨款="200")
    li.press("保存申请资金")
    li.sees(NAME, "待启动", "200.00", "达到 100.00 万元的事前评估标准，请先开展事前绩效评估")


def apply_for_the_ex_ante_assessment(li: Visitor, wang: Visitor) -> None:
    li.press("开展事前绩效评估")
    li.sees("现在卡在：县公路养护中心 李卫国。")
    li.take_up("填写评估申报")
    li.follow("填写评估申报")
    li.fill(
        立项背景与依据="桥梁护栏老化，已列入交通隐患清单。", 主要内容="改造 8 座危桥的护栏和照明。", 绩效目标="消除 8 座桥梁的安全隐患。",
        资金构成与测算="每座 25 万元，共 200 万元。", 实施方案="二季度开工，十月底完工。",
    )
    li.press("保存评估申报")
    li.sees("填报中", "桥梁护栏老化，已列入交通隐患清单。", "每座 25 万元，共 200 万元。")
    hand_in_the_documents(li)
    wang.open(reverse("budgets:ex_antes"))
    wang.follow(NAME)
    wang.press("报送主管部门")
    wang.sees("报送主管部门，已办理。", "待初审")


def hand_in_the_documents(li: Visitor) -> None:
    """One through the page, which ticks it on the checklist; the others behind it."""
    assessment = project_year().ex_ante_assessments.get()
    upload(li, "项目申报书")
    li.sees("附件“项目申报书.pdf”已上传。")
    expect(li.page.locator("ul.files li").filter(has_text="绩效目标申报表").first).to_contain_text("缺少")
    expect(li.page.locator("ul.files li").filter(has_text="项目申报书").first).to_contain_text("项目申报书.pdf")
    hand_in(assessment, li.user)


def upload(visitor: Visitor, kind: str) -> None:
    visitor.page.get_by_label("材料类别").select_option(value=kind)
    visitor.page.locator("#upload-file").set_input_files(
        {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    visitor.press("上传附件")


def score_alone(expert: Visitor) -> None:
    expert.take_up("签署回避声明")
    expert.sees("签署回避声明后才能查看申报材料和评分表。")
    expert.page.locator("summary", has_text="声明无利害关系").click()
    expert.press("声明无利害关系，开始评分")
    expert.sees("草稿只有您本人能看到；提交后不能再改。得分由系统按等级计算。", "改造 8 座危桥的护栏和照明。")
    for grade in expert.page.get_by_role("radio", name="优", exact=True).all():
        grade.check()
    expert.press("保存草稿")
    expert.sees("评分草稿已保存。")
    expert.fill(评审意见="隐患清单属实，同意立项。")
    expert.press("提交评分")
    expert.sees("评分已提交。", "已评分")


def assess(people: People) -> None:
    zhang, zhao, panel = people.zhang_wen, people.zhao_zhiyuan, people.panel
    zhang.take_up("组织评估")
    zhang.sees(NAME, "改造 8 座危桥的护栏和照明。")
    zhang.follow("组织评估")
    for name in ("杜文涛", "沈玉梅", "邱雪"):
        zhang.page.get_by_label(name).check()
    zhang.press("组织评估")
    zhang.sees("组织评估，已办理。", "评分还没有公开", "还没有签署")
    score_alone(people.du_wentao)
    assessment = project_year().ex_ante_assessments.get()
    give(assessment, panel.shen_yumei, "良")
    give(assessment, panel.qiu_xue, "良")
    zhang.open(assessment.get_absolute_url())
    zhang.sees("86.60", "隐患清单属实，同意立项。")
    upload(zhang, "评估报告")
    zhang.follow("出具结论")
    zhang.fill(评审会议纪要="三名专家一致同意。")
    zhang.page.get_by_role("radio", name="予以支持", exact=True).check()
    zhang.press("出具结论")
    zhang.sees("出具结论，已办理。", "予以支持")
    zhao.take_up("报送财政审核")
    zhao.press("报送财政审核")
    zhao.sees("待财政审核")


def admit(lu: Visitor, zhou: Visitor) -> None:
    lu.take_up("审核事前评估")
    lu.page.locator("summary", has_text="签署业务股室初审意见").click()
    lu.fill(意见="测算依据充分，同意。")
    lu.press("签署业务股室初审意见")
    lu.sees("签署业务股室初审意见，已办理。", "测算依据充分，同意。")
    zhou.take_up("审核事前评估")
    zhou.press("审核通过，准予入库")
    zhou.sees("审核通过，准予入库，已办理。", "已通过")
    assert project_year().stage == "target_filing"


def type_the_indicators(li: Visitor) -> None:
    """The whole grid by keyboard: arrows choose from the lists, Tab goes right, Enter opens the next row."""
    keys = li.page.keyboard
    li.page.locator("#cell-1-level2 select").focus()
    for row, (down, level2, name, operator, value, unit, weight) in enumerate(INDICATORS, start=1):
        if row > 1:
            keys.press("Enter")
            for _ in range(5):
                keys.press("ArrowLeft")
        chosen = li.page.locator(f"#cell-{row}-level2 select")
        expect(chosen).to_be_focused()
        for _ in range(down):
            keys.press("ArrowDown")
        expect(chosen.locator("option:checked")).to_have_text(level2)
        keys.press("Tab")
        keys.type(name)
        keys.press("Tab")
        for _ in range(operator):
            keys.press("ArrowDown")
        for text in (value, unit, weight):
            keys.press("Tab")
            keys.type(text)
    expect(li.page.locator("[data-sum=total] [data-given]")).to_have_text("90")
    expect(li.page.locator("[data-saved]")).to_contain_text("已自动保存", timeout=10_000)


def file_the_targets(li: Visitor) -> None:
    li.open(reverse("targets:start"))
    li.press("开始填报")
    li.sees("1 项目与资金", "年度总体目标报送前必须填写。")
    li.fill(年度总体目标=GOAL)
    li.press("保存，填绩效指标")
    li.sees("从 Excel 粘贴多行")
    type_the_indicators(li)
    li.press("下一步：附件与报送")
    li.sees(NAME, GOAL, "填报中", "≤25万元", "≥8座", "=100%", "≥90%")
    li.press("报送单位负责人审核")
    li.sees("待单位审核")


def review_in_the_unit(wang: Visitor) -> None:
    wang.take_up("审核绩效目标")
    wang.sees("待单位审核", GOAL, "改造桥梁数量", "≥8座")
    wang.press("审核通过，报送主管部门")
    wang.sees("审核通过，报送主管部门，已办理。", "审核队列里的绩效目标都办完了。")


def rate(reviewer: Visitor, grades: str) -> None:
    """Press one rating button for each item of the review form."""
    groups = reviewer.page.locator("[data-grades]").all()
    for group, grade in zip(groups, grades, strict=True):
        group.get_by_role("button", name=grade, exact=True).click()
    expect(reviewer.page.locator("[data-total]")).to_have_text("97")
    expect(reviewer.page.locator("[data-grade]")).to_have_text("优")


def review_in_the_department(zhang: Visitor) -> None:
    zhang.take_up("初审绩效目标")
    zhang.sees("待初审", GOAL, "1–4 评级")
    rate(zhang, "优优优良优优优优")
    zhang.fill(意见="目标明确，同意。")
    zhang.page.keyboard.press("Control+Enter")
    zhang.sees("初审通过，报送财政，已办理。", "审核队列里的绩效目标都办完了。")


def review_in_finance(lu: Visitor, zhou: Visitor) -> None:
    lu.take_up("审核绩效目标")
    lu.sees("待财政审核")
    lu.fill(意见="测算合理，同意。")
    lu.press("签署业务股室初审意见")
    lu.sees("签署业务股室初审意见，已办理。")
    zhou.take_up("审核绩效目标")
    zhou.sees("待财政审核", "1–4 评级")
    for key in "11121111":
        zhou.page.keyboard.press(key)
    expect(zhou.page.locator("[data-total]")).to_have_text("97")
    zhou.page.get_by_role("tab", name="历次意见").click()
    zhou.sees("目标明确，同意。", "97.00")
    zhou.fill(意见="同意，执行中注意成本。")
    zhou.page.keyboard.press("Control+Enter")
    zhou.sees("审核通过，已办理。")


def approve(qian: Visitor) -> None:
    qian.take_up("随预算批复")
    qian.sees("待批复", "绩效目标与预算同步批复；批复后项目进入执行。")
    here = qian.page.url
    qian.press("随预算批复")
    expect(qian.field("预算批复文号")).to_be_focused()
    assert (qian.page.url, project_year().stage) == (here, "awaiting_approval")
    qian.fill(预算批复文号=DOCUMENT)
    qian.press("随预算批复")
    qian.sees("随预算批复，已办理。")


def execute(li: Visitor) -> None:
    year = project_year()
    assert (year.stage, year.budget_yuan, year.approval_document) == (
        "executing", Decimal("2000000.00"), DOCUMENT
    )
    li.open(year.get_absolute_url())
    li.sees(NAME, "执行中", DOCUMENT, "无调整", "0 笔支付，结余 200.00", "已批复", "改造桥梁数量", "≥8座")


def test_a_fault_on_a_page_is_noticed(people):
    li = people.li_weiguo
    assert li.faults == []
    li.page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "void 0";
      document.body.append(script);
    }""")
    li.page.evaluate("() => fetch('/no-such-page/')")
    told = "\n".join(li.faults)
    assert f"{li.site}/：违反内容安全策略 script-src-elem：inline" in told
    assert "/no-such-page/ 得到 404" in told


def test_a_project_is_taken_from_the_pool_to_execution(people):
    enter_the_pool(people.li_weiguo)
    apply_for_the_ex_ante_assessment(people.li_weiguo, people.wang_jianguo)
    assess(people)
    admit(people.lu_yuan, people.zhou_xiaolan)
    file_the_targets(people.li_weiguo)
    review_in_the_unit(people.wang_jianguo)
    review_in_the_department(people.zhang_wen)
    review_in_finance(people.lu_yuan, people.zhou_xiaolan)
    approve(people.qian_li)
    execute(people.li_weiguo)
    assert [visitor.faults for visitor in people.present] == [[]] * 8
