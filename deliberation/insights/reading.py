"""Votes out of the database in bulk: all of a consultation's, or those that changed after a position.

Where PostgreSQL can hand over numbers as it keeps them, they are taken as they are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from deliberation.analysis.votes import Booleans, Integers
from deliberation.base.database import is_sqlite
from deliberation.ideas.models import Idea
from deliberation.insights.matrices import IDEA_BITS, Choices, Votes
from deliberation.votes.models import Vote, VoteEvent

OVERLAP: Final = timedelta(seconds=60)
"""Events of so long before the last reading are read again: on PostgreSQL a vote can become visible after
one with a later key."""

# The participants come first, so that SQLite walks the votes as they lie, a person after the other.
_ALL: Final = """
    FROM participants CROSS JOIN votes
    WHERE votes.participant_id = participants.id AND participants.consultation_id = {consultation_id:d}
"""
# A person's votes are one value, because a row for each vote costs more than the votes.
_PACKED: Final = f"""
    SELECT string_agg(int8send((votes.participant_id::bigint << {IDEA_BITS}) + votes.idea_id)
        || int2send(votes.choice), ''::bytea) {_ALL}
    GROUP BY votes.participant_id
"""
_SELECT: Final = f"SELECT (votes.participant_id << {IDEA_BITS}) + votes.idea_id, votes.choice {_ALL}"

_SENT: Final = np.dtype([("pair", ">i8"), ("choice", ">i2")])
"""How PostgreSQL sends numbers."""
_TAKEN_BACK: Final = 9
"""Stands for the choice of a vote that is not there any more."""
_FETCHED: Final = np.dtype([("pair", np.int64), ("choice", np.int8)])


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """The vote events after a position, and what the votes that they are about say now."""

    events: int
    pairs: Integers
    """(M,) The votes that were touched, as in `Votes`; ascending, each once."""
    choices: Choices
    """(M,)"""
    is_cast: Booleans
    """(M,) Whether there is such a vote; not where it was taken back."""


def read_votes(session: Session, consultation_id: int) -> Votes:
    """Return all current votes of the consultation (one statement)."""
    connection = session.connection()
    read = _fetch if is_sqlite(connection) else _unpack
    rows = read(connection.connection.driver_connection, consultation_id)
    return Votes.of(rows["pair"].astype(np.int64), rows["choice"].astype(np.int8))


def read_changes(session: Session, consultation_id: int, *, position: int, read_at: datetime) -> Changes:
    """Return what happened to votes since they were read up to `position` at `read_at` (two statements)."""
    start = session.scalar(
        select(VoteEvent.id)
        .where(VoteEvent.id <= position, VoteEvent.happened_at <= read_at - OVERLAP)
        .order_by(VoteEvent.id.desc())
        .limit(1)
    )
    vote = and_(Vote.participant_id == VoteEvent.participant_id, Vote.idea_id == VoteEvent.idea_id)
    rows = session.execute(
        select(VoteEvent.participant_id, VoteEvent.idea_id, func.coalesce(Vote.choice, _TAKEN_BACK))
        .join(Idea, Idea.id == VoteEvent.idea_id)
        .outerjoin(Vote, vote)
        .where(VoteEvent.id > (start or 0), Idea.consultation_id == consultation_id)
    ).all()
    people, ideas, choices = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    pairs, first = np.unique((people << IDEA_BITS) + ideas, return_index=True)
    current = choices[first]
    return Changes(
        events=len(rows), pairs=pairs, choices=current.astype(np.int8), is_cast=current != _TAKEN_BACK
    )


def newest_event(session: Session) -> int:
    """Return the key of the newest vote event of any consultation; 0 where there is none (one statement)."""
    return session.scalar(select(func.max(VoteEvent.id))) or 0


def _fetch(driver: Any, consultation_id: int) -> NDArray[np.void]:
    return np.fromiter(driver.execute(_SELECT.format(consultation_id=consultation_id)), dtype=_FETCHED)


def _unpack(driver: Any, consultation_id: int) -> NDArray[np.void]:
    with driver.cursor(binary=True) as cursor:
        cursor.execute(_PACKED.format(consultation_id=consultation_id))
        return np.frombuffer(b"".join(content for (content,) in cursor), dtype=_SENT)
