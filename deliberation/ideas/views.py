"""Pages of the ideas room: a thread, an idea, its wordings."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from time import time
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from deliberation.base.errors import Conflict, NotAllowed, NotFound, Refused, TooMany
from deliberation.base.shared import shared
from deliberation.base.text import clean_line
from deliberation.comments.block import discussion_under
from deliberation.comments.forms import CommentForm
from deliberation.consultations.models import Thread, ThreadText
from deliberation.consultations.queries import chosen_text
from deliberation.consultations.scope import (
    PARTICIPANT,
    SOMEBODY,
    VISITOR,
    WRITER,
    Place,
    can_write_ideas,
    current_place,
)
from deliberation.consultations.wording import language_name
from deliberation.ideas.entry import closed_reason, post_as_reader
from deliberation.ideas.forms import EditForm, IdeaForm, NewIdeaForm
from deliberation.ideas.listing import asked_of_thread, order_names
from deliberation.ideas.models import ELABORATION_LENGTH, STATEMENT_LENGTH, Idea
from deliberation.ideas.queries import (
    IdeaCard,
    ThreadFacts,
    ThreadPlace,
    find_idea,
    find_thread_place,
    page_of_ideas,
    revisions_of,
    thread_facts,
)
from deliberation.ideas.search import matching
from deliberation.ideas.service import (
    NewerWording,
    edit_idea,
    newest_revision,
    require_editable,
    withdraw_idea,
)
from deliberation.ideas.wording import changes
from deliberation.insights.picture import find_in_groups
from deliberation.moderation.queries import hiding_of
from deliberation.tags.forms import TagForm
from deliberation.tags.queries import TagLabel, carries, choices_of, labels_of, tags_in_thread
from deliberation.votes.block import token_for_forms, vote_forms
from deliberation.votes.parts import MY_VOTES, people_in, voted_in
from deliberation.votes.queries import my_choices
from deliberation.web.access import access
from deliberation.web.errors import status_of
from deliberation.web.extensions import account_key, csrf, db, limiter
from deliberation.web.forgery import refuse_forgeries
from deliberation.web.locale import current_language
from deliberation.web.rendering import day

blueprint = Blueprint("ideas", __name__)
blueprint.app_template_filter()(language_name)

NUMBER: Final = "<int(max=2147483647):number>"
RENDERED: Final = 4_000
Cards = Sequence[IdeaCard]
LIMITS: Final = {"statement": STATEMENT_LENGTH, "elaboration": ELABORATION_LENGTH}


@blueprint.route(f"/c/<slug>/threads/{NUMBER}", methods=["GET", "POST"])
@access(VISITOR)
@limiter.limit("30 per hour", key_func=account_key, methods=["POST"])
@csrf.exempt  # see web/forgery.py
def thread(slug: str, number: int) -> ResponseReturnValue:
    """Show a thread's ideas; take a new one."""
    place = current_place()
    at = find_thread_place(db.session(), place.consultation, number)
    if request.method == "POST":
        WRITER.check()
        refuse_forgeries()
        return _post(place, at, NewIdeaForm())
    return _thread_page(place, at, None)


@blueprint.get(f"/c/<slug>/threads/{NUMBER}/similar")
@access(WRITER)
@limiter.limit("60 per minute", key_func=account_key)
def similar(slug: str, number: int) -> ResponseReturnValue:
    """Show, as a piece of the page, which ideas say nearly the same as a statement."""
    place = current_place()
    at = find_thread_place(db.session(), place.consultation, number)
    statement = clean_line(request.args.get("statement", ""))
    return render_template("ideas/_similar.html", similar=_similar(place, at.thread, statement))


@blueprint.get(f"/c/<slug>/ideas/{NUMBER}")
@access(VISITOR)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show an idea with all that is known of it."""
    return idea_page(seen_idea(number))


@blueprint.route(f"/c/<slug>/ideas/{NUMBER}/edit", methods=["GET", "POST"])
@access(PARTICIPANT)
@limiter.limit("60 per hour", key_func=account_key, methods=["POST"])
def edit(slug: str, number: int) -> ResponseReturnValue:
    """Change an idea's wording while it is only its author's."""
    idea, place, session = seen_idea(number), current_place(), db.session()
    if not _is_author(idea):
        raise NotAllowed
    require_editable(session, consultation=place.consultation, idea=idea)
    form = EditForm(obj=idea, revision=newest_revision(session, idea))
    status, newer = 200, None
    if form.validate_on_submit():
        try:
            edit_idea(
                session, consultation=place.consultation, idea=idea, by=place.participant,
                revision=form.known_revision, **_written(form),
            )  # fmt: skip
        except Refused as error:
            form.refuse(error)
            status = form.status
        except NewerWording as error:
            form.refuse(error)
            form.revision.data, newer, status = newest_revision(session, idea), idea, 409
        else:
            db.session.commit()
            flash(_("The new wording is saved."), "done")
            return redirect(url_for(".show", slug=slug, number=number), 303)
    form.offer(_languages_of(place))
    return render_template("ideas/edit.html", idea=idea, form=form, newer=newer, limits=LIMITS), status


@blueprint.get(f"/c/<slug>/ideas/{NUMBER}/history")
@access(VISITOR)
def history(slug: str, number: int) -> ResponseReturnValue:
    """Show every wording an idea has had, the newest first, and what each changed."""
    idea = seen_idea(number)
    wordings = [None, *revisions_of(db.session(), idea)]
    steps = [
        {
            "now": after,
            "before": before,
            "statement": changes(before.statement if before else after.statement, after.statement),
            "elaboration": changes(before.elaboration if before else after.elaboration, after.elaboration),
        }
        for before, after in pairwise(wordings)
        if after
    ]
    return render_template(
        "ideas/history.html", idea=idea, steps=steps[::-1], question=_question(idea.thread)
    )


@blueprint.post(f"/c/<slug>/ideas/{NUMBER}/withdraw")
@access(SOMEBODY)
def withdraw(slug: str, number: int) -> ResponseReturnValue:
    """Take an idea out of every list."""
    idea = seen_idea(number)
    withdraw_idea(db.session(), idea=idea, by=current_place().participant)
    db.session.commit()
    flash(_("Your idea is withdrawn. Its votes are kept."), "done")
    return redirect(url_for(".show", slug=slug, number=number), 303)


def seen_idea(number: int) -> Idea:
    """Return the idea if the reader may see it: a hidden one is its author's and the facilitators'."""
    idea = find_idea(db.session(), current_place().consultation, number)
    if idea is None or not may_see(idea):
        raise NotFound
    return idea


def may_see(idea: Idea) -> bool:
    """Say whether the reader may see the idea."""
    return not idea.hidden_at or current_place().is_facilitator or _is_author(idea)


def idea_page(
    idea: Idea, tag_form: TagForm | None = None, comment_form: CommentForm | None = None
) -> ResponseReturnValue:
    """Return an idea's page; the forms show what was refused of a tag or of a comment."""
    place, session = current_place(), db.session()
    reader_id = _reader_id(place)
    spoken = {"language": current_language(), "source": place.consultation.source_language}
    labels = labels_of(session, [idea.id], reader_id=reader_id, **spoken)
    takes_votes = _takes_votes(place, idea.thread) and idea.is_visible
    if takes_votes and current_user.is_authenticated:
        tag_form = tag_form or TagForm(formdata=None)
        tag_form.offer(choices_of(session, place.consultation.id, **spoken), labels.get(idea.id, ()))
    mine = my_choices(session, reader_id, [idea.id]).get(idea.id)
    # As with the result of all: nobody should vote with the crowd, and still less with their group.
    may_see_groups = idea.is_visible and (mine is not None or not takes_votes)
    page = render_template(
        "ideas/show.html",
        idea=idea,
        card=IdeaCard.of(idea, mine),
        in_groups=find_in_groups(session, place.consultation.id, idea.number) if may_see_groups else None,
        labels=labels.get(idea.id, ()),
        question=_question(idea.thread),
        language=language_name(idea.language),
        is_author=_is_author(idea),
        can_edit=_is_author(idea) and _is_editable(place, idea),
        takes_votes=takes_votes,
        closed_reason=closed_reason(place, idea),
        hiding=hiding_of(session, idea.id, language=current_language()) if idea.hidden_at else None,
        tag_form=tag_form,
        talk=discussion_under(idea, comment_form),
        reader_id=reader_id,
    )
    return page, max(form.status if form else 200 for form in (tag_form, comment_form))


def _post(place: Place, at: ThreadPlace, form: IdeaForm) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _thread_page(place, at, form, form.status)
    similar = _similar(place, at.thread, form.statement.data or "")
    if not form.differs_from(card.number for card in similar):
        return _thread_page(place, at, form, similar=similar)
    try:
        posting = post_as_reader(place, at.thread, **_written(form))
    except (Refused, Conflict, TooMany) as error:
        form.refuse(error)
        return _thread_page(place, at, form, status_of(error))
    if posting.is_new and posting.idea.waits_since:
        flash(_("Your idea is kept. Others see it once a facilitator has read it."), "done")
    elif posting.is_new:
        flash(_("Your idea is posted. Others can vote on it now."), "done")
    else:
        flash(_("You have posted that idea already. Here it is."), "done")
    return redirect(url_for(".show", slug=place.slug, number=posting.idea.number), 303)


def _similar(place: Place, thread: Thread, statement: str) -> list[IdeaCard]:
    """Return ideas that say nearly the same, where one could still be posted."""
    if not _can_write(place, thread) or len(statement) > STATEMENT_LENGTH:
        return []
    # It brings numpy with it, which a process pays for when somebody first writes, not when it starts.
    from deliberation.ideas.similar import find_similar

    return find_similar(db.session(), thread.id, statement, reader_id=_reader_id(place), my_votes=MY_VOTES)


def _reader_id(place: Place) -> int | None:
    return place.participant.id if place.participant else None


def _thread_page(
    place: Place, at: ThreadPlace, form: IdeaForm | None, status: int = 200, similar: Cards = ()
) -> ResponseReturnValue:
    session, thread, reader_id = db.session(), at.thread, _reader_id(place)
    spoken = {"language": current_language(), "source": place.consultation.source_language}
    facts = shared(("facts", thread.id), lambda: thread_facts(session, thread.id))
    tags = shared(("tags", thread.id, *spoken.values()), lambda: tags_in_thread(session, thread.id, **spoken))
    people = shared(("people", thread.id), lambda: people_in(session, thread))
    asked = asked_of_thread()
    conditions, total = _conditions(place, facts, asked)
    page = page_of_ideas(
        session, thread.id, order=asked["sort"], reader_id=reader_id, my_votes=MY_VOTES,
        conditions=conditions, number=asked["page"], total=total,
    )  # fmt: skip
    if form:
        form.offer(_languages_of(place))
    text = render_template(
        "ideas/thread.html",
        at=at, thread=thread, form=form, empty_form=None if form else _empty_form(place, thread),
        page=page, facts=facts, people=people,
        voted=voted_in(session, thread, place.participant), asked=asked, tags=tags,
        question=_question(thread),
        neighbours=[(other.number, _question(other)) for other in (at.previous, at.next) if other],
        labels=labels_of(session, [card.id for card in page.items], reader_id=reader_id, **spoken),
        orders=order_names(),
        language_names={code: language_name(code) for code in facts.languages},
        show_idea=shown_idea,
        reader_id=reader_id,
        takes_ideas=place.timetable.takes_ideas and thread.locked_at is None,
        takes_votes=_takes_votes(place, thread),
        limits=LIMITS, similar=similar,
    )  # fmt: skip
    return text, status


def _empty_form(place: Place, thread: Thread) -> Markup | None:
    """Return where an idea is written, made once for all who get the same; None for who cannot write."""
    if not _can_write(place, thread):
        return None
    own = token_for_forms()
    is_guest = not current_user.is_authenticated
    page = (current_language(), place.slug, thread.number, place.consultation.source_language, is_guest)
    markup, token = _rendered_form(page, own is None, tuple(_languages_of(place)))
    # A template's own output, with a token of one's own, or without any for a visitor.
    return Markup(markup.replace(token, own) if token and own else markup)  # noqa: S704


@lru_cache(maxsize=RENDERED)
def _rendered_form(
    _page: tuple[Any, ...], _has_no_token: bool, languages: tuple[str, ...]
) -> tuple[str, str | None]:
    """Return the markup, and the token in it, as `_rendered` does."""
    form = _new_form(current_place())
    form.offer(list(languages))
    at = {"number": (request.view_args or {})["number"]}
    markup = render_template(
        "ideas/_compose.html", form=form, thread=at, takes_ideas=True, limits=LIMITS, similar=()
    )
    return markup, token_for_forms()


def shown_idea(card: IdeaCard, labels: tuple[TagLabel, ...], takes_votes: bool, is_mine: bool) -> Markup:
    """Return an idea in a list, made once for all readers to whom it looks the same."""
    language, minute = current_language(), int(time() // 60)
    when = _day(card.created_at, language, minute)
    forms = vote_forms()
    page = (language, request.full_path, when, current_user.is_authenticated, forms.can_vote, not forms.token)
    markup, token = _rendered(card, labels, takes_votes, is_mine, page)
    mine = forms.token
    if token is None or mine is None:
        return Markup(markup)  # noqa: S704 - a template's own output
    return Markup(markup.replace(token, mine))  # noqa: S704 - the same, with the reader's own token


@lru_cache(maxsize=RENDERED)
def _day(created_at: datetime, _language: str, _minute: int) -> str:
    return day(created_at)


@lru_cache(maxsize=RENDERED)
def _rendered(
    card: IdeaCard, labels: tuple[TagLabel, ...], takes_votes: bool, is_mine: bool, _page: tuple[Any, ...]
) -> tuple[str, str | None]:
    """Return the markup, and the token in its forms, which is the one thing that no other reader may get.

    What the idea looks like rests on the arguments and on that token alone.
    """
    known = {"card": card, "labels": labels, "takes_votes": takes_votes, "is_mine": is_mine}
    return render_template("ideas/_idea.html", **known), vote_forms().token


def _conditions(place: Place, facts: ThreadFacts, asked: dict[str, Any]) -> tuple[list[Any], int | None]:
    """Return what the ideas must meet, and how many do where that is known without counting."""
    conditions: list[Any] = []
    if asked["tag"]:
        conditions.append(carries(place.consultation.id, asked["tag"]))
    if asked["q"]:
        conditions.append(matching(db.session(), asked["q"], languages=facts.languages))
    total = None if conditions else facts.languages.get(asked["lang"], facts.ideas)
    if asked["lang"] in facts.languages:
        conditions.append(Idea.language == asked["lang"])
    return conditions, total


def _new_form(place: Place) -> IdeaForm:
    languages = _languages_of(place)
    reader = current_language()
    chosen = reader if reader in languages else place.consultation.source_language
    return NewIdeaForm(formdata=None, language=chosen)


def _written(form: IdeaForm) -> dict[str, str]:
    return {name: form[name].data or "" for name in ("statement", "elaboration", "language")}


def _can_write(place: Place, thread: Thread) -> bool:
    is_open = place.timetable.takes_ideas and thread.locked_at is None
    return is_open and can_write_ideas()


def _takes_votes(place: Place, thread: Thread) -> bool:
    return place.timetable.takes_votes and thread.locked_at is None


def _is_author(idea: Idea) -> bool:
    participant = current_place().participant
    return participant is not None and participant.id == idea.author_id


def _is_editable(place: Place, idea: Idea) -> bool:
    try:
        require_editable(db.session(), consultation=place.consultation, idea=idea)
    except Conflict:
        return False
    return True


def _question(thread: Thread) -> ThreadText:
    source = current_place().consultation.source_language
    return chosen_text(thread.texts, language=current_language(), source=source)


def _languages_of(place: Place) -> list[str]:
    return [text.language for text in place.consultation.texts]
