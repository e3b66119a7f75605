"""Statements by the letters they are written with: how alike two are, whatever the order of their words.

Arithmetic over many statements at once. It sees shared stems and spellings, and nothing of meaning: two ways
to say a thing without a word in common are far apart, and so is a translation.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

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
    """`N` statements as vectors of length 1, compressed by rows: one number for each of their pieces.

    A piece weighs the more, the fewer statements have it (TF-IDF: K. Spärck Jones, "A statistical
    interpretation of term specificity and its application in retrieval", 1972).
    """

    keys: Integers
    """(N,) What each statement is called."""
    starts: Integers
    """(N + 1,) Where each row begins."""
    buckets: NDArray[np.int32]
    weights: Floats
    rarity: Floats
    """(BUCKETS,) What a piece weighs."""

    @classmethod
    def of(cls, keys: Sequence[int], statements: Sequence[str]) -> Self:
        """Return the index of these statements."""
        starts, buckets, counts = _pieces(statements)
        having = np.bincount(buckets, minlength=BUCKETS)
        rarity = (np.log((len(keys) + 1) / (having + 1)) + 1).astype(np.float32)
        return cls(
            keys=np.array(keys, np.int64),
            starts=starts,
            buckets=buckets,
            weights=_scaled(starts, counts * rarity[buckets]),
            rarity=rarity,
        )

    def changed(self, *, gone: Collection[int], keys: Sequence[int], statements: Sequence[str]) -> Self:
        """Return the index without the statements called `gone`, and with these.

        What pieces weigh stays as it was: it hardly changes with a few statements among many.
        """
        stays = ~np.isin(self.keys, list(gone))
        sizes = np.diff(self.starts)
        is_kept = np.repeat(stays, sizes)
        starts, buckets, counts = _pieces(statements)
        weights = _scaled(starts, counts * self.rarity[buckets])
        return type(self)(
            keys=np.concatenate([self.keys[stays], np.array(keys, np.int64)]),
            starts=np.concatenate([[0], np.cumsum(np.concatenate([sizes[stays], np.diff(starts)]))]),
            buckets=np.concatenate([self.buckets[is_kept], buckets]),
            weights=np.concatenate([self.weights[is_kept], weights]),
            rarity=self.rarity,
        )

    def likeness(self, statement: str) -> NDArray[np.float64]:
        """Return how alike each is to the statement, (N,): the cosine of the angle, from 0 to 1."""
        starts, buckets, counts = _pieces([statement])
        wanted = np.zeros(BUCKETS, np.float32)
        wanted[buckets] = _scaled(starts, counts * self.rarity[buckets])
        return _row_sums(self.starts, self.weights * wanted[self.buckets])

    def nearest(self, statement: str, *, at_least: float, most: int) -> list[tuple[int, float]]:
        """Return the keys of what is at least so alike, with how alike it is, the nearest first."""
        likeness = self.likeness(statement)
        order = np.lexsort((self.keys, -likeness))[:most]
        return [(int(self.keys[row]), float(likeness[row])) for row in order if likeness[row] >= at_least]


def plain(statement: str) -> str:
    """Return the statement without capitals, signs and marks that people set differently."""
    folded = unicodedata.normalize("NFKC", statement[:LONGEST]).casefold()
    return _NOT_LETTERS.sub(" ", folded).strip()


def _pieces(statements: Sequence[str]) -> tuple[Integers, NDArray[np.int32], Floats]:
    """Return where each statement's row begins, its buckets, and a number for how often each occurs."""
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
    return starts, (distinct % BUCKETS).astype(np.int32), (1 + np.log(counts)).astype(np.float32)


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


def _scaled(starts: Integers, weights: Floats) -> Floats:
    """Return the weights with every row brought to length 1; a row without pieces stays empty."""
    lengths = np.sqrt(_row_sums(starts, weights.astype(np.float64) ** 2))
    return (weights / np.repeat(lengths, np.diff(starts))).astype(np.float32)


def _row_sums(starts: Integers, values: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    # Not `reduceat`, which gives an empty row the first value of the next.
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(running[starts[1:]] - running[starts[:-1]])
