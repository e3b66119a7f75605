"""Reads: the vocabulary, the tags of ideas, and which ideas carry a tag. One statement each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Subquery,
    and_,
    bindparam,
    distinct,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload, outerjoin

from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible
from deliberation.tags.merged import LIVING, together_with
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
    asked = {"consultation": consultation_id, "language": language, "source": source}
    return _by_name(TagLabel(*row) for row in session.connection().execute(_VOCABULARY, asked))


def choices_of(session: Session, consultation_id: int, *, language: str, source: str) -> Sequence[TagLabel]:
    """Return the accepted tags in the order of their names, uncounted: what somebody can choose from."""
    asked = {"consultation": consultation_id, "language": language, "source": source}
    return _by_name(TagLabel(*row) for row in session.connection().execute(_NAMES, asked))


def tags_in_thread(session: Session, thread_id: int, *, language: str, source: str) -> Sequence[TagLabel]:
    """Return the accepted tags of the thread's visible ideas, the most used first, with how many ideas."""
    asked = {"thread": thread_id, "language": language, "source": source}
    labels = _by_name(TagLabel(*row) for row in session.connection().execute(_IN_THREAD, asked))
    return sorted(labels, key=lambda label: -label.count)


def labels_of(
    session: Session, idea_ids: Collection[int], *, reader_id: int | None, language: str, source: str
) -> dict[int, tuple[TagLabel, ...]]:
    """Return the tags of each idea, those that most people applied first, with how many people did.

    Suggestions that wait are shown to those who applied them alone.
    """
    if not idea_ids:
        return {}
    asked = {"ideas": list(idea_ids), "reader": reader_id or 0, "language": language, "source": source}
    found: dict[int, list[TagLabel]] = defaultdict(list)
    for idea, mine, status, key, name, name_language, people in session.connection().execute(
        _ON_IDEAS, asked
    ):
        label = TagLabel(key, name, name_language, people, mine > 0, status is TagStatus.SUGGESTED)
        found[idea].append(label)
    return {
        idea: tuple(sorted(_by_name(labels), key=lambda label: -label.count))
        for idea, labels in found.items()
    }


@dataclass(frozen=True, slots=True)
class TagFacts:
    """What is visible of the ideas with one tag: how many in which language and in which thread, by key."""

    languages: dict[str, int]
    threads: dict[int, int]

    @property
    def ideas(self) -> int:
        """All of them."""
        return sum(self.languages.values())


def find_tag(session: Session, consultation_id: int, key: str) -> Tag | None:
    """Return the tag of this key with its names (one statement), or None."""
    return session.scalars(
        select(Tag)
        .where(Tag.consultation_id == consultation_id, Tag.key == key)
        .options(joinedload(Tag.names), joinedload(Tag.lives_as))
    ).unique().one_or_none()  # fmt: skip


def former_names(session: Session, tag: Tag, *, language: str, source: str) -> Sequence[TagLabel]:
    """Return what lives on as the tag, in the order of the names, uncounted (one statement)."""
    asked = {"tag": tag.id, "language": language, "source": source}
    return _by_name(TagLabel(*row) for row in session.connection().execute(_FORMER, asked))


def tag_facts(session: Session, consultation_id: int, key: str) -> TagFacts:
    """Return what can be counted of the visible ideas with the tag (one statement)."""
    rows = session.execute(
        select(Idea.language, Idea.thread_id, func.count())
        .where(Idea.consultation_id == consultation_id, is_visible(), carries(consultation_id, key))
        .group_by(Idea.language, Idea.thread_id)
    )
    languages: dict[str, int] = defaultdict(int)
    threads: dict[int, int] = defaultdict(int)
    for language, thread, ideas in rows:
        languages[language] += ideas
        threads[thread] += ideas
    by_size = sorted(languages.items(), key=lambda item: (-item[1], item[0]))
    return TagFacts(dict(by_size), dict(threads))


def thread_keys(session: Session, idea_ids: Collection[int]) -> dict[int, int]:
    """Return the key of each idea's thread (one statement)."""
    rows = session.execute(select(Idea.id, Idea.thread_id).where(Idea.id.in_(idea_ids)))
    return {row.id: row.thread_id for row in rows}


def carries(consultation_id: int, key: str) -> ColumnElement[bool]:
    """Return the condition under which an idea carries the tag, or the one that it lives on as."""
    tag = select(LIVING).where(Tag.consultation_id == consultation_id, Tag.key == key)
    accepted = select(Tag.id).where(Tag.id.in_(tag), Tag.status == TagStatus.ACCEPTED).scalar_subquery()
    return Idea.id.in_(select(IdeaTag.idea_id).where(IdeaTag.tag_id.in_(together_with(accepted))))


def ideas_by_tag() -> Subquery:
    """Return how many visible ideas of the consultation `consultation` carry each tag that lives.

    Columns: `tag`, `ideas`. An idea counts once for a tag, whatever merged tags it was put on with.
    """
    return (
        select(LIVING.label("tag"), func.count(distinct(IdeaTag.idea_id)).label("ideas"))
        .join(IdeaTag, IdeaTag.tag_id == Tag.id)
        .join(Idea, Idea.id == IdeaTag.idea_id)
        .where(Tag.consultation_id == bindparam("consultation", type_=Integer), is_visible())
        .group_by(LIVING)
        .subquery()
    )


def _by_name(labels: Iterable[TagLabel]) -> list[TagLabel]:
    return sorted(labels, key=lambda label: (label.name.casefold(), label.key))


# The statements are built once: building one takes longer than the database takes to answer it.
_ours, _theirs, _lowest = aliased(TagName), aliased(TagName), aliased(TagName)
_first = select(func.min(TagName.language)).where(TagName.tag_id == Tag.id).correlate(Tag).scalar_subquery()
_name: Final = func.coalesce(_ours.name, _theirs.name, _lowest.name)
_language: Final = func.coalesce(_ours.language, _theirs.language, _lowest.language)
# The reader's language, else the consultation's own, else any.
_named_tags: Final = (
    outerjoin(Tag, _ours, and_(_ours.tag_id == Tag.id, _ours.language == bindparam("language", type_=String)))
    .outerjoin(_theirs, and_(_theirs.tag_id == Tag.id, _theirs.language == bindparam("source", type_=String)))
    .outerjoin(_lowest, and_(_lowest.tag_id == Tag.id, _lowest.language == _first))
)

_HERE: Final = and_(
    Tag.consultation_id == bindparam("consultation", type_=Integer), Tag.status == TagStatus.ACCEPTED
)
_NAMES: Final = select(Tag.key, _name, _language, literal(0)).select_from(_named_tags).where(_HERE)
_FORMER: Final = (
    select(Tag.key, _name, _language, literal(0))
    .select_from(_named_tags)
    .where(Tag.lives_as_id == bindparam("tag", type_=Integer))
)
_everywhere: Final = ideas_by_tag()
_VOCABULARY: Final = (
    select(Tag.key, _name, _language, func.coalesce(_everywhere.c.ideas, 0))
    .select_from(_named_tags.outerjoin(_everywhere, _everywhere.c.tag == Tag.id))
    .where(_HERE)
)

_put: Final = aliased(Tag)
_living: Final = func.coalesce(_put.lives_as_id, _put.id)
_used: Final = (
    select(_living.label("tag"), func.count(distinct(IdeaTag.idea_id)).label("ideas"))
    .join(IdeaTag, IdeaTag.tag_id == _put.id)
    .join(Idea, Idea.id == IdeaTag.idea_id)
    .where(Idea.thread_id == bindparam("thread"), is_visible())
    .group_by(_living)
    .subquery()
)
_IN_THREAD: Final = (
    select(Tag.key, _name, _language, _used.c.ideas)
    .select_from(_named_tags.join(_used, _used.c.tag == Tag.id))
    .where(Tag.status == TagStatus.ACCEPTED)
)

_applied: Final = (
    select(
        IdeaTag.idea_id,
        _living.label("tag"),
        func.count(distinct(IdeaTag.participant_id)).label("people"),
        func.count().filter(IdeaTag.participant_id == bindparam("reader")).label("mine"),
    )
    .join(_put, _put.id == IdeaTag.tag_id)
    .where(IdeaTag.idea_id.in_(bindparam("ideas", expanding=True)))
    .group_by(IdeaTag.idea_id, _living)
    .subquery()
)
_ON_IDEAS: Final = (
    select(_applied.c.idea_id, _applied.c.mine, Tag.status, Tag.key, _name, _language, _applied.c.people)
    .select_from(_named_tags.join(_applied, _applied.c.tag == Tag.id))
    .where(
        or_(
            Tag.status == TagStatus.ACCEPTED,
            and_(Tag.status == TagStatus.SUGGESTED, _applied.c.mine > 0),
        )
    )
)
