"""What keeps a row from being imported, and what is in the consultation already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.errors import Refused, marked
from deliberation.comments.models import Comment
from deliberation.comments.service import Remark
from deliberation.consultations.models import Consultation, Thread
from deliberation.exchange.drafts.rows import Row, RowKind
from deliberation.ideas.models import Idea
from deliberation.ideas.service import Wording
from deliberation.tags.models import Tag, TagStatus
from deliberation.tags.service import MOST_TAGS, find_tag_named

Credit = Callable[[Row], str]
"""Says in Markdown where a row comes from, who wrote it and when."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be imported. `sentence` is marked, with `values` to fill in."""

    row: int
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """All there is to say about the rows before they are imported.

    `here` leads from a row to the idea or comment with the same words; `targets` from each comment to what
    it answers: another row's number, or what is here already.
    """

    problems: tuple[Problem, ...]
    here: Mapping[int, Idea | Comment]
    targets: Mapping[int, int | Idea | Comment]
    tags: Mapping[str, Tag]

    def of(self, number: int) -> list[Problem]:
        """Return the problems of one row."""
        return [problem for problem in self.problems if problem.row == number]


def text_of(row: Row, credit: Credit) -> str:
    """Return what is stored beside the statement: the row's text, and where it comes from."""
    return f"{row.text}\n\n{credit(row)}".strip()


def check(session: Session, consultation: Consultation, rows: Sequence[Row], credit: Credit) -> Findings:
    """Look at every row (three statements, and one for each tag that is named)."""
    threads = {
        thread.number: thread.locked_at is not None
        for thread in session.scalars(select(Thread).where(Thread.consultation_id == consultation.id))
    }
    here = _already_here(session, consultation, rows, credit)
    targets, problems = _targets(rows, here)
    tags = _tags(session, consultation, rows)
    for row in rows:
        if row.kind is not RowKind.OUT:
            problems += _problems_of(row, threads, here, tags, credit)
    return Findings(tuple(sorted(problems, key=lambda problem: problem.row)), here, targets, tags)


def _problems_of(
    row: Row, threads: Mapping[int, bool], here: Mapping[int, Idea | Comment], tags: Mapping[str, Tag],
    credit: Credit,
) -> list[Problem]:  # fmt: skip
    found = []
    try:
        if row.kind is RowKind.IDEA:
            Wording.of(statement=row.statement, elaboration=text_of(row, credit), language=row.language)
        else:
            Remark.of(body=text_of(row, credit), language=row.language)
    except Refused as refusal:
        found.append(Problem(row.number, refusal.sentence, refusal.values))
    if row.kind is RowKind.COMMENT and not row.text:
        found.append(Problem(row.number, marked("There is nothing to read in this comment.")))
    if row.kind is RowKind.IDEA and row.thread not in threads:
        found.append(Problem(row.number, marked("Choose the question that it answers.")))
    elif row.kind is RowKind.IDEA and threads[row.thread]:
        found.append(Problem(row.number, marked("That question is locked. It takes no ideas.")))
    if row.number in here:
        found.append(Problem(row.number, marked("The same words are here already. Leave this one out.")))
    return found + _tag_problems(row, tags)


def _tag_problems(row: Row, tags: Mapping[str, Tag]) -> list[Problem]:
    sentence = marked(
        "There is no tag “%(name)s” in the vocabulary. Add it first, or take it out of the file."
    )
    found = [Problem(row.number, sentence, {"name": name}) for name in row.tags if name not in tags]
    if len(row.tags) > MOST_TAGS:
        too_many = marked("An idea has at most %(most)s tags.")
        found.append(Problem(row.number, too_many, {"most": MOST_TAGS}))
    return found


def _already_here(
    session: Session, consultation: Consultation, rows: Sequence[Row], credit: Credit
) -> dict[int, Idea | Comment]:
    as_ideas = {row.number: row.turned(RowKind.IDEA) for row in rows}
    ideas = {
        idea.statement: idea
        for idea in session.scalars(
            select(Idea)
            .where(
                Idea.consultation_id == consultation.id,
                Idea.withdrawn_at.is_(None),
                Idea.statement.in_({row.statement for row in as_ideas.values()}),
            )
            .order_by(Idea.number.desc())
        )
    }
    bodies = {row.number: text_of(row.turned(RowKind.COMMENT), credit) for row in rows}
    comments = {
        comment.body: comment
        for comment in session.scalars(
            select(Comment).where(
                Comment.consultation_id == consultation.id,
                Comment.withdrawn_at.is_(None),
                Comment.body.in_(set(bodies.values())),
            )
        )
    }
    here: dict[int, Idea | Comment] = {}
    for row in rows:
        idea, comment = ideas.get(as_ideas[row.number].statement), comments.get(bodies[row.number])
        found = (comment or idea) if row.kind is not RowKind.IDEA else idea
        if row.kind is RowKind.COMMENT:
            found = comment
        if found is not None:
            here[row.number] = found
    return here


def _targets(
    rows: Sequence[Row], here: Mapping[int, Idea | Comment]
) -> tuple[dict[int, int | Idea | Comment], list[Problem]]:
    by_number = {row.number: row for row in rows}
    targets: dict[int, int | Idea | Comment] = {}
    problems: list[Problem] = []
    above: int | None = None
    for row in rows:
        if row.kind is RowKind.IDEA:
            above = row.number
        if row.kind is not RowKind.COMMENT:
            continue
        target = _target(row, by_number, here) if row.answers is not None else above
        if target is None:
            sentence = marked("What it answers is left out. Make it an idea, or leave it out too.")
            problems.append(Problem(row.number, sentence))
        else:
            targets[row.number] = target
    return targets, problems


def _target(
    row: Row, by_number: Mapping[int, Row], here: Mapping[int, Idea | Comment]
) -> int | Idea | Comment | None:
    number = row.answers
    while number is not None and number in by_number:
        above = by_number[number]
        if above.kind is not RowKind.OUT:
            return number
        if number in here:
            return here[number] if _can_be_answered(here[number]) else None
        number = above.answers
    return None


def _can_be_answered(found: Idea | Comment) -> bool:
    return found.is_visible and (isinstance(found, Idea) or found.idea.is_visible)


def _tags(session: Session, consultation: Consultation, rows: Sequence[Row]) -> dict[str, Tag]:
    names = {name for row in rows for name in row.tags}
    found = {name: find_tag_named(session, consultation.id, name) for name in sorted(names)}
    return {name: tag for name, tag in found.items() if tag is not None and tag.status is TagStatus.ACCEPTED}
