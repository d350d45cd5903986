from core.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "导入绩效目标工作簿（绩效目标、绩效指标两张表）"
    kind = "targets"
