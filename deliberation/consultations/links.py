"""Links to proposals elsewhere, which participants add under the categories of related proposals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from deliberation.base.errors import NotFound
from deliberation.base.model import Base
from deliberation.consultations.models import TITLE_LENGTH, Consultation
from deliberation.consultations.people import Participant

ADDRESS_LENGTH: Final = 1_000
MOST_SHOWN: Final = 500


class ProposalLink(Base):
    """One link, by one participant. Hidden ones are seen by their author and the facilitators alone."""

    __tablename__ = "proposal_links"
    __table_args__ = (
        Index(None, "consultation_id", "entry_id"),
        CheckConstraint(f"length(address) <= {ADDRESS_LENGTH}", name="address_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("background_entries.id"), index=True)
    """The category it stands under."""
    author_id: Mapped[int] = mapped_column(ForeignKey("participants.id"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    address: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    author: Mapped[Participant] = relationship()


def links_of(
    session: Session, consultation: Consultation, *, reader_id: int | None, sees_all: bool
) -> Sequence[ProposalLink]:
    """Return the links that the reader may see, oldest first (one statement)."""
    shown = ProposalLink.hidden_at.is_(None) | (ProposalLink.author_id == (reader_id or 0))
    wanted = select(ProposalLink).where(
        ProposalLink.consultation_id == consultation.id, ProposalLink.withdrawn_at.is_(None)
    )
    if not sees_all:
        wanted = wanted.where(shown)
    return session.scalars(
        wanted.order_by(ProposalLink.id).limit(MOST_SHOWN).options(joinedload(ProposalLink.author))
    ).all()


def get_link(session: Session, consultation: Consultation, number: int) -> ProposalLink:
    """Return the link, hidden or not (one statement). Raises NotFound, also for one that was withdrawn."""
    link = session.scalars(
        select(ProposalLink)
        .where(
            ProposalLink.consultation_id == consultation.id,
            ProposalLink.id == number,
            ProposalLink.withdrawn_at.is_(None),
        )
        .options(joinedload(ProposalLink.author))
    ).one_or_none()
    if link is None:
        raise NotFound
    return link
