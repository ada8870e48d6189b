"""Forms in the look of the design system, and the fields it adds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.money import Money
from rapport.ui.forms import Choices, Combobox, DateInput, FileDrop, FilesField, MoneyField


class Promise(forms.Form):
    """A form to try."""

    what = forms.CharField(help_text="In a few <words>.")
    due = forms.DateField(widget=DateInput(), required=False)
    sure = forms.BooleanField(required=False)
    worth = MoneyField(["GBP", "JPY"], required=False)


def test_a_field_has_its_label_help_and_mark_when_optional() -> None:
    html = str(Promise())
    assert '<label for="id_what">What</label>' in html
    assert '<div class="help" id="id_what_helptext">In a few &lt;words&gt;.</div>' in html
    assert '<label for="id_due">Due <span class="field-optional">optional</span></label>' in html
    assert '<input type="date" name="due" id="id_due">' in html
    assert '<div class="field field-check">' in html
    assert "alert" not in html


def test_a_refused_form_sums_up_its_errors_and_links_to_the_fields() -> None:
    form = Promise({"what": "", "due": "31/02/2011"})
    html = " ".join(str(form).split())
    assert '<li><a href="#id_what">What</a>: This field is required.</li>' in html
    assert '<li><a href="#id_due">Due</a>: Enter a valid date.</li>' in html
    assert 'aria-invalid="true"' in html
    assert '<ul class="errorlist" id="id_what_error"><li>This field is required.</li></ul>' in html


def test_an_error_of_the_whole_form_stands_in_its_summary() -> None:
    form = Promise({"what": "call"})
    form.add_error(None, "She asked not to be called.")
    assert "<li>She asked not to be called.</li>" in str(form)


def test_a_day_is_written_for_the_browser_whatever_the_language() -> None:
    form = Promise(initial={"due": date(2026, 12, 3)})
    assert 'value="2026-12-03"' in str(form["due"])


def test_money_comes_in_as_minor_units() -> None:
    form = Promise({"what": "call", "worth_0": "42.10", "worth_1": "GBP"})
    assert form.is_valid()
    assert form.cleaned_data["worth"] == Money(4210, "GBP")


@pytest.mark.parametrize(
    ("amount", "code", "said"),
    [
        ("4.5", "JPY", "JPY has fewer decimals."),
        ("x", "GBP", "Enter a number."),
        ("1", "XXX", "Select a valid choice."),
    ],
)
def test_money_that_cannot_be_is_refused(amount: str, code: str, said: str) -> None:
    form = Promise({"what": "call", "worth_0": amount, "worth_1": code})
    assert not form.is_valid()
    assert said in form.errors["worth"][0]


@given(st.integers(min_value=0, max_value=10**12))
def test_money_comes_back_as_it_was_shown(minor: int) -> None:
    shown = MoneyField(["GBP"]).widget.decompress(Money(minor, "GBP"))
    assert shown == [Decimal(minor).scaleb(-2), "GBP"]
    assert MoneyField(["GBP"]).clean([str(shown[0]), shown[1]]) == Money(minor, "GBP")


def test_choices_stand_in_sight() -> None:
    html = Choices(in_row=True)
    html.choices = [("a", "An <a>"), ("b", "A b")]
    text = html.render("kind", "b", {"id": "id_kind"})
    assert '<div class="choices choices-row" id="id_kind">' in text
    assert '<input type="radio" name="kind" value="b" id="id_kind_1" checked>' in text
    assert "<span>An &lt;a&gt;</span>" in text


def test_a_combobox_is_tied_to_its_suggestions() -> None:
    text = Combobox(["Leeds", ("Y", "York")]).render("city", None, {"id": "id_city"})
    assert 'list="id_city-list"' in text
    assert (
        '<datalist id="id_city-list"><option value="Leeds"></option><option value="Y">York</option></datalist>' in text
    )


def test_one_file_or_several() -> None:
    assert "multiple" not in FileDrop().render("file", None)
    assert " multiple" in FileDrop(many=True).render("file", None)
    files = [SimpleUploadedFile("a.csv", b"a"), SimpleUploadedFile("b.csv", b"b")]
    widget = FileDrop(many=True)
    assert widget.value_from_datadict({}, MultiValueDict({"file": files}), "file") == files
    assert FilesField().clean(files) == files


def test_an_empty_file_among_several_is_refused() -> None:
    with pytest.raises(forms.ValidationError, match="empty"):
        FilesField().clean([SimpleUploadedFile("a.csv", b"a"), SimpleUploadedFile("b.csv", b"")])


def test_no_file_is_an_empty_list_when_it_may_be() -> None:
    assert FilesField(required=False).clean([]) == []
    with pytest.raises(forms.ValidationError, match="required"):
        FilesField().clean([])
