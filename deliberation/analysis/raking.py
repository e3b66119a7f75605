"""Weights with which those who answered have the shares that are known of everybody: raking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberation.analysis.intervals import Interval, quantile
from deliberation.analysis.votes import Floats, Integers

MOST_ROUNDS: Final = 200
CLOSE_ENOUGH: Final = 1e-9
MOST_WEIGHT: Final = 5.0
"""Nobody counts more than so many times the average, so that no single person decides the result."""


class ImpossibleTarget(ValueError):
    """The known shares cannot be reached from these answers. `margin` and `category` say which, from 0."""

    def __init__(self, message: str, *, margin: int, category: int | None = None) -> None:
        """See the class."""
        super().__init__(message)
        self.margin, self.category = margin, category


class NotConverging(ArithmeticError):
    """The known shares contradict each other, given who has answered: no weights have all of them."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Raked:
    """Weights that average 1. `is_trimmed` says that some were cut, and the shares are only nearly met."""

    weights: Floats
    """(n,)"""
    rounds: int
    people: int
    effective: float
    """How many people, all counting alike, would know as much: Kish's effective sample size."""
    is_trimmed: bool
    furthest: float
    """By how much the share of a category still differs from what is known, at most."""


def rake(
    margins: Sequence[Integers],
    targets: Sequence[Floats],
    *,
    people: Integers | None = None,
    most: float | None = MOST_WEIGHT,
) -> Raked:
    """Return weights for n rows under which each margin has its target shares.

    Each of `margins` is the category, from 0, of each row, (n,); each of `targets` the known share of each
    category, (K,), which sum to 1. `people` is how many people each row stands for, (n,), one unless given.
    With `most`, weights greater than that are cut to it; what is cut off is shared out among the others.

    Source: W. E. Deming, F. F. Stephan, "On a least squares adjustment of a sampled frequency table when
    the expected marginal totals are known", Annals of Mathematical Statistics 11 (1940) 427–444.
    Raises ImpossibleTarget, NotConverging.
    """
    count = np.ones(len(margins[0])) if people is None else np.asarray(people, dtype=np.float64)
    for number, (margin, target) in enumerate(zip(margins, targets, strict=True)):
        _check(margin, target, count, number)
    weights, rounds = _fit(np.ones(len(count)), margins, targets, count)
    is_trimmed = most is not None and bool(weights.max() > most * (1 + CLOSE_ENOUGH))
    if most is not None and is_trimmed:
        weights, more = _trimmed(weights, count, most)
        rounds += more
    return Raked(
        weights=weights,
        rounds=rounds,
        people=int(count.sum()),
        effective=effective_size(weights, count),
        is_trimmed=is_trimmed,
        furthest=_furthest(weights, margins, targets, count),
    )


def effective_size(weights: Floats, people: Integers | Floats | None = None) -> float:
    """Return (Σw)² / Σw², each weight counted as often as there are `people` with it.

    Source: L. Kish, "Survey sampling" (1965), section 11.7.
    """
    count = np.ones(len(weights)) if people is None else people
    squares = float((count * weights**2).sum())
    return float((count * weights).sum()) ** 2 / squares if squares else 0.0


def share_interval(share: float, effective: float) -> Interval:
    """Return Wilson's interval at 95 % for a share among so many effective people, whole or not."""
    if effective <= 0:
        return Interval(0.0, 1.0)
    z = quantile()
    centre = share + z**2 / (2 * effective)
    reach = z * np.sqrt(share * (1 - share) / effective + z**2 / (4 * effective**2))
    scale = 1 + z**2 / effective
    return Interval(max(0.0, float((centre - reach) / scale)), min(1.0, float((centre + reach) / scale)))


def _check(margin: Integers, target: Floats, count: Floats, number: int) -> None:
    if (target < 0).any() or abs(float(target.sum()) - 1) > 1e-6:
        raise ImpossibleTarget("known shares are at least 0 and sum to 1", margin=number)
    if len(margin) != len(count) or (margin < 0).any() or (margin >= len(target)).any():
        raise ImpossibleTarget("each row has one of the categories", margin=number)
    there = np.bincount(margin, weights=count, minlength=len(target)) > 0
    for category in np.flatnonzero(there != (target > 0)).tolist():
        what = "nobody has answered" if target[category] > 0 else "somebody has answered"
        raise ImpossibleTarget(
            f"category {category} is to be {target[category]:.4f} of all, and {what} so",
            margin=number,
            category=category,
        )


def _fit(
    weights: Floats, margins: Sequence[Integers], targets: Sequence[Floats], count: Floats
) -> tuple[Floats, int]:
    for done in range(MOST_ROUNDS):
        for margin, target in zip(margins, targets, strict=True):
            held = np.bincount(margin, weights=count * weights, minlength=len(target))
            wanted = target * count.sum()
            factor = np.divide(wanted, held, out=np.zeros_like(held), where=held > 0)
            weights = weights * factor[margin]
        if _furthest(weights, margins, targets, count) < CLOSE_ENOUGH:
            return weights, done + 1
    raise NotConverging("no weights have all of the known shares")


def _trimmed(weights: Floats, count: Floats, most: float) -> tuple[Floats, int]:
    """Return the weights cut to `most`, what is cut off being shared out among the others."""
    for done in range(MOST_ROUNDS):
        cut = np.minimum(weights, most)
        is_free = cut < most
        missing = count.sum() - float((count * cut).sum())
        held = float((count * cut)[is_free].sum())
        if missing < CLOSE_ENOUGH * count.sum() or held == 0:
            return cut, done + 1
        weights = np.where(is_free, cut * (1 + missing / held), cut)
    return np.minimum(weights, most), MOST_ROUNDS


def _furthest(
    weights: Floats, margins: Sequence[Integers], targets: Sequence[Floats], count: Floats
) -> float:
    total = float((count * weights).sum())
    return max(
        float(
            np.abs(np.bincount(margin, weights=count * weights, minlength=len(target)) / total - target).max()
        )
        for margin, target in zip(margins, targets, strict=True)
    )
