"""Pages about flags, decisions and appeals: what people do about them, and what facilitators answer."""

from functools import partial
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import Conflict, NotAllowed, NotFound, Refused
from deliberation.comments.views import seen_comment
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.consultations.scope import FACILITATOR, PARTICIPANT, TRUSTED, VISITOR, current_place
from deliberation.ideas.models import Idea
from deliberation.ideas.views import seen_idea
from deliberation.moderation import blocking, bulk, wording
from deliberation.moderation.appeals import (
    APPEALABLE,
    appeal,
    decide_appeal,
    is_in_force,
    judges_of,
)
from deliberation.moderation.cases import Outcome
from deliberation.moderation.doing import done
from deliberation.moderation.flags import flag, let_stand
from deliberation.moderation.forms import AppealForm, BlockForm, BulkForm, FlagForm, OutcomeForm, ReasonForm
from deliberation.moderation.guests import accept_idea, set_guests
from deliberation.moderation.models import ModerationAct
from deliberation.moderation.queries import (
    acts_of_batch,
    appeal_of,
    find_act,
    get_participant,
    get_tag,
    log_row,
    rules_of,
)
from deliberation.moderation.safeguards import set_two_to_hide
from deliberation.moderation.selection import Chosen, chosen_items, first_item
from deliberation.moderation.subjects import Subject, author_of, subject_of
from deliberation.moderation.undoing import UNDOABLE, undo, undo_batch
from deliberation.moderation.views import desk_page
from deliberation.tags.models import TagStatus
from deliberation.web.access import SIGNED_IN, access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import current_language

blueprint = Blueprint("cases", __name__)

NUMBER: Final = "<int(max=2147483647):number>"
FLAGS_AN_HOUR: Final = "30 per hour"


@blueprint.route(f"/c/<slug>/ideas/{NUMBER}/flag", methods=["GET", "POST"])
@access(PARTICIPANT)
@limiter.limit(FLAGS_AN_HOUR, key_func=account_key, methods=["POST"])
def flag_idea(slug: str, number: int) -> ResponseReturnValue:
    """Tell the facilitators that an idea is against a rule."""
    return _flag(seen_idea(number), url_for("ideas.show", slug=slug, number=number))


@blueprint.route(f"/c/<slug>/comments/{NUMBER}/flag", methods=["GET", "POST"])
@access(PARTICIPANT)
@limiter.limit(FLAGS_AN_HOUR, key_func=account_key, methods=["POST"])
def flag_comment(slug: str, number: int) -> ResponseReturnValue:
    """Tell the facilitators that a comment is against a rule."""
    return _flag(seen_comment(number), url_for("comments.show", slug=slug, number=number))


@blueprint.route("/c/<slug>/tags/<key>/flag", methods=["GET", "POST"])
@access(PARTICIPANT)
@limiter.limit(FLAGS_AN_HOUR, key_func=account_key, methods=["POST"])
def flag_tag(slug: str, key: str) -> ResponseReturnValue:
    """Tell the facilitators that a tag is against a rule."""
    tag = get_tag(db.session(), _consultation(), key)
    if tag.status is not TagStatus.ACCEPTED:
        raise NotFound
    return _flag(tag, url_for("consultations.show", slug=slug))


@blueprint.post("/c/<slug>/desk/let-stand")
@access(FACILITATOR)
def leave(slug: str) -> ResponseReturnValue:
    """Decide that one flagged thing breaks no rule."""
    item, form = first_item(db.session(), _consultation(), request.form), ReasonForm()
    subject = item.subject
    if isinstance(subject, Idea) and subject.waits_since:
        act, said = partial(accept_idea, idea=subject), _("Everybody sees the idea now, and can vote on it.")
    else:
        act = partial(let_stand, subject=subject, seen=item.seen or None)
        said = _("It stays. That stands in the log.")
    if done(form, act):
        flash(said, "done")
        return _to_desk("waiting")
    return desk_page(("waiting", form))


@blueprint.post("/c/<slug>/desk/preview")
@access(FACILITATOR)
def preview(slug: str) -> ResponseReturnValue:
    """Show what a decision about many things would do. Nothing is done yet."""
    form = BulkForm()
    return _preview(form, chosen_items(db.session(), _consultation(), request.form))


@blueprint.post("/c/<slug>/desk/decide")
@access(FACILITATOR)
def decide_all(slug: str) -> ResponseReturnValue:
    """Decide about many things at once."""
    chosen, form = chosen_items(db.session(), _consultation(), request.form), BulkForm()
    act = partial(
        bulk.decide_all,
        items=[one.item for one in chosen],
        consultation_id=_consultation().id,
        verdict=bulk.verdict_named(form.verdict.data),
        rule=form.rule.data or "",
    )
    batch = done(form, act)
    if batch is None:
        return _preview(form, chosen)
    return redirect(url_for(".batch", slug=slug, name=batch.name, late=batch.late or None), 303)


@blueprint.route("/c/<slug>/desk/batches/<name>", methods=["GET", "POST"])
@access(FACILITATOR)
def batch(slug: str, name: str) -> ResponseReturnValue:
    """Show what was done in one go; undo all of it."""
    session, form = db.session(), ReasonForm()
    rules = rules_of(session, _consultation(), language=current_language())
    rows = acts_of_batch(session, _consultation().id, name, rules=rules, limit=bulk.MOST)
    if not rows and not request.args.get("late", type=int):
        raise NotFound
    undone = done(form, partial(undo_batch, consultation_id=_consultation().id, batch=name))
    if undone:
        flash(_("Undone: %(done)s. Decided anew since, and left as it is: %(late)s.",
                done=undone.done, late=undone.late), "done")  # fmt: skip
        return _to_desk("waiting")
    return render_template(
        "moderation/batch.html", rows=rows, form=form, wording=wording, name=name,
        late=request.args.get("late", 0, type=int),
    ), form.status  # fmt: skip


@blueprint.route(f"/c/<slug>/log/{NUMBER}", methods=["GET", "POST"])
@access(VISITOR)
def decision(slug: str, number: int) -> ResponseReturnValue:
    """Show a decision and what came of it; take the appeal of whom it concerns."""
    act = _act(number)
    if request.method == "GET":
        return _decision_page(act, None, None)
    SIGNED_IN.check()
    form = AppealForm()
    if not form.validate_on_submit():
        return _decision_page(act, form, None)
    try:
        appeal(db.session(), act=act, by=current_place().participant, text=form.text.data or "")
    except (Refused, Conflict) as error:
        db.session.rollback()
        form.refuse(error)
        form.is_late = isinstance(error, Conflict)
        return _decision_page(act, form, None)
    db.session.commit()
    flash(_("Your appeal is sent. Somebody else than who decided will look at it."), "done")
    return redirect(url_for(".decision", slug=slug, number=number), 303)


@blueprint.post(f"/c/<slug>/log/{NUMBER}/decide")
@access(TRUSTED)
def decide(slug: str, number: int) -> ResponseReturnValue:
    """Decide about the appeal against a decision."""
    act, form = _act(number), OutcomeForm()
    against = appeal_of(db.session(), act)
    if against is None:
        raise NotFound
    outcome = Outcome.OVERTURNED if form.outcome.data == Outcome.OVERTURNED else Outcome.UPHELD
    if done(form, partial(decide_appeal, appeal=against, outcome=outcome)):
        flash(_("Decided. The person concerned is told, and it stands in the log."), "done")
        return redirect(url_for(".decision", slug=slug, number=number), 303)
    return _decision_page(act, None, form)


@blueprint.post(f"/c/<slug>/log/{NUMBER}/undo")
@access(FACILITATOR)
def take_back(slug: str, number: int) -> ResponseReturnValue:
    """Undo a decision."""
    act, form = _act(number), ReasonForm()
    if done(form, partial(undo, act=act)):
        flash(_("Undone. Both stand in the log."), "done")
        return redirect(url_for(".decision", slug=slug, number=number), 303)
    return _decision_page(_act(number), None, form)


@blueprint.route(f"/c/<slug>/participants/{NUMBER}/block", methods=["GET", "POST"])
@access(FACILITATOR)
def block(slug: str, number: int) -> ResponseReturnValue:
    """Keep a participant from posting for a while."""
    participant, form = _participant(number), BlockForm()
    act = partial(blocking.block, participant=participant, until=form.end, rule=form.rule.data or "")
    if done(form, act):
        flash(_("Participant %(number)s cannot post for now, and is told why.", number=number), "done")
        return redirect(url_for(".block", slug=slug, number=number), 303)
    return _block_page(participant, form)


@blueprint.post(f"/c/<slug>/participants/{NUMBER}/lift")
@access(FACILITATOR)
def lift(slug: str, number: int) -> ResponseReturnValue:
    """Let a participant post again."""
    participant, form = _participant(number), BlockForm()
    if done(form, partial(blocking.lift_block, participant=participant)):
        flash(_("Participant %(number)s can post again.", number=number), "done")
        return redirect(url_for(".block", slug=slug, number=number), 303)
    return _block_page(participant, form)


@blueprint.post("/c/<slug>/desk/two-to-hide")
@access(FACILITATOR)
def two_to_hide(slug: str) -> ResponseReturnValue:
    """Say whether hiding takes two facilitators."""
    form, on = ReasonForm(), request.form.get("on") == "yes"
    if done(form, partial(set_two_to_hide, consultation=_consultation(), on=on)):
        flash(_("Hiding takes two facilitators now.") if on else _("One facilitator hides now."), "done")
        return _to_desk("safeguards")
    return desk_page(("safeguards", form))


@blueprint.post("/c/<slug>/desk/guests")
@access(FACILITATOR)
def guests(slug: str) -> ResponseReturnValue:
    """Say what people without an account may do."""
    form = ReasonForm()
    act = partial(set_guests, consultation=_consultation(), guests=request.form.get("guests", ""))
    if done(form, act):
        flash(_("Saved. That stands in the log."), "done")
        return _to_desk("safeguards")
    return desk_page(("safeguards", form))


def _flag(subject: Subject, back: str) -> ResponseReturnValue:
    session, form = db.session(), FlagForm()
    if form.validate_on_submit():
        try:
            flag(
                session, consultation=_consultation(), subject=subject, account_id=current_user.account_id,
                rule=form.rule.data or "", note=form.note.data or "",
            )  # fmt: skip
        except (Refused, Conflict, NotAllowed) as error:
            db.session.rollback()
            form.refuse(error)
            form.is_late = isinstance(error, Conflict)
        else:
            db.session.commit()
            flash(_("Thank you. A facilitator looks at it. What is decided stands in the log."), "done")
            return redirect(back, 303)
    rules = rules_of(session, _consultation(), language=current_language())
    return render_template(
        "moderation/flag.html", subject=subject, form=form, rules=rules, back=back
    ), form.status


def _preview(form: BulkForm, chosen: list[Chosen]) -> ResponseReturnValue:
    rules = rules_of(db.session(), _consultation(), language=current_language())
    verdict = bulk.verdict_named(form.verdict.data)
    page = render_template(
        "moderation/preview.html", form=form, chosen=chosen, rules=rules, verdict=verdict, most=bulk.MOST
    )
    return page, form.status


def _decision_page(
    act: ModerationAct, form: AppealForm | None, answer: ReasonForm | None
) -> ResponseReturnValue:
    session, place = db.session(), current_place()
    rules = rules_of(session, place.consultation, language=current_language())
    against = appeal_of(session, act)
    concerned = author_of(session, act) if act.kind in APPEALABLE else None
    is_concerned = place.participant is not None and concerned is not None and (
        concerned.id == place.participant.id
    )  # fmt: skip
    may_appeal = is_concerned and against is None and is_in_force(session, act)
    judges = judges_of(session, act) if against and not against.settled_at and place.roles else None
    may_decide = judges is not None and judges.include(current_user.account_id, place.roles)
    page = render_template(
        "moderation/decision.html",
        act=act,
        subject=subject_of(session, act) if is_concerned or may_decide or place.is_facilitator else None,
        row=log_row(session, act, rules=rules),
        appeal=against,
        answer_row=log_row(session, against.outcome_act, rules=rules)
        if against and against.outcome_act
        else None,
        reads_appeal=bool(against) and (is_concerned or bool(place.roles)),
        may_appeal=may_appeal,
        may_decide=may_decide,
        judges=judges,
        may_undo=place.is_facilitator and act.kind in UNDOABLE,
        # A form brings a cookie, which nobody gets by reading.
        form=form or (AppealForm(formdata=None) if may_appeal else None),
        answer=answer,
        wording=wording,
    )
    refused = form or answer
    return page, refused.status if refused else 200


def _block_page(participant: Participant, form: BlockForm) -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "moderation/block.html",
        participant=participant,
        form=form,
        rules=rules_of(session, _consultation(), language=current_language()),
        block=blocking.block_of(session, participant),
        wording=wording,
    ), form.status


def _act(number: int) -> ModerationAct:
    act = find_act(db.session(), _consultation().id, number)
    if act is None:
        raise NotFound
    return act


def _participant(number: int) -> Participant:
    return get_participant(db.session(), _consultation(), number)


def _to_desk(section: str) -> ResponseReturnValue:
    return redirect(url_for("moderation.desk", slug=current_place().slug, _anchor=section), 303)


def _consultation() -> Consultation:
    return current_place().consultation
