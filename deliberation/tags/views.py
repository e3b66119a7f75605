"""Pages of the tags room: the vocabulary, all ideas with one tag; putting tags on and taking them off."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import NotFound, Refused
from deliberation.base.shared import shared
from deliberation.consultations.queries import chosen_text, threads_of
from deliberation.consultations.scope import PARTICIPANT, VISITOR, Place, current_place
from deliberation.consultations.wording import language_name
from deliberation.ideas.listing import asked_of_thread, order_names
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import IN_CONSULTATION, page_of_ideas
from deliberation.ideas.views import idea_page, seen_idea, shown_idea
from deliberation.tags.forms import TagForm
from deliberation.tags.models import Tag, TagStatus
from deliberation.tags.queries import (
    carries,
    find_tag,
    former_names,
    labels_of,
    tag_facts,
    thread_keys,
    vocabulary,
)
from deliberation.tags.service import apply_tag, remove_tag, suggest_tag
from deliberation.votes.parts import MY_VOTES
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import current_language

blueprint = Blueprint("tags", __name__)

NUMBER: Final = "<int(max=2147483647):number>"
MOST_USED: Final = "used"


@blueprint.get("/c/<slug>/tags")
@access(VISITOR)
def index(slug: str) -> ResponseReturnValue:
    """Show the vocabulary, by name or the most used first."""
    consultation, spoken = current_place().consultation, _spoken()
    tags = vocabulary(db.session(), consultation.id, **spoken)
    by_use = request.args.get("sort") == MOST_USED
    if by_use:
        tags = sorted(tags, key=lambda tag: -tag.count)
    return render_template("tags/index.html", tags=tags, by_use=by_use)


@blueprint.get("/c/<slug>/tags/<key>")
@access(VISITOR)
def show(slug: str, key: str) -> ResponseReturnValue:
    """Show all ideas with a tag, whichever question they answer. A merged tag leads on."""
    session, place = db.session(), current_place()
    tag = find_tag(session, place.consultation.id, key)
    living = tag.lives_as or tag if tag else None
    if tag is None or living is None or living.status is not TagStatus.ACCEPTED:
        raise NotFound
    if living is not tag:
        return redirect(url_for(".show", slug=slug, key=living.key, came_by=key))
    return _tag_page(place, tag)


@blueprint.post(f"/c/<slug>/ideas/{NUMBER}/tags")
@access(PARTICIPANT)
@limiter.limit("120 per hour", key_func=account_key)
def apply(slug: str, number: int) -> ResponseReturnValue:
    """Put a tag on an idea, from the vocabulary or of the person's own."""
    idea, form, consultation = seen_idea(number), TagForm(), current_place().consultation
    keys = {"consultation": consultation, "idea": idea, "account_id": current_user.account_id}
    try:
        if form.suggestion.data:
            spoken = {text.language for text in consultation.texts}
            language = current_language() if current_language() in spoken else consultation.source_language
            tag = suggest_tag(db.session(), name=form.suggestion.data, language=language, **keys)
        else:
            tag = apply_tag(db.session(), key=form.tag.data or "", **keys)
    except Refused as error:
        form.validate()
        form.refuse(error)
        return idea_page(idea, form)
    is_new = tag.status is TagStatus.SUGGESTED
    db.session.commit()
    flash(_("Your tag waits for a facilitator.") if is_new else _("The tag is on the idea."), "done")
    return redirect(f"{url_for('ideas.show', slug=slug, number=number)}#tags", 303)


@blueprint.post(f"/c/<slug>/ideas/{NUMBER}/tags/remove")
@access(PARTICIPANT)
def remove(slug: str, number: int) -> ResponseReturnValue:
    """Take the person's own tag off an idea."""
    place, idea = current_place(), seen_idea(number)
    key = request.form.get("tag", "")
    remove_tag(db.session(), consultation=place.consultation, idea=idea, by=place.participant, key=key)
    db.session.commit()
    flash(_("Your tag is taken off the idea."), "done")
    return redirect(f"{url_for('ideas.show', slug=slug, number=number)}#tags", 303)


def _spoken() -> dict[str, str]:
    return {"language": current_language(), "source": current_place().consultation.source_language}


def _tag_page(place: Place, tag: Tag) -> ResponseReturnValue:
    session, spoken, asked = db.session(), _spoken(), asked_of_thread()
    consultation, reader_id = place.consultation, place.participant.id if place.participant else None
    facts = shared(("tag", tag.id), lambda: tag_facts(session, consultation.id, tag.key))
    conditions, total = [carries(consultation.id, tag.key)], facts.ideas
    if asked["lang"] in facts.languages:
        conditions.append(Idea.language == asked["lang"])
        total = facts.languages[asked["lang"]]
    page = page_of_ideas(
        session, consultation.id, within=IN_CONSULTATION, order=asked["sort"], reader_id=reader_id,
        my_votes=MY_VOTES, conditions=conditions, number=asked["page"], total=total,
    )  # fmt: skip
    shown = [card.id for card in page.items]
    threads = {thread.id: thread for thread in threads_of(session, consultation)}
    return render_template(
        "tags/show.html",
        tag=tag,
        name=chosen_text(tag.names, **spoken),
        former=former_names(session, tag, **spoken),
        came_by=request.args.get("came_by", ""),
        facts=facts,
        asked=asked,
        orders=order_names(),
        language_names={code: language_name(code) for code in facts.languages},
        page=page,
        threads=threads,
        questions={key: chosen_text(thread.texts, **spoken) for key, thread in threads.items()},
        thread_of=thread_keys(session, shown),
        labels=labels_of(session, shown, reader_id=reader_id, **spoken),
        reader_id=reader_id,
        show_idea=shown_idea,
    )
