"""What people flag, and how a facilitator's decision settles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused, marked
from deliberation.base.text import clean_text
from deliberation.comments.models import Comment
from deliberation.consultations.models import Consultation
from deliberation.consultations.service import join
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import (
    Actor,
    AlreadyDone,
    optional_reason,
    record,
    require_facilitator,
    rule_named,
)
from deliberation.moderation.cases import Flag, HidingProposal
from deliberation.moderation.models import REASON_LENGTH, ActKind, ModerationAct
from deliberation.moderation.subjects import Subject, is_about, key_name, keys_of, locked
from deliberation.tags.models import Tag, TagStatus


class AlreadyFlagged(Conflict):
    """A person flags a thing once."""

    default = marked("You have flagged that already. A facilitator looks at it.")


class DecidedMeanwhile(AlreadyDone):
    """What was waiting waits no more."""

    default = marked("Another facilitator has decided about that in the meantime. Nothing has changed.")


@dataclass(frozen=True, slots=True)
class Settled:
    """Flags and proposals that one decision answers, by their keys."""

    flags: Sequence[int]
    proposals: Sequence[int]

    def by(self, session: Session, act: ModerationAct) -> None:
        """Write down which decision it was."""
        for table, ids in ((Flag, self.flags), (HidingProposal, self.proposals)):
            if ids:
                session.execute(
                    update(table)
                    .where(table.id.in_(ids))
                    .values(act_id=act.id)
                    .execution_options(synchronize_session=False)
                )


def flag(
    session: Session, *, consultation: Consultation, subject: Subject, account_id: int, rule: str, note: str
) -> Flag:
    """Tell the facilitators that something is against a rule.

    Who flags for the first time becomes a participant. Raises Refused at `rule` or `note`, AlreadyFlagged,
    NotAllowed for one's own, and Conflict for what is hidden, withdrawn or declined already.
    """
    rule_id = rule_named(session, consultation.id, rule)
    note = clean_text(note)
    if len(note) > REASON_LENGTH:
        sentence = marked("The note is %(extra)s characters too long. Nothing is sent yet.")
        raise Refused(sentence, field="note", extra=len(note) - REASON_LENGTH)
    if not is_standing(subject):
        raise Conflict(marked("That is no longer shown, so there is nothing to flag."))
    by = join(session, consultation=consultation, account_id=account_id)
    if isinstance(subject, Idea | Comment) and subject.author_id == by.id:
        raise NotAllowed(marked("That is your own. You can withdraw it."))
    row = Flag(
        consultation_id=consultation.id, participant_id=by.id, rule_id=rule_id, note=note, created_at=now(),
        **{key_name(subject): subject.id},
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as clash:
        raise AlreadyFlagged from clash
    return row


def let_stand(
    session: Session,
    *,
    subject: Subject,
    by: Actor,
    seen: int | None = None,
    reason: str = "",
    batch: str | None = None,
) -> ModerationAct:
    """Decide that what was flagged, or proposed to be hidden, breaks no rule.

    `seen` is the newest flag that the facilitator has read: a later one goes on waiting. Raises
    NotAFacilitator, Refused at `reason`, DecidedMeanwhile where nothing waits any more.
    """
    require_facilitator(session, subject.consultation_id, by)
    reason = optional_reason(reason)
    locked(session, subject)
    moment = now()
    settled = settle(session, subject, at=moment, seen=seen)
    if not settled.flags and not settled.proposals:
        raise DecidedMeanwhile
    act = record(
        session, ActKind.LET_STAND, consultation_id=subject.consultation_id, by=by, reason=reason, at=moment,
        batch=batch, **keys_of(subject),
    )  # fmt: skip
    settled.by(session, act)
    return act


def settle(session: Session, subject: Subject, *, at: datetime, seen: int | None = None) -> Settled:
    """Let nothing about the thing wait any more, but for flags after `seen`; says what did."""
    open_flags = update(Flag).where(is_about(Flag, subject), Flag.settled_at.is_(None))
    if seen is not None:
        open_flags = open_flags.where(Flag.id <= seen)
    quietly = {"synchronize_session": False}
    flags = session.scalars(
        open_flags.values(settled_at=at).returning(Flag.id).execution_options(**quietly)
    ).all()
    proposals: Sequence[int] = ()
    if not isinstance(subject, Tag):
        proposals = session.scalars(
            update(HidingProposal)
            .where(is_about(HidingProposal, subject), HidingProposal.settled_at.is_(None))
            .values(settled_at=at)
            .returning(HidingProposal.id)
            .execution_options(**quietly)
        ).all()
    return Settled(flags, proposals)


def newest_open_flag(session: Session, subject: Subject) -> int:
    """Return the key of the newest flag that waits; 0 where none does."""
    newest = select(func.max(Flag.id)).where(is_about(Flag, subject), Flag.settled_at.is_(None))
    return session.scalar(newest) or 0


def is_standing(subject: Subject) -> bool:
    """Say whether everybody sees the thing, so that it can be flagged."""
    if isinstance(subject, Tag):
        return subject.status is TagStatus.ACCEPTED
    return subject.is_visible
