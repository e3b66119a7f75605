"""Deciding about many things at once. Each is one row in the log; all of them can be undone together."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, Refused, marked
from deliberation.comments.models import Comment
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import Actor, require_facilitator, rule_named, stated_reason
from deliberation.moderation.curation import accept_tag, decline_tag
from deliberation.moderation.flags import let_stand
from deliberation.moderation.guests import accept_idea
from deliberation.moderation.service import hide_comment, hide_idea
from deliberation.moderation.subjects import Subject
from deliberation.tags.models import Tag, TagStatus

MOST: Final = 50


class Verdict(StrEnum):
    """What can be decided about many things at once."""

    LET_STAND = "let_stand"
    HIDE = "hide"


def verdict_named(name: str | None) -> Verdict:
    """Return the verdict that forms call `name`; to let stand, where that is none."""
    return Verdict(name) if name in set(Verdict) else Verdict.LET_STAND


@dataclass(frozen=True, slots=True)
class Item:
    """Something in the queue as the facilitator saw it; `seen` is the newest flag that was read."""

    subject: Subject
    seen: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What was done in one go, under which name, and how many things had been decided before."""

    name: str
    done: int
    late: int


def decide_all(
    session: Session,
    items: Sequence[Item],
    *,
    consultation_id: int,
    verdict: Verdict,
    rule: str,
    reason: str,
    by: Actor,
) -> Batch:
    """Let all items stand, or hide them all: a tag is accepted or declined.

    Items that somebody else decided about in the meantime are left as they are and counted. Raises
    NotAFacilitator, and Refused at `rule`, `reason` or for no items or too many, before anything is done.
    """
    require_facilitator(session, consultation_id, by)
    if not items:
        raise Refused(marked("Choose at least one thing. Nothing has changed yet."))
    if len(items) > MOST:
        raise Refused(marked("Choose at most %(most)s things at once. Nothing has changed yet."), most=MOST)
    if verdict is Verdict.HIDE:
        rule_named(session, consultation_id, rule)
        stated_reason(reason)
    batch, late = secrets.token_hex(8), 0
    for item in items:
        try:
            with session.begin_nested():
                _decide(session, item, verdict=verdict, rule=rule, reason=reason, by=by, batch=batch)
        except Conflict:
            late += 1
    return Batch(batch, len(items) - late, late)


def _decide(
    session: Session, item: Item, *, verdict: Verdict, rule: str, reason: str, by: Actor, batch: str
) -> None:
    subject = item.subject
    if isinstance(subject, Tag) and subject.status is TagStatus.SUGGESTED:
        if verdict is Verdict.HIDE:
            decline_tag(session, tag=subject, by=by, reason=reason, rule=rule, batch=batch)
        else:
            accept_tag(session, tag=subject, by=by, reason=reason, batch=batch)
    elif verdict is Verdict.LET_STAND and isinstance(subject, Idea) and subject.waits_since:
        accept_idea(session, idea=subject, by=by, reason=reason, batch=batch)
    elif verdict is Verdict.LET_STAND:
        let_stand(session, subject=subject, by=by, seen=item.seen or None, reason=reason, batch=batch)
    elif isinstance(subject, Idea):
        hide_idea(session, idea=subject, rule=rule, reason=reason, by=by, seen=item.seen, batch=batch)
    elif isinstance(subject, Comment):
        hide_comment(session, comment=subject, rule=rule, reason=reason, by=by, seen=item.seen, batch=batch)
    else:
        accepted = TagStatus.ACCEPTED
        decline_tag(session, tag=subject, by=by, reason=reason, rule=rule, seen=accepted, batch=batch)
