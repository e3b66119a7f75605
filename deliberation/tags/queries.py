"""Reads: the vocabulary, the tags of ideas, and which ideas carry a tag. One statement each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, distinct, func, or_, select
from sqlalchemy.orm import Session, aliased

from deliberation.ideas.models import Idea
from deliberation.tags.models import IdeaTag, Tag, TagName, TagStatus


@dataclass(frozen=True, slots=True)
class TagLabel:
    """A tag in the reader's language, as far as there is one. `count` is of what the list counts."""

    key: str
    name: str
    language: str
    count: int
    is_mine: bool = False
    is_suggestion: bool = False


def vocabulary(session: Session, consultation_id: int, *, language: str, source: str) -> Sequence[TagLabel]:
    """Return the accepted tags in the order of their names, each with how many ideas carry it."""
    name, name_language, joins = _named(language, source)
    carried = select(func.count(distinct(IdeaTag.idea_id))).where(IdeaTag.tag_id == Tag.id).scalar_subquery()
    rows = session.execute(
        _joined(select(Tag.key, name, name_language, carried), joins).where(
            Tag.consultation_id == consultation_id, Tag.status == TagStatus.ACCEPTED
        )
    )
    return _by_name(TagLabel(*row) for row in rows)


def tags_in_thread(session: Session, thread_id: int, *, language: str, source: str) -> Sequence[TagLabel]:
    """Return the accepted tags of the thread's visible ideas, the most used first, with how many ideas."""
    name, name_language, joins = _named(language, source)
    used = (
        select(IdeaTag.tag_id, func.count(distinct(IdeaTag.idea_id)).label("ideas"))
        .join(Idea, Idea.id == IdeaTag.idea_id)
        .where(Idea.thread_id == thread_id, Idea.hidden_at.is_(None), Idea.withdrawn_at.is_(None))
        .group_by(IdeaTag.tag_id)
        .subquery()
    )
    rows = session.execute(
        _joined(select(Tag.key, name, name_language, used.c.ideas), joins)
        .join(used, used.c.tag_id == Tag.id)
        .where(Tag.status == TagStatus.ACCEPTED)
    )
    return sorted(_by_name(TagLabel(*row) for row in rows), key=lambda label: -label.count)


def labels_of(
    session: Session, idea_ids: Collection[int], *, reader_id: int | None, language: str, source: str
) -> dict[int, tuple[TagLabel, ...]]:
    """Return the tags of each idea, those that most people applied first, with how many people did.

    Suggestions that wait are shown to those who applied them alone.
    """
    if not idea_ids:
        return {}
    name, name_language, joins = _named(language, source)
    mine = IdeaTag.participant_id == (reader_id or 0)
    applied = (
        select(
            IdeaTag.idea_id,
            IdeaTag.tag_id,
            func.count().label("people"),
            func.count().filter(mine).label("mine"),
        )
        .where(IdeaTag.idea_id.in_(idea_ids))
        .group_by(IdeaTag.idea_id, IdeaTag.tag_id)
        .subquery()
    )
    columns = select(
        applied.c.idea_id, applied.c.mine, Tag.status, Tag.key, name, name_language, applied.c.people
    )
    rows = session.execute(
        _joined(columns, joins)
        .join(applied, applied.c.tag_id == Tag.id)
        .where(
            or_(
                Tag.status == TagStatus.ACCEPTED,
                and_(Tag.status == TagStatus.SUGGESTED, applied.c.mine > 0),
            )
        )
    )
    found: dict[int, list[TagLabel]] = defaultdict(list)
    for idea, is_mine, status, key, word, word_language, people in rows:
        label = TagLabel(key, word, word_language, people, bool(is_mine), status is TagStatus.SUGGESTED)
        found[idea].append(label)
    return {
        idea: tuple(sorted(_by_name(labels), key=lambda label: -label.count))
        for idea, labels in found.items()
    }


def carries(consultation_id: int, key: str) -> ColumnElement[bool]:
    """Return the condition under which an idea carries the tag, or the one it was merged into."""
    tag = select(func.coalesce(Tag.merged_into_id, Tag.id)).where(
        Tag.consultation_id == consultation_id, Tag.key == key
    )
    accepted = select(Tag.id).where(Tag.id.in_(tag), Tag.status == TagStatus.ACCEPTED)
    return Idea.id.in_(select(IdeaTag.idea_id).where(IdeaTag.tag_id.in_(accepted)))


def _by_name(labels: Any) -> list[TagLabel]:
    return sorted(labels, key=lambda label: (label.name.casefold(), label.key))


def _named(language: str, source: str) -> tuple[Any, Any, list[tuple[Any, Any]]]:
    """Return the columns of a tag's name and its language, and what has to be joined for them."""
    ours, theirs, lowest = aliased(TagName), aliased(TagName), aliased(TagName)
    first = select(func.min(TagName.language)).where(TagName.tag_id == Tag.id).scalar_subquery()
    joins = [
        (ours, and_(ours.tag_id == Tag.id, ours.language == language)),
        (theirs, and_(theirs.tag_id == Tag.id, theirs.language == source)),
        (lowest, and_(lowest.tag_id == Tag.id, lowest.language == first)),
    ]
    name = func.coalesce(ours.name, theirs.name, lowest.name)
    return name, func.coalesce(ours.language, theirs.language, lowest.language), joins


def _joined(columns: Any, joins: list[tuple[Any, Any]]) -> Any:
    columns = columns.select_from(Tag)
    for names, condition in joins:
        columns = columns.outerjoin(names, condition)
    return columns
