"""Pages of the votes room: casting a vote, and one idea at a time."""

from typing import Final
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
from deliberation.consultations.models import Thread, ThreadText
from deliberation.consultations.queries import chosen_text, get_thread
from deliberation.consultations.scope import PARTICIPANT, VISITOR, Place, current_place
from deliberation.insights.picture import find_in_groups
from deliberation.insights.queries import find_landscape
from deliberation.votes.answer import vote_answer
from deliberation.votes.block import choice_name, choice_named, vote_buttons, vote_forms, vote_result
from deliberation.votes.cards import mark_of, numbers_in, why
from deliberation.votes.exposures import record_shown
from deliberation.votes.pool import Extremities
from deliberation.votes.queries import VoteCard, find_card
from deliberation.votes.routing import Reason
from deliberation.votes.service import MOST_NUMBER, Ballot, cast_vote
from deliberation.votes.turns import Reader, Turn, find_turn
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
        mark=mark_of(slug, reader.account_id, [card.number]) if card and reader.account_id else None,
        later=_later(slug, reader, turn),
    )


@blueprint.post("/c/<slug>/vote")
@access(PARTICIPANT)
def put_off(slug: str) -> ResponseReturnValue:
    """Show another idea first: what was shown is written down as seen, and comes back after all others."""
    place, form, account_id = current_place(), request.form, current_user.account_id
    numbers = numbers_in(form.get("shown", ""), slug=slug, account_id=account_id)
    record_shown(db.session(), consultation=place.consultation, account_id=account_id, numbers=numbers)
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
        account_id=current_user.account_id if current_user.is_authenticated else None,
        participant_id=place.participant.id if place.participant else None,
        language=current_language(),
        thread_number=number_asked("thread"),
        again=number_asked("again"),
        passed_over=passed_over[-MOST_PASSED_OVER:],
    )


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
    is_known = reader.account_id is not None and turn.drawn and Reason.PUT_OFF not in turn.drawn.reasons
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
