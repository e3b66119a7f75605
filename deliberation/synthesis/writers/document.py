"""The synthesis as a value: everything the writers need, and nothing they have to look up.

All texts are plain text, whatever they look like: what seems to be markup in them is shown as written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deliberation.analysis.intervals import Interval, agreement, division, uncertainty, wilson_interval
from deliberation.synthesis.writers.words import Words

SECTION_LENGTH = 5


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


@dataclass(frozen=True, kw_only=True)
class ThreadDocument:
    """One thread: who took part, all its readable ideas, and those that stand out.

    `holds` are the ideas that hold in every group and `divides` those on which groups stand on different
    sides; both are empty where the document has no groups.
    Raises ValueError if a section cites an idea that is not, with the same counts, in `all_ideas`.
    """

    number: int
    question: str
    address: str
    participation: Participation
    most_agreed: tuple[CitedIdea, ...]
    most_divided: tuple[CitedIdea, ...]
    most_unsure: tuple[CitedIdea, ...]
    all_ideas: tuple[CitedIdea, ...]
    holds: tuple[CitedIdea, ...] = ()
    divides: tuple[CitedIdea, ...] = ()

    def __post_init__(self) -> None:
        known = {idea.number: idea for idea in self.all_ideas}
        cited = (*self.most_agreed, *self.most_divided, *self.most_unsure, *self.holds, *self.divides)
        for idea in cited:
            if known.get(idea.number) != idea:
                raise ValueError(f"idea {idea.number} is cited but not among the thread's ideas")


@dataclass(frozen=True, kw_only=True)
class Document:
    """A synthesis of the whole consultation, or of those of its threads that are in `threads`.

    `language` is that of the words, numbers and dates; `content_language` that of the title, the
    introduction and the questions. `phase` is the phase's lasting name for machines, `phase_name` its name
    for people. `introduction` and each line of `method` are plain text; a blank line parts paragraphs.
    `address` is the whole URL of the page the document was taken from. `grouping` is None where no landscape
    has been counted.
    Raises ValueError if `generated_at` has no time zone.
    """

    title: str
    slug: str
    language: str
    content_language: str
    introduction: str
    participation: Participation
    threads: tuple[ThreadDocument, ...]
    phase: str
    phase_name: str
    generated_at: datetime
    method: tuple[str, ...]
    address: str
    words: Words
    grouping: Grouping | None = None

    def __post_init__(self) -> None:
        if self.generated_at.utcoffset() is None:
            raise ValueError("the time of a synthesis needs a time zone")


class Measure(Protocol):
    """Ranks an idea by its counts; 0 leaves it out."""

    def __call__(self, *, agrees: int, disagrees: int, passes: int) -> float:
        """The rank, the greater the earlier."""


def summarise_thread(
    *,
    number: int,
    question: str,
    address: str,
    participation: Participation,
    all_ideas: tuple[CitedIdea, ...],
    holds: Iterable[int] = (),
    divides: Iterable[int] = (),
    length: int = SECTION_LENGTH,
) -> ThreadDocument:
    """The thread with its sections picked from its ideas, at most `length` ideas in each.

    `holds` and `divides` are numbers of ideas, the first first; those of other threads are passed over.
    """
    by_number = {idea.number: idea for idea in all_ideas}
    return ThreadDocument(
        number=number,
        question=question,
        address=address,
        participation=participation,
        most_agreed=rank_ideas(all_ideas, by=agreement, length=length),
        most_divided=rank_ideas(all_ideas, by=division, length=length),
        most_unsure=rank_ideas(all_ideas, by=uncertainty, length=length),
        all_ideas=all_ideas,
        holds=tuple(by_number[number] for number in holds if number in by_number)[:length],
        divides=tuple(by_number[number] for number in divides if number in by_number)[:length],
    )


def rank_ideas(
    ideas: Iterable[CitedIdea], *, by: Measure, length: int = SECTION_LENGTH
) -> tuple[CitedIdea, ...]:
    """The first `length` ideas by the measure, whatever order they come in.

    Ideas the measure puts at 0 are left out. Of equals the one with more voters comes first, then the older.
    """
    ranked = [(by(agrees=idea.agrees, disagrees=idea.disagrees, passes=idea.passes), idea) for idea in ideas]
    ranked.sort(key=lambda pair: (-pair[0], -pair[1].voters, pair[1].number))
    return tuple(idea for rank, idea in ranked[:length] if rank > 0)
