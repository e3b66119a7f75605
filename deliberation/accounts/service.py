"""What happens to accounts: made, confirmed, signed in and out, changed. Hashing happens before, outside."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.accounts.models import (
    ABSOLUTE_LIMIT,
    IDLE_LIMIT,
    Account,
    MailedLink,
    Purpose,
    SignIn,
    Theme,
)
from deliberation.accounts.queries import Credentials, LinkSpent, OpenLink
from deliberation.accounts.secrets import hash_of, new_secret
from deliberation.base.clock import now
from deliberation.base.errors import Conflict, marked

LINK_LIFE: Final = {
    Purpose.CONFIRM_EMAIL: timedelta(days=3),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
}
LINKS_KEPT: Final = timedelta(days=30)
NO_SIGN_IN: Final = 0


class AddressTaken(Conflict):
    """There is an account with this address. Never shown to whoever typed it: that would tell."""

    default = marked("There is an account with this address already.")


class PasswordChanged(Conflict):
    """The password is no longer the one that was checked."""

    default = marked("The password was changed a moment ago. Sign in again.")


def create_account(
    session: Session, *, name: str, email: str, password_hash: str, language: str | None, confirmed: bool
) -> Account:
    """Make an account for the address (lower case). `confirmed` if the person has shown that it is theirs.

    Raises AddressTaken.
    """
    moment = now()
    account = Account(
        name=name,
        email=email,
        password_hash=password_hash,
        language=language,
        confirmed_at=moment if confirmed else None,
        created_at=moment,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as error:
        raise AddressTaken(field="email") from error
    return account


def sign_in(session: Session, *, account: Account, browser: str) -> str:
    """Sign the account in on one more browser; return the secret that its cookie is to carry."""
    moment = now()
    _forget_ended_sign_ins(session, account, moment)
    token = new_secret()
    session.add(
        SignIn(
            account_id=account.id,
            token_hash=hash_of(token),
            browser=browser,
            created_at=moment,
            last_seen_at=moment,
        )
    )
    session.flush()
    return token


def sign_in_with(session: Session, *, credentials: Credentials, browser: str) -> str:
    """Sign in whoever proved to know the password of `credentials`; return the secret for the cookie.

    Raises PasswordChanged when the password was replaced since: a thief who was just shut out stays out.
    """
    account = _account_still_as(session, credentials)
    return sign_in(session, account=account, browser=browser)


def issue_link(session: Session, *, account_id: int, purpose: Purpose) -> str:
    """Make a single-use link for the account; return the secret that the mail is to carry."""
    moment = now()
    session.execute(
        delete(MailedLink).where(
            MailedLink.account_id == account_id, MailedLink.expires_at < moment - LINKS_KEPT
        )
    )
    token = new_secret()
    session.add(
        MailedLink(
            account_id=account_id,
            purpose=purpose,
            token_hash=hash_of(token),
            created_at=moment,
            expires_at=moment + LINK_LIFE[purpose],
        )
    )
    session.flush()
    return token


def confirm_address(session: Session, *, link: OpenLink) -> None:
    """Use the link up and record that the address is its owner's. Raises LinkSpent, PasswordChanged."""
    _use_up(session, link)
    account = _account_still_as(session, link.credentials)
    account.confirmed_at = account.confirmed_at or now()
    session.flush()


def reset_password(session: Session, *, link: OpenLink, password_hash: str) -> Account:
    """Use the link up, replace the password and sign the account out everywhere. Raises LinkSpent.

    Whoever has the mail has the address, so it is confirmed as well.
    """
    _use_up(session, link)
    account = session.get_one(Account, link.credentials.account_id, with_for_update=True)
    account.password_hash = password_hash
    account.confirmed_at = account.confirmed_at or now()
    _end_what_the_old_password_opened(session, account, but=None)
    return account


def change_password(session: Session, *, credentials: Credentials, password_hash: str, keep: int) -> None:
    """Replace the password, and sign the account out everywhere but on the sign-in `keep`.

    Raises PasswordChanged when it was replaced since `credentials` were read.
    """
    account = _account_still_as(session, credentials)
    account.password_hash = password_hash
    _end_what_the_old_password_opened(session, account, but=keep)


def change_profile(
    session: Session, *, account_id: int, name: str, language: str | None, theme: Theme | None
) -> None:
    """Record what the person goes by, reads in and looks at; None leaves it to the browser."""
    account = session.get_one(Account, account_id)
    account.name, account.language, account.theme = name, language, theme
    session.flush()


def sign_out_others(session: Session, *, account_id: int, keep: int) -> None:
    """Sign the account out everywhere but on the sign-in `keep`."""
    session.execute(delete(SignIn).where(SignIn.account_id == account_id, SignIn.id != keep))


def _account_still_as(session: Session, credentials: Credentials) -> Account:
    """Return the account, locked, if its password is the one that was checked."""
    account = session.scalars(
        select(Account)
        .where(Account.id == credentials.account_id, Account.password_hash == credentials.password_hash)
        .with_for_update()
    ).one_or_none()
    if account is None:
        raise PasswordChanged
    return account


def _use_up(session: Session, link: OpenLink) -> None:
    """Mark the link as used, in one statement, so that of two who come at once one is refused."""
    moment = now()
    used = session.execute(
        update(MailedLink)
        .where(MailedLink.id == link.id, MailedLink.used_at.is_(None), MailedLink.expires_at > moment)
        .values(used_at=moment)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise LinkSpent


def _end_what_the_old_password_opened(session: Session, account: Account, *, but: int | None) -> None:
    """End the account's sign-ins, except `but`, and the links that would set yet another password."""
    session.flush()
    sign_out_others(session, account_id=account.id, keep=but if but is not None else NO_SIGN_IN)
    session.execute(
        update(MailedLink)
        .where(
            MailedLink.account_id == account.id,
            MailedLink.purpose == Purpose.RESET_PASSWORD,
            MailedLink.used_at.is_(None),
        )
        .values(used_at=now())
    )


def _forget_ended_sign_ins(session: Session, account: Account, moment: datetime) -> None:
    session.execute(
        delete(SignIn).where(
            SignIn.account_id == account.id,
            or_(SignIn.last_seen_at < moment - IDLE_LIMIT, SignIn.created_at < moment - ABSOLUTE_LIMIT),
        )
    )
