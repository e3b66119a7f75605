"""What insights leaves for later, and what it watches. Loads the arithmetic once there is work for it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Phase
from deliberation.insights.watching import COUNT, FREEZE_PHASE, Watch
from deliberation.jobs.kinds import Round, Work
from deliberation.jobs.service import enqueue
from deliberation.moderation.acts import OPERATOR, Command, optional_reason, require_facilitator

FREEZE: Final = "insights.freeze"
EVERY: Final = timedelta(seconds=5)


def rounds() -> Sequence[Round]:
    """Return what is to be looked after."""
    return [Round("looking for landscapes to count", EVERY, Watch())]


def ask_to_freeze(session: Session, *, consultation_id: int, by: int | Command, reason: str = "") -> bool:
    """Ask for a snapshot, to be taken by the next worker that is free; False where one is asked for already.

    Raises NotAFacilitator, Refused at `reason`.
    """
    require_facilitator(session, consultation_id, by)
    arguments = {
        "consultation_id": consultation_id,
        "account_id": None if isinstance(by, Command) else by,
        "reason": optional_reason(reason),
    }
    job = enqueue(
        session,
        kind=FREEZE,
        arguments=arguments,
        cause="a facilitator asked for a snapshot",
        topic=f"consultation {consultation_id}",
    )
    return job is not None


def _count(sessions: Sessions, arguments: Mapping[str, Any]) -> None:
    from deliberation.insights.service import count_landscapes

    count_landscapes(sessions, consultation_id=arguments["consultation_id"])


def _freeze(sessions: Sessions, arguments: Mapping[str, Any]) -> None:
    from deliberation.insights.service import freeze

    account_id = arguments["account_id"]
    freeze(
        sessions,
        consultation_id=arguments["consultation_id"],
        by=OPERATOR if account_id is None else account_id,
        reason=arguments["reason"],
    )


def _freeze_phase(sessions: Sessions, arguments: Mapping[str, Any]) -> None:
    from deliberation.insights.service import freeze_phase

    freeze_phase(sessions, consultation_id=arguments["consultation_id"], phase=Phase(arguments["phase"]))


KINDS: Final[Mapping[str, Work]] = {COUNT: _count, FREEZE: _freeze, FREEZE_PHASE: _freeze_phase}
