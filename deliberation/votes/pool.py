"""The ideas of a consultation that take votes, kept for a moment in each process.

Counting chances anew for thousands of ideas takes longer than everything else on the page, and the chances
hardly change within seconds. What must be true at this very moment, that an idea is open and that this
person has not seen it, is asked of the database for every card: see `votes.queries`.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Final

import numpy as np
from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from deliberation.analysis.statistics import priority
from deliberation.consultations.models import Thread
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible
from deliberation.ideas.search import primary
from deliberation.votes.routing import ORDINARY_EXTREMITY, TELLING, Candidates

MOST_SECONDS: Final = 5.0
EXTREMITY_SECONDS: Final = 60.0
MOST_CONSULTATIONS: Final = 32
FEWEST_TO_COMPARE: Final = 5

Extremities = Mapping[int, float]
"""How far ideas lie from the middle of the landscape, by their numbers."""

_OPEN: Final = (
    select(
        Idea.id, Idea.number, Thread.number,
        Idea.agrees, Idea.disagrees, Idea.passes, Idea.exposures, Idea.language,
    )
    .join(Thread, Thread.id == Idea.thread_id)
    .where(
        Idea.consultation_id == bindparam("consultation", type_=Integer),
        is_visible(),
        Thread.locked_at.is_(None),
    )
    .order_by(Idea.number)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pool:
    """What could be drawn a moment ago."""

    made: float
    candidates: Candidates

    def within(self, thread_number: int | None) -> Candidates:
        """Return what takes votes in the thread, or everywhere."""
        if thread_number is None:
            return self.candidates
        return self.candidates.where(self.candidates.threads == thread_number)


@dataclass(slots=True)
class _Known:
    """Extremities, and when they were read."""

    read: float
    extremities: Extremities


@dataclass(slots=True)
class Pools:
    """The pools last used in this process, shared by its threads."""

    _pools: "OrderedDict[int, Pool]" = field(default_factory=OrderedDict)
    _known: dict[int, _Known] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(
        self,
        session: Session,
        consultation_id: int,
        *,
        read_extremities: Callable[[], Extremities],
        is_fresh: bool = False,
    ) -> Pool:
        """Return the consultation's pool, at most `MOST_SECONDS` old; made now where it has to be fresh."""
        moment = time.monotonic()
        with self._lock:
            pool = self._pools.get(consultation_id)
            known = self._known.get(consultation_id)
        if pool is not None and not is_fresh and moment - pool.made < MOST_SECONDS:
            return pool
        if known is None or is_fresh or moment - known.read > EXTREMITY_SECONDS:
            known = _Known(moment, read_extremities())
        pool = Pool(moment, _read(session, consultation_id, known.extremities))
        with self._lock:
            self._known[consultation_id] = known
            self._pools[consultation_id] = pool
            self._pools.move_to_end(consultation_id)
            while len(self._pools) > MOST_CONSULTATIONS:
                forgotten, _ = self._pools.popitem(last=False)
                del self._known[forgotten]
        return pool

    def forget(self) -> None:
        """Read every pool anew when it is next asked for."""
        with self._lock:
            self._pools.clear()
            self._known.clear()


def _read(session: Session, consultation_id: int, extremities: Extremities) -> Candidates:
    rows = session.connection().execute(_OPEN, {"consultation": consultation_id}).all()
    numbers = np.array([row[:7] for row in rows], np.int64).reshape(-1, 7)
    counts, exposures = numbers[:, 3:6], numbers[:, 6]
    ordinary = fmean(extremities.values()) if extremities else ORDINARY_EXTREMITY
    extremity = np.array([extremities.get(number, ordinary) for number in numbers[:, 1].tolist()])
    # Of a handful of ideas, one or two are always far from the mean.
    telling = TELLING * ordinary if len(extremities) >= FEWEST_TO_COMPARE else np.inf
    return Candidates(
        ids=numbers[:, 0],
        numbers=numbers[:, 1],
        threads=numbers[:, 2],
        languages=np.array([primary(row[7]) for row in rows], np.str_),
        counts=counts,
        # Votes that were imported, or cast before exposures were written down, have reached people too.
        reached=np.maximum(exposures, counts.sum(axis=1)),
        priorities=priority(counts, extremity),
        is_telling=extremity > telling,
    )
