"""Votes as a sparse matrix: who said what on which idea. Where every analysis begins."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from deliberation.analysis.numbers import Words, scramble

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

_PLACES: Final = np.array([2, 0, 1])
"""Where the choices 0, 1 and -1 are looked up: the last is found from the end."""
VOTES_AT_ONCE: Final = 1 << 20
"""How many votes are worked on at a time: what is made for them fits beside them in memory."""


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
        who = np.asarray(people, dtype=np.int64)
        about = np.asarray(ideas, dtype=np.int64)
        said = np.asarray(choices)
        if not who.shape == about.shape == said.shape or who.ndim != 1:
            raise ValueError("people, ideas and choices differ in length")
        numbers = np.unique(about)
        if all_ideas is not None:
            numbers = np.union1d(numbers, np.asarray(all_ideas, dtype=np.int64))
        names, rows = np.unique(who, return_inverse=True)
        cells = rows * np.int64(len(numbers)) + np.searchsorted(numbers, about)
        order = np.argsort(cells)
        if np.any(np.diff(cells[order]) == 0):
            raise ValueError("a person has two votes on one idea")
        return cls.of_rows(
            people=names,
            ideas=numbers,
            starts=np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=len(names))))),
            columns=cells[order] % max(len(numbers), 1),
            choices=said[order],
            off_map=off_map,
        )

    @classmethod
    def of_rows(
        cls,
        *,
        people: ArrayLike,
        ideas: ArrayLike,
        starts: ArrayLike,
        columns: ArrayLike,
        choices: ArrayLike,
        off_map: Collection[int] = (),
    ) -> Self:
        """Return the matrix of votes that already lie person by person, in the form the fields describe.

        Only the order of the rows is made here, with no copy beyond the new rows. Raises ValueError for ideas
        or columns that do not ascend, for an empty row, and for a choice other than -1, 0 and 1.
        """
        numbers = np.asarray(ideas, dtype=np.int64)
        said = np.asarray(choices)
        if not all(np.isin(said[part], (-1, 0, 1)).all() for part in _parts(len(said))):
            raise ValueError("a choice is neither agree (1), pass (0) nor disagree (-1)")
        rows = cls(
            people=np.asarray(people, dtype=np.int64),
            ideas=numbers,
            is_on_map=~np.isin(numbers, np.array(sorted(off_map), dtype=np.int64)),
            starts=np.asarray(starts, dtype=np.int64),
            columns=np.asarray(columns, dtype=np.int32),
            choices=said.astype(np.int8, copy=False),
        )
        rows._check()
        return rows._in_order_of_content()

    def on(self, ideas: ArrayLike) -> Self:
        """Return the votes on these ideas alone; people without a vote on any of them are left out."""
        kept = np.isin(self.ideas, np.asarray(ideas, dtype=np.int64))
        is_kept = kept[self.columns]
        before = np.concatenate(([0], np.cumsum(is_kept)))
        lengths = np.diff(before[self.starts])
        return type(self)(
            people=self.people[lengths > 0],
            ideas=self.ideas[kept],
            is_on_map=self.is_on_map[kept],
            starts=np.concatenate(([0], np.cumsum(lengths[lengths > 0]))),
            columns=(np.cumsum(kept) - 1).astype(np.int32)[self.columns[is_kept]],
            choices=self.choices[is_kept],
        )._in_order_of_content()

    def of_people(self, is_kept: Booleans) -> Self:
        """Return the votes of these people alone, (P,); ideas stay, with or without a vote."""
        return self._with_rows(np.flatnonzero(is_kept))

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of the votes and what they are on; the same whoever cast them."""
        digest = sha256(b"votes 1\n")
        for array, kind in (
            (self.ideas, "<i8"),
            (self.is_on_map, "?"),
            (self.starts, "<i8"),
            (self.columns, "<i4"),
            (self.choices, "i1"),
        ):
            digest.update(b"%d\n" % len(array))
            digest.update(np.ascontiguousarray(array, dtype=kind).data)
        return digest.hexdigest()

    def cells(self, votes: slice) -> Integers:
        """Return where in a flat table of ideas by choices, (I · 3,), these votes are looked up.

        The choices of an idea lie in the order of AGREES, DISAGREES, PASSES.
        """
        return self.columns[votes] * np.int64(3) + _PLACES[self.choices[votes]]

    def parts(self) -> Iterator[slice]:
        """Cut the votes into pieces that are worked on at a time."""
        return _parts(len(self.choices))

    def _check(self) -> None:
        if len(self.starts) != len(self.people) + 1 or len(self.columns) != len(self.choices):
            raise ValueError("rows and votes differ in number")
        if self.starts[0] != 0 or self.starts[-1] != len(self.choices) or np.any(np.diff(self.starts) <= 0):
            raise ValueError("rows do not follow one another, or one is empty")
        if np.any(np.diff(self.ideas) <= 0):
            raise ValueError("the ideas' numbers do not ascend")
        for part in self.parts():
            ascends = np.diff(self.columns[part.start : part.stop + 1]) > 0
            ends = self.starts[np.searchsorted(self.starts, part.start + 1) :] - part.start - 1
            ascends[ends[ends < len(ascends)]] = True
            if (
                not ascends.all()
                or self.columns[part].min() < 0
                or self.columns[part].max() >= len(self.ideas)
            ):
                raise ValueError("the columns of a row do not ascend, or are of no idea")

    def _in_order_of_content(self) -> Self:
        """Order the rows by the sum of a word for each of their votes; equal rows alone have equal sums.

        Sums, because they are the same in any order; 64 bits, because a million rows then collide by chance
        once in forty million times, and no result but this order would show it.
        """
        cells = self.ideas[:, None] * 3 + np.array([0, 1, 2])
        words = scramble(scramble(cells)).ravel()
        sums: Words = np.zeros(len(self.people), dtype=np.uint64)
        for rows in self.row_parts():
            votes = slice(self.starts[rows.start], self.starts[rows.stop])
            sums[rows] = np.add.reduceat(words[self.cells(votes)], self.starts[rows] - votes.start)
        return self._with_rows(np.argsort(sums, kind="stable"))

    def row_parts(self) -> Iterator[slice]:
        """Cut the rows into pieces of about as many votes as are worked on at a time."""
        first, people = 0, len(self.people)
        while first < people:
            reach = self.starts[first] + VOTES_AT_ONCE
            after = max(int(np.searchsorted(self.starts, reach, side="right")) - 1, first + 1)
            yield slice(first, min(after, people))
            first = after

    def _with_rows(self, rows: Integers) -> Self:
        """These rows in this order. The index type of scipy is that of `columns`: fewer than 2³¹ votes."""
        from scipy.sparse import csr_array  # slow; no server computes

        shape = (len(self.people), max(len(self.ideas), 1))
        matrix = csr_array((self.choices, self.columns, self.starts.astype(np.int32)), shape=shape)[rows]
        return type(self)(
            people=self.people[rows],
            ideas=self.ideas,
            is_on_map=self.is_on_map,
            starts=matrix.indptr.astype(np.int64),
            columns=matrix.indices.astype(np.int32, copy=False),
            choices=matrix.data,
        )


def _parts(votes: int) -> Iterator[slice]:
    for first in range(0, votes, VOTES_AT_ONCE):
        yield slice(first, min(first + VOTES_AT_ONCE, votes))
