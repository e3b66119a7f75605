"""Opinion groups: base clusters of people first, then groups of base clusters."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberation.analysis.canonical import rounded_number
from deliberation.analysis.clusters import (
    Labels,
    distances,
    k_means,
    k_means_from_each,
    middles,
    silhouettes,
)
from deliberation.analysis.landscape import Candidate, Parameters
from deliberation.analysis.numbers import random_shares, scramble
from deliberation.analysis.projection import GRID, on_grid
from deliberation.analysis.votes import Floats, Integers

STILL: Final = 0.01
"""Base clusters are settled when none of their centres moves by this much."""
BASE_PER_GROUP: Final = 12
MOST_PLACES: Final = 10_000
"""Beyond so many different points, points that lie close together are grouped as one."""
EXTRA_STARTS: Final = 8


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grouping:
    """Groups of `n` people who are placed, numbered from 0, the largest first."""

    labels: Labels
    """(n,)"""
    centres: Floats
    """(b, 2) The base clusters' centres."""
    centre_labels: Labels
    """(b,) The group of each base cluster."""
    candidates: tuple[Candidate, ...]

    @property
    def groups(self) -> int:
        """How many groups there are: 1 where no two people lie apart, 0 without people."""
        return int(self.labels.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Places:
    """Where people lie, each place once, in an order that rests on nothing but the places."""

    points: Floats
    """(m, 2)"""
    weights: Floats
    """(m,) How many people lie there."""
    of_person: Labels
    """(n,) The place of each person."""


def group(points: Floats, parameters: Parameters, weights: Floats | None = None) -> Grouping:
    """Return the groups of these points on the grid, (n, 2), each of weight one unless told otherwise.

    Base clusters are found by k-means from the first distinct points; groups of 2 up to five, or 2 more than
    one for every twelve base clusters, by k-means of the base centres, weighted by size. The number of groups
    is that with the greatest mean silhouette over the base centres, not weighted.
    """
    places = _places(points, np.ones(len(points)) if weights is None else weights)
    base = _base(places, parameters.base_clusters)
    if not len(base):
        return Grouping(labels=base, centres=points, centre_labels=base, candidates=())
    clusters = int(base.max()) + 1
    centres = on_grid(middles(places.points, places.weights, base, clusters))
    sizes = np.bincount(base, weights=places.weights).astype(np.float64)
    found = _candidates(centres, sizes, parameters)
    labels = np.zeros(clusters, dtype=np.int64)
    if found:
        labels = max(found, key=lambda one: (one[0].silhouette, -one[0].groups))[1]
    labels = _by_size(labels, sizes)
    return Grouping(
        labels=labels[base[places.of_person]],
        centres=centres,
        centre_labels=labels,
        candidates=tuple(candidate for candidate, _ in found),
    )


def _places(points: Floats, weights: Floats) -> Places:
    """Gather points that are equal, and in a great crowd those within a hundredth of the map's width."""
    mesh = GRID
    places = _gather(points, weights, mesh)
    if len(places.points) > MOST_PLACES:
        mesh = float(np.ptp(points, axis=0).max()) / np.sqrt(MOST_PLACES)
        places = _gather(points, weights, mesh)
    return places


def _gather(points: Floats, weights: Floats, mesh: float) -> Places:
    cells = np.rint(points / mesh).astype(np.int64)
    words = scramble(scramble(cells[:, 0]) + cells[:, 1].astype(np.uint64))
    found, of_person = np.unique(words, return_inverse=True)
    if len(found) == 0:
        return Places(points=points, weights=weights, of_person=of_person)
    totals = np.bincount(of_person, weights=weights).astype(np.float64)
    means = middles(points, weights, of_person, len(found))
    return Places(points=on_grid(means), weights=totals, of_person=of_person)


def _base(places: Places, most: int) -> Labels:
    if len(places.points) <= most:
        return np.arange(len(places.points))
    return k_means(places.points, places.weights, places.points[:most], tolerance=STILL)


def _candidates(centres: Floats, sizes: Floats, parameters: Parameters) -> list[tuple[Candidate, Labels]]:
    """Each number of groups with its best grouping. The classic start is the first of each."""
    most = min(parameters.most_groups, 2 + len(centres) // BASE_PER_GROUP, len(centres))
    between = distances(centres)
    found = []
    for groups in range(2, most + 1):
        best: tuple[float, Labels] | None = None
        trials = k_means_from_each(centres, sizes, _starts(centres, between, groups, parameters.seed))
        for labels in np.unique(trials, axis=0):
            if np.bincount(labels, weights=sizes, minlength=groups).min() < parameters.fewest_in_group:
                continue
            parted = rounded_number(float(silhouettes(between, labels, groups).mean()))
            if best is None or parted > best[0]:
                best = parted, labels
        if best is not None:
            found.append((Candidate(groups=groups, silhouette=best[0]), best[1]))
    return found


def _starts(centres: Floats, between: Floats, groups: int, seed: int) -> Floats:
    """Starts for k-means, (s, k, 2): the first centres, centres far from one another, and random ones."""
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
    """Number the groups anew, the largest first; among equals the one with the earliest base cluster."""
    totals = np.bincount(labels, weights=sizes)
    first = [int(np.flatnonzero(labels == which)[0]) for which in range(len(totals))]
    order = sorted(range(len(totals)), key=lambda which: (-totals[which], first[which]))
    return np.argsort(order)[labels]
