"""Writing a comment, answering one, changing its wording, withdrawing it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused, marked
from deliberation.base.markup import markdown_to_html
from deliberation.base.text import clean_text
from deliberation.comments.models import COMMENT_LENGTH, Comment, CommentRevision
from deliberation.comments.queries import newest_revision, others_have_answered
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import Timetable
from deliberation.consultations.service import join, lock_consultation, require_may_post
from deliberation.ideas.models import Idea
from deliberation.ideas.service import language_code

EDIT_WINDOW: Final = timedelta(minutes=15)


class CommentsClosed(Conflict):
    """The phase, the thread or the idea takes no comments."""

    default = marked("The time for comments is over. What has been written stays here to read.")


class NotToBeAnswered(Conflict):
    """What would be answered has been withdrawn or hidden."""

    default = marked("That comment is no longer here to be answered. Yours is not saved yet.")


class CommentSettled(Conflict):
    """The comment's words stay as they are."""

    default = marked("Somebody has answered this comment, so its words stay. You can withdraw it.")


class NewerComment(Conflict):
    """The comment was changed after the form was opened. Nothing of either wording is lost."""

    default = marked(
        "The comment was changed while you wrote. Both wordings are below. Save again to let yours stand."
    )


@dataclass(frozen=True, slots=True)
class Remark:
    """What a comment says, cleaned and within its limits."""

    body: str
    language: str

    @classmethod
    def of(cls, *, body: str, language: str) -> "Remark":
        """Clean what was written. Raises Refused at the field that will not do."""
        remark = cls(clean_text(body), language_code(language))
        if not remark.body:
            raise Refused(marked("Write a comment."), field="body")
        if len(remark.body) > COMMENT_LENGTH:
            raise Refused(
                marked("Your comment has %(count)s characters. At most %(limit)s will fit."),
                field="body", count=len(remark.body), limit=COMMENT_LENGTH,
            )  # fmt: skip
        return remark


@dataclass(frozen=True, slots=True)
class Posting:
    """A comment, and whether it is new: the same words sent twice lead to the first."""

    comment: Comment
    is_new: bool


def post_comment(
    session: Session,
    *,
    consultation: Consultation,
    idea: Idea,
    account_id: int,
    body: str,
    language: str,
    answers: Comment | None = None,
) -> Posting:
    """Write a comment under the idea, or in answer to the comment `answers`, which hangs under it.

    Who writes for the first time becomes a participant. Raises CommentsClosed where `require_open` does,
    NotToBeAnswered, and Refused for what cannot be a comment.
    """
    lock_consultation(session, consultation.id)
    # Waits while the idea is being merged: the discussion goes on under the other one.
    session.refresh(
        idea, ["hidden_at", "withdrawn_at", "merged_into_id"], with_for_update={"read": True, "of": Idea}
    )
    require_open(session, consultation=consultation, idea=idea)
    remark = Remark.of(body=body, language=language)
    if answers is not None:
        # Waits for an edit of the comment to end, and lets none begin: its words are settled now.
        session.refresh(answers, with_for_update={"key_share": True, "of": Comment})
        if not answers.is_visible:
            raise NotToBeAnswered
    author = join(session, consultation=consultation, account_id=account_id)
    require_may_post(session, author)
    same = _find_same(session, idea, answers, author, remark.body)
    if same is not None:
        return Posting(same, is_new=False)
    highest = select(func.max(Comment.number)).where(Comment.consultation_id == consultation.id)
    comment = Comment(
        consultation_id=consultation.id,
        idea_id=idea.id,
        origin_id=answers.origin_id if answers else None,
        parent_id=answers.id if answers else None,
        author_id=author.id,
        number=(session.scalar(highest) or 0) + 1,
        created_at=now(),
    )
    _reword(session, comment, remark, revision=1)
    return Posting(comment, is_new=True)


def edit_comment(
    session: Session,
    *,
    consultation: Consultation,
    comment: Comment,
    by: Participant | None,
    revision: int,
    body: str,
    language: str,
) -> Comment:
    """Give the comment a new wording; the old one stays in its public history.

    `revision` is the number of the wording that the author had before them. Raises NotAllowed for anybody
    but the author, what `require_editable` raises, NewerComment where the comment has changed since, and
    Refused for what cannot be a comment.
    """
    _require_author(comment, by)
    session.refresh(comment, with_for_update={"key_share": True, "of": Comment})
    require_editable(session, consultation=consultation, comment=comment)
    require_may_post(session, by)
    remark = Remark.of(body=body, language=language)
    newest = newest_revision(session, comment)
    if remark == Remark(comment.body, comment.language):
        return comment
    if revision != newest:
        raise NewerComment
    comment.edited_at = now()
    _reword(session, comment, remark, revision=newest + 1)
    return comment


def withdraw_comment(session: Session, *, comment: Comment, by: Participant | None) -> Comment:
    """Take the comment's words away from every reader. What others answered stays.

    Raises NotAllowed for anybody but the author. Withdrawing twice changes nothing.
    """
    _require_author(comment, by)
    session.refresh(comment, with_for_update={"key_share": True, "of": Comment})
    if comment.withdrawn_at is None:
        comment.withdrawn_at = now()
        session.flush()
    return comment


def require_open(session: Session, *, consultation: Consultation, idea: Idea) -> None:
    """Raise CommentsClosed unless the phase takes votes, the thread is open and all may see the idea."""
    is_locked = session.scalar(select(Thread.locked_at).where(Thread.id == idea.thread_id)) is not None
    refuse_closed(Timetable.of(consultation.steps, now()), idea, is_locked=is_locked)


def refuse_closed(timetable: Timetable, idea: Idea, *, is_locked: bool) -> None:
    """Raise CommentsClosed where the phase, the lock on the thread or the state of the idea is in the way."""
    if not timetable.takes_votes:
        raise CommentsClosed
    if is_locked:
        raise CommentsClosed(marked("This question is locked. It takes no comments and no changes to them."))
    if idea.withdrawn_at is not None:
        raise CommentsClosed(marked("This idea is withdrawn. It takes no more comments."))
    if idea.merged_into_id is not None:
        raise CommentsClosed(marked("This idea is part of another now. Its discussion goes on there."))
    if idea.waits_since is not None:
        sentence = marked("This idea waits for a facilitator to read it. After that it can take comments.")
        raise CommentsClosed(sentence)
    if idea.hidden_at is not None:
        raise CommentsClosed(marked("This idea is hidden. It takes no comments while it is."))


def require_editable(session: Session, *, consultation: Consultation, comment: Comment) -> None:
    """Raise CommentSettled where the comment's words are settled, or what `require_open` raises.

    They are once somebody else has answered, and fifteen minutes after they were posted.
    """
    if comment.withdrawn_at is not None:
        raise CommentSettled(marked("This comment is withdrawn. Nothing more can be done to it."))
    if comment.hidden_at is not None:
        raise CommentSettled(marked("This comment is hidden, so its words stay as they are."))
    require_open(session, consultation=consultation, idea=comment.idea)
    if now() - comment.created_at > EDIT_WINDOW:
        raise CommentSettled(
            marked("A comment can be changed for %(minutes)s minutes. You can still withdraw it."),
            minutes=int(EDIT_WINDOW.total_seconds() // 60),
        )
    if others_have_answered(session, comment):
        raise CommentSettled


def _reword(session: Session, comment: Comment, remark: Remark, *, revision: int) -> None:
    comment.body, comment.language = remark.body, remark.language
    comment.body_html = markdown_to_html(remark.body)
    session.add(comment)
    session.flush()
    session.add(
        CommentRevision(
            comment_id=comment.id,
            number=revision,
            language=remark.language,
            body=remark.body,
            created_at=comment.edited_at or comment.created_at,
        )
    )
    session.flush()


def _require_author(comment: Comment, by: Participant | None) -> None:
    if by is None or by.id != comment.author_id:
        raise NotAllowed(marked("Only its author can change a comment."))


def _find_same(
    session: Session, idea: Idea, answers: Comment | None, author: Participant, body: str
) -> Comment | None:
    return session.scalars(
        select(Comment)
        .where(
            Comment.idea_id == idea.id,
            Comment.parent_id.is_(None) if answers is None else Comment.parent_id == answers.id,
            Comment.author_id == author.id,
            Comment.body == body,
            Comment.withdrawn_at.is_(None),
        )
        .order_by(Comment.number)
        .limit(1)
    ).one_or_none()
