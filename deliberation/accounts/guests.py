"""Browsers in which somebody takes part without an account."""

from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import ABSOLUTE_LIMIT, Guest
from deliberation.accounts.secrets import hash_of, new_secret
from deliberation.base.clock import now

_GUEST: Final = select(Guest.id, Guest.created_at).where(Guest.token_hash == bindparam("token_hash"))


def begin_guest(session: Session) -> tuple[int, str]:
    """Make a guest; return its key, and the secret that the browser's cookie is to carry."""
    token = new_secret()
    guest = Guest(token_hash=hash_of(token), created_at=now())
    session.add(guest)
    session.flush()
    return guest.id, token


def find_guest(session: Session, token: str) -> int | None:
    """Return the key of the guest with this secret, unless the secret is too old (one statement)."""
    row = session.connection().execute(_GUEST, {"token_hash": hash_of(token)}).one_or_none()
    return row.id if row is not None and now() - row.created_at <= ABSOLUTE_LIMIT else None


def hold_guest(session: Session, token: str) -> int | None:
    """Return the same, and let nobody else hold the guest until this transaction ends."""
    found = select(Guest.id).where(Guest.token_hash == hash_of(token)).with_for_update(key_share=True)
    guest_id = session.scalar(found)
    return guest_id if guest_id is not None and find_guest(session, token) == guest_id else None


def forget_guest(session: Session, guest_id: int) -> None:
    """Let nobody be this guest any more. What was done stays, and can be changed by nobody."""
    session.execute(delete(Guest).where(Guest.id == guest_id).execution_options(synchronize_session=False))
