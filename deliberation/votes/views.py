"""Pages of the votes room: casting a vote, and one idea at a time."""

from typing import Final
from urllib.parse import urldefrag

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from deliberation.base.errors import NotFound
from deliberation.consultations.models import Thread, ThreadText
from deliberation.consultations.queries import chosen_text, get_thread
from deliberation.consultations.scope import VISITOR, Place, current_place
from deliberation.votes.block import choice_name, choice_named, vote_buttons, vote_forms, vote_result
from deliberation.votes.queries import find_card, find_next, share_voted_on
from deliberation.votes.service import MOST_NUMBER, cast_vote
from deliberation.web.access import SIGNED_IN, access
from deliberation.web.errors import wants_fragment
from deliberation.web.extensions import db
from deliberation.web.locale import current_language
from deliberation.web.security import local_path

blueprint = Blueprint("votes", __name__)
blueprint.app_template_global()(choice_name)
blueprint.app_template_global()(vote_buttons)
blueprint.app_template_global()(vote_forms)
blueprint.app_template_global()(vote_result)

VIEWS: Final = frozenset({"list", "idea", "card"})
MOST_PASSED_OVER: Final = 50


@blueprint.post(f"/c/<slug>/ideas/<int(max={MOST_NUMBER}):number>/vote")
@access(SIGNED_IN)
def cast(slug: str, number: int) -> ResponseReturnValue:
    """Cast, change or take back the reader's vote. The counts to show come with the vote itself."""
    form = request.form
    choice = choice_named(form.get("choice"))
    ballot = cast_vote(
        db.session(), slug=slug, idea_number=number, account_id=current_user.account_id, choice=choice
    )
    db.session.commit()
    back = urldefrag(local_path(form.get("next"), otherwise="")).url
    back = back or url_for("ideas.show", slug=slug, number=number)
    view = form.get("view")
    if view == "card":
        turn = "again" if choice is None else "after"
        return redirect(f"{back}{'&' if '?' in back else '?'}{turn}={number}", 303)
    if not wants_fragment():
        return redirect(f"{back}#idea-{number}", 303)
    vote_forms(back)
    return render_template(
        "votes/_votes.html",
        card=ballot,
        ballot=ballot,
        takes_votes=True,
        closed_reason=None,
        view=view if view in VIEWS else "list",
    )


@blueprint.get("/c/<slug>/vote")
@access(VISITOR)
def next_idea(slug: str) -> ResponseReturnValue:
    """Show one idea to vote on: the one that fewest have voted on, of those the reader has not."""
    place, session = current_place(), db.session()
    participant_id = place.participant.id if place.participant else None
    asked = {"thread_number": number_asked("thread"), "participant_id": participant_id}
    passed_over = [n for n in request.args.getlist("skip", type=int) if 0 <= n <= MOST_NUMBER]
    passed_over = passed_over[-MOST_PASSED_OVER:]
    card = find_next(session, place.consultation.id, first=number_asked("again"), later=passed_over, **asked)
    after = number_asked("after")
    last = (
        find_card(session, place.consultation.id, after, participant_id=participant_id)
        if after is not None
        else None
    )
    thread_number = card.thread_number if card else asked["thread_number"]
    vote_forms(url_for("votes.next_idea", slug=slug, thread=asked["thread_number"]))
    thread = get_thread(session, place.consultation, thread_number) if thread_number is not None else None
    return render_template(
        "votes/next_idea.html",
        card=card,
        last=last if last and last.my_choice is not None else None,
        share=share_voted_on(session, place.consultation.id, **asked),
        thread=thread,
        question=question_of(thread, place) if thread else None,
        asked_thread=asked["thread_number"],
        passed_over=[] if card and card.number in passed_over else passed_over,
        takes_votes=place.timetable.takes_votes,
    )


def question_of(thread: Thread, place: Place) -> ThreadText:
    """Return the thread's question in the reader's language, or in the consultation's own."""
    source = place.consultation.source_language
    return chosen_text(thread.texts, language=current_language(), source=source)


def number_asked(name: str) -> int | None:
    """Return a number from the address. Raises NotFound for one that nothing can have."""
    value = request.args.get(name, type=int)
    if value is not None and not 0 <= value <= MOST_NUMBER:
        raise NotFound
    return value
