from core.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "导入支付明细工作簿：先整本检查，没有错误才全部写入。"
    kind = "spending"
