"""A downloaded form opened in Word and filled in as an office would."""

import io
from collections.abc import Mapping

import docx
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.official.kinds import kind_named
from core.official.word import to_docx
from tests.official_files import squeezed


class Word:
    def __init__(self, content: bytes):
        self.document = docx.Document(io.BytesIO(content))

    def line(self, name: str, cells: Mapping[str, str]) -> "Word":
        """Write into the row of an indicator, by the headings of its columns."""
        for table in self.document.tables:
            for row in table.rows:
                if name in [squeezed(cell.text) for cell in row.cells]:
                    for heading, text in cells.items():
                        row.cells[self._column(table, heading)].text = text
                    return self
        raise LookupError(name)

    def _column(self, table, heading: str) -> int:
        for row in table.rows:
            texts = [squeezed(cell.text) for cell in row.cells]
            if heading in texts:
                return texts.index(heading)
        raise LookupError(heading)

    def beside(self, label: str, text: str) -> "Word":
        """Write right of a label."""
        row, place = self._label(label)
        cells = row.cells
        next(cell for cell in cells[place:] if cell._tc is not cells[place]._tc).text = text
        return self

    def below(self, label: str, text: str) -> "Word":
        for table in self.document.tables:
            for number, row in enumerate(table.rows):
                texts = [squeezed(cell.text) for cell in row.cells]
                if label in texts:
                    table.rows[number + 1].cells[texts.index(label)].text = text
                    return self
        raise LookupError(label)

    def replace(self, old: str, new: str) -> "Word":
        """Write something else wherever a paragraph or cell says this."""
        paragraphs = list(self.document.paragraphs)
        for table in self.document.tables:
            paragraphs += [each for row in table.rows for cell in row.cells for each in cell.paragraphs]
        for each in paragraphs:
            if old in each.text:
                each.text = each.text.replace(old, new)
        return self

    def _label(self, label: str):
        for table in self.document.tables:
            for row in table.rows:
                texts = [squeezed(cell.text) for cell in row.cells]
                if label in texts:
                    return row, texts.index(label)
        raise LookupError(label)

    def content(self) -> bytes:
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()


def downloaded(kind: str, record, user) -> Word:
    """The form of a record as its page gives it out."""
    found = kind_named(kind)
    return Word(to_docx(found.filled(found.find(user, record.pk, None))))


def send(client: Client, record, content: bytes, *, name: str = "填好的表.docx"):
    """Upload on the draft's page; the answer leads to the preview or says why not."""
    address = reverse("official_intake", args=[record._meta.label_lower, record.pk])
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


def confirm(client: Client, preview, **changed: str):
    """Press the button of a preview page, with what stands in its form."""
    sent = {"hash": preview.context["hash"], "seen": str(preview.context["seen"])} | changed
    return client.post(preview.request["PATH_INFO"], sent)
