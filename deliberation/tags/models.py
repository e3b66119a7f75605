"""The vocabulary and who applied what."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set
from deliberation.consultations.models import LANGUAGE_LENGTH
from deliberation.consultations.people import Participant

TAG_LENGTH = 40


class TagStatus(StrEnum):
    """Whether a tag is in the vocabulary. A merged tag lives on as another, until it is parted from it."""

    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MERGED = "merged"


class Tag(Base):
    """A label from a consultation's vocabulary, or a suggestion for one."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("consultation_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    """Stands in addresses: letters, digits and hyphens."""
    group: Mapped[str | None] = mapped_column(String(60))
    status: Mapped[TagStatus] = mapped_column(closed_set(TagStatus, "status"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id"))
    """The tag it was merged into, which may be merged in turn."""
    lives_as_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id"), index=True)
    """Where that leads in the end: the tag that shows and counts what was put on with a merged one."""
    suggested_by_id: Mapped[int | None] = mapped_column(ForeignKey("participants.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    names: Mapped[list["TagName"]] = relationship(back_populates="tag", passive_deletes=True)
    merged_into: Mapped["Tag | None"] = relationship(foreign_keys=[merged_into_id], remote_side=[id])
    lives_as: Mapped["Tag | None"] = relationship(foreign_keys=[lives_as_id], remote_side=[id])
    suggested_by: Mapped[Participant | None] = relationship()


class TagName(Base):
    """A tag's name in one language. `folded` is what makes look-alike names the same name."""

    __tablename__ = "tag_names"
    __table_args__ = (
        UniqueConstraint("consultation_id", "language", "folded"),
        Index(None, "consultation_id", "folded"),
    )

    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(TAG_LENGTH))
    folded: Mapped[str] = mapped_column(String(TAG_LENGTH))
    is_translation: Mapped[bool]

    tag: Mapped[Tag] = relationship(back_populates="names")


class IdeaTag(Base):
    """One participant's application of one tag to one idea, which a merge of tags leaves as it is.

    `origin_id` is the merged idea that the tag was put on; there is none for a tag on this idea itself.
    """

    __tablename__ = "idea_tags"
    __table_args__ = (Index(None, "tag_id", "idea_id"), {"sqlite_with_rowid": False})

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    applied_at: Mapped[datetime]
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
