"""Parts of reads that pages of other rooms are made with."""

from typing import Final

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Thread
from deliberation.consultations.people import Participant
from deliberation.votes.models import ThreadVoter, Vote

MY_VOTES: Final = (
    select(Vote.idea_id, Vote.choice)
    .where(Vote.participant_id == bindparam("reader", type_=Integer))
    .subquery("my_votes")
)
"""The votes of the participant `reader`, with `idea_id` and `choice`, to be joined to ideas."""

_PEOPLE: Final = select(func.count()).where(
    ThreadVoter.thread_id == bindparam("thread", type_=Integer), ThreadVoter.votes > 0
)
_GUESTS: Final = select(func.count()).where(
    Participant.consultation_id == bindparam("consultation"),
    Participant.is_guest,
    select(Vote.idea_id).where(Vote.participant_id == Participant.id).exists(),
)
_MINE: Final = select(ThreadVoter.votes).where(
    ThreadVoter.thread_id == bindparam("thread", type_=Integer),
    ThreadVoter.participant_id == bindparam("reader", type_=Integer),
)


def people_in(session: Session, thread: Thread) -> int:
    """Return how many people have voted on visible ideas of the thread (one statement)."""
    return session.connection().scalar(_PEOPLE, {"thread": thread.id}) or 0


def voting_guests(session: Session, consultation_id: int) -> int:
    """Return how many have voted in the consultation without an account (one statement)."""
    return session.connection().scalar(_GUESTS, {"consultation": consultation_id}) or 0


def voted_in(session: Session, thread: Thread, participant: Participant | None) -> int:
    """Return on how many visible ideas of the thread the participant has voted (at most one statement)."""
    if participant is None:
        return 0
    return session.connection().scalar(_MINE, {"thread": thread.id, "reader": participant.id}) or 0
