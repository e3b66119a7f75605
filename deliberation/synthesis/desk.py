"""What the pages of the draft show, read in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.ideas.models import Idea
from deliberation.ideas.search import matching
from deliberation.insights.findings import Votes
from deliberation.insights.models import Snapshot
from deliberation.synthesis.citing import Citation, Ledger, read_citations
from deliberation.synthesis.evidence import changes_of, current_findings
from deliberation.synthesis.findings import get_finding
from deliberation.synthesis.frozen import newest_snapshot
from deliberation.synthesis.margin import Talk, open_talks, talks_about
from deliberation.synthesis.models import (
    DraftFinding,
    DraftRecommendation,
    FindingRevision,
    RecommendationRevision,
    SynthesisDraft,
)
from deliberation.synthesis.queries import ThreadWording, thread_wordings
from deliberation.synthesis.reports import current_recommendations

MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class Cited:
    """An idea as it is cited, with its words where they can be read."""

    number: int
    statement: str
    language: str
    votes: Votes
    groups: Mapping[str, Votes | None]


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as the draft shows it."""

    finding: DraftFinding
    current: FindingRevision
    cited: Sequence[Cited]
    changes: Sequence[str]
    open_talks: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The draft: its threads, each with its findings, and the recommendations."""

    draft: SynthesisDraft
    newest: Snapshot
    threads: Sequence[ThreadWording]
    cards: Mapping[int, Sequence[Card]]
    """By the key of the thread."""
    recommendations: Sequence[tuple[DraftRecommendation, RecommendationRevision]]

    @property
    def findings(self) -> int:
        """How many findings there are."""
        return sum(len(cards) for cards in self.cards.values())

    @property
    def changed(self) -> Sequence[Card]:
        """The findings under which something has changed."""
        return [card for cards in self.cards.values() for card in cards if card.changes]

    @property
    def is_behind(self) -> bool:
        """Whether there is a newer snapshot than the draft's."""
        return self.newest.id != self.draft.snapshot_id


@dataclass(frozen=True, slots=True)
class FindingPage:
    """A finding with its evidence and what stands in its margin."""

    draft: SynthesisDraft
    finding: DraftFinding
    current: FindingRevision
    thread: ThreadWording
    cited: Sequence[Cited]
    changes: Sequence[str]
    talks: Sequence[Talk]
    neighbours: Sequence[tuple[int, str]]
    """Number and claim of the other findings of its thread."""


def draft_page(
    session: Session, consultation: Consultation, draft: SynthesisDraft, *, language: str
) -> DraftPage:
    """Return what the page of the draft shows (eight statements at most)."""
    newest = newest_snapshot(session, consultation.id) or draft.snapshot
    ledger, talks = Ledger(session, newest), open_talks(session, consultation.id)
    rows: dict[int, list[tuple[DraftFinding, FindingRevision]]] = {}
    for finding, current in current_findings(session, consultation.id):
        rows.setdefault(finding.thread_id, []).append((finding, current))
    return DraftPage(
        draft=draft,
        newest=newest,
        threads=thread_wordings(
            session, consultation.id, language=language, source=consultation.source_language
        ),
        cards={
            thread: [
                _card(finding, current, ledger, talks, is_first=at == 0, is_last=at == len(row) - 1)
                for at, (finding, current) in enumerate(row)
            ]
            for thread, row in rows.items()
        },
        recommendations=current_recommendations(session, consultation.id),
    )


def finding_page(
    session: Session, consultation: Consultation, draft: SynthesisDraft, number: int, *, language: str
) -> FindingPage:
    """Return what the page of a finding shows (eight statements at most). Raises NotFound."""
    finding, current = get_finding(session, consultation.id, number)
    ledger = Ledger(session, newest_snapshot(session, consultation.id) or draft.snapshot)
    citations = read_citations(current.citations)
    threads = thread_wordings(
        session, consultation.id, language=language, source=consultation.source_language
    )
    return FindingPage(
        draft=draft,
        finding=finding,
        current=current,
        thread=next(thread for thread in threads if thread.id == finding.thread_id),
        cited=[cited(citation, ledger) for citation in citations],
        changes=changes_of(citations, ledger),
        talks=talks_about(session, consultation.id, number),
        neighbours=[
            (other.number, revision.claim)
            for other, revision in current_findings(session, consultation.id)
            if other.thread_id == finding.thread_id and other.number != number
        ],
    )


def find_citable(
    session: Session, consultation_id: int, draft: SynthesisDraft, words: str
) -> Sequence[Cited]:
    """Return readable ideas of the consultation that hold the words or have the number, with what the draft's
    snapshot counts on them; none of those that are newer than it (three statements at most)."""
    here = Idea.consultation_id == consultation_id
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 10:
        wanted = select(Idea.number).where(here, Idea.number == int(number))
    else:
        wanted = select(Idea.number).where(here, matching(session, words)).order_by(
            (Idea.agrees + Idea.disagrees + Idea.passes).desc(), Idea.number
        )  # fmt: skip
    ledger = Ledger(session, draft.snapshot)
    found = (ledger.ideas.get(one) for one in session.scalars(wanted.limit(4 * MOST_FOUND)))
    entries = [
        ledger.entry(idea)
        for idea in found
        if idea is not None and idea.is_readable and idea.number in ledger.frozen.counts
    ]
    return [cited(entry, ledger) for entry in entries[:MOST_FOUND]]


def cited(citation: Citation, ledger: Ledger) -> Cited:
    """Return the idea as it is cited; its statement is empty where it is not to be read."""
    idea = ledger.ideas.get(citation.idea)
    return Cited(
        number=citation.idea,
        statement=idea.statement if idea else "",
        language=idea.language if idea else "",
        votes=citation.votes,
        groups=citation.groups,
    )


def _card(
    finding: DraftFinding,
    current: FindingRevision,
    ledger: Ledger,
    talks: Mapping[int, int],
    *,
    is_first: bool,
    is_last: bool,
) -> Card:
    citations = read_citations(current.citations)
    return Card(
        finding=finding,
        current=current,
        cited=[cited(citation, ledger) for citation in citations],
        changes=changes_of(citations, ledger),
        open_talks=talks.get(finding.number, 0),
        is_first=is_first,
        is_last=is_last,
    )
