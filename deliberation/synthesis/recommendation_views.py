"""Pages on which the recommendations of the draft are written."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import NotFound
from deliberation.base.text import shortened
from deliberation.consultations.scope import WORKING_GROUP, current_place
from deliberation.ideas.wording import changes
from deliberation.synthesis import recommending as service
from deliberation.synthesis.draft_forms import RecommendationForm, as_number
from deliberation.synthesis.draft_views import WRITES, blueprint, prose
from deliberation.synthesis.drafting import get_draft
from deliberation.synthesis.evidence import current_findings
from deliberation.synthesis.models import (
    CLAIM_LENGTH,
    TEXT_LENGTH,
    WHO_LENGTH,
    Deed,
    DraftRecommendation,
    RecommendationRevision,
)
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter

AT = "/c/<slug>/synthesis/draft/recommendations"
LIMITS = {"what": CLAIM_LENGTH, "why": TEXT_LENGTH, "who": WHO_LENGTH, "actions": TEXT_LENGTH}


@blueprint.route(AT, methods=["GET", "POST"])
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key, methods=["POST"])
def recommend(slug: str) -> ResponseReturnValue:
    """Add a recommendation."""
    get_draft(db.session(), _here())
    if request.method == "GET":
        return _page(RecommendationForm(formdata=None))
    form = RecommendationForm()
    add = partial(_write, form, lambda advice: service.recommend(db.session(), **_by(), advice=advice))
    if request.form.get("do") != "preview" and form.validate() and form.sends(add):
        flash(_("The recommendation is added."), "done")
        return redirect(url_for(".show", slug=slug, _anchor="recommendations"), 303)
    return _page(form)


@blueprint.route(f"{AT}/<int:number>", methods=["GET", "POST"])
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key, methods=["POST"])
def recommendation(slug: str, number: int) -> ResponseReturnValue:
    """Change a recommendation."""
    row, current = service.get_recommendation(db.session(), _here(), number)
    if request.method == "GET":
        return _page(_filled(current), row, current)
    form = RecommendationForm()
    revision = form.known_revision
    change = partial(
        _write,
        form,
        lambda advice: service.write_recommendation(
            db.session(), **_by(), number=number, revision=revision, advice=advice
        ),
    )
    if request.form.get("do") != "preview" and form.validate() and form.sends(change):
        flash(_("Saved."), "done")
        return redirect(url_for(".show", slug=slug, _anchor=f"recommendation-{number}"), 303)
    return _page(form, *service.get_recommendation(db.session(), _here(), number))


@blueprint.post(f"{AT}/<int:number>/arrange")
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key)
def arrange_recommendation(slug: str, number: int) -> ResponseReturnValue:
    """Move a recommendation, take it out or bring it back."""
    do = request.form.get("do", "")
    deeds = {"up": Deed.MOVE, "down": Deed.MOVE, "remove": Deed.REMOVE, "bring-back": Deed.BRING_BACK}
    if do not in deeds:
        raise NotFound
    service.arrange_recommendation(db.session(), **_by(), number=number, deed=deeds[do], up=do == "up")
    db.session.commit()
    said = {
        "up": _("Moved up."),
        "down": _("Moved down."),
        "remove": _("Taken out. You can bring it back from the history of the draft."),
        "bring-back": _("The recommendation is back in the draft."),
    }
    flash(said[do], "done")
    return redirect(url_for(".show", slug=slug, _anchor="recommendations"), 303)


def _page(
    form: RecommendationForm,
    row: DraftRecommendation | None = None,
    current: RecommendationRevision | None = None,
) -> ResponseReturnValue:
    late = None
    if current is not None and form.is_late and form.known_revision != current.number:
        form.revision.data = str(current.number)
        late = {
            name: changes(getattr(current, name), form[name].data or "")
            for name in ("what", "why", "who", "actions")
        }
    form.because.choices = [
        (str(finding.number), f"{finding.number}. {shortened(revision.claim, 90)}")
        for finding, revision in current_findings(db.session(), _here())
    ]
    is_preview = request.form.get("do") == "preview"
    html = render_template(
        "drafting/recommendation.html",
        form=form,
        row=row,
        late=late,
        limits=LIMITS,
        preview={name: prose(form[name].data or "") for name in ("why", "who", "actions")}
        if is_preview
        else None,
    )
    return html, form.status


def _filled(current: RecommendationRevision) -> RecommendationForm:
    return RecommendationForm(
        formdata=None,
        what=current.what,
        why=current.why,
        because=[str(number) for number in current.because],
        who=current.who,
        actions=current.actions,
        by_when=current.by_when.isoformat() if current.by_when else "",
        revision=str(current.number),
    )


def _write(form: RecommendationForm, write: object) -> object:
    advice = service.Advice.of(
        what=form.what.data or "",
        why=form.why.data or "",
        because=[as_number(one) for one in form.because.data or ()],
        who=form.who.data or "",
        actions=form.actions.data or "",
        by_when=form.by_when.data or "",
    )
    return write(advice)  # type: ignore[operator]


def _by() -> dict[str, int]:
    return {"consultation_id": _here(), "by": int(current_user.account_id)}


def _here() -> int:
    return current_place().consultation.id
