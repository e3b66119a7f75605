"""The shape of a discussion: in which order, how deep and how much of it a page shows. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

DEEPEST: Final = 2
"""How many steps answers are indented; what answers those stands below them and says whom it answers."""
LONG_BRANCH: Final = 5
"""How many answers a branch may have before most of them are folded away under an idea."""
OPENING: Final = 3
"""How many answers a folded branch shows."""


@dataclass(frozen=True, slots=True)
class Twig:
    """A comment without its words: where it hangs, and whether this reader may read it."""

    id: int
    parent_id: int | None
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment stands in the discussion.

    `depth` counts from 0, `answers` all below it that are left in, `folded` those that the page leaves out
    after it.
    """

    id: int
    parent_id: int | None
    depth: int
    answers: int
    folded: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A comment on a page, with the answers that stand indented under it."""

    place: Place
    says_whom: bool
    """Whether the comment it answers does not stand right above it."""
    answers: list["Leaf"] = field(default_factory=list)


def ordered(twigs: Sequence[Twig], *, under: int | None = None) -> list[Place]:
    """Return the comments in reading order: each followed by its answers, the oldest first.

    `twigs` come oldest first. Only what hangs under the comment `under` is returned, where it is given.
    What nobody may read stays as a gap while somebody has answered it, and is left out otherwise.
    """
    below: dict[int | None, list[Twig]] = {}
    left_in: dict[int, int] = {}
    for twig in reversed(twigs):  # an answer is younger than what it answers
        inside = sum(left_in[answer.id] for answer in below.get(twig.id, ()))
        left_in[twig.id] = inside + 1 if twig.is_shown or inside else 0
        below.setdefault(twig.parent_id, []).append(twig)
    places: list[Place] = []
    # A list, not recursion: people may answer each other a thousand times in a row.
    waiting = [(twig, 0) for twig in below.get(under, ())]
    while waiting:
        twig, depth = waiting.pop()
        if not left_in[twig.id]:
            continue
        places.append(Place(twig.id, twig.parent_id, depth, answers=left_in[twig.id] - 1))
        waiting += [(answer, depth + 1) for answer in below.get(twig.id, ())]
    return places


def folded(places: Sequence[Place]) -> list[Place]:
    """Return the places with all but the first answers of long branches left out."""
    kept: list[Place] = []
    room = 0
    for place in places:
        if place.depth == 0:
            is_long = place.answers > LONG_BRANCH
            room = OPENING if is_long else place.answers
            kept.append(replace(place, folded=place.answers - room))
        elif room:
            kept.append(place)
            room -= 1
    return kept


def nested(places: Sequence[Place], *, under: Collection[int | None] = (None,)) -> list[Leaf]:
    """Return the places of one page as a tree no deeper than `DEEPEST`.

    `under` are the comments that need not be named as answered, because the page itself is about them.
    """
    tops: list[Leaf] = []
    above: list[Leaf] = []
    for place in places:
        depth = min(place.depth, DEEPEST, len(above))
        del above[depth:]
        holder = above[-1] if above else None
        is_clear = place.parent_id in under or (holder is not None and holder.place.id == place.parent_id)
        leaf = Leaf(place, says_whom=not is_clear)
        (holder.answers if holder else tops).append(leaf)
        above.append(leaf)
    return tops
