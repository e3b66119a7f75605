"""What many answers to one question say: averages with their intervals, rankings, histograms."""

from dataclasses import dataclass
from math import floor, isfinite, log10, sqrt
from typing import Final

import numpy as np

from deliberation.analysis.intervals import CONFIDENCE, Interval
from deliberation.analysis.votes import Floats, Integers

FEWEST_IN_A_TAIL: Final = 10
"""So many people must lie in the outermost bins: nobody stands alone at the end of a histogram."""
MOST_BINS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Averages:
    """The middle of n values. `interval` is that of the mean, at 95 % by Student's t; None for n < 2."""

    n: int
    median: float
    mean: float
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one of k options was ranked."""

    placed: int
    """How many placed it at all."""
    mean_rank: float | None
    """Over those who placed it; None where nobody did."""
    interval: Interval | None


def averages_of_counts(counts: Integers, values: Floats) -> Averages | None:
    """Return the averages of `counts` (K,) people with each of the `values` (K,), ascending; None for nobody.

    The median of an even number of people lies half way between the middle two.
    """
    n = int(counts.sum())
    if n == 0:
        return None
    mean = float(counts @ values) / n
    squares = float(counts @ (values - mean) ** 2)
    return Averages(n=n, median=_median(counts, values), mean=mean, interval=_mean_interval(mean, squares, n))


def averages_of_values(values: Floats) -> Averages | None:
    """Return the averages of `values` (n,); None where there are none."""
    distinct, counts = np.unique(values, return_counts=True)
    return averages_of_counts(counts.astype(np.int64), distinct)


def standings(places: Integers) -> list[Standing]:
    """Return how each option stands, from `places`, (K, K): how many gave option i, (first axis), place j."""
    ranks = np.arange(1, places.shape[1] + 1, dtype=np.float64)
    found = []
    for row in places:
        averages = averages_of_counts(row, ranks)
        found.append(
            Standing(
                placed=int(row.sum()),
                mean_rank=averages.mean if averages else None,
                interval=averages.interval if averages else None,
            )
        )
    return found


def edges_for(values: Floats, *, whole: bool) -> Floats:
    """Return the edges of a histogram of `values` (n,), ascending; a value lies in [edge, next edge).

    The width is 1, 2 or 5 times a power of ten, near D. Freedman's and P. Diaconis's 2·IQR·n^(−1/3)
    (Zeitschrift für Wahrscheinlichkeitstheorie 57 (1981) 453–476), wider where that would be more than
    twelve bins between the 1st and the 99th hundredth. Fewer than ten people in an outer bin join the next
    one. The first bin is open downwards and the last upwards. `whole` numbers are not parted.
    """
    if not len(values):
        return np.array([0.0, 1.0])
    low, lower, upper, high = np.quantile(values, (0.01, 0.25, 0.75, 0.99)).tolist()
    width = 2 * (upper - lower) / len(values) ** (1 / 3)
    width = nice_width(max(width, (high - low) / MOST_BINS, 1.0 if whole else 0.0) or 1.0)
    first, last = floor(low / width), floor(high / width) + 1
    if last - first > MOST_BINS:
        width = nice_width(width * 1.01)
        first, last = floor(low / width), floor(high / width) + 1
    # Rounded to the digits of the width, so that three times 0.1 is 0.3 as it is written.
    digits = max(0, -floor(log10(width)))
    edges = [round(step * width, digits) for step in range(first, last + 1)]
    return np.array(_without_thin_tails(values, edges))


def histogram(values: Floats, edges: Floats) -> Integers:
    """Return how many of `values` lie in each bin, (len(edges) − 1,); the outer bins are open."""
    bins = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return np.bincount(bins, minlength=len(edges) - 1).astype(np.int64)


def nice_width(width: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is no less. Raises ValueError below 0."""
    if not (isfinite(width) and width > 0):
        raise ValueError(f"{width} is no width")
    power = 10.0 ** floor(log10(width))
    for factor in (1, 2, 5, 10):
        if factor * power >= width * (1 - 1e-12):
            return factor * power
    return 10 * power


def _without_thin_tails(values: Floats, edges: list[float]) -> list[float]:
    while len(edges) > 2 and histogram(values, np.array(edges))[0] < FEWEST_IN_A_TAIL:
        del edges[1]
    while len(edges) > 2 and histogram(values, np.array(edges))[-1] < FEWEST_IN_A_TAIL:
        del edges[-2]
    return edges


def _median(counts: Integers, values: Floats) -> float:
    reached = np.cumsum(counts)
    n = int(reached[-1])
    low, high = (int(np.searchsorted(reached, place, side="right")) for place in ((n - 1) // 2, n // 2))
    return float(values[low] + values[high]) / 2


def _mean_interval(mean: float, squares: float, n: int) -> Interval | None:
    if n < 2:
        return None
    from scipy.stats import t  # slow; no server computes

    reach = float(t.ppf((1 + CONFIDENCE) / 2, n - 1)) * sqrt(squares / (n - 1) / n)
    return Interval(mean - reach, mean + reach)
