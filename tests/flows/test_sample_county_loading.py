"""What the loader does to a database that has nothing of the county yet."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from config import sample_county
from core import audit
from core.models import AuditEntry, Organisation

ROADS = "20-JT-0001"


def test_a_folder_without_workbooks(db, tmp_path):
    with pytest.raises(CommandError, match="读不到示例工作簿“.*story.xlsx”"):
        call_command("load_sample_county", folder=tmp_path)
    assert not Organisation.objects.exists()


def test_no_accounts_without_the_county(db):
    with pytest.raises(CommandError, match="没有装入示例县，没有演示账号"):
        call_command("demo_accounts")


def test_a_machine_whose_clock_is_behind_gets_nothing_from_its_future(db):
    early = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    counts = sample_county.load(now=early, projects=[ROADS])
    assert counts == {(2025, "rectifying"): 1, (2026, "executing"): 1, (2027, "target_filing"): 1}
    assert AuditEntry.objects.latest("at").at == early
    assert list(audit.broken_links()) == []
