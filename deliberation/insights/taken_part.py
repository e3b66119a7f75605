"""In which snapshots an account's votes are: for its own pages alone, and as counts, never as votes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.insights.models import Snapshot
from deliberation.votes.models import VoteEvent


@dataclass(frozen=True, slots=True)
class TakenPart:
    """A snapshot, and how many votes the account had cast on its ideas when it was taken."""

    slug: str
    number: int
    taken_at: datetime
    votes: int


def snapshots_with(session: Session, account_id: int) -> Sequence[TakenPart]:
    """Return the snapshots of the account's consultations, the newest first (two statements)."""
    events: dict[int, list[tuple[int, bool, datetime]]] = defaultdict(list)
    rows = session.execute(
        select(Participant.consultation_id, Idea.number, VoteEvent.choice, VoteEvent.happened_at)
        .join(VoteEvent, VoteEvent.participant_id == Participant.id)
        .join(Idea, Idea.id == VoteEvent.idea_id)
        .where(Participant.account_id == account_id)
        .order_by(VoteEvent.id)
    )
    for consultation_id, number, choice, happened_at in rows:
        events[consultation_id].append((number, choice is not None, happened_at))
    found = session.execute(
        select(
            Consultation.slug, Snapshot.consultation_id, Snapshot.number, Snapshot.taken_at, Snapshot.threads
        )
        .join(Consultation, Consultation.id == Snapshot.consultation_id)
        .join(Participant, Participant.consultation_id == Consultation.id)
        .where(Participant.account_id == account_id)
        .order_by(Snapshot.taken_at.desc(), Snapshot.id.desc())
    )
    return [
        TakenPart(slug, number, taken_at, _votes_until(events[consultation_id], taken_at, threads))
        for slug, consultation_id, number, taken_at, threads in found
    ]


def _votes_until(
    events: Sequence[tuple[int, bool, datetime]], moment: datetime, threads: dict[str, list[int]]
) -> int:
    ideas = {number for numbers in threads.values() for number in numbers}
    stands = {number: is_vote for number, is_vote, happened_at in events if happened_at <= moment}
    return sum(is_vote for number, is_vote in stands.items() if number in ideas)
