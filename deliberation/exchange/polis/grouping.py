"""The opinion groups that a set tells of, where the votes have shown some that are stable."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.landscape import Landscape, Outcome
from deliberation.exchange.ground import Ground
from deliberation.exchange.polis.landscapes import Told
from deliberation.exchange.polis.writers.groups import Figures


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grouping:
    """Who stands in which group, and how each group voted."""

    sizes: tuple[int, ...]
    """How many people each group has, the first the largest; empty where there are none."""
    group_of: NDArray[np.int8]
    """(P,) From 0, in the order of the ground; -1 for those who stand in none."""
    placed: int | None
    """How many people have voted on enough ideas to be placed; None where nobody has looked."""
    counts: Mapping[int, Sequence[Figures]]
    """By the idea's number, for each group: votes, agrees, disagrees and passes."""
    consensus: Mapping[int, float]
    """Group-informed consensus, by the idea's number."""

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.sizes)

    @classmethod
    def of(cls, ground: Ground, told: Sequence[Told]) -> Self:
        """Return the grouping of the landscape of all threads.

        There is none where there is no such landscape, or where it found no groups that are stable.
        """
        group_of = np.full(len(ground.people), -1, np.int8)
        whole = next((one for one in told if one.thread is None), None)
        if whole is None:
            return cls(sizes=(), group_of=group_of, placed=None, counts={}, consensus={})
        landscape = whole.landscape
        placed = int(landscape.is_placed.sum())
        if landscape.decision.outcome is not Outcome.GROUPS:
            return cls(sizes=(), group_of=group_of, placed=placed, counts={}, consensus={})
        is_here = whole.people >= 0
        group_of[whole.people[is_here]] = landscape.group_of[is_here]
        return cls(
            sizes=tuple(landscape.group_sizes.tolist()),
            group_of=group_of,
            placed=placed,
            counts=_counts(landscape),
            consensus=dict(zip(landscape.ideas.tolist(), landscape.consensus.tolist(), strict=True)),
        )

    def rows(self, ground: Ground) -> Iterator[tuple[int, str, Sequence[Figures]]]:
        """Yield what comment-groups.csv says of each idea.

        The total is that of the groups, as with Polis; without groups, that of everybody.
        """
        nothing = [(0, 0, 0, 0)] * self.groups
        for idea in ground.ideas:
            parts = self.counts.get(idea.number, nothing)
            total = (
                tuple(sum(figures[kind] or 0 for figures in parts) for kind in range(4))
                if self.groups
                else (idea.votes, idea.agrees, idea.disagrees, idea.passes)
            )
            yield idea.number, idea.statement, [total, *parts]


def _counts(landscape: Landscape) -> dict[int, Sequence[Figures]]:
    by_idea = np.moveaxis(landscape.group_counts, 1, 0)
    votes = by_idea.sum(axis=2, keepdims=True)
    figures = np.concatenate([votes, by_idea], axis=2).tolist()
    return dict(zip(landscape.ideas.tolist(), figures, strict=True))
