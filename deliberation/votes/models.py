"""Current votes, those set aside, the journal of vote events, who was shown what, and who votes where."""

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
    however many changes arrive at once. `origin_id` is the merged idea on which the vote was cast; there is
    none for a vote on this idea itself.
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
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))


class SetAsideVote(Base):
    """A vote that counts nowhere for now, because a newer one of the same person counts in its place or
    because the idea it was cast on is merged. It comes back when the ideas are parted: `votes.moving`.
    """

    __tablename__ = "set_aside_votes"
    __table_args__ = (
        CheckConstraint("choice IN (-1, 0, 1)", name="choice"),
        Index(None, "idea_id", "participant_id"),
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
    """One thing that happened to a vote. `choice` is NULL when the vote was taken back or moved away.

    `merged_with_id` is the idea that this one was merged with or parted from, where that changed the vote
    and not the person. Whoever counts what people did leaves those events out; whoever works out how votes
    stood at a moment needs them all.
    """

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
    merged_with_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))


class Exposure(Base):
    """That a participant has been shown an idea to vote on, and when first; with a vote or without.

    How many rows an idea has is kept in `ideas.exposures`, in the same transaction. There is no index by
    idea: nothing asks who has seen one, and every vote would pay for it.
    """

    __tablename__ = "exposures"
    __table_args__ = ({"sqlite_with_rowid": False},)

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True)
    first_shown_at: Mapped[datetime]


class ThreadVoter(Base):
    """On how many visible ideas of a thread a participant has a vote that counts; none counts as never.

    Kept by the database itself, with every change of a vote or of what is visible: see `votes.voters`.
    """

    __tablename__ = "thread_voters"
    __table_args__ = ({"sqlite_with_rowid": False},)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True
    )
    votes: Mapped[int]
