"""Pages about links to related proposals: participants add them, facilitators hide what breaks a rule."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from deliberation.base.errors import NotFound
from deliberation.consultations.background import EntryKind
from deliberation.consultations.links import ProposalLink, get_link
from deliberation.consultations.queries import background_of
from deliberation.consultations.scope import FACILITATOR, PARTICIPANT, current_place
from deliberation.consultations.wording import said
from deliberation.moderation.doing import done
from deliberation.moderation.forms import ReasonForm
from deliberation.moderation.linking import add_link, hide_link, restore_link, withdraw_link
from deliberation.moderation.queries import rules_of
from deliberation.setup.forms import HideLinkForm, LinkForm
from deliberation.setup.pages import consultation_here, tried
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import current_language

blueprint = Blueprint("links", __name__)
LINKS_AN_HOUR = "30 per hour"


@blueprint.route("/c/<slug>/links", methods=["GET", "POST"])
@access(PARTICIPANT)
@limiter.limit(LINKS_AN_HOUR, key_func=account_key, methods=["POST"])
def add(slug: str) -> ResponseReturnValue:
    """Add a link to a proposal elsewhere, under one of the categories."""
    form = LinkForm(category=request.args.get("category", ""))
    form.category.choices = _categories()

    def act(session: Any, account_id: int) -> ProposalLink:
        return add_link(
            session, consultation=consultation_here(), category=form.category.data or "",
            title=form.title.data or "", address=form.address.data or "", account_id=account_id,
        )  # fmt: skip

    if tried(form, act):
        flash(_("Your link is there. Everybody can see it."), "done")
        return _to_category(slug, str(form.category.data))
    form.category.choices = _categories()
    return render_template("links/add.html", form=form), form.status


@blueprint.post("/c/<slug>/links/<int:number>/withdraw")
@access(PARTICIPANT)
def withdraw(slug: str, number: int) -> ResponseReturnValue:
    """Take one's own link away."""
    withdraw_link(db.session(), link=_link(number), by=current_place().participant)
    db.session.commit()
    flash(_("Your link is gone."), "done")
    return redirect(url_for("consultations.background", slug=slug, _anchor="proposals"), 303)


@blueprint.route("/c/<slug>/links/<int:number>/hide", methods=["GET", "POST"])
@access(FACILITATOR)
def hide(slug: str, number: int) -> ResponseReturnValue:
    """Hide a link under a rule, with a reason."""
    link, form = _link(number), HideLinkForm()
    rules = rules_of(db.session(), consultation_here(), language=current_language())
    if done(form, partial(hide_link, link=link, rule=form.rule.data or "")):
        flash(_("The link is hidden. Whoever added it still sees it, with your reason in the log."), "done")
        return redirect(url_for("consultations.background", slug=slug, _anchor="proposals"), 303)
    return render_template("links/hide.html", link=_link(number), form=form, rules=rules), form.status


@blueprint.route("/c/<slug>/links/<int:number>/restore", methods=["GET", "POST"])
@access(FACILITATOR)
def restore(slug: str, number: int) -> ResponseReturnValue:
    """Let everybody see a hidden link again."""
    link, form = _link(number), ReasonForm()
    if done(form, partial(restore_link, link=link)):
        flash(_("Everybody can see the link again."), "done")
        return redirect(url_for("consultations.background", slug=slug, _anchor="proposals"), 303)
    return render_template("links/restore.html", link=_link(number), form=form), form.status


def _link(number: int) -> ProposalLink:
    """Return the link if the visitor may see it. Raises NotFound."""
    place = current_place()
    link = get_link(db.session(), place.consultation, number)
    is_own = place.participant is not None and link.author_id == place.participant.id
    if link.hidden_at is not None and not (is_own or place.is_facilitator):
        raise NotFound
    return link


def _categories() -> list[SelectChoice]:
    consultation = consultation_here()
    entries = background_of(db.session(), consultation, EntryKind.PROPOSAL_CATEGORY)
    return [
        SelectChoice(entry.key, said(entry.texts, source=consultation.source_language).words.title)
        for entry in entries
    ]


def _to_category(slug: str, key: str) -> ResponseReturnValue:
    return redirect(url_for("consultations.background", slug=slug, _anchor=key), 303)
