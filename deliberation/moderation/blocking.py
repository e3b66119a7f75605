"""Keeping a participant from posting for a while. Votes stay, and voting goes on."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Refused, marked
from deliberation.consultations.people import Participant, PostingBlock
from deliberation.moderation.acts import (
    Actor,
    AlreadyDone,
    has_changed,
    record,
    require_facilitator,
    rule_named,
    stated_reason,
)
from deliberation.moderation.cases import Appeal, Outcome
from deliberation.moderation.models import ActKind, ModerationAct

LONGEST: Final = timedelta(days=366)


def block(
    session: Session, *, participant: Participant, until: datetime | None, rule: str, reason: str, by: Actor
) -> ModerationAct:
    """Let the participant post no ideas, comments or tags until then.

    The log names the participant by number. Raises NotAFacilitator, Refused at `until`, `rule` or `reason`,
    AlreadyDone.
    """
    require_facilitator(session, participant.consultation_id, by)
    moment = now()
    if until is None or not moment < until <= moment + LONGEST:
        raise Refused(marked("Choose a day to come, within a year. Nothing has changed yet."), field="until")
    rule_id = rule_named(session, participant.consultation_id, rule)
    reason = stated_reason(reason)
    # Two facilitators who block at once must not both succeed.
    session.execute(
        select(Participant.id).where(Participant.id == participant.id).with_for_update(key_share=True)
    )
    if block_of(session, participant) is not None:
        raise AlreadyDone(marked("The participant is blocked already. Nothing has changed."))
    session.add(PostingBlock(participant_id=participant.id, begins_at=moment, ends_at=until))
    return record(
        session, ActKind.BLOCK, consultation_id=participant.consultation_id, by=by, reason=reason, at=moment,
        participant_id=participant.id, rule_id=rule_id,
        details={"participant": participant.number, "until": until.isoformat()},
    )  # fmt: skip


def lift_block(session: Session, *, participant: Participant, reason: str, by: Actor) -> ModerationAct:
    """Let the participant post again now. An appeal that waits has succeeded.

    Raises NotAFacilitator, Refused at `reason`, AlreadyDone.
    """
    require_facilitator(session, participant.consultation_id, by)
    reason = stated_reason(reason)
    moment = now()
    lifted = (
        update(PostingBlock)
        .where(
            PostingBlock.participant_id == participant.id,
            PostingBlock.lifted_at.is_(None),
            PostingBlock.ends_at > moment,
        )
        .values(lifted_at=moment)
    )
    if not has_changed(session, lifted):
        raise AlreadyDone(marked("The participant is not blocked. Nothing has changed."))
    act = record(
        session, ActKind.LIFT_BLOCK, consultation_id=participant.consultation_id, by=by, reason=reason,
        at=moment, participant_id=participant.id, details={"participant": participant.number},
    )  # fmt: skip
    blocks = select(ModerationAct.id).where(
        ModerationAct.participant_id == participant.id, ModerationAct.kind == ActKind.BLOCK
    )
    session.execute(
        update(Appeal)
        .where(Appeal.act_id.in_(blocks), Appeal.settled_at.is_(None))
        .values(outcome=Outcome.OVERTURNED, settled_at=moment, outcome_act_id=act.id)
        .execution_options(synchronize_session=False)
    )
    return act


def block_of(session: Session, participant: Participant) -> PostingBlock | None:
    """Return the block that is in force (one statement), or None."""
    return session.scalars(
        select(PostingBlock)
        .where(
            PostingBlock.participant_id == participant.id,
            PostingBlock.lifted_at.is_(None),
            PostingBlock.ends_at > now(),
        )
        .limit(1)
    ).one_or_none()
