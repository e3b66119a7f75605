"""What a snapshot says, unpacked once and kept in memory for as long as it is asked for."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.analysis.storing import load, load_votes
from deliberation.analysis.votes import VoteMatrix
from deliberation.base.errors import NotFound
from deliberation.insights.findings import Findings, Votes
from deliberation.insights.models import ALL_THREADS, Snapshot, SnapshotLandscape

MOST_KEPT: Final = 4
"""So many snapshots a process keeps unpacked; some tens of megabytes each where tens of thousands vote."""


@dataclass(frozen=True)
class Frozen:
    """A snapshot's votes and what they say of all threads together. Nobody is named in it."""

    digest: str
    """Of the landscape of all threads."""
    inputs_digest: str
    findings: Findings
    votes: VoteMatrix

    @cached_property
    def counts(self) -> Mapping[int, Votes]:
        """What everybody voted on each idea, by the idea's number."""
        landscape = self.findings.landscape
        return {
            number: Votes(*counts)
            for number, counts in zip(landscape.ideas.tolist(), landscape.counts.tolist(), strict=True)
        }

    def voters(self, ideas: frozenset[int]) -> int:
        """Return how many people voted on at least one of these ideas."""
        wanted = np.isin(self.votes.ideas, list(ideas))
        counted = np.concatenate(([0], np.cumsum(wanted[self.votes.columns])))
        return int(np.count_nonzero(np.diff(counted[self.votes.starts])))

    def in_groups(self, number: int) -> dict[str, Votes | None]:
        """Return what each named group voted on the idea, by its letter; None where it may not be shown."""
        result = self.findings.find(number)
        groups = result.groups if result else ()
        return {group.letter: votes for group, votes in zip(self.findings.groups, groups, strict=False)}


def frozen(session: Session, snapshot: Snapshot) -> Frozen:
    """Return what the snapshot says: one statement where this process has unpacked it before, else three.

    Raises NotFound for a snapshot without a landscape of all threads.
    """
    row = session.execute(
        select(SnapshotLandscape.digest, SnapshotLandscape.letters).where(
            SnapshotLandscape.snapshot_id == snapshot.id, SnapshotLandscape.thread_number == ALL_THREADS
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    # Not its key: what is kept must be right for whatever database the process meets.
    key = (row.digest, snapshot.inputs_digest, tuple(row.letters))
    return _kept.get(key) or _kept.keep(key, _unpack(session, snapshot, row.digest, list(row.letters)))


def newest_snapshot(session: Session, consultation_id: int) -> Snapshot | None:
    """Return the newest snapshot of the consultation, without its votes (one statement)."""
    return session.scalars(
        select(Snapshot)
        .where(Snapshot.consultation_id == consultation_id)
        .order_by(Snapshot.number.desc())
        .limit(1)
    ).one_or_none()


def _unpack(session: Session, snapshot: Snapshot, digest: str, letters: list[str]) -> Frozen:
    content = session.scalars(
        select(SnapshotLandscape.content).where(
            SnapshotLandscape.snapshot_id == snapshot.id, SnapshotLandscape.thread_number == ALL_THREADS
        )
    ).one()
    votes = session.scalars(select(Snapshot.content).where(Snapshot.id == snapshot.id)).one()
    return Frozen(
        digest=digest,
        inputs_digest=snapshot.inputs_digest,
        findings=Findings(load(content), letters),
        votes=load_votes(votes),
    )


class _Kept:
    """What was last unpacked, shared by the threads of a process."""

    def __init__(self) -> None:
        self._parts: OrderedDict[object, Frozen] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> Frozen | None:
        with self._lock:
            if key in self._parts:
                self._parts.move_to_end(key)
            return self._parts.get(key)

    def keep(self, key: object, made: Frozen) -> Frozen:
        with self._lock:
            self._parts[key] = made
            while len(self._parts) > MOST_KEPT:
                self._parts.popitem(last=False)
        return made


_kept = _Kept()
