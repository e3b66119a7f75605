"""Whether groups stay when they are found again among people drawn with replacement (the bootstrap)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deliberation.analysis.canonical import rounded_number
from deliberation.analysis.clusters import Labels, adjusted_rand, nearest
from deliberation.analysis.fitting import Crowd, Fit, refit
from deliberation.analysis.landscape import Parameters
from deliberation.analysis.numbers import random_words
from deliberation.analysis.projection import MAP, words_of
from deliberation.analysis.votes import Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stability:
    """How the groups fared."""

    agreement: float
    """The mean adjusted Rand index between the groups and those of each resample, over all who are placed."""
    steadiness: Floats
    """(n,) In what share of the resamples each person who is placed stays with their group."""


def resample(
    crowd: Crowd, found: Fit, parameters: Parameters, progress: Callable[[float], None] | None = None
) -> Stability:
    """Find map, number of groups and groups again on each resample, and place everybody in them.

    People are drawn in an order that rests on where they lie alone, so that neither their names nor the
    ideas' numbers decide who is drawn. Source: C. Hennig, "Cluster-wise assessment of cluster stability",
    Computational Statistics & Data Analysis 52 (2007) 258–271.
    """
    points = found.points[crowd.is_placed]
    order = np.argsort(words_of(found.points[:, :MAP]), kind="stable")
    agreements, stays = [], np.zeros(len(points))
    for which in range(parameters.resamples):
        draws = random_words(parameters.seed, which + 1, len(order)) % np.uint64(len(order))
        weights = np.zeros(len(order))
        weights[order] = np.bincount(draws.astype(np.int64), minlength=len(order))
        again = refit(crowd, weights, parameters, found)
        if not again.grouping.groups:
            labels = np.zeros(len(points), dtype=np.int64)
        else:
            centres = again.grouping.centres
            labels = again.grouping.centre_labels[nearest(again.points[crowd.is_placed], centres)]
        agreements.append(adjusted_rand(found.grouping.labels, labels))
        stays += matched(labels, found.grouping.labels) == found.grouping.labels
        if progress is not None:
            progress((which + 1) / parameters.resamples)
    return Stability(
        agreement=rounded_number(float(np.mean(agreements))), steadiness=stays / parameters.resamples
    )


def matched(labels: Labels, others: Labels) -> Labels:
    """Name the groups of `labels` after those of `others` with which they share most people in all.

    -1 for groups that remain when every other one is taken.
    """
    from scipy.optimize import linear_sum_assignment  # slow; no server computes

    shape = (int(labels.max(initial=-1)) + 1, int(others.max(initial=-1)) + 1)
    shared = np.bincount(labels * shape[1] + others, minlength=shape[0] * shape[1]).reshape(shape)
    names = np.full(shape[0], -1)
    ours, theirs = linear_sum_assignment(shared, maximize=True)
    names[ours] = theirs
    return names[labels]
