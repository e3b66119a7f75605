"""What each idea means to each group: exact functions of counts.

Sources of the formulas: the published mathematics of Polis (C. Small, M. Bjorkegren, T. Erkkilä, L. Shaw,
C. Megill, "Polis: scaling deliberation by mapping high dimensional opinion spaces", Recerca 26 (2021)).
Throughout, A are agrees, D disagrees and S all votes of a group on an idea, passes included.
"""

from typing import Final

import numpy as np

from deliberation.analysis.canonical import rounded_number
from deliberation.analysis.intervals import quantile
from deliberation.analysis.landscape import AGREES, DISAGREES, PASSES, Representative
from deliberation.analysis.votes import Booleans, Floats, Integers

SIGNIFICANT: Final = 1.2816
"""The normal quantile of 0.9: what a one-sided test at 10 % asks for."""
MOST_LISTED: Final = 5
UNSURE_FROM: Final = 0.3


def consensus(group_counts: Integers) -> Floats:
    """Return group-informed consensus, (I,), of counts per group, (G, I, 3): the product of (A + 1)/(S + 2).

    ½ without groups, as for an idea that nobody has voted on.
    """
    if not len(group_counts):
        return np.full(group_counts.shape[1], 0.5)
    return np.asarray(smoothed(group_counts, AGREES).prod(axis=0))


def mean_consensus(group_counts: Integers) -> Floats:
    """Return the geometric mean of the same, (I,), comparable across numbers of groups; ½ without groups."""
    if not len(group_counts):
        return np.full(group_counts.shape[1], 0.5)
    return np.asarray(np.exp(np.log(smoothed(group_counts, AGREES)).mean(axis=0)))


def smoothed(counts: Integers, choice: int) -> Floats:
    """Return (X + 1)/(S + 2) for counts (…, 3) of one choice: the share, drawn towards one half."""
    return np.asarray((counts[..., choice] + 1) / (counts.sum(axis=-1) + 2))


def share_test(counts: Integers, choice: int) -> Floats:
    """Return how surely a share lies above one half, 2·√(S + 1)·((X + 1)/(S + 1) − ½), in deviations."""
    total = counts.sum(axis=-1) + 1
    return np.asarray(2 * np.sqrt(total) * ((counts[..., choice] + 1) / total - 0.5))


def ratio_test(counts: Integers, others: Integers, choice: int) -> Floats:
    """Return how surely one share lies above another, in deviations: z for two proportions.

    1 is added to each of the four counts. 0 where everybody in both said the same.
    """
    hits, other_hits = counts[..., choice] + 1, others[..., choice] + 1
    total, other_total = counts.sum(axis=-1) + 1, others.sum(axis=-1) + 1
    pooled = (hits + other_hits) / (total + other_total)
    deviation = np.sqrt(np.maximum(pooled * (1 - pooled), 0.0) * (1 / total + 1 / other_total))
    difference = hits / total - other_hits / other_total
    return np.asarray(np.divide(difference, deviation, out=np.zeros(deviation.shape), where=deviation > 0))


def representative(
    group_counts: Integers, ideas: Integers, is_on_map: Booleans
) -> tuple[tuple[Representative, ...], ...]:
    """Return what tells each group from all others who are grouped, at most five ideas each.

    An idea qualifies where both its share and the difference are significant, on the side (agree or disagree)
    on which the difference is surer. First comes the idea that the group most clearly agrees with, then the
    rest by ratio · ratio test · share · share test; shown are agrees before disagrees. Empty for one group.
    """
    if len(group_counts) < 2:
        return tuple(() for _ in group_counts)
    everybody = group_counts.sum(axis=0)
    return tuple(_select(counts, everybody - counts, ideas, is_on_map) for counts in group_counts)


def _select(
    counts: Integers, others: Integers, ideas: Integers, is_on_map: Booleans
) -> tuple[Representative, ...]:
    tests = np.stack([ratio_test(counts, others, side) for side in (AGREES, DISAGREES)])
    agrees = tests[0] > tests[1]
    side = np.where(agrees, AGREES, DISAGREES)[None]
    shares = _of_side(side, smoothed(counts, AGREES), smoothed(counts, DISAGREES))
    share_tests = _of_side(side, share_test(counts, AGREES), share_test(counts, DISAGREES))
    other_shares = _of_side(side, smoothed(others, AGREES), smoothed(others, DISAGREES))
    ratio_tests, ratios = _of_side(side, *tests), shares / other_shares
    metric = ratios * ratio_tests * shares * share_tests
    qualifies = is_on_map & (ratio_tests > SIGNIFICANT) & (share_tests > SIGNIFICANT)
    best_first = [int(which) for which in np.lexsort((ideas, -metric)) if qualifies[which]]
    best_agree = next((which for which in best_first if agrees[which]), None)
    chosen = best_first[:MOST_LISTED]
    if best_agree is not None and best_agree not in chosen:
        chosen[-1] = best_agree
    chosen.sort(key=lambda which: (which != best_agree, not agrees[which], best_first.index(which)))
    return tuple(
        Representative(
            idea=int(ideas[which]),
            agrees=bool(agrees[which]),
            ratio=rounded_number(float(ratios[which])),
            share_test=rounded_number(float(share_tests[which])),
            ratio_test=rounded_number(float(ratio_tests[which])),
            is_best_agree=which == best_agree,
        )
        for which in chosen
    )


def _of_side(side: Integers, agreeing: Floats, disagreeing: Floats) -> Floats:
    return np.asarray(np.take_along_axis(np.stack([agreeing, disagreeing]), side, axis=0)[0])


def majority(counts: Integers, ideas: Integers, is_on_map: Booleans, choice: int) -> tuple[int, ...]:
    """Return the numbers of ideas, of counts (I, 3), that most of everybody answers with this choice.

    The smoothed share exceeds one half, significantly; ordered by share · test, at most five.
    """
    shares, tests = smoothed(counts, choice), share_test(counts, choice)
    listed = is_on_map & (shares > 0.5) & (tests > SIGNIFICANT)
    return _first(shares * tests, ideas, listed)


def unsure(counts: Integers, ideas: Integers, is_on_map: Booleans) -> tuple[int, ...]:
    """Return the numbers of ideas on which more than 30 % pass, by (pass share)² · passes, at most five."""
    total = counts.sum(axis=1)
    share = counts[:, PASSES] / np.maximum(total, 1)
    return _first(share**2 * counts[:, PASSES], ideas, is_on_map & (share > UNSURE_FROM))


def _first(rank: Floats, ideas: Integers, is_listed: Booleans) -> tuple[int, ...]:
    best_first = np.lexsort((ideas, -rank))
    return tuple(int(ideas[which]) for which in best_first if is_listed[which])[:MOST_LISTED]


def priority(counts: Integers, extremity: Floats) -> Floats:
    """Return in proportion to which each idea should be shown, (I,): above 0.

    importance = (1 − (P + 1)/(S + 2)) · (E + 1) · (A + 1)/(S + 2), with P passes and E the extremity;
    priority = (importance · (1 + 8 · 2^(−S/5)))²: what few have seen comes first.
    """
    importance = (1 - smoothed(counts, PASSES)) * (extremity + 1) * smoothed(counts, AGREES)
    return np.asarray((importance * (1 + 8 * 2.0 ** (-counts.sum(axis=1) / 5))) ** 2)


def division(group_counts: Integers) -> Floats:
    """Return how far two groups differ in agreement for certain, (I,), of counts per group, (G, I, 3).

    That is the greatest lower end of a Newcombe interval over all pairs; 0 where none lies above 0.
    """
    agrees, total = group_counts[..., AGREES], group_counts.sum(axis=-1)
    shares = agrees / np.maximum(total, 1)
    low, high = _wilson(agrees, total)
    below, above = (shares - low) ** 2, (high - shares) ** 2
    greatest = np.zeros(group_counts.shape[1])
    for one in range(len(group_counts)):
        for other in range(len(group_counts)):
            certain = shares[one] - shares[other] - np.sqrt(below[one] + above[other])
            is_known = (total[one] > 0) & (total[other] > 0)
            greatest = np.maximum(greatest, np.where(is_known, certain, 0.0))
    return greatest


def _wilson(successes: Integers, total: Integers) -> tuple[Floats, Floats]:
    """The ends of Wilson intervals for whole arrays; see `intervals.wilson_interval`."""
    z_squared = quantile() ** 2
    trials = np.maximum(total, 1)
    middle = successes + z_squared / 2
    reach = np.sqrt(z_squared * (successes * (total - successes) / trials + z_squared / 4))
    scale = total + z_squared
    return np.maximum((middle - reach) / scale, 0.0), np.minimum((middle + reach) / scale, 1.0)
