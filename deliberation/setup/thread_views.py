"""Pages of set-up about the questions."""

from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from deliberation.base.errors import Refused, marked
from deliberation.consultations.queries import get_thread, threads_of
from deliberation.consultations.scope import FACILITATOR
from deliberation.ideas.models import Idea
from deliberation.moderation import service as moderation
from deliberation.moderation.doing import done
from deliberation.moderation.forms import ReasonForm
from deliberation.setup.fields import QUESTION
from deliberation.setup.forms import QuestionForm, SetupForm
from deliberation.setup.pages import asked_language, consultation_here, saved, setup_page, text_form, tried
from deliberation.setup.texts import save_question
from deliberation.setup.threads import Way, add_thread, move_thread, remove_thread
from deliberation.web.access import access
from deliberation.web.extensions import db

blueprint = Blueprint("setup_threads", __name__)


@blueprint.get("/c/<slug>/setup/questions")
@access(FACILITATOR)
def index(slug: str) -> ResponseReturnValue:
    """List the questions, with what can be done to each."""
    return _list(SetupForm())


@blueprint.route("/c/<slug>/setup/questions/new", methods=["GET", "POST"])
@access(FACILITATOR)
def new(slug: str) -> ResponseReturnValue:
    """Ask one more question, in the source language."""
    consultation = consultation_here()
    form = text_form(QuestionForm, QUESTION, [], consultation.source_language)
    act = partial(add_thread, consultation=consultation, typed=form.typed)
    thread = tried(form, lambda session, account: act(session, by=account))
    if thread:
        flash(_("Question %(number)s is added.", number=thread.number), "done")
        return redirect(url_for(".index", slug=slug, _anchor=f"question-{thread.number}"), 303)
    return setup_page(
        "thread", "threads", form, thread=None, texts=[], fields=QUESTION,
        language=consultation_here().source_language,
    )  # fmt: skip


@blueprint.route("/c/<slug>/setup/questions/<int:number>", methods=["GET", "POST"])
@access(FACILITATOR)
def edit(slug: str, number: int) -> ResponseReturnValue:
    """Write a question, in one language at a time."""
    consultation, language = consultation_here(), asked_language()
    thread = get_thread(db.session(), consultation, number)
    form = text_form(QuestionForm, QUESTION, thread.texts, language)
    if saved(form, partial(save_question, consultation=consultation, thread=thread)):
        return redirect(url_for(".edit", slug=slug, number=number, language=language), 303)
    thread = get_thread(db.session(), consultation_here(), number)
    return setup_page(
        "thread", "threads", form, thread=thread, texts=thread.texts, fields=QUESTION, language=language
    )


@blueprint.post("/c/<slug>/setup/questions/<int:number>/move")
@access(FACILITATOR)
def move(slug: str, number: int) -> ResponseReturnValue:
    """Let a question change places with its neighbour."""
    form = SetupForm()
    way = way_asked()
    act = partial(move_thread, consultation=consultation_here(), number=number, way=way)
    thread = tried(form, lambda session, account: act(session, by=account))
    if thread:
        return redirect(url_for(".index", slug=slug, _anchor=f"question-{thread.number}"), 303)
    return _list(form)


@blueprint.post("/c/<slug>/setup/questions/<int:number>/remove")
@access(FACILITATOR)
def remove(slug: str, number: int) -> ResponseReturnValue:
    """Take an empty question away."""
    form = SetupForm()
    act = partial(remove_thread, consultation=consultation_here(), number=number)
    if tried(form, lambda session, account: act(session, by=account)):
        flash(_("Question %(number)s is removed.", number=number), "done")
        return redirect(url_for(".index", slug=slug), 303)
    return _list(form)


@blueprint.route("/c/<slug>/setup/questions/<int:number>/lock", methods=["GET", "POST"])
@access(FACILITATOR)
def lock(slug: str, number: int) -> ResponseReturnValue:
    """Close a question to new ideas and votes, or open it again, with a reason."""
    thread, form = get_thread(db.session(), consultation_here(), number), ReasonForm()
    is_locked = thread.locked_at is not None
    act = moderation.unlock_thread if is_locked else moderation.lock_thread
    if done(form, partial(act, thread=thread)):
        flash(
            _("Question %(number)s is open again.", number=number)
            if is_locked
            else _("Question %(number)s is locked.", number=number),
            "done",
        )
        return redirect(url_for(".index", slug=slug, _anchor=f"question-{number}"), 303)
    thread = get_thread(db.session(), consultation_here(), number)
    return setup_page("lock", "threads", form, thread=thread)


def way_asked() -> Way:
    """Return which way the button says. Raises Refused for any other word."""
    asked = request.form.get("way", "")
    if asked not in set(Way):
        raise Refused(marked("Choose up or down."))
    return Way(asked)


def _list(form: SetupForm) -> ResponseReturnValue:
    session, consultation = db.session(), consultation_here()
    counted = session.execute(
        select(Idea.thread_id, func.count().label("ideas"))
        .where(Idea.consultation_id == consultation.id)
        .group_by(Idea.thread_id)
    )
    return setup_page(
        "threads", "threads", form, threads=threads_of(session, consultation),
        ideas={row.thread_id: row.ideas for row in counted},
    )  # fmt: skip
