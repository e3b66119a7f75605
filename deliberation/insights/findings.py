"""What a landscape says, as far as it may be shown: groups, what they share and what divides them.

Nothing here rests on a hidden cell: a list that would need one leaves the idea out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.intervals import Interval, wilson_interval
from deliberation.analysis.landscape import (
    AGREES,
    DISAGREES,
    PASSES,
    Landscape,
    Outcome,
    Representative,
)
from deliberation.analysis.votes import Booleans, Integers
from deliberation.insights.suppression import shown_cells, shown_sizes

HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes of some people on one idea."""

    agrees: int
    disagrees: int
    passes: int

    @property
    def voters(self) -> int:
        """All who voted, those who passed included."""
        return self.agrees + self.disagrees + self.passes

    @property
    def agree_interval(self) -> Interval:
        """The interval of the share who agree, of all who voted."""
        return wilson_interval(self.agrees, self.voters)

    @property
    def disagree_interval(self) -> Interval:
        """The interval of the share who disagree, of all who voted."""
        return wilson_interval(self.disagrees, self.voters)


@dataclass(frozen=True, slots=True)
class Group:
    """A group that is large enough to have a name."""

    at: int
    """Its place in the landscape."""
    letter: str
    people: int | None
    """None where the number would give away the size of a small group."""
    representative: tuple[Representative, ...]
    """What tells it from the others, as far as its votes on it may be shown."""


@dataclass(frozen=True, slots=True)
class IdeaResult:
    """The votes on one idea: everybody's, and each named group's or None where they may not be shown."""

    number: int
    everybody: Votes
    groups: tuple[Votes | None, ...]
    is_complete: bool
    """Whether every group's votes are shown, small groups' included."""

    @property
    def holds_everywhere(self) -> bool | None:
        """Whether more than half of every group agree for certain; None where that may not be told."""
        if not (self.is_complete and self.groups):
            return None
        return all(votes is not None and votes.agree_interval.low > HALF for votes in self.groups)

    @property
    def is_unequal(self) -> bool:
        """Whether more than half agree in one group, and less than half in another."""
        shares = [votes.agrees / votes.voters for votes in self.groups if votes]
        return self.is_complete and bool(shares) and max(shares) > HALF > min(shares)


class Findings:
    """What a landscape says. Groups are there only where the landscape decided that there are any."""

    def __init__(self, landscape: Landscape, letters: Sequence[str]) -> None:
        """Find it; `letters` says what each group of the landscape is called."""
        self.landscape, self.letters = landscape, tuple(letters)
        self.outcome = landscape.decision.outcome
        self._at = {number: at for at, number in enumerate(landscape.ideas.tolist())}
        has_groups = self.outcome is Outcome.GROUPS
        sizes: Integers = landscape.group_sizes if has_groups else landscape.group_sizes[:0]
        is_named = [at for at, size in enumerate(sizes.tolist()) if size >= FEWEST]
        self.small_groups = len(sizes) - len(is_named)
        counts = landscape.group_counts[: len(sizes)]
        self._shown: Booleans = shown_cells(counts.sum(axis=2), sizes)
        is_sized = shown_sizes(sizes)
        self.groups = tuple(
            Group(
                at,
                letters[at],
                int(sizes[at]) if is_sized[at] else None,
                tuple(one for one in landscape.representative[at] if self._may_show(at, one.idea)),
            )
            for at in is_named
        )
        # As plain lists, because a page asks for hundreds of results.
        self._everybody: list[list[int]] = landscape.counts.tolist()
        self._by_group: list[list[list[int]]] = counts.tolist()
        self._is_shown: list[list[bool]] = self._shown.T.tolist()
        self.holds, self.divides = self._shared(), self._dividing()

    @property
    def people(self) -> int:
        """How many people have voted."""
        return len(self.landscape.people)

    @property
    def placed(self) -> int:
        """How many of them have voted enough to be placed."""
        return int(self.landscape.is_placed.sum())

    @property
    def votes(self) -> int:
        """How many votes were counted."""
        return int(self.landscape.counts.sum())

    def find(self, number: int) -> IdeaResult | None:
        """Return the result of the idea with this number, if the landscape counted it."""
        return self.result(number) if number in self._at else None

    def result(self, number: int) -> IdeaResult:
        """Return the result of an idea that the landscape counted."""
        at = self._at[number]
        shown = self._is_shown[at]
        return IdeaResult(
            number,
            _votes(self._everybody[at]),
            tuple(_votes(self._by_group[group.at][at]) if shown[group.at] else None for group in self.groups),
            all(shown),
        )

    def others(self, group: Group, number: int) -> Votes | None:
        """Return the votes of all other groups together; None where a group among them is hidden."""
        at = self._at[number]
        if not all(self._is_shown[at]):
            return None
        elsewhere = [counts[at] for other, counts in enumerate(self._by_group) if other != group.at]
        return _votes([sum(counts) for counts in zip(*elsewhere, strict=True)])

    @property
    def unseen(self) -> tuple[int, ...]:
        """The numbers of the ideas that nobody has voted on."""
        nobody = self.landscape.counts.sum(axis=1) == 0
        return tuple(self.landscape.ideas[nobody].tolist())

    @property
    def incomplete(self) -> int:
        """On how many ideas with votes some group's are hidden."""
        voted = self.landscape.counts.sum(axis=1) > 0
        return int((voted & ~self._shown.all(axis=0)).sum()) if len(self._shown) else 0

    def _may_show(self, group: int, number: int) -> bool:
        return bool(self._shown[group, self._at[number]])

    def _ranked(self, ranks: Sequence[float]) -> list[int]:
        """Return the numbers of ideas whose groups are all shown, the highest rank first."""
        landscape = self.landscape
        complete = np.flatnonzero(self._shown.all(axis=0) & (landscape.counts.sum(axis=1) > 0))
        order = sorted(complete.tolist(), key=lambda at: (-ranks[at], int(landscape.ideas[at])))
        return landscape.ideas[order].tolist() if order else []

    def _shared(self) -> tuple[int, ...]:
        """Return the ideas that hold in every group, by the geometric mean of the groups' shares."""
        if not self.groups:
            return ()
        ranked = self._ranked(self.landscape.mean_consensus.tolist())
        return tuple(number for number in ranked if self.result(number).holds_everywhere)

    def _dividing(self) -> tuple[int, ...]:
        """Return the ideas on which groups stand on different sides, the surest difference first."""
        if not self.groups:
            return ()
        ranked = self._ranked(self.landscape.division.tolist())
        division = dict(zip(self.landscape.ideas.tolist(), self.landscape.division.tolist(), strict=True))
        return tuple(number for number in ranked if division[number] > 0 and self.result(number).is_unequal)


def _votes(counts: Sequence[int]) -> Votes:
    return Votes(counts[AGREES], counts[DISAGREES], counts[PASSES])
