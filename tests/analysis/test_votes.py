"""The vote matrix: the same votes are the same matrix, however they come."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.analysis.votes import VoteMatrix
from tests.analysis.crowds import plant

PEOPLE, IDEAS, CHOICES = [7, 7, 7, 3, 3, 9], [4, 1, 2, 1, 4, 2], [1, -1, 0, 1, 1, 0]


def matrix(**changes: Any) -> VoteMatrix:
    return VoteMatrix.of(**{"people": PEOPLE, "ideas": IDEAS, "choices": CHOICES} | changes)


def test_each_vote_is_found_again() -> None:
    votes = matrix(all_ideas=[1, 2, 3, 4], off_map=[2])
    whose = np.repeat(votes.people, np.diff(votes.starts)).tolist()
    about = votes.ideas[votes.columns].tolist()
    found = set(zip(whose, about, votes.choices.tolist(), strict=True))
    assert found == set(zip(PEOPLE, IDEAS, CHOICES, strict=True))
    assert votes.ideas.tolist() == [1, 2, 3, 4]
    assert votes.is_on_map.tolist() == [True, False, True, True]


@given(st.permutations(range(len(PEOPLE))))
@settings(max_examples=50)
def test_the_order_of_arrival_changes_nothing(order: list[int]) -> None:
    one, other = (
        matrix(),
        matrix(
            **{
                name: [values[place] for place in order]
                for name, values in (("people", PEOPLE), ("ideas", IDEAS), ("choices", CHOICES))
            }
        ),
    )
    assert one.digest == other.digest
    assert one.people.tolist() == other.people.tolist()


def test_what_people_are_called_changes_nothing_but_that() -> None:
    other_names = {7: 100, 3: 900, 9: 50}
    one, other = matrix(), matrix(people=[other_names[person] for person in PEOPLE])
    assert one.digest == other.digest
    assert [other_names[person] for person in one.people.tolist()] == other.people.tolist()


@pytest.mark.parametrize(
    "changes",
    [
        {"choices": [1, -1, 0, 1, 1, 1]},
        {"ideas": [4, 1, 2, 1, 4, 4]},
        {"people": [7, 7, 3, 3, 3, 9], "ideas": [4, 1, 2, 1, 4, 2]},
        {"off_map": [2]},
        {"all_ideas": [1, 2, 3, 4]},
    ],
)
def test_another_vote_or_idea_gives_another_digest(changes: dict[str, Any]) -> None:
    assert matrix().digest != matrix(**changes).digest


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"choices": [2, 1, 1, 1, 1, 1]}, "neither agree"),
        ({"choices": [0.5, 1, 1, 1, 1, 1]}, "neither agree"),
        ({"choices": [1, 1]}, "differ in length"),
        ({"ideas": [4, 4, 2, 1, 4, 2]}, "two votes"),
    ],
)
def test_what_is_no_vote_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        matrix(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"starts": [0, 2, 2]}, "empty"),
        ({"starts": [0, 3]}, "differ in number"),
        ({"columns": [1, 0, 1]}, "ascend"),
        ({"columns": [0, 2, 1]}, "no idea"),
        ({"ideas": [8, 5]}, "ideas' numbers"),
    ],
)
def test_rows_that_are_none_are_refused(changes: dict[str, Any], message: str) -> None:
    rows = {
        "people": [1, 2],
        "ideas": [5, 8],
        "starts": [0, 2, 3],
        "columns": [0, 1, 1],
        "choices": [1, 0, -1],
    }
    assert (
        VoteMatrix.of_rows(**rows).digest
        == VoteMatrix.of(  # type: ignore[arg-type]
            people=[1, 1, 2], ideas=[5, 8, 8], choices=[1, 0, -1]
        ).digest
    )
    with pytest.raises(ValueError, match=message):
        VoteMatrix.of_rows(**rows | changes)  # type: ignore[arg-type]


def test_the_votes_on_some_ideas_are_those_votes_alone() -> None:
    some = matrix(all_ideas=[1, 2, 3, 4], off_map=[4]).on([1, 4])
    assert (
        some.digest
        == VoteMatrix.of(people=[7, 7, 3, 3], ideas=[4, 1, 1, 4], choices=[1, -1, 1, 1], off_map=[4]).digest
    )
    assert sorted(some.people.tolist()) == [3, 7]


def test_many_votes_are_ordered_as_few_are() -> None:
    # More votes than are worked on at a time.
    votes, _ = plant(3, people=30_000, ideas=80, seen=0.5)
    assert len(votes.choices) > 1 << 20
    order = np.random.default_rng(5).permutation(len(votes.choices))
    whose = np.repeat(votes.people, np.diff(votes.starts))[order]
    again = VoteMatrix.of(people=whose, ideas=votes.ideas[votes.columns][order], choices=votes.choices[order])
    assert again.digest == votes.digest
