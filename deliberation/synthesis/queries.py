"""Reads: what a synthesis is composed from. One statement each, whatever the size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, distinct, func, null, select, union_all
from sqlalchemy.orm import Session, aliased

from deliberation.consultations.models import Thread, ThreadText
from deliberation.consultations.people import Participant
from deliberation.consultations.queries import chosen_text
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.ideas.queries import is_visible
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.votes.models import ThreadVoter


@dataclass(frozen=True, slots=True)
class ThreadWording:
    """A thread and its question in one language."""

    id: int
    number: int
    question: str
    language: str


@dataclass(frozen=True, slots=True)
class IdeaCounts:
    """An idea with its votes. The statement is empty where it stays unread: hidden, withdrawn or merged."""

    id: int
    thread_id: int
    number: int
    statement: str
    language: str
    agrees: int
    disagrees: int
    passes: int
    is_hidden: bool
    is_withdrawn: bool
    is_merged: bool


@dataclass(frozen=True, slots=True)
class IdeaThen:
    """An idea as it was at a moment, and what has become of it since.

    `statement`, `language` and `revision` are those of the wording it had then; the statement is empty where
    the idea is not to be read now. `newest` is the revision it has now. `was_…` tell of that moment, `is_…`
    of now; `merged_into` is the number of the idea it is merged into now.
    """

    id: int
    thread_id: int
    number: int
    statement: str
    language: str
    revision: int
    newest: int
    was_hidden: bool
    was_withdrawn: bool
    was_merged: bool
    is_hidden: bool
    is_withdrawn: bool
    merged_into: int | None

    @property
    def was_readable(self) -> bool:
        """Whether it could be read and voted on then."""
        return not (self.was_hidden or self.was_withdrawn or self.was_merged)

    @property
    def is_readable(self) -> bool:
        """Whether it can be read now."""
        return not (self.is_hidden or self.is_withdrawn or self.merged_into)


def thread_wordings(
    session: Session, consultation_id: int, *, language: str, source: str
) -> Sequence[ThreadWording]:
    """Return the threads in order, each question in `language`, else in the source language, else in any."""
    texts: dict[tuple[int, int], list[ThreadText]] = {}
    rows = session.execute(
        select(Thread.id, Thread.number, ThreadText)
        .join(ThreadText, ThreadText.thread_id == Thread.id)
        .where(Thread.consultation_id == consultation_id)
        .order_by(Thread.position, Thread.number, ThreadText.language)
    )
    for thread, number, text in rows:
        texts.setdefault((thread, number), []).append(text)
    return [
        ThreadWording(thread, number, chosen.question, chosen.language)
        for (thread, number), found in texts.items()
        for chosen in (chosen_text(found, language=language, source=source),)
    ]


def idea_counts(session: Session, consultation_id: int) -> Sequence[IdeaCounts]:
    """Return every idea of the consultation in the order of numbers."""
    rows = session.execute(
        select(
            Idea.id,
            Idea.thread_id,
            Idea.number,
            case((is_visible(), Idea.statement), else_=""),
            Idea.language,
            Idea.agrees,
            Idea.disagrees,
            Idea.passes,
            Idea.hidden_at.is_not(None),
            Idea.withdrawn_at.is_not(None),
            Idea.merged_into_id.is_not(None),
        )
        .where(Idea.consultation_id == consultation_id, Idea.waits_since.is_(None))
        .order_by(Idea.number)
    )
    return [IdeaCounts(*row) for row in rows]


def ideas_then(session: Session, consultation_id: int, moment: datetime) -> Sequence[IdeaThen]:
    """Return every idea that there was at the moment, in the order of numbers."""
    then, into = aliased(IdeaRevision), aliased(Idea)
    of_idea = IdeaRevision.idea_id == Idea.id
    highest = select(func.max(IdeaRevision.number)).where(of_idea).correlate(Idea)
    wording = highest.where(IdeaRevision.created_at <= moment).scalar_subquery()
    rows = session.execute(
        select(
            Idea.id,
            Idea.thread_id,
            Idea.number,
            case((is_visible(), func.coalesce(then.statement, Idea.statement)), else_=""),
            func.coalesce(then.language, Idea.language),
            func.coalesce(then.number, 1),
            func.coalesce(highest.scalar_subquery(), 1),
            func.coalesce(Idea.hidden_at <= moment, False),
            func.coalesce(Idea.withdrawn_at <= moment, False),
            func.coalesce(Idea.merged_at <= moment, False),
            Idea.hidden_at.is_not(None),
            Idea.withdrawn_at.is_not(None),
            into.number,
        )
        .select_from(Idea)
        .outerjoin(then, and_(then.idea_id == Idea.id, then.number == wording))
        .outerjoin(into, into.id == Idea.merged_into_id)
        .where(Idea.consultation_id == consultation_id, Idea.created_at <= moment, Idea.waits_since.is_(None))
        .order_by(Idea.number)
    )
    return [IdeaThen(*[*row[:7], *map(bool, row[7:12]), row[12]]) for row in rows]


def joined(session: Session, consultation_id: int, moment: datetime | None = None) -> int:
    """Return how many people have joined, voted or not; with a moment, how many had then."""
    count = select(func.count()).where(
        Participant.consultation_id == consultation_id, Participant.merged_into_id.is_(None)
    )
    return session.scalars(count if moment is None else count.where(Participant.joined_at <= moment)).one()


def voters(session: Session, consultation_id: int) -> dict[int | None, int]:
    """Return how many people voted on visible ideas, by the thread's key; under None, in all of them."""
    people = func.count(distinct(ThreadVoter.participant_id))
    cast = (
        select(people)
        .join(Thread, Thread.id == ThreadVoter.thread_id)
        .where(Thread.consultation_id == consultation_id, ThreadVoter.votes > 0)
    )
    by_thread = cast.with_only_columns(ThreadVoter.thread_id, func.count()).group_by(ThreadVoter.thread_id)
    in_all = cast.with_only_columns(null(), people)
    rows: Sequence[Any] = session.execute(union_all(by_thread, in_all)).all()
    return {thread: int(count) for thread, count in rows}


def imports(session: Session, consultation_id: int) -> Sequence[dict[str, Any]]:
    """Return what the log holds about data brought in from elsewhere, the oldest first."""
    return session.scalars(
        select(ModerationAct.details)
        .where(ModerationAct.consultation_id == consultation_id, ModerationAct.kind == ActKind.IMPORT_DATA)
        .order_by(ModerationAct.id)
    ).all()
