"""The page on which a facilitator pastes a talk page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import TextAreaField

from deliberation.base.errors import Refused, marked
from deliberation.consultations.queries import get_thread
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.exchange.drafts.forms import BeginForm
from deliberation.exchange.drafts.models import DraftSource
from deliberation.exchange.drafts.service import begin_import, require_phase
from deliberation.exchange.drafts.views import obstacle_here, without_known
from deliberation.exchange.wikitalk.reader import read_talk
from deliberation.exchange.wikitalk.rows import rows_of
from deliberation.web.access import access
from deliberation.web.errors import error_page
from deliberation.web.extensions import account_key, db, limiter

blueprint = Blueprint("wikitalk", __name__)


class PasteForm(BeginForm):
    """The wikitext, and what it is about."""

    wikitext = TextAreaField(_l("The page’s wikitext"))


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say what to do with a page that is larger than a request may be."""
    sentence = _("The page is too long to be taken at once. Paste some of its sections at a time.")
    return error_page(413, _("That is too much at once"), sentence)


@blueprint.route("/c/<slug>/import/talk-page", methods=["GET", "POST"])
@access(FACILITATOR)
@limiter.limit("60 per hour", key_func=account_key, methods=["POST"])
def paste(slug: str) -> ResponseReturnValue:
    """Take the wikitext of a discussion, and lead to the preview of what becomes of it."""
    place, form = current_place(), PasteForm()
    form.offer(place)
    if form.validate_on_submit():
        try:
            return redirect(url_for("imports.show", slug=slug, number=_begin(form)), 303)
        except Refused as refusal:
            db.session.rollback()
            form.refuse(refusal)
    elif request.method == "GET" and request.args.get("thread", "").isdigit():
        form.thread.data = int(request.args["thread"][:6])
    return render_template("imports/paste.html", form=form, obstacle=obstacle_here()), form.status


def _begin(form: PasteForm) -> int:
    place, session = current_place(), db.session()
    require_phase(place.consultation)
    thread = get_thread(session, place.consultation, form.thread.data or 0).number
    page = read_talk(form.wikitext.data or "")
    if not page.posts:
        fault = page.faults[0] if page.faults else None
        sentence = (
            fault.sentence if fault else marked("There is nothing to read here. Paste the page’s wikitext.")
        )
        raise Refused(sentence, field="wikitext", **(fault.values if fault else {}))
    language = form.language.data or place.consultation.source_language
    rows = without_known(
        place.consultation, rows_of(page.posts, thread=thread, language=language), form.origin.data or ""
    )
    draft = begin_import(
        session, consultation=place.consultation, by=current_user.account_id, source=DraftSource.TALK_PAGE,
        origin=form.origin.data or "", thread=thread, language=language,
        content={
            "rows": [row.as_json() for row in rows],
            "faults": [[fault.line, fault.sentence, dict(fault.values)] for fault in page.faults],
        },
    )  # fmt: skip
    session.commit()
    return draft.id
