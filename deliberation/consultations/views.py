"""Pages of the consultations room: home, a consultation, its background, and invitations."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.accounts import limits
from deliberation.accounts.passwords import check_new_password, hash_password
from deliberation.accounts.service import AddressTaken, create_account
from deliberation.accounts.service import sign_in as sign_account_in
from deliberation.accounts.session import browser_of_request, start_session
from deliberation.base.clock import now
from deliberation.base.errors import DomainError, Refused, marked
from deliberation.base.shared import shared
from deliberation.consultations import wording
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.forms import INVITED_AS, AcceptForm, NewAccountAtAddressForm, NewAccountForm
from deliberation.consultations.glossary import mark_terms, mark_terms_in_text
from deliberation.consultations.links import links_of
from deliberation.consultations.models import Thread
from deliberation.consultations.overview import NextStep, Standing, Step, next_step, phase_strip
from deliberation.consultations.people import Invitation
from deliberation.consultations.phases import Timetable
from deliberation.consultations.queries import (
    background_of,
    count_people,
    get_invitation,
    may_create,
    threads_of,
    visible_consultations,
)
from deliberation.consultations.scope import VISITOR, Place, can_vote, current_place
from deliberation.consultations.service import InvitationSpent, is_open
from deliberation.guests.keeping import keep_for
from deliberation.moderation.linking import TAKES_LINKS
from deliberation.moderation.roles import accept_role
from deliberation.surveys.inviting import Invite, invites, open_surveys, states_of
from deliberation.surveys.wording import Speaker
from deliberation.votes.queries import ThreadFigures, progress, thread_figures
from deliberation.web.access import PUBLIC, access
from deliberation.web.extensions import db
from deliberation.web.locale import current_language
from deliberation.web.rendering import visible_viewer

blueprint = Blueprint("consultations", __name__)

HAS_ACCOUNT = marked("There is an account with this address. Sign in with it, and open the link again.")
SHOWN_BESIDE = (EntryKind.TASK_FORCE, EntryKind.GLOSSARY, EntryKind.PROPOSAL_CATEGORY)


@blueprint.get("/")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """List the consultations; where there is only one, go there."""
    viewer = visible_viewer()
    found = visible_consultations(
        db.session(), account_id=viewer.account_id if viewer else None, moment=now()
    )
    if len(found) == 1:
        return redirect(url_for("consultations.show", slug=found[0].slug))
    rows = [
        (
            consultation,
            wording.said(consultation.texts, source=consultation.source_language),
            Timetable.of(consultation.steps, now()),
        )
        for consultation in found
    ]
    return render_template(
        "consultations/index.html",
        rows=rows,
        may_create=viewer is not None and may_create(db.session(), viewer.account_id),
    )


@blueprint.get("/c/<slug>")
@access(VISITOR)
def show(slug: str) -> ResponseReturnValue:
    """Show what is asked, how far it has come, and the one thing to do next."""
    return consultation_page(current_place())


def consultation_page(place: Place, *, is_preview: bool = False) -> str:
    """Return the page as whoever is in this place sees it."""
    session = db.session()
    threads = threads_of(session, place.consultation)
    standings = _standings(place, threads)
    step = next_step(place.phase, standings, can_vote=can_vote() and not is_preview)
    return render_template(
        "consultations/show.html",
        people=shared(
            ("participants", place.consultation.id), lambda: count_people(session, place.consultation)
        ),
        next=step,
        invites=_invites(place, step),
        say_in=Speaker,
        is_preview=is_preview,
        strip=phase_strip(place.timetable),
        change=place.timetable.next_change,
        standings=standings,
        **_words_of(
            place,
            threads,
            background_of(session, place.consultation, *SHOWN_BESIDE),
            page=wording.glossary_page(place.slug),
        ),
        short_day=wording.short_day,
        days_until=wording.days_until,
    )


@blueprint.get("/c/<slug>/background")
@access(VISITOR)
def background(slug: str) -> ResponseReturnValue:
    """Show who asks and why, the areas, the related proposals, the glossary, the notes and the rules."""
    place, session = current_place(), db.session()
    entries = background_of(session, place.consultation)
    links = links_of(
        session,
        place.consultation,
        reader_id=place.participant.id if place.participant else None,
        sees_all=place.is_facilitator,
    )
    by_kind: dict[str, list[dict[str, Any]]] = {kind.value: [] for kind in EntryKind}
    page = wording.glossary_page(slug)
    for entry in entries:
        words = wording.said(entry.texts, source=place.consultation.source_language)
        terms = [term for term in wording.terms_in(entries, words.words.language) if term.key != entry.key]
        body = mark_terms(words.words.body_html, terms, page=page)
        by_kind[entry.kind.value].append({"key": entry.key, "said": words, "body": body})
    marks = {kind: wording.shared_mark(item["said"] for item in items) for kind, items in by_kind.items()}
    return render_template(
        "consultations/background.html",
        entries=by_kind,
        marks=marks,
        links=links,
        takes_links=place.phase in TAKES_LINKS,
        keys={entry.id: entry.key for entry in entries},
    )


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limits.tries_from_here
def invitation(token: str) -> ResponseReturnValue:
    """Offer a role to whoever has the link; accept it signed in, or with a new account."""
    invited = get_invitation(db.session(), token)
    if not is_open(invited):
        return _private(render_template("consultations/invitation_spent.html"), 410)
    form = _invitation_form(invited)
    if form.validate_on_submit():
        try:
            return _accept(invited, token, form)
        except InvitationSpent:
            db.session.rollback()
            return _private(render_template("consultations/invitation_spent.html"), 410)
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
            invited = get_invitation(db.session(), token)
    words = wording.said(invited.consultation.texts, source=invited.consultation.source_language)
    is_for_somebody_else = current_user.is_authenticated and invited.email not in {None, current_user.email}
    page = render_template(
        "consultations/invitation.html",
        form=form,
        invited=invited,
        said=words,
        role=INVITED_AS[invited.role],
        token=token,
        is_for_somebody_else=is_for_somebody_else,
    )
    return _private(page, form.status)


def _invites(place: Place, step: NextStep) -> list[Invite]:
    """Return what the page says of the surveys that are open."""
    session, consultation_id = db.session(), place.consultation.id
    surveys = shared(
        ("surveys", consultation_id),
        lambda: open_surveys(session, consultation_id=consultation_id, moment=now()),
    )
    return invites(
        surveys,
        states_of(session, place.participant.id if place.participant and surveys else None),
        is_signed_in=current_user.is_authenticated,
        has_voted_on_all=step.step is Step.ALL_DONE or not place.timetable.takes_votes,
    )


def _standings(place: Place, threads: Sequence[Thread]) -> list[Standing]:
    session, consultation_id = db.session(), place.consultation.id
    figures = shared(("figures", consultation_id), lambda: thread_figures(session, consultation_id))
    participant_id = place.participant.id if place.participant else None
    voted = progress(session, consultation_id, participant_id)
    nothing = ThreadFigures()
    return [
        Standing(
            number=thread.number,
            ideas=(there := figures.get(thread.id, nothing)).ideas,
            votes=there.votes,
            people=there.people,
            voted=voted.get(thread.id, 0),
            is_locked=thread.locked_at is not None,
        )
        for thread in threads
    ]


def _words_of(
    place: Place, threads: Sequence[Thread], entries: Sequence[BackgroundEntry], *, page: str
) -> dict[str, Any]:
    """Return the words of the consultation, its questions and what stands beside them, for this reader."""
    source = place.consultation.source_language
    glossary = {
        language: wording.terms_in(entries, language)
        for language in {text.language for entry in entries for text in entry.texts}
    }
    own = wording.said(place.consultation.texts, source=source)
    questions = [wording.said(thread.texts, source=source) for thread in threads]
    beside: dict[str, list[Any]] = {kind.value: [] for kind in SHOWN_BESIDE}
    for entry in entries:
        beside[entry.kind.value].append((entry.key, wording.said(entry.texts, source=source)))
    return {
        "said": own,
        "introduction": mark_terms(
            own.words.introduction_html, glossary.get(own.words.language, ()), page=page
        ),
        "questions": questions,
        "leads": [
            mark_terms_in_text(said.words.lead, glossary.get(said.words.language, ()), page=page)
            for said in questions
        ],
        "questions_mark": wording.shared_mark(questions),
        "beside": beside,
    }


def _invitation_form(invited: Invitation) -> Any:
    if current_user.is_authenticated:
        return AcceptForm()
    return NewAccountForm() if invited.email is None else NewAccountAtAddressForm()


def _accept(invited: Invitation, secret: str, form: Any) -> ResponseReturnValue:
    session, slug = db.session(), invited.consultation.slug
    if current_user.is_authenticated:
        accept_role(session, secret=secret, account_id=current_user.account_id)
        session.commit()
    else:
        sign_in_token = _new_account(invited, secret, form)
        session.commit()
        start_session(sign_in_token)
    flash(_("Welcome. Your role is yours from now on."), "done")
    return _private(redirect(url_for("consultations.show", slug=slug), 303))


def _new_account(invited: Invitation, secret: str, form: Any) -> str:
    """Make the account that the invitation is accepted with; return the secret for its cookie."""
    session, config = db.session(), current_app.extensions["config"]
    email = invited.email or form.email.data
    # On SQLite this request holds the writer's lock, and a password takes a tenth of a second.
    session.rollback()
    check_new_password(form.password.data, name=form.name.data, email=email, site_name=config.site_name)
    password_hash = hash_password(form.password.data, effort=config.password_effort)
    try:
        account = create_account(
            session,
            name=form.name.data,
            email=email,
            password_hash=password_hash,
            language=current_language(),
            confirmed=True,
        )
    except AddressTaken as taken:
        raise Refused(HAS_ACCOUNT, field="email") from taken
    accept_role(session, secret=secret, account_id=account.id)
    keep_for(account.id)
    return sign_account_in(session, account=account, browser=browser_of_request())


def _private(page: Any, status: int | None = None) -> Response:
    """Keep the link's secret out of caches and out of other sites' logs."""
    response = make_response(page) if status is None else make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
