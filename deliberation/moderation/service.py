"""What facilitators do to ideas, comments and threads. Each act that succeeds is one row in the public log.

Nothing else hides, restores, locks or unlocks. When two facilitators do the same at once, one does it
and the other is told.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.comments.models import Comment
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.models import Thread
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import Actor, record, require_facilitator, stated_reason
from deliberation.moderation.models import ActKind, ModerationAct


class AlreadyDone(Conflict):
    """Somebody did it before."""

    default = marked("That has already been done, perhaps by another facilitator. Nothing has changed.")


def hide_idea(session: Session, *, idea: Idea, rule: str, reason: str, by: Actor) -> ModerationAct:
    """Hide the idea from everybody but its author and the facilitators, under one of the house rules.

    `rule` is the key of a background entry of kind rule. Votes stay and the idea takes no more. Raises
    NotAFacilitator, Refused at `rule` or `reason`, AlreadyDone.
    """
    require_facilitator(session, idea.consultation_id, by)
    rule_id = _rule_of(session, idea.consultation_id, rule)
    reason = stated_reason(reason)
    moment = now()
    hidden = update(Idea).where(
        Idea.id == idea.id, Idea.hidden_at.is_(None), Idea.withdrawn_at.is_(None)
    ).values(hidden_at=moment)  # fmt: skip
    if not _changed(session, hidden):
        session.refresh(idea, ["hidden_at", "withdrawn_at"])
        if idea.hidden_at is None:
            raise AlreadyDone(marked("The author has withdrawn the idea. There is nothing left to hide."))
        raise AlreadyDone(marked("The idea is already hidden. Nothing has changed."))
    session.refresh(idea, ["hidden_at"])
    return record(
        session, ActKind.HIDE_IDEA, consultation_id=idea.consultation_id, by=by, reason=reason, at=moment,
        idea_id=idea.id, thread_id=idea.thread_id, rule_id=rule_id,
    )  # fmt: skip


def restore_idea(session: Session, *, idea: Idea, reason: str, by: Actor) -> ModerationAct:
    """Let everybody see the idea again, with the votes it had.

    Raises NotAFacilitator, Refused at `reason`, AlreadyDone.
    """
    require_facilitator(session, idea.consultation_id, by)
    reason = stated_reason(reason)
    shown = update(Idea).where(Idea.id == idea.id, Idea.hidden_at.is_not(None)).values(hidden_at=None)
    if not _changed(session, shown):
        raise AlreadyDone(marked("The idea is not hidden. Nothing has changed."))
    session.refresh(idea, ["hidden_at"])
    return record(
        session, ActKind.RESTORE_IDEA, consultation_id=idea.consultation_id, by=by, reason=reason,
        idea_id=idea.id, thread_id=idea.thread_id,
    )  # fmt: skip


def hide_comment(session: Session, *, comment: Comment, rule: str, reason: str, by: Actor) -> ModerationAct:
    """Hide what the comment says from everybody but its author and the facilitators, under a house rule.

    What others answered stays. Raises NotAFacilitator, Refused at `rule` or `reason`, AlreadyDone.
    """
    require_facilitator(session, comment.consultation_id, by)
    rule_id = _rule_of(session, comment.consultation_id, rule)
    reason = stated_reason(reason)
    moment = now()
    hidden = update(Comment).where(
        Comment.id == comment.id, Comment.hidden_at.is_(None), Comment.withdrawn_at.is_(None)
    ).values(hidden_at=moment)  # fmt: skip
    if not _changed(session, hidden):
        session.refresh(comment, ["hidden_at", "withdrawn_at"])
        if comment.hidden_at is None:
            raise AlreadyDone(marked("The author has withdrawn the comment. There is nothing left to hide."))
        raise AlreadyDone(marked("The comment is already hidden. Nothing has changed."))
    session.refresh(comment, ["hidden_at"])
    return record(
        session, ActKind.HIDE_COMMENT, consultation_id=comment.consultation_id, by=by, reason=reason,
        at=moment, comment_id=comment.id, idea_id=comment.idea_id, rule_id=rule_id,
    )  # fmt: skip


def restore_comment(session: Session, *, comment: Comment, reason: str, by: Actor) -> ModerationAct:
    """Let everybody read the comment again.

    Raises NotAFacilitator, Refused at `reason`, AlreadyDone.
    """
    require_facilitator(session, comment.consultation_id, by)
    reason = stated_reason(reason)
    shown = update(Comment).where(Comment.id == comment.id, Comment.hidden_at.is_not(None))
    if not _changed(session, shown.values(hidden_at=None)):
        raise AlreadyDone(marked("The comment is not hidden. Nothing has changed."))
    session.refresh(comment, ["hidden_at"])
    return record(
        session, ActKind.RESTORE_COMMENT, consultation_id=comment.consultation_id, by=by, reason=reason,
        comment_id=comment.id, idea_id=comment.idea_id,
    )  # fmt: skip


def lock_thread(session: Session, *, thread: Thread, reason: str, by: Actor) -> ModerationAct:
    """Stop new ideas, edits and votes in the thread; everybody can still read it.

    Raises NotAFacilitator, Refused at `reason`, AlreadyDone.
    """
    require_facilitator(session, thread.consultation_id, by)
    reason = stated_reason(reason)
    moment = now()
    locked = update(Thread).where(Thread.id == thread.id, Thread.locked_at.is_(None)).values(locked_at=moment)
    if not _changed(session, locked):
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
    if not _changed(session, opened):
        raise AlreadyDone(marked("The question is not locked. Nothing has changed."))
    session.refresh(thread, ["locked_at"])
    return record(
        session, ActKind.UNLOCK_THREAD, consultation_id=thread.consultation_id, by=by, reason=reason,
        thread_id=thread.id,
    )  # fmt: skip


def _changed(session: Session, statement: Any) -> bool:
    # The condition and the change are one statement, so that of two at once only one finds it true.
    done = session.execute(statement.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _rule_of(session: Session, consultation_id: int, key: str) -> int:
    found = session.scalar(
        select(BackgroundEntry.id).where(
            BackgroundEntry.consultation_id == consultation_id,
            BackgroundEntry.kind == EntryKind.RULE,
            BackgroundEntry.key == key,
        )
    )
    if found is None:
        raise Refused(marked("Choose the rule that it breaks. Nothing has changed yet."), field="rule")
    return found
