"""The questions: added, put in order, removed while they are empty."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, NotFound, Refused, marked
from deliberation.consultations.background import BackgroundEntry
from deliberation.consultations.models import Consultation, Thread, ThreadText
from deliberation.consultations.service import lock_consultation
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import Actor, require_facilitator
from deliberation.moderation.models import ModerationAct
from deliberation.moderation.setup_changes import Did, has_begun, note_change
from deliberation.setup.fields import QUESTION, cleaned
from deliberation.setup.texts import values_of

MOST_THREADS: Final = 100
QUIETLY: Final = {"synchronize_session": False}
_FAR: Final = 1_000_000
"""Where numbers wait while they change places: no thread has one so large."""


class Way(StrEnum):
    """Where something moves in its list."""

    UP = "up"
    DOWN = "down"


class ThreadInUse(Conflict):
    """Something hangs on the thread."""

    default = marked(
        "This question has ideas or stands in the decision log, so it cannot be removed. Lock it "
        "instead: then everybody can read it and nobody can add to it."
    )


Placed = TypeVar("Placed", Thread, BackgroundEntry)


def add_thread(
    session: Session, *, consultation: Consultation, typed: Mapping[str, str], by: Actor
) -> Thread:
    """Ask one more question, after the others, in the source language.

    Raises NotAFacilitator, FieldsRefused.
    """
    require_facilitator(session, consultation.id, by)
    said = cleaned(QUESTION, typed, is_source=True)
    lock_consultation(session, consultation.id)
    here = Thread.consultation_id == consultation.id
    count, number, position = session.execute(
        select(func.count(), func.max(Thread.number), func.max(Thread.position)).where(here)
    ).one()
    if count >= MOST_THREADS:
        raise Refused(marked("There are as many questions here as one consultation can hold."))
    thread = Thread(
        consultation_id=consultation.id, number=(number or 0) + 1, position=(position or 0) + 1,
        locked_at=None,
    )  # fmt: skip
    values = values_of(said)
    thread.texts = [ThreadText(language=consultation.source_language, **values)]
    session.add(thread)
    session.flush()
    session.expire(consultation, ["threads"])
    note_change(session, consultation, Did.ADD_THREAD, by=by, thread=thread.number)
    return thread


def move_thread(session: Session, *, consultation: Consultation, number: int, way: Way, by: Actor) -> Thread:
    """Let the thread change places with its neighbour; at the end of the list nothing changes.

    While the consultation is a draft the numbers follow the order. Afterwards they stay, because links and
    the log name questions by number. Raises NotAFacilitator, NotFound.
    """
    require_facilitator(session, consultation.id, by)
    lock_consultation(session, consultation.id)
    threads = _threads_now(session, consultation)
    thread = next((one for one in threads if one.number == number), None)
    if thread is None:
        raise NotFound
    has_moved = swap(threads, thread, way)
    if not has_begun(consultation):
        _renumber(session, threads)
    session.flush()
    session.expire(consultation, ["threads"])
    if has_moved:
        note_change(session, consultation, Did.MOVE_THREAD, by=by, thread=thread.number)
    return thread


def remove_thread(session: Session, *, consultation: Consultation, number: int, by: Actor) -> None:
    """Take an empty thread away. Raises NotAFacilitator, NotFound, ThreadInUse."""
    require_facilitator(session, consultation.id, by)
    lock_consultation(session, consultation.id)
    # The lock keeps ideas from arriving in a thread that is about to be removed.
    thread = session.scalars(
        select(Thread)
        .where(Thread.consultation_id == consultation.id, Thread.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if thread is None:
        raise NotFound
    if is_in_use(session, thread):
        raise ThreadInUse
    thread_id = thread.id
    session.expunge(thread)  # its texts go with it, in the database
    session.execute(delete(Thread).where(Thread.id == thread_id).execution_options(**QUIETLY))
    session.expire(consultation, ["threads"])
    if not has_begun(consultation):
        _renumber(session, _threads_now(session, consultation))
        session.flush()
    note_change(session, consultation, Did.REMOVE_THREAD, by=by, thread=number)


def is_in_use(session: Session, thread: Thread) -> bool:
    """Say whether there are ideas in the thread, whatever became of them, or it stands in the log."""
    ideas = exists().where(Idea.thread_id == thread.id)
    acts = exists().where(ModerationAct.thread_id == thread.id)
    return bool(session.scalar(select(ideas | acts)))


def swap(things: Sequence[Placed], thing: Placed, way: Way) -> bool:
    """Exchange the positions of the thing and its neighbour; say whether there was one."""
    index = next(index for index, one in enumerate(things) if one.id == thing.id)
    other = index + (-1 if way is Way.UP else 1)
    if not 0 <= other < len(things):
        return False
    mine, theirs = thing.position, things[other].position
    thing.position, things[other].position = theirs, mine
    return True


def _threads_now(session: Session, consultation: Consultation) -> Sequence[Thread]:
    return session.scalars(
        select(Thread)
        .where(Thread.consultation_id == consultation.id)
        .order_by(Thread.position, Thread.number)
        .execution_options(populate_existing=True)
    ).all()


def _renumber(session: Session, threads: Sequence[Thread]) -> None:
    """Give the threads the numbers 1, 2, 3 … in the order of their positions."""
    ordered = sorted(threads, key=lambda thread: (thread.position, thread.number))
    if all(thread.number == thread.position == place for place, thread in enumerate(ordered, start=1)):
        return
    for place, thread in enumerate(ordered, start=1):
        thread.number = _FAR + place
    session.flush()
    for place, thread in enumerate(ordered, start=1):
        thread.number = thread.position = place
    session.flush()
