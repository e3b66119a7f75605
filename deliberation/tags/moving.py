"""Moves tags when ideas are merged and parted.

A tag belongs to the idea on which somebody put it. The root of merged ideas shows those of all, each person's
once: what it shows for another is marked with where it came from and made anew whenever something changes.
"""

from typing import Any, Final

from sqlalchemy import Integer, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from deliberation.ideas.merged import family_of
from deliberation.tags.models import IdeaTag

_QUIETLY: Final[dict[str, Any]] = {"synchronize_session": False}


def settle_tags(session: Session, idea_id: int) -> None:
    """Make the tags that the idea shows for others what follows from those merged into it, if any."""
    shown = delete(IdeaTag).where(IdeaTag.idea_id == idea_id, IdeaTag.origin_id.is_not(None))
    session.execute(shown.execution_options(**_QUIETLY))
    own = aliased(IdeaTag)
    has_it = select(own.tag_id).where(
        own.idea_id == idea_id, own.tag_id == IdeaTag.tag_id, own.participant_id == IdeaTag.participant_id
    )
    root = bindparam(None, idea_id, type_=Integer)
    others = (
        select(
            root, IdeaTag.tag_id, IdeaTag.participant_id, func.min(IdeaTag.applied_at),
            func.min(IdeaTag.idea_id),
        )
        .where(
            IdeaTag.idea_id.in_(family_of(idea_id)), IdeaTag.idea_id != idea_id,
            IdeaTag.origin_id.is_(None), ~has_it.exists(),
        )
        .group_by(IdeaTag.tag_id, IdeaTag.participant_id)
    )  # fmt: skip
    columns = ["idea_id", "tag_id", "participant_id", "applied_at", "origin_id"]
    session.execute(insert(IdeaTag).from_select(columns, others))
