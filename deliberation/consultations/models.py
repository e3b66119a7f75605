"""A consultation and its threads, in the languages they are written in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set

LANGUAGE_LENGTH = 35
SLUG_LENGTH = 60
TITLE_LENGTH = 200


class Phase(StrEnum):
    """Where a consultation is in its life, in order."""

    DRAFT = "draft"
    GATHERING = "gathering"
    VOTING = "voting"
    SYNTHESIS = "synthesis"
    PUBLISHED = "published"


class Guests(StrEnum):
    """What people without an account may do."""

    NONE = "none"
    """Read."""
    VOTES = "votes"
    """Read and vote."""
    IDEAS = "ideas"
    """Read, vote, and write ideas that a facilitator reads before anybody else."""


class Consultation(Base):
    """A set of threads under one title."""

    __tablename__ = "consultations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    source_language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    further_languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    """Languages beside the source that facilitators want its texts in, whether or not there are any yet."""
    created_at: Mapped[datetime]
    two_to_hide: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether hiding takes two facilitators."""
    guests: Mapped[Guests] = mapped_column(
        closed_set(Guests, "guests"), default=Guests.NONE, server_default=Guests.NONE.value
    )

    texts: Mapped[list["ConsultationText"]] = relationship(
        back_populates="consultation", passive_deletes=True
    )
    steps: Mapped[list["PhaseStep"]] = relationship(back_populates="consultation", passive_deletes=True)
    threads: Mapped[list["Thread"]] = relationship(
        back_populates="consultation", order_by="Thread.position, Thread.number", passive_deletes=True
    )

    @property
    def takes_guests_votes(self) -> bool:
        """Whether people may vote without an account."""
        return self.guests is not Guests.NONE

    @property
    def takes_guests_ideas(self) -> bool:
        """Whether people may write ideas without an account, for a facilitator to read first."""
        return self.guests is Guests.IDEAS


class ConsultationText(Base):
    """A consultation's own words in one language."""

    __tablename__ = "consultation_texts"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    kicker: Mapped[str] = mapped_column(Text)
    introduction: Mapped[str] = mapped_column(Text)
    introduction_html: Mapped[str] = mapped_column(Text)
    organiser: Mapped[str] = mapped_column(Text)
    is_translation: Mapped[bool]

    consultation: Mapped[Consultation] = relationship(back_populates="texts")


class PhaseStep(Base):
    """When a phase starts. The step most recently started is the phase the consultation is in."""

    __tablename__ = "phase_steps"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True
    )
    phase: Mapped[Phase] = mapped_column(closed_set(Phase, "phase"), primary_key=True)
    starts_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship(back_populates="steps")


def _as_numbered(context: Any) -> int:
    return int(context.get_current_parameters()["number"])


class Thread(Base):
    """One strategic question and what is contributed to it.

    `number` is its name in addresses and in the log, and stays; `position` is where it stands in the list.
    """

    __tablename__ = "threads"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    number: Mapped[int]
    position: Mapped[int] = mapped_column(default=_as_numbered)
    locked_at: Mapped[datetime | None]

    consultation: Mapped[Consultation] = relationship(back_populates="threads")
    texts: Mapped[list["ThreadText"]] = relationship(back_populates="thread", passive_deletes=True)


class ThreadText(Base):
    """A thread's question in one language."""

    __tablename__ = "thread_texts"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    lead: Mapped[str] = mapped_column(Text)
    is_translation: Mapped[bool]

    thread: Mapped[Thread] = relationship(back_populates="texts")
