"""What somebody is written who is invited to a role."""

from flask_babel import gettext as _

from deliberation.accounts.mails import letter
from deliberation.consultations.people import RoleName
from deliberation.web.mail import Mail


def invitation_mail(email: str, *, title: str, role: RoleName, link: str) -> Mail:
    """Return the mail with the link, in the language of whoever invites: the other one's is not known."""
    if role is RoleName.FACILITATOR:
        what = _("You are invited to facilitate “%(title)s”: to set it up, open it and keep it readable.",
                 title=title)  # fmt: skip
    else:
        what = _("You are invited to the working group of “%(title)s”, which writes the synthesis.",
                 title=title)  # fmt: skip
    return letter(
        email,
        _("An invitation"),
        what,
        _("Open this link to accept:"),
        link,
        _("The link works once, within 30 days. If you do not know what this is about, do nothing."),
    )
