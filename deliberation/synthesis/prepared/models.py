"""Files that were asked for, and what became of them."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from deliberation.base.model import Base

KEPT: Final = timedelta(days=7)
"""How long a file can be fetched, from when it was asked for."""
LONGEST: Final = timedelta(hours=1)
"""After this, a file that is not there is taken for one that will not come."""
STEPS: Final = 3
"""Reading the text, writing the file, keeping it."""


class State(StrEnum):
    """How far a file has come."""

    WAITING = "waiting"
    WRITING = "writing"
    READY = "ready"
    FAILED = "failed"


class PreparedFile(Base):
    """One file of a synthesis; there is one for each text, language and format, by `fingerprint`."""

    __tablename__ = "prepared_files"
    __table_args__ = (UniqueConstraint("consultation_id", "fingerprint"), UniqueConstraint("token"))

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    version_number: Mapped[int | None]
    """The version it is of; without one, it is of what was composed from the votes."""
    thread_number: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(String(64))
    token: Mapped[str] = mapped_column(String(64))
    """The secret in its address."""
    name: Mapped[str] = mapped_column(String(200))
    wanted_at: Mapped[datetime] = mapped_column(index=True)
    step: Mapped[int] = mapped_column(default=0)
    """The step that is being done, from 1 to `STEPS`; 0 before a worker has begun."""
    finished_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    size: Mapped[int | None]
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The report as it was when it was asked for, as `writers.json` writes it."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    @property
    def kept_until(self) -> datetime:
        """When it goes."""
        return self.wanted_at + KEPT

    def state(self, moment: datetime) -> State:
        """How far it has come."""
        if self.finished_at is not None:
            return State.READY
        if self.failed_at is not None or moment > self.wanted_at + LONGEST:
            return State.FAILED
        return State.WRITING if self.step else State.WAITING
