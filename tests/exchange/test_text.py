"""Text cells: harmless in a spreadsheet, and themselves again when they are read."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.exchange.text import cell, shielded, unshielded

words = st.text(st.characters(codec="utf-8"), max_size=30) | st.text("='+-@\t\r\n\0\"a", max_size=8)


@given(words)
def test_every_text_comes_back(text: str) -> None:
    assert unshielded(shielded(text)) == text


@given(words)
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert not shielded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\0"))


@given(words.filter(lambda text: "\0" not in text))
def test_a_cell_is_one_field_of_one_row(text: str) -> None:
    rows = list(csv.reader(io.StringIO(f"1,{cell(text)},2\n", newline=""), strict=True))
    assert rows == [["1", shielded(text), "2"]]


@pytest.mark.parametrize(
    ("text", "shown"), [("=1+1", "'=1+1"), ("'=1+1", "''=1+1"), ("'tis", "'tis"), ("", "")]
)
def test_only_what_needs_an_apostrophe_gets_one(text: str, shown: str) -> None:
    assert shielded(text) == shown
