"""Forms that no other site can have sent.

Who is signed in, or is a known guest, sends a token with every form. A visitor has none, because reading
sets no cookie and all visitors share a page: their browser says which site a form comes from, in headers
that no page can write. Where it says nothing, the visitor is asked once more, on a page with a token.
"""

from flask import current_app, g, request
from flask_login import current_user

from deliberation.base.errors import DomainError, marked
from deliberation.web.extensions import csrf


class Unproven(DomainError):
    """Nothing says that the form was sent from a page of ours."""

    default = marked(
        "Your browser does not say which page this comes from. Press the button, so that we know it was you."
    )


def refuse_forgeries() -> None:
    """Raise CSRFError for a wrong token, or none of somebody signed in; Unproven for a visitor of nowhere.

    For views that visitors may send a form to, and that are exempt from the check for a token.
    """
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return
    if current_user.is_authenticated or "csrf_token" in request.form:
        csrf.protect()
    elif comes_from_here():
        g.csrf_valid = True
    else:
        raise Unproven


def comes_from_here() -> bool:
    """Say whether the browser tells that a page of this site sent the request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")
