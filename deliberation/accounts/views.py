"""Pages for signing up, in and out, for choosing a new password, and for what an account holds."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.accounts import limits, mails, queries, service
from deliberation.accounts.forms import (
    AddressForm,
    ChangePasswordForm,
    ConfirmForm,
    NewPasswordForm,
    ProfileForm,
    SignInForm,
    SignUpForm,
)
from deliberation.accounts.models import Purpose, Theme
from deliberation.accounts.passwords import check_new_password, hash_password, password_matches
from deliberation.accounts.queries import Credentials, LinkSpent, OpenLink
from deliberation.accounts.session import browser_of_request, end_session, start_session
from deliberation.accounts.viewer import end_sign_in
from deliberation.base.clock import now
from deliberation.base.errors import DomainError, NotFound, Refused, marked
from deliberation.consultations.queries import may_create, participations_of
from deliberation.guests.keeping import keep_for, say_kept
from deliberation.insights.taken_part import snapshots_with
from deliberation.web.access import PUBLIC, SIGNED_IN, access
from deliberation.web.extensions import db
from deliberation.web.forms import Form
from deliberation.web.locale import current_language
from deliberation.web.mail import Mail, MailFailed
from deliberation.web.security import local_path

blueprint = Blueprint("accounts", __name__)

WRONG = marked("The address or the password is not right.")
NOT_THAT_PASSWORD = marked("That is not the password you chose.")


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Keep links' secrets out of other pages' logs, and what an account holds off a shared computer."""
    response.headers["Referrer-Policy"] = "no-referrer"
    if current_user.is_authenticated or "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/sign-up", methods=["GET", "POST"])
@access(PUBLIC)
@limits.tries_from_here
@limits.sign_ups_from_here
@limits.mails_to_address
def sign_up() -> ResponseReturnValue:
    """Make an account, or mail whoever has one already that they do; the page is the same."""
    form = SignUpForm(next=request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(_way_on(form), 303)
    if not _is_whole(form, name=form.name.data or "", email=form.email.data or ""):
        return render_template("accounts/sign_up.html", form=form), form.status
    password_hash = hash_password(form.password.data, effort=_effort())
    try:
        account = service.create_account(
            db.session(),
            name=form.name.data,
            email=form.email.data,
            password_hash=password_hash,
            language=None,  # as in the browser, until the person says otherwise
            confirmed=False,
        )
    except service.AddressTaken:
        return _mailed(_mail_about_sign_up(form), form)
    return _mailed(_confirm_mail(form, account.id, account.email, account.language), form)


@blueprint.route("/sign-up/sent", methods=["GET", "POST"])
@access(PUBLIC)
@limits.mails_from_here
@limits.mails_to_address
def sign_up_sent() -> ResponseReturnValue:
    """Say that a mail is under way, and send it again."""
    form = AddressForm(email=cookie.get("mailed_to"), next=request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(_way_on(form), 303)
    if not form.validate_on_submit():
        page = render_template("accounts/sign_up_sent.html", form=form, address=cookie.get("mailed_to"))
        return page, form.status
    return _mailed(_mail_about_sign_up(form), form)


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limits.guesses_from_here
def confirm(token: str) -> ResponseReturnValue:
    """Open a new account, to whoever has both the mail and the password chosen at sign-up."""
    try:
        link = queries.get_open_link(db.session(), token, purpose=Purpose.CONFIRM_EMAIL, moment=now())
        return _confirm_with(link)
    except (NotFound, LinkSpent) as error:
        return _dead_link(error, Purpose.CONFIRM_EMAIL)


def _confirm_with(link: OpenLink) -> ResponseReturnValue:
    form = ConfirmForm(next=request.args.get("next"))
    if not form.validate_on_submit() or not _proves(form, "password", link.credentials, NOT_THAT_PASSWORD):
        return render_template("accounts/confirm.html", form=form, email=link.credentials.email), form.status
    service.confirm_address(db.session(), link=link)
    entered = _enter(_sign_in_token(link.credentials), link.credentials.account_id, form)
    flash(_("Your address is confirmed. Welcome!"), "done")
    return entered


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
@limits.guesses_from_here
@limits.guesses_at_address
def sign_in() -> ResponseReturnValue:
    """Sign in; an address that was never confirmed is sent its link again."""
    form = SignInForm(next=request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(_way_on(form), 303)
    if not form.validate_on_submit():
        return _sign_in_page(form)
    known = queries.find_credentials(db.session(), form.email.data)
    if not _proves(form, "password", known, WRONG) or known is None:
        return _sign_in_page(form)
    if known.is_confirmed:
        return _enter(_sign_in_token(known), known.account_id, form)
    flash(_("Your address is not confirmed yet."), "note")
    return _mailed(_confirm_mail(form, known.account_id, known.email, known.language), form)


def _sign_in_page(form: SignInForm) -> ResponseReturnValue:
    page = render_template("accounts/sign_in.html", form=form, is_sent_here=bool(_kept_path(form)))
    return page, form.status


@blueprint.post("/sign-out")
@access(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    end_sign_in(db.session(), account_id=current_user.account_id, sign_in_id=current_user.sign_in_id)
    db.session.commit()
    end_session()
    flash(_("You are signed out."), "done")
    return redirect(url_for("consultations.index"), 303)


@blueprint.route("/reset", methods=["GET", "POST"])
@access(PUBLIC)
@limits.mails_from_here
@limits.mails_to_address
def request_reset() -> ResponseReturnValue:
    """Ask for a link with which a new password can be chosen."""
    form = AddressForm(next=request.args.get("next"))
    if not form.validate_on_submit():
        return render_template("accounts/request_reset.html", form=form), form.status
    if not _sends(_reset_mail(form), form):
        return render_template("accounts/request_reset.html", form=form), 503
    return redirect(url_for("accounts.reset_sent", next=_kept_path(form)), 303)


@blueprint.get("/reset/sent")
@access(PUBLIC)
def reset_sent() -> ResponseReturnValue:
    """Say that a mail is under way, to an account or to say that there is none."""
    if current_user.is_authenticated and "mailed_to" not in cookie:  # signed in on the way back
        return redirect(_way_on(AddressForm(next=request.args.get("next"))), 303)
    return render_template("accounts/reset_sent.html", address=cookie.get("mailed_to"))


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limits.guesses_from_here
def reset(token: str) -> ResponseReturnValue:
    """Choose a new password with a mailed link; every browser that was signed in is signed out."""
    try:
        link = queries.get_open_link(db.session(), token, purpose=Purpose.RESET_PASSWORD, moment=now())
        return _reset_with(link)
    except (NotFound, LinkSpent) as error:
        return _dead_link(error, Purpose.RESET_PASSWORD)


def _reset_with(link: OpenLink) -> ResponseReturnValue:
    form, email = NewPasswordForm(next=request.args.get("next")), link.credentials.email
    if not _is_whole(form, name=link.name, email=email):
        return render_template("accounts/reset.html", form=form, email=email), form.status
    password_hash = hash_password(form.password.data, effort=_effort())
    account = service.reset_password(db.session(), link=link, password_hash=password_hash)
    token = service.sign_in(db.session(), account=account, browser=browser_of_request())
    entered = _enter(token, account.id, form)
    flash(_("Your password is changed. You are signed in here and nowhere else."), "done")
    return entered


@blueprint.route("/account", methods=["GET", "POST"])
@access(SIGNED_IN)
def profile() -> ResponseReturnValue:
    """Show what the account holds and who sees it; change name, language and colours."""
    form = ProfileForm(
        name=current_user.name, language=current_user.language or "", theme=current_user.theme or ""
    )
    if not form.validate_on_submit():
        return _profile_page(form)
    service.change_profile(
        db.session(),
        account_id=current_user.account_id,
        name=form.name.data,
        language=form.language.data or None,
        theme=Theme(form.theme.data) if form.theme.data else None,
    )
    db.session.commit()
    with force_locale(form.language.data or current_language()):
        flash(_("Saved."), "done")
    return redirect(url_for("accounts.profile"), 303)


def _profile_page(form: ProfileForm) -> ResponseReturnValue:
    sign_ins = queries.sign_ins_of(db.session(), current_user.account_id, now())
    page = render_template(
        "accounts/profile.html",
        form=form,
        sign_ins=sorted(sign_ins, key=lambda sign_in: sign_in.id != current_user.sign_in_id),
        may_create=may_create(db.session(), current_user.account_id),
        participations=participations_of(
            db.session(), account_id=current_user.account_id, language=current_language()
        ),
        snapshots=snapshots_with(db.session(), current_user.account_id),
    )
    return page, form.status


@blueprint.route("/account/password", methods=["GET", "POST"])
@access(SIGNED_IN)
@limits.guesses_at_account
def change_password() -> ResponseReturnValue:
    """Choose a new password, by somebody who knows the old one; other browsers are signed out."""
    form, viewer = ChangePasswordForm(), current_user
    known = queries.get_credentials(db.session(), viewer.account_id)
    if (
        not form.validate_on_submit()
        or not _proves(form, "current", known, marked("That is not your current password."))
        or not _takes(form, name=viewer.name, email=viewer.email)
    ):
        return render_template("accounts/change_password.html", form=form), form.status
    service.change_password(
        db.session(),
        credentials=known,
        password_hash=hash_password(form.password.data, effort=_effort()),
        keep=viewer.sign_in_id,
    )
    db.session.commit()
    limits.note_success()
    flash(_("Your password is changed. You are signed in here and nowhere else."), "done")
    return redirect(url_for("accounts.profile"), 303)


@blueprint.post("/account/browsers/<int:number>/sign-out")
@access(SIGNED_IN)
def sign_out_browser(number: int) -> ResponseReturnValue:
    """Sign another browser of the same person out."""
    own = queries.sign_ins_of(db.session(), current_user.account_id, now())
    if number not in {sign_in.id for sign_in in own}:
        raise NotFound
    end_sign_in(db.session(), account_id=current_user.account_id, sign_in_id=number)
    db.session.commit()
    flash(_("That browser is signed out."), "done")
    return redirect(url_for("accounts.profile", _anchor="browsers"), 303)


@blueprint.post("/account/browsers/sign-out-others")
@access(SIGNED_IN)
def sign_out_others() -> ResponseReturnValue:
    """Sign out every browser but this one."""
    service.sign_out_others(db.session(), account_id=current_user.account_id, keep=current_user.sign_in_id)
    db.session.commit()
    flash(_("You are signed in here and nowhere else."), "done")
    return redirect(url_for("accounts.profile", _anchor="browsers"), 303)


def _effort() -> int:
    return int(current_app.extensions["config"].password_effort)


def _kept_path(form: Any) -> str | None:
    """Return where the person was going, if that is a path on this site."""
    return local_path(form.next.data, otherwise="") or None


def _way_on(form: Any) -> str:
    return _kept_path(form) or url_for("consultations.index")


def _is_whole(form: Form, *, name: str, email: str) -> bool:
    """Say whether the form was sent with all it needs; shows all that is wrong at once."""
    return form.is_submitted() and all((form.validate(), _takes(form, name=name, email=email)))


def _takes(form: Form, *, name: str, email: str) -> bool:
    """Say whether the new password will do; shows at its field why not."""
    _let_go_of_the_database()
    if form.password.errors:
        return False
    site_name = current_app.extensions["config"].site_name
    try:
        check_new_password(form.password.data, name=name, email=email, site_name=site_name)
    except Refused as error:
        form.refuse(error)
        return False
    return True


def _proves(form: Form, field: str, known: Credentials | None, sentence: str) -> bool:
    """Say whether the field holds the password of `known`; shows the sentence there if not."""
    _let_go_of_the_database()
    if not password_matches(known.password_hash if known else None, form[field].data, effort=_effort()):
        form.refuse(Refused(sentence, field=field))
        return False
    return True


def _let_go_of_the_database() -> None:
    # On SQLite a request that may write holds the only writer's lock from its first statement, and a
    # password takes a tenth of a second: everybody's votes would wait for everybody's signing in. What was
    # read before is checked again by the service that writes.
    db.session.rollback()


def _sign_in_token(known: Credentials) -> str:
    return service.sign_in_with(db.session(), credentials=known, browser=browser_of_request())


def _enter(token: str, account_id: int, form: Any) -> Response:
    """Commit, and make this browser the one that is signed in."""
    is_kept = keep_for(account_id)
    db.session.commit()
    start_session(token)
    if is_kept:
        say_kept()
    limits.note_success()
    return redirect(_way_on(form), 303)  # type: ignore[return-value]


def _mail_about_sign_up(form: Any) -> Mail:
    """Return what the typed address is to hear: its link, that it has an account, or that it has none."""
    known = queries.find_credentials(db.session(), form.email.data)
    if known is None:
        return mails.unknown_address_mail(form.email.data, next_path=_kept_path(form))
    if known.is_confirmed:
        return mails.known_address_mail(known.email, language=known.language, next_path=_kept_path(form))
    return _confirm_mail(form, known.account_id, known.email, known.language)


def _confirm_mail(form: Any, account_id: int, email: str, language: str | None) -> Mail:
    token = service.issue_link(db.session(), account_id=account_id, purpose=Purpose.CONFIRM_EMAIL)
    return mails.confirm_mail(email, language=language, token=token, next_path=_kept_path(form))


def _reset_mail(form: AddressForm) -> Mail:
    known = queries.find_credentials(db.session(), form.email.data)
    if known is None:
        # A mail all the same: the answer takes as long, and whoever mistook the address learns it.
        return mails.unknown_address_mail(form.email.data, next_path=_kept_path(form))
    token = service.issue_link(db.session(), account_id=known.account_id, purpose=Purpose.RESET_PASSWORD)
    return mails.reset_mail(known.email, language=known.language, token=token, next_path=_kept_path(form))


def _sends(mail: Mail, form: Form) -> bool:
    """Commit, then hand the mail over; shows in the form when that fails."""
    db.session.commit()
    try:
        current_app.extensions["mailer"].send(mail)
    except MailFailed as error:
        form.refuse(error)
        return False
    cookie["mailed_to"] = mail.to
    return True


def _mailed(mail: Mail, form: Any) -> ResponseReturnValue:
    """Commit and send; go on to the page that says so and that can send it again."""
    again = AddressForm(formdata=None, email=mail.to, next=_kept_path(form))
    if not _sends(mail, again):
        return render_template("accounts/sign_up_sent.html", form=again, address=None), 503
    return redirect(url_for("accounts.sign_up_sent", next=_kept_path(form)), 303)


def _dead_link(error: DomainError, purpose: Purpose) -> ResponseReturnValue:
    """Say what to do instead of opening a link that does nothing."""
    form = AddressForm(formdata=None, next=request.args.get("next"))
    is_spent = isinstance(error, LinkSpent)
    page = render_template("accounts/dead_link.html", form=form, purpose=purpose, is_spent=is_spent)
    return page, 410 if is_spent else 404
