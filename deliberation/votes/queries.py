"""Reads: figures of threads, and how far a participant has come. Each a fixed number of statements."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, distinct, func, select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Thread
from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice, Vote


@dataclass(frozen=True, slots=True)
class ThreadFigures:
    """What can be counted in a thread: visible ideas, the votes on them, and the people who cast those."""

    ideas: int = 0
    votes: int = 0
    people: int = 0


def thread_figures(session: Session, consultation_id: int) -> dict[int, ThreadFigures]:
    """Return the figures of every thread of the consultation, by the thread's key (two statements)."""
    people: dict[int, int] = dict(
        session.execute(
            select(Idea.thread_id, func.count(distinct(Vote.participant_id)))
            .join(Vote, Vote.idea_id == Idea.id)
            .where(Idea.consultation_id == consultation_id, _visible())
            .group_by(Idea.thread_id)
        )
        .tuples()
        .all()
    )
    counts = session.execute(
        select(
            Thread.id,
            func.count(Idea.id),
            func.coalesce(func.sum(Idea.agrees + Idea.disagrees + Idea.passes), 0),
        )
        .outerjoin(Idea, and_(Idea.thread_id == Thread.id, _visible()))
        .where(Thread.consultation_id == consultation_id)
        .group_by(Thread.id)
    ).tuples()
    return {
        thread: ThreadFigures(ideas, int(votes), people.get(thread, 0)) for thread, ideas, votes in counts
    }


def progress(session: Session, consultation_id: int, participant_id: int | None) -> dict[int, int]:
    """Return how many visible ideas the participant has voted on, by the thread's key (one statement).

    Threads without a vote of theirs are left out.
    """
    if participant_id is None:
        return {}
    return dict(
        session.execute(
            select(Idea.thread_id, func.count())
            .join(Vote, Vote.idea_id == Idea.id)
            .where(Vote.participant_id == participant_id, Idea.consultation_id == consultation_id, _visible())
            .group_by(Idea.thread_id)
        )
        .tuples()
        .all()
    )


def my_choices(session: Session, participant_id: int | None, idea_ids: Collection[int]) -> dict[int, Choice]:
    """Return what the participant's votes on these ideas say, by the idea's key (one statement)."""
    if participant_id is None or not idea_ids:
        return {}
    found = session.execute(
        select(Vote.idea_id, Vote.choice).where(
            Vote.participant_id == participant_id, Vote.idea_id.in_(idea_ids)
        )
    ).tuples()
    return {idea: Choice(choice) for idea, choice in found}


def _visible() -> ColumnElement[bool]:
    return and_(Idea.hidden_at.is_(None), Idea.withdrawn_at.is_(None))
