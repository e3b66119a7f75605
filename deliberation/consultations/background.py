"""What a consultation brings along beside its questions: notes, glossary, areas, rules."""

from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set
from deliberation.consultations.models import LANGUAGE_LENGTH, TITLE_LENGTH


class EntryKind(StrEnum):
    """What a background entry is, and where its page puts it."""

    TASK_FORCE = "task_force"
    AREA = "area"
    PROPOSAL_CATEGORY = "proposal_category"
    GLOSSARY = "glossary"
    NOTE = "note"
    RULE = "rule"


class BackgroundEntry(Base):
    """One piece of background: a note, a glossary term, an area, a category or a rule of the house."""

    __tablename__ = "background_entries"
    __table_args__ = (UniqueConstraint("consultation_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[EntryKind] = mapped_column(closed_set(EntryKind, "kind"))
    position: Mapped[int]

    texts: Mapped[list["BackgroundText"]] = relationship(back_populates="entry", passive_deletes=True)


class BackgroundText(Base):
    """A background entry in one language. `forms` are the spellings under which a glossary term occurs."""

    __tablename__ = "background_texts"

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("background_entries.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    forms: Mapped[list[str]] = mapped_column(JSON)
    is_translation: Mapped[bool]

    entry: Mapped[BackgroundEntry] = relationship(back_populates="texts")
