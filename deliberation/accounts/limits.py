"""How often an address on the net, or an e-mail address that is typed, may try."""

from hashlib import sha256
from typing import Final

from flask import Response, g, request

from deliberation.web.extensions import account_key, address_key, limiter

WRITING: Final = ["POST"]


def typed_address_key() -> str:
    """Return a key for the e-mail address that was typed, from which nobody reads it back."""
    typed = request.form.get("email", "").strip().lower()
    return sha256(typed.encode()).hexdigest() if typed else address_key()


def note_success() -> None:
    """Say that this request guessed nothing wrong, so that it does not count."""
    g.guessed_right = True


def _guessed_wrong(_response: Response) -> bool:
    return not g.get("guessed_right")


def _sent_on(response: Response) -> bool:
    return response.status_code == 303


# Wrong guesses alone count: a room full of people behind one address can all come in.
guesses_from_here = limiter.limit("30 per hour", methods=WRITING, deduct_when=_guessed_wrong)
guesses_at_address = limiter.limit(
    "10 per hour", key_func=typed_address_key, methods=WRITING, deduct_when=_guessed_wrong
)
guesses_at_account = limiter.limit(
    "10 per hour", key_func=account_key, methods=WRITING, deduct_when=_guessed_wrong
)
sign_ups_from_here = limiter.limit("40 per hour", methods=WRITING, deduct_when=_sent_on)
tries_from_here = limiter.limit("200 per hour", methods=WRITING)
mails_from_here = limiter.limit("20 per hour", methods=WRITING)
# One budget for all forms that send a mail to whatever is typed: nobody's mailbox is filled by a stranger.
mails_to_address = limiter.shared_limit(
    "6 per hour", scope="mails", key_func=typed_address_key, methods=WRITING, deduct_when=_sent_on
)
