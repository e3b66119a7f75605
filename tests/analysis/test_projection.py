"""Where people lie, against the textbook's dense arithmetic."""

import numpy as np
import pytest

from deliberation.analysis.counting import count, count_by_person
from deliberation.analysis.projection import (
    GRID,
    Axes,
    centre,
    find_axes,
    on_grid,
    oriented,
    place,
    place_ideas,
)
from deliberation.analysis.votes import Floats, VoteMatrix
from tests.analysis.crowds import plant, rebuild


def dense(matrix: VoteMatrix) -> Floats:
    """The votes with each unseen one at its idea's mean, minus that mean."""
    votes = np.full((len(matrix.people), len(matrix.ideas)), np.nan)
    votes[np.repeat(np.arange(len(matrix.people)), np.diff(matrix.starts)), matrix.columns] = matrix.choices
    return np.nan_to_num(votes - np.nanmean(votes, axis=0))


@pytest.mark.parametrize("groups", [2, 3, 5])
def test_the_components_are_those_of_a_dense_decomposition(groups: int) -> None:
    matrix, _ = plant(groups, people=150, ideas=40, noise=0.4, seen=0.4)
    axes = find_axes(centre(matrix, count(matrix)), seed=1, wanted=4)
    _, sizes, components = np.linalg.svd(dense(matrix))
    assert axes.variances == pytest.approx(sizes[:4] ** 2, rel=1e-8)
    cosines = np.abs((axes.components * components[:4]).sum(axis=1))
    assert cosines == pytest.approx(np.ones(4), abs=1e-8)


def test_people_count_by_their_weight() -> None:
    matrix, _ = plant(3, people=80, ideas=30)
    weights = np.arange(80) % 3.0
    repeated = np.repeat(dense(matrix), weights.astype(int), axis=0)
    counts = np.stack(
        [
            np.bincount(
                matrix.columns,
                weights=np.repeat(weights, np.diff(matrix.starts)) * (matrix.choices == choice),
                minlength=30,
            )
            for choice in (1, -1, 0)
        ],
        axis=1,
    )
    axes = find_axes(centre(matrix, counts, weights), seed=1)
    seen = np.zeros((80, 30), dtype=bool)
    seen[np.repeat(np.arange(80), np.diff(matrix.starts)), matrix.columns] = True
    seen = np.repeat(seen, weights.astype(int), axis=0)
    repeated = np.where(seen, repeated - (repeated * seen).sum(axis=0) / seen.sum(axis=0), 0.0)
    assert axes.variances == pytest.approx(np.linalg.svd(repeated)[1][:2] ** 2, rel=1e-8)


def test_directions_that_no_start_leads_to_are_found() -> None:
    # Three ideas, each with votes of people who saw no other: every direction explains as much.
    matrix = VoteMatrix.of(people=range(12), ideas=[1, 2, 3] * 4, choices=[1] * 6 + [-1] * 6)
    axes = find_axes(centre(matrix, count(matrix)), seed=1)
    assert axes.variances == pytest.approx([4.0, 4.0])
    assert (axes.components @ axes.components.T) == pytest.approx(np.eye(2), abs=1e-12)


def test_votes_of_one_dimension_have_one_axis() -> None:
    matrix = VoteMatrix.of(people=[1, 1, 2, 2], ideas=[1, 2, 1, 2], choices=[1, 1, -1, -1])
    axes = find_axes(centre(matrix, count(matrix)), seed=1)
    assert axes.variances == pytest.approx([4.0, 0.0])
    assert axes.components[0] == pytest.approx(np.sqrt([0.5, 0.5]), abs=1e-12) or axes.components[
        0
    ] == pytest.approx(-np.sqrt([0.5, 0.5]), abs=1e-12)
    assert not axes.components[1].any()


def test_a_place_is_worked_out_by_hand() -> None:
    # Means 0.5, 0 and 0; person 1 lies at sqrt(3 / 2) · ((1 − 0.5)·0.6 + (1 − 0)·0.8).
    matrix = VoteMatrix.of(
        people=[1, 1, 2, 2, 3, 3], ideas=[1, 2, 1, 3, 2, 3], choices=[1, 1, 0, 1, -1, -1], all_ideas=[1, 2, 3]
    )
    centred = centre(matrix, count(matrix))
    axes = Axes(components=np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]]), variances=np.ones(2))
    points = place(centred, axes, count_by_person(matrix).sum(axis=1), 3)
    row = matrix.people.tolist().index(1)
    assert points[row] == pytest.approx([np.sqrt(1.5) * (0.5 * 0.6 + 0.8), 0.0], abs=GRID)
    ideas = place_ideas(centred, axes, matrix.is_on_map)
    assert ideas[0] == pytest.approx([np.sqrt(3) * 0.5 * 0.6, 0.0], abs=GRID)
    assert ideas[2] == pytest.approx([0.0, np.sqrt(3) * 1.0], abs=GRID)


def test_ideas_off_the_map_do_not_shape_it() -> None:
    matrix, _ = plant(3, people=80, ideas=30)
    without = rebuild(matrix, is_on_map=np.arange(30) >= 10)
    axes = find_axes(centre(without, count(without)), seed=1)
    assert axes.variances == pytest.approx(np.linalg.svd(dense(matrix)[:, 10:])[1][:2] ** 2, rel=1e-8)
    assert not axes.components[:, :10].any()
    assert not place_ideas(centre(without, count(without)), axes, without.is_on_map)[:10].any()


def test_axes_point_to_where_people_reach_out_farther() -> None:
    axes = Axes(components=np.array([[1.0, 0.0], [0.0, 1.0]]), variances=np.ones(2))
    points = np.array([[-3.0, 1.0], [1.0, 2.0], [1.0, -1.0], [1.0, -1.0]])
    assert oriented(axes, points).components.tolist() == [[-1.0, 0.0], [0.0, 1.0]]
    # Where neither side is farther, the largest loading decides.
    even = np.array([[-1.0, 0.0], [1.0, 0.0]])
    turned = Axes(components=np.array([[-1.0, 0.0], [0.0, 1.0]]), variances=np.ones(2))
    assert oriented(turned, even).components[0].tolist() == [1.0, 0.0]


def test_points_lie_on_a_grid_without_negative_zero() -> None:
    points = on_grid(np.array([-1e-9, 1.0 + 1e-9]))
    assert points.tolist() == [0.0, 1.0]
    assert not np.signbit(points).any()
