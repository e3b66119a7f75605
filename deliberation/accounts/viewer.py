"""Who is signed in, read once for each request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_login import UserMixin
from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import Session

from deliberation.accounts.models import ABSOLUTE_LIMIT, IDLE_LIMIT, Account, SignIn
from deliberation.accounts.secrets import hash_of
from deliberation.base.clock import now
from deliberation.base.database import PSYCOPG, SQLITE, from_sqlite, is_sqlite, tell_driver

SEEN_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Viewer(UserMixin):
    """The account behind the request, with what pages need of it."""

    account_id: int
    name: str
    email: str
    language: str | None
    theme: str | None
    sign_in_id: int
    token: str
    last_seen_at: datetime

    def get_id(self) -> str:
        """Return what the signed cookie carries: the sign-in's secret, never the account's key."""
        return self.token


# Made once and said to the driver: it is asked with every request of everybody who is signed in.
_SIGNED_IN = (
    select(
        Account.id, Account.name, Account.email, Account.language, Account.theme,
        SignIn.id.label("sign_in_id"), SignIn.created_at, SignIn.last_seen_at,
    )
    .join(SignIn.account)
    .where(SignIn.token_hash == bindparam("token_hash"))
)  # fmt: skip
_TO_SQLITE = str(_SIGNED_IN.compile(dialect=SQLITE))
_TO_POSTGRESQL = str(_SIGNED_IN.compile(dialect=PSYCOPG))


def find_viewer(connection: Connection, token: str) -> Viewer | None:
    """Return who holds the sign-in with this secret, unless it has ended."""
    statement = _TO_SQLITE if is_sqlite(connection) else _TO_POSTGRESQL
    row = tell_driver(connection, statement, {"token_hash": hash_of(token)}).fetchone()
    if row is None:
        return None
    *known, created_at, last_seen_at = row
    if is_sqlite(connection):
        created_at, last_seen_at = from_sqlite(created_at), from_sqlite(last_seen_at)
    moment = now()
    if moment - last_seen_at > IDLE_LIMIT or moment - created_at > ABSOLUTE_LIMIT:
        return None
    return Viewer(*known, token, last_seen_at)


def note_seen(session: Session, viewer: Viewer) -> None:
    """Write down, once an hour, that the sign-in is in use."""
    moment = now()
    if moment - viewer.last_seen_at > SEEN_EVERY:
        session.execute(update(SignIn).where(SignIn.id == viewer.sign_in_id).values(last_seen_at=moment))


def end_sign_in(session: Session, *, account_id: int, sign_in_id: int) -> bool:
    """Sign one browser of the account out; says whether there was one."""
    done = session.execute(delete(SignIn).where(SignIn.account_id == account_id, SignIn.id == sign_in_id))
    return bool(done.rowcount)  # type: ignore[attr-defined]
