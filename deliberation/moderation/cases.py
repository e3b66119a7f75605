"""What waits for a facilitator: flags, proposals to hide, and appeals."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set
from deliberation.consultations.people import Participant
from deliberation.moderation.models import REASON_LENGTH, ModerationAct

OPEN = text("settled_at IS NULL")


class Flag(Base):
    """What one participant says is against a rule: an idea, a comment or a tag, each once."""

    __tablename__ = "flags"
    __table_args__ = (
        CheckConstraint(
            "(idea_id IS NOT NULL AND comment_id IS NULL AND tag_id IS NULL)"
            " OR (idea_id IS NULL AND comment_id IS NOT NULL AND tag_id IS NULL)"
            " OR (idea_id IS NULL AND comment_id IS NULL AND tag_id IS NOT NULL)",
            name="about_one_thing",
        ),
        CheckConstraint(f"length(note) <= {REASON_LENGTH}", name="note_length"),
        UniqueConstraint("idea_id", "participant_id"),
        UniqueConstraint("comment_id", "participant_id"),
        UniqueConstraint("tag_id", "participant_id"),
        *(
            Index(
                f"ix_flags_open_{name}",
                "consultation_id",
                name,
                "created_at",
                sqlite_where=OPEN,
                postgresql_where=OPEN,
            )
            for name in ("idea_id", "comment_id")
        ),
        Index(None, "consultation_id", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"), index=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("background_entries.id"))
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    act_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_acts.id"), index=True)
    """The decision that settled it."""


class HidingProposal(Base):
    """One facilitator's wish to hide something, where the consultation wants two of them to agree."""

    __tablename__ = "hiding_proposals"
    __table_args__ = (
        CheckConstraint("(idea_id IS NULL) <> (comment_id IS NULL)", name="about_one_thing"),
        Index(
            "uq_hiding_proposals_idea_id", "idea_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        Index(
            "uq_hiding_proposals_comment_id", "comment_id", unique=True, sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(None, "consultation_id", "settled_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    proposed_act_id: Mapped[int] = mapped_column(ForeignKey("moderation_acts.id"))
    """The row in the log, with who, which rule and why."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    act_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_acts.id"), index=True)
    """The decision that settled it."""

    proposed_act: Mapped[ModerationAct] = relationship(foreign_keys=[proposed_act_id])


class Outcome(StrEnum):
    """What came of an appeal."""

    UPHELD = "upheld"
    """The decision stands."""
    OVERTURNED = "overturned"


class Appeal(Base):
    """What the person concerned says against a decision, once; somebody else decides."""

    __tablename__ = "appeals"
    __table_args__ = (
        UniqueConstraint("act_id"),
        CheckConstraint(f"length(text) <= {REASON_LENGTH}", name="text_length"),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled_with_its_time"),
        Index("ix_appeals_open", "consultation_id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(None, "consultation_id", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    act_id: Mapped[int] = mapped_column(ForeignKey("moderation_acts.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    outcome: Mapped[Outcome | None] = mapped_column(closed_set(Outcome, "outcome"))
    settled_at: Mapped[datetime | None]
    outcome_act_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_acts.id"))
    """The row in the log that says why."""

    act: Mapped[ModerationAct] = relationship(foreign_keys=[act_id])
    outcome_act: Mapped[ModerationAct | None] = relationship(foreign_keys=[outcome_act_id])
    participant: Mapped[Participant] = relationship()
