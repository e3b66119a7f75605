"""What a count rests on: which votes may be counted, in which threads, and what is shown of them so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from deliberation.analysis.votes import Integers
from deliberation.base.clock import now
from deliberation.base.errors import NotFound, marked
from deliberation.consultations.models import Consultation, Phase, PhaseStep, Thread
from deliberation.consultations.phases import Timetable
from deliberation.ideas.models import Idea
from deliberation.insights.journal import RecentVoters
from deliberation.insights.matrices import Votes
from deliberation.insights.models import LandscapeRow, StoredVotes
from deliberation.insights.publishing import FEWEST_PEOPLE, nobody_stands_out
from deliberation.insights.reading import newest_event, read_changes, read_votes
from deliberation.insights.tallies import off_the_map


@dataclass(frozen=True, slots=True)
class CountedIdea:
    """An idea as far as counting goes."""

    id: int
    number: int
    thread_id: int
    is_off_map: bool
    counts: tuple[int, int, int]
    """Agrees, disagrees and passes as the idea itself has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Votes, the newest vote event that is in them, and when they were read."""

    votes: Votes
    position: int
    read_at: datetime
    is_current: bool
    """Whether these are all votes that there were at the moment of gathering."""
    was_reread: bool
    """Whether all votes were read, not only those that changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A consultation's votes at one moment, and what is to be counted of them."""

    consultation_id: int
    phase: Phase
    phase_started_at: datetime | None
    holding: Holding
    ideas: Sequence[CountedIdea]
    threads: Mapping[int, int]
    """The number of each thread, by its key, in their order."""
    shown: Mapping[int | None, LandscapeRow]
    """The landscapes so far, by the thread's key; None stands for all threads together."""
    to_count: Sequence[int | None]
    """Which of them may be counted anew."""
    waiting: Mapping[int, Sequence[int]]
    """Who has votes, not counted yet, in each thread that may not be, for the next count to know."""

    def ideas_of(self, thread_id: int | None) -> list[CountedIdea]:
        """Return the ideas of the thread, or all."""
        return [idea for idea in self.ideas if thread_id is None or idea.thread_id == thread_id]


def gather(
    session: Session, consultation_id: int, *, for_snapshot: bool = False, may_show_all: bool = False
) -> Gathered:
    """Read what a count rests on, writing nothing. Raises NotFound for no such consultation.

    Votes since the last landscape are taken in where enough people have cast them or a phase has started
    (`publishing`), or where `may_show_all`. For a snapshot all votes are read, not only those that changed,
    and all threads are counted from the same votes.
    """
    timetable = _timetable(session, consultation_id)
    threads = _threads(session, consultation_id)
    ideas = _ideas(session, consultation_id)
    shown = _shown(session, consultation_id)
    whole = shown.get(None)
    voters = RecentVoters(whole.position if whole else newest_event(session))
    voters.read_on(session, consultation_id)
    may_show_all = may_show_all or (whole is not None and whole.phase is not timetable.current)
    may_read_on = may_show_all or whole is None or len(voters.all_or_in(None)) >= FEWEST_PEOPLE
    holding = _hold(session, consultation_id, ideas, reread=for_snapshot, may_read_on=may_read_on)
    newcomers = {
        thread_id: _newcomers(thread_id, holding, voters, shown.get(thread_id), ideas)
        for thread_id in (None, *threads)
    }
    allowed = [
        thread_id
        for thread_id, people in newcomers.items()
        if may_show_all or nobody_stands_out(len(people), is_first=thread_id not in shown)
    ]
    to_count = tuple(newcomers) if for_snapshot and None in allowed else tuple(allowed)
    return Gathered(
        consultation_id=consultation_id,
        phase=timetable.current,
        phase_started_at=timetable.starts.get(timetable.current),
        holding=holding,
        ideas=ideas,
        threads=threads,
        shown=shown,
        to_count=to_count,
        waiting={
            thread_id: sorted(people)
            for thread_id, people in newcomers.items()
            if thread_id is not None and thread_id not in to_count
        },
    )


def _timetable(session: Session, consultation_id: int) -> Timetable:
    if session.get(Consultation, consultation_id) is None:
        raise NotFound(marked("The consultation is not there any more."))
    steps = session.scalars(select(PhaseStep).where(PhaseStep.consultation_id == consultation_id))
    return Timetable.of(steps, now())


def _threads(session: Session, consultation_id: int) -> dict[int, int]:
    found = session.execute(
        select(Thread.id, Thread.number)
        .where(Thread.consultation_id == consultation_id)
        .order_by(Thread.number)
    )
    return dict(found.all())


def _ideas(session: Session, consultation_id: int) -> list[CountedIdea]:
    rows = session.execute(
        select(Idea.id, Idea.number, Idea.thread_id, off_the_map(), Idea.agrees, Idea.disagrees, Idea.passes)
        .where(Idea.consultation_id == consultation_id)
        .order_by(Idea.id)
    )
    return [CountedIdea(*row[:3], bool(row[3]), (row[4], row[5], row[6])) for row in rows]


def _shown(session: Session, consultation_id: int) -> dict[int | None, LandscapeRow]:
    rows = session.scalars(
        select(LandscapeRow)
        .where(LandscapeRow.consultation_id == consultation_id)
        .options(undefer(LandscapeRow.content))
    )
    return {row.thread_id: row for row in rows}


def _hold(
    session: Session, consultation_id: int, ideas: Sequence[CountedIdea], *, reread: bool, may_read_on: bool
) -> Holding:
    stored = session.get(StoredVotes, consultation_id, options=[undefer(StoredVotes.content)])
    keys = np.array([idea.id for idea in ideas], dtype=np.int64)
    if stored is not None and not may_read_on:
        votes = Votes.unpacked(stored.content).only_on(keys)
        return Holding(
            votes=votes, position=stored.position, read_at=stored.read_at, is_current=False, was_reread=False
        )
    read_at, position = now(), newest_event(session)
    caught_up = None if stored is None or reread else _caught_up(session, stored, ideas, keys)
    return Holding(
        votes=caught_up or read_votes(session, consultation_id),
        position=position,
        read_at=read_at,
        is_current=True,
        was_reread=caught_up is None,
    )


def _caught_up(
    session: Session, stored: StoredVotes, ideas: Sequence[CountedIdea], keys: Integers
) -> Votes | None:
    """Return the stored votes with what changed since, or None where they are not what the ideas count."""
    changes = read_changes(session, stored.consultation_id, position=stored.position, read_at=stored.read_at)
    votes = Votes.unpacked(stored.content).updated(changes.pairs, changes.choices, changes.is_cast)
    votes = votes.only_on(keys)
    counted = np.array([idea.counts for idea in ideas], dtype=np.int64).reshape(-1, 3)
    return votes if np.array_equal(votes.counts(keys), counted) else None


def _newcomers(
    thread_id: int | None,
    holding: Holding,
    voters: RecentVoters,
    shown: LandscapeRow | None,
    ideas: Sequence[CountedIdea],
) -> set[int]:
    """Return the participants whose votes would be new in the landscape of the thread, or of all threads."""
    if shown is None:
        here = [idea.id for idea in ideas if thread_id is None or idea.thread_id == thread_id]
        votes = holding.votes.only_on(np.array(here, dtype=np.int64))
        return set(np.unique(votes.people).tolist())
    recent = voters.all_or_in(thread_id) if holding.is_current else set()
    return recent | set(shown.waiting)
