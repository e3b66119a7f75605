"""The reader's language: by preference, then by browser."""

from typing import Final

from flask import has_request_context, request
from flask_babel import get_locale
from flask_login import current_user

LANGUAGES: Final = {"sv": "svenska", "en": "English"}
"""The languages the product itself speaks, in their own names."""
FALLBACK: Final = "en"
LANGUAGE_COOKIE: Final = "language"
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi", "sd", "ug"})


def choose_locale() -> str:
    """Return the language to answer in: the account's, the chosen one, the browser's, or English."""
    if not has_request_context():
        return FALLBACK
    account_language = getattr(current_user, "language", None)
    for wanted in (account_language, request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or FALLBACK


def current_language() -> str:
    """Return the language of the page being made, as a code such as `sv`."""
    locale = get_locale()
    return locale.language if locale else FALLBACK


def direction_of(language: str) -> str:
    """Return `rtl` or `ltr`, the direction in which `language` is written."""
    return "rtl" if language.split("-", maxsplit=1)[0] in _RIGHT_TO_LEFT else "ltr"
