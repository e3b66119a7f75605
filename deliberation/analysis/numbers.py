"""Numbers that look random and are the same everywhere, and distinct values in an order of their own."""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]


def scramble(values: NDArray[np.int64] | Words) -> Words:
    """Return 64 bits for each value, any shape, that seem unrelated to it; distinct values stay distinct.

    Source: the finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
    generators", OOPSLA 2014). Whole-number arithmetic, hence the same on every machine.
    """
    words = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(words ^ (words >> np.uint64(31)))


def scramble_rows(rows: NDArray[np.int64]) -> Words:
    """Return 64 bits for each row of whole numbers, (n, d), as unrelated to them."""
    words = np.zeros(len(rows), dtype=np.uint64)
    for column in rows.T:
        words = scramble(words + column.astype(np.uint64))
    return words


def random_words(seed: int, stream: int, count: int) -> Words:
    """Return `count` random words; each pair of seed and stream has its own."""
    key = scramble(scramble(np.array([seed])) ^ np.uint64(stream))[0]
    return scramble(scramble(np.arange(count)) ^ key)


def random_shares(seed: int, stream: int, count: int) -> NDArray[np.float64]:
    """Return `count` random numbers from 0 up to, not including, 1."""
    return (random_words(seed, stream, count) >> np.uint64(11)).astype(np.float64) / 2.0**53
