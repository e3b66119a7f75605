"""Composing a synthesis: the votes as they stand, as a document that the writers and the page can say."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from deliberation.base.errors import NotFound
from deliberation.consultations.models import Consultation
from deliberation.consultations.phases import Timetable
from deliberation.consultations.queries import chosen_text
from deliberation.insights.findings import Findings
from deliberation.insights.picture import findings_of
from deliberation.insights.queries import StoredLandscape, find_landscape
from deliberation.synthesis.plain import plain_text
from deliberation.synthesis.queries import (
    IdeaCounts,
    ThreadWording,
    idea_counts,
    imports,
    thread_wordings,
    voters,
)
from deliberation.synthesis.words import method_in, note_on, phase_name, words_in
from deliberation.synthesis.writers.document import (
    CitedIdea,
    Document,
    Grouping,
    GroupVotes,
    OpinionGroup,
    Participation,
    ThreadDocument,
    summarise_thread,
)
from deliberation.tags.queries import labels_of


@dataclass(frozen=True, kw_only=True)
class _Findings:
    """What was read, by the keys of threads and ideas."""

    home: str
    """The whole address of the consultation."""
    counts: dict[int, list[IdeaCounts]]
    people: dict[int | None, int]
    tags: dict[int, tuple[str, ...]]
    landscape: Findings | None
    """What the newest landscape of all threads says."""


def compose(
    session: Session,
    *,
    consultation: Consultation,
    language: str,
    base_url: str,
    moment: datetime,
    thread_number: int | None = None,
) -> Document:
    """Return the synthesis of the consultation, or of one of its threads, in nine statements at most.

    `language` is one of the product's own. The same votes, ideas and `moment` give the same document.
    Ideas name no author: what is handed out in bulk carries no numbers of people, though the page of each
    idea shows one. Votes on hidden and withdrawn ideas are not counted, as on all other pages.
    Raises NotFound for a thread that does not exist. Needs an application context, for the translations.
    """
    threads = _threads(session, consultation, language=language, only=thread_number)
    stored = find_landscape(session, consultation.id)
    landscape = findings_of(stored) if stored else None
    home = f"{base_url}/c/{consultation.slug}"
    findings = _read(session, consultation, landscape, language=language, home=home)
    grouping = _grouping(stored, landscape, language) if stored and landscape else None
    phases = Timetable.of(consultation.steps, moment)
    texts = chosen_text(consultation.texts, language=language, source=consultation.source_language)
    asked = "" if thread_number is None else f"?thread={thread_number}"
    return Document(
        title=texts.title,
        slug=consultation.slug,
        language=language,
        content_language=texts.language,
        introduction=plain_text(texts.introduction_html),
        participation=_participation(
            [idea for thread in threads for idea in findings.counts[thread.id]],
            findings.people,
            None if thread_number is None else threads[0].id,
        ),
        threads=tuple(_thread(thread, findings) for thread in threads),
        phase=phases.current,
        phase_name=phase_name(phases.current, language),
        generated_at=moment,
        method=method_in(
            language,
            log_address=f"{findings.home}/log",
            takes_votes=phases.takes_votes,
            imported=imports(session, consultation.id),
            grouping=grouping,
        ),
        address=f"{findings.home}/synthesis{asked}",
        words=words_in(language),
        grouping=grouping,
    )


def _threads(
    session: Session, consultation: Consultation, *, language: str, only: int | None
) -> list[ThreadWording]:
    source = consultation.source_language
    threads = thread_wordings(session, consultation.id, language=language, source=source)
    asked = [thread for thread in threads if only in (None, thread.number)]
    if only is not None and not asked:
        raise NotFound
    return asked


def _read(
    session: Session, consultation: Consultation, landscape: Findings | None, *, language: str, home: str
) -> _Findings:
    counts: dict[int, list[IdeaCounts]] = defaultdict(list)
    for idea in idea_counts(session, consultation.id):
        counts[idea.thread_id].append(idea)
    readable = [idea.id for ideas in counts.values() for idea in ideas if _is_readable(idea)]
    labels = labels_of(
        session, readable, reader_id=None, language=language, source=consultation.source_language
    )
    return _Findings(
        home=home,
        counts=counts,
        people=voters(session, consultation.id),
        tags={idea: tuple(label.name for label in found) for idea, found in labels.items()},
        landscape=landscape,
    )


def _thread(thread: ThreadWording, findings: _Findings) -> ThreadDocument:
    counts = findings.counts[thread.id]
    return summarise_thread(
        number=thread.number,
        question=thread.question,
        address=f"{findings.home}/threads/{thread.number}",
        participation=_participation(counts, findings.people, thread.id),
        all_ideas=tuple(_cited(idea, findings) for idea in counts if _is_readable(idea)),
        holds=findings.landscape.holds if findings.landscape else (),
        divides=findings.landscape.divides if findings.landscape else (),
    )


def _participation(
    ideas: Sequence[IdeaCounts], people: dict[int | None, int], thread_id: int | None
) -> Participation:
    """Count every idea once: what is hidden as hidden, what is withdrawn besides as withdrawn."""
    readable = [idea for idea in ideas if _is_readable(idea)]
    hidden = sum(idea.is_hidden for idea in ideas)
    withdrawn = sum(idea.is_withdrawn and not idea.is_hidden for idea in ideas)
    return Participation(
        participants=people.get(thread_id, 0),
        votes=sum(idea.agrees + idea.disagrees + idea.passes for idea in readable),
        ideas=len(readable),
        hidden_ideas=hidden,
        withdrawn_ideas=withdrawn,
        merged_ideas=len(ideas) - len(readable) - hidden - withdrawn,
    )


def _cited(idea: IdeaCounts, findings: _Findings) -> CitedIdea:
    return CitedIdea(
        number=idea.number,
        statement=idea.statement,
        language=idea.language,
        author=None,
        agrees=idea.agrees,
        disagrees=idea.disagrees,
        passes=idea.passes,
        tags=findings.tags.get(idea.id, ()),
        address=f"{findings.home}/ideas/{idea.number}",
        groups=_in_groups(idea, findings.landscape),
    )


def _in_groups(idea: IdeaCounts, landscape: Findings | None) -> tuple[GroupVotes | None, ...]:
    result = landscape.find(idea.number) if landscape else None
    return tuple(
        GroupVotes(agrees=votes.agrees, disagrees=votes.disagrees, passes=votes.passes) if votes else None
        for votes in (result.groups if result else ())
    )


def _grouping(stored: StoredLandscape, landscape: Findings, language: str) -> Grouping:
    return Grouping(
        outcome=landscape.outcome,
        groups=tuple(OpinionGroup(letter=group.letter, people=group.people) for group in landscape.groups),
        small_groups=landscape.small_groups,
        counted_at=stored.counted_at,
        inputs_digest=landscape.landscape.inputs_digest,
        digest=stored.digest,
        note=note_on(landscape, language),
    )


def _is_readable(idea: IdeaCounts) -> bool:
    return not (idea.is_hidden or idea.is_withdrawn or idea.is_merged)
