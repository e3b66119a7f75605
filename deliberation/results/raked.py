"""Results as they would be if those who answered had the shares that are known of everybody.

They are made of nothing but what the tables show, so they cannot give a hidden cell away: where a cell that
would be needed is hidden, there is no weighted result. They stand beside the counted ones, never in their
place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberation.analysis.intervals import Interval
from deliberation.analysis.raking import MOST_WEIGHT, ImpossibleTarget, rake, share_interval
from deliberation.base.errors import Refused, marked
from deliberation.results.queries import Breakdown
from deliberation.results.tables import CrossTable
from deliberation.surveys.questions.base import Kind

NOBODY: Final = marked(
    "Nobody has given one of the answers that you know a share of. Set the share of what nobody has answered "
    "to 0, or leave it empty."
)
TOO_FEW_SHARES: Final = marked("Write the shares of at least two answers.")
NOT_A_HUNDRED: Final = marked("The shares sum to %(sum)s %%. Together they have to be 100 %%.")
_SLACK: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """How much everybody who gave each answer counts. People who gave none of the known ones do not count."""

    breakdown: str
    weights: tuple[float, ...]
    """By row of the breakdown's tables."""
    people: int
    effective: float
    is_trimmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """A share as it would be."""

    share: float
    interval: Interval


def as_shares(percents: Mapping[str, float]) -> dict[str, float]:
    """Return per cents, by answer, as shares that sum to 1. Raises Refused."""
    given = {key: percent for key, percent in percents.items() if percent > 0}
    if len(given) < 2:
        raise Refused(TOO_FEW_SHARES)
    total = sum(given.values())
    if abs(total - 100) > _SLACK:
        raise Refused(NOT_A_HUNDRED, sum=f"{total:g}")
    return {key: percent / total for key, percent in given.items()}


def weighting_of(breakdown: Breakdown, known: Mapping[str, float]) -> Weighting:
    """Return how much each answer to the breakdown counts under the known shares. Raises Refused."""
    sums = next(iter(breakdown.tables.values())).row_sums if breakdown.tables else ()
    places = [number for number, row in enumerate(breakdown.rows) if known.get(row, 0) > 0]
    people = np.array([sums[place] for place in places], dtype=np.int64)
    target = np.array([known[breakdown.rows[place]] for place in places])
    if len(places) < 2 or not (people > 0).all():
        raise Refused(NOBODY)
    try:
        raked = rake([np.arange(len(places))], [target / target.sum()], people=people, most=MOST_WEIGHT)
    except ImpossibleTarget as error:
        raise Refused(NOBODY) from error
    weights = [0.0] * len(breakdown.rows)
    for place, weight in zip(places, raked.weights.tolist(), strict=True):
        weights[place] = weight
    return Weighting(
        breakdown=breakdown.name,
        weights=tuple(weights),
        people=raked.people,
        effective=raked.effective,
        is_trimmed=raked.is_trimmed,
    )


def weighted_shares(table: CrossTable | None, weighting: Weighting) -> list[Weighted | None]:
    """Return the weighted share of each answer, of those who gave one; None where it may not be known."""
    if table is None:
        return []
    counting = [row for row, weight in enumerate(weighting.weights) if weight > 0]
    none = [table.cells[row][-1] for row in counting]
    if any(count is None for count in none):
        return [None] * len(table.columns)
    weights = [weighting.weights[row] for row in counting]
    answered = [table.row_sums[row] - (count or 0) for row, count in zip(counting, none, strict=True)]
    whole = sum(weight * count for weight, count in zip(weights, answered, strict=True))
    effective = weighting.effective * sum(answered) / weighting.people
    found: list[Weighted | None] = []
    for column in range(len(table.columns)):
        cells = [table.cells[row][column] for row in counting]
        if None in cells or not whole:
            found.append(None)
            continue
        share = sum(weight * (cell or 0) for weight, cell in zip(weights, cells, strict=True)) / whole
        found.append(Weighted(share=share, interval=share_interval(share, effective)))
    return found


def weighted_question(
    breakdown: Breakdown, weighting: Weighting, *, key: str, kind: Kind, columns: Sequence[str]
) -> list[Weighted | None]:
    """Return the weighted shares of a question with one line; nothing for the other kinds."""
    if kind is Kind.MULTIPLE:
        found = [weighted_shares(breakdown.tables.get(f"{key}/{column}"), weighting) for column in columns]
        return [shares[0] if shares else None for shares in found]
    if kind in {Kind.MATRIX, Kind.RANKING}:
        return []
    return weighted_shares(breakdown.tables.get(key), weighting)
