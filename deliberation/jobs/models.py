"""The queue of work for later."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from deliberation.base.model import Base, BigId

KIND_LENGTH = 60
TOPIC_LENGTH = 100
CAUSE_LENGTH = 200
UNFINISHED = text("finished_at IS NULL AND given_up_at IS NULL")


class Job(Base):
    """One piece of work: what, why, when it is due, who is at it and until when, and what came of it.

    A worker has a job while it holds the lease. When the lease runs out, the worker is gone, and the job is
    anybody's again: so every job may be done twice. `topic` says what it is about; of one kind there is
    never more than one unfinished job about a topic.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts_are_not_negative"),
        CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name="a_lease_has_an_end"),
        CheckConstraint("finished_at IS NULL OR given_up_at IS NULL", name="one_end"),
        Index("ix_jobs_due_at", "due_at", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index(
            "uq_jobs_kind_topic",
            "kind",
            "topic",
            unique=True,
            sqlite_where=UNFINISHED,
            postgresql_where=UNFINISHED,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    topic: Mapped[str | None] = mapped_column(String(TOPIC_LENGTH))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    cause: Mapped[str] = mapped_column(String(CAUSE_LENGTH))
    """What happened that this has to be done, in English, for the operator."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    """The secret of the worker that is at it."""
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)
    """What went wrong at the last attempt, without anything that people wrote or voted."""
