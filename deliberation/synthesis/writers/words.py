"""The headings and phrases of a synthesis, already in the document's language.

The writers know no catalog of translations: whoever composes the document fills these in once. The
phrases with numbers are functions, because only the language knows its plurals; they depend on nothing
but their arguments, and the same arguments always give the same phrase.
"""

from dataclasses import dataclass
from typing import Protocol


class SharePhrase(Protocol):
    """Says a share as a sentence, as in "34 of 41 agree (69–91 %)"."""

    def __call__(self, *, count: int, total: int, interval: str) -> str:
        """The phrase; `interval` comes formatted, as in "69–91 %"."""


class NumberPhrase(Protocol):
    """Names a numbered thing, as in "Idea 12"."""

    def __call__(self, number: int, /) -> str:
        """The name of the thing with that number."""


class NamePhrase(Protocol):
    """Names a thing that has a letter, as in "Group A"."""

    def __call__(self, letter: str, /) -> str:
        """The name of the thing with that letter."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """Every word a synthesis holds that nobody in the consultation wrote. All are plain text."""

    synthesis: str
    phase: str
    generated: str
    source: str

    participation: str
    participants: str
    votes: str
    ideas: str
    hidden_ideas: str
    withdrawn_ideas: str
    merged_ideas: str

    holds: str
    holds_note: str
    divides: str
    divides_note: str
    most_agreed: str
    most_agreed_note: str
    most_divided: str
    most_divided_note: str
    most_unsure: str
    most_unsure_note: str
    none_listed: str

    idea: str
    statement: str
    result: str
    tags: str
    method: str

    group_name: NamePhrase
    not_shown: str
    thread_number: NumberPhrase
    idea_number: NumberPhrase
    participant_number: NumberPhrase
    agree_share: SharePhrase
    disagree_share: SharePhrase
    pass_share: SharePhrase
