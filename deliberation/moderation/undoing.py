"""Taking back what was decided, singly or all that was done in one go. Each is a row in the log again."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, marked
from deliberation.comments.models import Comment
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import (
    Actor,
    AlreadyDone,
    has_changed,
    record,
    require_facilitator,
    stated_reason,
)
from deliberation.moderation.appeals import newest_hiding
from deliberation.moderation.cases import Flag, HidingProposal
from deliberation.moderation.curation import name_again, part_tag
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.service import restore_comment, restore_idea
from deliberation.moderation.subjects import keys_of, subject_of
from deliberation.tags.models import Tag, TagStatus

UNDOABLE: Final = frozenset(
    {
        ActKind.HIDE_IDEA,
        ActKind.HIDE_COMMENT,
        ActKind.PROPOSE_HIDING,
        ActKind.LET_STAND,
        ActKind.ACCEPT_TAG,
        ActKind.DECLINE_TAG,
        ActKind.RENAME_TAG,
        ActKind.MERGE_TAG,
    }
)


class DecidedSince(AlreadyDone):
    """Something newer was decided about the same thing."""

    default = marked("Something newer has been decided about that. Nothing has changed.")


@dataclass(frozen=True, slots=True)
class Done:
    """How many of the things asked for were done, and how many had changed before."""

    done: int
    late: int


def undo(
    session: Session, *, act: ModerationAct, reason: str, by: Actor, batch: str | None = None
) -> ModerationAct:
    """Take the act back: what was hidden is shown, what was answered waits again.

    Raises NotAFacilitator, Refused at `reason`, Conflict for an act that cannot be undone, DecidedSince.
    """
    require_facilitator(session, act.consultation_id, by)
    reason = stated_reason(reason)
    if act.kind not in UNDOABLE:
        raise Conflict(marked("That cannot be undone with one press. Nothing has changed."))
    if act.kind in {ActKind.HIDE_IDEA, ActKind.HIDE_COMMENT}:
        return _show_again(session, act, reason=reason, by=by, batch=batch)
    if act.kind in {ActKind.ACCEPT_TAG, ActKind.DECLINE_TAG}:
        return _ask_again_about_tag(session, act, reason=reason, by=by, batch=batch)
    if act.kind is ActKind.PROPOSE_HIDING:
        return _take_back_proposal(session, act, reason=reason, by=by, batch=batch)
    if act.kind in {ActKind.RENAME_TAG, ActKind.MERGE_TAG}:
        return _as_the_tag_was(session, act, reason=reason, by=by)
    return _wait_again(session, act, reason=reason, by=by, batch=batch)


def undo_batch(session: Session, *, consultation_id: int, batch: str, reason: str, by: Actor) -> Done:
    """Take back all that was done in one go, but for what was decided anew since.

    Raises NotAFacilitator, Refused at `reason`.
    """
    require_facilitator(session, consultation_id, by)
    reason = stated_reason(reason)
    acts = session.scalars(
        select(ModerationAct)
        .where(
            ModerationAct.consultation_id == consultation_id,
            ModerationAct.batch == batch,
            ModerationAct.kind.in_(UNDOABLE),
        )
        .order_by(ModerationAct.id)
    ).all()
    late = 0
    for act in acts:
        try:
            with session.begin_nested():
                undo(session, act=act, reason=reason, by=by)
        except Conflict:
            late += 1
    return Done(len(acts) - late, late)


def _show_again(
    session: Session, act: ModerationAct, *, reason: str, by: Actor, batch: str | None
) -> ModerationAct:
    subject = subject_of(session, act)
    if not isinstance(subject, Idea | Comment) or newest_hiding(session, subject) != act.id:
        raise DecidedSince
    if isinstance(subject, Idea):
        return restore_idea(session, idea=subject, reason=reason, by=by, batch=batch)
    return restore_comment(session, comment=subject, reason=reason, by=by, batch=batch)


def _ask_again_about_tag(
    session: Session, act: ModerationAct, *, reason: str, by: Actor, batch: str | None
) -> ModerationAct:
    became = TagStatus.ACCEPTED if act.kind is ActKind.ACCEPT_TAG else TagStatus.DECLINED
    was = TagStatus(act.details.get("was", TagStatus.SUGGESTED))
    newest = select(ModerationAct.id).where(ModerationAct.tag_id == act.tag_id).order_by(
        ModerationAct.id.desc()
    ).limit(1)  # fmt: skip
    back = update(Tag).where(Tag.id == act.tag_id, Tag.status == became).values(status=was)
    if session.scalar(newest) != act.id or not has_changed(session, back):
        raise DecidedSince
    tag = session.get_one(Tag, act.tag_id)
    session.refresh(tag, ["status"])
    _unsettle(session, act)
    return record(
        session, ActKind.REOPEN, consultation_id=act.consultation_id, by=by, reason=reason, batch=batch,
        tag_id=tag.id,
    )  # fmt: skip


def _as_the_tag_was(session: Session, act: ModerationAct, *, reason: str, by: Actor) -> ModerationAct:
    tag = session.get_one(Tag, act.tag_id)
    if act.kind is ActKind.RENAME_TAG:
        return name_again(session, act=act, tag=tag, by=by, reason=reason)
    newest = select(func.max(ModerationAct.id)).where(
        ModerationAct.tag_id == act.tag_id, ModerationAct.kind == ActKind.MERGE_TAG
    )
    if session.scalar(newest) != act.id:
        raise DecidedSince
    return part_tag(session, tag=tag, by=by, reason=reason)


def _take_back_proposal(
    session: Session, act: ModerationAct, *, reason: str, by: Actor, batch: str | None
) -> ModerationAct:
    subject = subject_of(session, act)
    open_one = update(HidingProposal).where(
        HidingProposal.proposed_act_id == act.id, HidingProposal.settled_at.is_(None)
    )
    if subject is None or not has_changed(session, open_one.values(settled_at=now())):
        raise DecidedSince
    return record(
        session, ActKind.LET_STAND, consultation_id=act.consultation_id, by=by, reason=reason, batch=batch,
        **keys_of(subject),
    )  # fmt: skip


def _wait_again(
    session: Session, act: ModerationAct, *, reason: str, by: Actor, batch: str | None
) -> ModerationAct:
    subject = subject_of(session, act)
    if subject is None or not _unsettle(session, act):
        raise DecidedSince
    return record(
        session, ActKind.REOPEN, consultation_id=act.consultation_id, by=by, reason=reason, batch=batch,
        **keys_of(subject),
    )  # fmt: skip


def _unsettle(session: Session, act: ModerationAct) -> bool:
    again = update(Flag).where(Flag.act_id == act.id).values(settled_at=None, act_id=None)
    return has_changed(session, again)
