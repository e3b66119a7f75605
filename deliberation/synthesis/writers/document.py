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
class CitedIdea:
    """An idea with the votes on it, as they stood when the document was composed.

    `author` is a participant's number within the consultation, or None where there is none to name.
    `address` is the whole URL of the idea's page.
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

    def __post_init__(self) -> None:
        known = {idea.number: idea for idea in self.all_ideas}
        for idea in (*self.most_agreed, *self.most_divided, *self.most_unsure):
            if known.get(idea.number) != idea:
                raise ValueError(f"idea {idea.number} is cited but not among the thread's ideas")


@dataclass(frozen=True, kw_only=True)
class Document:
    """A synthesis of the whole consultation, or of those of its threads that are in `threads`.

    `language` is that of the words, numbers and dates; `content_language` that of the title, the
    introduction and the questions. `phase` is the phase's lasting name for machines, `phase_name` its name
    for people. `introduction` and each line of `method` are plain text; a blank line parts paragraphs.
    `address` is the whole URL of the page the document was taken from.
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
    length: int = SECTION_LENGTH,
) -> ThreadDocument:
    """The thread with its sections picked from its ideas, at most `length` ideas in each."""
    return ThreadDocument(
        number=number,
        question=question,
        address=address,
        participation=participation,
        most_agreed=rank_ideas(all_ideas, by=agreement, length=length),
        most_divided=rank_ideas(all_ideas, by=division, length=length),
        most_unsure=rank_ideas(all_ideas, by=uncertainty, length=length),
        all_ideas=all_ideas,
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
