"""Ideas and every wording they have had."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base
from deliberation.consultations.models import LANGUAGE_LENGTH, Thread
from deliberation.consultations.people import Participant

STATEMENT_LENGTH = 280
IMPORTED_STATEMENT_LENGTH = 20_000
ELABORATION_LENGTH = 10_000
WAITS = text("waits_since IS NOT NULL")


class Idea(Base):
    """What a participant proposes in answer to a thread, with the votes on it counted.

    The counts change in the same transaction as the votes they count. A longer statement than a
    participant may write (`STATEMENT_LENGTH`) comes only from an import.
    """

    __tablename__ = "ideas"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint(f"length(statement) <= {IMPORTED_STATEMENT_LENGTH}", name="statement_length"),
        CheckConstraint(f"length(elaboration) <= {ELABORATION_LENGTH}", name="elaboration_length"),
        CheckConstraint("agrees >= 0 AND disagrees >= 0 AND passes >= 0", name="counts_are_not_negative"),
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        CheckConstraint("(merged_into_id IS NULL) = (merged_at IS NULL)", name="merged_with_its_time"),
        CheckConstraint("waits_since IS NULL OR hidden_at IS NOT NULL", name="waits_hidden"),
        Index(None, "thread_id", "created_at"),
        Index(
            "ix_ideas_waiting",
            "consultation_id",
            sqlite_where=WAITS,
            postgresql_where=WAITS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("participants.id"), index=True)
    number: Mapped[int]
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    statement: Mapped[str] = mapped_column(Text)
    elaboration: Mapped[str] = mapped_column(Text)
    elaboration_html: Mapped[str] = mapped_column(Text)
    agrees: Mapped[int] = mapped_column(default=0)
    disagrees: Mapped[int] = mapped_column(default=0)
    passes: Mapped[int] = mapped_column(default=0)
    exposures: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many participants are known to have been shown it to vote on. A vote that was imported or cast
    before exposures were kept has none: see `votes.routing`."""
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"), index=True)
    """The idea that carries its votes. That one may be merged in turn: `ideas.merged` follows the way."""
    merged_at: Mapped[datetime | None]
    waits_since: Mapped[datetime | None]
    """Since when a guest's idea waits for a facilitator to read it. Until then it is hidden."""
    accepted_at: Mapped[datetime | None]
    """When a facilitator looked at it and let it stand."""
    is_seed: Mapped[bool] = mapped_column(default=False)
    """Written by the organisers to begin with."""
    is_meta: Mapped[bool] = mapped_column(default=False)
    """About the consultation itself; keeps its counts but does not shape the landscape."""

    thread: Mapped[Thread] = relationship()
    author: Mapped[Participant] = relationship()
    merged_into: Mapped["Idea | None"] = relationship(remote_side=[id])
    revisions: Mapped[list["IdeaRevision"]] = relationship(
        back_populates="idea", order_by="IdeaRevision.number", passive_deletes=True
    )

    @property
    def votes(self) -> int:
        """How many have voted, passes included."""
        return self.agrees + self.disagrees + self.passes

    @property
    def is_visible(self) -> bool:
        """Whether it stands in lists and can be voted on."""
        return self.hidden_at is None and self.withdrawn_at is None and self.merged_into_id is None


class IdeaRevision(Base):
    """One wording of an idea. The first is number 1; the newest is what the idea says now."""

    __tablename__ = "idea_revisions"

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    statement: Mapped[str] = mapped_column(Text)
    elaboration: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    idea: Mapped[Idea] = relationship(back_populates="revisions")
