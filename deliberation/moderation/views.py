"""Pages of the moderation room: the public log, the desk, and what facilitators do from it."""

from collections.abc import Callable
from functools import partial
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from flask_babel import gettext as _

from deliberation.base.errors import NotFound
from deliberation.comments.models import Comment
from deliberation.comments.queries import find_comment
from deliberation.consultations.models import Consultation
from deliberation.consultations.phases import ORDER
from deliberation.consultations.queries import get_thread
from deliberation.consultations.scope import FACILITATOR, VISITOR, current_place
from deliberation.moderation import service, timetable, wording
from deliberation.moderation.desk import (
    FEW_VOTES,
    figures_of,
    hidden_ideas,
    next_step,
    tags_of,
    threads_on_desk,
)
from deliberation.moderation.doing import done
from deliberation.moderation.figures import case_figures
from deliberation.moderation.flags import newest_open_flag
from deliberation.moderation.forms import (
    HideForm,
    PhaseForm,
    ReasonForm,
    ScheduleForm,
)
from deliberation.moderation.models import ActKind
from deliberation.moderation.proposals import waiting_proposals
from deliberation.moderation.queries import (
    get_idea,
    hiding_of,
    hiding_of_comment,
    last_acts,
    log_figures,
    log_page,
    open_appeals,
    rules_of,
)
from deliberation.moderation.queue import Waiting, queue_of
from deliberation.moderation.subjects import Hideable
from deliberation.moderation.undoing import UNDOABLE
from deliberation.tags.models import TagStatus
from deliberation.votes.routing import MINIMUM_EXPOSURE
from deliberation.web.access import access
from deliberation.web.extensions import db
from deliberation.web.locale import current_language

blueprint = Blueprint("moderation", __name__)

NUMBER: Final = "<int(max=2147483647):number>"
"""A number in an address that every database can look for."""
LAST_ACTS: Final = 5
PROPOSALS: Final = 20
BURSTS: Final = 5
IDEAS_OF_A_BURST: Final = 8


@blueprint.get("/c/<slug>/log")
@access(VISITOR)
def log(slug: str) -> ResponseReturnValue:
    """Show everybody what facilitators did, and why."""
    session, consultation = db.session(), current_place().consultation
    rules = rules_of(session, consultation, language=current_language())
    figures = log_figures(session, consultation.id)
    page = log_page(session, consultation.id, rules=rules, number=page_number(), total=figures.total)
    return render_template(
        "moderation/log.html",
        page=page,
        figures=figures,
        cases=case_figures(session, consultation.id),
        rules=rules,
        wording=wording,
        open_appeals=open_appeals(session, consultation.id) if current_place().roles else (),
    )


@blueprint.get("/c/<slug>/desk")
@access(FACILITATOR)
def desk(slug: str) -> ResponseReturnValue:
    """Show a facilitator what waits, and from where everything is done."""
    return desk_page(None)


@blueprint.route(f"/c/<slug>/ideas/{NUMBER}/hide", methods=["GET", "POST"])
@access(FACILITATOR)
def hide(slug: str, number: int) -> ResponseReturnValue:
    """Hide an idea under a rule, with a reason."""
    idea = get_idea(db.session(), _consultation(), number)
    form = hide_form(idea)
    rules = rules_of(db.session(), _consultation(), language=current_language())
    act = done(form, partial(service.hide_idea, idea=idea, rule=form.rule.data or "", seen=form.newest_flag))
    if act:
        if act.kind is ActKind.PROPOSE_HIDING:
            flash(_("Another facilitator has to agree before it is hidden. It waits on the desk."), "done")
        else:
            flash(_("Idea %(number)s is hidden. The author is told why.", number=number), "done")
        return _to_desk("hidden")
    return render_template("moderation/hide.html", idea=idea, form=form, rules=rules), form.status


@blueprint.route(f"/c/<slug>/ideas/{NUMBER}/restore", methods=["GET", "POST"])
@access(FACILITATOR)
def restore(slug: str, number: int) -> ResponseReturnValue:
    """Let everybody see a hidden idea again."""
    idea, form = get_idea(db.session(), _consultation(), number), ReasonForm()
    if done(form, partial(service.restore_idea, idea=idea)):
        flash(_("Everybody can see idea %(number)s again.", number=number), "done")
        return _to_desk("hidden")
    hiding = hiding_of(db.session(), idea.id, language=current_language())
    return render_template(
        "moderation/restore.html", idea=idea, form=form, hiding=hiding, wording=wording
    ), form.status


@blueprint.route(f"/c/<slug>/comments/{NUMBER}/hide", methods=["GET", "POST"])
@access(FACILITATOR)
def hide_comment(slug: str, number: int) -> ResponseReturnValue:
    """Hide a comment under a rule, with a reason."""
    comment = _comment(number)
    form = hide_form(comment)
    rules = rules_of(db.session(), _consultation(), language=current_language())
    hide = partial(service.hide_comment, comment=comment, rule=form.rule.data or "", seen=form.newest_flag)
    act = done(form, hide)
    if act:
        if act.kind is ActKind.PROPOSE_HIDING:
            flash(_("Another facilitator has to agree before it is hidden. It waits on the desk."), "done")
        else:
            flash(_("Comment %(number)s is hidden. The author is told why.", number=number), "done")
        return redirect(url_for("comments.show", slug=slug, number=number), 303)
    return render_template(
        "moderation/hide_comment.html", comment=comment, form=form, rules=rules
    ), form.status


@blueprint.route(f"/c/<slug>/comments/{NUMBER}/restore", methods=["GET", "POST"])
@access(FACILITATOR)
def restore_comment(slug: str, number: int) -> ResponseReturnValue:
    """Let everybody read a hidden comment again."""
    comment, form = _comment(number), ReasonForm()
    if done(form, partial(service.restore_comment, comment=comment)):
        flash(_("Everybody can read comment %(number)s again.", number=number), "done")
        return redirect(url_for("comments.show", slug=slug, number=number), 303)
    hiding = hiding_of_comment(db.session(), comment.id, language=current_language())
    return render_template(
        "moderation/restore_comment.html", comment=comment, form=form, hiding=hiding, wording=wording
    ), form.status


@blueprint.post(f"/c/<slug>/threads/{NUMBER}/lock")
@access(FACILITATOR)
def lock(slug: str, number: int) -> ResponseReturnValue:
    """Stop new ideas and votes in a thread."""
    act = partial(service.lock_thread, thread=get_thread(db.session(), _consultation(), number))
    said = _("Question %(number)s is locked.", number=number)
    return _act_on_desk("threads", f"thread-{number}", ReasonForm(), act, said)


@blueprint.post(f"/c/<slug>/threads/{NUMBER}/unlock")
@access(FACILITATOR)
def unlock(slug: str, number: int) -> ResponseReturnValue:
    """Open a locked thread again."""
    act = partial(service.unlock_thread, thread=get_thread(db.session(), _consultation(), number))
    said = _("Question %(number)s is open again.", number=number)
    return _act_on_desk("threads", f"thread-{number}", ReasonForm(), act, said)


@blueprint.post("/c/<slug>/phase")
@access(FACILITATOR)
def change_phase(slug: str) -> ResponseReturnValue:
    """Begin a phase by hand."""
    form = PhaseForm()
    act = partial(
        timetable.change_phase, consultation=_consultation(), to=form.phase.data, seen=form.seen.data
    )
    return _act_on_desk("phases", "phase", form, act, _("The phase is changed."))


@blueprint.post("/c/<slug>/schedule")
@access(FACILITATOR)
def schedule(slug: str) -> ResponseReturnValue:
    """Set when phases begin by themselves."""
    form = ScheduleForm()
    act = partial(
        timetable.schedule_phases,
        consultation=_consultation(),
        starts=form.starts(current_place().timetable),
        seen=form.seen.data,
    )
    return _act_on_desk("phases", "schedule", form, act, _("The dates are saved."))


def hide_form(subject: Hideable) -> HideForm:
    """Return the form for hiding, with the rule that the address names and what has been flagged so far."""
    rule = request.args.get("rule", "")
    return HideForm(rule=rule or None, seen=newest_open_flag(db.session(), subject))


def _act_on_desk(
    section: str, attempt: str, form: ReasonForm, act: Callable[..., object], said: str
) -> ResponseReturnValue:
    """Do what a form on the desk asks for, and go back to its section; a refusal stands on the desk."""
    if done(form, act):
        flash(said, "done")
        return _to_desk(section)
    return desk_page((attempt, form))


def _to_desk(section: str) -> ResponseReturnValue:
    return redirect(url_for("moderation.desk", slug=current_place().slug, _anchor=section), 303)


def desk_page(attempt: tuple[str, ReasonForm] | None) -> ResponseReturnValue:
    """Return the desk; `attempt` is the name of the form that was refused, and that form."""
    session, place, language = db.session(), current_place(), current_language()
    rules = rules_of(session, place.consultation, language=language)
    figures = figures_of(session, place.consultation)
    tags = tags_of(session, place.consultation, language=language)
    queue = queue_of(session, place.consultation.id, kind=_kind_asked(), number=page_number("queue"))
    pairs = queue.counts.get(Waiting.MERGE, 0)
    page = render_template(
        "moderation/desk.html",
        attempt=attempt[0] if attempt else "",
        form=attempt[1] if attempt else None,
        figures=figures,
        few_votes=FEW_VOTES,
        proposals=waiting_proposals(session, place.consultation.id, limit=PROPOSALS) if pairs else (),
        proposals_total=pairs,
        waiting=queue.total,
        queue=queue,
        kind=_kind_asked(),
        tags={tag.id: tag for tag in tags},
        rules_by_id={rule.id: rule for rule in rules},
        undoable=UNDOABLE,
        vocabulary=[tag for tag in tags if tag.status is TagStatus.ACCEPTED],
        declined=[tag for tag in tags if tag.status is TagStatus.DECLINED],
        hidden=hidden_ideas(
            session, place.consultation, rules=rules, number=page_number(), total=figures.hidden
        ),
        outlook=figures.outlook,
        fewest_seen=MINIMUM_EXPOSURE,
        most_bursts=BURSTS,
        most_ideas=IDEAS_OF_A_BURST,
        threads=threads_on_desk(session, place.consultation, language=language),
        next_step=next_step(place.timetable, waiting=queue.total, seldom_voted=figures.seldom_voted),
        dates=ScheduleForm(formdata=None, data=place.timetable.starts),
        coming=timetable.schedulable(place.timetable),
        phases=ORDER[1:],
        zone=get_timezone().zone,
        seen=timetable.fingerprint(place.timetable),
        last_acts=last_acts(session, place.consultation.id, rules=rules, limit=LAST_ACTS),
        wording=wording,
    )
    return page, attempt[1].status if attempt else 200


def _kind_asked() -> Waiting | None:
    kind = request.args.get("show", "")
    return Waiting(kind) if kind in set(Waiting) else None


def page_number(name: str = "page") -> int:
    """Return the page that the address asks for. Raises NotFound for what is no number of a page."""
    written = request.args.get(name, "1")
    if not (written.isascii() and written.isdigit() and int(written[:9]) >= 1 and len(written) < 9):
        raise NotFound
    return int(written)


def _consultation() -> Consultation:
    return current_place().consultation


def _comment(number: int) -> Comment:
    comment = find_comment(db.session(), _consultation(), number)
    if comment is None:
        raise NotFound
    return comment
