"""Ideas with the votes on them, and who voted: the counts that everything in a synthesis rests on.

All texts are plain text, whatever they look like: what seems to be markup in them is shown as written.
"""

from dataclasses import dataclass
from datetime import datetime

from deliberation.analysis.intervals import Interval, wilson_interval


@dataclass(frozen=True, kw_only=True)
class Participation:
    """How many took part, in one thread or in the whole consultation.

    `ideas` counts those that can be voted on; hidden, withdrawn and merged ones are counted apart.
    """

    participants: int
    votes: int
    ideas: int
    hidden_ideas: int
    withdrawn_ideas: int
    merged_ideas: int
    """Merged into another, which carries the votes."""


@dataclass(frozen=True, kw_only=True)
class GroupVotes:
    """What an opinion group voted on an idea."""

    agrees: int
    disagrees: int
    passes: int

    @property
    def voters(self) -> int:
        """All in the group who voted on the idea, those who passed included."""
        return self.agrees + self.disagrees + self.passes

    @property
    def agree_interval(self) -> Interval:
        """The interval of the share who agree, of all in the group who voted."""
        return wilson_interval(self.agrees, self.voters)


@dataclass(frozen=True, kw_only=True)
class OpinionGroup:
    """People who vote alike. `people` is None where the number would give away a small group's."""

    letter: str
    people: int | None


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """What the landscape decided that the document rests on.

    `outcome` is the decision's lasting name for machines: groups, no_stable_groups, one_crowd or nothing.
    `groups` are those large enough to have a name, and empty unless the outcome is groups; `small_groups`
    counts the others. `note` says it all for people, as one paragraph of plain text.
    Raises ValueError if `counted_at` has no time zone.
    """

    outcome: str
    groups: tuple[OpinionGroup, ...]
    small_groups: int
    counted_at: datetime
    inputs_digest: str
    digest: str
    note: str

    def __post_init__(self) -> None:
        if self.counted_at.utcoffset() is None:
            raise ValueError("the time of a landscape needs a time zone")


@dataclass(frozen=True, kw_only=True)
class CitedIdea:
    """An idea with the votes on it, as they stood when the document was composed.

    `author` is a participant's number within the consultation, or None where there is none to name.
    `address` is the whole URL of the idea's page.
    `groups` is what each group of the document's grouping voted when that was counted: None where it may not
    be shown, because fewer than ten people voted or because it would give away what fewer than ten voted.
    It is empty where there are no groups, or the idea was not counted in them.
    """

    number: int
    statement: str
    language: str
    author: int | None
    agrees: int
    disagrees: int
    passes: int
    tags: tuple[str, ...]
    address: str
    groups: tuple[GroupVotes | None, ...] = ()

    @property
    def voters(self) -> int:
        """All who voted on the idea, those who passed included."""
        return self.agrees + self.disagrees + self.passes

    @property
    def agree_interval(self) -> Interval:
        """The interval of the share who agree, of all who voted."""
        return wilson_interval(self.agrees, self.voters)

    @property
    def disagree_interval(self) -> Interval:
        """The interval of the share who disagree, of all who voted."""
        return wilson_interval(self.disagrees, self.voters)

    @property
    def pass_interval(self) -> Interval:
        """The interval of the share who pass, of all who voted."""
        return wilson_interval(self.passes, self.voters)
