"""A consultation's current votes in memory: brought up to date, counted, packed, and made a matrix.

A vote is one number, its participant's key and its idea's, and a choice. So two million votes are eighteen
megabytes, and bringing them up to date is a merge of two sorted lists.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.votes import Booleans, Integers, VoteMatrix

Choices = NDArray[np.int8]

IDEA_BITS: Final = 32
FAST: Final = 1
"""The level of compression that costs least time."""
_STEP: Final = np.dtype("<i8")


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """The current votes of `N` pairs of a participant and an idea, in the order of their keys."""

    pairs: Integers
    """(N,) The participant's key times 2³² plus the idea's; ascending, each once."""
    choices: Choices
    """(N,) 1 agree, -1 disagree, 0 pass."""

    @classmethod
    def of(cls, pairs: Integers, choices: Choices) -> Self:
        """Return votes that may come in any order."""
        if len(pairs) > 1 and not (pairs[1:] > pairs[:-1]).all():
            order = np.argsort(pairs, kind="stable")
            pairs, choices = pairs[order], choices[order]
        return cls(pairs, choices)

    @classmethod
    def unpacked(cls, content: bytes) -> Self:
        """Return the votes that were packed."""
        plain = zlib.decompress(content)
        length = len(plain) // (_STEP.itemsize + 1)
        steps = np.frombuffer(plain, _STEP, length)
        return cls(np.cumsum(steps, dtype=np.int64), np.frombuffer(plain, np.int8, offset=steps.nbytes))

    def packed(self) -> bytes:
        """Return the votes as a few bytes each."""
        # Differences are small and alike, which is what makes them pack well.
        steps = np.diff(self.pairs, prepend=np.int64(0)).astype(_STEP)
        return zlib.compress(steps.tobytes() + self.choices.tobytes(), FAST)

    @property
    def people(self) -> Integers:
        """(N,) The participants' keys."""
        return self.pairs >> IDEA_BITS

    @property
    def ideas(self) -> Integers:
        """(N,) The ideas' keys."""
        return self.pairs & ((1 << IDEA_BITS) - 1)

    def updated(self, pairs: Integers, choices: Choices, is_cast: Booleans) -> Self:
        """Return the votes after those on `pairs` became `choices`, or were taken back where not `is_cast`.

        `pairs` are ascending, each once.
        """
        if not len(pairs):
            return self
        place = np.minimum(np.searchsorted(pairs, self.pairs), len(pairs) - 1)
        stays = pairs[place] != self.pairs
        return type(self).of(
            np.concatenate([self.pairs[stays], pairs[is_cast]]),
            np.concatenate([self.choices[stays], choices[is_cast]]),
        )

    def only_on(self, idea_ids: Integers) -> Self:
        """Return the votes on these ideas."""
        wanted = np.isin(self.ideas, idea_ids)
        return self if wanted.all() else type(self)(self.pairs[wanted], self.choices[wanted])

    def counts(self, idea_ids: Integers) -> Integers:
        """(I, 3) Return how many agree, disagree and pass on each of these ideas, in their order.

        `idea_ids` are ascending and hold every idea that there is a vote on.
        """
        column = np.searchsorted(idea_ids, self.ideas)
        kind = np.where(self.choices == 1, 0, np.where(self.choices == -1, 1, 2))
        return np.bincount(column * 3 + kind, minlength=3 * len(idea_ids)).reshape(-1, 3)

    def matrix(self, numbers: Mapping[int, int], *, off_map: frozenset[int]) -> VoteMatrix:
        """Return the votes on the ideas whose keys are in `numbers`, under their numbers.

        `off_map` are the numbers of the ideas that do not shape the map.
        """
        keys = np.array(sorted(numbers), dtype=np.int64)
        named = np.array([numbers[int(key)] for key in keys], dtype=np.int64)
        votes = self.only_on(keys)
        return VoteMatrix.of(
            people=votes.people,
            ideas=named[np.searchsorted(keys, votes.ideas)],
            choices=votes.choices,
            all_ideas=named,
            off_map=off_map,
        )
