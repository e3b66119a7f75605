"""What a Polis export says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from deliberation.votes.models import Choice


class PolisModeration(IntEnum):
    """What Polis's moderators decided about a statement."""

    OUT = -1
    UNDECIDED = 0
    IN = 1


@dataclass(frozen=True, slots=True)
class PolisSummary:
    """The conversation's own words about itself; Markdown in the description."""

    topic: str
    url: str
    description: str


@dataclass(frozen=True, slots=True)
class PolisStatement:
    """A row of comments.csv. `agrees` and `disagrees` are the file's own tallies."""

    number: int
    author: int
    written_at: datetime
    text: str
    moderation: PolisModeration
    is_meta: bool
    is_seed: bool
    agrees: int
    disagrees: int
    line: int


@dataclass(frozen=True, slots=True)
class PolisVoteEvent:
    """A row of votes.csv: somebody voted, perhaps not for the first time."""

    statement: int
    voter: int
    choice: Choice
    cast_at: datetime
    line: int


@dataclass(frozen=True, slots=True)
class PolisParticipant:
    """A row of the participants file: the current votes by statement, and the row's own totals."""

    number: int
    votes: Mapping[int, Choice]
    vote_total: int
    agree_total: int
    disagree_total: int
    line: int


@dataclass(frozen=True, slots=True)
class PolisExport:
    """A whole set whose files agree with each other.

    Statements are in order of their number, events in order of time (equal times keep the order of the
    file), participants in order of their number.
    """

    summary: PolisSummary
    statements: tuple[PolisStatement, ...]
    events: tuple[PolisVoteEvent, ...]
    participants: tuple[PolisParticipant, ...]

    def people(self) -> list[int]:
        """Every number the set gives to a person, whether they voted, wrote or both; ascending."""
        numbers = {participant.number for participant in self.participants}
        return sorted(numbers | {statement.author for statement in self.statements})
