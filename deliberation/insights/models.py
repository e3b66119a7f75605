"""Stored votes to count from, the landscapes that are shown, and snapshots.

What is large lies last in its row, where SQLite need not read past it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set
from deliberation.consultations.models import Consultation, Phase, Thread
from deliberation.consultations.people import RoleName

DIGEST_LENGTH = 64
TALLY_LENGTH = 250
VERSION_LENGTH = 32
ALL_THREADS = 0
"""The number under which a snapshot keeps the landscape of all threads together."""
_WHOLE = text("thread_id IS NULL")


class StoredVotes(Base):
    """A consultation's votes as its newest landscape counted them, packed (see `matrices`).

    `position` is the newest vote event that is in it, of any consultation, `read_at` when it was read.
    """

    __tablename__ = "vote_matrices"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True
    )
    votes: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class LandscapeRow(Base):
    """The landscape that is shown of a consultation (no thread) or of one thread. Replaced by the next."""

    __tablename__ = "landscapes"
    __table_args__ = (
        UniqueConstraint("consultation_id", "thread_id"),
        # NULL differs from NULL: without this there could be two of the whole consultation.
        Index(
            "uq_landscapes_of_all_threads",
            "consultation_id",
            unique=True,
            sqlite_where=_WHOLE,
            postgresql_where=_WHOLE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), index=True)
    version: Mapped[str] = mapped_column(String(VERSION_LENGTH))
    """Drawn anew each time the row is written: what was made of this version can be kept under it."""
    letters: Mapped[list[str]] = mapped_column(JSON)
    """What each group is called."""
    inputs_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    phase: Mapped[Phase] = mapped_column(closed_set(Phase, "phase"))
    tally: Mapped[str] = mapped_column(String(TALLY_LENGTH))
    """Sums that tell whether a vote or an idea has changed since (see `tallies`)."""
    votes: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    """The newest vote event that it counts."""
    waiting: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    """Of a thread: the participants, too few to be counted, whose votes have come since, as far as the
    landscape of all threads has read."""
    counted_at: Mapped[datetime]
    seconds: Mapped[float]
    """How long the analysis took."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    consultation: Mapped[Consultation] = relationship()
    thread: Mapped[Thread | None] = relationship()


class SnapshotCause(StrEnum):
    """Why a snapshot was taken."""

    ON_DEMAND = "on_demand"
    PHASE_CHANGE = "phase_change"


class Snapshot(Base):
    """The votes and landscapes of a consultation at one moment, without names. Never changed.

    `content` is the matrix as `analysis.storing` writes it without people, its rows in the order of their
    content. All landscapes of the snapshot can be computed again from it.
    """

    __tablename__ = "snapshots"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        # A phase that starts is frozen once, however many workers notice it.
        UniqueConstraint("consultation_id", "phase_started_at", "phase"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint(
            "(cause = 'phase_change') = (phase_started_at IS NOT NULL)", name="a_phase_change_has_a_start"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    number: Mapped[int]
    cause: Mapped[SnapshotCause] = mapped_column(closed_set(SnapshotCause, "cause"))
    role: Mapped[RoleName | None] = mapped_column(closed_set(RoleName, "role"))
    """The role of whoever asked for it; none for the operator and for a phase that started."""
    reason: Mapped[str] = mapped_column(Text)
    phase: Mapped[Phase] = mapped_column(closed_set(Phase, "phase"))
    phase_started_at: Mapped[datetime | None]
    taken_at: Mapped[datetime]
    inputs_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    threads: Mapped[dict[str, list[int]]] = mapped_column(JSON)
    """The numbers of the ideas in each thread, by the thread's number."""
    off_map: Mapped[list[int]] = mapped_column(JSON)
    """The numbers of the ideas that did not shape the map."""
    ideas: Mapped[int]
    people: Mapped[int]
    """How many people had voted."""
    votes: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    consultation: Mapped[Consultation] = relationship()
    landscapes: Mapped[list["SnapshotLandscape"]] = relationship(
        back_populates="snapshot", order_by="SnapshotLandscape.thread_number", passive_deletes=True
    )


class SnapshotLandscape(Base):
    """One landscape of a snapshot, of a thread or of all threads (ALL_THREADS). Never changed."""

    __tablename__ = "snapshot_landscapes"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id", ondelete="CASCADE"), primary_key=True)
    thread_number: Mapped[int] = mapped_column(primary_key=True)
    letters: Mapped[list[str]] = mapped_column(JSON)
    inputs_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    seconds: Mapped[float]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    snapshot: Mapped[Snapshot] = relationship(back_populates="landscapes")


class FrozenRow(Exception):
    """Somebody tried to change a snapshot. A defect, not something a person can do."""


@event.listens_for(Snapshot, "before_update")
@event.listens_for(SnapshotLandscape, "before_update")
def _refuse_changes(_mapper: object, _connection: object, row: object) -> None:
    raise FrozenRow(f"{row} is never changed")
