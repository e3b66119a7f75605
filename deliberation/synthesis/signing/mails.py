"""Telling the working group by mail that a version waits for their answer, in each one's own language."""

from collections.abc import Iterable

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from deliberation.accounts.mails import absolute_url, letter
from deliberation.accounts.models import Account
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import chosen_text
from deliberation.synthesis.signing.models import SynthesisVersion
from deliberation.web.locale import current_language
from deliberation.web.mail import Mail, Mailer, MailFailed


def ask(
    consultation: Consultation, version: SynthesisVersion, accounts: Iterable[Account], *, again: bool
) -> None:
    """Write to each of them. A mail that cannot be sent holds nothing up: the page says the same."""
    mailer: Mailer = current_app.extensions["mailer"]
    for account in accounts:
        try:
            mailer.send(asking_mail(consultation, version, account, again=again))
        except MailFailed:
            current_app.logger.warning("a mail about a synthesis could not be sent")


def asking_mail(
    consultation: Consultation, version: SynthesisVersion, account: Account, *, again: bool
) -> Mail:
    """Return the mail that asks somebody for an answer, the first time or again."""
    with force_locale(account.language or current_language()):
        language = current_language()
        title = chosen_text(consultation.texts, language=language, source=consultation.source_language).title
        subject = _("Your answer is still missing") if again else _("A synthesis waits for your answer")
        values = {"number": version.number, "title": title}
        said = (
            _("Version %(number)s of the synthesis of “%(title)s” still waits for your answer.", **values)
            if again
            else _("Version %(number)s of the synthesis of “%(title)s” has been proposed to you.", **values)
        )
        return letter(
            account.email,
            subject,
            said,
            _("Read it, and approve it, approve it with reservations, or object:"),
            absolute_url("signing.show", slug=consultation.slug, number=version.number),
        )
