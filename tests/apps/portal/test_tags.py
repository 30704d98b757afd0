"""Template tags: dates, fields, charts."""

from datetime import UTC, date, datetime

from django import forms
from django.template import Context, Template
from django.utils import translation

from lianzhu.apps.portal.templatetags.dates import day, moment


def test_dates_carry_their_weekday_in_local_time() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    with translation.override("zh-hans"):
        said = (day(date(2026, 10, 10)), day(late), moment(late))
        assert said == ("2026-10-10 周六", "2026-11-24 周二", "2026-11-24 周二 00:30")
    assert (day(None), moment(None)) == ("", "")
    with translation.override("en"):
        assert day(date(2026, 10, 10)) == "2026-10-10 Sat"


def test_a_chart_is_data_and_loads_its_library_once() -> None:
    option = {"series": [{"data": [1, 2], "name": "</script><b>"}]}
    page = Template('{% load charts %}{% chart option "t" %}{% chart option "t" %}').render(Context({"option": option}))
    assert page.count('class="chart"') == 2
    assert page.count("echarts.min.js") <= 1
    assert "</script><b>" not in page and "chart-2" in page


def test_a_wrong_field_is_linked_named_and_described() -> None:
    class Sheet(forms.Form):
        name = forms.CharField(label="名称", help_text="照执照填")
        kind = forms.ChoiceField(label="种类", choices=[("a", "甲")], widget=forms.RadioSelect)

    form = Sheet({})
    page = Template(
        '{% include "portal/parts/_errors.html" %}'
        '{% for field in form %}{% include "portal/parts/_field.html" %}{% endfor %}'
    ).render(Context({"form": form}))
    assert 'href="#id_name"' in page and 'aria-invalid="true"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page or 'aria-describedby="id_name_helptext"' in page
    for anchor in ("id_name", "id_name_helptext", "id_kind"):
        assert f'id="{anchor}"' in page
