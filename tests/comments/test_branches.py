from hypothesis import given
from hypothesis import strategies as st

from deliberation.comments.branches import DEEPEST, LONG_BRANCH, OPENING, Leaf, Twig, folded, nested, ordered


def twigs(*parents: int | None, gone: tuple[int, ...] = ()) -> list[Twig]:
    """Comments 1, 2, … with these parents; those in `gone` nobody may read."""
    return [Twig(number, parent, number not in gone) for number, parent in enumerate(parents, start=1)]


def ids(leaves: list[Leaf]) -> list[object]:
    return [(leaf.place.id, ids(leaf.answers)) if leaf.answers else leaf.place.id for leaf in leaves]


def test_answers_follow_what_they_answer_and_the_oldest_comes_first() -> None:
    places = ordered(twigs(None, None, 1, 2, 1, 3))
    assert [(place.id, place.depth, place.answers) for place in places] == [
        (1, 0, 3), (3, 1, 1), (6, 2, 0), (5, 1, 0), (2, 0, 1), (4, 1, 0),
    ]  # fmt: skip


def test_what_nobody_may_read_keeps_its_branch_and_is_left_out_without_one() -> None:
    assert [place.id for place in ordered(twigs(None, 1, 2, 2, gone=(1, 2, 4)))] == [1, 2, 3]
    assert ordered(twigs(None, 1, gone=(1, 2))) == []


def test_only_what_hangs_under_a_comment_is_asked_for() -> None:
    places = ordered(twigs(None, 1, 2, None, 1), under=1)
    assert [(place.id, place.depth) for place in places] == [(2, 0), (3, 1), (5, 0)]


def test_a_thousand_answers_in_a_row_are_no_trouble() -> None:
    chain = twigs(None, *range(1, 3_000))
    places = ordered(chain)
    assert [place.depth for place in places] == list(range(3_000))
    deepest, level = nested(places), 0
    while deepest and deepest[0].answers:
        deepest, level = deepest[0].answers, level + 1
    assert level == DEEPEST


def test_a_long_branch_shows_its_opening_and_says_how_much_is_folded() -> None:
    short, long = twigs(None, *[1] * LONG_BRANCH), twigs(None, *[1] * (LONG_BRANCH + 1))
    assert [place.folded for place in folded(ordered(short))] == [0] * (LONG_BRANCH + 1)
    places = folded(ordered(long))
    assert len(places) == 1 + OPENING
    assert places[0].folded == LONG_BRANCH + 1 - OPENING


def test_answers_that_do_not_stand_under_what_they_answer_say_whom() -> None:
    chain = nested(ordered(twigs(None, 1, 2, 3)))
    assert ids(chain) == [(1, [(2, [3, 4])])]
    under_two = chain[0].answers[0].answers
    assert [leaf.says_whom for leaf in under_two] == [False, True]
    rest = nested(ordered(twigs(None, 1, 2, 3))[1:])
    assert [leaf.says_whom for leaf in rest] == [True]


@given(st.lists(st.integers(0, 30), max_size=30), st.sets(st.integers(1, 31)))
def test_nothing_readable_is_lost_or_shown_twice(choices: list[int], gone: set[int]) -> None:
    parents = [min(choice, position) or None for position, choice in enumerate(choices)]
    found = ordered(twigs(*parents, gone=tuple(gone)))
    assert len({place.id for place in found}) == len(found)
    assert {place.id for place in found} >= set(range(1, len(parents) + 1)) - gone
    flat: list[int] = []
    waiting = nested(found)[::-1]
    while waiting:
        leaf = waiting.pop()
        flat.append(leaf.place.id)
        waiting += leaf.answers[::-1]
    assert flat == [place.id for place in found]
