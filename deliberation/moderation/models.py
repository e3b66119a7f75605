"""The public moderation log."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set
from deliberation.consultations.background import BackgroundEntry
from deliberation.consultations.models import Thread
from deliberation.consultations.people import Participant, RoleName
from deliberation.ideas.models import Idea

REASON_LENGTH = 1_000
BATCH_LENGTH = 32


class ActKind(StrEnum):
    """What was done."""

    HIDE_IDEA = "hide_idea"
    RESTORE_IDEA = "restore_idea"
    MERGE_IDEA = "merge_idea"
    PART_IDEA = "part_idea"
    DECLINE_MERGE = "decline_merge"
    HIDE_COMMENT = "hide_comment"
    RESTORE_COMMENT = "restore_comment"
    LOCK_THREAD = "lock_thread"
    UNLOCK_THREAD = "unlock_thread"
    CHANGE_PHASE = "change_phase"
    SCHEDULE_PHASE = "schedule_phase"
    ACCEPT_TAG = "accept_tag"
    DECLINE_TAG = "decline_tag"
    RENAME_TAG = "rename_tag"
    MERGE_TAG = "merge_tag"
    PART_TAG = "part_tag"
    GRANT_ROLE = "grant_role"
    REMOVE_ROLE = "remove_role"
    IMPORT_DATA = "import_data"
    TAKE_SNAPSHOT = "take_snapshot"
    LET_STAND = "let_stand"
    """What was flagged, or proposed to be hidden, breaks no rule."""
    REOPEN = "reopen"
    """What was decided about flags or about a suggested tag is undone, and waits again."""
    PROPOSE_HIDING = "propose_hiding"
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    BLOCK = "block"
    LIFT_BLOCK = "lift_block"
    CHANGE_SETTING = "change_setting"
    PUBLISH_SYNTHESIS = "publish_synthesis"
    ERASE_TEXT = "erase_text"
    """Somebody's words are taken out of what was published."""
    ACCEPT_IDEA = "accept_idea"
    """A guest's idea was read, and everybody sees it."""
    CHANGE_SETUP = "change_setup"
    """Texts, questions, background or languages were changed after the consultation had begun."""
    HIDE_LINK = "hide_link"
    RESTORE_LINK = "restore_link"


class ModerationAct(Base):
    """One act: who by role, what, under which rule, why and when. Never changed, never deleted.

    `details` holds what the sentence in the log needs beside the keys (old and new name, phase, date),
    so that the log still says what happened when the thing itself has changed since.
    """

    __tablename__ = "moderation_acts"
    __table_args__ = (Index(None, "consultation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    kind: Mapped[ActKind] = mapped_column(closed_set(ActKind, "kind"))
    role: Mapped[RoleName | None] = mapped_column(closed_set(RoleName, "role"))
    """The role it was done in; none when the operator did it from the command line."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"))
    """Whom a block is about."""
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("background_entries.id"))
    batch: Mapped[str | None] = mapped_column(String(BATCH_LENGTH), index=True)
    """What acts done in one go have in common."""
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    happened_at: Mapped[datetime]

    idea: Mapped[Idea | None] = relationship()
    thread: Mapped[Thread | None] = relationship()
    rule: Mapped[BackgroundEntry | None] = relationship()


class Outlook(Base):
    """What the desk says of a consultation beside what waits, as last counted: see `moderation.outlook`.

    `position` is how far the journal of votes had been read.
    """

    __tablename__ = "outlooks"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True
    )
    counted_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(BigInteger)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class ProposalOutcome(StrEnum):
    """What a facilitator made of a proposal."""

    MERGED = "merged"
    DECLINED = "declined"


class MergeProposal(Base):
    """One participant's proposal that two ideas say the same. The pair is kept by key, the lower first."""

    __tablename__ = "merge_proposals"
    __table_args__ = (
        UniqueConstraint("idea_id", "other_id", "proposed_by_id"),
        CheckConstraint("idea_id < other_id", name="lower_first"),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled_with_its_time"),
        CheckConstraint(f"length(note) <= {REASON_LENGTH}", name="note_length"),
        Index(None, "consultation_id", "outcome"),
        Index(None, "other_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    outcome: Mapped[ProposalOutcome | None] = mapped_column(closed_set(ProposalOutcome, "outcome"))
    settled_at: Mapped[datetime | None]

    proposed_by: Mapped[Participant] = relationship()
