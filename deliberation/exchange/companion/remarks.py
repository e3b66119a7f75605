"""What people say about ideas: writing it, and reading it back."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import aliased

from deliberation.comments.models import COMMENT_LENGTH, Comment, CommentRevision
from deliberation.consultations.people import Participant
from deliberation.exchange.companion import names
from deliberation.exchange.companion.rows import number_or_nothing, write_rows, written
from deliberation.exchange.companion.tables import language_of, moment_or_none, number_or_none, open_own
from deliberation.exchange.dossier import RemarkRecord, RemarkWording
from deliberation.exchange.errors import FaultList
from deliberation.exchange.ground import Ground
from deliberation.exchange.polis.cells import BadCell, exact_moment, whole_number
from deliberation.exchange.polis.files import Row, records
from deliberation.exchange.text import cell, unshielded
from deliberation.ideas.models import Idea


def write_remarks(directory: Path, ground: Ground) -> None:
    """Write both files: the remarks, and every wording they have had."""
    _write_remarks(directory / names.REMARKS, ground)
    wordings = ground.session.execute(
        select(
            Comment.number,
            CommentRevision.number,
            CommentRevision.language,
            CommentRevision.created_at,
            CommentRevision.body,
        )
        .join(CommentRevision.comment)
        .where(Comment.consultation_id == ground.consultation.id)
        .order_by(Comment.number, CommentRevision.number)
    )
    rows = (
        (str(remark), str(number), language, written(created), cell(body))
        for remark, number, language, created, body in wordings
    )
    write_rows(directory / names.REMARK_WORDINGS, names.REMARK_WORDINGS_HEADER, rows)


def _write_remarks(path: Path, ground: Ground) -> None:
    origin, parent = aliased(Idea), aliased(Comment)
    found = ground.session.execute(
        select(Comment, Idea.number, origin.number, parent.number, Participant.number)
        .join(Idea, Idea.id == Comment.idea_id)
        .join(Participant, Participant.id == Comment.author_id)
        .outerjoin(origin, origin.id == Comment.origin_id)
        .outerjoin(parent, parent.id == Comment.parent_id)
        .where(Comment.consultation_id == ground.consultation.id)
        .order_by(Comment.number)
    )
    rows = (
        (
            str(remark.number),
            str(idea),
            number_or_nothing(began),
            number_or_nothing(answers),
            str(author),
            remark.language,
            written(remark.created_at),
            written(remark.edited_at),
            written(remark.withdrawn_at),
            written(remark.hidden_at),
        )
        for remark, idea, began, answers, author in found
    )
    write_rows(path, names.REMARKS_HEADER, rows)


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """A row of remarks.csv, with the wordings that remark-wordings.csv has for it."""

    line: int
    remark: RemarkRecord


def read_remarks(directory: Path, faults: FaultList) -> list[RemarkLine]:
    """Return the remarks in the order of their numbers, with their wordings."""
    wordings = _read_wordings(directory, faults)
    table = open_own(directory, names.REMARKS, names.REMARKS_HEADER, faults)
    seen: set[int] = set()

    def remark(row: Row) -> RemarkLine:
        number, idea, origin, answers, author, language, *moments = row.cells
        key = whole_number(number, "remark")
        if key in seen:
            raise BadCell(f"remark {key} is there twice")
        seen.add(key)
        if key not in wordings:
            raise BadCell(f"remark {key} has no wording in {names.REMARK_WORDINGS}")
        created, edited, withdrawn, hidden = moments
        record = RemarkRecord(
            number=key,
            idea=whole_number(idea, "comment-id"),
            origin=number_or_none(origin, "origin"),
            answers=number_or_none(answers, "answers"),
            author=whole_number(author, "author"),
            language=language_of(language),
            wordings=tuple(wordings[key]),
            created_at=exact_moment(created, "created"),
            edited_at=moment_or_none(edited, "edited"),
            withdrawn_at=moment_or_none(withdrawn, "withdrawn"),
            hidden_at=moment_or_none(hidden, "hidden"),
        )
        return RemarkLine(row.line, record)

    return sorted(records(table, remark, faults), key=lambda line: line.remark.number)


def note_stranger_remarks(
    lines: list[RemarkLine], ideas: set[int], people: set[int], faults: FaultList
) -> None:
    """Note a fault for each remark on, or by, or in answer to what is not there."""
    numbers: set[int] = set()
    checks: tuple[tuple[str, set[int], Callable[[RemarkRecord], int | None]], ...] = (
        ("comment", ideas, lambda remark: remark.idea),
        ("comment", ideas, lambda remark: remark.origin),
        ("earlier remark", numbers, lambda remark: remark.answers),
        ("participant", people, lambda remark: remark.author),
    )
    for line in lines:
        for what, known, named in checks:
            number = named(line.remark)
            if number is not None and number not in known:
                faults.add(names.REMARKS, line.line, f"there is no {what} {number}")
        numbers.add(line.remark.number)


def _read_wordings(directory: Path, faults: FaultList) -> dict[int, list[RemarkWording]]:
    table = open_own(directory, names.REMARK_WORDINGS, names.REMARK_WORDINGS_HEADER, faults)
    counted: Counter[int] = Counter()

    def wording(row: Row) -> tuple[int, RemarkWording]:
        remark, number, language, created, body = row.cells
        key = whole_number(remark, "remark")
        counted[key] += 1
        if whole_number(number, "wording") != counted[key]:
            raise BadCell(f"remark {key} has wording {number} where {counted[key]} should be")
        body = unshielded(body)
        if len(body) > COMMENT_LENGTH:
            raise BadCell(f"column body has more than {COMMENT_LENGTH} characters")
        return key, RemarkWording(language_of(language), body, exact_moment(created, "created"))

    found: dict[int, list[RemarkWording]] = {}
    for key, words in records(table, wording, faults):
        found.setdefault(key, []).append(words)
    return found
