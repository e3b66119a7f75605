"""Whether somebody who signs in keeps what was done in their browser without an account: for pages."""

from typing import Final

from flask import flash, request
from flask_babel import gettext as _

from deliberation.accounts.guests import find_guest
from deliberation.accounts.session import guest_token
from deliberation.guests.queries import Kept, kept_by
from deliberation.guests.service import claim
from deliberation.web.extensions import db

KEEP: Final = "keep"
"""What the forms call the question; it is answered in `guests/_keep.html`."""


def kept_here() -> Kept | None:
    """Return what was done in this browser without an account, if anything."""
    token = guest_token()
    guest_id = find_guest(db.session(), token) if token else None
    kept = kept_by(db.session(), guest_id) if guest_id is not None else None
    return kept if kept and (kept.votes or kept.ideas) else None


def keep_for(account_id: int) -> bool:
    """Let the account have it, if the form that was sent says so; says whether there was something to have.

    Comes before the session begins anew, and before the commit.
    """
    token = guest_token()
    return bool(token and request.form.get(KEEP) and claim(db.session(), token=token, account_id=account_id))


def say_kept() -> None:
    """Tell whoever just signed in."""
    flash(_("What you did without an account is yours now."), "done")
