"""What is typed while problems are mended and when a result is published."""


from django import forms

from core.forms import DateInput
from evaluation.forms.fields import into_grid, text_area
from evaluation.models import (
    RectificationItem,
)


class ItemForm(forms.Form):
    """One problem of a letter: its measure before the work, its result during it."""

    measure = text_area("整改措施")
    person = forms.CharField(label="责任人", max_length=40, required=False)
    due_on = forms.DateField(label="完成时限", required=False, widget=DateInput())
    result = text_area("整改结果")
    done_on = forms.DateField(label="完成日期", required=False, widget=DateInput())

    def __init__(self, *args, item: RectificationItem, at_work: bool, **kwargs):
        self.item = item
        names = ("measure", "person", "due_on", "result", "done_on")
        initial = {name: getattr(item, name) for name in names}
        super().__init__(*args, initial=initial, prefix=f"i{item.pk}", **kwargs)
        for name in ("measure", "person", "due_on") if at_work else ("result", "done_on"):
            del self.fields[name]
        into_grid(self, f"第 {item.seq} 个问题")


class DisclosureForm(forms.Form):
    published_on = forms.DateField(label="公开日期", required=False, widget=DateInput())
    channel = forms.CharField(label="公开渠道", max_length=60, required=False, help_text="例如“县政府门户网站”。")
    address = forms.URLField(label="网址", required=False, max_length=200, assume_scheme="https")
    nonpublic_reason = text_area("不予公开的依据", help_text="涉密等依法不予公开的，写明依据，上面各项留空。")


class DocumentForm(forms.Form):
    document_no = forms.CharField(label="发布文号", max_length=60)
