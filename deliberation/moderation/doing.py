"""What a page does with a form that asks for an act: do it, commit, tell the person concerned."""

from collections.abc import Callable
from typing import Any

from flask import g
from flask_login import current_user

from deliberation.base.errors import Conflict, Refused
from deliberation.moderation.case_mails import tell
from deliberation.moderation.forms import ReasonForm
from deliberation.moderation.models import ModerationAct
from deliberation.web.extensions import db


def done(form: ReasonForm, act: Callable[..., Any]) -> Any | None:
    """Return what the act returns; None where the form was not sent, or refused, which stands in the form.

    Where somebody else was first, the page is made anew from what is true now.
    """
    if not form.validate_on_submit():
        return None
    try:
        result = act(db.session(), by=current_user.account_id, reason=form.reason.data or "")
    except Refused as error:
        form.refuse(error)
        return None
    except Conflict as error:
        db.session.rollback()
        g.pop("place", None)
        form.came_too_late(error)
        return None
    db.session.commit()
    if isinstance(result, ModerationAct):
        tell(db.session(), result)
    return result
