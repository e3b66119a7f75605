"""Which results of groups may be shown, so that no small one can be read off or worked out.

A *cell* is the votes of one group on one idea. What everybody voted on an idea is public and exact, and so
is how large each group is; a hidden cell must not follow from those and from the cells that are shown.
"""

from collections.abc import Sequence

import numpy as np

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.votes import Booleans, Integers


def shown_cells(voters: Integers, sizes: Integers) -> Booleans:
    """Return, as (G, I), which cells may be shown of `voters` (G, I), the people of each group who voted.

    `sizes` (G,) is how many people each group has. A cell with fewer than ten voters is hidden. Then further
    cells of the same idea are, the smallest group first, until those hidden are at least two, hold at least
    ten voters together, and none of them follows from their sum. That sum is taken as known, as if everybody
    who is in no group could be counted; so are the sizes, and which of the hidden cells are small. A group
    whose size is hidden has no shown cell, for it would say how large the group is at least.
    """
    shown: Booleans = voters >= FEWEST
    shown[~shown_sizes(sizes)] = False
    order = _smallest_first(sizes)
    for idea in np.flatnonzero(~shown.all(axis=0)):
        column = voters[:, idea].tolist()
        shown[_hidden(column, order, ~shown[:, idea], _ranges_of_voters(column, sizes.tolist())), idea] = (
            False
        )
    return shown


def shown_sizes(sizes: Integers) -> Booleans:
    """Return, as (G,), of which groups the number of people may be shown, their sum being known."""
    people = sizes.tolist()
    ranges = [(1, FEWEST - 1) if size < FEWEST else (FEWEST, sum(people)) for size in people]
    shown: Booleans = np.asarray(sizes >= FEWEST)
    if not shown.all():
        shown[_hidden(people, _smallest_first(sizes), ~shown, ranges)] = False
    return shown


def _smallest_first(sizes: Integers) -> list[int]:
    """Return the groups in the order of their sizes alone: whom a cell hides tells nothing of its votes."""
    return sorted(range(len(sizes)), key=lambda group: (int(sizes[group]), -group))


def _ranges_of_voters(voters: Sequence[int], sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return between which numbers each cell must lie for somebody who knows whether it is small."""
    return [
        (0, min(size, FEWEST - 1)) if count < FEWEST else (FEWEST, size)
        for count, size in zip(voters, sizes, strict=True)
    ]


def _hidden(
    counts: Sequence[int], order: Sequence[int], first: Booleans, ranges: Sequence[tuple[int, int]]
) -> list[int]:
    """Return which of the counts to hide: those that are hidden first, and as many others as it takes."""
    hidden = set(np.flatnonzero(first).tolist())
    for group in order:
        if _is_safe(counts, hidden, ranges):
            break
        hidden.add(group)
    return sorted(hidden)


def _is_safe(counts: Sequence[int], hidden: set[int], ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether each hidden count could be another one, when the sum of the hidden ones is known."""
    together = sum(counts[group] for group in hidden)
    if len(hidden) < 2 or together < FEWEST:
        return False
    lowest = sum(ranges[group][0] for group in hidden)
    highest = sum(ranges[group][1] for group in hidden)
    for group in hidden:
        low, high = ranges[group]
        least = max(low, together - (highest - high))
        most = min(high, together - (lowest - low))
        if least == most:
            return False
    return True
