"""Putting tags on ideas and taking them off; suggesting tags; curating the vocabulary.

Curating is called by the moderation room, which asks who may and keeps the log.
"""

import re
import unicodedata
from typing import Final

from sqlalchemy import delete, distinct, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotFound, Refused, marked
from deliberation.base.text import clean_line, clean_name, folded
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import Timetable, VotingClosed
from deliberation.consultations.service import join, require_may_post
from deliberation.ideas.merged import family_of
from deliberation.ideas.models import Idea
from deliberation.ideas.service import IdeaMerged
from deliberation.tags.merged import LIVING, join_tags, living, part_tags, together_with
from deliberation.tags.models import TAG_LENGTH, IdeaTag, Tag, TagName, TagStatus

MOST_TAGS: Final = 10
KEY_LENGTH: Final = 50
_NOT_IN_KEYS: Final = re.compile(r"[^a-z0-9]+")


class TagDeclined(Refused):
    """Facilitators have said no to the tag."""

    default = marked("A facilitator has declined that tag. Choose one from the list.")


class NoTagsNow(Conflict):
    """The thread is locked."""

    default = marked("This question is locked. The tags stay as they are.")


def apply_tag(session: Session, *, consultation: Consultation, idea: Idea, account_id: int, key: str) -> Tag:
    """Put a tag of the vocabulary on the idea, once per person however often it is asked.

    Who does so for the first time becomes a participant. Raises VotingClosed outside the phases in which
    people take part, NoTagsNow, NotFound for an idea that not everybody can see, Refused at `tag`.
    """
    _require_open(session, consultation, idea)
    tag = session.scalars(
        select(Tag).where(Tag.consultation_id == consultation.id, Tag.key == clean_line(key))
    ).one_or_none()
    tag = living(session, tag) if tag else None
    if tag is None or tag.status is not TagStatus.ACCEPTED:
        raise Refused(marked("Choose a tag from the list."), field="tag")
    return _apply(session, consultation, idea, account_id, tag, field="tag")


def suggest_tag(
    session: Session, *, consultation: Consultation, idea: Idea, account_id: int, name: str, language: str
) -> Tag:
    """Put a tag of the person's own on the idea; everybody sees it once a facilitator accepts it.

    A name that is in the vocabulary already, however it is spelled, leads to the tag that has it. Raises
    what `apply_tag` raises, with Refused at `suggestion`, and TagDeclined.
    """
    _require_open(session, consultation, idea)
    name = _clean(name, field="suggestion")
    lock_vocabulary(session, consultation.id)
    known = find_tag_named(session, consultation.id, name)
    if known is not None and known.status is TagStatus.DECLINED:
        raise TagDeclined(field="suggestion")
    if known is None:
        suggested_by = join(session, consultation=consultation, account_id=account_id)
        require_may_post(session, suggested_by)
        _require_room(session, idea, suggested_by, field="suggestion")
        known = _new_tag(session, consultation, suggested_by, name, language)
    return _apply(session, consultation, idea, account_id, known, field="suggestion")


def remove_tag(
    session: Session, *, consultation: Consultation, idea: Idea, by: Participant | None, key: str
) -> None:
    """Take the person's own tag off the idea and those merged into it; others' stay. Twice changes nothing.

    What the person put on with a tag that was merged into this one goes with it. Raises VotingClosed,
    NoTagsNow and NotFound as `apply_tag` does.
    """
    _require_open(session, consultation, idea)
    meant = select(LIVING).where(Tag.consultation_id == consultation.id, Tag.key == clean_line(key))
    session.execute(
        delete(IdeaTag)
        .where(
            IdeaTag.idea_id.in_(family_of(idea.id)),
            IdeaTag.tag_id.in_(together_with(meant.scalar_subquery())),
            IdeaTag.participant_id == (by.id if by else 0),
        )
        .execution_options(synchronize_session=False)
    )


def find_tag_named(session: Session, consultation_id: int, name: str) -> Tag | None:
    """Return the tag that the name leads to in any language, merged ones being what they went into."""
    tag = session.scalars(
        select(Tag)
        .join(Tag.names)
        .where(TagName.consultation_id == consultation_id, TagName.folded == folded(name))
        .order_by(Tag.id)
        .limit(1)
    ).one_or_none()
    return living(session, tag) if tag else None


def accept_tag(session: Session, *, tag: Tag) -> Tag:
    """Take the suggestion into the vocabulary."""
    tag.status = TagStatus.ACCEPTED
    session.flush()
    return tag


def decline_tag(session: Session, *, tag: Tag) -> Tag:
    """Say no to the suggestion. Nothing shows it any more; its name is remembered."""
    tag.status = TagStatus.DECLINED
    session.flush()
    return tag


def rename_tag(session: Session, *, tag: Tag, language: str, name: str) -> Tag:
    """Give the tag this name in this language. Its key stays, so that links go on working.

    Raises Refused at `name` for a name that will not do or that leads to another tag.
    """
    name = _clean(name, field="name")
    lock_vocabulary(session, tag.consultation_id)
    _refuse_taken(session, tag, name)
    row = session.get(TagName, (tag.id, language))
    if row is None:
        row = TagName(tag_id=tag.id, language=language, consultation_id=tag.consultation_id)
        session.add(row)
    row.name, row.folded, row.is_translation = name, folded(name), False
    session.flush()
    return tag


def remove_name(session: Session, *, tag: Tag, language: str) -> None:
    """Let the tag have no name in this language. Raises Conflict where it is the only one it has."""
    if session.scalar(select(func.count()).where(TagName.tag_id == tag.id)) == 1:
        raise Conflict(marked("It is the only name the tag has. Nothing has changed."))
    session.execute(delete(TagName).where(TagName.tag_id == tag.id, TagName.language == language))
    session.expire(tag, ["names"])


def merge_tags(session: Session, *, tag: Tag, into: Tag) -> Tag:
    """Let the tag live on as `into`, on every idea it was on, once per person; `part_tag` undoes it.

    Raises Refused at `into` for the tag itself, for one that is not in the same vocabulary, and for one
    that was itself merged.
    """
    lock_vocabulary(session, tag.consultation_id)
    session.refresh(into)
    is_possible = into.status is TagStatus.ACCEPTED and into.consultation_id == tag.consultation_id
    if into.id == tag.id or not is_possible:
        raise Refused(marked("Choose another tag of the vocabulary."), field="into")
    join_tags(session, tag=tag, into=into)
    return into


def part_tag(session: Session, *, tag: Tag, status: TagStatus = TagStatus.ACCEPTED) -> Tag:
    """Let a merged tag stand on its own again, in `status`, with what was put on with it and merged into it.

    What was put on while it was merged stays with the tag that showed it. Raises NotMerged.
    """
    lock_vocabulary(session, tag.consultation_id)
    session.refresh(tag)
    part_tags(session, tag=tag, status=status)
    return tag


def lock_vocabulary(session: Session, consultation_id: int) -> None:
    """Let nobody else change the consultation's vocabulary until this transaction ends.

    Two people who suggest the same name at once end up with one tag, and two who merge two tags into each
    other wait for each other in one order. Putting a tag on waits for nothing.
    """
    session.execute(
        select(Consultation.id).where(Consultation.id == consultation_id).with_for_update(key_share=True)
    )


def _apply(
    session: Session, consultation: Consultation, idea: Idea, account_id: int, tag: Tag, *, field: str
) -> Tag:
    participant = join(session, consultation=consultation, account_id=account_id)
    require_may_post(session, participant)
    mine = select(IdeaTag.tag_id).where(IdeaTag.idea_id == idea.id, IdeaTag.participant_id == participant.id)
    if session.scalar(mine.where(IdeaTag.tag_id.in_(together_with(tag.id))).limit(1)) is not None:
        return tag
    _require_room(session, idea, participant, field=field)
    key = {"idea_id": idea.id, "tag_id": tag.id, "participant_id": participant.id}
    try:
        with session.begin_nested():
            session.add(IdeaTag(**key, applied_at=now()))
    except IntegrityError:
        if session.get(IdeaTag, tuple(key.values())) is None:
            raise
    return tag


def _require_room(session: Session, idea: Idea, participant: Participant, *, field: str) -> None:
    mine = (
        select(func.count(distinct(LIVING)))
        .join(IdeaTag, IdeaTag.tag_id == Tag.id)
        .where(IdeaTag.idea_id == idea.id, IdeaTag.participant_id == participant.id)
    )
    if (session.scalar(mine) or 0) >= MOST_TAGS:
        sentence = marked("You have put %(count)s tags on this idea. Take one off first.")
        raise Refused(sentence, field=field, count=MOST_TAGS)


def _require_open(session: Session, consultation: Consultation, idea: Idea) -> None:
    # Waits while the idea is being merged, and keeps it from being merged until the tag is on it.
    session.refresh(idea, with_for_update={"read": True, "of": Idea})
    if idea.merged_into_id is not None:
        raise IdeaMerged
    if not idea.is_visible:
        raise NotFound
    if not Timetable.of(consultation.steps, now()).takes_votes:
        raise VotingClosed
    if session.scalar(select(Thread.locked_at).where(Thread.id == idea.thread_id)) is not None:
        raise NoTagsNow


def _refuse_taken(session: Session, tag: Tag, name: str) -> None:
    status = session.scalar(
        select(Tag.status)
        .join(Tag.names)
        .where(
            TagName.consultation_id == tag.consultation_id,
            TagName.folded == folded(name),
            TagName.tag_id != tag.id,
        )
        .limit(1)
    )
    if status is TagStatus.MERGED:
        sentence = marked(
            "A tag that was merged has that name. Part it again first, or merge the two the other way round."
        )
        raise Refused(sentence, field="name")
    if status is not None:
        raise Refused(marked("Another tag has that name. Merge them instead."), field="name")


def _clean(name: str, *, field: str) -> str:
    name = clean_name(name).lstrip("#").strip()
    if not folded(name):
        raise Refused(marked("Write the name of a tag."), field=field)
    if max(len(name), len(folded(name))) > TAG_LENGTH:
        raise Refused(marked("A tag has at most %(limit)s characters."), field=field, limit=TAG_LENGTH)
    return name


def _new_tag(
    session: Session, consultation: Consultation, suggested_by: Participant, name: str, language: str
) -> Tag:
    tag = Tag(
        consultation_id=consultation.id,
        key=_free_key(session, consultation.id, name),
        group=None,
        status=TagStatus.SUGGESTED,
        suggested_by_id=suggested_by.id,
        created_at=now(),
    )
    session.add(tag)
    session.flush()
    session.add(
        TagName(
            tag_id=tag.id,
            language=language,
            consultation_id=consultation.id,
            name=name,
            folded=folded(name),
            is_translation=False,
        )
    )
    session.flush()
    return tag


def _free_key(session: Session, consultation_id: int, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = _NOT_IN_KEYS.sub("-", plain).strip("-")[:KEY_LENGTH].strip("-") or "tag"
    taken = set(
        session.scalars(
            select(Tag.key).where(Tag.consultation_id == consultation_id, Tag.key.startswith(stem))
        )
    )
    key, serial = stem, 1
    while key in taken:
        serial += 1
        key = f"{stem}-{serial}"
    return key
