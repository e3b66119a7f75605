"""Telling people by mail what was decided about what they wrote, in their own language."""

from typing import Final

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.accounts.mails import absolute_url, letter
from deliberation.accounts.models import Account
from deliberation.consultations.background import BackgroundText
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import chosen_text
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.subjects import author_of
from deliberation.web.locale import current_language
from deliberation.web.mail import Mail, Mailer, MailFailed

APPEALABLE: Final = frozenset({ActKind.HIDE_IDEA, ActKind.HIDE_COMMENT, ActKind.BLOCK})
TOLD: Final = APPEALABLE | {
    ActKind.RESTORE_IDEA,
    ActKind.RESTORE_COMMENT,
    ActKind.UPHOLD,
    ActKind.OVERTURN,
    ActKind.LIFT_BLOCK,
}


def tell(session: Session, act: ModerationAct) -> None:
    """Write to the person whom the act concerns, if they have an account and did not do it themselves.

    A mail that cannot be sent holds nothing up: the page says the same.
    """
    if act.kind not in TOLD:
        return
    concerned = author_of(session, act)
    if concerned is None or concerned.account_id in {None, act.account_id}:
        return
    mail = decision_mail(session, act, session.get_one(Account, concerned.account_id))
    mailer: Mailer = current_app.extensions["mailer"]
    try:
        mailer.send(mail)
    except MailFailed:
        current_app.logger.warning("a mail about a decision could not be sent")


def decision_mail(session: Session, act: ModerationAct, account: Account) -> Mail:
    """Return the mail that says what was decided, under which rule and why, and how to appeal."""
    consultation = session.get_one(Consultation, act.consultation_id)
    with force_locale(account.language or current_language()):
        language = current_language()
        title = chosen_text(consultation.texts, language=language, source=consultation.source_language).title
        subject, said = _said(act)
        paragraphs = [_("In %(title)s:", title=title) + " " + said]
        if rule := _rule(session, act, language):
            paragraphs.append(_("The rule: %(rule)s", rule=rule))
        if act.reason:
            paragraphs.append(_("The reason: %(reason)s", reason=" ".join(act.reason.split())))
        if act.kind in APPEALABLE:
            paragraphs.append(_("You can appeal once. Somebody else then decides:"))
        else:
            paragraphs.append(_("Read more:"))
        paragraphs.append(absolute_url("cases.decision", slug=consultation.slug, number=act.id))
        return letter(account.email, subject, *paragraphs)


def _said(act: ModerationAct) -> tuple[str, str]:
    """Return the subject and the first sentence."""
    if act.kind is ActKind.BLOCK:
        until = str(act.details.get("until", ""))[:10]
        return _("You cannot post for a while"), _("you cannot post until %(until)s.", until=until)
    return {
        ActKind.HIDE_IDEA: (_("Your idea is hidden"), _("a facilitator has hidden an idea of yours.")),
        ActKind.HIDE_COMMENT: (
            _("Your comment is hidden"),
            _("a facilitator has hidden a comment of yours."),
        ),
        ActKind.RESTORE_IDEA: (
            _("Your idea can be seen again"),
            _("an idea of yours can be seen again."),
        ),
        ActKind.RESTORE_COMMENT: (
            _("Your comment can be read again"),
            _("a comment of yours can be read again."),
        ),
        ActKind.LIFT_BLOCK: (_("You can post again"), _("you can post again.")),
        ActKind.OVERTURN: (
            _("Your appeal succeeded"),
            _("your appeal succeeded. The decision is undone."),
        ),
        ActKind.UPHOLD: (
            _("The decision stands"),
            _("somebody else has looked at your appeal. The decision stands."),
        ),
    }[act.kind]


def _rule(session: Session, act: ModerationAct, language: str) -> str:
    if act.rule_id is None:
        return ""
    texts = session.scalars(select(BackgroundText).where(BackgroundText.entry_id == act.rule_id)).all()
    return chosen_text(texts, language=language, source=language).title if texts else ""
