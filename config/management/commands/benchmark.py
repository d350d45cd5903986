"""`manage.py benchmark pages|pdf|imports|approval|bundle`: how fast this machine does what people wait for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.benchmarks import approval, bundle, imports, pages, pdf

WHAT = ("pages", "pdf", "imports", "approval", "bundle")


class Command(BaseCommand):
    help = (
        "测量速度。pages：工作台、菜单中的每个页面和每张列表第一行所指页面；pdf：打印正式表格；"
        "imports：导入大工作簿；approval：一次批复；bundle：打包导出（后三项另建数据库）。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", choices=WHAT, default="pages", help="测量什么，默认 pages")
        parser.add_argument("--user", help="以谁的身份访问（用户名），默认为财政绩效股的第一人")
        parser.add_argument("--times", type=int, default=11, help="每项做几次，默认 11")
        parser.add_argument("--projects", type=int, default=10_000, help="导入多少个项目，默认 10000，每个 10 条指标")
        parser.add_argument("--declarations", type=int, default=2_000, help="一次批复多少份绩效目标，默认 2000")
        parser.add_argument("--forms", type=int, default=1_000, help="打包多少份表格，默认 1000")
        parser.add_argument("--limit-ms", type=int, default=150, help="页面的中位数上限（毫秒），默认 150")

    def handle(
        self, *args: Any, what: str, user: str | None, times: int, projects: int, declarations: int, forms: int,
        limit_ms: int, **options: Any
    ) -> None:
        if what == "pages":
            pages.run(self.stdout.write, user=user, times=times, limit_ms=limit_ms)
        elif what == "pdf":
            pdf.run(self.stdout.write, times=times)
        elif what == "approval":
            approval.run(self.stdout.write, declarations=declarations)
        elif what == "bundle":
            bundle.run(self.stdout.write, forms=forms)
        else:
            imports.run(self.stdout.write, projects=projects)
