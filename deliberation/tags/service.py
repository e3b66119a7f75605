"""Applying, suggesting and curating tags. Curation is called by the moderation room, which keeps the log."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.database import is_sqlite
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.base.text import clean_name, folded
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.tags.models import TAG_LENGTH, IdeaTag, Tag, TagName, TagStatus

MOST_TAGS: Final = 10
KEY_LENGTH: Final = 50


def apply_tag(session: Session, *, idea: Idea, tag: Tag, participant: Participant) -> None:
    """Put the tag on the idea in the participant's name; once is enough. Raises Refused, Conflict.

    A tag that was merged counts as the one it went into.
    """
    tag = _living(session, tag)
    if tag.consultation_id != idea.consultation_id or tag.status is TagStatus.DECLINED:
        raise Refused(marked("That word is not in this consultation's list."), field="tag")
    mine = select(func.count()).where(IdeaTag.idea_id == idea.id, IdeaTag.participant_id == participant.id)
    if (session.scalar(mine) or 0) >= MOST_TAGS:
        raise Refused(marked("You have put %(most)s words on this idea. That is the most."), most=MOST_TAGS)
    row = {"idea_id": idea.id, "tag_id": tag.id, "participant_id": participant.id, "applied_at": now()}
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.execute(insert(IdeaTag).values(row).on_conflict_do_nothing())


def remove_tag(session: Session, *, idea: Idea, tag: Tag, participant: Participant) -> None:
    """Take the participant's own application of the tag back. Those of others stay."""
    session.execute(
        delete(IdeaTag).where(
            IdeaTag.idea_id == idea.id, IdeaTag.tag_id == tag.id, IdeaTag.participant_id == participant.id
        )
    )


def suggest_tag(
    session: Session, *, consultation_id: int, name: str, language: str, participant: Participant
) -> Tag:
    """Return the tag with this name, suggested now if there is none. Raises Refused.

    Look-alike spellings in any language are the same name.
    """
    name = clean_name(name).lstrip("#").strip()
    _check_name(name)
    known = find_named(session, consultation_id=consultation_id, name=name)
    if known is not None:
        if known.status is TagStatus.DECLINED:
            raise Refused(marked("That word has been suggested before and was declined."), field="suggestion")
        return known
    tag = Tag(
        consultation_id=consultation_id,
        key=_free_key(session, consultation_id, name),
        status=TagStatus.SUGGESTED,
        suggested_by_id=participant.id,
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(tag)
            session.flush()
            session.add(_name_of(tag, language, name))
    except IntegrityError as clash:
        known = find_named(session, consultation_id=consultation_id, name=name)
        if known is None:
            raise Conflict from clash
        return known
    return tag


def find_named(session: Session, *, consultation_id: int, name: str) -> Tag | None:
    """Return the living tag that goes by this name in any language, or None."""
    wanted = TagName.consultation_id == consultation_id, TagName.folded == folded(name)
    found = session.scalars(select(Tag).join(TagName).where(*wanted).order_by(Tag.id)).first()
    return _living(session, found) if found else None


def accept_tag(session: Session, *, tag: Tag) -> None:
    """Take a suggested tag into the vocabulary. Raises Conflict when somebody decided before."""
    _decide(session, tag, TagStatus.ACCEPTED, was=(TagStatus.SUGGESTED, TagStatus.DECLINED))


def decline_tag(session: Session, *, tag: Tag) -> None:
    """Leave a suggested tag out of the vocabulary. Raises Conflict when somebody decided before."""
    _decide(session, tag, TagStatus.DECLINED, was=(TagStatus.SUGGESTED,))


def rename_tag(session: Session, *, tag: Tag, language: str, name: str) -> None:
    """Give the tag another name in one language. Its address stays. Raises Refused."""
    name = clean_name(name).lstrip("#").strip()
    _check_name(name, field="name")
    other = find_named(session, consultation_id=tag.consultation_id, name=name)
    if other is not None and other.id != tag.id:
        raise Refused(marked("Another word goes by that name. Merge the two instead."), field="name")
    row = session.get(TagName, (tag.id, language))
    if row is None:
        session.add(_name_of(tag, language, name))
    else:
        row.name, row.folded = name, folded(name)
    session.flush()


def merge_tags(session: Session, *, tag: Tag, into: Tag) -> None:
    """Let `tag` live on as `into`: who applied either has applied `into`, once. Raises Refused, Conflict."""
    into = _living(session, into)
    if tag.id == into.id or tag.consultation_id != into.consultation_id:
        raise Refused(marked("A word cannot be merged with itself."), field="into")
    if into.status is not TagStatus.ACCEPTED:
        raise Refused(marked("Choose a word from the list to merge with."), field="into")
    _decide(session, tag, TagStatus.MERGED, was=(TagStatus.SUGGESTED, TagStatus.ACCEPTED, TagStatus.DECLINED))
    tag.merged_into_id = into.id
    # What was merged into this one before goes along, so that it too is one step from a living one.
    session.execute(update(Tag).where(Tag.merged_into_id == tag.id).values(merged_into_id=into.id))
    moved = select(IdeaTag.idea_id, IdeaTag.participant_id, IdeaTag.applied_at).where(
        IdeaTag.tag_id == tag.id
    )
    rows = [{**row, "tag_id": into.id} for row in session.execute(moved).mappings()]
    if rows:
        insert = sqlite.insert if is_sqlite(session) else postgresql.insert
        session.execute(insert(IdeaTag).on_conflict_do_nothing(), rows)
        session.execute(delete(IdeaTag).where(IdeaTag.tag_id == tag.id))
    session.flush()


def _decide(session: Session, tag: Tag, status: TagStatus, *, was: Iterable[TagStatus]) -> None:
    done = session.execute(
        update(Tag).where(Tag.id == tag.id, Tag.status.in_(list(was))).values(status=status)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict(marked("Somebody has decided about that word already."))
    session.refresh(tag)


def _living(session: Session, tag: Tag) -> Tag:
    if tag.merged_into_id is None:
        return tag
    into = session.get(Tag, tag.merged_into_id)
    return _living(session, into) if into else tag


def _check_name(name: str, field: str = "suggestion") -> None:
    if not name or not any(character.isalnum() for character in name):
        raise Refused(marked("Write a word."), field=field)
    if len(name) > TAG_LENGTH or len(folded(name)) > TAG_LENGTH:
        raise Refused(marked("At most %(most)s characters."), field=field, most=TAG_LENGTH)


def _name_of(tag: Tag, language: str, name: str) -> TagName:
    return TagName(
        tag_id=tag.id,
        consultation_id=tag.consultation_id,
        language=language,
        name=name,
        folded=folded(name),
        is_translation=False,
    )


def _free_key(session: Session, consultation_id: int, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:KEY_LENGTH] or "tag"
    taken = set(
        session.scalars(
            select(Tag.key).where(Tag.consultation_id == consultation_id, Tag.key.like(f"{stem}%"))
        )
    )
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key
