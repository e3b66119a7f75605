"""Pages of set-up about who works with the consultation, and the history of its texts."""

from functools import partial
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.accounts.mails import absolute_url
from deliberation.base.errors import Refused, marked
from deliberation.consultations.forms import INVITED_AS
from deliberation.consultations.people import RoleName
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.moderation.roles import take_role
from deliberation.setup.forms import InviteForm, SetupForm
from deliberation.setup.mails import invitation_mail
from deliberation.setup.pages import consultation_here, setup_page, tried
from deliberation.setup.people import invite_person, open_invitations, roles_here, withdraw_invitation
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.mail import MailFailed

blueprint = Blueprint("setup_people", __name__)
INVITATIONS_AN_HOUR = "60 per hour"


@blueprint.route("/c/<slug>/setup/people", methods=["GET", "POST"])
@access(FACILITATOR)
@limiter.limit(INVITATIONS_AN_HOUR, key_func=account_key, methods=["POST"])
def index(slug: str) -> ResponseReturnValue:
    """List who works with the consultation; invite somebody by mail."""
    form = InviteForm()
    act = partial(
        invite_person, consultation=consultation_here(), email=form.email.data or "",
        role=_role(form.role.data),
    )  # fmt: skip
    secret = tried(form, lambda session, account: act(session, by=account)) if form.is_submitted() else None
    if not secret:
        return _people(form)
    link = absolute_url("consultations.invitation", token=secret)
    is_sent = _send(form, link)
    page, _status = _people(InviteForm(formdata=None), link=link, invited=form.email.data, is_sent=is_sent)
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/c/<slug>/setup/people/remove")
@access(FACILITATOR)
def remove(slug: str) -> ResponseReturnValue:
    """Take a role from somebody."""
    form, account_id = SetupForm(), _number("account")
    act = partial(
        take_role, consultation_id=consultation_here().id, account_id=account_id,
        role=_role(request.form.get("role")),
    )  # fmt: skip
    if not tried(form, lambda session, account: act(session, by=account)):
        return _people(InviteForm(formdata=None), refused=form)
    flash(_("The role is taken back. That stands in the log, without a name."), "done")
    if account_id == current_user.account_id:
        return redirect(url_for("consultations.index"), 303)
    return redirect(url_for(".index", slug=slug), 303)


@blueprint.post("/c/<slug>/setup/people/withdraw")
@access(FACILITATOR)
def withdraw(slug: str) -> ResponseReturnValue:
    """Let an invitation's link stop working."""
    form = SetupForm()
    act = partial(withdraw_invitation, consultation=consultation_here(), number=_number("invitation"))
    if not tried(form, lambda session, account: act(session, by=account)):
        return _people(InviteForm(formdata=None), refused=form)
    flash(_("The invitation is taken back. Its link no longer works."), "done")
    return redirect(url_for(".index", slug=slug), 303)


def _people(form: InviteForm, *, refused: SetupForm | None = None, **more: Any) -> tuple[str, int]:
    session, consultation = db.session(), consultation_here()
    page, status = setup_page(
        "people", "people", form, roles=roles_here(session, consultation),
        invitations=open_invitations(session, consultation), role_names=INVITED_AS, refused=refused,
        facilitator=RoleName.FACILITATOR, **more,
    )  # fmt: skip
    return page, refused.status if refused else status


def _send(form: InviteForm, link: str) -> bool:
    mail = invitation_mail(
        str(form.email.data), title=current_place().texts.title, role=_role(form.role.data), link=link
    )
    try:
        current_app.extensions["mailer"].send(mail)
    except MailFailed:
        current_app.logger.warning("an invitation could not be sent")
        return False
    return True


def _role(word: object) -> RoleName:
    if word not in set(RoleName):
        raise Refused(marked("Choose a role."), field="role")
    return RoleName(str(word))


def _number(name: str) -> int:
    written = request.form.get(name, "")
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise Refused(marked("Choose somebody from the list."))
    return int(written)
