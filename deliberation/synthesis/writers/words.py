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
    """Names a thing that has a letter or a name of its own, as in "Group A"."""

    def __call__(self, name: str, /) -> str:
        """The name of the thing with that letter or name."""


class StandingPhrase(Protocol):
    """Says how far a synthesis has come, as in "Synthesis, version 3. Published 15 February 2027"."""

    def __call__(self, *, standing: str, version: int | None, day: str) -> str:
        """The phrase; `standing` is its lasting name, `day` comes formatted."""


class AnswerPhrase(Protocol):
    """Says what a member answered, as in "approves, 10 February 2027"."""

    def __call__(self, *, answer: str, day: str) -> str:
        """The phrase; `answer` is its lasting name or empty, `day` comes formatted or empty."""


class FiguresPhrase(Protocol):
    """Says how many took part, as in "127 people cast 3,841 votes on 156 ideas"."""

    def __call__(self, *, people: int, votes: int, ideas: int) -> str:
        """The phrase."""


class PairPhrase(Protocol):
    """Says two things in one, as in "Group A: 12 of 14 agree" or "Page 3 of 14"."""

    def __call__(self, first: str, second: str, /) -> str:
        """The phrase."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """Every word a synthesis holds that nobody in the consultation wrote. All are plain text."""

    synthesis: str
    generated: str
    source: str

    participation: str
    participants: str
    votes: str
    ideas: str
    hidden_ideas: str
    withdrawn_ideas: str
    merged_ideas: str

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

    standing: StandingPhrase
    summary: str
    contents: str
    thread_figures: FiguresPhrase
    no_findings: str
    kind_name: NamePhrase
    finding_number: NumberPhrase
    support: str
    themes: str
    about: str
    evidence_changed: str
    no_votes: str
    agrees: str
    disagrees: str
    passes: str
    group: str
    groups: str
    group_says: PairPhrase
    map: str
    missing: str
    by_question: str
    question: str
    people: str
    recommendations: str
    recommendation_number: NumberPhrase
    why: str
    because: str
    who: str
    actions: str
    by_when: str
    sign_off: str
    answered: AnswerPhrase
    reply: str
    minority_reports: str
    by_names: NamePhrase
    changes: str
    cite: str
    verify: str
    verify_note: str
    snapshot: str
    inputs_digest: str
    digest: str
    package: str
    command: str
    page_of: PairPhrase
    unshown: NamePhrase
    finding: str
    claim: str
    kind: str
    text: str
    address: str
