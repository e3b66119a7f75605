"""What an imported consultation holds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.votes.models import Vote, VoteEvent


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much there is in a consultation; `votes` are current ones."""

    ideas: int
    hidden_ideas: int
    participants: int
    votes: int
    vote_events: int


def count_holdings(session: Session, consultation: Consultation) -> Holdings:
    """Count the rows themselves, in one statement."""
    ideas = select(Idea.id).where(Idea.consultation_id == consultation.id)
    people = select(Participant.id).where(Participant.consultation_id == consultation.id)
    parts = (
        ideas,
        ideas.where(Idea.hidden_at.is_not(None)),
        people,
        select(Vote.idea_id).where(Vote.idea_id.in_(ideas)),
        select(VoteEvent.id).where(VoteEvent.idea_id.in_(ideas)),
    )
    counts = [select(func.count()).select_from(part.subquery()).scalar_subquery() for part in parts]
    return Holdings(*session.execute(select(*counts)).one())
