"""Counts of votes: per idea, per group, per person."""

from collections.abc import Iterator
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.clusters import Labels
from deliberation.analysis.votes import Floats, Integers, VoteMatrix

COUNTER_BITS: Final = 21
Number = TypeVar("Number", np.int64, np.uint64, np.float64)


def count_by_group(matrix: VoteMatrix, labels: Labels, groups: int) -> Integers:
    """Return how often each group agrees, disagrees and passes, (groups, I, 3).

    `labels` is (P,): each person's group; whoever has a negative one is not counted.
    """
    ideas = len(matrix.ideas)
    counts = np.zeros((groups + 1) * ideas * 3, dtype=np.int64)
    # Whoever is in no group is counted last, and left off.
    first_cells = np.where(labels < 0, groups, labels) * (ideas * 3)
    for cells, rows in _cells(matrix):
        counts += np.bincount(cells + first_cells[rows], minlength=len(counts))
    return counts.reshape(groups + 1, ideas, 3)[:groups]


def count(matrix: VoteMatrix) -> Integers:
    """Return how many agree, disagree and pass on each idea, (I, 3)."""
    return count_by_group(matrix, np.zeros(len(matrix.people), dtype=np.int64), 1)[0]


def count_weighted(matrix: VoteMatrix, weights: Floats) -> Floats:
    """Return the same where each person counts by their weight, (P,)."""
    counts = np.zeros(len(matrix.ideas) * 3)
    for cells, rows in _cells(matrix):
        counts += np.bincount(cells, weights=weights[rows], minlength=len(counts))
    return counts.reshape(-1, 3)


def count_by_person(matrix: VoteMatrix) -> Integers:
    """Return how often each person agrees, disagrees and passes on ideas of the map, (P, 3).

    The three are counted at once, in one whole number of 63 bits: hence at most two million ideas.
    """
    units = 1 << (COUNTER_BITS * np.arange(3))
    table = (matrix.is_on_map[:, None] * units).ravel()
    sums = sum_by_person(matrix, table)
    return np.asarray(sums[:, None] >> (COUNTER_BITS * np.arange(3)) & ((1 << COUNTER_BITS) - 1))


def sum_by_person(matrix: VoteMatrix, values: NDArray[Number]) -> NDArray[Number]:
    """Return the sum over each person's votes of what each stands for, (P,).

    `values`, (I · 3,), holds that for each idea and choice.
    """
    sums = np.zeros(len(matrix.people), dtype=values.dtype)
    for rows in matrix.row_parts():
        first, last = matrix.starts[rows.start], matrix.starts[rows.stop]
        sums[rows] = np.add.reduceat(values[matrix.cells(slice(first, last))], matrix.starts[rows] - first)
    return sums


def _cells(matrix: VoteMatrix) -> Iterator[tuple[Integers, Integers]]:
    """For each piece of the votes: where each is counted, by idea and choice, and whose it is."""
    for rows in matrix.row_parts():
        lengths = np.diff(matrix.starts[rows.start : rows.stop + 1])
        whose = np.repeat(np.arange(rows.start, rows.stop), lengths)
        yield matrix.cells(slice(matrix.starts[rows.start], matrix.starts[rows.stop])), whose
