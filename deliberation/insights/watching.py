"""Looking, every few seconds, whether a landscape is to be counted or a phase frozen; never at a choice.

All of it reads; what is found is put in the queue. Any number of watches may look at once: of one kind there
is one unfinished job about a consultation.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.phases import Timetable
from deliberation.insights.journal import RecentVoters, enough_have_voted
from deliberation.insights.models import LandscapeRow, Snapshot
from deliberation.insights.publishing import FEWEST_PEOPLE, Standing, is_due
from deliberation.insights.tallies import Tally, tallies_by_thread
from deliberation.jobs.queries import taken_topics
from deliberation.jobs.service import enqueue

COUNT: Final = "insights.count"
FREEZE_PHASE: Final = "insights.freeze_phase"
AFTER_FAILURE: Final = timedelta(hours=24)
"""So long nothing new is enqueued about what was given up; the operator may ask for it again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A job that is to be done, and why."""

    kind: str
    topic: str
    arguments: Mapping[str, Any]
    cause: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The landscape of all threads together, and the seconds that it and those of the threads took."""

    row: LandscapeRow
    seconds: float


class Watch:
    """Remembers who has voted since, so that the journal is read once and not at every look."""

    def __init__(self) -> None:
        """Begin with no memory; the first look reads the journal from the last landscapes on."""
        self._voters: dict[int, RecentVoters] = {}

    def __call__(self, sessions: Sessions) -> None:
        """Look once, and enqueue what is found."""
        with sessions.reading() as session:
            findings = self.look(session)
        if not findings:
            return
        with sessions.writing() as session:
            for found in findings:
                enqueue(
                    session, kind=found.kind, topic=found.topic, arguments=found.arguments, cause=found.cause
                )

    def look(self, session: Session) -> list[Finding]:
        """Return what is to be done now: five statements, and one or two for each consultation with news."""
        moment = now()
        timetables = _timetables(session, moment)
        taken = taken_topics(session, (COUNT, FREEZE_PHASE), given_up_since=moment - AFTER_FAILURE)
        frozen = _frozen_starts(session)
        shown = _shown(session)
        tallies = _tallies(session, timetables)
        findings = []
        for consultation_id, timetable in timetables.items():
            topic, phase = f"consultation {consultation_id}", timetable.current
            arguments: dict[str, Any] = {"consultation_id": consultation_id}
            if _is_to_be_frozen(timetable, frozen[consultation_id]):
                found = Finding(FREEZE_PHASE, topic, arguments | {"phase": phase}, f"{phase} has started")
            elif self._is_due(session, timetable, shown.get(consultation_id), tallies[consultation_id]):
                found = Finding(COUNT, topic, arguments, "votes or ideas have changed")
            else:
                continue
            if (found.kind, topic) not in taken:
                findings.append(found)
        return findings

    def _is_due(
        self, session: Session, timetable: Timetable, shown: Shown | None, tally: tuple[int, Tally]
    ) -> bool:
        consultation_id, current = tally
        if shown is None:
            if current.total < FEWEST_PEOPLE or not enough_have_voted(session, consultation_id):
                return False
            return is_due(Standing(counted_at=None, people=FEWEST_PEOPLE), timetable.moment)
        then = Tally.read(shown.row.tally)
        phase_changed = shown.row.phase is not timetable.current
        if current == then and not phase_changed:
            return False
        voters = self._read_on(session, shown.row)
        standing = Standing(
            counted_at=shown.row.counted_at,
            seconds=shown.seconds,
            people=len(voters.all_or_in(None)),
            last_vote_at=voters.last_vote_at,
            ideas_changed=current.shape != then.shape,
            phase_changed=phase_changed,
        )
        return is_due(standing, timetable.moment)

    def _read_on(self, session: Session, row: LandscapeRow) -> RecentVoters:
        voters = self._voters.setdefault(row.consultation_id, RecentVoters(row.position))
        voters.forget(row.position)
        voters.read_on(session, row.consultation_id)
        return voters


def _timetables(session: Session, moment: datetime) -> dict[int, Timetable]:
    """The timetable of each consultation that has begun, by its key."""
    rows = session.scalars(select(Consultation).options(selectinload(Consultation.steps)))
    timetables = {row.id: Timetable.of(row.steps, moment) for row in rows}
    return {key: one for key, one in timetables.items() if one.current is not Phase.DRAFT}


def _shown(session: Session) -> dict[int, Shown]:
    """What is shown of all threads together, and how long all landscapes took, by consultation."""
    rows = session.scalars(select(LandscapeRow)).all()
    seconds: dict[int, float] = defaultdict(float)
    for row in rows:
        seconds[row.consultation_id] += row.seconds
    return {
        row.consultation_id: Shown(row, seconds[row.consultation_id]) for row in rows if row.thread_id is None
    }


def _tallies(session: Session, consultation_ids: Collection[int]) -> dict[int, tuple[int, Tally]]:
    parts: dict[int, list[Tally]] = defaultdict(list)
    for (consultation_id, _), tally in tallies_by_thread(session, consultation_ids).items():
        parts[consultation_id].append(tally)
    return {key: (key, Tally.over(parts[key])) for key in consultation_ids}


def _frozen_starts(session: Session) -> dict[int, dict[tuple[Phase, datetime | None], datetime]]:
    """When each start of a phase was frozen, by consultation."""
    rows = session.execute(
        select(Snapshot.consultation_id, Snapshot.phase, Snapshot.phase_started_at, Snapshot.taken_at)
    )
    frozen: dict[int, dict[tuple[Phase, datetime | None], datetime]] = defaultdict(dict)
    for consultation_id, phase, started_at, taken_at in rows:
        frozen[consultation_id][phase, started_at] = taken_at
    return frozen


def _is_to_be_frozen(timetable: Timetable, frozen: Mapping[tuple[Phase, datetime | None], datetime]) -> bool:
    phase = timetable.current
    started_at = timetable.starts[phase]
    if (phase, started_at) in frozen:
        return False
    # The first gathering starts with nothing to freeze. One that is gone back to does not.
    return phase is not Phase.GATHERING or any(taken_at < started_at for taken_at in frozen.values())
