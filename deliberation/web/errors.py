"""The only place where a domain word becomes a status and a page."""

from typing import Final

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadRequest, HTTPException

from deliberation.base.errors import (
    Conflict,
    DomainError,
    NotAllowed,
    NotFound,
    Refused,
    SignInRequired,
    TooMany,
)
from deliberation.web.extensions import db
from deliberation.web.forgery import Unproven
from deliberation.web.security import READING, local_path

FRAGMENT: Final = "text/vnd.deliberation.fragment+html"
"""What our script asks for when it wants a piece of the page instead of a redirect."""
RETRY_SECONDS: Final = "30"
SHORT: Final = 12
"""Characters of a form's value that is more likely chosen than written."""
_STATUS: Final[dict[type[DomainError], int]] = {
    NotFound: 404,
    NotAllowed: 403,
    SignInRequired: 401,
    Conflict: 409,
    Refused: 422,
    TooMany: 429,
}
_NEVER_SHOWN: Final = ("csrf_token", "password", "token", "submit", "shown")


def wants_fragment() -> bool:
    """Say whether our script sent this request."""
    return FRAGMENT in request.headers.get("Accept", "")


def spoken(error: DomainError) -> str:
    """Return the error's sentence in the reader's language."""
    return gettext(error.sentence, **error.values)


def status_of(error: DomainError) -> int:
    """Return the status of the page that shows the error."""
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)


def handle_errors(app: Flask) -> None:
    """Give every error a page."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(SignInRequired, _sign_in_first)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(Unproven, _ask_once_more)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _unstorable)
    for error in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(error, _database_away)
    app.register_error_handler(Exception, _our_fault)


def error_page(status: int, title: str, sentence: str) -> Response:
    """Return a page that says what happened, what was kept and what to do."""
    if wants_fragment():
        return Response(sentence, status, content_type="text/plain; charset=utf-8")
    page = render_template(
        "web/error.html", status=status, title=title, sentence=sentence, kept=_typed(), short=SHORT
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


def _domain_error(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    status = status_of(error)
    titles = {
        404: gettext("We cannot find that page"),
        403: gettext("That is not for you to do"),
        409: gettext("That is no longer possible"),
        429: gettext("Too much at once"),
    }
    return error_page(status, titles.get(status, gettext("That cannot be saved")), spoken(error))


def _sign_in_first(_error: SignInRequired) -> ResponseReturnValue:
    if wants_fragment():
        return error_page(401, "", gettext("Sign in first."))
    if any(len(text) > SHORT and name != "next" for name, text in _typed().items()):
        sentence = gettext(
            "You are no longer signed in, so nothing was saved. What you wrote is kept below."
            " Use another window to sign in, then try again here."
        )
        return error_page(401, gettext("Sign in first"), sentence)
    back = request.full_path.rstrip("?") if request.method in READING else request.form.get("next")
    return redirect(url_for("accounts.sign_in", next=local_path(back, otherwise="/")), 303)


def _form_expired(_error: CSRFError) -> ResponseReturnValue:
    sentence = gettext(
        "The form was open for too long, or came from another page. Nothing was saved. Send it again."
    )
    return error_page(400, gettext("Send it once more"), sentence)


def _ask_once_more(error: Unproven) -> ResponseReturnValue:
    """Show what was sent in a form with a token: whoever can press its button sees the page."""
    db.session.rollback()
    if wants_fragment():
        return error_page(403, "", spoken(error))
    sent = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    return render_template("web/once_more.html", sentence=spoken(error), sent=sent, short=SHORT), 403


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    sentences = {
        400: gettext("We did not understand that request."),
        404: gettext("The address may be wrong. Nothing you have written is lost."),
        405: gettext("This address does not take that kind of request."),
        413: gettext("That is more than we can take at once."),
        429: gettext("That was many times in a short while. Wait a moment and try again."),
    }
    title = gettext("We cannot find that page") if error.code == 404 else gettext("That did not work")
    answer = error_page(error.code, title, sentences.get(error.code, gettext("Please try again.")))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    return answer


def _unstorable(_error: Exception) -> ResponseReturnValue:
    # A NUL, or a number out of range, in a place where no form cleans what arrives.
    db.session.rollback()
    return _http_error(BadRequest())


def _database_away(error: Exception) -> ResponseReturnValue:
    g.database_away = True
    current_app.logger.error("database away: %s", type(error).__name__)
    sentence = gettext(
        "The database does not answer. Nothing was saved. What you wrote is kept below. Try again soon."
    )
    answer = error_page(503, gettext("We cannot save right now"), sentence)
    answer.headers["Retry-After"] = RETRY_SECONDS
    return answer


def _our_fault(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    db.session.rollback()
    current_app.logger.exception("unexpected error")
    return error_page(
        500,
        gettext("Something went wrong on our side"),
        gettext("What you wrote is kept below. Please try again."),
    )


def _typed() -> dict[str, str]:
    """Return what the person typed, so that no error loses it."""
    if request.method in READING:
        return {}
    try:
        form = request.form
    except HTTPException:  # it was too large or too strange to read at all
        return {}
    return {
        name: value
        for name, value in form.items()
        if value and not any(word in name for word in _NEVER_SHOWN)
    }
