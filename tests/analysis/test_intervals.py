"""The interval of a share against published values, and the rankings made from it."""

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.analysis.intervals import (
    Interval,
    agreement,
    division,
    newcombe_interval,
    uncertainty,
    wilson_interval,
)

counts = st.integers(0, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
"""So many of so many."""


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [
        # Newcombe 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_equals_the_published_values(
    successes: int, total: int, low: float, high: float
) -> None:
    interval = wilson_interval(successes, total)
    assert interval.low == pytest.approx(low, abs=0.00005)
    assert interval.high == pytest.approx(high, abs=0.00005)


@pytest.mark.parametrize(
    ("successes", "total", "percents"),
    [
        (34, 41, (69, 91)),
        (43, 81, (42, 64)),
        (70, 78, (81, 95)),
        (58, 74, (68, 86)),
        (88, 101, (79, 92)),
        (15, 17, (66, 97)),
        (23, 56, (29, 54)),
    ],
)
def test_whole_percents_are_as_worked_out_by_hand(
    successes: int, total: int, percents: tuple[int, int]
) -> None:
    interval = wilson_interval(successes, total)
    assert (round(interval.low * 100), round(interval.high * 100)) == percents


def test_one_of_one_is_worked_out_by_hand() -> None:
    # z² = 3.841459; low = 1 / (1 + z²), high = 1.
    assert wilson_interval(1, 1).low == pytest.approx(1 / 4.841459, abs=1e-6)
    assert wilson_interval(1, 1).high == 1.0


def test_a_share_nobody_voted_on_may_be_anything() -> None:
    assert wilson_interval(0, 0) == Interval(0.0, 1.0)


def test_none_and_all_reach_exactly_to_the_limits() -> None:
    assert wilson_interval(0, 37).low == 0.0
    assert wilson_interval(37, 37).high == 1.0


@pytest.mark.parametrize(("successes", "total"), [(-1, 3), (4, 3), (0, -1)])
def test_what_is_no_share_is_refused(successes: int, total: int) -> None:
    with pytest.raises(ValueError, match="not a share"):
        wilson_interval(successes, total)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95.0])
def test_a_confidence_outside_0_and_1_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        wilson_interval(1, 2, confidence=confidence)


def test_more_confidence_widens_the_interval() -> None:
    wide = wilson_interval(34, 41, confidence=0.99)
    usual = wilson_interval(34, 41)
    assert wide.low < usual.low < usual.high < wide.high


@settings(max_examples=300, deadline=None, database=None)
@given(st.integers(0, 2_000_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    successes, total = counts
    interval = wilson_interval(successes, total)
    other = wilson_interval(total - successes, total)
    assert 0.0 <= interval.low <= interval.high <= 1.0
    if total:
        assert interval.low - 1e-12 <= successes / total <= interval.high + 1e-12
    assert other.low == pytest.approx(1 - interval.high, abs=1e-12)


@settings(max_examples=200, deadline=None, database=None)
@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(1, n - 1 or 1), st.just(n))))
def test_each_end_solves_the_score_equation(counts: tuple[int, int]) -> None:
    """The ends are by definition where |p − share| = z·sqrt(share(1 − share)/n)."""
    successes, total = counts
    interval = wilson_interval(successes, total)
    for end in (interval.low, interval.high):
        reach = 1.959963984540054 * sqrt(end * (1 - end) / total)
        assert abs(successes / total - end) == pytest.approx(reach, abs=1e-7)


def test_many_votes_outrank_few_with_a_higher_share() -> None:
    few = agreement(agrees=3, disagrees=0, passes=0)
    many = agreement(agrees=90, disagrees=6, passes=4)
    assert many > few > 0


def test_passes_count_among_those_who_voted() -> None:
    assert agreement(agrees=34, disagrees=4, passes=3) == wilson_interval(34, 41).low


def test_what_no_more_than_half_agree_with_is_not_agreed_at_all() -> None:
    assert agreement(agrees=10, disagrees=10, passes=0) == 0.0
    assert agreement(agrees=10, disagrees=5, passes=25) == 0.0


def test_an_even_split_is_the_most_divided() -> None:
    even = division(agrees=20, disagrees=20, passes=0)
    assert even > division(agrees=25, disagrees=15, passes=0)
    assert even > division(agrees=15, disagrees=15, passes=10)
    assert division(agrees=40, disagrees=0, passes=0) == 0.0


def test_division_does_not_care_which_side_is_which() -> None:
    assert division(agrees=12, disagrees=30, passes=5) == division(agrees=30, disagrees=12, passes=5)


def test_the_more_pass_the_more_unsure() -> None:
    assert uncertainty(agrees=10, disagrees=10, passes=20) > uncertainty(agrees=15, disagrees=15, passes=10)
    assert uncertainty(agrees=10, disagrees=10, passes=0) == 0.0


def test_an_idea_without_votes_ranks_nowhere() -> None:
    for measure in (agreement, division, uncertainty):
        assert measure(agrees=0, disagrees=0, passes=0) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe 1998 (differences), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_equals_the_published_values(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    interval = newcombe_interval(*one, *other)
    assert interval.low == pytest.approx(low, abs=0.00005)
    assert interval.high == pytest.approx(high, abs=0.00005)


def test_nothing_is_known_of_a_difference_from_nobody() -> None:
    assert newcombe_interval(3, 4, 0, 0) == Interval(-1.0, 1.0)
    assert newcombe_interval(0, 0, 3, 4) == Interval(-1.0, 1.0)


@given(counts, counts)
@settings(max_examples=200)
def test_a_difference_taken_the_other_way_round_is_mirrored(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    there, back = newcombe_interval(*one, *other), newcombe_interval(*other, *one)
    assert -1 <= there.low <= there.high <= 1
    assert there.low == pytest.approx(-back.high)
