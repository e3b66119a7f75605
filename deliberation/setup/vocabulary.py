"""Tags to begin with. What becomes of them afterwards is curation, on the desk."""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Refused, marked
from deliberation.base.text import clean_name, folded
from deliberation.consultations.background import EntryKind
from deliberation.consultations.models import Consultation
from deliberation.consultations.service import lock_consultation
from deliberation.moderation.acts import Actor, record, require_facilitator
from deliberation.moderation.models import ActKind
from deliberation.moderation.setup_changes import has_begun
from deliberation.setup.entries import new_key
from deliberation.tags.models import TAG_LENGTH, Tag, TagName, TagStatus
from deliberation.tags.service import find_tag_named

MOST_TAGS: Final = 300


def add_tag(session: Session, *, consultation: Consultation, name: str, by: Actor) -> Tag:
    """Put a tag into the vocabulary, named in the source language; one that was only suggested is accepted.

    Raises NotAFacilitator, Refused at `name`.
    """
    require_facilitator(session, consultation.id, by)
    name = clean_name(name).lstrip("#").strip()
    if not folded(name):
        raise Refused(marked("Write the name of a tag."), field="name")
    if max(len(name), len(folded(name))) > TAG_LENGTH:
        raise Refused(marked("A tag has at most %(limit)s characters."), field="name", limit=TAG_LENGTH)
    lock_consultation(session, consultation.id)
    tag = find_tag_named(session, consultation.id, name)
    if tag is not None and tag.status is not TagStatus.SUGGESTED:
        raise Refused(marked("There is a tag with that name already."), field="name")
    if tag is None:
        tag = _new_tag(session, consultation, name)
    tag.status = TagStatus.ACCEPTED
    session.flush()
    if has_begun(consultation):
        record(
            session, ActKind.ACCEPT_TAG, consultation_id=consultation.id, by=by, tag_id=tag.id,
            details={"name": name},
        )  # fmt: skip
    return tag


def _new_tag(session: Session, consultation: Consultation, name: str) -> Tag:
    here = Tag.consultation_id == consultation.id
    if (session.scalar(select(func.count()).where(here)) or 0) >= MOST_TAGS:
        raise Refused(marked("There are as many tags here as one vocabulary can hold."), field="name")
    keys = set(session.scalars(select(Tag.key).where(here)))
    tag = Tag(
        consultation_id=consultation.id, key=new_key(name, EntryKind.NOTE, keys), group=None,
        status=TagStatus.ACCEPTED, created_at=now(),
    )  # fmt: skip
    tag.names = [
        TagName(
            language=consultation.source_language, consultation_id=consultation.id, name=name,
            folded=folded(name), is_translation=False,
        )
    ]  # fmt: skip
    session.add(tag)
    session.flush()
    return tag
