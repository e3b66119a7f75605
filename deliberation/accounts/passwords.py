"""Passwords: which ones will do, and how they are kept. Knows no table."""

import unicodedata
from functools import cache
from threading import Lock
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from deliberation.base.errors import Refused, marked

LEAST_CHARACTERS: Final = 15
MOST_CHARACTERS: Final = 200
LEAST_SCORE: Final = 3
STRETCH: Final = 32  # the estimator's time grows with the square of the length, and it refuses more than 72
SHORTEST_GIVEAWAY: Final = 3

TOO_SHORT: Final = marked("Use at least %(least)s characters.")
TOO_LONG: Final = marked("Use at most %(most)s characters.")
TOO_GUESSABLE: Final = marked(
    "Someone could guess that. Avoid common words in a row, repetition, your name and your address; "
    "four words that do not belong together do well."
)

# The estimator keeps the words of the person in a dictionary that all threads share.
_estimating = Lock()


def check_new_password(password: str, *, name: str, email: str, site_name: str) -> None:
    """Raise Refused, at the field `password`, unless the password is long enough and hard to guess."""
    password = _normal(password)
    if len(password) < LEAST_CHARACTERS:
        raise Refused(TOO_SHORT, field="password", least=LEAST_CHARACTERS)
    if len(password) > MOST_CHARACTERS:
        raise Refused(TOO_LONG, field="password", most=MOST_CHARACTERS)
    if not _is_hard_to_guess(password, _giveaways(name, email, site_name)):
        raise Refused(TOO_GUESSABLE, field="password")


def hash_password(password: str, *, effort: int) -> str:
    """Return what is stored of the password: argon2id with its salt. Takes a tenth of a second on purpose.

    `effort` is the setting: 1 is the cheapest, for tests; anything above is RFC 9106's low-memory profile.
    """
    return _hasher(effort).hash(_normal(password))


def password_matches(stored: str | None, password: str, *, effort: int) -> bool:
    """Say whether `stored` was made from the password. Nobody's password (None) takes just as long."""
    decoy = _decoy(effort)
    try:
        _hasher(effort).verify(stored or decoy, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def _normal(password: str) -> str:
    """Return the password as every keyboard writes it: å may be typed as one character or as two."""
    return unicodedata.normalize("NFKC", password)


def _giveaways(name: str, email: str, site_name: str) -> list[str]:
    """Return what a stranger who knows this person and this site would try first."""
    mailbox, _, host = email.partition("@")
    whole = [name, email, mailbox, host, site_name]
    words = [word for text in whole for word in text.replace(".", " ").replace("-", " ").split()]
    return [text for text in (*whole, *words) if len(text) >= SHORTEST_GIVEAWAY]


def _is_hard_to_guess(password: str, giveaways: list[str]) -> bool:
    """Say whether any stretch of the password is hard; the whole is no easier than a part."""
    from zxcvbn import zxcvbn  # slow to load, for its dictionaries, and needed for new passwords alone

    starts = range(0, len(password), STRETCH)
    stretches = (password[start : start + STRETCH] for start in starts)
    with _estimating:
        return any(zxcvbn(stretch, giveaways)["score"] >= LEAST_SCORE for stretch in stretches)


@cache
def _hasher(effort: int) -> PasswordHasher:
    return PasswordHasher.from_parameters(CHEAPEST if effort <= 1 else RFC_9106_LOW_MEMORY)


@cache
def _decoy(effort: int) -> str:
    return _hasher(effort).hash("nobody's password")
