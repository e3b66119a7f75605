"""What facilitators do to ideas, comments and threads. Each act that succeeds is one row in the public log.

Nothing else hides, restores, locks or unlocks, but for an appeal. When two facilitators do the same at once,
one does it and the other is told.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, marked
from deliberation.comments.models import Comment
from deliberation.consultations.models import Thread
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import (
    Actor,
    AlreadyDone,
    has_changed,
    record,
    require_facilitator,
    rule_named,
    stated_reason,
)
from deliberation.moderation.appeals import overturned_by
from deliberation.moderation.flags import DecidedMeanwhile, settle
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.safeguards import propose_hiding, takes_another
from deliberation.moderation.subjects import Hideable, keys_of, locked

_WORDS: Final = {
    Idea: {
        "withdrawn": marked("The author has withdrawn the idea. There is nothing left to hide."),
        "hidden": marked("The idea is already hidden. Nothing has changed."),
        "shown": marked("The idea is not hidden. Nothing has changed."),
    },
    Comment: {
        "withdrawn": marked("The author has withdrawn the comment. There is nothing left to hide."),
        "hidden": marked("The comment is already hidden. Nothing has changed."),
        "shown": marked("The comment is not hidden. Nothing has changed."),
    },
}
_HIDE: Final = {Idea: ActKind.HIDE_IDEA, Comment: ActKind.HIDE_COMMENT}
_RESTORE: Final = {Idea: ActKind.RESTORE_IDEA, Comment: ActKind.RESTORE_COMMENT}


def hide_idea(
    session: Session,
    *,
    idea: Idea,
    rule: str,
    reason: str,
    by: Actor,
    seen: int | None = None,
    batch: str | None = None,
) -> ModerationAct:
    """Hide the idea from everybody but its author and the facilitators, under one of the house rules.

    `rule` is the key of a background entry of kind rule. Votes stay and the idea takes no more. `seen` is
    the newest flag that the facilitator has read, where there was one. Where hiding takes two facilitators,
    the first of them only proposes it: the act returned says so. A guest's idea that waits is refused by
    it, by one of them, as nobody has seen it yet. Raises NotAFacilitator, Refused at `rule`
    or `reason`, AlreadyDone, DecidedMeanwhile.
    """
    return _hide(session, idea, rule=rule, reason=reason, by=by, seen=seen, batch=batch)


def restore_idea(
    session: Session, *, idea: Idea, reason: str, by: Actor, batch: str | None = None
) -> ModerationAct:
    """Let everybody see the idea again, with the votes it had. An appeal that waits has succeeded.

    Raises NotAFacilitator, Refused at `reason`, AlreadyDone, Conflict for a guest's idea that waits.
    """
    return _restore(session, idea, reason=reason, by=by, batch=batch)


def hide_comment(
    session: Session,
    *,
    comment: Comment,
    rule: str,
    reason: str,
    by: Actor,
    seen: int | None = None,
    batch: str | None = None,
) -> ModerationAct:
    """Hide what the comment says from everybody but its author and the facilitators, under a house rule.

    What others answered stays. Otherwise as `hide_idea`, in what it takes, returns and raises.
    """
    return _hide(session, comment, rule=rule, reason=reason, by=by, seen=seen, batch=batch)


def restore_comment(
    session: Session, *, comment: Comment, reason: str, by: Actor, batch: str | None = None
) -> ModerationAct:
    """Let everybody read the comment again. An appeal that waits has succeeded.

    Raises NotAFacilitator, Refused at `reason`, AlreadyDone.
    """
    return _restore(session, comment, reason=reason, by=by, batch=batch)


def lock_thread(session: Session, *, thread: Thread, reason: str, by: Actor) -> ModerationAct:
    """Stop new ideas, edits and votes in the thread; everybody can still read it.

    Raises NotAFacilitator, Refused at `reason`, AlreadyDone.
    """
    require_facilitator(session, thread.consultation_id, by)
    reason = stated_reason(reason)
    moment = now()
    locked = update(Thread).where(Thread.id == thread.id, Thread.locked_at.is_(None)).values(locked_at=moment)
    if not has_changed(session, locked):
        raise AlreadyDone(marked("The question is already locked. Nothing has changed."))
    session.refresh(thread, ["locked_at"])
    return record(
        session, ActKind.LOCK_THREAD, consultation_id=thread.consultation_id, by=by, reason=reason, at=moment,
        thread_id=thread.id,
    )  # fmt: skip


def unlock_thread(session: Session, *, thread: Thread, reason: str, by: Actor) -> ModerationAct:
    """Open the thread again for what the phase allows.

    Raises NotAFacilitator, Refused at `reason`, AlreadyDone.
    """
    require_facilitator(session, thread.consultation_id, by)
    reason = stated_reason(reason)
    opened = (
        update(Thread).where(Thread.id == thread.id, Thread.locked_at.is_not(None)).values(locked_at=None)
    )
    if not has_changed(session, opened):
        raise AlreadyDone(marked("The question is not locked. Nothing has changed."))
    session.refresh(thread, ["locked_at"])
    return record(
        session, ActKind.UNLOCK_THREAD, consultation_id=thread.consultation_id, by=by, reason=reason,
        thread_id=thread.id,
    )  # fmt: skip


def _hide(
    session: Session,
    subject: Hideable,
    *,
    rule: str,
    reason: str,
    by: Actor,
    seen: int | None,
    batch: str | None,
) -> ModerationAct:
    require_facilitator(session, subject.consultation_id, by)
    rule_id = rule_named(session, subject.consultation_id, rule)
    reason = stated_reason(reason)
    locked(session, subject)
    _require_open(session, subject)
    if not _waits(subject) and takes_another(session, subject, by=by):
        return propose_hiding(session, subject, rule_id=rule_id, reason=reason, by=by, batch=batch)
    moment = now()
    settled = settle(session, subject, at=moment)
    if seen and not any(flag <= seen for flag in settled.flags):
        raise DecidedMeanwhile
    _set_hidden(session, subject, moment)
    act = record(
        session, _HIDE[type(subject)], consultation_id=subject.consultation_id, by=by, reason=reason,
        at=moment, rule_id=rule_id, batch=batch, **keys_of(subject),
    )  # fmt: skip
    settled.by(session, act)
    return act


def _restore(
    session: Session, subject: Hideable, *, reason: str, by: Actor, batch: str | None
) -> ModerationAct:
    require_facilitator(session, subject.consultation_id, by)
    reason = stated_reason(reason)
    table = type(subject)
    if _waits(subject):
        raise Conflict(marked("The idea waits to be read. Decide about it at the desk."))
    shown = update(table).where(table.id == subject.id, table.hidden_at.is_not(None)).values(hidden_at=None)
    if not has_changed(session, shown):
        raise AlreadyDone(_WORDS[table]["shown"])
    session.refresh(subject, ["hidden_at"])
    act = record(
        session, _RESTORE[table], consultation_id=subject.consultation_id, by=by, reason=reason, batch=batch,
        **keys_of(subject),
    )  # fmt: skip
    overturned_by(session, subject, act)
    return act


def _require_open(session: Session, subject: Hideable) -> None:
    session.refresh(subject)
    if subject.hidden_at is not None and not _waits(subject):
        raise AlreadyDone(_WORDS[type(subject)]["hidden"])
    if subject.withdrawn_at is not None:
        raise AlreadyDone(_WORDS[type(subject)]["withdrawn"])


def _waits(subject: Hideable) -> bool:
    return isinstance(subject, Idea) and subject.waits_since is not None


def _set_hidden(session: Session, subject: Hideable, moment: datetime) -> None:
    table: Any = type(subject)
    hidden = update(table).where(table.id == subject.id)
    if isinstance(subject, Idea):
        can_be = or_(Idea.hidden_at.is_(None), Idea.waits_since.is_not(None))
        hidden = hidden.where(can_be).values(hidden_at=moment, waits_since=None)
    else:
        hidden = hidden.where(table.hidden_at.is_(None)).values(hidden_at=moment)
    if not has_changed(session, hidden):
        raise AlreadyDone(_WORDS[type(subject)]["hidden"])
    session.refresh(subject)
