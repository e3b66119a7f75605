"""How a reader's idea comes in, and why no vote can: for pages."""

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import DomainError
from deliberation.consultations.guests import count_guest_idea, guest_here
from deliberation.consultations.models import Phase, Thread
from deliberation.consultations.scope import Place
from deliberation.ideas.models import Idea
from deliberation.ideas.service import Posting, post_guest_idea, post_idea
from deliberation.web.extensions import db


def post_as_reader(place: Place, thread: Thread, **wording: str) -> Posting:
    """Post the idea of whoever sent this request, and commit it. A visitor becomes a guest by it.

    Raises what `post_idea`, `post_guest_idea`, `guest_here` and `count_guest_idea` raise.
    """
    session = db.session()
    what: dict[str, Any] = {"consultation": place.consultation, "thread": thread, **wording}
    if current_user.is_authenticated:
        posting = post_idea(session, account_id=current_user.account_id, **what)
        session.commit()
        return posting
    count_guest_idea()
    guest = guest_here()
    try:
        posting = post_guest_idea(session, guest_id=guest.id, **what)
    except DomainError:
        session.rollback()  # nobody becomes a guest by what was refused
        raise
    session.commit()
    guest.remember()
    return posting


def closed_reason(place: Place, idea: Idea) -> str | None:
    """Return why nobody can vote on the idea, if that is so."""
    locked = (
        _("This question is locked. Votes that were cast are counted.") if idea.thread.locked_at else None
    )
    return _unseen_reason(idea) or _phase_reason(place) or locked


def _unseen_reason(idea: Idea) -> str | None:
    if idea.withdrawn_at:
        return _("The author has withdrawn this idea. Votes that were cast are kept.")
    if idea.waits_since:
        return _("Nobody can vote on this idea before a facilitator has read it.")
    if idea.hidden_at:
        return _("This idea is hidden. Votes that were cast are kept.")
    return None


def _phase_reason(place: Place) -> str | None:
    if place.phase is Phase.DRAFT:
        return _("Voting has not begun.")
    if not place.timetable.takes_votes:
        return _("Voting is closed. Votes that were cast are counted.")
    return None
