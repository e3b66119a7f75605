"""Opinion groups: base clusters of people first, then groups of base clusters."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from deliberation.analysis.canonical import rounded_number
from deliberation.analysis.clusters import (
    Labels,
    distances,
    k_means,
    k_means_from_each,
    mean_distances,
    middles,
    nearest,
    silhouettes,
)
from deliberation.analysis.landscape import Candidate, Parameters
from deliberation.analysis.numbers import random_shares
from deliberation.analysis.projection import MAP, on_grid, words_of
from deliberation.analysis.votes import Floats, Integers

STILL: Final = 0.01
"""Base clusters are settled when none of their centres moves by this much."""
BASE_PER_GROUP: Final = 12
MOST_PLACES: Final = 5_000
"""In a greater crowd, so many people stand for all while base clusters are found."""
MOST_COMPARED: Final = 1_500
"""So many stand for all where each is compared with each."""
WORTH_A_DIRECTION: Final = 0.05
EXTRA_STARTS: Final = 8
PROMISING: Final = 4
"""How many partitions of the base clusters are pursued for each number of groups."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grouping:
    """Groups of `n` people who are placed, numbered from 0, the largest first."""

    labels: Labels
    """(n,)"""
    centres: Floats
    """(c, d) Whoever lies anywhere belongs to the group of the nearest of these."""
    centre_labels: Labels
    """(c,)"""
    candidates: tuple[Candidate, ...]

    @property
    def groups(self) -> int:
        """How many groups there are: 1 where no two people lie apart, 0 without people."""
        return int(self.labels.max(initial=-1)) + 1

    @property
    def dimensions(self) -> int:
        """In how many directions the groups lie apart: 2, or more than the map can show."""
        return self.centres.shape[1]

    @property
    def silhouette(self) -> float:
        """How well they lie apart, from -1 to 1; 0 for one group."""
        return max((candidate.silhouette for candidate in self.candidates), default=0.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Places:
    """Where people lie, each place once, in an order that rests on nothing but the places, as if random."""

    points: Floats
    """(m, d)"""
    weights: Floats
    """(m,) How many people lie there."""
    of_person: Labels
    """(n,) The place of each person."""

    def some(self, most: int) -> "Places":
        """Return the first of them, in whose stead nobody else is counted."""
        return replace(self, points=self.points[:most], weights=self.weights[:most])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Base:
    """The base clusters: their centres, (b, d), and how many people are in each, (b,)."""

    centres: Floats
    sizes: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Partition:
    """Everybody belongs to the group, (c,), of the nearest of these centres, (c, d)."""

    centres: Floats
    labels: Labels
    silhouette: float
    smallest: float
    """How many people are in the smallest group."""
    groups: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Survey:
    """The ways of grouping people that are worth considering."""

    places: Places
    """Where everybody lies."""
    people: Places
    """The first of them, few enough to compare each with each."""
    between: Floats
    """(m, m) How far those are apart."""
    partitions: tuple[_Partition, ...]

    def best(self, fewest: int) -> list[_Partition]:
        """Return the best partition for each number of groups that leaves so many people in each."""
        best: dict[int, _Partition] = {}
        for one in self.partitions:
            if one.smallest >= fewest and (
                one.groups not in best or one.silhouette > best[one.groups].silhouette
            ):
                best[one.groups] = one
        return list(best.values())

    def favourite(self, fewest: int) -> _Partition | None:
        """Return the best of those; of equals the one with fewer groups."""
        return max(self.best(fewest), key=lambda one: (one.silhouette, -one.groups), default=None)


def survey(points: Floats, parameters: Parameters, weights: Floats | None = None) -> Survey:
    """Return how points on the grid, (n, d), each of weight one unless told otherwise, may be grouped.

    Base clusters are found by k-means from the first distinct points. Groups, at most five, and two more than
    one for every twelve base clusters, are found by k-means of the base centres, weighted by size, from the
    first centres and from other starts; the best are found again among the people themselves.
    """
    places = _places(points, np.ones(len(points)) if weights is None else weights)
    people = places.some(MOST_COMPARED)
    between = distances(people.points)
    partitions: list[_Partition] = []
    if len(points):
        base = _base(places.some(MOST_PLACES), parameters.base_clusters)
        partitions = _partitions(base, people, between, parameters)
    return Survey(places=places, people=people, between=between, partitions=tuple(partitions))


def choose(surveyed: Survey, *, fewest: int = 1) -> Grouping:
    """Return the grouping with the greatest mean silhouette over people that leaves `fewest` in each group.

    At last people move while that makes it greater. Everybody is in one group if there is no other way.
    """
    places = surveyed.places
    found, best = surveyed.best(fewest), surveyed.favourite(fewest)
    if best is None:
        alone = np.zeros(min(len(places.points), 1), dtype=np.int64)
        return Grouping(
            labels=np.zeros(len(places.of_person), dtype=np.int64),
            centres=places.points[:1],
            centre_labels=alone,
            candidates=(),
        )
    found[found.index(best)] = best = _settled(surveyed, best, fewest)
    of_place = best.labels[nearest(places.points, best.centres)]
    renamed = _by_size(of_place, places.weights)
    return Grouping(
        labels=renamed[of_place][places.of_person],
        centres=best.centres,
        centre_labels=renamed[best.labels],
        candidates=tuple(Candidate(groups=one.groups, silhouette=one.silhouette) for one in found),
    )


def choose_in_space(flat: Survey, points: Floats, parameters: Parameters) -> Grouping:
    """Return the groups on the map, or in more directions of points, (n, d), where those part people better.

    On a plane at most three groups lie equally far from each other; of four or five that differ each in its
    own way, some would cover one another. Groups in more directions must be more than there are directions,
    and lie apart in them better, by a silhouette of 0.05, than the map's groups do there or on the map.
    """
    fewest = parameters.fewest_in_group
    best = on_map = choose(flat, fewest=fewest)
    gained = WORTH_A_DIRECTION
    for used in range(MAP + 1, points.shape[1] + 1):
        surveyed = survey(points[:, :used], parameters)
        found = choose(surveyed, fewest=fewest)
        gain = found.silhouette - min(on_map.silhouette, _silhouette_in(surveyed, on_map))
        if found.groups > used and gain >= gained:
            best, gained = found, gain
    return best


def _silhouette_in(space: Survey, on_map: Grouping) -> float:
    """How well the groups of the map lie apart where there are more directions than it shows."""
    if on_map.groups < 2:
        return 0.0
    people = space.people
    labels = on_map.centre_labels[nearest(people.points[:, :MAP], on_map.centres)]
    return _mean(silhouettes(space.between, labels, on_map.groups, people.weights), people.weights)


def _places(points: Floats, weights: Floats) -> Places:
    _, first, of_person = np.unique(words_of(points), return_index=True, return_inverse=True)
    totals = np.bincount(of_person, weights=weights, minlength=len(first)).astype(np.float64)
    return Places(points=points[first], weights=totals, of_person=of_person)


def _base(places: Places, most: int) -> _Base:
    labels = np.arange(len(places.points))
    if len(labels) > most:
        labels = k_means(places.points, places.weights, places.points[:most], tolerance=STILL)
    centres = on_grid(middles(places.points, places.weights, labels, int(labels.max()) + 1))
    return _Base(centres=centres, sizes=np.bincount(labels, weights=places.weights).astype(np.float64))


def _partitions(base: _Base, people: Places, between: Floats, parameters: Parameters) -> list[_Partition]:
    most = min(parameters.most_groups, 2 + len(base.centres) // BASE_PER_GROUP, len(base.centres))
    between_base = distances(base.centres)
    found = []
    for groups in range(2, most + 1):
        starts = _starts(base.centres, between_base, groups, parameters.seed)
        promising = _promising(k_means_from_each(base.centres, base.sizes, starts), between_base, groups)
        tried = [(base.centres, labels) for labels in promising]
        tried += _found_again(base, promising, people, groups)
        found += [_rate(people, between, centres, labels, groups) for centres, labels in tried]
    return found


def _promising(trials: Labels, between: Floats, groups: int) -> list[Labels]:
    """The classic start's outcome, and of the others those whose base clusters lie best apart."""
    classic, *others = (labels for labels in trials)
    different = {labels.tobytes(): labels for labels in others}
    different.pop(classic.tobytes(), None)
    rated = sorted(
        different.values(),
        key=lambda labels: -rounded_number(float(silhouettes(between, labels, groups).mean())),
    )
    return [classic, *rated[: PROMISING - 1]]


def _found_again(
    base: _Base, promising: list[Labels], people: Places, groups: int
) -> list[tuple[Floats, Labels]]:
    """The partitions that k-means of the people themselves makes of these."""
    complete = [labels for labels in promising if len(np.unique(labels)) == groups]
    if not complete:
        return []
    starts = np.stack([middles(base.centres, base.sizes, labels, groups) for labels in complete])
    again = k_means_from_each(people.points, people.weights, starts)
    return [
        (on_grid(middles(people.points, people.weights, labels, groups)), np.arange(groups))
        for labels in again
        if len(np.unique(labels)) == groups
    ]


def _rate(people: Places, between: Floats, centres: Floats, labels: Labels, groups: int) -> _Partition:
    of_people = labels[nearest(people.points, centres)]
    silhouette = _mean(silhouettes(between, of_people, groups, people.weights), people.weights)
    sizes = np.bincount(of_people, weights=people.weights, minlength=groups)
    return _Partition(
        centres=centres,
        labels=labels,
        silhouette=silhouette,
        smallest=float(sizes.min()),
        groups=groups,
    )


def _mean(values: Floats, weights: Floats) -> float:
    return rounded_number(float((values * weights).sum() / weights.sum()))


def _settled(surveyed: Survey, found: _Partition, fewest: int) -> _Partition:
    """Move everybody to the group whose people are nearest on average, while the silhouette gains by it."""
    people, between = surveyed.people, surveyed.between
    while True:
        labels = found.labels[nearest(people.points, found.centres)]
        closest = mean_distances(between, labels, found.groups, people.weights).argmin(axis=1)
        moved = _rate(people, between, people.points, closest, found.groups)
        if moved.smallest < fewest or moved.silhouette <= found.silhouette:
            return found
        found = moved


def _starts(centres: Floats, between: Floats, groups: int, seed: int) -> Floats:
    """Starts for k-means, (s, k, d): the first centres, centres far from one another, and random ones."""
    chosen = [np.arange(groups), _far_apart(centres, between, groups)]
    for trial in range(EXTRA_STARTS):
        chosen.append(np.argsort(random_shares(seed, trial, len(centres)))[:groups])
    return np.asarray(centres[np.stack(chosen)])


def _far_apart(centres: Floats, between: Floats, groups: int) -> Integers:
    """The centre farthest from the middle, then again and again the one farthest from those taken."""
    middle = centres.mean(axis=0)
    taken = [int(((centres - middle) ** 2).sum(axis=1).argmax())]
    while len(taken) < groups:
        taken.append(int(between[:, taken].min(axis=1).argmax()))
    return np.array(taken)


def _by_size(labels: Labels, sizes: Floats) -> Labels:
    """Return new numbers for the groups, the largest first; among equals the one met first."""
    totals = np.bincount(labels, weights=sizes)
    first = np.unique(labels, return_index=True)[1]
    return np.asarray(np.argsort(np.lexsort((first, -totals))))
