"""What facilitators decide about: an idea, a comment or a tag, and how the tables name it."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from deliberation.comments.models import Comment
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.moderation.cases import Flag, HidingProposal
from deliberation.moderation.models import ModerationAct
from deliberation.tags.models import Tag

Subject = Idea | Comment | Tag
Hideable = Idea | Comment


def key_name(subject: Subject) -> str:
    """Return the column that names the thing in flags, proposals and acts."""
    return {Idea: "idea_id", Comment: "comment_id", Tag: "tag_id"}[type(subject)]


def keys_of(subject: Subject) -> dict[str, Any]:
    """Return the keys with which the log names it: a comment with its idea, an idea with its thread."""
    keys: dict[str, Any] = {key_name(subject): subject.id}
    if isinstance(subject, Comment):
        keys["idea_id"] = subject.idea_id
    elif isinstance(subject, Idea):
        keys["thread_id"] = subject.thread_id
    return keys


def is_about(table: type[Flag] | type[HidingProposal], subject: Subject) -> ColumnElement[bool]:
    """Return the condition that a row is about the thing."""
    condition: ColumnElement[bool] = getattr(table, key_name(subject)) == subject.id
    return condition


def subject_of(session: Session, row: Flag | HidingProposal | ModerationAct) -> Subject | None:
    """Return the thing that the row is about, if it is one of these."""
    if row.comment_id:
        return session.get_one(Comment, row.comment_id)
    tag_id: int | None = getattr(row, "tag_id", None)
    if tag_id:
        return session.get_one(Tag, tag_id)
    return session.get_one(Idea, row.idea_id) if row.idea_id else None


def locked(session: Session, subject: Subject) -> None:
    """Let nobody else decide about the thing until this transaction ends, and see it as it is now."""
    table: Any = type(subject)
    session.execute(select(table.id).where(table.id == subject.id).with_for_update(key_share=True))


def author_of(session: Session, act: ModerationAct) -> Participant | None:
    """Return whom the act concerns: who wrote what it is about, or who is blocked."""
    if act.participant_id:
        return session.get_one(Participant, act.participant_id)
    subject = subject_of(session, act)
    return subject.author if isinstance(subject, Idea | Comment) else None
