"""Which phase a consultation is in, from when its phases start."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deliberation.base.errors import Conflict, marked
from deliberation.consultations.models import Phase, PhaseStep

TAKES_VOTES: Final = frozenset({Phase.GATHERING, Phase.VOTING})
TAKES_IDEAS: Final = frozenset({Phase.GATHERING})
ORDER: Final = tuple(Phase)


class VotingClosed(Conflict):
    """The phase takes no votes."""

    default = marked("Voting is closed here. Votes that were cast are counted.")


class GatheringClosed(Conflict):
    """The phase takes no ideas or edits of ideas."""

    default = marked("New ideas and changes to ideas are closed here.")


@dataclass(frozen=True, slots=True)
class Timetable:
    """When each phase starts, as seen at one moment."""

    starts: dict[Phase, datetime]
    moment: datetime

    @classmethod
    def of(cls, steps: Iterable[PhaseStep], moment: datetime) -> "Timetable":
        """Return the timetable of a consultation's steps."""
        return cls({step.phase: step.starts_at for step in steps}, moment)

    @property
    def current(self) -> Phase:
        """The phase most recently started; a draft where none has. A tie goes to the later phase."""
        started = [(at, ORDER.index(phase)) for phase, at in self.starts.items() if at <= self.moment]
        return ORDER[max(started)[1]] if started else Phase.DRAFT

    @property
    def next_change(self) -> tuple[Phase, datetime] | None:
        """The next phase that starts by date, and when."""
        coming = [(at, phase) for phase, at in self.starts.items() if at > self.moment]
        if not coming:
            return None
        at, phase = min(coming, key=lambda item: item[0])
        return phase, at

    @property
    def takes_votes(self) -> bool:
        """Whether votes can be cast and changed now."""
        return self.current in TAKES_VOTES

    @property
    def takes_ideas(self) -> bool:
        """Whether ideas can be posted and edited now."""
        return self.current in TAKES_IDEAS
