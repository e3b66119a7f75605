"""Current votes and the journal of every vote event."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from deliberation.base.model import Base, BigId


class Choice(IntEnum):
    """What a vote says. The numbers are Polis's."""

    AGREE = 1
    PASS = 0
    DISAGREE = -1


class Vote(Base):
    """The current vote of one participant on one idea. The key is the promise that there is only one.

    `previous` is what the vote said before its last change; it makes the change of the counts exact
    however many changes arrive at once.
    """

    __tablename__ = "votes"
    __table_args__ = (
        CheckConstraint("choice IN (-1, 0, 1)", name="choice"),
        Index(None, "idea_id", "participant_id"),
        # Without row numbers nothing in the file tells in which order votes were cast.
        {"sqlite_with_rowid": False},
    )

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True)
    choice: Mapped[int] = mapped_column(SmallInteger)
    previous: Mapped[int | None] = mapped_column(SmallInteger)
    cast_at: Mapped[datetime]


class VoteEvent(Base):
    """One thing that happened to a vote. `choice` is NULL when the vote was taken back."""

    __tablename__ = "vote_events"
    __table_args__ = (
        CheckConstraint("choice IN (-1, 0, 1)", name="choice"),
        Index(None, "idea_id", "participant_id"),
        Index(None, "participant_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
    choice: Mapped[int | None] = mapped_column(SmallInteger)
    happened_at: Mapped[datetime]
