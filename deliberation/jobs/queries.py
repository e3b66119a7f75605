"""Reads: the queue as the operator sees it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from deliberation.jobs.models import UNFINISHED, Job


def list_jobs(session: Session, *, with_finished: bool = False, limit: int = 100) -> Sequence[Job]:
    """Return the newest jobs, those given up among them; finished ones if wanted (one statement)."""
    wanted = select(Job).order_by(Job.id.desc()).limit(limit)
    if not with_finished:
        wanted = wanted.where(Job.finished_at.is_(None))
    return session.scalars(wanted).all()


def taken_topics(
    session: Session, kinds: Collection[str], *, given_up_since: datetime
) -> set[tuple[str, str]]:
    """Return kind and topic of the unfinished jobs, and of those that were given up since (one statement)."""
    found = session.execute(
        select(Job.kind, Job.topic).where(
            Job.kind.in_(kinds), Job.topic.is_not(None), or_(UNFINISHED, Job.given_up_at > given_up_since)
        )
    )
    return {(kind, topic) for kind, topic in found if topic is not None}
