"""Pages of the comments room: one comment with its answers, its wordings, and what its author can do."""

from itertools import pairwise
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import Conflict, NotAllowed, NotFound, Refused
from deliberation.comments.block import answers_to, page_with
from deliberation.comments.forms import CommentForm, EditCommentForm
from deliberation.comments.models import COMMENT_LENGTH, Comment
from deliberation.comments.queries import find_comment, newest_revision, revisions_of
from deliberation.comments.service import (
    EDIT_WINDOW,
    NewerComment,
    edit_comment,
    post_comment,
    require_editable,
    withdraw_comment,
)
from deliberation.consultations.scope import PARTICIPANT, VISITOR, current_place
from deliberation.ideas.models import Idea
from deliberation.ideas.views import idea_page, may_see, seen_idea
from deliberation.ideas.wording import changes
from deliberation.moderation.queries import hiding_of_comment
from deliberation.web.access import SIGNED_IN, access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import current_language

blueprint = Blueprint("comments", __name__)

NUMBER: Final = "<int(max=2147483647):number>"


@blueprint.post(f"/c/<slug>/ideas/{NUMBER}/comments")
@access(PARTICIPANT)
@limiter.limit("60 per hour", key_func=account_key)
def post(slug: str, number: int) -> ResponseReturnValue:
    """Comment on an idea."""
    idea, form = seen_idea(number), CommentForm()
    comment = _posted(form, idea, None)
    if comment is None:
        return idea_page(idea, comment_form=form)
    page = page_with(comment, under=None)
    at = url_for("ideas.show", slug=slug, number=number, page=page if page > 1 else None)
    return redirect(f"{at}#comment-{comment.number}", 303)


@blueprint.route(f"/c/<slug>/comments/{NUMBER}", methods=["GET", "POST"])
@access(VISITOR)
@limiter.limit("60 per hour", key_func=account_key, methods=["POST"])
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show a comment with what was answered; take one more answer."""
    comment = seen_comment(number)
    if request.method == "GET":
        return _comment_page(comment, None)
    SIGNED_IN.check()
    form = CommentForm()
    answer = _posted(form, comment.idea, comment)
    if answer is None:
        return _comment_page(comment, form)
    page = page_with(answer, under=comment)
    at = url_for(".show", slug=slug, number=number, page=page if page > 1 else None)
    return redirect(f"{at}#comment-{answer.number}", 303)


@blueprint.route(f"/c/<slug>/comments/{NUMBER}/edit", methods=["GET", "POST"])
@access(PARTICIPANT)
@limiter.limit("60 per hour", key_func=account_key, methods=["POST"])
def edit(slug: str, number: int) -> ResponseReturnValue:
    """Change a comment's wording while it is fresh and unanswered."""
    comment, place, session = seen_comment(number), current_place(), db.session()
    if not _is_author(comment):
        raise NotAllowed
    form = EditCommentForm(obj=comment, revision=newest_revision(session, comment))
    newer = None
    if form.validate_on_submit():
        try:
            edit_comment(
                session, consultation=place.consultation, comment=comment, by=place.participant,
                revision=form.known_revision, **_written(form),
            )  # fmt: skip
        except (Refused, Conflict) as error:
            form.refuse(error)
            form.is_late = isinstance(error, Conflict)
            if isinstance(error, NewerComment):
                form.revision.data, newer = newest_revision(session, comment), comment
        else:
            db.session.commit()
            flash(_("The new wording is saved."), "done")
            return redirect(url_for(".show", slug=slug, number=number), 303)
    else:
        require_editable(session, consultation=place.consultation, comment=comment)
    form.offer([text.language for text in place.consultation.texts])
    return render_template(
        "comments/edit.html", comment=comment, idea=comment.idea, form=form, newer=newer, limit=COMMENT_LENGTH
    ), form.status


@blueprint.get(f"/c/<slug>/comments/{NUMBER}/history")
@access(VISITOR)
def history(slug: str, number: int) -> ResponseReturnValue:
    """Show every wording a comment has had, the newest first, and what each changed."""
    comment = seen_comment(number)
    if not _may_read(comment):
        raise NotFound
    wordings = [None, *revisions_of(db.session(), comment)]
    steps = [
        {"now": after, "body": changes(before.body if before else after.body, after.body)}
        for before, after in pairwise(wordings)
        if after
    ]
    return render_template("comments/history.html", comment=comment, idea=comment.idea, steps=steps[::-1])


@blueprint.post(f"/c/<slug>/comments/{NUMBER}/withdraw")
@access(PARTICIPANT)
def withdraw(slug: str, number: int) -> ResponseReturnValue:
    """Take a comment's words away from every reader."""
    comment = seen_comment(number)
    withdraw_comment(db.session(), comment=comment, by=current_place().participant)
    db.session.commit()
    flash(_("Your comment is withdrawn. Nobody can read it any more."), "done")
    return redirect(url_for(".show", slug=slug, number=number), 303)


def seen_comment(number: int) -> Comment:
    """Return the comment if the reader may see its idea. What it says may still not be theirs to read."""
    comment = find_comment(db.session(), current_place().consultation, number)
    if comment is None or not may_see(comment.idea):
        raise NotFound
    return comment


def _comment_page(comment: Comment, form: CommentForm | None) -> ResponseReturnValue:
    session, place = db.session(), current_place()
    is_author = _is_author(comment)
    page = render_template(
        "comments/show.html",
        comment=comment,
        idea=comment.idea,
        talk=answers_to(comment, form),
        is_author=is_author,
        may_read=_may_read(comment),
        can_edit=is_author and _is_editable(comment),
        minutes=int(EDIT_WINDOW.total_seconds() // 60),
        hiding=hiding_of_comment(session, comment.id, language=current_language())
        if comment.hidden_at
        else None,
        reader_id=place.participant.id if place.participant else None,
    )
    return page, form.status if form else 200


def _posted(form: CommentForm, idea: Idea, answers: Comment | None) -> Comment | None:
    """Return the comment that the form was for; None where it is refused, which then stands in the form."""
    if not form.validate_on_submit():
        return None
    try:
        posting = post_comment(
            db.session(), consultation=current_place().consultation, idea=idea, answers=answers,
            account_id=current_user.account_id, **_written(form),
        )  # fmt: skip
    except (Refused, Conflict) as error:
        form.refuse(error)
        form.is_late = isinstance(error, Conflict)
        return None
    db.session.commit()
    flash(_("Your comment is posted.") if posting.is_new else _("You have written that already."), "done")
    return posting.comment


def _written(form: CommentForm) -> dict[str, str]:
    return {name: form[name].data or "" for name in ("body", "language")}


def _is_author(comment: Comment) -> bool:
    participant = current_place().participant
    return participant is not None and participant.id == comment.author_id


def _may_read(comment: Comment) -> bool:
    if comment.withdrawn_at:
        return False
    return not comment.hidden_at or current_place().is_facilitator or _is_author(comment)


def _is_editable(comment: Comment) -> bool:
    try:
        require_editable(db.session(), consultation=current_place().consultation, comment=comment)
    except Conflict:
        return False
    return True
