"""Counting landscapes and freezing snapshots.

Both may take long, so they take no session but the place to open sessions: one to read in, then nothing while
they compute, then one to write in. Nobody's vote waits for either.
"""

from dataclasses import replace

from deliberation.analysis.landscape import STANDARD, Parameters
from deliberation.base.errors import Conflict, marked
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Phase
from deliberation.consultations.people import RoleName
from deliberation.insights.counting import Count, Counted, count
from deliberation.insights.gathering import Gathered, gather
from deliberation.insights.models import SnapshotCause
from deliberation.insights.publishing import FEWEST_PEOPLE
from deliberation.insights.storing import store_landscapes, store_snapshot
from deliberation.moderation.acts import Actor, Command, optional_reason, record, require_facilitator
from deliberation.moderation.models import ActKind


class TooFewToFreeze(Conflict):
    """A snapshot would show how single people voted."""

    default = marked(
        "Fewer than %(people)s people have voted. A snapshot would show how single people voted: "
        "none was taken."
    )


def count_landscapes(
    sessions: Sessions, *, consultation_id: int, parameters: Parameters = STANDARD, may_show_all: bool = False
) -> tuple[Gathered, Count]:
    """Count anew whatever may be counted (`publishing`), and show it; returns what that was.

    Doing it twice does no harm. Raises NotFound for no such consultation.
    """
    with sessions.reading() as session:
        gathered = gather(session, consultation_id, may_show_all=may_show_all)
    found = count(gathered, parameters)
    with sessions.writing() as session:
        store_landscapes(session, gathered, found)
    return gathered, found


def analyse_now(
    sessions: Sessions, *, consultation_id: int, thread_id: int | None = None
) -> tuple[Counted, bool]:
    """Return the landscape of all votes up to now, and whether it is what is shown.

    It is shown from now on where it may be. Raises NotFound for no such consultation.
    """
    gathered, found = count_landscapes(sessions, consultation_id=consultation_id)
    if gathered.holding.is_current:
        for counted in found.landscapes:
            if counted.thread_id == thread_id:
                return counted, True
    with sessions.reading() as session:
        gathered = gather(session, consultation_id, may_show_all=True)
    found = count(replace(gathered, to_count=(thread_id,)))
    return found.landscapes[0], found.landscapes[0].content is None


def freeze(
    sessions: Sessions,
    *,
    consultation_id: int,
    by: Actor,
    reason: str = "",
    parameters: Parameters = STANDARD,
) -> int:
    """Take a snapshot of what may be shown now, and return its number. One row in the public log.

    Where too few people have voted since the last landscape for nobody to stand out, it holds the votes of
    that landscape. Raises NotAFacilitator, Refused at `reason`, NotFound, TooFewToFreeze, NothingNew.
    """
    with sessions.reading() as session:
        require_facilitator(session, consultation_id, by)
        reason = optional_reason(reason)
        gathered = gather(session, consultation_id, for_snapshot=True)
    if None not in gathered.to_count:
        raise TooFewToFreeze(people=FEWEST_PEOPLE)
    found = count(gathered, parameters)
    with sessions.writing() as session:
        require_facilitator(session, consultation_id, by)
        role = None if isinstance(by, Command) else RoleName.FACILITATOR
        snapshot = store_snapshot(
            session, gathered, found, cause=SnapshotCause.ON_DEMAND, role=role, reason=reason
        )
        store_landscapes(session, gathered, found)
        record(
            session, ActKind.TAKE_SNAPSHOT, consultation_id=consultation_id, by=by, reason=reason,
            at=snapshot.taken_at, details={"number": snapshot.number},
        )  # fmt: skip
        return snapshot.number


def freeze_phase(
    sessions: Sessions, *, consultation_id: int, phase: Phase, parameters: Parameters = STANDARD
) -> int | None:
    """Take the snapshot of the phase that has started, and return its number.

    It is taken once, however often this is called; all votes are in it. Returns None where the consultation
    is in another phase by now. Raises NotFound.
    """
    with sessions.reading() as session:
        gathered = gather(session, consultation_id, for_snapshot=True, may_show_all=True)
    if gathered.phase is not phase:
        return None
    found = count(gathered, parameters)
    with sessions.writing() as session:
        snapshot = store_snapshot(session, gathered, found, cause=SnapshotCause.PHASE_CHANGE)
        store_landscapes(session, gathered, found)
        return snapshot.number
