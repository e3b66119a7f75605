"""Parts of reads that pages of other rooms are made with."""

from typing import Final

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Thread
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible
from deliberation.votes.models import Vote

MY_VOTES: Final = (
    select(Vote.idea_id, Vote.choice)
    .where(Vote.participant_id == bindparam("reader", type_=Integer))
    .subquery("my_votes")
)
"""The votes of the participant `reader`, with `idea_id` and `choice`, to be joined to ideas."""

_here: Final = select(Idea.id).where(Idea.thread_id == bindparam("thread"), is_visible())
# Goes through one person's votes, not through all ideas: the sum keeps SQLite from the index on ideas. It
# stops at each person's first vote here, where counting distinct people would read all votes.
_voted_here: Final = (
    select(Vote.idea_id).where(Vote.participant_id == Participant.id, (Vote.idea_id + 0).in_(_here)).exists()
)
_PEOPLE: Final = select(func.count()).where(
    Participant.consultation_id == bindparam("consultation"), _voted_here
)
_MINE: Final = select(func.count()).where(
    Vote.participant_id == bindparam("reader"), (Vote.idea_id + 0).in_(_here)
)


def people_in(session: Session, thread: Thread) -> int:
    """Return how many people have voted on visible ideas of the thread (one statement)."""
    asked = {"thread": thread.id, "consultation": thread.consultation_id}
    return session.connection().scalar(_PEOPLE, asked) or 0


def voted_in(session: Session, thread: Thread, participant: Participant | None) -> int:
    """Return on how many visible ideas of the thread the participant has voted (at most one statement)."""
    if participant is None:
        return 0
    return session.connection().scalar(_MINE, {"thread": thread.id, "reader": participant.id}) or 0
