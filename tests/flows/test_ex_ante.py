"""The ex-ante assessment through the pages: passed, failed, returned, a conflict of interest, exempt."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from budgets.models import ExAnteAssessment, ExAnteExemption, ProjectYear
from core.models import ToDo
from tests.budgets.ex_ante_road import PDF, make_new_year, make_panel, sheet_of
from tests.flows.pages import Page, Person

FILLED = {
    "object_type": "project", "amount_applied_yuan": "320", "background": "县道连年水毁", "content": "处治 12 处隐患",
    "goal_text": "全年完好率达 90%", "fund_structure": "县级财政 320 万元", "plan": "3 月招标、10 月完工",
}
CONCLUSION = {
    "conclusion": "support", "amount_suggested_yuan": "300", "minutes": "9 月 16 日开会，一致同意。", "spread_note": "",
    "suggestions": "细化年度计划。",
}


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.pdf", PDF, "application/pdf")


class Road:
    """The people, and the one assessment they deal with."""

    def __init__(self, cast):
        self.cast, self.panel, self.year = cast, make_panel(cast), make_new_year(cast)
        for name in ("li_weiguo", "wang_jianguo", "zhang_wen", "zhao_zhiyuan", "lu_yuan", "zhou_xiaolan", "chen_mo"):
            setattr(self, name, Person(getattr(cast, name)))
        for name in ("du_wentao", "shen_yumei", "he_min", "qiu_xue"):
            setattr(self, name, Person(getattr(self.panel, name)))

    @property
    def assessment(self) -> ExAnteAssessment:
        return ExAnteAssessment.objects.get()

    @property
    def stage(self) -> str:
        return ProjectYear.objects.get(pk=self.year.pk).stage

    def at(self, person: Person) -> Page:
        return person.open(self.assessment.get_absolute_url())

    def take(self, person: Person, words: str, **values) -> Page:
        return person.take(self.at(person), words, **values)

    def sheet_url(self, person: Person) -> str:
        return sheet_of(self.assessment, person.user).get_absolute_url()

    def upload(self, person: Person, *names: str) -> None:
        for name in names:
            person.press(self.at(person), "上传附件", kind=name, file=pdf(name))


@pytest.fixture
def road(cast) -> Road:
    return Road(cast)


def apply(road) -> None:
    """Started, filled in, every required document handed in, sent to the department."""
    page = road.li_weiguo.open(road.year.get_absolute_url())
    assert "达到 100.00 万元的事前评估标准，请先开展事前绩效评估" in page.text
    road.li_weiguo.take(page, "开展事前绩效评估")
    edit = road.li_weiguo.open(reverse("budgets:ex_ante_edit", args=[road.assessment.pk]))
    road.li_weiguo.press(edit, "保存评估申报", **FILLED)
    assert "缺少必备材料 5 项：项目申报书、绩效目标申报表、立项依据文件、实施方案、预算明细和测算说明" in road.at(road.wang_jianguo).text
    road.upload(road.li_weiguo, *road.assessment.missing_materials())
    road.take(road.wang_jianguo, "报送主管部门")


def convene(road, *people) -> None:
    chosen = [str(person.user.pk) for person in people or (road.du_wentao, road.shen_yumei, road.he_min)]
    road.take(road.zhang_wen, "组织评估", reviewers=chosen)


def score(road, person, grade: str) -> Page:
    page = person.open(road.sheet_url(person))
    if page.has_button("声明无利害关系"):
        person.press(page, "声明无利害关系")
        page = person.open(road.sheet_url(person))
    fields = set().union(*(form.fields for form in page.forms))
    items = {name: grade for name in fields if name.startswith("item_")}
    assert len(items) == 20
    return person.press(page, "提交评分", opinion="已逐项核对。", **items)


def score_all(road, *grades: str) -> None:
    for person, grade in zip((road.du_wentao, road.shen_yumei, road.he_min), grades, strict=True):
        score(road, person, grade)


def conclude(road, **values) -> None:
    road.upload(road.zhang_wen, "评估报告")
    road.take(road.zhang_wen, "出具结论", **CONCLUSION | values)


def test_passed(road):
    apply(road)
    convene(road)
    score_all(road, "优", "良", "良")
    shown = road.at(road.zhang_wen)
    assert "86.60" in shown.text and "专家评分汇总" in shown.text and "评分还没有公开" not in shown.text
    assert "没有上传评估报告" in shown.text
    conclude(road)
    road.take(road.zhao_zhiyuan, "报送财政审核")
    assert "审核事前评估" in road.lu_yuan.open(reverse("home")).text
    road.take(road.lu_yuan, "签署业务股室初审意见", reason="测算有依据。")
    road.take(road.zhou_xiaolan, "审核通过，准予入库")
    year = ProjectYear.objects.get()
    assert (year.stage, year.ceiling_yuan) == ("target_filing", Decimal("3000000.00"))
    tab = road.li_weiguo.open(f"{road.year.get_absolute_url()}?tab=ex_ante")
    assert "86.60" in tab.text and "予以支持" in tab.text


def test_each_scores_alone_and_drafts_are_kept(road):
    apply(road)
    convene(road)
    sheet = road.du_wentao.open(road.sheet_url(road.du_wentao))
    assert not sheet.has_button("提交评分"), "no scoring form before the statement"
    assert "立项依据充分" not in sheet.text
    assert "县道连年水毁" not in sheet.text
    assert "独立评分" not in road.du_wentao.open(reverse("home")).text
    road.du_wentao.press(sheet, "声明无利害关系")
    assert "独立评分" in road.du_wentao.open(reverse("home")).text
    sheet = road.du_wentao.open(road.sheet_url(road.du_wentao))
    assert "县道连年水毁" in sheet.text and "实施方案.pdf" in sheet.text
    kept = road.du_wentao.press(sheet, "保存草稿", item_1="中", opinion="待核实测算")
    assert "评分草稿已保存" in kept.text and "待核实测算" in kept.text
    unfinished = road.du_wentao.press(kept, "提交评分", refused=True, item_2="优")
    assert "还有 18 项没有评等级" in unfinished.text and "待核实测算" in unfinished.text
    score(road, road.du_wentao, "差")
    road.shen_yumei.open(road.sheet_url(road.du_wentao), status=404)
    road.chen_mo.open(road.sheet_url(road.du_wentao), status=404)
    road.qiu_xue.open(road.assessment.get_absolute_url(), status=404)
    for person in (road.zhang_wen, road.zhou_xiaolan, road.li_weiguo):
        hidden = person.open(road.sheet_url(road.du_wentao))
        assert "评分还没有公开" in hidden.text and "已逐项核对" not in hidden.text
        assert "评分还没有公开" in road.at(person).text
    for person, grade in ((road.shen_yumei, "优"), (road.he_min, "优")):
        score(road, person, grade)
    assert "已逐项核对" in road.shen_yumei.open(road.sheet_url(road.du_wentao)).text
    assert "专家总分相差 100.00 分，超过 20 分的界限" in road.at(road.zhang_wen).text


def test_failed(road):
    apply(road)
    convene(road)
    score_all(road, "中", "中", "差")
    road.upload(road.zhang_wen, "评估报告")
    form = road.zhang_wen.open(reverse("budgets:exanteassessment_step", args=[road.assessment.pk, "conclude"]))
    refused = road.zhang_wen.press(form, "出具结论", refused=True, **CONCLUSION)
    assert "平均得分 40.00 分，低于 70 分的通过线，结论只能是不予支持" in refused.text
    assert "请在“分歧说明”中写明会议如何处理" in refused.text
    road.zhang_wen.press(
        refused, "出具结论", conclusion="reject", amount_suggested_yuan="", spread_note="何敏认为完全没有依据，会议采纳。"
    )
    road.take(road.zhao_zhiyuan, "不予支持，终止", reason="投入没有依据。")
    assert road.stage == "rejected"
    page = road.li_weiguo.open(road.year.get_absolute_url())
    assert not page.has_button("开始填报绩效目标") and "未入库" in page.text
    road.take(road.li_weiguo, "修改后重新评估")
    assert (road.stage, road.assessment.version, road.assessment.state) == ("ex_ante", 2, "draft")


def test_returned_by_the_department_and_by_finance(road):
    apply(road)
    road.take(road.zhang_wen, "退回修改", reason="请补充可行性研究报告。")
    road.upload(road.li_weiguo, "可行性研究报告")
    road.take(road.wang_jianguo, "报送主管部门")
    convene(road)
    score_all(road, "优", "优", "优")
    conclude(road)
    road.take(road.zhao_zhiyuan, "报送财政审核")
    road.take(road.lu_yuan, "退回修改", reason="测算标准有误。")
    assert (road.assessment.state, road.assessment.score, road.stage) == ("returned", None, "ex_ante")
    road.take(road.wang_jianguo, "报送主管部门")
    convene(road)
    assert road.assessment.attempt == 2
    score_all(road, "良", "良", "良")
    assert road.assessment.score == Decimal("80.00")


def test_a_conflict_of_interest(road):
    apply(road)
    convene(road)
    sheet = road.he_min.open(road.sheet_url(road.he_min))
    left = road.he_min.press(sheet, "声明存在利害关系", reason="本公司编制了该项目的可行性研究报告。")
    assert left.url == reverse("home")
    road.he_min.open(road.assessment.get_absolute_url(), status=404)
    page = road.at(road.zhang_wen)
    assert "剩下的不足 3 名，请增补专家" in page.text and "本公司编制了该项目的可行性研究报告" in page.text
    assert ToDo.objects.get(model="budgets.exanteassessment").verb == "增补评估专家"
    assert "何敏退出专家组" in road.zhang_wen.open(reverse("notices")).text
    form = road.zhang_wen.open(reverse("budgets:exanteassessment_step", args=[road.assessment.pk, "add_reviewers"]))
    assert "邱雪（衡信绩效咨询有限公司评价组成员）" in form.text and "何敏" not in form.text
    road.zhang_wen.press(form, "增补专家", reviewers=[str(road.panel.qiu_xue.pk)])
    for person in (road.du_wentao, road.shen_yumei, road.qiu_xue):
        score(road, person, "优")
    assert road.assessment.score == Decimal("100.00")


def test_too_few_or_foreign_reviewers_are_refused_on_the_page(road):
    apply(road)
    form = road.zhang_wen.open(reverse("budgets:exanteassessment_step", args=[road.assessment.pk, "convene"]))
    assert "赵志远" not in form.text and "王建国" not in form.text
    few = road.zhang_wen.press(form, "组织评估", refused=True, reviewers=[str(road.panel.he_min.pk)])
    assert "只指定了 1 名专家，评估专家不少于 3 名，请再指定 2 名" in few.text
    foreign = [str(person.pk) for person in (*road.panel.three(), road.cast.wang_jianguo)]
    assert "有人不能参加本次评估" in road.zhang_wen.press(form, "组织评估", refused=True, reviewers=foreign).text
    assert road.assessment.state == "dept_reviewing"


def test_exempt(road):
    tab = road.li_weiguo.open(f"{road.year.get_absolute_url()}?tab=ex_ante")
    form = road.li_weiguo.open(tab.link("申请免予评估"))
    bare = road.li_weiguo.press(form, "报送财政审核", refused=True, basis_text="安发改〔2025〕31号")
    assert not ExAnteExemption.objects.exists()
    road.li_weiguo.press(
        bare, "报送财政审核", ground="已按基本建设程序审批", basis_text="安发改〔2025〕31号", file=pdf("批复")
    )
    exemption = ExAnteExemption.objects.get()
    where = exemption.get_absolute_url()
    road.chen_mo.open(where, status=404)
    assert not road.zhang_wen.open(where).has_button("准予免评估")
    page = road.zhou_xiaolan.open(where)
    assert "批复.pdf" in page.text and "已按基本建设程序审批" in page.text
    road.zhou_xiaolan.take(page, "准予免评估")
    road.li_weiguo.take(road.li_weiguo.open(road.year.get_absolute_url()), "开始填报绩效目标")
    assert road.stage == "target_filing"
