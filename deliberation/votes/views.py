"""Pages of the votes room: casting a vote, and one idea at a time."""

from typing import Any, Final
from urllib.parse import urldefrag

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from deliberation.analysis.landscape import Outcome
from deliberation.base.clock import now
from deliberation.base.database import one_moment
from deliberation.base.errors import NotFound
from deliberation.consultations.guests import guest_here
from deliberation.consultations.models import Thread, ThreadText
from deliberation.consultations.queries import chosen_text, get_thread
from deliberation.consultations.scope import VISITOR, VOTER, Place, current_place
from deliberation.insights.picture import find_in_groups
from deliberation.insights.queries import find_landscape
from deliberation.votes.answer import vote_answer
from deliberation.votes.block import choice_name, choice_named, vote_buttons, vote_forms, vote_result
from deliberation.votes.cards import mark_of, numbers_in, why
from deliberation.votes.exposures import record_shown, record_shown_to_guest
from deliberation.votes.models import Choice
from deliberation.votes.pool import Extremities
from deliberation.votes.queries import VoteCard, find_card
from deliberation.votes.routing import Reason
from deliberation.votes.service import MOST_NUMBER, Ballot, cast_guest_vote, cast_vote
from deliberation.votes.turns import Reader, Turn, find_turn
from deliberation.web.access import access
from deliberation.web.errors import wants_fragment
from deliberation.web.extensions import csrf, db
from deliberation.web.forgery import refuse_forgeries
from deliberation.web.locale import current_language
from deliberation.web.security import local_path

blueprint = Blueprint("votes", __name__)
blueprint.app_template_global()(choice_name)
blueprint.app_template_global()(vote_buttons)
blueprint.app_template_global()(vote_forms)
blueprint.app_template_global()(vote_result)

VIEWS: Final = frozenset({"list", "idea", "card"})
MOST_PASSED_OVER: Final = 50
GUESTS_SEED: Final = 2**31
"""What keeps the lots of guests apart from those of accounts."""


@blueprint.post(f"/c/<slug>/ideas/<int(max={MOST_NUMBER}):number>/vote")
@csrf.exempt  # see web/forgery.py
@access(VOTER)
def cast(slug: str, number: int) -> ResponseReturnValue:
    """Cast, change or take back the reader's vote. The counts to show come with the vote itself."""
    refuse_forgeries()
    form = request.form
    choice = choice_named(form.get("choice"))
    ballot = _cast(slug, number, choice)
    back = urldefrag(local_path(form.get("next"), otherwise="")).url
    back = back or url_for("ideas.show", slug=slug, number=number)
    view, led_from = form.get("view"), number if ballot.number != number else None
    if led_from is not None:
        back = back if view == "card" else url_for("ideas.show", slug=slug, number=ballot.number)
    if led_from is not None and (view == "card" or not wants_fragment()):
        known = {"number": number, "other": ballot.number}
        flash(_("Idea %(number)s is merged into idea %(other)s. Your vote counts there.", **known), "note")
    if view == "card":
        turn = "again" if choice is None else "after"
        return redirect(f"{back}{'&' if '?' in back else '?'}{turn}={ballot.number}", 303)
    if not wants_fragment():
        return redirect(f"{back}#idea-{ballot.number}", 303)
    view = view if view in VIEWS else "list"
    if led_from is None:
        answer = vote_answer(ballot, view=view, back=back)
        return answer + _groups_after(ballot) if view == "idea" else answer
    vote_forms(back)
    return render_template(
        "votes/_votes.html", card=ballot, ballot=ballot, takes_votes=True, view=view, led_from=led_from
    )


def _groups_after(ballot: Ballot) -> Markup:
    """Return what each group voted on the idea, which its page shows to whoever has voted."""
    if ballot.my_choice is None:
        return Markup()
    session = db.session()
    with one_moment(session):
        found = find_in_groups(session, current_place().consultation.id, ballot.number)
        markup = render_template("insights/_in_groups.html", in_groups=found) if found else ""
    return Markup(markup)  # noqa: S704 - a template's own output


def _cast(slug: str, number: int, choice: Choice | None) -> Ballot:
    """Cast the vote and commit it. A visitor's first vote makes them a guest."""
    what: dict[str, Any] = {"slug": slug, "idea_number": number, "choice": choice}
    if current_user.is_authenticated:
        ballot = cast_vote(db.session(), account_id=current_user.account_id, **what)
        db.session.commit()
        return ballot
    guest = guest_here()
    ballot = cast_guest_vote(db.session(), guest_id=guest.id, **what)
    db.session.commit()
    guest.remember()
    return ballot


@blueprint.get("/c/<slug>/vote")
@access(VISITOR)
def next_idea(slug: str) -> ResponseReturnValue:
    """Show one idea to vote on: see `votes.routing` for which."""
    place, session = current_place(), db.session()
    reader = _reader(place)
    turn = find_turn(
        session, place.consultation.id, reader=reader, moment=now(),
        read_extremities=lambda: _extremities(place), is_fresh=current_app.testing,
    )  # fmt: skip
    card, last = turn.card, _voted_before(place, reader)
    thread_number = card.thread_number if card else reader.thread_number
    vote_forms(url_for(".next_idea", slug=slug, thread=reader.thread_number))
    thread = get_thread(session, place.consultation, thread_number) if thread_number is not None else None
    return render_template(
        "votes/next_idea.html",
        card=card,
        last=last,
        share=turn.share,
        thread=thread,
        question=question_of(thread, place) if thread else None,
        asked_thread=reader.thread_number,
        takes_votes=place.timetable.takes_votes,
        why=why(turn.drawn) if turn.drawn else [],
        mark=mark_of(slug, _who(place), [card.number]) if card and reader.is_known else None,
        later=_later(slug, reader, turn),
    )


@blueprint.post("/c/<slug>/vote")
@access(VOTER)
def put_off(slug: str) -> ResponseReturnValue:
    """Show another idea first: what was shown is written down as seen, and comes back after all others."""
    place, form, session = current_place(), request.form, db.session()
    shown: dict[str, Any] = {
        "consultation": place.consultation,
        "numbers": numbers_in(form.get("shown", ""), slug, _who(place)),
    }
    if current_user.is_authenticated:
        record_shown(session, account_id=current_user.account_id, **shown)
    elif place.guest_id is not None:
        record_shown_to_guest(session, guest_id=place.guest_id, **shown)
    db.session.commit()
    return redirect(local_path(form.get("next"), otherwise=url_for(".next_idea", slug=slug)), 303)


def _extremities(place: Place) -> Extremities:
    """Return how far ideas lie from the middle of the landscape, by number; of none without stable groups."""
    stored = find_landscape(db.session(), place.consultation.id)
    if stored is None or stored.landscape.decision.outcome is not Outcome.GROUPS:
        return {}
    found = stored.landscape
    return dict(
        zip(found.ideas[found.is_on_map].tolist(), found.extremity[found.is_on_map].tolist(), strict=True)
    )


def _reader(place: Place) -> Reader:
    passed_over = [n for n in request.args.getlist("skip", type=int) if 0 <= n <= MOST_NUMBER]
    return Reader(
        seed=_seed(place),
        participant_id=place.participant.id if place.participant else None,
        language=current_language(),
        thread_number=number_asked("thread"),
        again=number_asked("again"),
        passed_over=passed_over[-MOST_PASSED_OVER:],
    )


def _who(place: Place) -> str:
    """Return who a mark of what was shown is for; nobody for a visitor, who gets none."""
    if current_user.is_authenticated:
        return f"account {current_user.account_id}"
    return f"guest {place.guest_id}" if place.guest_id is not None else ""


def _seed(place: Place) -> int | None:
    if current_user.is_authenticated:
        return int(current_user.account_id)
    return None if place.guest_id is None else GUESTS_SEED + place.guest_id


def _voted_before(place: Place, reader: Reader) -> VoteCard | None:
    """Return the idea that the reader voted on just before, if that is how they came here."""
    number = number_asked("after")
    if number is None:
        return None
    card = find_card(db.session(), place.consultation.id, number, participant_id=reader.participant_id)
    return card if card and card.my_choice is not None else None


def _later(slug: str, reader: Reader, turn: Turn) -> str:
    """Return the page to show when this idea is to come later."""
    passed_over: list[int] = []
    is_known = reader.is_known and turn.drawn and Reason.PUT_OFF not in turn.drawn.reasons
    # The database knows what was put off first; a second time, and for a visitor, the address has to.
    if turn.card and not is_known:
        # Where all have been passed over, they begin again.
        passed_over = [n for n in reader.passed_over if turn.card.number not in reader.passed_over]
        passed_over.append(turn.card.number)
    return url_for(".next_idea", slug=slug, thread=reader.thread_number, skip=passed_over)


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
