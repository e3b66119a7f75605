"""Which tags are together: what a tag lives on as, and what lives on as it.

Every application stays with the tag that it was put on with. What shows and counts follows from which tags
are together, so that parting them again brings back exactly what was (decision 17).
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from deliberation.base.errors import Conflict, marked
from deliberation.tags.models import Tag, TagStatus

LIVING: Final[ColumnElement[int]] = func.coalesce(Tag.lives_as_id, Tag.id)
"""The key of the tag that a row of `tags` shows and counts as."""


class NotMerged(Conflict):
    """The tag stands on its own."""

    default = marked("That tag is not merged into another any more. Nothing has changed.")


def living(session: Session, tag: Tag) -> Tag:
    """Return the tag that this one lives on as: itself unless it is merged."""
    return session.get_one(Tag, tag.lives_as_id) if tag.lives_as_id else tag


def together_with(tag_id: int | ColumnElement[int] | InstrumentedAttribute[int]) -> Select[int]:
    """Return the keys of the living tag `tag_id` and of all that live on as it."""
    one = aliased(Tag)
    return select(one.id).where(or_(one.id == tag_id, one.lives_as_id == tag_id))


def merged_into(session: Session, tag: Tag) -> Sequence[Tag]:
    """Return the tags that were merged into this very one, the first made first (one statement)."""
    return session.scalars(select(Tag).where(Tag.merged_into_id == tag.id).order_by(Tag.id)).all()


def join_tags(session: Session, *, tag: Tag, into: Tag) -> None:
    """Let the tag, and what lives on as it, live on as `into`. Both are living, and two."""
    tag.status, tag.merged_into_id = TagStatus.MERGED, into.id
    session.flush()
    _settle(session, [tag.id, *_living_as(session, tag.id)], lives_as=into.id)
    session.refresh(tag)


def part_tags(session: Session, *, tag: Tag, status: TagStatus) -> None:
    """Let the tag stand on its own again, in `status`, with what was merged into it. Raises NotMerged."""
    if tag.merged_into_id is None:
        raise NotMerged
    tag.status, tag.merged_into_id, tag.lives_as_id = status, None, None
    session.flush()
    _settle(session, _below(session, tag), lives_as=tag.id)
    session.refresh(tag)


def ends_of(parents: dict[Any, Any]) -> dict[Any, Any]:
    """Return where the way of each child to its parent, and on, ends. Raises ValueError for a circle."""
    ends = {}
    for child in parents:
        there, steps = child, 0
        while there in parents:
            there, steps = parents[there], steps + 1
            if steps > len(parents):
                raise ValueError("tags are merged in a circle")
        ends[child] = there
    return ends


def _living_as(session: Session, tag_id: int) -> Sequence[int]:
    return session.scalars(select(Tag.id).where(Tag.lives_as_id == tag_id)).all()


def _below(session: Session, tag: Tag) -> list[int]:
    """The tags whose way leads through this one."""
    merged = select(Tag.id, Tag.merged_into_id).where(
        Tag.consultation_id == tag.consultation_id, Tag.merged_into_id.is_not(None)
    )
    parents = {row.id: row.merged_into_id for row in session.execute(merged)}
    return [child for child, end in ends_of(parents).items() if end == tag.id]


def _settle(session: Session, tag_ids: Sequence[int], *, lives_as: int) -> None:
    # What the session holds of them is read anew when it is next asked for.
    changed = update(Tag).where(Tag.id.in_(tag_ids)).values(lives_as_id=lives_as)
    session.execute(changed.execution_options(synchronize_session="fetch"))
