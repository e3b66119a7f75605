"""The synthesis of a working group as a value: what is read, signed, published and written to files.

One model for all of them. A draft is composed into it, a version is stored as it (`json.py` writes and reads
it without loss), every page and file is made from it. It holds everything a writer needs and nothing that
has to be looked up: no key of a table, no name of a participant.

Texts called *plain* are shown as written, whatever looks like markup in them. Those called *Markdown* are
CommonMark without raw HTML and without pictures. All times have a zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from deliberation.synthesis.writers.document import CitedIdea, Grouping, Participation
from deliberation.synthesis.writers.words import Words


class FindingKind(StrEnum):
    """What a finding claims. The values are lasting names for machines."""

    CONSENSUS = "consensus"
    """Holds in every opinion group."""
    MAJORITY = "majority"
    """More than half agree for certain; says nothing of groups."""
    DIVISION = "division"
    """Groups, or halves of the crowd, stand on different sides."""
    MINORITY = "minority"
    """Tells one group from the others, who refuse it."""
    UNSURE = "unsure"
    """Many pass."""
    NOT_YET_HEARD = "not_yet_heard"
    """Too few votes to say."""
    REMARK = "remark"
    """What the working group adds in its own words; it may cite ideas."""


class Standing(StrEnum):
    """How far a synthesis has come."""

    COMPOSED = "composed"
    """Made from the votes by rule; nobody has edited it."""
    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"


class Answer(StrEnum):
    """What a member of the working group says to a proposed version."""

    APPROVES = "approves"
    RESERVES = "reserves"
    """Approves with reservations."""
    OBJECTS = "objects"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One claim and the ideas it rests on.

    `number` is its lasting number within the synthesis, not its place: it keeps it when it is moved.
    `claim` is one plain sentence. `text` is Markdown and may be empty. `themes` are names of tags.
    `letters` are the groups the claim is about, where it is about some: the minority's, the divided ones'.
    `changes` says in plain sentences what has changed in its evidence since it was written; empty where
    nothing has, and always empty in what is published.
    """

    number: int
    kind: FindingKind
    claim: str
    text: str
    ideas: tuple[CitedIdea, ...]
    themes: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ThreadReport:
    """One question: who took part in it and what was found, in the order it is read.

    `ideas` is every readable idea of the thread with its counts, for the tables; the findings cite some.
    """

    number: int
    question: str
    address: str
    participation: Participation
    findings: tuple[Finding, ...]
    ideas: tuple[CitedIdea, ...]

    @property
    def anchor(self) -> str:
        """The name by which links reach the thread within the document."""
        return f"thread-{self.number}"


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """What the working group asks for. `what` is one plain sentence; the other texts are Markdown or empty.

    `because` are numbers of findings it follows from.
    """

    number: int
    what: str
    why: str
    because: tuple[int, ...]
    who: str
    """Who is needed."""
    actions: str
    """What they need to do."""
    by_when: date | None


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A member's answer. `name` is what they are called in public, `text` plain and empty where they approve.

    `reply` is the working group's answer to an objection, plain, or empty. Of somebody who has not answered,
    `answer` and `answered_on` are None.
    """

    name: str
    answer: Answer | None
    text: str
    reply: str
    answered_on: date | None


@dataclass(frozen=True, kw_only=True)
class MinorityReport:
    """What members of the working group who see it otherwise want to be read with it. `text` is Markdown."""

    title: str
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """Who stands behind the text. `rule` is one plain sentence that says when it counts as signed."""

    rule: str
    signatures: tuple[Signature, ...]
    minority_reports: tuple[MinorityReport, ...]


@dataclass(frozen=True, kw_only=True)
class MapFigure:
    """The map of opinions as a picture. `svg` stands alone: it refers to nothing and needs no style sheet."""

    svg: str
    alternative: str
    """What is to be seen, in plain words, for those who do not see it."""
    caption: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A small table of plain text: what a survey says of who took part."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """Who took part: figures, and in plain sentences how evenly, and who is missing."""

    figures: Participation
    evenness: tuple[str, ...]
    missing: tuple[str, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the numbers come from, and how to check them.

    `snapshot` is None where the votes were counted as they stood and not frozen. The digests are hexadecimal;
    `command` recomputes the landscape from the directory that `package_address` hands out.
    """

    snapshot: int | None
    counted_at: datetime
    inputs_digest: str
    digest: str
    package_address: str
    command: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """A synthesis. `language` is that of all texts of the working group and of all words.

    `heading` is the title the working group gave it, plain; `consultation` what it is a synthesis of, in
    `content_language`. `summary` is Markdown. `authors` is one plain sentence, or empty. `version` counts
    from 1 for what was proposed or published and is None before that. `address` is where this version can be
    read for good; `cite_as` one plain sentence. `changes` are plain sentences on what has changed since the
    version before. Each line of `method` is a plain paragraph.
    Raises ValueError if a time has no zone, or a recommendation rests on a finding that is not there.
    """

    heading: str
    consultation: str
    slug: str
    language: str
    content_language: str
    standing: Standing
    version: int | None
    dated: datetime
    """When it was published, proposed or, before that, composed."""
    authors: str
    summary: str
    turnout: Turnout
    grouping: Grouping | None
    map: MapFigure | None
    threads: tuple[ThreadReport, ...]
    recommendations: tuple[Recommendation, ...]
    sign_off: SignOff | None
    changes: tuple[str, ...]
    method: tuple[str, ...]
    cite_as: str
    evidence: Evidence
    address: str
    words: Words

    def __post_init__(self) -> None:
        if self.dated.utcoffset() is None or self.evidence.counted_at.utcoffset() is None:
            raise ValueError("the times of a synthesis need a time zone")
        known = {finding.number for finding in self.findings}
        for recommendation in self.recommendations:
            if missing := set(recommendation.because) - known:
                raise ValueError(f"recommendation {recommendation.number} rests on no finding {min(missing)}")

    @property
    def findings(self) -> Iterator[Finding]:
        """All findings, thread by thread, in the order they are read."""
        for thread in self.threads:
            yield from thread.findings
