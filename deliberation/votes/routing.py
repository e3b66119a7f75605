"""Which idea somebody is shown next, and why. Pure: the same ideas, person and seed give the same answer.

The ideas that somebody has not been shown are taken in steps: those in their language before the others,
and of those, first what hardly anybody has seen, then what has not had its minimum, then the rest. Within
a step lots are drawn, in proportion to priority.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import log
from random import Random
from typing import Final

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


@dataclass(frozen=True, slots=True)
class Candidate:
    """An idea that takes votes, with what its chance rests on."""

    id: int
    number: int
    thread_number: int
    language: str
    """Without script and country."""
    agrees: int
    disagrees: int
    passes: int
    reached: int
    """How many people have seen it: shown it to vote on, or voted on it."""
    need: Need
    priority: float
    """In proportion to which it is drawn."""
    is_telling: bool = False
    """Whether it tells people who vote alike from others better than most."""

    @property
    def votes(self) -> int:
        """How many have voted, passes included."""
        return self.agrees + self.disagrees + self.passes


@dataclass(frozen=True, slots=True)
class Drawn:
    """An idea that was drawn: among how many, and how probable it was (from 0 to 1)."""

    candidate: Candidate
    rivals: int
    chance: float
    reasons: tuple[Reason, ...]


def priority(agrees: int, disagrees: int, passes: int, *, extremity: float = ORDINARY_EXTREMITY) -> float:
    """Return in proportion to what an idea is drawn; greater than 0.

    `extremity` is how far the idea lies from the middle of the landscape. Source: Polis
    (`conversation.clj`, importance-metric and priority-metric): importance is high where few pass, many
    agree and people who vote alike differ from others; a new idea counts up to nine times, and the whole is
    squared.
    """
    votes = agrees + disagrees + passes
    importance = (1 - (passes + 1) / (votes + 2)) * (extremity + 1) * (agrees + 1) / (votes + 2)
    return float((importance * (1 + 8 * 2 ** (-votes / 5))) ** 2)


def need_of(reached: int, *, minimum: int = MINIMUM_EXPOSURE) -> Need:
    """Return how much an idea that `reached` people have seen needs to be seen."""
    if reached < min(FIRST_LOOK, minimum):
        return Need.FIRST_LOOK
    return Need.MINIMUM if reached < minimum else Need.NONE


def draw(candidates: Sequence[Candidate], *, seen: Collection[int], language: str, seed: str) -> Drawn | None:
    """Draw what comes next for somebody who has been shown the ideas with the keys in `seen`, or None.

    Every idea gets a lot of its own from the seed, so that a change to one idea moves no other: asked again
    with the same seed, nearly always the same idea comes. The smallest waiting time wins, which makes the
    chance of each proportional to its priority (P. Efraimidis, P. Spirakis, "Weighted random sampling with
    a reservoir", 2006).
    """
    waiting = [one for one in candidates if one.id not in seen]
    if not waiting:
        return None
    ranks = [(one.language != language, one.need) for one in waiting]
    foremost = min(ranks)
    tied = [one for one, rank in zip(waiting, ranks, strict=True) if rank == foremost]
    lots = _lots(seed, max(one.number for one in tied))
    winner = min(tied, key=lambda one: -log(lots[one.number]) / one.priority)
    is_mixed = any(one.language != candidates[0].language for one in candidates)
    chance = winner.priority / sum(one.priority for one in tied)
    return Drawn(winner, len(tied), chance, _reasons(winner, foremost[0] if is_mixed else None))


def draw_again(
    candidates: Sequence[Candidate], *, put_off: Collection[int], passed_over: Collection[int], seed: str
) -> Drawn | None:
    """Return one of the ideas that somebody was shown and put off, or None where there is none.

    `put_off` has keys; `passed_over` the numbers of those that were put off once more in this round.
    """
    waiting = [one for one in candidates if one.id in put_off]
    waiting = [one for one in waiting if one.number not in passed_over] or waiting
    if not waiting:
        return None
    lots = _lots(seed, max(one.number for one in waiting))
    chosen = min(waiting, key=lambda one: lots[one.number])
    return Drawn(chosen, len(waiting), 1 / len(waiting), (Reason.PUT_OFF,))


def _lots(seed: str, highest: int) -> list[float]:
    """Return for each number up to `highest` a share above 0 and up to 1, each from the seed alone."""
    chance = Random(seed).random  # noqa: S311 - a lottery that anybody may check
    return [1 - chance() for _ in range(highest + 1)]


def _reasons(one: Candidate, is_foreign: bool | None) -> tuple[Reason, ...]:
    """Return why it is this one's turn, the weightiest first; `is_foreign` is None where all are in one
    language."""
    turn = {
        Need.FIRST_LOOK: Reason.FIRST_LOOK,
        Need.MINIMUM: Reason.MINIMUM,
        Need.NONE: Reason.ALL_SEEN_ENOUGH,
    }
    found = [turn[one.need]]
    if is_foreign is not None:
        found.append(Reason.OTHER_LANGUAGE if is_foreign else Reason.OWN_LANGUAGE)
    if one.votes < FEW_VOTES and one.need is not Need.FIRST_LOOK:
        found.append(Reason.FEW_VOTES)
    if one.is_telling:
        found.append(Reason.TELLS_GROUPS_APART)
    if one.votes >= ENOUGH_TO_SAY:
        if one.passes > MANY * one.votes:
            found.append(Reason.MANY_PASS)
        elif min(one.agrees, one.disagrees) > MANY * one.votes:
            found.append(Reason.DIVIDED)
    return tuple(found)
