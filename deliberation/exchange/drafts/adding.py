"""Rows become ideas and comments by people without an account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.markup import markdown_to_html
from deliberation.base.text import folded
from deliberation.comments.models import Comment, CommentRevision
from deliberation.comments.service import Remark
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.people import Participant
from deliberation.exchange.drafts.checking import Credit, Findings, text_of
from deliberation.exchange.drafts.rows import Row, RowKind
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.ideas.search import index_many
from deliberation.ideas.service import Wording
from deliberation.tags.models import IdeaTag


@dataclass(frozen=True, slots=True)
class Added:
    """How many ideas, comments and participants an import has brought."""

    ideas: int
    comments: int
    people: int


def add_rows(
    session: Session, consultation: Consultation, rows: Sequence[Row], findings: Findings, credit: Credit
) -> Added:
    """Add the rows that are not left out, in their order. The caller holds the consultation's lock.

    What they say counts from now: when it was written stands in the text, in the words of `credit`.
    """
    taken = [row for row in rows if row.kind is not RowKind.OUT]
    adding = _Adding(session, consultation, findings, credit, now())
    adding.add_people(taken)
    adding.add_ideas([row for row in taken if row.kind is RowKind.IDEA])
    adding.add_comments([row for row in taken if row.kind is RowKind.COMMENT])
    return Added(len(adding.ideas), len(adding.comments), len(adding.people))


@dataclass
class _Adding:
    """One import under way. People are known by their folded names, the rest by the numbers of their rows."""

    session: Session
    consultation: Consultation
    findings: Findings
    credit: Credit
    moment: datetime
    people: dict[str, Participant] = field(default_factory=dict)
    ideas: dict[int, Idea] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)

    def add_people(self, rows: Sequence[Row]) -> None:
        number = self._highest(Participant)
        for name in dict.fromkeys(folded(row.author) for row in rows):
            number += 1
            self.people[name] = Participant(
                consultation_id=self.consultation.id, number=number, joined_at=self.moment
            )
        self.session.add_all(self.people.values())
        self.session.flush()

    def add_ideas(self, rows: Sequence[Row]) -> None:
        for number, row in enumerate(rows, start=self._highest(Idea) + 1):
            self.ideas[row.number] = self._idea(row, number)
        self.session.add_all(self.ideas.values())
        self.session.flush()
        index_many(
            self.session,
            ((one.id, one.statement, one.elaboration, one.language) for one in self.ideas.values()),
        )
        self.session.add_all(use for row in rows for use in self._tags(row))
        self.session.flush()

    def add_comments(self, rows: Sequence[Row]) -> None:
        for number, row in enumerate(rows, start=self._highest(Comment) + 1):
            self.comments[row.number] = self._comment(row, number)
        self.session.add_all(self.comments.values())
        self.session.flush()

    @cached_property
    def _threads(self) -> dict[int, int]:
        mine = select(Thread.number, Thread.id).where(Thread.consultation_id == self.consultation.id)
        return {row.number: row.id for row in self.session.execute(mine)}

    def _idea(self, row: Row, number: int) -> Idea:
        said = Wording.of(
            statement=row.statement, elaboration=text_of(row, self.credit), language=row.language
        )
        words = {"statement": said.statement, "elaboration": said.elaboration, "language": said.language}
        return Idea(
            consultation_id=self.consultation.id,
            thread_id=self._threads[row.thread],
            author_id=self.people[folded(row.author)].id,
            number=number,
            created_at=self.moment,
            elaboration_html=markdown_to_html(said.elaboration),
            revisions=[IdeaRevision(number=1, created_at=self.moment, **words)],
            **words,
        )

    def _tags(self, row: Row) -> Iterator[IdeaTag]:
        for tag in sorted({self.findings.tags[name].id for name in row.tags}):
            yield IdeaTag(
                idea_id=self.ideas[row.number].id,
                tag_id=tag,
                participant_id=self.people[folded(row.author)].id,
                applied_at=self.moment,
            )

    def _comment(self, row: Row, number: int) -> Comment:
        target = self.findings.targets[row.number]
        above = (self.ideas.get(target) or self.comments[target]) if isinstance(target, int) else target
        said = Remark.of(body=text_of(row, self.credit), language=row.language)
        words = {"body": said.body, "language": said.language}
        return Comment(
            consultation_id=self.consultation.id,
            author_id=self.people[folded(row.author)].id,
            number=number,
            idea_id=above.id if isinstance(above, Idea) else above.idea_id,
            parent=above if isinstance(above, Comment) else None,
            origin_id=above.origin_id if isinstance(above, Comment) else None,
            body_html=markdown_to_html(said.body),
            created_at=self.moment,
            revisions=[CommentRevision(number=1, created_at=self.moment, **words)],
            **words,
        )

    def _highest(self, table: type[Participant] | type[Idea] | type[Comment]) -> int:
        mine = select(func.max(table.number)).where(table.consultation_id == self.consultation.id)
        return self.session.scalar(mine) or 0
