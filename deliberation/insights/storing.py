"""What was counted, written down in one short transaction."""

import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from deliberation.analysis.storing import dump, dump_votes
from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotFound, marked
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import RoleName
from deliberation.insights.counting import Count, Counted
from deliberation.insights.gathering import Gathered
from deliberation.insights.models import (
    ALL_THREADS,
    VERSION_LENGTH,
    LandscapeRow,
    Snapshot,
    SnapshotCause,
    SnapshotLandscape,
    StoredVotes,
)


class NothingNew(Conflict):
    """The newest snapshot says the same already."""

    default = marked("No vote and no idea has changed since snapshot %(number)s. No new one was taken.")


def store_landscapes(session: Session, gathered: Gathered, found: Count) -> bool:
    """Show these landscapes from now on, and keep the votes that the next ones begin with.

    Returns False, and writes nothing, where somebody else has meanwhile counted later votes or the
    consultation is gone.
    """
    consultation_id, holding = gathered.consultation_id, gathered.holding
    if not _lock(session, consultation_id):
        return False
    stored = session.get(StoredVotes, consultation_id, populate_existing=True)
    if stored is not None and stored.position > holding.position:
        return False
    moment = now()
    for counted in found.landscapes:
        _store(session, gathered, counted, moment)
    if holding.is_current:
        for thread_id, people in gathered.waiting.items():
            session.execute(
                update(LandscapeRow).where(LandscapeRow.thread_id == thread_id).values(waiting=people)
            )
    if holding.is_current and None in gathered.to_count:
        session.merge(
            StoredVotes(
                consultation_id=consultation_id,
                votes=len(holding.votes.pairs),
                position=holding.position,
                read_at=holding.read_at,
                content=found.packed_votes,
            )
        )
    session.flush()
    return True


def store_snapshot(
    session: Session,
    gathered: Gathered,
    found: Count,
    *,
    cause: SnapshotCause,
    role: RoleName | None = None,
    reason: str = "",
) -> Snapshot:
    """Write the votes and all landscapes down for good, without names.

    A phase that starts is frozen once: if it has been, that snapshot is returned. Raises NothingNew where
    one is asked for and the newest rests on the same votes, NotFound where the consultation is gone.
    """
    if not _lock(session, gathered.consultation_id):
        raise NotFound
    newest, again = _newest(session, gathered), _frozen_before(session, gathered)
    if cause is SnapshotCause.PHASE_CHANGE and again is not None:
        return again
    is_like_newest = newest is not None and newest.inputs_digest == found.matrix.digest
    if cause is SnapshotCause.ON_DEMAND and newest is not None and is_like_newest:
        raise NothingNew(number=newest.number)
    snapshot = Snapshot(
        consultation_id=gathered.consultation_id,
        number=1 if newest is None else newest.number + 1,
        cause=cause,
        role=role,
        reason=reason,
        phase=gathered.phase,
        phase_started_at=gathered.phase_started_at if cause is SnapshotCause.PHASE_CHANGE else None,
        taken_at=now(),
        inputs_digest=found.matrix.digest,
        threads={
            str(number): [idea.number for idea in gathered.ideas_of(thread_id)]
            for thread_id, number in gathered.threads.items()
        },
        off_map=[idea.number for idea in gathered.ideas if idea.is_off_map],
        ideas=len(gathered.ideas),
        people=len(found.matrix.people),
        votes=len(found.matrix.choices),
        content=dump_votes(found.matrix, with_people=False),
    )
    snapshot.landscapes = [_frozen(gathered, counted) for counted in found.landscapes]
    session.add(snapshot)
    session.flush()
    return snapshot


def _lock(session: Session, consultation_id: int) -> bool:
    # Whoever counts or freezes the same consultation waits here; who votes or joins does not.
    row = select(Consultation.id).where(Consultation.id == consultation_id).with_for_update(key_share=True)
    return session.execute(row).one_or_none() is not None


def _store(session: Session, gathered: Gathered, counted: Counted, moment: datetime) -> None:
    row = session.scalars(
        select(LandscapeRow)
        .where(
            LandscapeRow.consultation_id == gathered.consultation_id,
            LandscapeRow.thread_id == counted.thread_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        row = LandscapeRow(consultation_id=gathered.consultation_id, thread_id=counted.thread_id)
        session.add(row)
    landscape = counted.landscape
    if counted.content is not None:
        row.version = secrets.token_hex(VERSION_LENGTH // 2)
        row.content = counted.content
        row.letters = list(counted.letters)
        row.inputs_digest = landscape.inputs_digest
        row.digest = landscape.digest
        row.parameters = counted.parameters
        row.seconds = counted.seconds
    row.phase = gathered.phase
    row.tally = counted.tally.written
    row.votes = counted.tally.total
    row.position = gathered.holding.position
    row.waiting = []
    row.counted_at = moment


def _newest(session: Session, gathered: Gathered) -> Snapshot | None:
    return session.scalars(
        select(Snapshot)
        .where(Snapshot.consultation_id == gathered.consultation_id)
        .order_by(Snapshot.number.desc())
        .limit(1)
    ).one_or_none()


def _frozen_before(session: Session, gathered: Gathered) -> Snapshot | None:
    return session.scalars(
        select(Snapshot).where(
            Snapshot.consultation_id == gathered.consultation_id,
            Snapshot.phase == gathered.phase,
            Snapshot.phase_started_at == gathered.phase_started_at,
        )
    ).one_or_none()


def _frozen(gathered: Gathered, counted: Counted) -> SnapshotLandscape:
    landscape = counted.landscape
    return SnapshotLandscape(
        thread_number=ALL_THREADS if counted.thread_id is None else gathered.threads[counted.thread_id],
        letters=list(counted.letters),
        inputs_digest=landscape.inputs_digest,
        digest=landscape.digest,
        parameters=counted.parameters,
        seconds=counted.seconds,
        content=dump(landscape, with_people=False),
    )
