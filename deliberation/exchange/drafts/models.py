"""Imports that a facilitator prepares."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from deliberation.base.model import Base, closed_set
from deliberation.consultations.models import LANGUAGE_LENGTH

ORIGIN_LENGTH = 200


class DraftSource(StrEnum):
    """What was read."""

    TALK_PAGE = "talk_page"
    SPREADSHEET = "spreadsheet"


class ImportDraft(Base):
    """What was read and not yet imported, with the corrections made so far. Importing it removes it.

    `content` holds `rows` (see `rows.Row.as_json`), `faults` of reading and, of a spreadsheet, `sheet` and
    the chosen `columns`. `version` counts the changes, so that two windows cannot undo each other's.
    """

    __tablename__ = "import_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )
    source: Mapped[DraftSource] = mapped_column(closed_set(DraftSource, "source"))
    origin: Mapped[str] = mapped_column(String(ORIGIN_LENGTH))
    """Where the texts come from, in the facilitator's words: a page's title or address, a file's name."""
    thread_number: Mapped[int]
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
