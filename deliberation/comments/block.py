"""What a page shows of a discussion: a part of the tree, and the form to take part in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import request
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import Conflict, NotFound
from deliberation.base.paging import Page, offset_of
from deliberation.comments.branches import Leaf, Place, folded, nested, ordered
from deliberation.comments.forms import CommentForm
from deliberation.comments.models import COMMENT_LENGTH, Comment
from deliberation.comments.queries import PAGE_SIZE, Discussion, Said, discussion_of, said_in
from deliberation.comments.service import refuse_closed
from deliberation.consultations.scope import current_place
from deliberation.ideas.models import Idea
from deliberation.web.errors import spoken
from deliberation.web.extensions import db
from deliberation.web.locale import current_language

MOST_PAGES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of a discussion as its reader sees it."""

    total: int
    """How many comments under the idea everybody can read."""
    page: Page[Place]
    leaves: Sequence[Leaf]
    said: dict[int, Said]
    form: CommentForm | None
    closed_reason: str | None
    limit: int = COMMENT_LENGTH


def discussion_under(idea: Idea, form: CommentForm | None = None) -> Shown:
    """Return the page of the idea's discussion that the address asks for; `form` was refused, if any.

    Two statements, one where there are no comments. Raises NotFound for a page that is not there.
    """
    discussion = _discussion(idea)
    return _shown(idea, discussion, folded(ordered(discussion.twigs)), under=None, form=form)


def answers_to(comment: Comment, form: CommentForm | None = None) -> Shown:
    """Return the page that the address asks for of what was answered to the comment, and the comment.

    Two statements. Raises NotFound for a page that is not there.
    """
    discussion = _discussion(comment.idea)
    places = ordered(discussion.twigs, under=comment.id)
    return _shown(comment.idea, discussion, places, under=comment.id, form=form)


def page_with(comment: Comment, *, under: Comment | None) -> int:
    """Return on which page the comment stands: of the idea's discussion, or of the answers to `under`.

    One statement. The first page, where it is folded away.
    """
    twigs = _discussion(comment.idea).twigs
    places = ordered(twigs, under=under.id) if under else folded(ordered(twigs))
    at = next((position for position, place in enumerate(places) if place.id == comment.id), 0)
    return at // PAGE_SIZE + 1


def new_form() -> CommentForm:
    """Return an empty form in the reader's language, if the consultation speaks it."""
    place = current_place()
    spoken_here = [text.language for text in place.consultation.texts]
    reader = current_language()
    language = reader if reader in spoken_here else place.consultation.source_language
    return CommentForm(formdata=None, language=language)


def _discussion(idea: Idea) -> Discussion:
    place = current_place()
    reader_id = place.participant.id if place.participant else None
    return discussion_of(db.session(), idea.id, reader_id=reader_id, sees_hidden=place.is_facilitator)


def _shown(
    idea: Idea, discussion: Discussion, places: list[Place], *, under: int | None, form: CommentForm | None
) -> Shown:
    page = _page(places)
    closed_reason = _closed_reason(idea)
    if form is None and closed_reason is None and current_user.is_authenticated:
        form = new_form()
    if form:
        form.offer([text.language for text in current_place().consultation.texts])
    wanted = [place.id for place in page.items] + ([under] if under else [])
    return Shown(
        total=discussion.total,
        page=page,
        leaves=nested(page.items, under=(under,)),
        said=said_in(db.session(), wanted),
        form=form,
        closed_reason=closed_reason,
    )


def _page(places: list[Place]) -> Page[Place]:
    number = request.args.get("page", 1, type=int)
    page: Page[Place] = Page((), number, PAGE_SIZE, len(places))
    if not 1 <= number <= min(page.pages, MOST_PAGES):
        raise NotFound
    start = offset_of(number, PAGE_SIZE)
    return Page(places[start : start + PAGE_SIZE], number, PAGE_SIZE, len(places))


def _closed_reason(idea: Idea) -> str | None:
    """Return why nobody can comment on the idea, if that is so."""
    place = current_place()
    if place.phase == "draft":
        return _("This consultation is a draft. It takes comments once it is opened.")
    try:
        refuse_closed(place.timetable, idea, is_locked=idea.thread.locked_at is not None)
    except Conflict as error:
        return spoken(error)
    return None
