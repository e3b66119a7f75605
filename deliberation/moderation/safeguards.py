"""Where hiding takes two facilitators: one proposes, another agrees."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from deliberation.base.clock import now
from deliberation.base.errors import marked
from deliberation.consultations.models import Consultation
from deliberation.moderation.acts import (
    Actor,
    AlreadyDone,
    Command,
    has_changed,
    optional_reason,
    record,
    require_facilitator,
)
from deliberation.moderation.cases import HidingProposal
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.subjects import Hideable, is_about, key_name, keys_of

TWO_TO_HIDE = "two_to_hide"


def set_two_to_hide(
    session: Session, *, consultation: Consultation, on: bool, by: Actor, reason: str = ""
) -> ModerationAct:
    """Say whether hiding takes two facilitators. Raises NotAFacilitator, Refused at `reason`, AlreadyDone."""
    require_facilitator(session, consultation.id, by)
    reason = optional_reason(reason)
    changed = (
        update(Consultation)
        .where(Consultation.id == consultation.id, Consultation.two_to_hide != on)
        .values(two_to_hide=on)
    )
    if not has_changed(session, changed):
        raise AlreadyDone
    session.refresh(consultation, ["two_to_hide"])
    details = {"setting": TWO_TO_HIDE, "on": on}
    return record(
        session,
        ActKind.CHANGE_SETTING,
        consultation_id=consultation.id,
        by=by,
        reason=reason,
        details=details,
    )


def takes_another(session: Session, subject: Hideable, *, by: Actor) -> bool:
    """Say whether hiding waits for somebody else to agree with `by`. The subject is locked.

    Raises AlreadyDone for who has proposed it before.
    """
    if isinstance(by, Command):
        return False
    wanted = select(Consultation.two_to_hide).where(Consultation.id == subject.consultation_id)
    if not session.scalar(wanted):
        return False
    proposal = session.scalars(
        select(HidingProposal)
        .where(is_about(HidingProposal, subject), HidingProposal.settled_at.is_(None))
        .options(joinedload(HidingProposal.proposed_act))
    ).one_or_none()
    if proposal is None:
        return True
    if proposal.proposed_act.account_id == by:
        raise AlreadyDone(marked("You have proposed that. Another facilitator has to agree."))
    return False


def propose_hiding(
    session: Session, subject: Hideable, *, rule_id: int, reason: str, by: Actor, batch: str | None
) -> ModerationAct:
    """Write down that one facilitator wants it hidden. Nothing is hidden yet."""
    moment = now()
    act = record(
        session, ActKind.PROPOSE_HIDING, consultation_id=subject.consultation_id, by=by, reason=reason,
        at=moment, rule_id=rule_id, batch=batch, **keys_of(subject),
    )  # fmt: skip
    session.add(
        HidingProposal(
            consultation_id=subject.consultation_id, proposed_act_id=act.id, created_at=moment,
            **{key_name(subject): subject.id},
        )
    )  # fmt: skip
    session.flush()
    return act
