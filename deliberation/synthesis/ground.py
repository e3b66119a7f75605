"""What a synthesis rests on: the votes at one moment, with the ideas, threads and tags they are about.

Two kinds of ground give the same value: a snapshot, for what is signed and published, and the votes as they
stand, for the page that is shown before. Every number of a synthesis is taken from here and nowhere else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from deliberation.analysis.votes import Integers
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import chosen_text
from deliberation.insights.findings import Findings
from deliberation.insights.models import Snapshot
from deliberation.insights.picture import findings_of
from deliberation.insights.queries import find_landscape
from deliberation.synthesis.frozen import Frozen, frozen
from deliberation.synthesis.queries import (
    IdeaCounts,
    IdeaThen,
    ThreadWording,
    idea_counts,
    ideas_then,
    joined,
    thread_wordings,
    voters,
)
from deliberation.synthesis.writers.document import CitedIdea, GroupVotes, Participation
from deliberation.tags.queries import labels_of


@dataclass(frozen=True, kw_only=True)
class GroundThread:
    """A question, who took part in it, and every idea of it that can be read."""

    id: int
    number: int
    question: str
    address: str
    participation: Participation
    ideas: tuple[CitedIdea, ...]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The ground of a synthesis in one language.

    `snapshot` is the number of the snapshot, None for the votes as they stand. `findings` is what the
    landscape of all threads says; None where none has been counted. `joined` counts those who had joined,
    whether they voted or not; `activity` (P,) how many votes each person cast, ascending.
    """

    slug: str
    title: str
    language: str
    content_language: str
    languages: tuple[str, ...]
    """Those the consultation itself is written in."""
    home: str
    """The whole address of the consultation."""
    snapshot: int | None
    counted_at: datetime
    grouped_at: datetime
    """When the landscape was counted: of votes as they stand, some time before."""
    digest: str
    inputs_digest: str
    findings: Findings | None
    participation: Participation
    joined: int
    activity: Integers
    threads: tuple[GroundThread, ...]
    revisions: Mapping[int, int]
    """The revision of each readable idea's wording, by the idea's number; empty without a snapshot."""

    @property
    def ideas(self) -> dict[int, CitedIdea]:
        """Every readable idea by its number."""
        return {idea.number: idea for thread in self.threads for idea in thread.ideas}

    @property
    def has_groups(self) -> bool:
        """Whether there are groups with names."""
        return self.findings is not None and bool(self.findings.groups)


def frozen_ground(
    session: Session, *, consultation: Consultation, snapshot: Snapshot, language: str, base_url: str
) -> Ground:
    """Return the ground that the snapshot is, in seven statements at most.

    The same snapshot gives the same numbers for ever; what has been hidden, withdrawn or merged since is not
    among its ideas, while the figures of participation are those of its moment.
    """
    found = frozen(session, snapshot)
    then = ideas_then(session, consultation.id, snapshot.taken_at)
    readable = [idea for idea in then if idea.is_readable and idea.number in found.counts]
    reading = _Reading(session, consultation, language=language, base_url=base_url)
    tags = reading.tags(idea.id for idea in readable)
    by_thread: dict[int, list[CitedIdea]] = defaultdict(list)
    for idea in readable:
        votes = found.counts[idea.number]
        by_thread[idea.thread_id].append(
            CitedIdea(
                number=idea.number,
                statement=idea.statement,
                language=idea.language,
                author=None,
                agrees=votes.agrees,
                disagrees=votes.disagrees,
                passes=votes.passes,
                tags=tags.get(idea.id, ()),
                address=f"{reading.home}/ideas/{idea.number}",
                groups=_in_groups(found.findings, idea.number),
            )
        )
    return reading.ground(
        snapshot=snapshot.number,
        counted_at=snapshot.taken_at,
        grouped_at=snapshot.taken_at,
        digest=found.digest,
        inputs_digest=found.inputs_digest,
        findings=found.findings,
        joined=joined(session, consultation.id, snapshot.taken_at),
        participation={
            thread: _taking_part_then([i for i in then if thread in (None, i.thread_id)], found)
            for thread in (None, *(t.id for t in reading.threads))
        },
        ideas=by_thread,
        revisions={idea.number: idea.revision for idea in readable},
    )


def live_ground(
    session: Session,
    *,
    consultation: Consultation,
    language: str,
    base_url: str,
    moment: datetime,
) -> Ground:
    """Return the votes as they stand, with the groups of the newest landscape, in ten statements at most.

    Votes on hidden and withdrawn ideas are not counted, as on all other pages.
    """
    stored = find_landscape(session, consultation.id)
    findings = findings_of(stored) if stored else None
    rows = idea_counts(session, consultation.id)
    people = voters(session, consultation.id)
    reading = _Reading(session, consultation, language=language, base_url=base_url)
    tags = reading.tags(row.id for row in rows if _is_readable(row))
    by_thread: dict[int, list[CitedIdea]] = defaultdict(list)
    for row in rows:
        if _is_readable(row):
            by_thread[row.thread_id].append(_live_idea(row, reading.home, tags, findings))
    return reading.ground(
        snapshot=None,
        counted_at=moment,
        grouped_at=stored.counted_at if stored else moment,
        digest=stored.digest if stored else "",
        inputs_digest=findings.landscape.inputs_digest if findings else "",
        findings=findings,
        joined=joined(session, consultation.id),
        participation={
            thread: _taking_part_now(
                [r for r in rows if thread in (None, r.thread_id)], people.get(thread, 0)
            )
            for thread in (None, *(t.id for t in reading.threads))
        },
        ideas=by_thread,
        revisions={},
    )


class _Reading:
    """What both kinds of ground have in common."""

    def __init__(self, session: Session, consultation: Consultation, *, language: str, base_url: str) -> None:
        self._session, self._consultation, self._language = session, consultation, language
        self.home = f"{base_url}/c/{consultation.slug}"
        self.threads: Sequence[ThreadWording] = thread_wordings(
            session, consultation.id, language=language, source=consultation.source_language
        )

    def tags(self, ideas: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """Return the names of the accepted tags of each idea, the most applied first."""
        source = self._consultation.source_language
        found = labels_of(self._session, list(ideas), reader_id=None, language=self._language, source=source)
        return {idea: tuple(label.name for label in labels) for idea, labels in found.items()}

    def ground(
        self,
        *,
        snapshot: int | None,
        counted_at: datetime,
        grouped_at: datetime,
        digest: str,
        inputs_digest: str,
        findings: Findings | None,
        joined: int,
        participation: Mapping[int | None, Participation],
        ideas: Mapping[int, Sequence[CitedIdea]],
        revisions: Mapping[int, int],
    ) -> Ground:
        """Put it together."""
        texts = chosen_text(
            self._consultation.texts, language=self._language, source=self._consultation.source_language
        )
        return Ground(
            slug=self._consultation.slug,
            title=texts.title,
            language=self._language,
            content_language=texts.language,
            languages=tuple(sorted(text.language for text in self._consultation.texts)),
            home=self.home,
            snapshot=snapshot,
            counted_at=counted_at,
            grouped_at=grouped_at,
            digest=digest,
            inputs_digest=inputs_digest,
            findings=findings,
            participation=participation[None],
            joined=joined,
            activity=np.sort(findings.landscape.votes_cast) if findings else np.zeros(0, dtype=np.int64),
            threads=tuple(
                GroundThread(
                    id=thread.id,
                    number=thread.number,
                    question=thread.question,
                    address=f"{self.home}/threads/{thread.number}",
                    participation=participation[thread.id],
                    ideas=tuple(ideas.get(thread.id, ())),
                )
                for thread in self.threads
            ),
            revisions=revisions,
        )


def _in_groups(findings: Findings | None, number: int) -> tuple[GroupVotes | None, ...]:
    result = findings.find(number) if findings else None
    return tuple(
        GroupVotes(agrees=votes.agrees, disagrees=votes.disagrees, passes=votes.passes) if votes else None
        for votes in (result.groups if result else ())
    )


def _live_idea(
    row: IdeaCounts, home: str, tags: Mapping[int, tuple[str, ...]], findings: Findings | None
) -> CitedIdea:
    return CitedIdea(
        number=row.number,
        statement=row.statement,
        language=row.language,
        author=None,
        agrees=row.agrees,
        disagrees=row.disagrees,
        passes=row.passes,
        tags=tags.get(row.id, ()),
        address=f"{home}/ideas/{row.number}",
        groups=_in_groups(findings, row.number),
    )


def _taking_part_then(ideas: Sequence[IdeaThen], found: Frozen) -> Participation:
    """Count every idea once: what was hidden as hidden, what was withdrawn besides as withdrawn."""
    readable = frozenset(idea.number for idea in ideas if idea.was_readable)
    hidden = sum(idea.was_hidden for idea in ideas)
    withdrawn = sum(idea.was_withdrawn and not idea.was_hidden for idea in ideas)
    return Participation(
        participants=found.voters(readable),
        votes=sum(found.counts[number].voters for number in readable if number in found.counts),
        ideas=len(readable),
        hidden_ideas=hidden,
        withdrawn_ideas=withdrawn,
        merged_ideas=len(ideas) - len(readable) - hidden - withdrawn,
    )


def _taking_part_now(ideas: Sequence[IdeaCounts], people: int) -> Participation:
    """Count every idea once, as `_taking_part_then` does."""
    readable = [idea for idea in ideas if _is_readable(idea)]
    hidden = sum(idea.is_hidden for idea in ideas)
    withdrawn = sum(idea.is_withdrawn and not idea.is_hidden for idea in ideas)
    return Participation(
        participants=people,
        votes=sum(idea.agrees + idea.disagrees + idea.passes for idea in readable),
        ideas=len(readable),
        hidden_ideas=hidden,
        withdrawn_ideas=withdrawn,
        merged_ideas=len(ideas) - len(readable) - hidden - withdrawn,
    )


def _is_readable(idea: IdeaCounts) -> bool:
    return not (idea.is_hidden or idea.is_withdrawn or idea.is_merged)
