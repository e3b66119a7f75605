"""Writing down that somebody has been shown ideas without voting on them.

A vote writes its own exposure, in its own statement: see `votes.statements`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.model import UtcDateTime
from deliberation.consultations.models import Consultation
from deliberation.consultations.phases import Timetable
from deliberation.consultations.service import join

# Rows that were there give none back, so that the counts move by exactly what is new.
_SHOW: Final = text("""
    INSERT INTO exposures (participant_id, idea_id, first_shown_at)
    SELECT :participant_id, ideas.id, :moment FROM ideas
    WHERE ideas.consultation_id = :consultation_id AND ideas.number = :number
    ON CONFLICT DO NOTHING RETURNING idea_id
""").bindparams(bindparam("moment", type_=UtcDateTime()))
_COUNT: Final = text("UPDATE ideas SET exposures = exposures + 1 WHERE id = :idea_id")


def record_shown(
    session: Session, *, consultation: Consultation, account_id: int, numbers: Collection[int]
) -> int:
    """Write down that the account has been shown these ideas; return for how many that is new.

    Who is shown something and says so becomes a participant. An idea counts once for each person, however
    often this is called. Outside the phases that take votes nothing is written.
    """
    moment = now()
    if not Timetable.of(consultation.steps, moment).takes_votes:
        return 0
    participant = join(session, consultation=consultation, account_id=account_id)
    # In one order for everybody, so that nobody waits for somebody who waits for them.
    return sum(
        _record_one(session, participant.id, consultation.id, number, moment) for number in sorted(numbers)
    )


def _record_one(
    session: Session, participant_id: int, consultation_id: int, number: int, moment: datetime
) -> int:
    shown = {
        "participant_id": participant_id,
        "consultation_id": consultation_id,
        "number": number,
        "moment": moment,
    }
    idea_id = session.execute(_SHOW, shown).scalar_one_or_none()
    if idea_id is not None:
        session.execute(_COUNT, {"idea_id": idea_id})
    return idea_id is not None
