"""The gate: how many people can be singled out by somebody who knows a few of their votes."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.intervals import wilson_interval
from deliberation.exchange.journal import NOT_SEEN

KNOWN_VOTES: Final = 8
LIMIT: Final = 0.01
DRAWS: Final = 4_000

Cells = NDArray[np.int8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SingledOut:
    """The share of people whom a few known votes single out, and between what it lies."""

    share: float
    low: float
    high: float
    draws: int | None
    """How many people and votes were drawn; None where all were gone through."""

    @property
    def passes(self) -> bool:
        """Whether the share is, for certain, no more than the limit."""
        return self.high <= LIMIT


def singled_out(cells: Cells, *, seed: int, known: int = KNOWN_VOTES, draws: int = DRAWS) -> SingledOut:
    """Return how many of the people in `cells`, (people, ideas), are singled out by `known` random votes.

    Somebody knows `known` votes that a person cast, drawn at random from their row, or the whole row where
    it is shorter, and looks for rows with those votes. Who has the only such row is singled out. That a row
    lacks a vote counts as a difference: nothing is assumed to have been left out of it.

    Where no row has more votes than are known, every person is gone through. Otherwise people and votes are
    drawn, the same for the same seed, and the interval is Wilson's at 95 %. Rows without a vote are nobody's.
    """
    crowd = Crowd(cells)
    if not len(crowd.people):
        return SingledOut(share=0.0, low=0.0, high=0.0, draws=None)
    rng = np.random.default_rng(seed)
    if crowd.lengths.max() <= known:
        share = float(np.average(crowd.risks(rng, known=known, draws=1), weights=crowd.people))
        return SingledOut(share=share, low=share, high=share, draws=None)
    drawn = rng.choice(len(crowd.people), size=draws, p=crowd.people / crowd.people.sum())
    alone = sum(crowd.is_alone(pattern, crowd.some_votes(rng, pattern, known)) for pattern in drawn.tolist())
    interval = wilson_interval(alone, draws)
    return SingledOut(share=alone / draws, low=interval.low, high=interval.high, draws=draws)


class Crowd:
    """Rows of votes, equal ones together."""

    def __init__(self, cells: Cells) -> None:
        """`cells` is (people, ideas); rows without a vote are left out."""
        rows = cells[(cells != NOT_SEEN).any(axis=1)]
        patterns, pattern_of, people = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
        self.patterns = np.asfortranarray(patterns)
        self.pattern_of = pattern_of.ravel()
        """(people,) Which pattern each row is."""
        self.people = people
        """(patterns,) How many rows each pattern is."""
        self.lengths = (patterns != NOT_SEEN).sum(axis=1)

    def some_votes(self, rng: np.random.Generator, pattern: int, known: int) -> list[int]:
        """Return the ideas of so many votes of the pattern, drawn at random."""
        ideas = np.flatnonzero(self.patterns[pattern] != NOT_SEEN)
        return [int(idea) for idea in (ideas if len(ideas) <= known else rng.permutation(ideas)[:known])]

    def is_alone(self, pattern: int, ideas: list[int]) -> bool:
        """Say whether only one row has this pattern's votes on these ideas."""
        if self.people[pattern] > 1:
            return False
        first, *others = ideas
        rows = np.flatnonzero(self.patterns[:, first] == self.patterns[pattern, first])
        for idea in others:
            if len(rows) == 1:
                return True
            rows = rows[self.patterns[rows, idea] == self.patterns[pattern, idea]]
        return len(rows) == 1

    def risks(self, rng: np.random.Generator, *, known: int, draws: int) -> Floats:
        """Return for each pattern in what share of `draws` its votes are singled out."""
        risks = np.zeros(len(self.people))
        for pattern in np.flatnonzero(self.people == 1).tolist():
            # A whole row that is not the only one like it has no part that is.
            if not self.is_alone(pattern, self.some_votes(rng, pattern, self.patterns.shape[1])):
                continue
            times = 1 if self.lengths[pattern] <= known else draws
            alone = sum(self.is_alone(pattern, self.some_votes(rng, pattern, known)) for _ in range(times))
            risks[pattern] = alone / times
        return risks
