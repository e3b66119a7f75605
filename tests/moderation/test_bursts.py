"""Bursts, without a database: what is one, and what is said of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.moderation.bursts import (
    KEPT_FOR,
    Burst,
    NewVote,
    at_least,
    find_bursts,
    remembered,
    together,
)

START = datetime(2026, 11, 25, 14, 3, tzinfo=UTC)


def votes(
    people: int, *, idea: int = 1, seconds: int = 20, against: int = 0, start: datetime = START
) -> list[NewVote]:
    return [
        NewVote(idea, person, -1 if person < against else 1, start + timedelta(seconds=seconds * person))
        for person in range(people)
    ]


def test_many_new_people_who_vote_alike_within_minutes_are_a_burst() -> None:
    (burst,) = find_bursts(votes(23))
    assert burst == Burst(
        (1,), datetime(2026, 11, 25, 14, 0, tzinfo=UTC), datetime(2026, 11, 25, 14, 15, tzinfo=UTC), 20
    )


@pytest.mark.parametrize(
    "cast",
    [
        votes(9),
        votes(30, seconds=120),
        votes(30, against=5),
        [NewVote(1, 1, 1, START + timedelta(seconds=one)) for one in range(30)],
    ],
    ids=["too few", "over an hour", "divided", "one person again and again"],
)
def test_what_is_no_burst(cast: list[NewVote]) -> None:
    assert find_bursts(cast) == []


def test_a_burst_is_the_same_whichever_way_they_vote() -> None:
    turned = [NewVote(vote.idea, vote.person, -vote.choice, vote.at) for vote in votes(23)]
    assert find_bursts(turned) == find_bursts(votes(23))


def test_a_burst_that_is_found_again_is_one_and_grows() -> None:
    first = remembered([], find_bursts(votes(12)), moment=START)
    again = remembered(first, find_bursts(votes(25)), moment=START)
    assert [burst.people for burst in again] == [20]
    assert remembered(again, [], moment=START + KEPT_FOR + timedelta(hours=1)) == []


def test_bursts_at_the_same_time_are_told_together() -> None:
    later = START + timedelta(hours=3)
    found = find_bursts([*votes(12), *votes(12, idea=4), *votes(12, idea=2, start=later)])
    assert [burst.ideas for burst in together(found)] == [(2,), (1, 4)]


@given(st.integers(0, 5_000_000))
def test_people_are_spoken_of_from_ten_on_and_never_too_many(people: int) -> None:
    said = at_least(people)
    assert said <= people
    assert (said == 0) == (people < 10)
    assert said * 2.5 >= people or people < 10
