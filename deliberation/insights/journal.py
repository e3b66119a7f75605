"""Who has voted since: the journal read on from where it was last read, without looking at any choice."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from deliberation.ideas.models import Idea
from deliberation.insights.publishing import FEWEST_PEOPLE
from deliberation.votes.models import Vote, VoteEvent


@dataclass(slots=True)
class RecentVoters:
    """The newest event of each participant in each thread, of those after a position."""

    position: int
    """What has been read so far."""
    newest: dict[int, dict[int, int]] = field(default_factory=dict)
    """The key of the event, by thread and participant."""
    last_vote_at: datetime | None = None

    def read_on(self, session: Session, consultation_id: int) -> None:
        """Take in the events since the last call (one statement)."""
        rows = session.execute(
            select(
                Idea.thread_id,
                VoteEvent.participant_id,
                func.max(VoteEvent.id),
                func.max(VoteEvent.happened_at),
            )
            .join(Idea, Idea.id == VoteEvent.idea_id)
            .where(VoteEvent.id > self.position, Idea.consultation_id == consultation_id)
            .group_by(Idea.thread_id, VoteEvent.participant_id)
        )
        for thread_id, participant_id, event_id, happened_at in rows:
            self.newest.setdefault(thread_id, {})[participant_id] = event_id
            self.position = max(self.position, event_id)
            self.last_vote_at = max(self.last_vote_at or happened_at, happened_at)

    def forget(self, position: int) -> None:
        """Let go of events up to `position`: they are in what is shown."""
        for newest in self.newest.values():
            for person in [person for person, event_id in newest.items() if event_id <= position]:
                del newest[person]

    def all_or_in(self, thread_id: int | None) -> set[int]:
        """Return the keys of those who have voted in the thread, or in any."""
        threads = self.newest.values() if thread_id is None else [self.newest.get(thread_id, {})]
        return {person for newest in threads for person in newest}


def enough_have_voted(session: Session, consultation_id: int, thread_id: int | None = None) -> bool:
    """Say whether FEWEST_PEOPLE have votes that count, in the thread or in any (one statement)."""
    here = Idea.consultation_id == consultation_id
    if thread_id is not None:
        here = and_(here, Idea.thread_id == thread_id)
    some = (
        select(Vote.participant_id)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(here)
        .distinct()
        .limit(FEWEST_PEOPLE)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(some)) == FEWEST_PEOPLE
