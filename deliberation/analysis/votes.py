"""Votes as a sparse matrix: who said what on which idea. Where every analysis begins."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class VoteMatrix:
    """The current votes of `P` people on `I` ideas, compressed by rows; an unseen idea is no entry.

    Rows lie in the order of their content, columns in the order of idea numbers, whatever order the votes
    arrived in and whatever the people are called: equal votes give equal arrays but for `people`.
    """

    people: Integers
    """(P,) What each row is called. No result rests on it."""
    ideas: Integers
    """(I,) The ideas' numbers, ascending. Ideas without a vote are among them."""
    is_on_map: Booleans
    """(I,) Whether the idea shapes the map: not a hidden or withdrawn one, not one about the consultation."""
    starts: Integers
    """(P + 1,) Where each row begins in `columns` and `choices`."""
    columns: NDArray[np.int32]
    """(N,) The idea of each vote, by its place in `ideas`, ascending within a row."""
    choices: NDArray[np.int8]
    """(N,) What each vote says: 1 agree, -1 disagree, 0 pass."""

    @classmethod
    def of(
        cls,
        *,
        people: ArrayLike,
        ideas: ArrayLike,
        choices: ArrayLike,
        all_ideas: ArrayLike | None = None,
        off_map: Collection[int] = (),
    ) -> Self:
        """Return the matrix of these votes: one person, idea number and choice each, in any order.

        `all_ideas` names ideas that may have no vote. Raises ValueError for a choice other than -1, 0 and 1,
        for lengths that differ, and for two votes of one person on one idea.
        """
        raise NotImplementedError

    def on(self, ideas: ArrayLike) -> Self:
        """Return the votes on these ideas alone; people without a vote on any of them are left out."""
        raise NotImplementedError

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of the votes and what they are on; the same whoever cast them."""
        raise NotImplementedError
