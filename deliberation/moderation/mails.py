"""What authors are written when their idea was merged with another or parted from it, in their language."""

from collections.abc import Sequence

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from deliberation.accounts.mails import absolute_url, letter
from deliberation.ideas.models import Idea
from deliberation.moderation.comparing import Recipient
from deliberation.web.locale import current_language
from deliberation.web.mail import Mail, MailFailed


def merged_mail(to: Recipient, *, slug: str, idea: Idea, into: Idea, reason: str) -> Mail:
    """Return the mail about a merge."""
    with force_locale(to.language or current_language()):
        if to.idea_number == idea.number:
            what = _(
                "A facilitator found that your idea says the same as idea %(other)s, and merged the two. "
                "Votes on yours count there now, one per person, and you are named beside its author. Your "
                "words can still be read where they were.",
                other=into.number,
            )
        else:
            what = _(
                "A facilitator found that idea %(other)s says the same as yours, and merged it into yours. "
                "Its votes count on your idea now, one per person, and its author is named beside you.",
                other=idea.number,
            )
        return _about(to, _("Your idea has been merged with another"), what, slug=slug, reason=reason)


def parted_mail(to: Recipient, *, slug: str, idea: Idea, root: Idea, reason: str) -> Mail:
    """Return the mail about a merge that was undone."""
    other = root if to.idea_number == idea.number else idea
    with force_locale(to.language or current_language()):
        what = _(
            "A facilitator undid the merge of your idea with idea %(other)s. Each stands on its own again, "
            "with its own votes.",
            other=other.number,
        )
        return _about(to, _("Your idea stands on its own again"), what, slug=slug, reason=reason)


def send_all(mails: Sequence[Mail]) -> bool:
    """Send the mails; says whether all went. Stops at the first that does not, so that nobody waits long."""
    for mail in mails:
        try:
            current_app.extensions["mailer"].send(mail)
        except MailFailed:
            current_app.logger.exception("an author could not be told of a merge")
            return False
    return True


def _about(to: Recipient, subject: str, what: str, *, slug: str, reason: str) -> Mail:
    return letter(
        to.email,
        subject,
        what,
        _("The reason given: “%(reason)s”", reason=reason),
        _("Your idea:"),
        absolute_url("ideas.show", slug=slug, number=to.idea_number),
        _("Every decision stands in the public log, and this one can be undone:"),
        absolute_url("moderation.log", slug=slug),
    )
