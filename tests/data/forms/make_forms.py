"""Makes the sample forms beside this file again: python tests/data/forms/make_forms.py. Needs LibreOffice.

The same 项目支出绩效自评表 as different programs write it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from tests.core.forms_made import many_kinds, word_form, workbook_form  # noqa: E402 - found through the line above


def main() -> None:
    (HERE / "自评表.xlsx").write_bytes(workbook_form())
    (HERE / "自评表.docx").write_bytes(word_form())
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for source, kind in (("自评表.xlsx", "xls"), ("自评表.xlsx", "ods"), ("自评表.xlsx", "xlsx"), ("自评表.docx", "docx")):
            office(place, "--convert-to", kind, "--outdir", str(place / "out"), str(HERE / source))
            marker = "-另存" if source.endswith(kind) else ""
            (HERE / f"自评表{marker}.{kind}").write_bytes((place / "out" / f"自评表.{kind}").read_bytes())
        (place / "各类单元格.xlsx").write_bytes(many_kinds()[0])
        for kind in ("xls", "ods"):
            office(place, "--convert-to", kind, "--outdir", str(HERE), str(place / "各类单元格.xlsx"))


def office(place: Path, *arguments: str) -> None:
    profile = f"-env:UserInstallation={(place / 'profile').as_uri()}"
    subprocess.run(["soffice", profile, "--headless", "--norestore", *arguments], check=True, timeout=180,
        capture_output=True)


if __name__ == "__main__":
    main()
