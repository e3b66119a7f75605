"""Accounts, the devices they are signed in on, and single-use links."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from deliberation.base.model import Base, closed_set

NAME_LENGTH = 80
EMAIL_LENGTH = 254
IDLE_LIMIT: Final = timedelta(days=30)
"""A sign-in ends when it is not used for so long."""
ABSOLUTE_LIMIT: Final = timedelta(days=180)
"""A sign-in ends after so long, used or not."""


class Theme(StrEnum):
    """The colours a person chose; none chosen means the system's."""

    LIGHT = "light"
    DARK = "dark"


class Account(Base):
    """A person who can sign in. What they write and vote belongs to participants, never to the account."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(35))
    theme: Mapped[Theme | None] = mapped_column(closed_set(Theme, "theme"))
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    sign_ins: Mapped[list["SignIn"]] = relationship(back_populates="account", passive_deletes=True)


class SignIn(Base):
    """One browser an account is signed in on. Deleting the row signs it out."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    account: Mapped[Account] = relationship(back_populates="sign_ins")


class Guest(Base):
    """A browser in which somebody takes part without an account; its cookie carries the secret.

    Deleting the row forgets the browser: what was done in it stays with participants who are nobody's.
    """

    __tablename__ = "guests"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class Purpose(StrEnum):
    """What a mailed link is for. A link does one thing only."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a word, not a password


class MailedLink(Base):
    """A single-use link sent to an account's address; only the hash of its secret is kept."""

    __tablename__ = "mailed_links"
    __table_args__ = (Index(None, "account_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(closed_set(Purpose, "purpose"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
