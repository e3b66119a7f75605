"""Reads: who has an address, what a mailed link is for, where an account is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.accounts.models import ABSOLUTE_LIMIT, IDLE_LIMIT, Account, MailedLink, Purpose, SignIn
from deliberation.accounts.secrets import hash_of
from deliberation.base.errors import Conflict, NotFound, marked


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account is opened with, and what a mail to it needs, as read at one moment."""

    account_id: int
    email: str
    password_hash: str
    language: str | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A mailed link that can still be used, with the account that it was sent to."""

    id: int
    credentials: Credentials
    name: str


class LinkSpent(Conflict):
    """The link was used, or is too old."""

    default = marked("This link has been used or is too old.")


_CREDENTIALS: Final = (
    Account.id.label("account_id"),
    Account.email,
    Account.password_hash,
    Account.language,
    Account.confirmed_at,
)


def find_credentials(session: Session, email: str) -> Credentials | None:
    """Return the credentials of the account with this address (lower case), or None."""
    row = session.execute(select(*_CREDENTIALS).where(Account.email == email)).one_or_none()
    return _credentials(row) if row else None


def get_credentials(session: Session, account_id: int) -> Credentials:
    """Return the credentials of the account. Raises NotFound."""
    row = session.execute(select(*_CREDENTIALS).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound
    return _credentials(row)


def _credentials(row: Any) -> Credentials:
    return Credentials(
        row.account_id, row.email, row.password_hash, row.language, row.confirmed_at is not None
    )


def get_open_link(session: Session, token: str, *, purpose: Purpose, moment: datetime) -> OpenLink:
    """Return the link for this purpose with this secret. Raises NotFound; LinkSpent if its time is over."""
    row = session.execute(
        select(*_CREDENTIALS, Account.name, MailedLink.id, MailedLink.expires_at, MailedLink.used_at)
        .join(MailedLink.account)
        .where(MailedLink.token_hash == hash_of(token), MailedLink.purpose == purpose)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.used_at is not None or row.expires_at <= moment:
        raise LinkSpent
    return OpenLink(row.id, _credentials(row), row.name)


def sign_ins_of(session: Session, account_id: int, moment: datetime) -> Sequence[SignIn]:
    """Return where the account is signed in at this moment, last seen first."""
    return session.scalars(
        select(SignIn)
        .where(
            SignIn.account_id == account_id,
            SignIn.last_seen_at >= moment - IDLE_LIMIT,
            SignIn.created_at >= moment - ABSOLUTE_LIMIT,
        )
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    ).all()
