"""What moderation leaves for later: counting the outlook of each consultation that takes votes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Consultation
from deliberation.consultations.phases import Timetable
from deliberation.jobs.kinds import Round, Work
from deliberation.jobs.queries import taken_topics
from deliberation.jobs.service import enqueue
from deliberation.moderation.models import Outlook
from deliberation.moderation.outlook import count_outlook

COUNT_OUTLOOK: Final = "moderation.count_outlook"
LOOK_EVERY: Final = timedelta(seconds=30)
COUNT_EVERY: Final = timedelta(minutes=5)
AFTER_FAILURE: Final = timedelta(hours=1)


def rounds() -> Sequence[Round]:
    """Return what is to be looked after."""
    return [Round("looking for outlooks to count", LOOK_EVERY, ask_for_outlooks)]


def ask_for_outlooks(sessions: Sessions) -> None:
    """Enqueue the counting of each outlook that is five minutes old, while votes are taken."""
    moment = now()
    with sessions.reading() as session:
        counted = dict(session.execute(select(Outlook.consultation_id, Outlook.counted_at)).all())
        taken = taken_topics(session, (COUNT_OUTLOOK,), given_up_since=moment - AFTER_FAILURE)
        consultations = session.scalars(select(Consultation).options(selectinload(Consultation.steps)))
        due = [
            one.id
            for one in consultations
            if Timetable.of(one.steps, moment).takes_votes
            and (one.id not in counted or moment - counted[one.id] >= COUNT_EVERY)
            and (COUNT_OUTLOOK, _topic(one.id)) not in taken
        ]
    if not due:
        return
    with sessions.writing() as session:
        for key in due:
            enqueue(
                session, kind=COUNT_OUTLOOK, arguments={"consultation_id": key}, topic=_topic(key),
                cause="the figures of the desk are five minutes old",
            )  # fmt: skip


def _topic(consultation_id: int) -> str:
    return f"consultation {consultation_id}"


def _count(sessions: Sessions, arguments: Mapping[str, Any]) -> None:
    count_outlook(sessions, consultation_id=arguments["consultation_id"])


KINDS: Final[Mapping[str, Work]] = {COUNT_OUTLOOK: _count}
