"""CSV that no spreadsheet runs."""

import csv
import io

import pytest

from helpcenter.feedback.tables import csv_text, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "\uff1d1+1"])
def test_text_that_would_be_a_formula_is_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["a=b", "", 5, -5, 0.25, "e-mail"])
def test_anything_else_stays_as_it_is(value):
    assert safe_cell(value) == value


def test_a_table_comes_back_as_it_was_with_quotes_and_lines():
    text = csv_text(["a", "b"], [["one, \"two\"\nthree", None], ["Ķīla", 3]])

    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [["a", "b"], ["one, \"two\"\nthree", ""], ["Ķīla", "3"]]
