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
_PEOPLE_AND_MINE: Final = select(
    select(func.count())
    .where(Participant.consultation_id == bindparam("consultation"), _voted_here)
    .scalar_subquery(),
    select(func.count())
    .where(Vote.participant_id == bindparam("reader"), (Vote.idea_id + 0).in_(_here))
    .scalar_subquery(),
)


def people_and_mine(session: Session, thread: Thread, participant: Participant | None) -> tuple[int, int]:
    """Return how many people have voted in the thread, and on how many ideas this one has (one statement).

    Only visible ideas count.
    """
    asked = {
        "thread": thread.id,
        "consultation": thread.consultation_id,
        "reader": participant.id if participant else 0,
    }
    people, mine = session.connection().execute(_PEOPLE_AND_MINE, asked).one()
    return people, mine
