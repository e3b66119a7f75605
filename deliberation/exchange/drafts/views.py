"""Pages on which facilitators bring texts in from elsewhere: what is being prepared, and its preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from deliberation.base.errors import Conflict, DomainError, Refused
from deliberation.base.paging import Page, offset_of
from deliberation.consultations.models import Consultation
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.exchange.drafts.adding import Added
from deliberation.exchange.drafts.checking import Findings, check
from deliberation.exchange.drafts.forms import corrected, questions
from deliberation.exchange.drafts.models import ImportDraft
from deliberation.exchange.drafts.rows import Row, RowKind
from deliberation.exchange.drafts.service import (
    Edition,
    discard,
    drafts_of,
    get_draft,
    import_draft,
    keep,
    require_phase,
    rows_of,
)
from deliberation.exchange.drafts.wording import credit_for
from deliberation.ideas.models import STATEMENT_LENGTH, Idea
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter

blueprint = Blueprint("imports", __name__)

ROWS: Final = 25
"""Rows on a page of the preview: seven fields each, well within what one form may hold."""
NUMBER: Final = "<int(max=2147483647):number>"


@blueprint.get("/c/<slug>/import")
@access(FACILITATOR)
def index(slug: str) -> ResponseReturnValue:
    """Show the ways to bring texts in, and what is being prepared."""
    place = current_place()
    return render_template(
        "imports/index.html", drafts=drafts_of(db.session(), place.consultation), obstacle=obstacle_here()
    )


@blueprint.route(f"/c/<slug>/import/{NUMBER}", methods=["GET", "POST"])
@access(FACILITATOR)
@limiter.limit("600 per hour", key_func=account_key, methods=["POST"])
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show what would be imported, a page at a time; keep corrections, import or discard it."""
    place, session = current_place(), db.session()
    draft = get_draft(session, place.consultation, number)
    if "rows" not in draft.content:
        return redirect(url_for("spreadsheet.columns", slug=slug, number=number), 303)
    if request.method == "GET":
        return _preview(place.consultation, draft, _asked_page(request.args.get("page")))
    edition = Edition(number, _version())
    if request.form.get("do") == "discard":
        discard(session, consultation=place.consultation, edition=edition, by=current_user.account_id)
        session.commit()
        flash(_("The import is discarded. Nothing was imported."), "done")
        return redirect(url_for("imports.index", slug=slug), 303)
    return _keep_and_go_on(slug, place.consultation, draft, edition)


def obstacle_here() -> Conflict | None:
    """Return why nothing can be imported now, if that is so."""
    try:
        require_phase(current_place().consultation)
    except Conflict as obstacle:
        return obstacle
    return None


def without_known(consultation: Consultation, rows: Sequence[Row], origin: str) -> list[Row]:
    """Return the rows, those left out whose words are in the consultation already."""
    here = check(db.session(), consultation, rows, credit_for(origin)).here
    return [replace(row, kind=RowKind.OUT) if row.number in here else row for row in rows]


def _keep_and_go_on(
    slug: str, consultation: Consultation, draft: ImportDraft, edition: Edition
) -> ResponseReturnValue:
    session, page = db.session(), _asked_page(request.form.get("page"))
    shown = range(offset_of(page, ROWS), offset_of(page + 1, ROWS))
    rows = [
        corrected(row, request.form) if place in shown else row for place, row in enumerate(rows_of(draft))
    ]
    kept = [row.as_json() for row in rows]
    draft = keep(session, consultation=consultation, edition=edition, by=current_user.account_id, rows=kept)
    session.commit()
    if request.form.get("do") != "import":
        flash(_("Your corrections are saved. Nothing is imported yet."), "done")
        to = _asked_page(request.form.get("to")) if "to" in request.form else page
        return redirect(url_for("imports.show", slug=slug, number=draft.id, page=to), 303)
    try:
        added = import_draft(
            session, consultation=consultation, edition=Edition(draft.id, draft.version),
            by=current_user.account_id, credit=credit_for(draft.origin),
        )  # fmt: skip
        session.commit()
    except Refused as refusal:
        session.rollback()
        return _preview(consultation, draft, page, refusal)
    flash(_done(added), "done")
    return redirect(url_for("moderation.log", slug=slug), 303)


def _done(added: Added) -> str:
    return _(
        "Imported: %(ideas)s and %(comments)s.",
        ideas=ngettext("%(num)s idea", "%(num)s ideas", added.ideas),
        comments=ngettext("%(num)s comment", "%(num)s comments", added.comments),
    )


def _preview(
    consultation: Consultation, draft: ImportDraft, number: int, refusal: DomainError | None = None
) -> ResponseReturnValue:
    rows = rows_of(draft)
    findings = check(db.session(), consultation, rows, credit_for(draft.origin))
    first = offset_of(number, ROWS)
    page = Page(rows[first : first + ROWS], number, ROWS, len(rows))
    html = render_template(
        "imports/preview.html",
        draft=draft,
        page=page,
        findings=findings,
        known=_known(findings),
        places={row.number: place // ROWS + 1 for place, row in enumerate(rows)},
        counts={kind.value: sum(row.kind is kind for row in rows) for kind in RowKind},
        questions=questions(current_place()),
        languages_used=_languages(consultation, rows),
        refusal=refusal,
        obstacle=obstacle_here(),
        limit=STATEMENT_LENGTH,
    )
    return html, 422 if refusal else 200


def _known(findings: Findings) -> dict[int, tuple[str, int]]:
    return {
        row: ("ideas.show" if isinstance(found, Idea) else "comments.show", found.number)
        for row, found in findings.here.items()
    }


def _languages(consultation: Consultation, rows: Sequence[Row]) -> list[str]:
    own = [consultation.source_language, *(text.language for text in consultation.texts)]
    return list(dict.fromkeys([*own, *(row.language for row in rows)]))


def _asked_page(asked: Any) -> int:
    return (
        max(1, int(asked))
        if isinstance(asked, str) and asked.isascii() and asked.isdigit() and len(asked) < 5
        else 1
    )


def _version() -> int:
    sent = request.form.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
