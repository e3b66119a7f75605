"""Pages of the guests room: what this browser has done here without an account, and forgetting it."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from deliberation.accounts.guests import forget_guest
from deliberation.accounts.models import ABSOLUTE_LIMIT
from deliberation.accounts.session import end_session
from deliberation.consultations.scope import GUEST, VISITOR, current_place
from deliberation.guests.keeping import kept_here
from deliberation.guests.queries import Done, done_by
from deliberation.web.access import access
from deliberation.web.extensions import db

blueprint = Blueprint("guests", __name__)
blueprint.app_template_global()(kept_here)


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Let nothing of a guest stay behind on a shared computer."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/c/<slug>/guest")
@access(VISITOR)
def show(slug: str) -> ResponseReturnValue:
    """Show what this browser has done here without an account, and what has come of it."""
    place = current_place()
    is_guest = place.guest_id is not None
    done = done_by(db.session(), place.participant) if is_guest and place.participant else Done(0, ())
    return render_template("guests/show.html", done=done, is_guest=is_guest, days=ABSOLUTE_LIMIT.days)


@blueprint.post("/c/<slug>/guest/forget")
@access(GUEST)
def forget(slug: str) -> ResponseReturnValue:
    """Forget the guest that this browser is, in all consultations. What was done stays, and is nobody's."""
    forget_guest(db.session(), current_place().guest_id or 0)
    db.session.commit()
    end_session()
    flash(_("This browser is forgotten. Nobody can tell any more what was done in it."), "done")
    return redirect(url_for("consultations.show", slug=slug), 303)
