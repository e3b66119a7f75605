"""Reads: figures of threads, how far a participant has come, and what comes next for them.

Each a fixed number of statements.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Thread
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible
from deliberation.votes.models import Choice, Vote

Read = TypeVar("Read", bound=Select[*tuple[Any, ...]])

# Ties are broken by idea * (a factor of each person's own) modulo a prime: differently for each person,
# always alike for one, and by nothing that says anything about the idea or the person.
_CIRCLE: Final = 1_000_003
_STEP: Final = 7_919
_START: Final = 104_729


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

    @property
    def votes(self) -> int:
        """How many have voted, passes included."""
        return self.agrees + self.disagrees + self.passes


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
    here = and_(Idea.thread_id == Thread.id, is_visible())
    # Stops at each person's first vote in the thread, where counting distinct people would read all votes.
    has_voted = (
        select(Vote.idea_id)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.participant_id == Participant.id, here)
        .correlate(Participant, Thread)
        .exists()
    )
    people = (
        select(func.count(Participant.id))
        .where(Participant.consultation_id == consultation_id, has_voted)
        .correlate(Thread)
        .scalar_subquery()
    )
    votes = func.coalesce(func.sum(Idea.agrees + Idea.disagrees + Idea.passes), 0)
    counts = session.execute(
        select(Thread.id, func.count(Idea.id), votes, case((votes > 0, people), else_=0))
        .outerjoin(Idea, here)
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
        select(Idea.thread_id, func.count())
        .join(Vote, Vote.idea_id == Idea.id)
        .where(Vote.participant_id == participant_id, Idea.consultation_id == consultation_id, is_visible())
        .group_by(Idea.thread_id)
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


def share_voted_on(
    session: Session, consultation_id: int, *, thread_number: int | None, participant_id: int | None
) -> Share:
    """Return how far the participant has come in the thread, or in all threads that take votes."""
    total, voted = session.execute(
        _waiting(select(func.count(Idea.id), func.count(Vote.idea_id)), participant_id)
        .where(*_within(consultation_id, thread_number), Thread.locked_at.is_(None))
    ).one()  # fmt: skip
    return Share(voted, total)


def find_next(
    session: Session,
    consultation_id: int,
    *,
    thread_number: int | None,
    participant_id: int | None,
    first: int | None = None,
    later: Sequence[int] = (),
) -> VoteCard | None:
    """Return the idea to vote on next, or None where the participant has voted on all of them.

    Ideas with fewest votes come first. Among those with as many, the order is shuffled: differently for
    each participant, always alike for one. `first` is a number that goes before all, those in `later` go
    after all.
    """
    factor = ((participant_id or 0) * _STEP + _START) % _CIRCLE or 1
    row = session.execute(
        _cards(participant_id)
        .where(*_within(consultation_id, thread_number), Thread.locked_at.is_(None), Vote.choice.is_(None))
        .order_by(
            case((Idea.number == first, 0), (Idea.number.in_(later), 2), else_=1),
            Idea.agrees + Idea.disagrees + Idea.passes,
            cast(Idea.id, BigInteger) * factor % _CIRCLE,
            Idea.id,
        )
        .limit(1)
    ).one_or_none()
    return VoteCard(*row) if row else None


def find_card(
    session: Session, consultation_id: int, number: int, *, participant_id: int | None
) -> VoteCard | None:
    """Return a visible idea with the participant's vote on it, or None."""
    row = session.execute(
        _cards(participant_id).where(*_within(consultation_id, None), Idea.number == number)
    ).one_or_none()
    return VoteCard(*row) if row else None


def _cards(participant_id: int | None) -> Select[*tuple[Any, ...]]:
    columns = select(
        Idea.number, Thread.number, Idea.statement, Idea.elaboration_html, Idea.language,
        Participant.number, Idea.is_seed, Idea.created_at, Idea.edited_at,
        Idea.agrees, Idea.disagrees, Idea.passes, Vote.choice,
    )  # fmt: skip
    return _waiting(columns, participant_id).join(Participant, Participant.id == Idea.author_id)


def _waiting(columns: Read, participant_id: int | None) -> Read:
    mine = and_(Vote.idea_id == Idea.id, Vote.participant_id == (participant_id or 0))
    return columns.select_from(Idea).join(Thread, Thread.id == Idea.thread_id).outerjoin(Vote, mine)


def _within(consultation_id: int, thread_number: int | None) -> list[ColumnElement[bool]]:
    within = [Idea.consultation_id == consultation_id, is_visible()]
    return within if thread_number is None else [*within, Thread.number == thread_number]
