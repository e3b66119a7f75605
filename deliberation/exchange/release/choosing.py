"""What of a consultation's rows can be released: which ideas, and whose rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from deliberation.exchange.journal import NOT_SEEN
from deliberation.exchange.numbers import Numbers
from deliberation.exchange.release.gate import (
    KNOWN_VOTES,
    LIMIT,
    Cells,
    Crowd,
    Floats,
    SingledOut,
    singled_out,
)
from deliberation.votes.models import Choice

FEWEST_IDEAS: Final = 5
FEWEST_SHARE: Final = 0.5
FEWEST_VOTES_EACH: Final = 3
"""Rows are of use while there are so many ideas, so large a share of those who voted, and so many votes to a
row on average: what two votes have to do with each other is what rows say and results do not."""
MOST_SHIFT: Final = 0.1
"""If the shares who agree differ by more on average, rows would mislead: unusual people are missing."""
FEWEST_WITHHELD: Final = 10
"""If fewer rows were held back, the results of everybody less those of the release would show them."""

_STEP: Final = 0.8
_ROUNDS: Final = 12
_DRAWS: Final = 10
_QUICK_DRAWS: Final = 200


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Selection:
    """The rows that pass the gate."""

    ideas: Numbers
    """By place, ascending."""
    people: Numbers
    """By place, ascending."""
    gate: SingledOut


def choose(cells: Cells, *, seed: int) -> Selection | None:
    """Return the selection of `cells`, (people, ideas), with the most votes; None where none is of use.

    The ideas most voted on are tried, fewer and fewer of them; from each number of ideas the rows that are
    singled out most surely are dropped until the gate is passed.
    """
    rng = np.random.default_rng(seed)
    has_votes = (cells != NOT_SEEN).any(axis=1)
    fewest = max(FEWEST_WITHHELD, int(np.ceil(FEWEST_SHARE * has_votes.sum())))
    order = np.argsort(-(cells != NOT_SEEN).sum(axis=0), kind="stable")
    best: Selection | None = None
    most = 0
    for number in _numbers_of_ideas(cells.shape[1]):
        ideas = np.sort(order[:number])
        people = _thinned(cells[:, ideas], rng, fewest)
        if people is None:
            continue
        kept = cells[np.ix_(people, ideas)]
        votes = int((kept != NOT_SEEN).sum())
        is_of_use = votes >= FEWEST_VOTES_EACH * len(people) and (
            shifts_of(cells[:, ideas], kept).mean() <= MOST_SHIFT
        )
        if votes > most and is_of_use:
            gate = singled_out(kept, seed=int(rng.integers(2**32)))
            if gate.passes:
                best, most = Selection(ideas=ideas, people=people, gate=gate), votes
    return best


def shifts_of(everybody: Cells, kept: Cells) -> Floats:
    """Return for each idea by how much the share who agree differs, from 0 to 1."""
    return np.abs(_agreement(everybody) - _agreement(kept))


def _agreement(cells: Cells) -> Floats:
    votes = (cells != NOT_SEEN).sum(axis=0)
    return np.asarray((cells == Choice.AGREE).sum(axis=0) / np.maximum(votes, 1), np.float64)


def _numbers_of_ideas(ideas: int) -> Iterator[int]:
    number = ideas
    while number >= FEWEST_IDEAS:
        yield number
        number = min(number - 1, int(number * _STEP))


def _thinned(cells: Cells, rng: np.random.Generator, fewest: int) -> Numbers | None:
    """The places of the rows that are left once enough are dropped; None where too few would be."""
    people = np.flatnonzero((cells != NOT_SEEN).any(axis=1))
    everybody = len(people)
    if len(people) < fewest or _is_hopeless(cells[people], rng):
        return None
    # What is drawn may come out a little higher the next time.
    is_exact = (cells != NOT_SEEN).sum(axis=1).max() <= KNOWN_VOTES
    target = LIMIT if is_exact else LIMIT / 3
    for _ in range(_ROUNDS):
        crowd = Crowd(cells[people])
        risks = crowd.risks(rng, known=KNOWN_VOTES, draws=_DRAWS)[crowd.pattern_of]
        order = rng.permutation(len(people))
        order = order[np.argsort(risks[order], kind="stable")]
        means = np.cumsum(risks[order]) / np.arange(1, len(order) + 1)
        keep = int(np.searchsorted(means, target, side="right"))
        is_done = keep == len(people)
        if 0 < everybody - keep < FEWEST_WITHHELD:
            keep = everybody - FEWEST_WITHHELD
            is_done = len(people) <= keep
        if is_done:
            return people
        people = np.sort(people[order[:keep]])
        if len(people) < fewest:
            return None
    return None


def _is_hopeless(cells: Cells, rng: np.random.Generator) -> bool:
    seed = int(rng.integers(2**32))
    return singled_out(cells, seed=seed, draws=_QUICK_DRAWS).share > 1 - FEWEST_SHARE
