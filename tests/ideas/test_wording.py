import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.ideas.wording import Fate, Passage, changes

WORDS = st.text(alphabet="ab å\n.地図 ", max_size=40)


def told(before: str, after: str) -> str:
    marks = {Fate.KEPT: "{}", Fate.ADDED: "+{}+", Fate.REMOVED: "-{}-"}
    return "".join(marks[passage.fate].format(passage.words) for passage in changes(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("Plant trees.", "Plant trees.", "Plant trees."),
        ("Plant trees", "Plant old trees", "Plant +old +trees"),
        ("tools and data", "budget or people", "-tools and data-+budget or people+"),
        ("地図を作る", "地図を売る", "地図を-作-+売+る"),
    ],
)
def test_changes_are_told_by_the_word(before: str, after: str, expected: str) -> None:
    assert told(before, after) == expected


@given(WORDS, WORDS)
def test_no_character_is_lost(before: str, after: str) -> None:
    found = changes(before, after)
    assert "".join(p.words for p in found if p.fate is not Fate.ADDED) == before
    assert "".join(p.words for p in found if p.fate is not Fate.REMOVED) == after


def test_a_long_text_of_one_word_is_no_trouble() -> None:
    before, after = "a " * 5_000, "a b " * 2_500
    assert Passage(Fate.KEPT, before) in changes(before, before)
    assert changes(before, after)
