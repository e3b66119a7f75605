"""How somebody without an account begins to take part: with the first thing they send, never by reading."""

from dataclasses import dataclass
from typing import Final

from flask import flash
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from deliberation.accounts.guests import begin_guest
from deliberation.accounts.session import start_guest_session
from deliberation.base.errors import TooMany, marked
from deliberation.consultations.scope import current_place
from deliberation.web.extensions import address_key, db, limiter

_NEW_GUESTS: Final = "40 per hour; 120 per day"
_GUESTS_IDEAS: Final = "12 per hour; 40 per day"


class TooManyGuests(TooMany):
    """More people have begun without an account, from one network, than we take."""

    default = marked(
        "Many people have begun to take part without an account from your network in a short while,"
        " so we take no more for now. Nothing was saved. Sign in, or try again later."
    )


class TooManyGuestIdeas(TooMany):
    """More ideas have come from one network, without an account, than we take."""

    default = marked(
        "Many ideas have come from your network without an account in a short while,"
        " so we take no more for now. Nothing was saved. Sign in, or try again later."
    )


@dataclass(frozen=True, slots=True)
class GuestHere:
    """The guest that this browser is. One that is new has a secret that its cookie has yet to carry."""

    id: int
    new_token: str | None = None

    def remember(self) -> None:
        """Let the browser carry the secret, and say so. To be called once what the guest did is committed."""
        if self.new_token is not None:
            start_guest_session(self.new_token)
            flash(
                _(
                    "You take part without an account. What you do is kept in this browser;"
                    " sign up to keep it for good."
                ),
                "note",
            )


def guest_here() -> GuestHere:
    """Return the guest that this browser is; a new one where it is none. Raises TooManyGuests."""
    known = current_place().guest_id
    if known is not None:
        return GuestHere(known)
    try:
        return _new_guest()
    except RateLimitExceeded as error:
        raise TooManyGuests from error


def count_guest_idea() -> None:
    """Count an idea by a guest. Raises TooManyGuestIdeas."""
    try:
        _one_more_idea()
    except RateLimitExceeded as error:
        raise TooManyGuestIdeas from error


@limiter.limit(_NEW_GUESTS, key_func=address_key)
def _new_guest() -> GuestHere:
    return GuestHere(*begin_guest(db.session()))


@limiter.limit(_GUESTS_IDEAS, key_func=address_key)
def _one_more_idea() -> None:
    """Nothing is done: the limit counts."""
