"""Pages of the insights room: the landscape, and asking for a snapshot of it."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import NotFound, Refused
from deliberation.consultations.models import Thread, ThreadText
from deliberation.consultations.queries import chosen_text, threads_of
from deliberation.consultations.scope import FACILITATOR, VISITOR, asked_thread, current_place
from deliberation.insights import wording
from deliberation.insights.headlines import headline, standfirst
from deliberation.insights.jobs import ask_to_freeze
from deliberation.insights.picture import (
    Picture,
    findings_of,
    glyph_path,
    group_colour,
    marks_path,
    shared_part,
    with_reader,
)
from deliberation.insights.queries import find_landscape, list_snapshots
from deliberation.insights.words import readable_ideas
from deliberation.moderation.forms import ReasonForm
from deliberation.web.access import access
from deliberation.web.extensions import db
from deliberation.web.locale import current_language

blueprint = Blueprint("insights", __name__)
for function in (
    glyph_path,
    group_colour,
    marks_path,
    wording.apart_words,
    wording.cell_words,
    wording.disagree_words,
    wording.group_name,
    wording.group_votes,
    wording.hidden_letters,
    wording.hidden_words,
    wording.holds_words,
    wording.lead_words,
    wording.pass_words,
    wording.share_words,
    wording.stability_words,
    wording.straight_words,
    wording.where_words,
):
    blueprint.app_template_global()(function)


@blueprint.get("/c/<slug>/landscape")
@access(VISITOR)
def show(slug: str) -> ResponseReturnValue:
    """Show how people vote, of the whole consultation or of one thread."""
    return _landscape_page()


@blueprint.post("/c/<slug>/landscape/snapshots")
@access(FACILITATOR)
def take_snapshot(slug: str) -> ResponseReturnValue:
    """Ask for the votes to be frozen as they are."""
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            is_new = ask_to_freeze(
                db.session(),
                consultation_id=current_place().consultation.id,
                by=current_user.account_id,
                reason=form.reason.data or "",
            )
        except Refused as error:
            form.refuse(error)
        else:
            db.session.commit()
            _tell_of_snapshot(is_new)
            return redirect(f"{url_for('.show', slug=slug)}#snapshots", 303)
    return _landscape_page(form), 422


def _landscape_page(form: ReasonForm | None = None) -> str:
    place, session, number = current_place(), db.session(), asked_thread()
    threads = threads_of(session, place.consultation)
    thread = _chosen(threads, number)
    stored = find_landscape(session, place.consultation.id, thread_id=thread.id if thread else None)
    ideas = readable_ideas(session, place.consultation.id)
    picture = Picture(stored, findings_of(stored), ideas, place.slug) if stored else None
    where = stored.place_of(place.participant.id) if stored and place.participant else None
    return render_template(
        "insights/show.html",
        thread=thread,
        question=_question(thread) if thread else None,
        questions=[(other, _question(other)) for other in threads],
        picture=picture,
        findings=picture.findings if picture else None,
        stored=stored,
        title=headline(picture.findings if picture else None),
        sentences=list(standfirst(picture.findings if picture else None)),
        where=where,
        drawn=with_reader(shared_part("insights/_map.html", picture), picture, where) if picture else None,
        told=shared_part("insights/_findings.html", picture) if picture else None,
        snapshots=list_snapshots(session, place.consultation.id),
        form=form,
    )


def _chosen(threads: Sequence[Thread], number: int | None) -> Thread | None:
    if number is None:
        return None
    for thread in threads:
        if thread.number == number:
            return thread
    raise NotFound


def _question(thread: Thread) -> ThreadText:
    source = current_place().consultation.source_language
    return chosen_text(thread.texts, language=current_language(), source=source)


def _tell_of_snapshot(is_new: bool) -> None:
    if is_new:
        flash(_("The votes are being frozen. The snapshot is in the list within a minute."), "done")
    else:
        flash(_("A snapshot is being taken already. It is in the list within a minute."), "done")
