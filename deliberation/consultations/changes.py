"""What texts of a consultation said before they were changed. Nothing in here is ever changed itself."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from deliberation.base.model import Base
from deliberation.consultations.models import LANGUAGE_LENGTH


class TextChange(Base):
    """One change of one text in one language: the fields that changed, as they were and as they became.

    It is about a thread, an entry of the background, or, with neither, the consultation's own words. A text
    that was not there before, or is not any more, has empty fields on that side.
    """

    __tablename__ = "text_changes"
    __table_args__ = (Index(None, "consultation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("background_entries.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    """Who changed it; none for the operator, and for somebody whose account is gone."""
    language: Mapped[str] = mapped_column(String(LANGUAGE_LENGTH))
    before: Mapped[dict[str, str]] = mapped_column(JSON)
    after: Mapped[dict[str, str]] = mapped_column(JSON)
    changed_at: Mapped[datetime]


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields in which the two differ, as they are in the one and in the other."""
    names = [
        name for name in {**before, **after} if before.get(name, "") != after.get(name, "")
    ]  # in the order of the fields
    return {name: before.get(name, "") for name in names}, {name: after.get(name, "") for name in names}
