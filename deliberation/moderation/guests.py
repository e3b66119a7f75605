"""What guests may do here, and the ideas of guests that wait to be read."""

from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Refused, marked
from deliberation.consultations.models import Consultation, Guests
from deliberation.ideas.models import Idea
from deliberation.moderation.acts import (
    Actor,
    AlreadyDone,
    has_changed,
    optional_reason,
    record,
    require_facilitator,
)
from deliberation.moderation.models import ActKind, ModerationAct

GUESTS: Final = "guests"


def set_guests(
    session: Session, *, consultation: Consultation, guests: str, by: Actor, reason: str = ""
) -> ModerationAct:
    """Say what people without an account may do. What guests have done before stays, and counts.

    Raises NotAFacilitator, Refused for what is none of `Guests` and at `reason`, AlreadyDone.
    """
    require_facilitator(session, consultation.id, by)
    if guests not in set(Guests):
        raise Refused(marked("Choose what people without an account may do."))
    chosen, reason = Guests(guests), optional_reason(reason)
    changed = (
        update(Consultation)
        .where(Consultation.id == consultation.id, Consultation.guests != chosen)
        .values(guests=chosen)
    )
    if not has_changed(session, changed):
        raise AlreadyDone
    session.refresh(consultation, ["guests"])
    return record(
        session, ActKind.CHANGE_SETTING, consultation_id=consultation.id, by=by, reason=reason,
        details={"setting": GUESTS, "guests": chosen.value},
    )  # fmt: skip


def accept_idea(
    session: Session, *, idea: Idea, by: Actor, reason: str = "", batch: str | None = None
) -> ModerationAct:
    """Let everybody see a guest's idea, and vote on it. It can be hidden later, as any other.

    To refuse it is to hide it: `service.hide_idea`. Raises NotAFacilitator, Refused at `reason`, AlreadyDone
    for one that does not wait.
    """
    require_facilitator(session, idea.consultation_id, by)
    reason, moment = optional_reason(reason), now()
    shown = (
        update(Idea)
        .where(Idea.id == idea.id, Idea.waits_since.is_not(None), Idea.withdrawn_at.is_(None))
        .values(waits_since=None, hidden_at=None, accepted_at=moment)
    )
    if not has_changed(session, shown):
        raise AlreadyDone(marked("The idea does not wait any more. Nothing has changed."))
    session.refresh(idea, ["waits_since", "hidden_at", "accepted_at"])
    return record(
        session, ActKind.ACCEPT_IDEA, consultation_id=idea.consultation_id, by=by, reason=reason, at=moment,
        batch=batch, idea_id=idea.id, thread_id=idea.thread_id,
    )  # fmt: skip
