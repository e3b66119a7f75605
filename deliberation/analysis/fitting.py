"""One fit: votes in, map and groups out. Done once for all people, and again for each resample."""

from dataclasses import dataclass, replace

import numpy as np

from deliberation.analysis.counting import count, count_by_person, count_weighted
from deliberation.analysis.grouping import Grouping, Survey, choose, choose_in_space, survey
from deliberation.analysis.landscape import NOT_PLACED, Parameters
from deliberation.analysis.projection import MAP, Axes, Centred, centre, find_axes, oriented, place
from deliberation.analysis.votes import Booleans, Floats, Integers, VoteMatrix


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crowd:
    """What is known before anything is fitted: who has voted how often, and who is placed."""

    matrix: VoteMatrix
    counts: Integers
    """(I, 3)"""
    own_counts: Integers
    """(P, 3) On ideas of the map."""
    votes_cast: Integers
    """(P,) On ideas of the map."""
    is_placed: Booleans
    """(P,)"""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fit:
    """Where everybody lies, and the groups of those who are placed."""

    centred: Centred
    axes: Axes
    points: Floats
    """(P, d) The first two are the map."""
    flat: Survey
    """How those who are placed may be grouped on the map."""
    grouping: Grouping
    """Of those who are placed, in their order; nobody's group is too small to count as one."""

    def group_of(self, is_placed: Booleans) -> Integers:
        """Return the group of each person, (P,); NOT_PLACED for those not placed."""
        groups = np.full(len(is_placed), NOT_PLACED)
        groups[is_placed] = self.grouping.labels
        return groups


def gather(matrix: VoteMatrix, parameters: Parameters) -> Crowd:
    """Count, and find who is placed."""
    own_counts = count_by_person(matrix)
    cast = own_counts.sum(axis=1)
    return Crowd(
        matrix=matrix,
        counts=count(matrix),
        own_counts=own_counts,
        votes_cast=cast,
        is_placed=_placed(matrix, cast, parameters),
    )


def fit(crowd: Crowd, parameters: Parameters, *, directions: int = MAP) -> Fit:
    """Find the map and the groups of a crowd, in so many directions of the map at most."""
    centred = centre(crowd.matrix, crowd.counts)
    axes = find_axes(centred, seed=parameters.seed, wanted=max(directions, MAP))
    axes, points = _map(crowd, centred, axes)
    placed = points[crowd.is_placed]
    flat = survey(placed[:, :MAP], parameters)
    grouping = choose_in_space(flat, placed, parameters)
    return Fit(centred=centred, axes=axes, points=points, flat=flat, grouping=grouping)


def with_classic_groups(found: Fit, parameters: Parameters) -> Fit:
    """Return the same map with the groups that lie best apart on it, however few people one of them has."""
    is_favourite = found.flat.favourite(1) is found.flat.favourite(parameters.fewest_in_group)
    if found.grouping.dimensions == MAP and is_favourite:
        return found
    return replace(found, grouping=choose(found.flat))


def refit(crowd: Crowd, weights: Floats, parameters: Parameters, before: Fit) -> Fit:
    """Find map and groups where each person, (P,), counts by their weight; `grouping` is of those drawn.

    The directions are found anew, as many as the groups needed before.
    """
    centred = centre(crowd.matrix, count_weighted(crowd.matrix, weights), weights)
    used = before.grouping.dimensions
    start = before.axes.components[:used].sum(axis=0)
    axes = find_axes(centred, seed=parameters.seed, wanted=used, start=start, accuracy=1e-6)
    axes, points = _map(crowd, centred, axes)
    drawn = crowd.is_placed & (weights > 0)
    # Of a group that is just large enough, fewer may have been drawn.
    fewest = parameters.fewest_in_group // 2
    surveyed = survey(points[drawn], parameters, weights[drawn])
    grouping = choose(surveyed, fewest=fewest)
    return Fit(centred=centred, axes=axes, points=points, flat=surveyed, grouping=grouping)


def _map(crowd: Crowd, centred: Centred, axes: Axes) -> tuple[Axes, Floats]:
    ideas_on_map = int(np.count_nonzero(crowd.matrix.is_on_map))
    points = place(centred, axes, crowd.votes_cast, ideas_on_map)
    turned = oriented(axes, points)
    return turned, place(centred, turned, crowd.votes_cast, ideas_on_map)


def _placed(matrix: VoteMatrix, cast: Integers, parameters: Parameters) -> Booleans:
    """Who has enough votes; if that is too few people, those with most, and who voted just like the last."""
    enough = min(parameters.fewest_votes, int(np.count_nonzero(matrix.is_on_map)))
    placed = (cast >= enough) & (cast > 0)
    if np.count_nonzero(placed) >= parameters.fewest_people:
        return placed
    most_first = np.argsort(-cast, kind="stable")
    placed[most_first[: parameters.fewest_people]] = True
    placed &= cast > 0
    for row in (np.flatnonzero(placed) + 1).tolist():
        while row < len(placed) and not placed[row] and _is_alike(matrix, row):
            placed[row] = True
            row += 1  # noqa: PLW2901
    return placed


def _is_alike(matrix: VoteMatrix, row: int) -> bool:
    """Whether a row says the same as the one before: equal rows lie side by side."""
    before, first, after = matrix.starts[row - 1 : row + 2]
    return np.array_equal(matrix.columns[before:first], matrix.columns[first:after]) and np.array_equal(
        matrix.choices[before:first], matrix.choices[first:after]
    )
