"""The opinion groups that an export tells of, where the votes have shown some that are stable."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from deliberation.exchange.ground import Ground
from deliberation.exchange.polis.writers.groups import Figures


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grouping:
    """Who stands in which group, and how each group voted."""

    groups: int
    group_of: NDArray[np.int8]
    """(P,) From 0, in the order of the ground; -1 for those who stand in none."""
    placed: int | None
    """How many people have voted on enough ideas to be placed; None where nobody has looked."""
    counts: Mapping[int, Sequence[Figures]]
    """By the idea's number, for each group: votes, agrees, disagrees and passes."""
    consensus: Mapping[int, float]
    """Group-informed consensus, by the idea's number."""

    @classmethod
    def none(cls, ground: Ground) -> Self:
        """Return the grouping of a consultation without groups."""
        nobody = np.full(len(ground.people), -1, np.int8)
        return cls(groups=0, group_of=nobody, placed=None, counts={}, consensus={})

    @classmethod
    def of(cls, ground: Ground) -> Self:
        """Return the grouping of the newest landscape of all threads."""
        return cls.none(ground)

    def rows(self, ground: Ground) -> Iterator[tuple[int, str, Sequence[Figures]]]:
        """Yield what comment-groups.csv says of each idea.

        The total is that of the groups, as with Polis; without groups, that of everybody.
        """
        for idea in ground.ideas:
            parts = self.counts.get(idea.number, ())
            total = (
                tuple(sum(figures[kind] or 0 for figures in parts) for kind in range(4))
                if self.groups
                else (idea.votes, idea.agrees, idea.disagrees, idea.passes)
            )
            yield idea.number, idea.statement, [total, *parts]
