"""Every address of the project as every person of the story: what opens, what is hidden, what is never an error.

One county stands for all tests of this file: two projects of 县公路养护中心 with a record of every kind. 何敏's assignment is
open on the first and archived on the second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from budgets.models import (
    ExAnteExemption,
    ExAnteReview,
    ExtensionRequest,
    ProjectYear,
    Spending,
    TaskWindow,
)
from budgets.services import open_allocation_round, record_spendings
from core import attachments, comments, jobs
from core.access import Role
from core.imports import staging
from core.models import Attachment, AuditEntry, Comment, Job
from core.official.intake import staging as official_staging
from core.official.kinds import registered
from core.transitions import declared_steps, perform
from core.workflow import workflow_models
from evaluation.models import Evaluation
from evaluation.services import add_paper, answer_objection, publish_result
from monitoring.models import ProgressReport
from monitoring.services import fill_report, open_round
from targets.models import Approval, DeclarationReview
from targets.services import add_to_library, open_department_declaration
from tests.evaluation import makers
from tests.factories.cast import NOON, Cast, make_cast, make_project, make_year, person
from tests.filled_files import downloaded
from tests.targets.makers import make_draft
from tests.targets.test_library import CONTENT as LIBRARY_CONTENT
from tests.workflow_table import put_into

PEOPLE = (
    "li_weiguo", "wang_jianguo", "zhang_wen", "zhao_zhiyuan", "lu_yuan", "zhou_xiaolan", "qian_li", "sun_zheng",
    "he_min", "wu_di", "lin_feng", "chen_mo",
)
OUTSIDERS = ("lin_feng", "chen_mo")
WORDS = {"o": {200}, ">": {302}, "x": {403}, "-": {404}, "p": {405}, "?": {200, 403}}

# Answers to GET, a letter a person: o opens, > leads on, x is not theirs to do, - is hidden, p is there for POST alone,
# ? is a step, which opens for whoever may take it. After the name of an address stands what it is visited with, where
# there are several cases.
TABLE = {
    #                                       李王张赵陆周钱孙何吴林陈
    "home":                               "oooooooooooo",
    "done":                               "oooooooooooo",
    "search":                             "oooooooooooo",
    "cockpit":                            "xxxxxoooxoxx",
    "login":                              ">>>>>>>>>>>>",
    "logout":                             "pppppppppppp",
    "password_change":                    "oooooooooooo",
    "set_year":                           "pppppppppppp",
    "set_density":                        "pppppppppppp",
    "jobs":                               "oooooooooooo",
    "job":                                "-----o------",
    "job_progress":                       "-----o------",
    "notices":                            "oooooooooooo",
    "notices_read":                       "pppppppppppp",
    "help":                               "oooooooooooo",
    "audit":                              "xxxxxoooxoxx",
    "healthz":                            "oooooooooooo",
    "check_form":                         "oooooooooooo",
    "imports":                            "o->--oo----o",
    "import":                             "------o-----",
    "import 绩效目标":                    "o----o-----o",
    "import 项目预算":                    "o-o---o----o",
    "import 机构和人员":                  "------------",
    "import_template":                    "------o-----",
    "import_preview":                     "------o-----",
    "import_rejected":                    "------o-----",
    "comment":                            "pppppppppppp",
    "attach":                             "pppppppppppp",
    "official_intake":                    "oxxxxxxx-x--",
    "official_intake 已批复":             ">xxxxxxxxx--",
    "official_intake_preview":            "o-----------",
    "attachment":                         "oooooooooo--",
    "attachment 底稿":                    "oooooooooo--",
    "official_forms":                     "oooooooooooo",
    "official_empty":                     "oooooooooooo",
    "official_bundle":                    "pppppppppppp",
    "official_form 绩效目标申报表":       "oooooooooo--",
    "official_form 绩效目标审核表":       "oooooooooo--",
    "official_form 绩效目标批复表":       "oooooooooo--",
    "official_form 绩效监控表":           "oooooooooo--",
    "official_form 绩效自评表":           "oooooooooo--",
    "official_form 评价评分表":           "oooooooooo--",
    "official_form 事前评估表":           "oooooooo-o--",
    "official_form 反馈意见书":           "oooooooooo--",
    "official_form 预算安排表":           "----oooo-o--",
    "official_form 预算安排表已下达":     "oooooooo-o-o",
    "official_form 部门目标申报表":       "--oooooo-o--",
    "official_form 部门自评表":           "--oooooo-o--",
    "budgets:projects":                   "oooooooooooo",
    "budgets:projects_export":            "pppppppppppp",
    "budgets:pool":                       "oooooooooooo",
    "budgets:project_new":                "oxoxxxoxxxxo",
    "budgets:project_edit":               "oooooooooo--",
    "budgets:project_open":               "pppppppppppp",
    "budgets:project_parent":             "oxoxxxoxxx--",
    "budgets:project_status":             "oxoxxxoxxx--",
    "budgets:remind_selected":            "pppppppppppp",
    "budgets:remind":                     "pppppppppppp",
    "budgets:watch":                      "pppppppppppp",
    "budgets:print_dossier":              "pppppppppppp",
    "budgets:windows":                    "oooooooooooo",
    "budgets:open_fiscal_year":           "xxxxxooxxxxx",
    "budgets:window_edit":                "xxxxxoxxxxxx",
    "budgets:window_extend":              "xxxxxoxxxxxx",
    "budgets:window_ask":                 ">>oxxxxxxxxo",
    "budgets:extension_request":          "oooooooo-o--",
    "budgets:project_year":               "oooooooooo--",
    "budgets:funds":                      "oxxxxxxxxx--",
    "budgets:adjust":                     "xxxxxxoxxx--",
    "budgets:spendings":                  "oooooooooo--",
    "budgets:ex_antes":                   "oooooooooooo",
    "budgets:ex_ante":                    "oooooooo-o--",
    "budgets:ex_ante_edit":               "oxxxxxxx-x--",
    "budgets:ex_ante_remind":             "pppppppppppp",
    "budgets:ex_ante_review":             "oooooooo-o--",
    "budgets:ex_ante_exempt":             "oxxxxxxxxx--",
    "budgets:ex_ante_exemption":          "oooooooo-o--",
    "budgets:allocations":                "oooooooooooo",
    "budgets:allocation_new":             "xxxxxxoxxxxx",
    "budgets:allocation":                 "----oooo-o--",
    "budgets:allocation 已下达":          "oooooooo-o-o",
    "budgets:allocation_export":          "----oooo-o--",
    "budgets:allocation_export 已下达":   "oooooooo-o-o",
    "budgets:allocation_line":            "----oooo-o--",
    "budgets:allocation_line 已下达":     "oooooooo-o--",
    "budgets:allocation_waive":           "----xxox-x--",
    "budgets:allocation_waive_unsettled": "----xxox-x--",
    "budgets:allocation_waive 已下达":    "xxxxxxox-x--",
    "budgets:projectyear_step":           "??????????--",
    "budgets:exanteassessment_step":      "????????-?--",
    "budgets:exantereview_step":          "????????-?--",
    "budgets:exanteexemption_step":       "????????-?--",
    "budgets:extensionrequest_step":      "????????-?--",
    "budgets:allocationround_step":       "----????-?--",
    "budgets:allocationround_step 已下达": "????????-?-?",
    "targets:declarations":               "oooooooooooo",
    "targets:start":                      "oooooooooooo",
    "targets:open":                       "pppppppppppp",
    "targets:declaration":                "oooooooooo--",
    "targets:declaration 草稿":           "oooooooo-o--",
    "targets:edit_goal":                  "oxxxxxxx-x--",
    "targets:edit_goal 已批复":           ">xxxxxxxxx--",
    "targets:edit_indicators":            "oxxxxxxx-x--",
    "targets:edit_indicators 已批复":     ">xxxxxxxxx--",
    "targets:copy_last_year":             "pppppppppppp",
    "targets:mend":                       "pppppppppppp",
    "targets:keep_warning":               "pppppppppppp",
    "targets:adjust":                     "oxxxxxxxxx--",
    "targets:departments":                "oooooooooooo",
    "targets:open_department":            "--oxxxxx-x--",
    "targets:department":                 "--oooooo-o--",
    "targets:edit_department":            "--oxxxxx-x--",
    "targets:edit_department_indicators": "--oxxxxx-x--",
    "targets:department_suggestions":     "--oxxxxx-x--",
    "targets:departmentdeclaration_step": "--??????-?--",
    "targets:awaiting_approval":          "xxxxxxoxxxxx",
    "targets:approve_many":               "pppppppppppp",
    "targets:approvals":                  "oooooooooooo",
    "targets:approval":                   "oooooooooo--",
    "targets:review":                     ">>>>>>>>->--",
    "targets:comment_on":                 "pppppppppppp",
    "targets:settle_comment":             "pppppppppppp",
    "targets:pass_ticked":                "pppppppppppp",
    "targets:edit_schedule":              "oxxxxxxx-x--",
    "targets:suggestions":                "oxxxxxxx-x--",
    "targets:library":                    "oooooooooooo",
    "targets:library_add":                "oxoxxoxxxxxo",
    "targets:library_indicator":          "oooooooooooo",
    "targets:library_edit":               "xxxxxoxxxxxx",
    "targets:libraryindicator_step":      "????????????",
    "targets:targetdeclaration_step":     "??????????--",
    "targets:targetdeclaration_step 草稿": "????????-?--",
    "monitoring:rounds":                  "oooooooooooo",
    "monitoring:open_round":              "xxxxxoxxxxxx",
    "monitoring:round":                   "oooooooo-o-o",
    "monitoring:reports":                 "oooooooooooo",
    "monitoring:report":                  "oooooooooo--",
    "monitoring:report 草稿":             ">ooooooooo--",
    "monitoring:report_edit":             "o>>>>>>>>>--",
    "monitoring:report_edit 已报送":      ">>>>>>>>>>--",
    "monitoring:alerts":                  "oooooooooooo",
    "monitoring:alert":                   "oooooooooo--",
    "monitoring:progressreport_step":     "??????????--",
    "monitoring:alert_step":              "??????????--",
    "evaluation:self_evaluations":        "oooooooooooo",
    "evaluation:open_self_evaluations":   "xxxxxoxxxxxx",
    "evaluation:self_evaluation":         "oooooooooo--",
    "evaluation:evaluations":             "oooooooooooo",
    "evaluation:new_evaluation":          "xxoxxoxxxxxx",
    "evaluation:evaluation":              "oooooooooo--",
    "evaluation:plan":                    "pppppppppppp",
    "evaluation:scores":                  "pppppppppppp",
    "evaluation:statement":               "pppppppppppp",
    "evaluation:report":                  "pppppppppppp",
    "evaluation:answer":                  "pppppppppppp",
    "evaluation:line":                    "oooooooooo--",
    "evaluation:rectifications":          "oooooooooooo",
    "evaluation:rectification":           "oooooooooo--",
    "evaluation:verify":                  "pppppppppppp",
    "evaluation:results":                 "oooooooooooo",
    "evaluation:publish":                 "pppppppppppp",
    "evaluation:published":               "oooooooooooo",
    "evaluation:disclosures":             "oooooooooooo",
    "evaluation:record_disclosures":      "pppppppppppp",
    "evaluation:disclosure":              "xxooxoxxxx--",
    "evaluation:selfevaluation_step":     "??????????--",
    "evaluation:evaluation_step":         "??????????--",
    "evaluation:rectification_step":      "??????????--",
}
STEPS = {
    "budgets:projectyear_step": "year", "budgets:exanteassessment_step": "ex_ante",
    "budgets:exantereview_step": "ex_ante_sheet", "budgets:exanteexemption_step": "exemption",
    "budgets:extensionrequest_step": "longer",
    "budgets:allocationround_step": "simulated", "budgets:allocationround_step 已下达": "issued",
    "targets:libraryindicator_step": "library_entry", "targets:departmentdeclaration_step": "whole",
    "targets:targetdeclaration_step": "declaration", "targets:targetdeclaration_step 草稿": "draft",
    "monitoring:progressreport_step": "report", "monitoring:alert_step": "alert",
    "evaluation:selfevaluation_step": "sheet", "evaluation:evaluation_step": "evaluation",
    "evaluation:rectification_step": "letter",
}
# A word stands for the number of the project's record, text after = for itself.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "job": ("job",),
    "job_progress": ("job",),
    "import": ("=spending",),
    "import_template": ("=spending",),
    "import_preview": ("staged",),
    "import_rejected": ("staged",),
    "official_intake": ("=targets.targetdeclaration", "draft"),
    "official_intake 已批复": ("=targets.targetdeclaration", "declaration"),
    "official_intake_preview": ("taken",),
    "attachment": ("file",),
    "attachment 底稿": ("paper",),
    "comment": ("=budgets.projectyear", "year"),
    "attach": ("=budgets.projectyear", "year"),
    "import 绩效目标": ("=targets",),
    "import 项目预算": ("=budget",),
    "import 机构和人员": ("=organisations",),
    "official_empty": ("=target_declaration", "=xlsx"),
    "official_bundle": ("=target_declaration",),
    "official_form 绩效目标申报表": ("=target_declaration", "declaration", "=docx"),
    "official_form 绩效目标审核表": ("=target_review", "review", "=xlsx"),
    "official_form 绩效目标批复表": ("=target_approval", "approval", "=pdf"),
    "official_form 绩效监控表": ("=progress_report", "report", "=xlsx"),
    "official_form 绩效自评表": ("=self_evaluation", "sheet", "=docx"),
    "official_form 评价评分表": ("=evaluation_scores", "evaluation", "=xlsx"),
    "official_form 事前评估表": ("=ex_ante", "ex_ante", "=xlsx"),
    "official_form 反馈意见书": ("=feedback_letter", "letter", "=docx"),
    "official_form 预算安排表": ("=allocation", "simulated", "=xlsx"),
    "official_form 预算安排表已下达": ("=allocation", "issued", "=xlsx"),
    "official_form 部门目标申报表": ("=department_target", "department", "=xlsx"),
    "official_form 部门自评表": ("=department_self_evaluation", "department", "=xlsx"),
    "budgets:project_edit": ("project",),
    "budgets:project_open": ("project",),
    "budgets:project_parent": ("project",),
    "budgets:project_status": ("project",),
    "budgets:remind": ("year",),
    "budgets:watch": ("year",),
    "budgets:print_dossier": ("year",),
    "budgets:window_edit": ("=2026", "=target_filing"),
    "budgets:window_extend": ("=2026", "=application"),
    "budgets:window_ask": ("=2026", "=application"),
    "budgets:extension_request": ("longer",),
    "budgets:project_year": ("year",),
    "budgets:funds": ("year",),
    "budgets:adjust": ("year",),
    "budgets:spendings": ("year",),
    "budgets:ex_ante": ("ex_ante",),
    "budgets:ex_ante_edit": ("ex_ante",),
    "budgets:ex_ante_remind": ("ex_ante",),
    "budgets:ex_ante_review": ("ex_ante_sheet",),
    "budgets:ex_ante_exempt": ("year",),
    "budgets:ex_ante_exemption": ("exemption",),
    "budgets:allocation": ("simulated",),
    "budgets:allocation_export": ("simulated",),
    "budgets:allocation_line": ("simulated", "simulated_line"),
    "budgets:allocation_waive": ("simulated", "simulated_line"),
    "budgets:allocation_waive_unsettled": ("simulated",),
    "budgets:allocation 已下达": ("issued",),
    "budgets:allocation_export 已下达": ("issued",),
    "budgets:allocation_line 已下达": ("issued", "issued_line"),
    "budgets:allocation_waive 已下达": ("issued", "issued_line"),
    "targets:open": ("year",),
    "targets:declaration": ("declaration",),
    "targets:declaration 草稿": ("draft",),
    "targets:edit_goal": ("draft",),
    "targets:edit_indicators": ("draft",),
    "targets:copy_last_year": ("draft",), "targets:mend": ("draft",), "targets:keep_warning": ("draft",),
    "targets:edit_goal 已批复": ("declaration",),
    "targets:edit_indicators 已批复": ("declaration",),
    "targets:adjust": ("declaration",),
    "targets:approval": ("approval",),
    "targets:open_department": ("department", "=2025"),
    "targets:department": ("whole",),
    "targets:edit_department": ("whole",),
    "targets:edit_department_indicators": ("whole",),
    "targets:department_suggestions": ("whole",),
    "targets:review": ("draft",),
    "targets:comment_on": ("draft",),
    "targets:settle_comment": ("field_comment",),
    "targets:suggestions": ("draft",),
    "targets:edit_schedule": ("draft",),
    "targets:library_indicator": ("library_entry",),
    "targets:library_edit": ("library_entry",),
    "monitoring:round": ("round",),
    "monitoring:report": ("report",),
    "monitoring:report 草稿": ("report_draft",),
    "monitoring:report_edit": ("report_draft",),
    "monitoring:report_edit 已报送": ("report",),
    "monitoring:alert": ("alert",),
    "evaluation:self_evaluation": ("sheet",),
    "evaluation:evaluation": ("evaluation",),
    "evaluation:plan": ("evaluation",),
    "evaluation:scores": ("evaluation",),
    "evaluation:statement": ("evaluation",),
    "evaluation:report": ("evaluation",),
    "evaluation:answer": ("objection",),
    "evaluation:line": ("line",),
    "evaluation:rectification": ("letter",),
    "evaluation:verify": ("item",),
    "evaluation:disclosure": ("disclosure",),
}


SENT = {"reason": "同意。", "text": "看看。", "selected": "1", "document_no": "1号", "verified": "yes", "hash": "0"}
REFUSALS = {200, 302, 403, 404, 405, 409, 422}
# The person's own session, account and box, and jobs that print what their requester may see: everybody's to change.
OWN_AFFAIRS = {
    "login", "logout", "set_year", "set_density", "notices_read", "password_change", "official_bundle",
    "budgets:print_dossier",
}
WITHOUT_ACCOUNT = {"login": 200, "logout": 405, "healthz": 200}
# What the whole county's offices know of, so that 陈默 may open it: rounds, without the lines of others' projects.
SHARED = {
    "monitoring:round", "budgets:allocation 已下达", "budgets:allocation_export 已下达", "official_form 预算安排表已下达",
    "budgets:allocationround_step 已下达", "targets:library_indicator", "targets:library_edit",
    "targets:libraryindicator_step",
}
VISITED_BY_NUMBER = {name for name, words in ARGUMENTS.items() if any(word[0] != "=" for word in words)}
RECORDS = sorted((VISITED_BY_NUMBER | set(STEPS)) - SHARED)


@dataclass
class World:
    """One project's records by the words used in ``ARGUMENTS`` and ``STEPS``."""

    rows: dict[str, Any]

    def addresses(self, entry: str) -> list[str]:
        name = entry.split(" ")[0]
        if entry in STEPS:
            row = self.rows[STEPS[entry]]
            return [reverse(name, args=[row.pk, step]) for step in declared_steps(type(row))]
        words = ARGUMENTS.get(entry, ())
        return [reverse(name, args=[word[1:] if word[0] == "=" else self.rows[word].pk for word in words])]


@dataclass
class County:
    opened: World
    archived: World
    clients: dict[str, Client]


def walk_report(report: ProgressReport, cast: Cast) -> ProgressReport:
    """Far behind and explained, so that it raises an alert when it reaches finance."""
    told = {"likelihood": "possible", "reasons": ["other"], "note": "雨季停工 23 天。", "forecast_text": "年底前完成"}
    reached = {"qualitative": {"quality": "missed"}, "quantitative": {"actual_value": Decimal("1.00")}}
    values = {
        value.indicator_id: told | reached[value.indicator.value_type] for value in report.value_list()
    }
    report = fill_report(
        report, forecast_yuan=Decimal("12800000.00"), values=values, problem="进度滞后。", measures="增加班组。",
        by=cast.li_weiguo, at=NOON,
    )
    for step, by in (("submit", cast.li_weiguo), ("pass_unit", cast.wang_jianguo), ("pass_department", cast.zhang_wen)):
        report = perform(report, step, by=by, at=NOON)
    return report


def walk_evaluation(year: ProjectYear, cast: Cast) -> Evaluation:
    """Up to the letter, with a working paper and an answered opinion."""
    sheet = makers.walk_sheet(makers.fill(makers.make_sheet(cast, year), cast), cast)
    evaluation = makers.make_evaluation(cast, "consulting", year=sheet.project_year)
    for number, line in enumerate(evaluation.line_list(), start=1):
        add_paper(
            line, number=f"DG-{number:02}", source="现场核查", content="见附图。", by=cast.he_min, at=NOON,
            file=(f"底稿{number}.pdf", makers.PDF),
        )
    evaluation = perform(evaluation, "respond", by=cast.wang_jianguo, at=NOON, reason="洪水属不可抗力，请予考虑。")
    answer_objection(evaluation.objections.get(), verdict="adopted", answer="已在报告中说明。", by=cast.he_min, at=NOON)
    return makers.walk_evaluation(evaluation, cast, "fed_back")


def invite_reviewer(year: ProjectYear, cast: Cast) -> ExAnteReview:
    """An expert of the county is to assess the project-year; nobody of the story is."""
    expert = person(f"expert{year.pk}", "杜文涛", (Role.EXPERT, cast.bureau))
    return ExAnteReview.objects.create(
        assessment=year.ex_ante_assessments.get(), project_year=year, attempt=0, reviewer=expert, capacity=Role.EXPERT,
    )


def make_world(cast: Cast, year: ProjectYear, *, archived: bool) -> World:
    """``year`` is in execution and its rounds are open."""
    project = year.project
    record_spendings([Spending(
        project_year=year, voucher_no=f"{project.code}-01", paid_on=date(2026, 3, 5), source="fiscal",
        amount_yuan=Decimal("12288000.00"),
    )], origin="测试", by=cast.qian_li, at=NOON)
    report = walk_report(year.progress_reports.get(round__number=1), cast)
    evaluation = walk_evaluation(ProjectYear.objects.get(pk=year.pk), cast)
    letter = makers.walk_letter(evaluation.rectification, cast, "verifying")
    publish_result(ProjectYear.objects.get(pk=year.pk), document_no="安财绩〔2027〕20号", by=cast.zhou_xiaolan, at=NOON)
    if archived:
        evaluation = perform(evaluation, "archive", by=cast.he_min, at=NOON)
    asked = perform(make_year(cast, project=project, year=2025), "start_ex_ante", by=cast.li_weiguo, at=NOON)
    review = DeclarationReview.objects.create(
        declaration=year.target_declarations.get(), side="department", points={}, total=Decimal("90.00"), grade="优",
        opinion="同意。", by=cast.zhang_wen, at=NOON,
    )
    draft = make_draft(cast, project_year=make_year(cast, project=project, year=2027))
    document = f"安财预〔2026〕{project.code}号"
    year.target_declarations.update(document_no=document)
    approval = Approval.objects.create(
        fiscal_year=year.fiscal_year, department=project.department, document_no=document,
        approved_on=date(2026, 2, 6), by=cast.qian_li,
    )
    comments.comment_on(year, "请补充测算依据。", by=cast.zhang_wen, at=NOON)
    return World({
        "project": project, "year": year, "alert": report.alerts.get(), "report": report, "evaluation": evaluation,
        "report_draft": year.progress_reports.get(round__number=2), "letter": letter, "item": letter.items.get(),
        "ex_ante": asked.ex_ante_assessments.get(), "ex_ante_sheet": invite_reviewer(asked, cast),
        "exemption": ExAnteExemption.objects.create(
            project_year=asked, ground="已按基本建设程序审批", basis_text="安发改〔2025〕31号", created_by=cast.li_weiguo,
        ),
        "longer": ExtensionRequest.objects.get_or_create(
            window=TaskWindow.objects.get(), unit=cast.unit,
            defaults={"wished_on": date(2026, 12, 31), "reason": "汛期抢险。", "created_by": cast.li_weiguo},
        )[0],
        "declaration": year.target_declarations.get(),
        "approval": approval, "draft": draft, "taken": official_staging.stage(
            draft, downloaded("target_declaration", draft, cast.li_weiguo).content(), name="申报表.docx",
            by=cast.li_weiguo, at=NOON,
        ),
        "sheet": year.self_evaluations.get(), "review": review,
        "field_comment": review.declaration.field_comments.create(
            submission=1, stage="dept_reviewing", place="annual_goal", label="年度总体目标", text="请写明受益人数。",
            by=cast.zhang_wen, at=NOON,
        ), "line": evaluation.lines.first(),
        "objection": evaluation.objections.get(), "disclosure": year.disclosures.first(),
        "file": attachments.attach(year, makers.PDF, name="批复.pdf", by=cast.li_weiguo, at=NOON),
        "paper": Attachment.objects.get(model="evaluation.evaluation", object_id=evaluation.pk, name="底稿1.pdf"),
        "round": report.round,
    })


def make_county() -> County:
    cast = make_cast()
    years = [
        makers.make_executing(cast, project=make_project(cast, code=code, name=name))
        for code, name in (("26-JT-0012", "农村公路日常养护及小修保养"), ("26-JT-0031", "农村公路桥梁安全设施提升"))
    ]
    for number, month_end in ((1, date(2026, 7, 31)), (2, date(2026, 8, 31))):
        open_round(
            fiscal_year=cast.years[2026], number=number, period_start=date(2026, 1, 1), period_end=month_end,
            due_on=date(2026, 9, 20), by=cast.zhou_xiaolan, at=NOON,
        )
    TaskWindow.objects.create(
        fiscal_year=cast.years[2026], stage="application", opens_on=date(2027, 10, 9), due_on=date(2027, 12, 20)
    )
    opened, archived = (make_world(cast, year, archived=place == 1) for place, year in enumerate(years))
    rounds = {
        name: perform(open_allocation_round(
            name=f"2027年部门项目{name}", fiscal_year=cast.years[2027], ceiling_yuan=Decimal("20000000.00"),
            by=cast.qian_li, at=NOON,
        ), "simulate", by=cast.qian_li, at=NOON)
        for name in ("simulated", "issued")
    }
    rounds["issued"] = put_into(rounds["issued"], "issued")
    job = Job.objects.create(
        name="core.commit_import", label="导入工作簿", requested_by=cast.zhou_xiaolan, requested_at=NOON, state="done"
    )
    staged = staging.stage(
        "spending", staging.template_of(staging.import_kinds()["spending"]), name="支付明细.xlsx", by=cast.qian_li, at=NOON
    )
    library_entry = add_to_library(LIBRARY_CONTENT, by=cast.zhou_xiaolan, at=NOON)
    whole = open_department_declaration(cast.department, cast.years[2027], by=cast.zhang_wen, at=NOON)
    for world in (opened, archived):
        world.rows |= {
            "job": job, "staged": staged, "department": cast.department, "library_entry": library_entry, "whole": whole,
        }
        for name, row in rounds.items():
            world.rows |= {name: row, f"{name}_line": row.lines.get(project=world.rows["project"])}
    return County(opened, archived, {name: client_of(getattr(cast, name)) for name in PEOPLE})


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[County, str]]:
    """The county made once for all tests of this file, and taken back after the last of them."""
    folder = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        yield make_county(), folder
        transaction.set_rollback(True)


@pytest.fixture
def county(loaded, db, settings, monkeypatch) -> County:
    county, settings.MEDIA_ROOT = loaded
    monkeypatch.setattr("core.clock.now", lambda: NOON)
    monkeypatch.setattr("core.clock.today", lambda: NOON.date())
    monkeypatch.setattr(jobs, "send", lambda job_id: None)
    return county


def names_of(resolver: URLResolver, space: str = "") -> list[str]:
    """The name of every address below a resolver; the admin's own are left out."""
    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            found.append(f"{space}{pattern.name}")
        elif pattern.namespace != "admin":
            found += names_of(pattern, f"{pattern.namespace}:" if pattern.namespace else space)
    return found


def visit(client: Client, address: str) -> int:
    """The status of GET; a file is read to its end, which closes it."""
    answer = client.get(address)
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


def send(client: Client, address: str) -> int:
    answer = client.post(address, SENT)
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


def shared_out(addresses: list[str], place: int) -> list[str]:
    """Of the many steps of a machine each person opens a part, so that every step is opened by several."""
    return addresses if len(addresses) < 4 else addresses[place % 4::4]


def test_every_address_has_a_decision():
    names = names_of(get_resolver())
    assert None not in [name.rpartition(":")[2] or None for name in names]
    assert set(names) - {entry.split(" ")[0] for entry in TABLE} == set(), "这些地址还没有写进 TABLE"
    assert {entry.split(" ")[0] for entry in TABLE} - set(names) == set(), "TABLE 里的这些地址已经不存在"


def test_every_machine_and_every_form_is_visited():
    machines = {f"{model._meta.app_label}:{model._meta.model_name}_step" for model in workflow_models().values()}
    assert {entry.split(" ")[0] for entry in STEPS} == machines
    visited = {words[0][1:] for entry, words in ARGUMENTS.items() if entry.startswith("official_form ")}
    assert visited == {kind.name for kind in registered()}


@pytest.mark.parametrize("entry", TABLE)
def test_who_may_open_it(county, entry):
    addresses = county.opened.addresses(entry)
    found = {
        name: {visit(county.clients[name], address) for address in shared_out(addresses, place)}
        for place, name in enumerate(PEOPLE)
    }
    wrong = {
        name: statuses for (name, statuses), letter in zip(found.items(), TABLE[entry], strict=True)
        if not statuses <= WORDS[letter]
    }
    assert wrong == {}


@pytest.mark.parametrize("entry", TABLE)
def test_nobody_comes_in_without_an_account(county, entry):
    for address in county.opened.addresses(entry):
        answer = Client().get(address)
        if entry in WITHOUT_ACCOUNT:
            assert answer.status_code == WITHOUT_ACCOUNT[entry]
        else:
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("login"))


@pytest.mark.parametrize("entry", RECORDS)
def test_outsiders_find_nobodys_records(county, entry):
    """By GET and by POST alike, and nothing is written; an archived assignment hides everything from 何敏 again."""
    before = footprint()
    for name, world in [*((name, county.opened) for name in OUTSIDERS), ("he_min", county.archived)]:
        for address in world.addresses(entry):
            looked = visit(county.clients[name], address)
            assert looked == (405 if "p" in TABLE[entry] else 404), (name, address)
            assert send(county.clients[name], address) == 404, (name, address)
    assert footprint() == before


@pytest.mark.parametrize("entry", [entry for entry in TABLE if entry not in OWN_AFFAIRS])
def test_onlookers_write_nothing(county, entry):
    """An auditor presses every button there is; outsiders those that are not about a record, which they never find."""
    before = footprint()
    for name in ("wu_di",) if entry in RECORDS else ("wu_di", *OUTSIDERS):
        for address in county.opened.addresses(entry):
            assert send(county.clients[name], address) in REFUSALS, (name, address)
    assert footprint() == before


def footprint() -> tuple[int, int, int]:
    return AuditEntry.objects.count(), Job.objects.count(), Comment.objects.count()
