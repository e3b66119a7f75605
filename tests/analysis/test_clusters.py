"""Clusters, silhouettes and agreement, by hand and against slower arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.analysis.clusters import (
    adjusted_rand,
    distances,
    k_means,
    k_means_from_each,
    silhouettes,
)


def test_a_silhouette_is_worked_out_by_hand() -> None:
    # On a line: 0 and 1 in one group, 4 and 6 in the other. Of 1: (3 + 5)/2 = 4 away, 1 within.
    points = np.array([[0.0, 0.0], [1.0, 0.0], [4.0, 0.0], [6.0, 0.0]])
    found = silhouettes(distances(points), np.array([0, 0, 1, 1]), 2)
    assert found == pytest.approx([(5 - 1) / 5, (4 - 1) / 4, (3.5 - 2) / 3.5, (5.5 - 2) / 5.5])


def test_who_is_alone_in_a_group_has_no_silhouette() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 0.0]])
    assert silhouettes(distances(points), np.array([0, 0, 1]), 2)[2] == 0.0


def test_several_at_one_place_count_as_several() -> None:
    places = np.array([[0.0, 0.0], [1.0, 0.0], [4.0, 0.0], [6.0, 0.0]])
    labels, weights = np.array([0, 0, 1, 1]), np.array([3.0, 1.0, 2.0, 1.0])
    person = np.repeat(np.arange(4), weights.astype(int))
    one_by_one = silhouettes(distances(places[person]), labels[person], 2)
    together = silhouettes(distances(places), labels, 2, weights)
    assert together[person] == pytest.approx(one_by_one)


def test_means_settle_in_the_middle_of_what_is_nearest() -> None:
    points = np.array([[0.0, 0.0], [0.0, 2.0], [10.0, 0.0], [10.0, 2.0], [11.0, 1.0]])
    labels = k_means(points, np.ones(5), points[[0, 2]], tolerance=0.01)
    again = k_means_from_each(points, np.ones(5), points[[[0, 1], [0, 2]]])
    assert labels.tolist() == [0, 0, 1, 1, 1]
    assert again[1].tolist() == [0, 0, 1, 1, 1]


def test_a_centre_without_points_is_given_up() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0]])
    far = np.array([[90.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    assert k_means(points, np.ones(2), far, tolerance=0.01).tolist() == [0, 1]


def test_agreement_of_groupings_is_worked_out_by_hand() -> None:
    # Hubert and Arabie's index for {1,1,1,2,2,2} and {1,1,2,2,3,3}: (2 − 6·3/15)/((6 + 3)/2 − 6·3/15).
    one, other = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])
    assert adjusted_rand(one, other) == pytest.approx((2 - 1.2) / (4.5 - 1.2))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
@settings(max_examples=100)
def test_a_grouping_agrees_with_itself_by_any_name(labels: list[int]) -> None:
    one = np.array(labels)
    assert adjusted_rand(one, 3 - one) == pytest.approx(1.0)


def test_groupings_at_random_agree_about_as_far_as_by_chance() -> None:
    random = np.random.default_rng(2)
    index = [adjusted_rand(random.integers(0, 3, 300), random.integers(0, 3, 300)) for _ in range(50)]
    assert abs(np.mean(index)) < 0.01
