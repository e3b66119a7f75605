"""Ideas that were merged into others: what is together, and where an old one leads.

Merged ideas are a forest: each leads to the next by `merged_into_id`, and the last one, which leads nowhere,
carries the votes of all. It is called the root here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Integer, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea


@dataclass(frozen=True, slots=True)
class MergedIdea:
    """An idea that was merged into another, straight or by way of a third."""

    id: int
    number: int
    statement: str
    elaboration_html: str
    language: str
    author_id: int
    author_number: int
    is_seed: bool
    merged_at: datetime
    into: int
    """The number of the idea that it was merged into."""


def family_of(idea_id: int) -> Select[tuple[int]]:
    """Return a statement for the keys of the idea and of all that is merged into it."""
    return select(_downwards(idea_id).c.id)


def find_root(session: Session, idea_id: int) -> int:
    """Return the key of the idea that carries the votes of this one: its own unless it is merged."""
    upwards = select(Idea.id, Idea.merged_into_id).where(Idea.id == idea_id).cte("upwards", recursive=True)
    upwards = upwards.union_all(
        select(Idea.id, Idea.merged_into_id).join(upwards, Idea.id == upwards.c.merged_into_id)
    )
    return session.scalars(select(upwards.c.id).where(upwards.c.merged_into_id.is_(None))).one()


def merged_in(session: Session, idea_id: int) -> Sequence[MergedIdea]:
    """Return the ideas merged into this one that everybody can read, by number (one statement)."""
    together, into = _downwards(idea_id), aliased(Idea)
    rows: Sequence[Any] = session.execute(
        select(
            Idea.id, Idea.number, Idea.statement, Idea.elaboration_html, Idea.language, Idea.author_id,
            Participant.number, Idea.is_seed, Idea.merged_at, into.number,
        )
        .join(together, together.c.id == Idea.id)
        .join(into, into.id == Idea.merged_into_id)
        .join(Participant, Participant.id == Idea.author_id)
        .where(Idea.id != idea_id, Idea.hidden_at.is_(None), Idea.withdrawn_at.is_(None))
        .order_by(Idea.number)
    ).all()  # fmt: skip
    return [MergedIdea(*row) for row in rows]


def carries_others(session: Session, idea: Idea) -> bool:
    """Say whether another idea is merged into this one."""
    return session.execute(select(Idea.id).where(Idea.merged_into_id == idea.id).limit(1)).first() is not None


def count_merged_in() -> ScalarSelect[int]:
    """Return how many ideas are merged straight into the idea of the query around it."""
    merged = aliased(Idea)
    return (
        select(func.count())
        .select_from(merged)
        .where(merged.merged_into_id == Idea.id)
        .correlate(Idea)
        .scalar_subquery()
    )


def _downwards(idea_id: int) -> CTE:
    start = select(bindparam(None, idea_id, type_=Integer).label("id")).cte("family", recursive=True)
    return start.union_all(select(Idea.id).join(start, Idea.merged_into_id == start.c.id))
