"""Parts of reads that pages of other rooms are made with."""

from sqlalchemy import Subquery, and_, func, select
from sqlalchemy.orm import Session

from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.votes.models import Vote


def votes_of(participant_id: int | None) -> Subquery:
    """Return the participant's votes, with `idea_id` and `choice`, to be joined to ideas."""
    mine = Vote.participant_id == (participant_id or 0)
    return select(Vote.idea_id, Vote.choice).where(mine).subquery("my_votes")


def people_and_mine(session: Session, thread_id: int, participant: Participant | None) -> tuple[int, int]:
    """Return how many people have voted in the thread, and on how many ideas this one has (one statement).

    Only visible ideas count.
    """
    visible = and_(Idea.thread_id == thread_id, Idea.hidden_at.is_(None), Idea.withdrawn_at.is_(None))
    # Stops at each person's first vote, where counting distinct people would read all votes.
    voted_here = (
        select(Vote.idea_id)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.participant_id == Participant.id, visible)
        .exists()
    )
    consultation = select(Idea.consultation_id).where(Idea.thread_id == thread_id).limit(1).scalar_subquery()
    people = select(func.count()).where(Participant.consultation_id == consultation, voted_here)
    mine = (
        select(func.count())
        .select_from(Vote)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.participant_id == (participant.id if participant else 0), visible)
    )
    row = session.execute(select(people.scalar_subquery(), mine.scalar_subquery())).one()
    return row[0], row[1]
