"""Reads: what a guest has done in a consultation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.votes.models import Vote

MOST_IDEAS: Final = 50


@dataclass(frozen=True, slots=True)
class OwnIdea:
    """An idea that the guest wrote, and what has come of it."""

    id: int
    number: int
    statement: str
    language: str
    created_at: datetime
    waits_since: datetime | None
    hidden_at: datetime | None
    withdrawn_at: datetime | None
    votes: int


@dataclass(frozen=True, slots=True)
class Done:
    """On how many ideas a guest has voted, and the newest ideas that they wrote."""

    votes: int
    ideas: Sequence[OwnIdea]


def done_by(session: Session, participant: Participant) -> Done:
    """Return what the participant has done (two statements)."""
    asked = {"reader": participant.id}
    ideas = session.execute(_IDEAS, asked)
    return Done(session.scalar(_VOTES, asked) or 0, [OwnIdea(*row) for row in ideas])


@dataclass(frozen=True, slots=True)
class Kept:
    """What a guest has done on the whole site, for whoever signs in and might keep it."""

    votes: int
    ideas: int


def kept_by(session: Session, guest_id: int) -> Kept:
    """Return how much the guest has done (one statement)."""
    votes, ideas = session.execute(_KEPT, {"guest": guest_id}).one()
    return Kept(votes, ideas)


_READER: Final = bindparam("reader", type_=Integer)
_VOTES: Final = select(func.count()).where(Vote.participant_id == _READER)
_IDEAS: Final = (
    select(
        Idea.id, Idea.number, Idea.statement, Idea.language, Idea.created_at, Idea.waits_since,
        Idea.hidden_at, Idea.withdrawn_at, Idea.agrees + Idea.disagrees + Idea.passes,
    )
    .where(Idea.author_id == _READER)
    .order_by(Idea.number.desc())
    .limit(MOST_IDEAS)
)  # fmt: skip
_GUESTS: Final = select(Participant.id).where(Participant.guest_id == bindparam("guest", type_=Integer))
_KEPT: Final = select(
    select(func.count()).select_from(Vote).where(Vote.participant_id.in_(_GUESTS)).scalar_subquery(),
    select(func.count()).select_from(Idea).where(Idea.author_id.in_(_GUESTS)).scalar_subquery(),
)
