"""Reads: figures of threads, how far a participant has come, one idea to vote on.

Each a fixed number of statements.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, and_, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from deliberation.consultations.models import Thread
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible
from deliberation.votes.models import Choice, Exposure, ThreadVoter, Vote


@dataclass(frozen=True, slots=True)
class VoteCard:
    """An idea as it is shown when it stands alone to be voted on."""

    number: int
    thread_number: int
    statement: str
    elaboration_html: str
    language: str
    author_number: int
    is_seed: bool
    created_at: datetime
    edited_at: datetime | None
    agrees: int
    disagrees: int
    passes: int
    my_choice: int | None
    is_locked: bool
    """Whether its thread takes no votes."""

    @property
    def votes(self) -> int:
        """How many have voted, passes included."""
        return self.agrees + self.disagrees + self.passes


@dataclass(frozen=True, slots=True)
class Shown:
    """The keys of the ideas that a participant has been shown to vote on; those they voted on are in both."""

    seen: frozenset[int]
    voted: frozenset[int]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `total` ideas a participant has voted on."""

    voted: int
    total: int

    @property
    def left(self) -> int:
        """How many are left."""
        return self.total - self.voted


@dataclass(frozen=True, slots=True)
class ThreadFigures:
    """What can be counted in a thread: visible ideas, the votes on them, and the people who cast those."""

    ideas: int = 0
    votes: int = 0
    people: int = 0


def thread_figures(session: Session, consultation_id: int) -> dict[int, ThreadFigures]:
    """Return the figures of every thread of the consultation, by the thread's key (one statement)."""
    people = (
        select(func.count())
        .where(ThreadVoter.thread_id == Thread.id, ThreadVoter.votes > 0)
        .correlate(Thread)
        .scalar_subquery()
    )
    votes = func.coalesce(func.sum(Idea.agrees + Idea.disagrees + Idea.passes), 0)
    counts = session.execute(
        select(Thread.id, func.count(Idea.id), votes, people)
        .outerjoin(Idea, and_(Idea.thread_id == Thread.id, is_visible()))
        .where(Thread.consultation_id == consultation_id)
        .group_by(Thread.id)
    )
    return {thread: ThreadFigures(ideas, int(cast_), voters) for thread, ideas, cast_, voters in counts}


def progress(session: Session, consultation_id: int, participant_id: int | None) -> dict[int, int]:
    """Return how many visible ideas the participant has voted on, by the thread's key (one statement).

    Threads without a vote of theirs are left out.
    """
    if participant_id is None:
        return {}
    voted = session.execute(
        select(ThreadVoter.thread_id, ThreadVoter.votes)
        .join(Thread, Thread.id == ThreadVoter.thread_id)
        .where(
            ThreadVoter.participant_id == participant_id,
            ThreadVoter.votes > 0,
            Thread.consultation_id == consultation_id,
        )
    )
    return dict(voted.all())


def my_choices(session: Session, participant_id: int | None, idea_ids: Collection[int]) -> dict[int, Choice]:
    """Return what the participant's votes on these ideas say, by the idea's key (one statement)."""
    if participant_id is None or not idea_ids:
        return {}
    found = session.execute(
        select(Vote.idea_id, Vote.choice).where(
            Vote.participant_id == participant_id, Vote.idea_id.in_(idea_ids)
        )
    )
    return {idea: Choice(choice) for idea, choice in found}


def shown_to(session: Session, participant_id: int | None) -> Shown:
    """Return which ideas the participant has been shown, and voted on (one statement)."""
    if participant_id is None:
        return Shown(frozenset(), frozenset())
    rows = session.connection().execute(_SHOWN, {"reader": participant_id}).all()
    return Shown(frozenset(idea for idea, _ in rows), frozenset(idea for idea, is_voted in rows if is_voted))


def find_card(
    session: Session, consultation_id: int, number: int, *, participant_id: int | None
) -> VoteCard | None:
    """Return a visible idea with the participant's vote on it, or None (one statement)."""
    asked = {"consultation": consultation_id, "number": number, "reader": participant_id or 0}
    row: Any = session.connection().execute(_CARD, asked).one_or_none()
    return VoteCard(*row) if row else None


_SHOWN: Final = union_all(
    select(Vote.idea_id, literal(1)).where(Vote.participant_id == bindparam("reader", type_=Integer)),
    select(Exposure.idea_id, literal(0)).where(Exposure.participant_id == bindparam("reader", type_=Integer)),
)
_CARD: Final = (
    select(
        Idea.number, Thread.number, Idea.statement, Idea.elaboration_html, Idea.language,
        Participant.number, Idea.is_seed, Idea.created_at, Idea.edited_at,
        Idea.agrees, Idea.disagrees, Idea.passes, Vote.choice, Thread.locked_at.is_not(None),
    )
    .select_from(Idea)
    .join(Thread, Thread.id == Idea.thread_id)
    .join(Participant, Participant.id == Idea.author_id)
    .outerjoin(
        Vote, and_(Vote.idea_id == Idea.id, Vote.participant_id == bindparam("reader", type_=Integer))
    )
    .where(
        Idea.consultation_id == bindparam("consultation", type_=Integer),
        Idea.number == bindparam("number", type_=Integer),
        is_visible(),
    )
)  # fmt: skip
