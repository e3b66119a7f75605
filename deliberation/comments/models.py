"""Comments under ideas, and every wording they have had."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base
from deliberation.consultations.models import LANGUAGE_LENGTH
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea

COMMENT_LENGTH = 2_000


class Comment(Base):
    """What a participant says about an idea, or in answer to another comment under it.

    Numbers count up within the consultation, so that an answer has a higher one than what it answers.
    `origin_id` is the merged idea that the discussion began under; there is none for one that began here.
    """

    __tablename__ = "comments"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint(f"length(body) <= {COMMENT_LENGTH}", name="body_length"),
        CheckConstraint("parent_id <> id", name="answers_another"),
        Index(None, "idea_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("participants.id"), index=True)
    number: Mapped[int]
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]

    idea: Mapped[Idea] = relationship(foreign_keys=[idea_id])
    author: Mapped[Participant] = relationship()
    parent: Mapped["Comment | None"] = relationship(remote_side=[id])
    revisions: Mapped[list["CommentRevision"]] = relationship(
        back_populates="comment", order_by="CommentRevision.number", passive_deletes=True
    )

    @property
    def is_visible(self) -> bool:
        """Whether everybody who may see the idea may read it."""
        return self.hidden_at is None and self.withdrawn_at is None


class CommentRevision(Base):
    """One wording of a comment. The first is number 1; the newest is what the comment says now."""

    __tablename__ = "comment_revisions"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(back_populates="revisions")
