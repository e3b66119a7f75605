"""Moves discussions when ideas are merged and parted: a comment keeps in mind under which idea it began."""

from typing import Any, Final

from sqlalchemy import case, func, update
from sqlalchemy.orm import Session

from deliberation.comments.models import Comment
from deliberation.ideas.merged import family_of

_QUIETLY: Final[dict[str, Any]] = {"synchronize_session": False}


def move_discussion_together(session: Session, *, idea_id: int, root_id: int) -> None:
    """Let the discussion under the idea go on under the one that it is merged into."""
    moved = (
        update(Comment)
        .where(Comment.idea_id == idea_id)
        .values(idea_id=root_id, origin_id=func.coalesce(Comment.origin_id, Comment.idea_id))
    )
    session.execute(moved.execution_options(**_QUIETLY))


def move_discussion_apart(session: Session, *, idea_id: int, root_id: int) -> None:
    """Let what began under the idea, or under one merged into it, go on there. Answers stay with theirs."""
    moved = (
        update(Comment)
        .where(Comment.idea_id == root_id, Comment.origin_id.in_(family_of(idea_id)))
        .values(
            idea_id=idea_id, origin_id=case((Comment.origin_id == idea_id, None), else_=Comment.origin_id)
        )
    )
    session.execute(moved.execution_options(**_QUIETLY))
