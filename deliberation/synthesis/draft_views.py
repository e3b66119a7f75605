"""Pages on which a working group writes its synthesis together: the draft as a whole."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from deliberation.base.errors import NotFound
from deliberation.base.markup import markdown_to_html
from deliberation.consultations.models import Consultation
from deliberation.consultations.scope import TRUSTED, WORKING_GROUP, asked_thread, current_place
from deliberation.ideas.wording import changes as wording_changes
from deliberation.insights.queries import get_snapshot, list_snapshots
from deliberation.insights.wording import share_words
from deliberation.synthesis.composing import AlreadyBegun, begin_draft, compose_again
from deliberation.synthesis.desk import DraftPage, draft_page
from deliberation.synthesis.draft_forms import OpeningForm, as_number
from deliberation.synthesis.drafting import find_draft, get_draft, write_opening
from deliberation.synthesis.evidence import anchor
from deliberation.synthesis.history import changes_of_draft, compare_drafts
from deliberation.synthesis.models import HEADING_LENGTH, SUMMARY_LENGTH, SynthesisDraft
from deliberation.synthesis.wording import deed_words, kind_names, standings
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import FALLBACK, LANGUAGES, current_language

blueprint = Blueprint("drafting", __name__)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    """Give the pages of the draft what they say numbers, days and Markdown with."""
    return {
        "prose": prose,
        "share_words": share_words,
        "whole_date": lambda day: format_date(day, "long"),
        "languages": LANGUAGES,
    }


WRITES: Final = "900 per hour"
SHOWN_WHOLE: Final = 24
"""Up to so many findings stand on one page; more are shown a question at a time."""


@blueprint.get("/c/<slug>/synthesis/draft")
@access(TRUSTED)
def show(slug: str) -> ResponseReturnValue:
    """Show the draft, or how to begin one."""
    place, session = current_place(), db.session()
    draft = find_draft(session, place.consultation.id)
    if draft is None:
        snapshots = list_snapshots(session, place.consultation.id)
        return render_template(
            "drafting/begin.html", snapshots=snapshots, language=_language_of(place.consultation)
        )
    page = draft_page(session, place.consultation, draft, language=current_language())
    return render_template(
        "drafting/show.html",
        page=page,
        draft=draft,
        shown=_shown_threads(page),
        kinds=kind_names(),
        standings=standings(),
        summary=prose(draft.summary),
    )


@blueprint.post("/c/<slug>/synthesis/draft")
@access(WORKING_GROUP)
@limiter.limit("60 per hour", key_func=account_key)
def compose(slug: str) -> ResponseReturnValue:
    """Compose the draft from a snapshot, or again from a newer one."""
    place, session = current_place(), db.session()
    consultation, by = place.consultation, current_user.account_id
    snapshot = get_snapshot(session, consultation.id, as_number(request.form.get("snapshot")))
    if find_draft(session, consultation.id) is not None:
        new, outdated = compose_again(session, consultation=consultation, snapshot=snapshot, by=by)
        session.commit()
        flash(_composed_again(new, outdated), "done")
        return redirect(url_for(".show", slug=slug), 303)
    asked = request.form.get("language", "")
    language = asked if asked in LANGUAGES else _language_of(consultation)
    try:
        begin_draft(session, consultation=consultation, snapshot=snapshot, language=language, by=by)
    except AlreadyBegun:
        session.rollback()
        flash(_("Somebody has begun the draft already. Here it is."), "done")
        return redirect(url_for(".show", slug=slug), 303)
    session.commit()
    flash(_("The draft is composed. Now it is yours: change, move and add what you like."), "done")
    return redirect(url_for(".show", slug=slug), 303)


@blueprint.post("/c/<slug>/synthesis/draft/anchor")
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key)
def anchor_all(slug: str) -> ResponseReturnValue:
    """Take all numbers anew from the newest snapshot."""
    moved = anchor(db.session(), consultation_id=current_place().consultation.id, by=current_user.account_id)
    db.session.commit()
    flash(
        ngettext(
            "The numbers of %(num)s finding are taken from the newest snapshot. Read what it says again.",
            "The numbers of %(num)s findings are taken from the newest snapshot. Read what they say again.",
            len(moved),
        )
        if moved
        else _("The draft rests on the newest snapshot. No number had changed."),
        "done",
    )
    return redirect(url_for(".show", slug=slug), 303)


@blueprint.route("/c/<slug>/synthesis/draft/opening", methods=["GET", "POST"])
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key, methods=["POST"])
def opening(slug: str) -> ResponseReturnValue:
    """Change heading and summary."""
    session, consultation = db.session(), current_place().consultation
    draft = get_draft(session, consultation.id)
    if request.method == "GET":
        form = OpeningForm(
            formdata=None, heading=draft.heading, summary=draft.summary, revision=draft.revision
        )
        return _opening_page(draft, form)
    form = OpeningForm()
    write = partial(
        write_opening, session, consultation_id=consultation.id, by=current_user.account_id,
        revision=form.known_revision, heading=form.heading.data or "", summary=form.summary.data or "",
    )  # fmt: skip
    if request.form.get("do") != "preview" and form.validate() and form.sends(write):
        flash(_("Saved."), "done")
        return redirect(url_for(".show", slug=slug), 303)
    return _opening_page(draft, form)


@blueprint.get("/c/<slug>/synthesis/draft/changes")
@access(TRUSTED)
def changes(slug: str) -> ResponseReturnValue:
    """Show what was done to the draft, and how two versions of the whole differ."""
    session, consultation = db.session(), current_place().consultation
    draft = get_draft(session, consultation.id)
    page = changes_of_draft(session, consultation.id, max(1, min(as_number(request.args.get("page")), 9_999)))
    before, after = (as_number(request.args.get(name)) for name in ("before", "after"))
    is_asked = 0 < before <= draft.last_change and 0 < after <= draft.last_change
    return render_template(
        "drafting/changes.html",
        draft=draft,
        page=page,
        before=before,
        after=after,
        differences=compare_drafts(session, draft, before=before, after=after) if is_asked else None,
        deeds={done.number: deed_words(done) for done in page.items},
    )


def prose(text: str) -> Markup:
    """Return Markdown as HTML."""
    return Markup(markdown_to_html(text))  # noqa: S704 - cleaned by the one function that may make HTML


def _opening_page(draft: SynthesisDraft, form: OpeningForm) -> ResponseReturnValue:
    late = None
    if form.is_late and form.known_revision != draft.revision:
        form.revision.data = str(draft.revision)
        late = {
            name: wording_changes(getattr(draft, name), form[name].data or "")
            for name in ("heading", "summary")
        }
    page = render_template(
        "drafting/opening.html",
        draft=draft,
        form=form,
        late=late,
        preview=prose(form.summary.data or "") if request.form.get("do") == "preview" else None,
        limits={"heading": HEADING_LENGTH, "summary": SUMMARY_LENGTH},
    )
    return page, form.status


def _shown_threads(page: DraftPage) -> set[int]:
    """Return the numbers of the threads whose findings are shown: the one asked for where there are many."""
    numbers = [thread.number for thread in page.threads]
    asked = asked_thread()
    if asked is not None and asked not in numbers:
        raise NotFound
    if asked is None and page.findings <= SHOWN_WHOLE:
        return set(numbers)
    return {asked or numbers[0]} if numbers else set()


def _language_of(consultation: Consultation) -> str:
    own = consultation.source_language
    return own if own in LANGUAGES else FALLBACK


def _composed_again(new: int, outdated: int) -> str:
    parts: list[Any] = [
        ngettext("%(num)s finding is new.", "%(num)s findings are new.", new),
        ngettext(
            "%(num)s finding is found no more and is marked.",
            "%(num)s findings are found no more and are marked.",
            outdated,
        ),
    ]
    return _("Composed again. What you wrote stays as it was.") + " " + " ".join(parts)
