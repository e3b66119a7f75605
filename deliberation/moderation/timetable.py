"""Phases by hand and by date. Each change is one row in the public log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.consultations.models import Consultation, Phase, PhaseStep
from deliberation.consultations.phases import ORDER, Timetable
from deliberation.moderation.acts import Actor, optional_reason, record, require_facilitator
from deliberation.moderation.models import ActKind, ModerationAct

FARTHEST: Final = timedelta(days=3_653)


class TimetableMoved(Conflict):
    """The phases are no longer as the person saw them."""

    default = marked(
        "Another facilitator changed the phases while you were looking. Look again and decide anew."
    )


def fingerprint(timetable: Timetable) -> str:
    """Return what tells one state of the phases from another: the phase now and every date."""
    starts = (f"{phase}={at.isoformat()}" for phase, at in sorted(timetable.starts.items()))
    return " ".join((timetable.current, *starts))


def schedulable(timetable: Timetable) -> tuple[Phase, ...]:
    """Return the phases that can be given a date: those after the one the consultation is in."""
    return ORDER[ORDER.index(timetable.current) + 1 :]


def change_phase(
    session: Session,
    *,
    consultation: Consultation,
    to: Phase,
    by: Actor,
    reason: str = "",
    seen: str | None = None,
) -> ModerationAct:
    """Begin the phase now, whichever it is; a consultation that has begun is never a draft again.

    Dates that would at once undo it go: coming ones of earlier phases, and past ones of later phases.
    Coming dates of later phases stand. `seen` is the fingerprint that the person decided on. Raises
    NotAFacilitator, Refused at `reason`, TimetableMoved, Conflict for the phase that it already is.
    """
    require_facilitator(session, consultation.id, by)
    reason = optional_reason(reason)
    steps = _locked_steps(session, consultation)
    # Only now: a time read while waiting would lie before what the other one has just begun.
    moment = now()
    before = Timetable.of(steps.values(), moment)
    _refuse_stale(before, seen)
    if to is before.current:
        raise Conflict(marked("The consultation is already in that phase. Nothing has changed."))
    if to is Phase.DRAFT:
        raise Conflict(marked("A consultation that has begun cannot be a draft again. Nothing has changed."))
    dropped = [phase for phase, step in steps.items() if _would_undo(step, to, moment)]
    for phase in dropped:
        session.delete(steps.pop(phase))
    _set_start(session, consultation, steps, to, moment)
    details = {"from": before.current, "to": to, "dropped": sorted(dropped, key=ORDER.index)}
    return _recorded(
        session, ActKind.CHANGE_PHASE, consultation, by=by, reason=reason, at=moment, details=details
    )


def schedule_phases(
    session: Session,
    *,
    consultation: Consultation,
    starts: Mapping[Phase, datetime | None],
    by: Actor,
    reason: str = "",
    seen: str | None = None,
) -> ModerationAct:
    """Set when coming phases start by themselves; None clears a date. One row for the whole timetable.

    Phases that `starts` leaves out keep their dates. Each date has to lie ahead and the dates in the order of
    the phases. Raises NotAFacilitator, Refused at the phase's own name or at `reason`, TimetableMoved,
    Conflict where nothing would change.
    """
    require_facilitator(session, consultation.id, by)
    reason = optional_reason(reason)
    steps = _locked_steps(session, consultation)
    moment = now()
    before = Timetable.of(steps.values(), moment)
    _refuse_stale(before, seen)
    changed = {phase: at for phase, at in starts.items() if at != before.starts.get(phase)}
    if not changed:
        raise Conflict(marked("Those are the dates already. Nothing has changed."))
    _refuse_impossible(before, changed)
    for phase, at in changed.items():
        if at is not None:
            _set_start(session, consultation, steps, phase, at)
        else:
            session.delete(steps.pop(phase))
    details = {"starts": {phase: at.isoformat() if at else None for phase, at in _in_order(changed)}}
    return _recorded(
        session, ActKind.SCHEDULE_PHASE, consultation, by=by, reason=reason, at=moment, details=details
    )


def _locked_steps(session: Session, consultation: Consultation) -> dict[Phase, PhaseStep]:
    # The consultation's row stands for its timetable: whoever comes second waits here, then reads anew.
    session.execute(select(Consultation.id).where(Consultation.id == consultation.id).with_for_update())
    steps = session.scalars(
        select(PhaseStep)
        .where(PhaseStep.consultation_id == consultation.id)
        .execution_options(populate_existing=True)
    )
    return {step.phase: step for step in steps}


def _refuse_stale(timetable: Timetable, seen: str | None) -> None:
    if seen is not None and seen != fingerprint(timetable):
        raise TimetableMoved


def _would_undo(step: PhaseStep, to: Phase, moment: datetime) -> bool:
    is_coming = step.starts_at > moment
    if ORDER.index(step.phase) < ORDER.index(to):
        return is_coming
    return step.phase is not to and not is_coming


def _set_start(
    session: Session,
    consultation: Consultation,
    steps: dict[Phase, PhaseStep],
    phase: Phase,
    starts_at: datetime,
) -> None:
    if phase in steps:
        steps[phase].starts_at = starts_at
    else:
        steps[phase] = PhaseStep(consultation_id=consultation.id, phase=phase, starts_at=starts_at)
        session.add(steps[phase])


def _refuse_impossible(before: Timetable, changed: Mapping[Phase, datetime | None]) -> None:
    coming = schedulable(before)
    wanted = {**{phase: at for phase, at in before.starts.items() if phase in coming}, **changed}
    earlier: datetime | None = None
    for phase, at in _in_order(wanted):
        if phase in changed and phase not in coming:
            raise Refused(marked("That phase has begun or lies behind. It takes no date."), field=phase)
        if at is None:
            continue
        if phase in changed and at <= before.moment:
            raise Refused(marked("That time has passed. Choose one that lies ahead."), field=phase)
        if at > before.moment + FARTHEST:
            raise Refused(marked("That is more than ten years ahead. Choose an earlier date."), field=phase)
        if earlier is not None and at <= earlier:
            raise Refused(marked("This has to start after the phase before it."), field=phase)
        earlier = at


def _in_order(starts: Mapping[Phase, datetime | None]) -> list[tuple[Phase, datetime | None]]:
    return sorted(starts.items(), key=lambda item: ORDER.index(item[0]))


def _recorded(
    session: Session,
    kind: ActKind,
    consultation: Consultation,
    *,
    by: Actor,
    reason: str,
    at: datetime,
    details: dict[str, Any],
) -> ModerationAct:
    act = record(session, kind, consultation_id=consultation.id, by=by, reason=reason, at=at, details=details)
    session.expire(consultation, ["steps"])
    return act
