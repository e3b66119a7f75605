"""Averages, rankings and histograms against figures worked out by hand and published ones."""

import numpy as np
import pytest

from deliberation.analysis.tabulation import (
    averages_of_counts,
    averages_of_values,
    edges_for,
    histogram,
    nice_width,
    standings,
)


def test_the_mean_and_its_interval_equal_those_of_r_for_the_sleep_data() -> None:
    # Student's sleep data, group 1; R: t.test(extra) gives mean 0.75, 95 % from −0.5297804 to 2.0297804.
    found = averages_of_values(np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]))
    assert found is not None
    assert found.interval is not None
    assert found.mean == pytest.approx(0.75)
    assert found.median == pytest.approx(0.35)
    assert (found.interval.low, found.interval.high) == pytest.approx((-0.5297804, 2.0297804), abs=1e-7)


def test_counts_of_a_scale_say_the_same_as_the_answers_one_by_one() -> None:
    counts = np.array([1, 0, 4, 2, 3])
    one_by_one = np.repeat(np.arange(1.0, 6.0), counts)
    assert averages_of_counts(counts, np.arange(1.0, 6.0)) == averages_of_values(one_by_one)


def test_nobody_has_no_average_and_one_person_no_interval() -> None:
    assert averages_of_counts(np.array([0, 0]), np.array([1.0, 2.0])) is None
    alone = averages_of_values(np.array([4.0]))
    assert alone is not None
    assert (alone.mean, alone.median, alone.interval) == (4.0, 4.0, None)


def test_a_mean_rank_is_taken_over_those_who_placed_the_option() -> None:
    # Six placed the first option: 3 first, 2 second, 1 third.
    first, never = standings(np.array([[3, 2, 1], [0, 0, 0]]))
    assert (first.placed, first.mean_rank) == (6, pytest.approx(10 / 6))
    assert (never.placed, never.mean_rank, never.interval) == (0, None, None)


@pytest.mark.parametrize(("width", "nice"), [(0.03, 0.05), (1, 1), (1.1, 2), (2.0, 2), (4.9, 5), (51, 100)])
def test_bins_have_widths_that_are_easy_to_read(width: float, nice: float) -> None:
    assert nice_width(width) == pytest.approx(nice)


def test_nobody_stands_alone_at_the_end_of_a_histogram() -> None:
    ages = np.concatenate([np.arange(20, 60).repeat(5), [3, 99, 104]]).astype(float)
    edges = edges_for(ages, whole=True)
    counts = histogram(ages, edges)
    assert counts.sum() == len(ages)
    assert counts[0] >= 10
    assert counts[-1] >= 10
    assert len(counts) <= 12


def test_few_and_equal_and_no_values_have_a_histogram_too() -> None:
    for values in ([], [7.0], [7.0] * 30, [1e12, -1e12], [0.1, 0.2, 0.3]):
        edges = edges_for(np.array(values), whole=False)
        assert histogram(np.array(values), edges).sum() == len(values)
        assert (np.diff(edges) > 0).all()
