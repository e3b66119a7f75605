"""Whether the answers to two questions have to do with each other, and how much."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

import numpy as np

from deliberation.analysis.votes import Floats, Integers

DRAWS: Final = 9_999
MOST_EXACT: Final = 1_000
"""So many people at most are tested exactly in a table of two by two."""


class Method(StrEnum):
    """How a probability was found."""

    EXACT = "exact"
    MONTE_CARLO = "monte_carlo"


class Strength(StrEnum):
    """How much two questions have to do with each other, in words."""

    NONE = "none"
    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Independence:
    """What a table says about independence.

    `probability` is that of a table at least as uneven if the questions had nothing to do with each other,
    `error` its standard error by Monte Carlo, 0 where it is exact. `effect` is Cramér's V, from 0 to 1,
    corrected for its bias.
    """

    method: Method
    probability: float
    error: float
    effect: float
    strength: Strength
    people: int


def examine(counts: Integers, *, seed: int, draws: int = DRAWS) -> Independence | None:
    """Test whether rows and columns of `counts`, (R, C), are independent; None where nothing is to test.

    Two by two with at most 1,000 people: Fisher's exact test, two-sided by probability. Otherwise χ² against
    `draws` random tables with the same margins (`W. M. Patefield, Applied Statistics 30 (1981) 91–97`), the
    same for the same seed; p = (1 + at least as uneven) / (1 + draws). Empty rows and columns are left out.
    """
    table = np.asarray(counts, dtype=np.int64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape, default=0) < 2:
        return None
    people, effect = int(table.sum()), corrected_effect(table)
    if table.shape == (2, 2) and people <= MOST_EXACT:
        method, probability, error = Method.EXACT, fisher(table), 0.0
    else:
        method = Method.MONTE_CARLO
        probability = _monte_carlo(table, seed=seed, draws=draws)
        error = sqrt(probability * (1 - probability) / draws)
    return Independence(
        method=method,
        probability=probability,
        error=error,
        effect=effect,
        strength=strength_of(effect, min(table.shape)),
        people=people,
    )


def chi_squared(tables: Integers | Floats) -> Floats:
    """Return χ² of each table, (…, R, C), against independence; no row and no column may be empty."""
    rows, columns = tables.sum(axis=-1, keepdims=True), tables.sum(axis=-2, keepdims=True)
    expected = rows * columns / tables.sum(axis=(-1, -2), keepdims=True)
    return np.asarray(((tables - expected) ** 2 / expected).sum(axis=(-1, -2)))


def corrected_effect(table: Integers) -> float:
    """Return Cramér's V of the table, (R, C), less what chance alone would make it, from 0 to 1.

    Source: W. Bergsma, "A bias-correction for Cramér's V and Tschuprow's T", Journal of the Korean
    Statistical Society 42 (2013) 323–328.
    """
    people = int(table.sum())
    rows, columns = table.shape
    if people < 2:
        return 0.0
    spread = max(0.0, float(chi_squared(table)) / people - (rows - 1) * (columns - 1) / (people - 1))
    fewer_rows = rows - (rows - 1) ** 2 / (people - 1)
    fewer_columns = columns - (columns - 1) ** 2 / (people - 1)
    room = min(fewer_rows, fewer_columns) - 1
    return min(1.0, sqrt(spread / room)) if room > 0 else 0.0


def strength_of(effect: float, smaller_side: int) -> Strength:
    """Return the word for Cramér's V in a table whose smaller side has so many lines.

    w = V·sqrt(side − 1) is weak from 0.1, moderate from 0.3, strong from 0.5. Source: J. Cohen,
    "Statistical power analysis for the behavioral sciences" (1988), chapter 7.
    """
    size = effect * sqrt(smaller_side - 1)
    for bound, word in ((0.5, Strength.STRONG), (0.3, Strength.MODERATE), (0.1, Strength.WEAK)):
        if size >= bound:
            return word
    return Strength.NONE


def fisher(table: Integers) -> float:
    """Return the probability of all tables, two by two, with these margins that are no likelier."""
    (one, other), (third, fourth) = table.tolist()
    row, column, people = one + other, one + third, one + other + third + fourth
    possible = np.arange(max(0, row + column - people), min(row, column) + 1)
    from scipy.stats import hypergeom  # slow; no server computes

    chances = hypergeom.pmf(possible, people, column, row)
    own = chances[one - int(possible[0])]
    return float(min(1.0, chances[chances <= own * (1 + 1e-7)].sum()))


def _monte_carlo(table: Integers, *, seed: int, draws: int) -> float:
    from scipy.stats import random_table  # slow; no server computes

    drawn = random_table(table.sum(axis=1), table.sum(axis=0)).rvs(
        size=draws, random_state=np.random.default_rng(seed)
    )
    own = float(chi_squared(table))
    as_uneven = int((chi_squared(drawn) >= own * (1 - 1e-9)).sum())
    return (1 + as_uneven) / (1 + draws)
