"""What a form of the desk names: things in the queue, as the facilitator saw them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from deliberation.base.errors import NotFound
from deliberation.comments.models import Comment
from deliberation.consultations.models import Consultation
from deliberation.ideas.models import Idea
from deliberation.moderation.bulk import MOST, Item
from deliberation.moderation.cases import HidingProposal
from deliberation.moderation.queue import Waiting
from deliberation.moderation.subjects import subject_of
from deliberation.tags.models import Tag, TagName

_NAME: Final = re.compile(r"([a-z_]{3,20})-(\d{1,9})-(\d{1,9})")
_TABLES: Final[Mapping[str, Any]] = {
    Waiting.FLAGGED_IDEA: Idea,
    Waiting.FLAGGED_COMMENT: Comment,
    Waiting.FLAGGED_TAG: Tag,
    Waiting.GUEST_IDEA: Idea,
    Waiting.NEW_TAG: Tag,
    Waiting.PROPOSAL: HidingProposal,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing that a form names, and what it says."""

    name: str
    kind: Waiting
    item: Item
    words: str


def chosen_items(session: Session, consultation: Consultation, form: "MultiDict[str, str]") -> list[Chosen]:
    """Return what the form's fields `item` name in this consultation, each once, `MOST` and one at most.

    What is not there, or not here, is left out.
    """
    names = list(dict.fromkeys(form.getlist("item")))[: MOST + 1]
    found = (_chosen(session, consultation, name) for name in names)
    return [one for one in found if one is not None]


def first_item(session: Session, consultation: Consultation, form: "MultiDict[str, str]") -> Item:
    """Return the one thing that the form names. Raises NotFound."""
    found = chosen_items(session, consultation, form)
    if not found:
        raise NotFound
    return found[0].item


def _chosen(session: Session, consultation: Consultation, name: str) -> Chosen | None:
    parts = _NAME.fullmatch(name)
    table = _TABLES.get(parts[1]) if parts else None
    if parts is None or table is None:
        return None
    row = session.scalars(
        select(table).where(table.id == int(parts[2]), table.consultation_id == consultation.id)
    ).one_or_none()
    subject = subject_of(session, row) if isinstance(row, HidingProposal) else row
    if subject is None:
        return None
    return Chosen(name, Waiting(parts[1]), Item(subject, int(parts[3])), _words(session, subject))


def _words(session: Session, subject: Any) -> str:
    if isinstance(subject, Tag):
        names = select(TagName.name).where(TagName.tag_id == subject.id).order_by(TagName.language)
        return session.scalars(names).first() or subject.key
    return str(subject.statement if isinstance(subject, Idea) else subject.body)
