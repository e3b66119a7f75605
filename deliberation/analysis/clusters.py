"""Clusters of points: k-means from given starts, silhouettes, and how far two groupings agree."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.votes import Floats

MOST_ROUNDS: Final = 100
Labels = NDArray[np.int64]


def nearest(points: Floats, centres: Floats) -> Labels:
    """Return the place of the nearest centre for each point."""
    from scipy.spatial import KDTree  # slow; no server computes

    return np.asarray(KDTree(centres).query(points)[1], dtype=np.int64)


def middles(points: Floats, weights: Floats, labels: Labels, clusters: int) -> Floats:
    """Return the weighted mean of each cluster's points, (k, d). No cluster may be empty."""
    totals = np.bincount(labels, weights=weights, minlength=clusters)
    sums = [np.bincount(labels, weights=weights * axis, minlength=clusters) for axis in points.T]
    return np.asarray(np.stack(sums, axis=1) / totals[:, None])


def k_means(points: Floats, weights: Floats, centres: Floats, *, tolerance: float) -> Labels:
    """Group weighted points, (n, d), about the centres, (k, d), and return the cluster of each, (n,).

    Lloyd's iteration, until no centre moves by `tolerance`, or for a hundred rounds. A centre that loses
    its last point is given up; the others keep their order and are numbered from 0.
    """
    for _ in range(MOST_ROUNDS):
        present, labels = np.unique(nearest(points, centres), return_inverse=True)
        moved = middles(points, weights, labels, len(present))
        farthest = ((moved - centres[present]) ** 2).sum(axis=1).max()
        centres = moved
        if farthest < tolerance**2:
            break
    return np.unique(nearest(points, centres), return_inverse=True)[1]


def k_means_from_each(points: Floats, weights: Floats, starts: Floats) -> Labels:
    """Group few weighted points, (n, d), from each of many starts, (s, k, d); return (s, n).

    The same iteration, to where nothing changes, for all starts at once. A cluster may end empty.
    """
    trials, clusters, _ = starts.shape
    centres = starts.copy()
    offsets = (np.arange(trials) * clusters)[:, None]
    labels = np.full((trials, len(points)), -1)
    for _ in range(MOST_ROUNDS):
        before = labels
        labels = ((points[None, :, None, :] - centres[:, None, :, :]) ** 2).sum(axis=3).argmin(axis=2)
        if np.array_equal(before, labels):
            break
        cells = (labels + offsets).ravel()
        totals = np.bincount(cells, weights=np.tile(weights, trials), minlength=trials * clusters)
        for axis in range(points.shape[1]):
            shares = np.tile(weights * points[:, axis], trials)
            sums = np.bincount(cells, weights=shares, minlength=trials * clusters)
            kept = centres[:, :, axis].ravel()
            centres[:, :, axis] = np.divide(sums, totals, out=kept, where=totals > 0).reshape(
                trials, clusters
            )
    return labels


def distances(points: Floats) -> Floats:
    """Return the distance of each of few points, (n, d), from each other, (n, n)."""
    squares = np.zeros((len(points), len(points)))
    for axis in points.T:
        apart = np.subtract.outer(axis, axis)
        squares += apart * apart
    return np.sqrt(squares)


def mean_distances(between: Floats, labels: Labels, clusters: int, weights: Floats) -> Floats:
    """Return how far each of few points, of whom there are `weights`, (n,), lies from each cluster's, (n, k).

    From its own cluster's other points, 0 if there are none. `between` is (n, n). A cluster without points
    is infinitely far.
    """
    from scipy.sparse import csr_array  # slow; no server computes

    sizes = np.bincount(labels, weights=weights, minlength=clusters)
    belongs = csr_array((weights, labels, np.arange(len(labels) + 1)), shape=(len(labels), clusters))
    others = np.maximum(sizes - (labels[:, None] == np.arange(clusters)), 1.0)
    return np.asarray(np.where(sizes > 0, (belongs.T @ between).T / others, np.inf))


def silhouettes(between: Floats, labels: Labels, clusters: int, weights: Floats | None = None) -> Floats:
    """Return the silhouette of each of few points, from -1 to 1; 0 for a point alone in its cluster.

    `between` is (n, n): how far the points are apart; `weights`, (n,), how many lie at each, one by default.
    Source: P. J. Rousseeuw, Journal of Computational and Applied Mathematics 20 (1987) 53–65.
    """
    heavy = np.ones(len(labels)) if weights is None else weights
    away = mean_distances(between, labels, clusters, heavy)
    own = labels[:, None] == np.arange(clusters)
    inside = away[own]
    outside = np.where(own, np.inf, away).min(axis=1)
    outside = np.where(np.isfinite(outside), outside, inside)
    reach = np.maximum(inside, outside)
    parted = np.divide(outside - inside, reach, out=np.zeros(len(labels)), where=reach > 0)
    is_alone = np.bincount(labels, weights=heavy, minlength=clusters)[labels] <= 1.0
    return np.asarray(np.where(is_alone, 0.0, parted))


def adjusted_rand(one: Labels, other: Labels) -> float:
    """Return how far two groupings of the same points agree: 1 entirely, about 0 as far as by chance.

    Two groupings that both put everybody together, or both everybody apart, agree entirely.
    Source: L. Hubert, P. Arabie, "Comparing partitions", Journal of Classification 2 (1985) 193–218.
    """
    columns = int(other.max(initial=0)) + 1
    table = np.bincount(one * columns + other, minlength=(int(one.max(initial=0)) + 1) * columns)
    cells = table.reshape(-1, columns).astype(np.float64)
    together = _pairs(cells).sum()
    in_one, in_other = _pairs(cells.sum(axis=1)).sum(), _pairs(cells.sum(axis=0)).sum()
    by_chance = in_one * in_other / max(_pairs(np.array([float(len(one))]))[0], 1.0)
    most = (in_one + in_other) / 2
    if most == by_chance:
        return 1.0
    return float((together - by_chance) / (most - by_chance))


def _pairs(counts: Floats) -> Floats:
    return counts * (counts - 1) / 2
