"""The queue: putting work in, taking it out with a lease, and what becomes of it.

The row is all there is: nothing about a job is kept anywhere else, so nothing is lost when a process ends.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.database import is_sqlite
from deliberation.base.errors import Conflict, NotFound, marked
from deliberation.jobs.models import CAUSE_LENGTH, UNFINISHED, Job

LEASE: Final = timedelta(seconds=60)
"""How long a worker has a job unless it renews the lease; how long a job rests when a worker was killed."""
MOST_ATTEMPTS: Final = 8
FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=30)
"""How long what has ended can still be looked at."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker has, by its lease. `attempt` counts from 1."""

    id: int
    kind: str
    arguments: Mapping[str, Any]
    lease: str
    attempt: int


def enqueue(
    session: Session,
    *,
    kind: str,
    arguments: Mapping[str, Any],
    cause: str,
    topic: str | None = None,
    due_at: datetime | None = None,
) -> int | None:
    """Put work in the queue, in the transaction that is its cause; now if `due_at` is None.

    Returns the job's key, or None where there is an unfinished job of this kind about this topic.
    """
    moment = now()
    insert = (sqlite if is_sqlite(session) else postgresql).insert(Job)
    added = insert.values(
        kind=kind,
        topic=topic,
        arguments=dict(arguments),
        cause=cause[:CAUSE_LENGTH],
        created_at=moment,
        due_at=due_at or moment,
        attempts=0,
    ).on_conflict_do_nothing(index_elements=["kind", "topic"], index_where=UNFINISHED)
    return session.execute(added.returning(Job.id)).scalar_one_or_none()


def claim(session: Session) -> Claim | None:
    """Take the job that has been due for longest, if there is one, and lease it. One worker gets it."""
    moment = now()
    first = select(Job.id).where(_is_free(moment)).order_by(Job.due_at, Job.id).limit(1)
    lease = secrets.token_hex(16)
    taken = (
        update(Job)
        # Who comes second passes over the row that the first has locked; SQLite lets one writer in.
        .where(Job.id == first.with_for_update(skip_locked=True).scalar_subquery())
        .values(lease=lease, leased_until=moment + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.kind, Job.arguments, Job.attempts)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(taken).one_or_none()
    return Claim(row.id, row.kind, row.arguments, lease, row.attempts) if row else None


def is_work_waiting(session: Session) -> bool:
    """Say whether `claim` would find a job now. Only reads."""
    return session.scalar(select(Job.id).where(_is_free(now())).limit(1)) is not None


def renew(session: Session, claimed: Claim) -> bool:
    """Hold on to the job for another while; says whether it was still the worker's own."""
    return _change(session, claimed, leased_until=now() + LEASE)


def finish(session: Session, claimed: Claim) -> bool:
    """Write down that the job is done; says whether it was still the worker's own."""
    return _change(session, claimed, lease=None, leased_until=None, finished_at=now(), failure=None)


def put_off(session: Session, claimed: Claim, *, failure: str) -> bool:
    """Write down what went wrong, and when to try again: after longer each time, and in the end never."""
    if claimed.attempt >= MOST_ATTEMPTS:
        return give_up(session, claimed, failure=failure)
    pause = min(FIRST_PAUSE * 3 ** (claimed.attempt - 1), LONGEST_PAUSE)
    return _change(session, claimed, lease=None, leased_until=None, due_at=now() + pause, failure=failure)


def give_up(session: Session, claimed: Claim, *, failure: str) -> bool:
    """Leave the job undone, with the reason, until somebody asks for it again."""
    return _change(session, claimed, lease=None, leased_until=None, given_up_at=now(), failure=failure)


def retry(session: Session, job_id: int) -> Job:
    """Put a job that was given up back into the queue, due now.

    Raises NotFound, and Conflict where it was not given up or where another about the same has come since.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(marked("There is no job %(id)s."), id=job_id)
    if job.given_up_at is None:
        raise Conflict(marked("Job %(id)s was not given up. Nothing has changed."), id=job_id)
    if job.topic is not None and session.scalar(
        select(Job.id).where(Job.kind == job.kind, Job.topic == job.topic, UNFINISHED).limit(1)
    ):
        raise Conflict(marked("Another job about the same is in the queue. Nothing has changed."))
    job.given_up_at, job.attempts, job.due_at = None, 0, now()
    session.flush()
    return job


def forget_old(session: Session) -> int:
    """Delete what ended so long ago that nobody asks; returns how many jobs that were."""
    old = now() - KEPT
    done = session.execute(
        delete(Job)
        .where(or_(Job.finished_at < old, Job.given_up_at < old))
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _is_free(moment: datetime) -> ColumnElement[bool]:
    nobody_has_it = or_(Job.leased_until.is_(None), Job.leased_until <= moment)
    return and_(UNFINISHED, Job.due_at <= moment, nobody_has_it)


def _change(session: Session, claimed: Claim, **values: Any) -> bool:
    # By its lease, not by its key alone: whose lease ran out has no say in a job that another has now.
    done = session.execute(
        update(Job)
        .where(Job.id == claimed.id, Job.lease == claimed.lease, UNFINISHED)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
