"""The journal of a consultation's votes and its current votes, as arrays, some hundred thousand at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select

from deliberation.exchange.ground import Ground, IdeaRow
from deliberation.exchange.numbers import Numbers, microseconds, read_numbers
from deliberation.votes.models import Vote, VoteEvent

TAKEN_BACK = 2
NOT_SEEN = 2
"""Where a choice is -1, 0 or 1: there is none (any more)."""

_VOTES_AT_ONCE = 50_000
_VOTES_IN_A_BAND = 2_000_000
_IDEAS_AT_ONCE = 500
_CELLS_AT_ONCE = 200_000
_SMALL_PART = 10
_NO_KEY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Journal:
    """What happened to votes, (N,) each: by idea, then person, then in the order in which it happened."""

    ideas: NDArray[np.int32]
    """By place in `Ground.ideas`."""
    people: NDArray[np.int32]
    """By place in `Ground.people`."""
    choices: NDArray[np.int8]
    """-1, 0, 1 or TAKEN_BACK."""
    moments: Numbers
    """In microseconds since 1970."""
    merged_with: NDArray[np.int32]
    """The idea, by its place, whose merging or parting changed the vote; -1 where the person did."""

    def __len__(self) -> int:
        return len(self.ideas)

    def __getitem__(self, part: "slice | NDArray[np.bool_] | Numbers") -> "Journal":
        return Journal(
            self.ideas[part],
            self.people[part],
            self.choices[part],
            self.moments[part],
            self.merged_with[part],
        )

    def standing(self) -> NDArray[np.bool_]:
        """Say which events count towards a vote that stands: those after the last time it was taken back."""
        back = self.choices == TAKEN_BACK
        if not back.any():
            return ~back
        pairs = self.ideas.astype(np.int64) << 32 | self.people
        is_last = np.append(pairs[1:] != pairs[:-1], True)
        so_far = np.cumsum(back)
        which_pair = np.cumsum(is_last) - is_last
        in_the_end: Numbers = so_far[is_last][which_pair]
        return (so_far == in_the_end) & ~back


def journal_of(ground: Ground) -> Iterator[Journal]:
    """Yield the journal, idea by idea; each part holds the whole journal of some ideas."""
    for start, end in _bands(ground.ideas):
        parts = [_empty(), *_parts(ground, start, end)]
        whole = Journal(
            np.concatenate([part.ideas for part in parts]),
            np.concatenate([part.people for part in parts]),
            np.concatenate([part.choices for part in parts]),
            np.concatenate([part.moments for part in parts]),
            np.concatenate([part.merged_with for part in parts]),
        )
        # A stable sort: within a vote the order of the journal remains.
        yield whole[np.argsort(whole.ideas.astype(np.int64) << 32 | whole.people, kind="stable")]


def ballots_of(ground: Ground) -> Iterator[tuple[int, NDArray[np.int8]]]:
    """Yield current votes: the place of the first person, and an array of choices, (people, ideas)."""
    step = max(1, _CELLS_AT_ONCE // max(1, len(ground.ideas)))
    for first in range(0, len(ground.people), step):
        here = ground.people[first : first + step]
        votes = read_numbers(
            ground.session,
            Vote.participant_id,
            Vote.idea_id,
            Vote.choice,
            where=Vote.participant_id.in_([person.id for person in here]),
        )
        cells = np.full((len(here), len(ground.ideas)), NOT_SEEN, np.int8)
        cells[ground.person_keys.places(votes[:, 0]) - first, ground.idea_keys.places(votes[:, 1])] = votes[
            :, 2
        ]
        yield first, cells


def _empty() -> Journal:
    short, tiny, long = np.empty(0, np.int32), np.empty(0, np.int8), np.empty(0, np.int64)
    return Journal(short, short, tiny, long, short)


def _bands(ideas: Sequence[IdeaRow]) -> Iterator[tuple[int, int]]:
    start = votes = 0
    for place, idea in enumerate(ideas):
        votes += idea.votes
        if votes >= _VOTES_IN_A_BAND:
            yield start, place + 1
            start, votes = place + 1, 0
    if start < len(ideas):
        yield start, len(ideas)


def _parts(ground: Ground, start: int, end: int) -> Iterator[Journal]:
    for condition in _conditions(ground, start, end):
        events = read_numbers(
            ground.session,
            VoteEvent.id,
            VoteEvent.idea_id,
            VoteEvent.participant_id,
            func.coalesce(VoteEvent.choice, TAKEN_BACK),
            microseconds(ground.session, VoteEvent.happened_at),
            func.coalesce(VoteEvent.merged_with_id, _NO_KEY),
            where=condition,
        )
        ideas = ground.idea_keys.places(events[:, 1])
        events, ideas = (rows[(start <= ideas) & (ideas < end)] for rows in (events, ideas))
        order = np.argsort(events[:, 0])
        people = ground.person_keys.places(events[order, 2])
        yield Journal(
            ideas[order].astype(np.int32),
            people.astype(np.int32),
            events[order, 3].astype(np.int8),
            events[order, 4],
            ground.idea_keys.places(events[order, 5]).astype(np.int32),
        )


def _conditions(ground: Ground, start: int, end: int) -> Iterator[ColumnElement[bool]]:
    """Ways to ask for the events of these ideas, each for a part of them that fits into memory."""
    ideas = ground.ideas[start:end]
    first = ground.session.scalar(select(func.min(VoteEvent.id)))
    last = ground.session.scalar(select(func.max(VoteEvent.id)))
    if first is None or last is None:
        return
    if last - first < _SMALL_PART * sum(idea.votes for idea in ideas):
        # Through the table in its own order; by way of the index each row would be fetched by itself.
        for low in range(first, last + 1, _VOTES_AT_ONCE):
            yield VoteEvent.id.between(low, low + _VOTES_AT_ONCE - 1)
        return
    chosen: list[int] = []
    votes = 0
    for idea in ideas:
        chosen.append(idea.id)
        votes += idea.votes
        if votes >= _VOTES_AT_ONCE or len(chosen) == _IDEAS_AT_ONCE:
            yield VoteEvent.idea_id.in_(chosen)
            chosen, votes = [], 0
    if chosen:
        yield VoteEvent.idea_id.in_(chosen)
