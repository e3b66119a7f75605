"""Rows become ideas and comments by people without an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    moment = now()
    people = _people(session, consultation, taken, moment)
    ideas = _ideas(session, consultation, taken, people, moment, credit)
    comments = _comments(session, consultation, taken, (findings, ideas), people, moment, credit)
    session.flush()
    index_many(session, ((idea.id, idea.statement, idea.elaboration, idea.language) for idea in ideas.values()))
    for row in taken:
        if row.kind is RowKind.IDEA:
            tags = {findings.tags[name].id for name in row.tags}
            session.add_all(
                IdeaTag(
                    idea_id=ideas[row.number].id, tag_id=tag, participant_id=people[folded(row.author)].id,
                    applied_at=moment,
                )
                for tag in sorted(tags)
            )  # fmt: skip
    session.flush()
    return Added(len(ideas), comments, len(people))


def _people(
    session: Session, consultation: Consultation, rows: Sequence[Row], moment: datetime
) -> dict[str, Participant]:
    number = _highest(session, Participant, consultation)
    people: dict[str, Participant] = {}
    for row in rows:
        name = folded(row.author)
        if name not in people:
            number += 1
            people[name] = Participant(consultation_id=consultation.id, number=number, joined_at=moment)
    session.add_all(people.values())
    session.flush()
    return people


def _ideas(
    session: Session, consultation: Consultation, rows: Sequence[Row], people: dict[str, Participant],
    moment: datetime, credit: Credit,
) -> dict[int, Idea]:  # fmt: skip
    threads = {
        thread.number: thread.id
        for thread in session.scalars(select(Thread).where(Thread.consultation_id == consultation.id))
    }
    number = _highest(session, Idea, consultation)
    ideas: dict[int, Idea] = {}
    for row in (row for row in rows if row.kind is RowKind.IDEA):
        number += 1
        wording = Wording.of(
            statement=row.statement, elaboration=text_of(row, credit), language=row.language
        )
        words = {
            "statement": wording.statement, "elaboration": wording.elaboration, "language": wording.language
        }  # fmt: skip
        ideas[row.number] = Idea(
            consultation_id=consultation.id, thread_id=threads[row.thread],
            author_id=people[folded(row.author)].id, number=number, created_at=moment,
            elaboration_html=markdown_to_html(wording.elaboration),
            revisions=[IdeaRevision(number=1, created_at=moment, **words)], **words,
        )  # fmt: skip
    session.add_all(ideas.values())
    session.flush()
    return ideas


def _comments(
    session: Session, consultation: Consultation, rows: Sequence[Row], known: tuple[Findings, dict[int, Idea]],
    people: dict[str, Participant], moment: datetime, credit: Credit,
) -> int:  # fmt: skip
    findings, ideas = known
    number = _highest(session, Comment, consultation)
    comments: dict[int, Comment] = {}
    # What is answered comes before its answers, but for an answer that a facilitator made the head of a row.
    waiting = [row for row in rows if row.kind is RowKind.COMMENT]
    while waiting:
        row = next(row for row in waiting if _is_there(findings.targets[row.number], ideas, comments))
        waiting.remove(row)
        number += 1
        target = findings.targets[row.number]
        above = target if not isinstance(target, int) else ideas.get(target) or comments[target]
        remark = Remark.of(body=text_of(row, credit), language=row.language)
        comments[row.number] = Comment(
            consultation_id=consultation.id, author_id=people[folded(row.author)].id, number=number,
            idea_id=above.id if isinstance(above, Idea) else above.idea_id,
            parent=above if isinstance(above, Comment) else None,
            origin_id=above.origin_id if isinstance(above, Comment) else None,
            language=remark.language, body=remark.body, body_html=markdown_to_html(remark.body), created_at=moment,
            revisions=[
                CommentRevision(number=1, language=remark.language, body=remark.body, created_at=moment)
            ],
        )  # fmt: skip
    session.add_all(comments.values())
    session.flush()
    return len(comments)


def _is_there(target: object, ideas: dict[int, Idea], comments: dict[int, Comment]) -> bool:
    return not isinstance(target, int) or target in ideas or target in comments


def _highest(
    session: Session, table: type[Participant] | type[Idea] | type[Comment], consultation: Consultation
) -> int:
    highest = session.scalar(select(func.max(table.number)).where(table.consultation_id == consultation.id))
    return highest or 0
