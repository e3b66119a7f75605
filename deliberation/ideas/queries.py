"""Reads: lists of ideas, one idea, its wordings. Each a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from deliberation.analysis.intervals import agreement, division
from deliberation.base.errors import NotFound
from deliberation.base.paging import Page, offset_of
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.ideas.search import matching

PAGE_SIZE: Final = 25
LARGEST_NUMBER: Final = 2**31 - 1
# For a shuffle that is different for each reader and always alike for one: idea · factor modulo a prime.
_CIRCLE: Final = 1_000_003
_STEP: Final = 7_919
_START: Final = 104_729


class Sort(StrEnum):
    """In which order a list of ideas is read."""

    FOR_YOU = "for-you"
    NEWEST = "newest"
    AGREED = "agreed"
    DIVIDED = "divided"
    LEAST_SEEN = "least-seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader asked to see of a thread's ideas."""

    sort: Sort = Sort.FOR_YOU
    among: Sequence[ColumnElement[bool]] = ()
    """Conditions of other rooms, such as a tag or the reader's votes."""
    first: ColumnElement[Any] | None = None
    """What comes first for this reader when the list is sorted for them."""
    language: str | None = None
    query: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class IdeaRow:
    """An idea as a list shows it."""

    id: int
    number: int
    statement: str
    language: str
    author_number: int
    author_account_id: int | None
    is_seed: bool
    has_elaboration: bool
    created_at: datetime
    edited_at: datetime | None
    agrees: int
    disagrees: int
    passes: int


def idea_page(session: Session, thread_id: int, wanted: Wanted, *, reader: int | None) -> Page[IdeaRow]:
    """Return one page of the thread's visible ideas (two statements). `reader` is a participant's key."""
    conditions = [Idea.thread_id == thread_id, *_visible(), *wanted.among]
    if wanted.language:
        conditions.append(Idea.language == wanted.language)
    if wanted.query:
        conditions.append(matching(session, wanted.query))
    if wanted.sort in {Sort.AGREED, Sort.DIVIDED}:
        return _ranked_page(session, conditions, wanted)
    total = session.scalar(select(func.count()).select_from(Idea).where(*conditions)) or 0
    page = _within(wanted.page, total)
    ordered = _rows().where(*conditions).order_by(*_order(wanted, reader))
    rows = session.execute(ordered.limit(PAGE_SIZE).offset(offset_of(page, PAGE_SIZE)))
    return Page([IdeaRow(*row) for row in rows], page, PAGE_SIZE, total)


def get_idea(session: Session, consultation_id: int, number: int) -> Idea:
    """Return the idea, hidden or withdrawn too, with author and thread (one statement). Raises NotFound."""
    if number > LARGEST_NUMBER:
        raise NotFound
    idea = session.scalars(
        select(Idea)
        .where(Idea.consultation_id == consultation_id, Idea.number == number)
        .join(Idea.thread)
        .options(contains_eager(Idea.thread), joinedload(Idea.author))
    ).one_or_none()
    if idea is None:
        raise NotFound
    return idea


def wordings_of(session: Session, idea: Idea) -> Sequence[IdeaRevision]:
    """Return every wording of the idea, newest first (one statement)."""
    return session.scalars(
        select(IdeaRevision).where(IdeaRevision.idea_id == idea.id).order_by(IdeaRevision.number.desc())
    ).all()


def languages_in(session: Session, thread_id: int) -> list[str]:
    """Return the languages that the thread's visible ideas are written in (one statement)."""
    found = (
        select(Idea.language)
        .where(Idea.thread_id == thread_id, *_visible())
        .distinct()
        .order_by(Idea.language)
    )
    return list(session.scalars(found))


def _ranked_page(session: Session, conditions: list[ColumnElement[bool]], wanted: Wanted) -> Page[IdeaRow]:
    # Ranking needs a square root, which not every SQLite has; the counts of a thread are soon read.
    rank = agreement if wanted.sort is Sort.AGREED else division
    counts = session.execute(
        select(Idea.id, Idea.agrees, Idea.disagrees, Idea.passes).where(*conditions)
    ).all()
    ordered = sorted(
        counts,
        key=lambda row: (
            -rank(agrees=row.agrees, disagrees=row.disagrees, passes=row.passes),
            -(row.agrees + row.disagrees + row.passes),
            row.id,
        ),
    )
    page = _within(wanted.page, len(ordered))
    start = offset_of(page, PAGE_SIZE)
    ids = [row.id for row in ordered[start : start + PAGE_SIZE]]
    rows = {row[0]: IdeaRow(*row) for row in session.execute(_rows().where(Idea.id.in_(ids)))}
    return Page([rows[idea_id] for idea_id in ids], page, PAGE_SIZE, len(ordered))


def _rows() -> Select[*tuple[Any, ...]]:
    return select(
        Idea.id, Idea.number, Idea.statement, Idea.language, Participant.number, Participant.account_id,
        Idea.is_seed, Idea.elaboration != "", Idea.created_at, Idea.edited_at,
        Idea.agrees, Idea.disagrees, Idea.passes,
    ).join(Participant, Participant.id == Idea.author_id)  # fmt: skip


def _order(wanted: Wanted, reader: int | None) -> list[ColumnElement[Any]]:
    votes = Idea.agrees + Idea.disagrees + Idea.passes
    if wanted.sort is Sort.NEWEST:
        return [Idea.created_at.desc(), Idea.id.desc()]
    if wanted.sort is Sort.LEAST_SEEN:
        return [votes, Idea.created_at.desc(), Idea.id.desc()]
    factor = ((reader or 0) * _STEP + _START) % _CIRCLE or 1
    first = [] if wanted.first is None else [wanted.first]
    return [*first, votes, cast(Idea.id, BigInteger) * factor % _CIRCLE, Idea.id.asc()]


def _visible() -> list[ColumnElement[bool]]:
    return [Idea.hidden_at.is_(None), Idea.withdrawn_at.is_(None)]


def _within(page: int, total: int) -> int:
    return min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
