"""Reads: the discussion under an idea, one comment, its wordings. Each a fixed number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from deliberation.comments.branches import Twig
from deliberation.comments.models import Comment, CommentRevision
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True)
class Said:
    """A comment with its words, its author and whom it answers."""

    id: int
    number: int
    author_id: int
    author_number: int
    language: str
    body_html: str
    created_at: datetime
    edited_at: datetime | None
    is_withdrawn: bool
    is_hidden: bool
    answered_number: int | None
    answered_author: int | None

    @property
    def is_visible(self) -> bool:
        """Whether everybody who may see the idea may read it."""
        return not (self.is_withdrawn or self.is_hidden)


@dataclass(frozen=True, slots=True)
class Discussion:
    """All comments under an idea without their words, the oldest first, and how many everybody can read."""

    twigs: tuple[Twig, ...]
    total: int


def discussion_of(session: Session, idea_id: int, *, reader_id: int | None, sees_hidden: bool) -> Discussion:
    """Return the shape of the discussion for this reader (one statement).

    A hidden comment is its author's and, with `sees_hidden`, the facilitators' to read.
    """
    rows = session.connection().execute(_TWIGS, {"idea": idea_id}).all()
    twigs = tuple(
        Twig(
            row.id,
            row.parent_id,
            row.withdrawn_at is None and (row.hidden_at is None or sees_hidden or row.author_id == reader_id),
        )
        for row in rows
    )
    return Discussion(twigs, sum(row.withdrawn_at is None and row.hidden_at is None for row in rows))


def said_in(session: Session, comment_ids: Collection[int]) -> dict[int, Said]:
    """Return the comments with these keys (one statement; none for no keys)."""
    if not comment_ids:
        return {}
    rows: Sequence[Any] = session.connection().execute(_SAID, {"comments": list(comment_ids)}).all()
    return {row.id: Said(*row) for row in rows}


def find_comment(session: Session, consultation: Consultation, number: int) -> Comment | None:
    """Return the comment with its author, its idea, the idea's thread and its texts (one statement)."""
    return session.scalars(
        select(Comment)
        .where(Comment.consultation_id == consultation.id, Comment.number == number)
        .options(
            joinedload(Comment.author),
            joinedload(Comment.idea).options(
                joinedload(Idea.author), joinedload(Idea.thread).joinedload(Thread.texts)
            ),
        )
    ).unique().one_or_none()  # fmt: skip


def revisions_of(session: Session, comment: Comment) -> Sequence[CommentRevision]:
    """Return every wording of the comment, the first first (one statement)."""
    return session.scalars(
        select(CommentRevision)
        .where(CommentRevision.comment_id == comment.id)
        .order_by(CommentRevision.number)
    ).all()


def newest_revision(session: Session, comment: Comment) -> int:
    """Return the number of the wording that the comment has now."""
    highest = select(func.max(CommentRevision.number)).where(CommentRevision.comment_id == comment.id)
    return session.scalar(highest) or 0


def others_have_answered(session: Session, comment: Comment) -> bool:
    """Say whether anybody but the author has answered the comment, even what is gone since."""
    found = select(Comment.id).where(Comment.parent_id == comment.id, Comment.author_id != comment.author_id)
    return session.execute(found.limit(1)).first() is not None


_answered = aliased(Comment)
_answered_author = aliased(Participant)

_TWIGS: Final = (
    select(Comment.id, Comment.parent_id, Comment.author_id, Comment.withdrawn_at, Comment.hidden_at)
    .where(Comment.idea_id == bindparam("idea", type_=Integer))
    .order_by(Comment.number)
)
_SAID: Final = (
    select(
        Comment.id, Comment.number, Comment.author_id, Participant.number, Comment.language,
        Comment.body_html, Comment.created_at, Comment.edited_at, Comment.withdrawn_at.is_not(None),
        Comment.hidden_at.is_not(None), _answered.number, _answered_author.number,
    )
    .join(Participant, Participant.id == Comment.author_id)
    .outerjoin(_answered, _answered.id == Comment.parent_id)
    .outerjoin(_answered_author, _answered_author.id == _answered.author_id)
    .where(Comment.id.in_(bindparam("comments", expanding=True)))
)  # fmt: skip
