import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.base.text import clean_line, clean_name, clean_text, folded, shortened


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  två   ord \n", "två ord"),
        ("rad\r\nett", "rad ett"),
        ("a\u202eb\u0000c\u200bd", "abcd"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🌾", "👩\u200d🌾"),
    ],
)
def test_a_line_loses_what_cannot_be_seen_and_nothing_else(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_a_text_keeps_its_paragraphs() -> None:
    assert clean_text("ett\r\n\r\ntvå\x07  tre ") == "ett\n\ntvå tre"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GLAM", "glam"),
        ("open source", "open-source"),
        ("раура", "paypa"),
        ("ﬁlm", "film"),
        ("a\u200db", "ab"),
    ],
)
def test_look_alike_names_are_one_name(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("å", "a"), ("ö", "o"), ("kart", "karta")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_a_long_line_is_cut_at_a_word() -> None:
    assert shortened("Gör OpenStreetMap till vår allierade", 20) == "Gör OpenStreetMap…"
    assert shortened("kort", 20) == "kort"
    assert len(shortened("x" * 100, 20)) == 20


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (clean_line, clean_text, clean_name, folded):
        assert clean(clean(text)) == clean(text)
