"""What a survey found as it was last counted, what facilitators know of everybody, labels on answers."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from deliberation.base.model import Base
from deliberation.surveys.models import KEY_LENGTH

CODE_LENGTH: Final = 32
LABEL_LENGTH: Final = 40
VERSION_LENGTH: Final = 32
COLUMN_LENGTH: Final = 2 * KEY_LENGTH + 1


class SurveyResult(Base):
    """The figures that are shown of a survey, and those that wait (see `publishing`)."""

    __tablename__ = "survey_results"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(String(VERSION_LENGTH))
    """Changes whenever what is shown does."""
    shown_people: Mapped[int | None]
    shown_at: Mapped[datetime | None]
    """When what is shown was counted."""
    waiting_people: Mapped[int | None]
    waiting_at: Mapped[datetime | None]
    is_finished: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was counted for good, the survey having closed."""
    texts_people: Mapped[int | None]
    """How many had answered when the open answers were gathered."""
    shown: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    waiting: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)


class SurveyTables(Base):
    """All tables of a survey by one breakdown, with what is hidden in them; `tables` says what is shown."""

    __tablename__ = "survey_tables"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True)
    breakdown: Mapped[str] = mapped_column(String(KEY_LENGTH), primary_key=True)
    """The key of a question, or that of the opinion groups."""
    position: Mapped[int]
    grouped_at: Mapped[datetime | None]
    """When the landscape was counted whose groups these are."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class SurveyPlan(Base):
    """What facilitators have decided about the results of a survey."""

    __tablename__ = "survey_plans"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True)
    breakdowns: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Keys of questions; None where nobody has chosen."""
    known: Mapped[dict[str, dict[str, float]]] = mapped_column(JSON)
    """Shares of everybody, 0 to 1, by question and option."""


class OpenAnswer(Base):
    """What somebody wrote in answer to an open question, as it was when results were last counted.

    Its `code` follows from what is written and tells nothing of who wrote it or when.
    """

    __tablename__ = "survey_open_answers"

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(KEY_LENGTH), primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    people: Mapped[int]
    """How many wrote exactly this."""
    folded: Mapped[str] = mapped_column(Text)
    """In small letters, to search in."""
    text: Mapped[str] = mapped_column(Text)


class AnswerLabel(Base):
    """A label that facilitators or the working group have put on an open answer."""

    __tablename__ = "survey_answer_labels"
    __table_args__ = (
        UniqueConstraint("survey_id", "question", "code", "folded"),
        Index(None, "survey_id", "question", "folded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(String(KEY_LENGTH))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    name: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    folded: Mapped[str] = mapped_column(String(LABEL_LENGTH))
