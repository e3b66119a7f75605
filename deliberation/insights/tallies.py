"""Sums over ideas that tell whether anything has changed since a landscape was counted.

They are read in one statement over the ideas, whatever the number of votes. Two people who trade votes
on one idea leave them as they are: that is noticed with the next vote.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import BigInteger, ColumnElement, Row, and_, case, cast, func, not_, or_, select
from sqlalchemy.orm import Session

from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on some ideas in all and weighted by the ideas' keys, and which ideas shape the map."""

    votes: tuple[int, ...]
    shape: tuple[int, ...]

    @classmethod
    def read(cls, written: str) -> Self:
        """Return what `written` was written of."""
        votes, shape = written.split("/")
        return cls(tuple(map(int, votes.split())), tuple(map(int, shape.split())))

    @classmethod
    def over(cls, tallies: Iterable[Self]) -> Self:
        """Return the sum."""
        votes, shape = [0] * 6, [0] * 2
        for tally in tallies:
            votes = [a + b for a, b in zip(votes, tally.votes, strict=True)]
            shape = [a + b for a, b in zip(shape, tally.shape, strict=True)]
        return cls(tuple(votes), tuple(shape))

    @classmethod
    def counted(cls, ideas: Iterable[tuple[int, bool, Sequence[int]]]) -> Self:
        """Return the tally of ideas, each by its key, whether it is off the map, and its counts."""
        votes, shape = [0] * 6, [0] * 2
        for key, is_off, counts in ideas:
            for which, count in enumerate(counts):
                votes[which] += int(count)
                votes[which + 3] += key * int(count)
            if is_off:
                shape[0] += 1
                shape[1] += key
        return cls(tuple(votes), tuple(shape))

    @property
    def written(self) -> str:
        """As one short line of text."""
        return " ".join(map(str, self.votes)) + "/" + " ".join(map(str, self.shape))

    @property
    def total(self) -> int:
        """How many votes there are, passes included."""
        return sum(self.votes[:3])


def tallies_by_thread(session: Session, consultation_ids: Collection[int]) -> dict[tuple[int, int], Tally]:
    """Return the tally of each thread with ideas, by the consultation's and its own key (one statement)."""
    rows = session.execute(
        select(Idea.consultation_id, Idea.thread_id, *_sums())
        .where(Idea.consultation_id.in_(consultation_ids))
        .group_by(Idea.consultation_id, Idea.thread_id)
    )
    return {(row[0], row[1]): _tally(row[2:]) for row in rows}


def tally_of(session: Session, consultation_id: int, thread_id: int | None = None) -> Tally:
    """Return the tally of the thread, or of all threads together (one statement)."""
    here = Idea.consultation_id == consultation_id
    if thread_id is not None:
        here = and_(here, Idea.thread_id == thread_id)
    return _tally(session.execute(select(*_sums()).where(here)).one())


def off_the_map() -> ColumnElement[bool]:
    """Whether an idea keeps its counts but does not shape the map."""
    return or_(not_(is_visible()), Idea.is_meta)


def _sums() -> list[ColumnElement[Any]]:
    key = cast(Idea.id, BigInteger)
    counts = (Idea.agrees, Idea.disagrees, Idea.passes)
    is_off = off_the_map()
    columns = [
        *counts,
        *(key * count for count in counts),
        case((is_off, 1), else_=0),
        case((is_off, key), else_=0),
    ]
    return [func.coalesce(func.sum(column), 0) for column in columns]


def _tally(sums: Row[Any] | Sequence[Any]) -> Tally:
    whole = tuple(map(int, sums))
    return Tally(whole[:6], whole[6:])
