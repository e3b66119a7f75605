"""Statements by the letters they are written with: how alike two are, whatever the order of their words.

Arithmetic over many statements at once. It sees shared stems and spellings, and nothing of meaning: two ways
to say a thing without a word in common are far apart, and so is a translation.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

LENGTHS: Final = (3, 4)
"""How many letters make a piece, in writing that separates words; spaces between words are letters here."""
UNSPACED_LENGTHS: Final = (1, 2)
"""The same in writing that does not, where one character is about as much as a syllable or a word."""
LONGEST: Final = 1_000
"""Characters of a statement that are looked at; only imported ones are longer."""
BITS: Final = 17
BUCKETS: Final = 2**BITS
"""Pieces are told apart by a number below this; that two share one is rare and harms little."""

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)
_END: Final = "\n"
_NOT_LETTERS: Final = re.compile(r"[^\w]+|_+")
_UNSPACED: Final = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
Letters = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Index:
    """`N` statements as vectors of length 1, with one number for each of their pieces.

    A piece weighs the more, the fewer statements have it (TF-IDF: K. Spärck Jones, "A statistical
    interpretation of term specificity and its application in retrieval", 1972).
    """

    keys: Integers
    """(N,) What each statement is called."""
    vectors: "csr_array"
    """(N, BUCKETS)"""
    rarity: Floats
    """(BUCKETS,) What a piece weighs."""

    @classmethod
    def of(cls, keys: Sequence[int], statements: Sequence[str]) -> Self:
        """Return the index of these statements."""
        pieces = _pieces(statements)
        having = np.bincount(pieces.indices, minlength=BUCKETS)
        rarity = (np.log((len(keys) + 1) / (having + 1)) + 1).astype(np.float32)
        return cls(keys=np.array(keys, np.int64), vectors=_weighed(pieces, rarity), rarity=rarity)

    def changed(self, *, gone: Collection[int], keys: Sequence[int], statements: Sequence[str]) -> Self:
        """Return the index without the statements called `gone`, and with these.

        What pieces weigh stays as it was: it hardly changes with a few statements among many.
        """
        from scipy.sparse import vstack  # slow to load; few pages compare

        stays = np.flatnonzero(~np.isin(self.keys, list(gone)))
        is_whole = len(stays) == len(self.keys)
        added = _weighed(_pieces(statements), self.rarity)
        return type(self)(
            keys=np.concatenate([self.keys[stays], np.array(keys, np.int64)]),
            vectors=vstack([self.vectors if is_whole else self.vectors[stays], added], format="csr"),
            rarity=self.rarity,
        )

    def likeness(self, statement: str) -> Floats:
        """Return how alike each is to the statement, (N,): the cosine of the angle, from 0 to 1."""
        return np.asarray(self.vectors @ _weighed(_pieces([statement]), self.rarity).toarray()[0])

    def nearest(self, statement: str, *, at_least: float, most: int) -> list[tuple[int, float]]:
        """Return the keys of what is at least so alike, with how alike it is, the nearest first."""
        likeness = self.likeness(statement)
        near = np.flatnonzero(likeness >= at_least)
        order = near[np.lexsort((self.keys[near], -likeness[near]))][:most]
        return [(int(self.keys[row]), float(likeness[row])) for row in order]


def plain(statement: str) -> str:
    """Return the statement without capitals, signs and marks that people set differently."""
    folded = unicodedata.normalize("NFKC", statement[:LONGEST]).casefold()
    return _NOT_LETTERS.sub(" ", folded).strip()


def _pieces(statements: Sequence[str]) -> "csr_array":
    """Return for each statement a number for how often it has each piece, (N, BUCKETS)."""
    from scipy.sparse import csr_array  # slow to load; few pages compare

    text = "".join(f" {plain(statement)} {_END}" for statement in statements)
    letters = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    row, keys = np.cumsum(letters == ord(_END)), [np.zeros(0, np.int64)]
    is_unspaced = np.logical_or.reduce([(letters >= low) & (letters <= high) for low, high in _UNSPACED])
    for lengths, is_ours in ((LENGTHS, ~is_unspaced), (UNSPACED_LENGTHS, is_unspaced)):
        for length in lengths:
            runs = _runs(letters, is_ours & (letters != ord(_END)), length)
            keys.append(row[runs] * BUCKETS + _buckets(letters, runs, length))
    distinct, counts = np.unique(np.concatenate(keys), return_counts=True)
    starts = np.searchsorted(distinct, np.arange(len(statements) + 1, dtype=np.int64) * BUCKETS)
    often = (1 + np.log(counts)).astype(np.float32)
    return csr_array(
        (often, (distinct % BUCKETS).astype(np.int32), starts.astype(np.int32)),
        shape=(len(statements), BUCKETS),
    )


def _runs(letters: Letters, is_ours: NDArray[np.bool_], length: int) -> Integers:
    """Return where runs of so many letters of our kind begin."""
    ends = len(letters) - length + 1
    if ends <= 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.logical_and.reduce([is_ours[k : ends + k] for k in range(length)]))


def _buckets(letters: Letters, runs: Integers, length: int) -> Integers:
    mixed = np.full(len(runs), length, np.uint64)
    for place in range(length):
        mixed = (mixed ^ letters[runs + place]) * _MULTIPLIER
        mixed ^= mixed >> _SHIFT
    return ((mixed * _MULTIPLIER) >> np.uint64(64 - BITS)).astype(np.int64)


def _weighed(pieces: "csr_array", rarity: Floats) -> "csr_array":
    """Return the vectors of the pieces, each of length 1; one without pieces stays empty."""
    from scipy.sparse import csr_array  # slow to load; few pages compare

    weights = pieces.data * rarity[pieces.indices]
    rows = np.repeat(np.arange(pieces.shape[0]), np.diff(pieces.indptr))
    lengths = np.sqrt(np.bincount(rows, weights**2, pieces.shape[0]))
    scaled = (weights / lengths[rows]).astype(np.float32)
    return csr_array((scaled, pieces.indices, pieces.indptr), shape=pieces.shape)
