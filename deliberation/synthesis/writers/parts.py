"""The kinds of parts that a report is said in. Texts are as people wrote them: the writer escapes.

`language` is that of the text it stands beside.
"""

from dataclasses import dataclass
from typing import TypeAlias

from deliberation.synthesis.writers.document import CitedIdea
from deliberation.synthesis.writers.report import (
    Finding,
    MapFigure,
    MinorityReport,
    Recommendation,
    Signature,
    Table,
)


@dataclass(frozen=True, kw_only=True)
class Masthead:
    """The top: what this is, its title, what it is a synthesis of, and by whom (or empty)."""

    kicker: str
    heading: str
    consultation: str
    content_language: str
    authors: str


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading of level 2 or 3. `number` is said before it, where it has one, as in "Question 4"."""

    level: int
    anchor: str
    text: str
    language: str
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Plain text. A note is said in a lower voice."""

    text: str
    is_note: bool = False


@dataclass(frozen=True, kw_only=True)
class Prose:
    """Markdown of the working group; a lead is said in a louder voice. Never empty."""

    markdown: str
    is_lead: bool = False


@dataclass(frozen=True, kw_only=True)
class Points:
    """A list of plain sentences. Never empty."""

    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A label and a value, which may be an address or for machines."""

    label: str
    value: str
    is_address: bool = False
    is_code: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Facts, one under the other. Figures are few and short and may stand side by side."""

    facts: tuple[Fact, ...]
    are_figures: bool = False


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table. Cells from the column `numbers_from` on are numbers, set to the right."""

    table: Table
    numbers_from: int
    languages: tuple[str, ...] = ()
    """The language of each row's first cell, where it is another's than the report's."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The map."""

    figure: MapFigure


@dataclass(frozen=True, kw_only=True)
class Support:
    """An idea as evidence, with everything that is said of the votes on it.

    `origin` names its author and language where there is something to name. `shares` are those who agree,
    disagree and pass, in that order, or that nobody has voted; `groups` the same of each group.
    """

    idea: CitedIdea
    anchor: str
    name: str
    origin: tuple[str, ...]
    shares: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A finding. `kind` is its name for people; `about` says which groups, and `themes` which tags."""

    finding: Finding
    anchor: str
    kind: str
    number: str
    about: str
    themes: str
    support: tuple[Support, ...]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A recommendation. `because` are names and anchors of the findings behind it; `by_when` may be empty."""

    recommendation: Recommendation
    anchor: str
    number: str
    because: tuple[tuple[str, str], ...]
    by_when: str


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A member's answer; `said` is it in words, with the day."""

    signature: Signature
    said: str


@dataclass(frozen=True, kw_only=True)
class Dissent:
    """A minority report; `names` says whose, or is empty."""

    report: MinorityReport
    anchor: str
    names: str


Plain: TypeAlias = Masthead | Heading | Paragraph | Prose | Points | Facts | Rows | Picture
"""Parts that need no report around them."""
Part: TypeAlias = Plain | Claim | Request | Signed | Dissent
