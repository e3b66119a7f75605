"""Who is in a consultation: participants, roles, and invitations to a role."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.accounts.models import EMAIL_LENGTH, Account
from deliberation.base.model import Base, closed_set
from deliberation.consultations.models import Consultation


class RoleName(StrEnum):
    """What a person is trusted with in one consultation."""

    FACILITATOR = "facilitator"
    WORKING_GROUP = "working_group"


class Participant(Base):
    """A person inside one consultation: a number. The account behind it is nobody else's to know.

    Behind a guest there is a browser instead, and nobody once it is forgotten. A guest who turns out to be
    somebody with a number already is merged into that one, which then has all that the guest did.
    """

    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        UniqueConstraint("consultation_id", "account_id"),
        UniqueConstraint("consultation_id", "guest_id"),
        CheckConstraint("number >= 0", name="number_is_not_negative"),
        CheckConstraint("account_id IS NULL OR guest_id IS NULL", name="account_or_guest"),
        CheckConstraint(
            "merged_into_id IS NULL OR (account_id IS NULL AND guest_id IS NULL)", name="merged_is_nobody"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guests.id", ondelete="SET NULL"), index=True)
    is_guest: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Takes part without an account: still so when the browser is forgotten, no longer with an account."""
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("participants.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    joined_at: Mapped[datetime]


class Role(Base):
    """An account's role in a consultation."""

    __tablename__ = "roles"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    name: Mapped[RoleName] = mapped_column(closed_set(RoleName, "name"), primary_key=True)
    granted_at: Mapped[datetime]

    account: Mapped[Account] = relationship()


class Organiser(Base):
    """An account that may write new consultations on this site."""

    __tablename__ = "organisers"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    granted_at: Mapped[datetime]


class PostingBlock(Base):
    """From when to when a participant can write nothing new. Votes stay, and go on."""

    __tablename__ = "posting_blocks"
    __table_args__ = (
        CheckConstraint("ends_at > begins_at", name="ends_after_it_begins"),
        Index(None, "participant_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class Invitation(Base):
    """A one-time link to a role. Without an address it is for whoever opens it first."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultations.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[RoleName] = mapped_column(closed_set(RoleName, "role"))
    lets_create: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether whoever accepts it may also write new consultations."""
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]

    consultation: Mapped[Consultation] = relationship()
