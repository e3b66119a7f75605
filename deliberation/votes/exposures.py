"""Writing down that somebody has been shown ideas without voting on them.

A vote writes its own exposure, in its own statement: see `votes.statements`.
"""

from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.model import UtcDateTime
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import Timetable
from deliberation.consultations.service import join, join_as_guest
from deliberation.ideas.models import Idea

# Rows that were there give none back, so that the counts move by exactly what is new.
_SHOW: Final = text("""
    INSERT INTO exposures (participant_id, idea_id, first_shown_at)
    VALUES (:participant_id, :idea_id, :moment) ON CONFLICT DO NOTHING RETURNING idea_id
""").bindparams(bindparam("moment", type_=UtcDateTime()))
_COUNT: Final = update(Idea).where(Idea.id == bindparam("shown")).values(exposures=Idea.exposures + 1)


def record_shown(
    session: Session, *, consultation: Consultation, account_id: int, numbers: Collection[int]
) -> int:
    """Write down that the account has been shown these ideas; return for how many that is new.

    Who is shown something and says so becomes a participant. An idea counts once for each person, however
    often this is called. Outside the phases that take votes nothing is written.
    """
    enter = partial(join, account_id=account_id)
    return _record(session, consultation, numbers, enter)


def record_shown_to_guest(
    session: Session, *, consultation: Consultation, guest_id: int, numbers: Collection[int]
) -> int:
    """Do the same for a guest. Raises SignInRequired where only people with an account may vote."""
    enter = partial(join_as_guest, guest_id=guest_id)
    return _record(session, consultation, numbers, enter)


def _record(
    session: Session,
    consultation: Consultation,
    numbers: Collection[int],
    enter: Callable[..., Participant],
) -> int:
    moment = now()
    if not Timetable.of(consultation.steps, moment).takes_votes:
        return 0
    participant = enter(session, consultation=consultation)
    # The ideas before their exposures, as a vote does, and in one order, so that nobody waits for somebody
    # who waits for them.
    ideas = session.scalars(
        select(Idea.id)
        .where(Idea.consultation_id == consultation.id, Idea.number.in_(numbers))
        .order_by(Idea.id)
        .with_for_update(key_share=True)
    )
    shown = {"participant_id": participant.id, "moment": moment}
    connection = session.connection()
    new = [idea for idea in ideas.all() if connection.scalar(_SHOW, {**shown, "idea_id": idea})]
    if new:
        connection.execute(_COUNT, [{"shown": idea} for idea in new])
    return len(new)
