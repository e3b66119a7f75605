"""What the product writes to people about their accounts, in their own language.

No mail repeats the name that was typed: whoever signs up with somebody else's address would write to
them through us.
"""

from textwrap import fill
from typing import Any, Final

from flask import current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from deliberation.web.locale import current_language
from deliberation.web.mail import Mail

LINE_LENGTH: Final = 72


def confirm_mail(email: str, *, language: str | None, token: str, next_path: str | None) -> Mail:
    """Return the mail that asks a new person to show that the address is theirs."""
    link = absolute_url("accounts.confirm", token=token, next=next_path)
    with force_locale(language or current_language()):
        return letter(
            email,
            _("Confirm your address"),
            _("Somebody signed up at %(site)s with this address.", site=_site_name()),
            _("If that was you, open this link and type the password you chose:"),
            link,
            _(
                "The link works once, within three days. If you no longer know the password, "
                "choose a new one:"
            ),
            absolute_url("accounts.request_reset", next=next_path),
            _("If it was not you, do nothing. The account stays closed."),
        )


def known_address_mail(email: str, *, language: str | None, next_path: str | None) -> Mail:
    """Return the mail to somebody who signed up and has an account already."""
    with force_locale(language or current_language()):
        return letter(
            email,
            _("You already have an account"),
            _(
                "Somebody signed up at %(site)s with this address. It has an account already, "
                "and nothing was changed.",
                site=_site_name(),
            ),
            _("If that was you, sign in:"),
            absolute_url("accounts.sign_in", next=next_path),
            _("If you no longer know the password, choose a new one:"),
            absolute_url("accounts.request_reset", next=next_path),
            _("If it was not you, do nothing."),
        )


def unknown_address_mail(email: str, *, next_path: str | None) -> Mail:
    """Return the mail to an address that has no account, in the language of whoever typed it."""
    return letter(
        email,
        _("There is no account with this address"),
        _(
            "Somebody at %(site)s asked for a link to be sent to this address. There is no account with it.",
            site=_site_name(),
        ),
        _("If that was you, try another address of yours, or sign up:"),
        absolute_url("accounts.sign_up", next=next_path),
        _("If it was not you, do nothing."),
    )


def reset_mail(email: str, *, language: str | None, token: str, next_path: str | None) -> Mail:
    """Return the mail with which a new password can be chosen."""
    link = absolute_url("accounts.reset", token=token, next=next_path)
    with force_locale(language or current_language()):
        return letter(
            email,
            _("Choose a new password"),
            _("Somebody asked for a new password at %(site)s for this address.", site=_site_name()),
            _("If that was you, open this link:"),
            link,
            _("The link works once, within an hour. You are then signed out everywhere else."),
            _("If it was not you, do nothing. Your password stays as it is."),
        )


def letter(email: str, subject: str, *paragraphs: str) -> Mail:
    """Return a mail of these paragraphs, with a greeting and the site's name."""
    text = "\n\n".join(_wrapped(paragraph) for paragraph in (_("Hello,"), *paragraphs))
    return Mail(email, f"{subject} – {_site_name()}", text + "\n")


def _wrapped(paragraph: str) -> str:
    """Return the paragraph in short lines; a link stays whole, and plain to read in the raw mail."""
    return fill(paragraph, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)


def absolute_url(endpoint: str, **values: Any) -> str:
    """Return an address to click on, from the setting and never from what the request called the site."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, **values)}"


def _site_name() -> str:
    return str(current_app.extensions["config"].site_name)
