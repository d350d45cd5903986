"""`manage.py benchmark imports`: a workbook of targets for a whole city, previewed and taken in."""

import io
import resource
from collections.abc import Callable, Sequence

import python_calamine
import xlsxwriter
from django.db import connection, transaction

from config.benchmarks.place import YEAR, code_of, make_county, own_database, timed
from core import clock
from core.access import Role
from core.imports import staging
from core.models import Organisation, OrganisationKind, RoleAssignment, User
from targets.resources import GoalSheet, IndicatorSheet

LINES = (
    ("成本指标", "经济成本指标", "日常养护平均成本", "定量", "≤", "0.98", "万元/公里·年", "10"),
    ("成本指标", "经济成本指标", "小修单项工程造价", "定量", "≤", "3.6", "万元/处", "10"),
    ("产出指标", "数量指标", "日常养护里程", "定量", "≥", "1,204.80", "公里", "10"),
    ("产出指标", "数量指标", "小修保养处数", "定量", "≥", "386", "处", "10"),
    ("产出指标", "质量指标", "路面技术状况优良中等路率", "定量", "≥", "86", "%", "10"),
    ("产出指标", "时效指标", "病害处置平均用时", "定量", "≤", "7", "天", "10"),
    ("效益指标", "社会效益指标", "受益行政村数", "定量", "≥", "152", "个", "10"),
    ("效益指标", "生态效益指标", "废旧沥青回收利用率", "定量", "≥", "90", "%", "10"),
    ("效益指标", "可持续影响指标", "管养长效机制", "定性", "定性", "管养责任和经费逐级落实到位", "", "10"),
    ("满意度指标", "服务对象满意度指标", "沿线群众满意度", "定量", "≥", "90", "%", "10"),
)

CHANGED_LINES = tuple(
    (*line[:5], "1,221.30", *line[6:]) if line[2] == "日常养护里程" else line for line in LINES
)


def run(write: Callable[[str], None], *, projects: int) -> None:
    with own_database():
        by = make_county(projects)
        content = make_workbook(projects)
        rows = projects * (1 + len(LINES))
        write(f"{connection.vendor}：{projects:,} 个项目、{projects * len(LINES):,} 条指标，{len(content) / 1e6:.1f} MB")
        bare = timed(lambda: read_and_insert_bare(content))
        preview, taking_in = preview_and_take_in(content, by)
        changed = make_workbook(projects, lines=CHANGED_LINES)
        preview_again, changing = preview_and_take_in(changed, operator_of_every_unit())
        write("      秒  其中计算   每秒行数  为裸读写的倍数  步骤")
        for name, step in (
            ("只读取并原样写入（基准）", bare), ("上传、全面校验、预览", preview), ("确认导入", taking_in),
            ("再次上传，每份有一处改动：预览", preview_again), ("再次上传：确认导入", changing),
        ):
            times = step.seconds / bare.seconds
            write(f"{step.seconds:8.1f}{step.worked:10.1f}{rows / step.seconds:11,.0f}{times:12.1f}      {name}")
        write(f"结果：{taking_in.result}，{changing.result}；内存峰值 {peak_megabytes():.0f} MB")


def preview_and_take_in(content: bytes, by: User) -> tuple[timed, timed]:
    preview = timed(lambda: staging.stage("targets", content, name="绩效目标.xlsx", by=by, at=clock.now()))
    staged = preview.result
    return preview, timed(lambda: staging.commit(staged, sha256=staged.file.sha256, by=by, at=clock.now()))


def operator_of_every_unit() -> User:
    """Somebody who may fill in any declaration, which finance may not."""
    operator = User.objects.create(username="operator", name="经办人")
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=operator, role=Role.UNIT_OPERATOR, organisation=unit)
        for unit in Organisation.objects.filter(kind=OrganisationKind.UNIT)
    )
    return operator


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_workbook(projects: int, *, lines: Sequence[Sequence[str]] = LINES) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    goals = book.add_worksheet(GoalSheet.sheet_name)
    goals.write_row(0, 0, [column.heading for column in GoalSheet.columns()])
    indicators = book.add_worksheet(IndicatorSheet.sheet_name)
    indicators.write_row(0, 0, [column.heading for column in IndicatorSheet.columns()])
    for number in range(projects):
        project = (str(YEAR), code_of(number), f"农村公路第{number}段养护")
        goals.write_row(number + 1, 0, (*project, f"养护农村公路第{number}段，路面技术状况保持优良中等。", "三年内全部达到规定标准。"))
        for place, line in enumerate(lines):
            indicators.write_row(number * len(lines) + place + 1, 0, (
                *project, *line, f"第{number}段列入年度养护计划的内容", "完成值÷指标值×分值", "工作计划",
            ))
    book.close()
    return buffer.getvalue()


@transaction.atomic
def read_and_insert_bare(content: bytes) -> int:
    """The least anybody could do: cells as the reader gives them, straight into tables without any rule or key."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    count = 0
    with connection.cursor() as cursor:
        for number, name in enumerate(book.sheet_names):
            heading, *rows = book.get_sheet_by_name(name).to_python()
            marks = ", ".join(["%s"] * len(heading))
            columns = ", ".join(f"c{place} text" for place in range(len(heading)))
            cursor.execute(f"CREATE TEMPORARY TABLE bare_{number} ({columns})")
            cursor.executemany(f"INSERT INTO bare_{number} VALUES ({marks})", rows)  # noqa: S608  own names
            cursor.execute(f"DROP TABLE bare_{number}")
            count += len(rows)
    return count
