"""What the queue itself needs looking after."""

from datetime import timedelta
from typing import Final

from deliberation.base.sessions import Sessions
from deliberation.jobs.kinds import Round
from deliberation.jobs.service import forget_old


def _forget_old(sessions: Sessions) -> None:
    with sessions.writing() as session:
        forget_old(session)


FORGET_OLD: Final = Round("forgetting old jobs", timedelta(hours=6), _forget_old)
