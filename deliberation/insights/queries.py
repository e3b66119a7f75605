"""Reads for pages: the landscape that is shown, where somebody lies in it, and snapshots.

Each a fixed number of statements. What a landscape is unpacked to is kept in memory for as long as its row
stays as it is.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from deliberation.analysis.landscape import NOT_PLACED, Landscape
from deliberation.analysis.storing import load
from deliberation.base.errors import NotFound
from deliberation.consultations.models import Phase
from deliberation.insights.models import ALL_THREADS, LandscapeRow, Snapshot, SnapshotLandscape
from deliberation.insights.tallies import Tally, tally_of

MOST_KEPT: Final = 24
"""How many landscapes a process keeps unpacked; a few megabytes each where tens of thousands vote."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody who has voted lies in a landscape."""

    x: float
    y: float
    group: int | None
    """Their group, from 0; None while they have voted on too few ideas to be placed."""
    letter: str | None
    """What the group is called."""
    steadiness: float
    """The share of the resamples in which they stay with their group, from 0 to 1."""
    votes_cast: int
    """How many of the ideas that shape the map they have voted on."""
    is_straight_liner: bool


@dataclass(frozen=True)
class Unpacked:
    """A landscape as it was stored under one version of its row."""

    landscape: Landscape
    letters: tuple[str, ...]

    @cached_property
    def rows(self) -> dict[int, int]:
        """The row of each participant, by their key."""
        return {int(person): row for row, person in enumerate(self.landscape.people)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLandscape:
    """The landscape that is shown, how fresh it is, and where people lie in it."""

    unpacked: Unpacked
    version: str
    """Changes whenever anything of the landscape does; what is drawn from it can be kept under it."""
    digest: str
    phase: Phase
    """The phase in which it was counted."""
    counted_at: datetime
    seconds: float
    votes: int
    """How many votes it counts."""
    votes_since: int
    """By how much the number of votes has grown since."""
    has_newer_votes: bool
    """Whether votes have been cast, changed or taken back since."""

    @property
    def landscape(self) -> Landscape:
        """What the analysis found."""
        return self.unpacked.landscape

    @property
    def letters(self) -> tuple[str, ...]:
        """What each group is called, in the order of the groups; kept from one landscape to the next."""
        return self.unpacked.letters

    def place_of(self, participant_id: int) -> Place | None:
        """Return where the participant lies, or None where no vote of theirs is counted."""
        row = self.unpacked.rows.get(participant_id)
        if row is None:
            return None
        found = self.landscape
        group = int(found.group_of[row])
        x, y = found.points[row]
        return Place(
            x=float(x),
            y=float(y),
            group=None if group == NOT_PLACED else group,
            letter=None if group == NOT_PLACED else self.letters[group],
            steadiness=float(found.steadiness[row]),
            votes_cast=int(found.votes_cast[row]),
            is_straight_liner=bool(found.is_straight_liner[row]),
        )


def find_landscape(
    session: Session, consultation_id: int, *, thread_id: int | None = None
) -> StoredLandscape | None:
    """Return the landscape of the thread, or of all threads together; None while none has been counted.

    At most three statements, two where this process has unpacked it before.
    """
    here = (LandscapeRow.consultation_id == consultation_id, LandscapeRow.thread_id == thread_id)
    row = session.scalars(select(LandscapeRow).where(*here)).one_or_none()
    if row is None:
        return None
    then, now_ = Tally.read(row.tally), tally_of(session, consultation_id, thread_id)
    return StoredLandscape(
        unpacked=_unpacked.get(row.version) or _unpacked.keep(row.version, row.content, row.letters),
        version=row.version,
        digest=row.digest,
        phase=row.phase,
        counted_at=row.counted_at,
        seconds=row.seconds,
        votes=row.votes,
        votes_since=max(0, now_.total - then.total),
        has_newer_votes=now_.votes != then.votes,
    )


def list_snapshots(session: Session, consultation_id: int) -> Sequence[Snapshot]:
    """Return the consultation's snapshots, newest first, without their votes (one statement)."""
    return session.scalars(
        select(Snapshot).where(Snapshot.consultation_id == consultation_id).order_by(Snapshot.number.desc())
    ).all()


def get_snapshot(session: Session, consultation_id: int, number: int) -> Snapshot:
    """Return the snapshot with what is known of its landscapes (one statement). Raises NotFound."""
    snapshot = session.scalars(
        select(Snapshot)
        .where(Snapshot.consultation_id == consultation_id, Snapshot.number == number)
        .options(joinedload(Snapshot.landscapes))
    ).unique().one_or_none()  # fmt: skip
    if snapshot is None:
        raise NotFound
    return snapshot


def get_frozen_landscape(session: Session, snapshot_id: int, *, thread_number: int = ALL_THREADS) -> Unpacked:
    """Return a landscape of the snapshot, in which nobody is named (one statement). Raises NotFound."""
    found = session.execute(
        select(SnapshotLandscape.content, SnapshotLandscape.letters).where(
            SnapshotLandscape.snapshot_id == snapshot_id, SnapshotLandscape.thread_number == thread_number
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return Unpacked(load(found.content), tuple(found.letters))


class _UnpackedLandscapes:
    """What landscapes were last unpacked to, shared by the threads of a process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Unpacked] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str) -> Unpacked | None:
        with self._lock:
            kept = self._kept.get(version)
            if kept is not None:
                self._kept.move_to_end(version)
            return kept

    def keep(self, version: str, content: bytes, letters: Sequence[str]) -> Unpacked:
        unpacked = Unpacked(load(content), tuple(letters))
        with self._lock:
            self._kept[version] = unpacked
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return unpacked


_unpacked = _UnpackedLandscapes()
