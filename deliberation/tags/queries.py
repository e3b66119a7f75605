"""Reads: the vocabulary in the reader's language, and what is on which idea."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from deliberation.base.errors import NotFound
from deliberation.ideas.models import Idea
from deliberation.tags.models import IdeaTag, Tag, TagName, TagStatus


@dataclass(frozen=True, slots=True)
class TagLabel:
    """A tag as it is shown: its key in addresses, its name and that name's language, and a count."""

    key: str
    name: str
    language: str
    count: int = 0
    is_mine: bool = False
    is_suggestion: bool = False


Names = dict[int, tuple[str, str]]


def get_tag(session: Session, *, consultation_id: int, key: str) -> Tag:
    """Return the tag with this key; a merged one leads to where it went. Raises NotFound."""
    tag = session.scalars(
        select(Tag).where(Tag.consultation_id == consultation_id, Tag.key == key)
    ).one_or_none()
    if tag is None:
        raise NotFound
    return tag.merged_into or tag


def tag_names(session: Session, consultation_id: int, *, language: str) -> Names:
    """Return every tag's (name, language), by the tag's key in the database, in `language` if it can be."""
    rows = session.execute(
        select(TagName.tag_id, TagName.name, TagName.language)
        .where(TagName.consultation_id == consultation_id)
        .order_by(case((TagName.language == language, 1), else_=0), TagName.language)
    )
    return {tag_id: (name, spoken) for tag_id, name, spoken in rows}


def vocabulary(session: Session, consultation_id: int, *, language: str) -> list[TagLabel]:
    """Return the accepted tags by name (two statements)."""
    names = tag_names(session, consultation_id, language=language)
    rows = session.execute(
        select(Tag.id, Tag.key).where(
            Tag.consultation_id == consultation_id, Tag.status == TagStatus.ACCEPTED
        )
    )
    return _by_name(TagLabel(key, *names.get(tag_id, (key, language))) for tag_id, key in rows)


def thread_tags(session: Session, thread_id: int, names: Names) -> list[TagLabel]:
    """Return the accepted tags on the thread's visible ideas, and on how many each is (one statement)."""
    rows = session.execute(
        select(Tag.id, Tag.key, func.count(func.distinct(IdeaTag.idea_id)))
        .join(IdeaTag, IdeaTag.tag_id == Tag.id)
        .join(Idea, Idea.id == IdeaTag.idea_id)
        .where(
            Idea.thread_id == thread_id,
            Idea.hidden_at.is_(None),
            Idea.withdrawn_at.is_(None),
            Tag.status == TagStatus.ACCEPTED,
        )
        .group_by(Tag.id, Tag.key)
    )
    return _by_name(TagLabel(key, *names.get(tag_id, (key, "")), count) for tag_id, key, count in rows)


def tags_on(
    session: Session, idea_ids: Collection[int], names: Names, *, participant_id: int | None
) -> dict[int, tuple[TagLabel, ...]]:
    """Return the tags of each idea, with how many people applied each (one statement).

    A suggestion is shown to whoever applied it, until it is decided upon.
    """
    if not idea_ids:
        return {}
    mine = func.max(case((IdeaTag.participant_id == (participant_id or 0), 1), else_=0))
    rows = session.execute(
        select(IdeaTag.idea_id, Tag.id, Tag.key, Tag.status, func.count(), mine)
        .join(Tag, Tag.id == IdeaTag.tag_id)
        .where(IdeaTag.idea_id.in_(idea_ids), Tag.status.in_([TagStatus.ACCEPTED, TagStatus.SUGGESTED]))
        .group_by(IdeaTag.idea_id, Tag.id, Tag.key, Tag.status)
    )
    found: dict[int, list[TagLabel]] = defaultdict(list)
    for idea_id, tag_id, key, status, count, is_mine in rows:
        suggestion = status is TagStatus.SUGGESTED
        if not suggestion or is_mine:
            name, language = names.get(tag_id, (key, ""))
            found[idea_id].append(TagLabel(key, name, language, count, bool(is_mine), suggestion))
    return {
        idea_id: tuple(sorted(labels, key=lambda label: (-label.count, label.name.casefold())))
        for idea_id, labels in found.items()
    }


def _by_name(labels: Iterable[TagLabel]) -> list[TagLabel]:
    return sorted(labels, key=lambda label: label.name.casefold())
