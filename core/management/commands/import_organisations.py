from core.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "导入机构和人员工作簿（工作表“机构”“人员”），全部正确才写入。"
    kind = "organisations"
