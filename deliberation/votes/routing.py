"""Which idea somebody is shown next, and why. Pure: the same ideas and seed give the same answer.

The ideas that somebody has not been shown are taken in steps: those in their language before the others,
and of those, first what hardly anybody has seen, then what has not had its minimum, then the rest. Within
a step lots are drawn, in proportion to priority.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from deliberation.analysis.landscape import AGREES, DISAGREES, PASSES
from deliberation.analysis.numbers import random_shares
from deliberation.analysis.votes import Booleans, Floats, Integers

MINIMUM_EXPOSURE: Final = 20
"""How many people an idea is shown to before it has to give way to others."""
FIRST_LOOK: Final = 3
"""How many people an idea is shown to before all that has been seen: a new one waits for nobody."""
ORDINARY_EXTREMITY: Final = 1.0
FEW_VOTES: Final = 15
"""Votes after which an idea's novelty adds no more than once its importance (2^(-15/5) * 8 = 1)."""
ENOUGH_TO_SAY: Final = 10
"""Votes from which a share is worth a word."""
MANY: Final = 0.3
TELLING: Final = 1.5
"""How many times the ordinary extremity an idea needs in order to be said to tell groups apart."""


class Need(IntEnum):
    """How much an idea needs to be seen, the greatest need first."""

    FIRST_LOOK = 0
    MINIMUM = 1
    NONE = 2


class Reason(StrEnum):
    """What speaks for an idea at this moment. The page has a sentence for each."""

    FIRST_LOOK = "first_look"
    MINIMUM = "minimum"
    ALL_SEEN_ENOUGH = "all_seen_enough"
    OWN_LANGUAGE = "own_language"
    OTHER_LANGUAGE = "other_language"
    FEW_VOTES = "few_votes"
    TELLS_GROUPS_APART = "tells_groups_apart"
    MANY_PASS = "many_pass"  # noqa: S105 - not a password
    DIVIDED = "divided"
    PUT_OFF = "put_off"
    ASKED_FOR = "asked_for"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Candidates:
    """`N` ideas that take votes, with what their chances rest on."""

    ids: Integers
    """(N,) Their keys."""
    numbers: Integers
    """(N,)"""
    threads: Integers
    """(N,) The numbers of their threads."""
    languages: NDArray[np.str_]
    """(N,) Without script and country."""
    counts: Integers
    """(N, 3) Votes: AGREES, DISAGREES, PASSES."""
    reached: Integers
    """(N,) How many people have seen each: were shown it to vote on, or voted on it."""
    priorities: Floats
    """(N,) In proportion to which they are drawn: `analysis.statistics.priority`."""
    is_telling: Booleans
    """(N,) Whether it tells people who vote alike from others better than most."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.ids)

    def where(self, chosen: Booleans) -> Self:
        """Return those among them that are chosen, (N,)."""
        return type(self)(**{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})

    def are_among(self, ids: Collection[int]) -> Booleans:
        """Return for each whether its key is one of `ids`, (N,)."""
        return np.isin(self.ids, np.fromiter(ids, np.int64, len(ids)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """An idea that was drawn: among how many whose turn it was, and how probable it was (from 0 to 1)."""

    idea_id: int
    number: int
    reached: int
    """How many people had seen it."""
    rivals: int
    chance: float
    reasons: tuple[Reason, ...]


def needs(reached: Integers, *, minimum: int = MINIMUM_EXPOSURE) -> Integers:
    """Return how much each idea needs to be seen that so many people have seen, as values of `Need`."""
    return (reached >= min(FIRST_LOOK, minimum)).astype(np.int64) + (reached >= minimum)


def draw(
    candidates: Candidates, *, seen: Collection[int], language: str, seed: int, step: int
) -> Drawn | None:
    """Draw what comes next for somebody who has been shown the ideas with the keys in `seen`, or None.

    Every idea gets a lot of its own from seed and step, so that a change to one idea moves no other: asked
    again, nearly always the same idea comes. The shortest waiting time wins, which makes the chance of each
    proportional to its priority (P. Efraimidis, P. Spirakis, "Weighted random sampling with a reservoir",
    2006).
    """
    waiting = candidates.where(~candidates.are_among(seen))
    if not len(waiting):
        return None
    is_foreign, need = waiting.languages != language, needs(waiting.reached)
    rank = len(Need) * is_foreign + need
    is_tied = rank == rank.min()
    tied = waiting.where(is_tied)
    which = int(np.argmin(-np.log(_lots(tied, seed, step)) / tied.priorities))
    reasons = [_TURN[Need(int(need[is_tied][which]))]]
    if (candidates.languages != candidates.languages[0]).any():
        reasons.append(Reason.OTHER_LANGUAGE if is_foreign[is_tied][which] else Reason.OWN_LANGUAGE)
    chance = float(tied.priorities[which] / tied.priorities.sum())
    return _drawn(tied, which, chance, *reasons, *_of_its_own(tied, which))


def draw_again(
    candidates: Candidates, *, put_off: Collection[int], passed_over: Collection[int], seed: int, step: int
) -> Drawn | None:
    """Return one of the ideas that somebody was shown and put off, or None where there is none.

    `put_off` has keys; `passed_over` the numbers of those that were put off once more in this round.
    """
    waiting = candidates.where(candidates.are_among(put_off))
    is_left = ~np.isin(waiting.numbers, list(passed_over))
    waiting = waiting.where(is_left) if is_left.any() else waiting
    if not len(waiting):
        return None
    which = int(np.argmin(_lots(waiting, seed, step)))
    return _drawn(waiting, which, 1 / len(waiting), Reason.PUT_OFF)


def ask_for(candidates: Candidates, number: int, *, voted: Collection[int]) -> Drawn | None:
    """Return the idea with this number if somebody who wants it can vote on it and has not, else None."""
    found = candidates.where(candidates.numbers == number)
    if not len(found) or int(found.ids[0]) in voted:
        return None
    return _drawn(found, 0, 1.0, Reason.ASKED_FOR)


_TURN: Final = {
    Need.FIRST_LOOK: Reason.FIRST_LOOK,
    Need.MINIMUM: Reason.MINIMUM,
    Need.NONE: Reason.ALL_SEEN_ENOUGH,
}


def _lots(candidates: Candidates, seed: int, step: int) -> Floats:
    """Return a share above 0 and up to 1 for each, which rests on its number, the seed and the step alone."""
    highest = int(candidates.numbers.max())
    return 1 - random_shares(seed, step, highest + 1)[candidates.numbers]


def _of_its_own(candidates: Candidates, which: int) -> list[Reason]:
    """Return what else raises or lowers the idea's chance."""
    votes = candidates.counts[which]
    total, found = int(votes.sum()), []
    if total < FEW_VOTES and candidates.reached[which] >= FIRST_LOOK:
        found.append(Reason.FEW_VOTES)
    if candidates.is_telling[which]:
        found.append(Reason.TELLS_GROUPS_APART)
    if total >= ENOUGH_TO_SAY:
        if votes[PASSES] > MANY * total:
            found.append(Reason.MANY_PASS)
        elif min(votes[AGREES], votes[DISAGREES]) > MANY * total:
            found.append(Reason.DIVIDED)
    return found


def _drawn(candidates: Candidates, which: int, chance: float, *reasons: Reason) -> Drawn:
    return Drawn(
        idea_id=int(candidates.ids[which]),
        number=int(candidates.numbers[which]),
        reached=int(candidates.reached[which]),
        rivals=len(candidates),
        chance=chance,
        reasons=reasons,
    )
