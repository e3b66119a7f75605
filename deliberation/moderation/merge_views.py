"""Pages on which ideas are compared, merged and parted, and on which people propose it."""

from collections.abc import Callable, Sequence
from typing import Final

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import Conflict, DomainError, NotFound, Refused, marked
from deliberation.base.text import clean_line
from deliberation.consultations.scope import FACILITATOR, PARTICIPANT, current_place
from deliberation.ideas.merged import find_root, merged_in
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import MOST_NUMBER, find_idea
from deliberation.moderation import wording
from deliberation.moderation.comparing import (
    FEWEST,
    authors_to_tell,
    compare,
    leading_of,
    own_counts,
)
from deliberation.moderation.mails import merged_mail, parted_mail, send_all
from deliberation.moderation.merge_forms import MergeIdeaForm, ProposalForm
from deliberation.moderation.merging import (
    decline_merge,
    merge_idea,
    part_idea,
    refuse_pair,
    require_mergeable,
)
from deliberation.moderation.proposals import candidates, notes_on_pair, propose_merge
from deliberation.tags.queries import labels_of
from deliberation.web.access import access
from deliberation.web.errors import spoken
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import current_language
from deliberation.web.mail import Mail

blueprint = Blueprint("merging", __name__)
blueprint.app_template_global()(wording.date_of)
blueprint.app_template_filter()(spoken)

NUMBER: Final = "<int(max=2147483647):number>"
LONGEST_QUERY: Final = 200


@blueprint.app_template_global()
def merge_ties(idea: Idea) -> dict[str, object]:
    """Return where the idea leads and what is merged into it, for its page."""
    return {"leading": leading_of(db.session(), idea), "merged": merged_in(db.session(), idea.id)}


@blueprint.route(f"/c/<slug>/ideas/{NUMBER}/merge", methods=["GET", "POST"])
@access(FACILITATOR)
def merge(slug: str, number: int) -> ResponseReturnValue:
    """Show two ideas side by side, and merge the first into the second."""
    idea, form = _idea(number), MergeIdeaForm(formdata=request.form if request.method == "POST" else None)
    wanted = form.into.data if request.method == "POST" else request.args.get("into")
    if not wanted:
        return _choose(idea, form)
    try:
        into = _other(wanted)
        refuse_pair(idea, into)
    except Refused as error:
        form.refuse(error)
        return _choose(idea, form)

    def act() -> list[Mail]:
        merge_idea(
            db.session(), idea=idea, into=into, reason=form.reason.data or "", by=current_user.account_id
        )
        people = authors_to_tell(db.session(), idea, into, but=current_user.account_id)
        reason = form.reason.data or ""
        return [merged_mail(to, slug=slug, idea=idea, into=into, reason=reason) for to in people]

    if request.method == "POST" and _done(form, act):
        flash(_("Idea %(number)s is merged into this one.", number=number), "done")
        return redirect(url_for("ideas.show", slug=slug, number=into.number), 303)
    return _side_by_side(idea, into, form)


@blueprint.post(f"/c/<slug>/ideas/{NUMBER}/merge/decline")
@access(FACILITATOR)
def decline(slug: str, number: int) -> ResponseReturnValue:
    """Answer those who proposed a merge that the two are different ideas."""
    idea, form = _idea(number), MergeIdeaForm()
    other = _other(form.into.data)
    refuse_pair(idea, other)

    def act() -> list[Mail]:
        decline_merge(
            db.session(), idea=idea, other=other, reason=form.reason.data or "", by=current_user.account_id
        )
        return []

    if _done(form, act):
        flash(_("Ideas %(number)s and %(other)s stay two.", number=number, other=other.number), "done")
        return redirect(url_for("moderation.desk", slug=slug, _anchor="proposals"), 303)
    return _side_by_side(idea, other, form)


@blueprint.route(f"/c/<slug>/ideas/{NUMBER}/part", methods=["GET", "POST"])
@access(FACILITATOR)
def part(slug: str, number: int) -> ResponseReturnValue:
    """Let a merged idea stand on its own again."""
    idea, form, session = _idea(number), MergeIdeaForm(), db.session()
    root = session.get_one(Idea, find_root(session, idea.id))

    def act() -> list[Mail]:
        reason = form.reason.data or ""
        part_idea(session, idea=idea, reason=reason, by=current_user.account_id)
        people = authors_to_tell(session, idea, root, but=current_user.account_id)
        return [parted_mail(to, slug=slug, idea=idea, root=root, reason=reason) for to in people]

    if request.method == "POST" and _done(form, act):
        flash(_("Idea %(number)s stands on its own again, with its votes.", number=number), "done")
        return redirect(url_for("ideas.show", slug=slug, number=number), 303)
    page = render_template(
        "moderation/part.html",
        idea=idea,
        root=root,
        form=form,
        leading=leading_of(session, idea),
        own=own_counts(session, idea),
        wording=wording,
    )
    return page, form.status


@blueprint.route(f"/c/<slug>/ideas/{NUMBER}/same", methods=["GET", "POST"])
@access(PARTICIPANT)
@limiter.limit("30 per hour", key_func=account_key, methods=["POST"])
def propose(slug: str, number: int) -> ResponseReturnValue:
    """Tell the facilitators that another idea says the same as this one."""
    idea, place = find_idea(db.session(), current_place().consultation, number), current_place()
    if idea is None or not idea.is_visible:
        raise NotFound
    form = ProposalForm(formdata=request.form if request.method == "POST" else None)

    def act() -> list[Mail]:
        other = _other(form.into.data)
        if not other.is_visible:
            raise Refused(
                marked("There is no idea %(number)s to choose here."), field="into", number=other.number
            )
        propose_merge(
            db.session(), consultation=place.consultation, idea=idea, other=other,
            account_id=current_user.account_id, note=form.note.data or "",
        )  # fmt: skip
        return []

    if request.method == "POST" and _done(form, act):
        flash(_("Thank you. A facilitator will look at the two ideas."), "done")
        return redirect(url_for("ideas.show", slug=slug, number=number), 303)
    if request.method == "GET":
        form.into.data = request.args.get("into", "")
    query = clean_line(request.args.get("q", ""))[:LONGEST_QUERY]
    page = render_template(
        "moderation/propose.html",
        idea=idea,
        form=form,
        query=query,
        found=candidates(db.session(), idea, query=query, known=False),
    )
    return page, form.status


def _choose(idea: Idea, form: MergeIdeaForm) -> ResponseReturnValue:
    query = clean_line(request.args.get("q", ""))[:LONGEST_QUERY]
    page = render_template(
        "moderation/choose_merge.html",
        idea=idea,
        form=form,
        query=query,
        obstacle=_obstacle(idea),
        found=candidates(db.session(), idea, query=query, known=True),
    )
    return page, form.status


def _side_by_side(idea: Idea, into: Idea, form: MergeIdeaForm) -> ResponseReturnValue:
    session, place = db.session(), current_place()
    spoken = {"language": current_language(), "source": place.consultation.source_language}
    labels = labels_of(session, [idea.id, into.id], reader_id=None, **spoken)
    waiting, notes = notes_on_pair(session, idea, into)
    page = render_template(
        "moderation/merge.html",
        idea=idea,
        into=into,
        form=form,
        obstacle=_obstacle(idea) or _obstacle(into),
        pair=[(into, labels.get(into.id, ())), (idea, labels.get(idea.id, ()))],
        merged={one.id: merged_in(session, one.id) for one in (idea, into)},
        comparison=compare(session, idea, into),
        fewest=FEWEST,
        waiting=waiting,
        notes=notes,
    )
    return page, form.status


def _obstacle(idea: Idea) -> DomainError | None:
    """Return why the idea cannot be merged as it is, if that is so."""
    try:
        require_mergeable(db.session(), idea)
    except Conflict as error:
        return error
    return None


def _idea(number: int) -> Idea:
    idea = find_idea(db.session(), current_place().consultation, number)
    if idea is None:
        raise NotFound
    return idea


def _other(written: str | None) -> Idea:
    """Return the idea whose number was written, with or without a sign before it."""
    digits = (written or "").strip().lstrip("#")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_NUMBER))
    idea = find_idea(db.session(), current_place().consultation, int(digits)) if is_number else None
    if idea is None:
        raise Refused(marked("Write the number of an idea of this consultation."), field="into")
    return idea


def _done(form: MergeIdeaForm, act: Callable[[], Sequence[Mail]]) -> bool:
    """Say whether the act is done; what is refused stands in the form. Mails go once it is committed."""
    if not form.validate_on_submit():
        return False
    try:
        mails = act()
    except Refused as error:
        form.refuse(error)
        return False
    except Conflict as error:
        db.session.rollback()
        g.pop("place", None)
        form.came_too_late(error)
        return False
    db.session.commit()
    if not send_all(mails):
        flash(_("It is done, but an author could not be told by mail. It stands on the idea's page."), "note")
    return True
