"""What the page of a consultation says, computed from what was read. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from deliberation.consultations.models import Phase
from deliberation.consultations.phases import ORDER, Timetable

SECONDS_PER_VOTE: Final = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """A thread in numbers: what is in it, and how many of its ideas the reader has voted on."""

    number: int
    ideas: int
    votes: int
    people: int
    voted: int
    is_locked: bool

    @property
    def left(self) -> int:
        """How many ideas the reader can still vote on."""
        return 0 if self.is_locked else max(0, self.ideas - self.voted)


class Step(StrEnum):
    """The one thing the page asks of its reader."""

    OPEN = "open"
    READ = "read"
    WAIT_FOR_IDEAS = "wait_for_ideas"
    FIRST_IDEA = "first_idea"
    BEGIN = "begin"
    GO_ON = "go_on"
    ALL_DONE = "all_done"
    WAIT_FOR_SYNTHESIS = "wait_for_synthesis"
    READ_SYNTHESIS = "read_synthesis"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step, and the thread it is about where it is about one."""

    step: Step
    thread: Standing | None = None

    @property
    def minutes(self) -> int:
        """About how long it takes to vote on what is left in the thread."""
        left = self.thread.left if self.thread else 0
        return max(1, round(left * SECONDS_PER_VOTE / 60))


@dataclass(frozen=True, slots=True)
class PhaseMark:
    """A phase in the strip: whether it is over or on, when it starts, and when the next one takes over."""

    phase: Phase
    is_past: bool
    is_current: bool
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def is_coming(self) -> bool:
        """Whether it has not started."""
        return not self.is_past and not self.is_current

    @property
    def last_moment(self) -> datetime | None:
        """The moment before the next phase: a phase that ends at midnight is over the day before."""
        return self.ends_at - timedelta(microseconds=1) if self.ends_at else None


def next_step(phase: Phase, threads: Sequence[Standing], *, can_vote: bool) -> NextStep:
    """Return what the reader had best do now: finish what is begun before beginning something new."""
    settled = {
        Phase.DRAFT: Step.OPEN,
        Phase.SYNTHESIS: Step.WAIT_FOR_SYNTHESIS,
        Phase.PUBLISHED: Step.READ_SYNTHESIS,
    }
    if phase in settled:
        return NextStep(settled[phase])
    first = threads[0] if threads else None
    if not any(thread.ideas for thread in threads):
        return NextStep(Step.FIRST_IDEA if phase is Phase.GATHERING else Step.WAIT_FOR_IDEAS, first)
    if not can_vote:
        return NextStep(Step.READ, first)
    open_threads = [thread for thread in threads if thread.left]
    if not open_threads:
        return NextStep(Step.ALL_DONE, first)
    begun = [thread for thread in open_threads if thread.voted]
    if begun:
        return NextStep(
            Step.GO_ON, max(begun, key=lambda thread: (thread.voted / thread.ideas, -thread.number))
        )
    return NextStep(Step.BEGIN, open_threads[0])


def phase_strip(timetable: Timetable) -> Sequence[PhaseMark]:
    """Return the phases that readers see, in order, each with the dates that are known."""
    now_at = ORDER.index(timetable.current)
    change = timetable.next_change
    return [
        PhaseMark(
            phase,
            is_past=position < now_at,
            is_current=position == now_at,
            starts_at=timetable.starts.get(phase),
            ends_at=change[1] if position == now_at and change else None,
        )
        for position, phase in enumerate(ORDER)
        if phase is not Phase.DRAFT
    ]
