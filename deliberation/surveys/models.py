"""A survey, the versions of its questions, and what was answered.

Who builds on the answers reads them through `queries`. Answers lie in one of two places, by the survey's
privacy: *linked* in `survey_sheets`, with the participant; *anonymous* in `survey_bundles`, where nothing
says whose they are or in which order they came.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set

KEY_LENGTH = 60


class Privacy(StrEnum):
    """Whether answers stay with the participant. Fixed as soon as somebody has begun to answer."""

    ANONYMOUS = "anonymous"
    LINKED = "linked"


class Placement(StrEnum):
    """When the consultation asks people to answer: never in the way of reading or voting."""

    BEFORE = "before"
    BESIDE = "beside"
    AFTER = "after"


class Showing(StrEnum):
    """When results may be shown."""

    LIVE = "live"
    CLOSED = "closed"


class Survey(Base):
    """A survey of a consultation. It has nothing to answer until it has a version and is open."""

    __tablename__ = "surveys"
    __table_args__ = (
        UniqueConstraint("consultation_id", "key"),
        CheckConstraint("closes_at IS NULL OR opens_at IS NOT NULL", name="closes_after_it_opens"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    privacy: Mapped[Privacy] = mapped_column(closed_set(Privacy, "privacy"))
    placement: Mapped[Placement] = mapped_column(closed_set(Placement, "placement"))
    showing: Mapped[Showing] = mapped_column(closed_set(Showing, "showing"))
    draft: Mapped[str] = mapped_column(Text)
    """The definition as it is being written, as JSON of the document that `schema` describes."""
    revision: Mapped[int]
    """Of the draft: one more with every change, so that two people do not overwrite each other."""
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    versions: Mapped[list["SurveyVersion"]] = relationship(
        back_populates="survey", order_by="SurveyVersion.number", passive_deletes=True
    )

    def is_open(self, moment: datetime) -> bool:
        """Say whether answers are taken at this moment."""
        return self.has_opened(moment) and not self.is_closed(moment)

    @property
    def last_moment(self) -> datetime | None:
        """The moment before it closes: a survey that closes at midnight is over the day before."""
        return self.closes_at - timedelta(microseconds=1) if self.closes_at else None

    def has_opened(self, moment: datetime) -> bool:
        """Say whether it takes or took answers at this moment."""
        return self.opens_at is not None and self.opens_at <= moment

    def is_closed(self, moment: datetime) -> bool:
        """Say whether it took answers once and takes none at this moment."""
        return self.closes_at is not None and self.closes_at <= moment


class SurveyVersion(Base):
    """The questions as they were published once. Never changed."""

    __tablename__ = "survey_versions"
    __table_args__ = (CheckConstraint("number >= 1", name="number_counts_from_one"),)

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[str] = mapped_column(Text)
    """JSON of the document that `schema` describes."""
    created_at: Mapped[datetime]

    survey: Mapped[Survey] = relationship(back_populates="versions")


class SurveySheet(Base):
    """One participant's sheet in one survey.

    `draft` is what is not handed in yet. Handing in empties it: in a linked survey into `answers`, in an
    anonymous one into a bundle, and then the sheet says that the participant has answered, and nothing else.
    It has no times, and in SQLite no row numbers: nobody reads off it who answered when.
    """

    __tablename__ = "survey_sheets"
    __table_args__ = ({"sqlite_with_rowid": False},)

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int | None]
    """That `answers` were given to."""
    is_handed_in: Mapped[bool] = mapped_column(default=False, server_default=false())


class SurveyBundle(Base):
    """Anonymous answers of several people, shuffled at each change. See `bundles`."""

    __tablename__ = "survey_bundles"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    """128 random bits."""
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    content: Mapped[list[Any]] = mapped_column(JSON)
    """A list of `[version, answers]`."""
