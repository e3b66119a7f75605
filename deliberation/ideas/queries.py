"""Reads: a thread's ideas in an order, one idea, its wordings. Each a fixed number of statements.

What the rooms above know of an idea (the reader's votes, its tags) comes in as parts of a statement.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Self

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    select,
    table,
)
from sqlalchemy.orm import Session, joinedload

from deliberation.analysis.intervals import agreement, division
from deliberation.base.errors import NotFound
from deliberation.base.paging import Page, offset_of
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea, IdeaRevision

PAGE_SIZE: Final = 25
MOST_NUMBER: Final = 2**31 - 1

# Primes, so that ties fall differently for each person and always alike for one.
_SPREAD_IDEAS: Final = 7_919
_SPREAD_PEOPLE: Final = 104_729
_CIRCLE: Final = 1_000_003
# This room is below the votes' and the comments' and imports neither; for one question a name is enough.
_VOTES: Final = table("votes", column("idea_id"), column("participant_id"))
_COMMENTS: Final = table("comments", column("idea_id"), column("hidden_at"), column("withdrawn_at"))


class Order(StrEnum):
    """In which order a thread shows its ideas."""

    FOR_YOU = "for_you"
    """What the reader has not voted on, and of that what fewest have voted on."""
    NEWEST = "newest"
    AGREED = "agreed"
    """By the lower end of the interval of agrees: see `analysis.intervals.agreement`."""
    DIVIDED = "divided"
    """By the lower end of the interval of the smaller side: see `analysis.intervals.division`."""
    LEAST_SEEN = "least_seen"


_RANKED: Final = frozenset({Order.AGREED, Order.DIVIDED})


@dataclass(frozen=True, slots=True)
class IdeaCard:
    """An idea as a list shows it."""

    id: int
    number: int
    statement: str
    language: str
    author_id: int
    author_number: int
    is_seed: bool
    created_at: datetime
    edited_at: datetime | None
    has_elaboration: bool
    agrees: int
    disagrees: int
    passes: int
    my_choice: int | None
    comments: int
    """How many everybody can read."""

    @classmethod
    def of(cls, idea: Idea, my_choice: int | None) -> Self:
        """Return an idea as a list would show it, its comments uncounted."""
        return cls(
            idea.id, idea.number, idea.statement, idea.language, idea.author_id, idea.author.number,
            idea.is_seed, idea.created_at, idea.edited_at, bool(idea.elaboration), idea.agrees,
            idea.disagrees, idea.passes, my_choice, comments=0,
        )  # fmt: skip

    @property
    def votes(self) -> int:
        """How many have voted, passes included."""
        return self.agrees + self.disagrees + self.passes


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """What is visible in a thread: ideas, the votes on them, and how many ideas are in which language."""

    ideas: int
    votes: int
    languages: dict[str, int]


@dataclass(frozen=True, slots=True)
class ThreadPlace:
    """A thread among the others of its consultation."""

    thread: Thread
    previous: Thread | None
    next: Thread | None
    total: int


def find_thread_place(session: Session, consultation: Consultation, number: int) -> ThreadPlace:
    """Return the thread with its neighbours and all their texts (one statement). Raises NotFound."""
    asked = {"consultation": consultation.id, "first": number - 1, "last": number + 1}
    rows = session.execute(_NEIGHBOURS, asked).unique().all()
    threads = {thread.number: thread for thread, _ in rows}
    if number not in threads:
        raise NotFound
    return ThreadPlace(threads[number], threads.get(number - 1), threads.get(number + 1), rows[0][1])


def thread_facts(session: Session, thread_id: int) -> ThreadFacts:
    """Return what can be counted of a thread's visible ideas (one statement)."""
    rows = session.connection().execute(_FACTS, {"place": thread_id}).all()
    by_size = sorted(rows, key=lambda row: (-row[1], row[0]))
    return ThreadFacts(
        sum(row[1] for row in rows), int(sum(row[2] for row in rows)), {row[0]: row[1] for row in by_size}
    )


def page_of_ideas(
    session: Session,
    place_id: int,
    *,
    order: Order,
    within: ColumnElement[bool] | None = None,
    reader_id: int | None,
    my_votes: Subquery,
    conditions: Collection[ColumnElement[bool]] = (),
    number: int = 1,
    total: int | None = None,
) -> Page[IdeaCard]:
    """Return one page of the visible ideas that meet the conditions (at most two statements).

    `place_id` is the key of a thread, or of a consultation where they are asked for `within=IN_CONSULTATION`.
    `my_votes` has the columns `idea_id` and `choice` of the participant `reader`, which is `reader_id`.
    `total` says how many there are, where that is known. Raises NotFound for a page after the last.
    """
    connection, start = session.connection(), offset_of(number, PAGE_SIZE)
    asked = {"place": place_id, "reader": reader_id or 0, "limit": PAGE_SIZE, "start": start}
    within = IN_THREAD if within is None else within
    if order in _RANKED:
        ranked = _ranked(connection.execute(_counts(within).where(*conditions), asked).all(), order)
        total, wanted = len(ranked), ranked[start : start + PAGE_SIZE]
        chosen = connection.execute(_chosen(my_votes), {**asked, "ideas": wanted})
        found = {row.id: row for row in chosen}
        rows: Sequence[Any] = [found[idea] for idea in wanted if idea in found]
    else:
        if total is None:
            total = connection.scalar(select(func.count(Idea.id)).where(within, *conditions), asked) or 0
        listing = _listing(order, my_votes, reader_id is not None, within)
        rows = connection.execute(listing.where(*conditions) if conditions else listing, asked).all()
    page = Page([IdeaCard(*row) for row in rows], number, PAGE_SIZE, total)
    if number > page.pages:
        raise NotFound
    return page


def cards_of(
    session: Session, ids: Sequence[int], *, reader_id: int | None, my_votes: Subquery
) -> list[IdeaCard]:
    """Return the ideas with these keys, in this order (one statement). For `my_votes` see `page_of_ideas`."""
    if not ids:
        return []
    asked = {"ideas": ids, "reader": reader_id or 0}
    found = {row.id: IdeaCard(*row) for row in session.connection().execute(_chosen(my_votes), asked)}
    return [found[key] for key in ids if key in found]


def find_idea(session: Session, consultation: Consultation, number: int) -> Idea | None:
    """Return the idea with its author, its thread and the thread's texts (one statement), or None."""
    if number > MOST_NUMBER:
        return None
    return session.scalars(
        select(Idea)
        .where(Idea.consultation_id == consultation.id, Idea.number == number)
        .options(joinedload(Idea.author), joinedload(Idea.thread).joinedload(Thread.texts))
    ).unique().one_or_none()  # fmt: skip


def revisions_of(session: Session, idea: Idea) -> Sequence[IdeaRevision]:
    """Return every wording of the idea, the first first (one statement)."""
    return session.scalars(
        select(IdeaRevision).where(IdeaRevision.idea_id == idea.id).order_by(IdeaRevision.number)
    ).all()


def others_have_voted(session: Session, idea: Idea) -> bool:
    """Say whether anybody but the author has voted on the idea."""
    found = select(_VOTES.c.idea_id).where(
        _VOTES.c.idea_id == idea.id, _VOTES.c.participant_id != idea.author_id
    )
    return session.execute(found.limit(1)).first() is not None


def is_visible() -> ColumnElement[bool]:
    """Return the condition under which an idea stands in lists and can be voted on."""
    return and_(Idea.hidden_at.is_(None), Idea.withdrawn_at.is_(None), Idea.merged_into_id.is_(None))


# Statements are built once where they can be: building one takes longer than the database takes to answer.
_HERE: Final = Thread.consultation_id == bindparam("consultation", type_=Integer)
_NEIGHBOURS: Final = (
    select(Thread, select(func.count()).where(_HERE).scalar_subquery())
    .where(_HERE, Thread.number.between(bindparam("first", type_=Integer), bindparam("last", type_=Integer)))
    .options(joinedload(Thread.texts))
)
_PLACE: Final = bindparam("place", type_=Integer)
IN_THREAD: Final = and_(Idea.thread_id == _PLACE, is_visible())
IN_CONSULTATION: Final = and_(Idea.consultation_id == _PLACE, is_visible())
"""Of which ideas `page_of_ideas` returns a page."""
_VOTE_COUNT: Final = Idea.agrees + Idea.disagrees + Idea.passes
_FACTS: Final = (
    select(Idea.language, func.count(), func.sum(_VOTE_COUNT)).where(IN_THREAD).group_by(Idea.language)
)


@lru_cache(maxsize=2)
def _counts(within: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(Idea.id, Idea.agrees, Idea.disagrees, Idea.passes).where(within).order_by(Idea.id)


@lru_cache(maxsize=32)
def _listing(
    order: Order, my_votes: Subquery, has_reader: bool, within: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    return (
        _cards(my_votes)
        .where(within)
        .order_by(*_ordering(order, my_votes, has_reader))
        .limit(bindparam("limit", type_=Integer))
        .offset(bindparam("start", type_=Integer))
    )


@lru_cache(maxsize=4)
def _chosen(my_votes: Subquery) -> Select[*tuple[Any, ...]]:
    return _cards(my_votes).where(Idea.id.in_(bindparam("ideas", expanding=True)))


def _cards(my_votes: Subquery) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Idea.id, Idea.number, Idea.statement, Idea.language, Idea.author_id, Participant.number,
            Idea.is_seed, Idea.created_at, Idea.edited_at, Idea.elaboration != "",
            Idea.agrees, Idea.disagrees, Idea.passes, my_votes.c.choice, _comments_on_idea(),
        )
        .join(Participant, Participant.id == Idea.author_id)
        .outerjoin(my_votes, my_votes.c.idea_id == Idea.id)
    )  # fmt: skip


def _comments_on_idea() -> ScalarSelect[int]:
    readable = _COMMENTS.c.hidden_at.is_(None) & _COMMENTS.c.withdrawn_at.is_(None)
    counted = select(func.count()).select_from(_COMMENTS).where(_COMMENTS.c.idea_id == Idea.id, readable)
    return counted.correlate(Idea).scalar_subquery()


def _ordering(order: Order, my_votes: Subquery, has_reader: bool) -> list[ColumnElement[Any]]:
    if order is Order.NEWEST:
        return [Idea.created_at.desc(), Idea.id.desc()]
    if order is Order.LEAST_SEEN:
        return [_VOTE_COUNT, Idea.created_at.desc(), Idea.id.desc()]
    reader = bindparam("reader", type_=BigInteger)
    shuffle = (cast(Idea.id, BigInteger) * _SPREAD_IDEAS + reader * _SPREAD_PEOPLE) % _CIRCLE
    waiting = [case((my_votes.c.choice.is_(None), 0), else_=1)] if has_reader else []
    return [*waiting, _VOTE_COUNT, shuffle, Idea.id.asc()]


def _ranked(rows: Sequence[Any], order: Order) -> list[int]:
    score = _agreement if order is Order.AGREED else _division
    # What has no rank follows by how far the agrees outweigh the disagrees.
    return [row[0] for row in sorted(rows, key=lambda row: (-score(row[1], row[2], row[3]), row[2] - row[1]))]


@lru_cache(maxsize=16_384)
def _agreement(agrees: int, disagrees: int, passes: int) -> float:
    return agreement(agrees=agrees, disagrees=disagrees, passes=passes)


@lru_cache(maxsize=16_384)
def _division(agrees: int, disagrees: int, passes: int) -> float:
    return division(agrees=agrees, disagrees=disagrees, passes=passes)
