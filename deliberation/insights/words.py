"""Reads: the ideas that a landscape may name, in their own words."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Thread
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible


class IdeaWords(NamedTuple):
    """An idea as lists name it."""

    number: int
    statement: str
    language: str
    thread: int
    """The number of its thread."""


def readable_ideas(session: Session, consultation_id: int) -> Mapping[int, IdeaWords]:
    """Return every visible idea of the consultation by its number (one statement).

    A landscape may still count an idea that has been hidden or merged since; it is not among these.
    """
    rows = session.execute(
        select(Idea.number, Idea.statement, Idea.language, Thread.number)
        .join(Thread, Thread.id == Idea.thread_id)
        .where(Idea.consultation_id == consultation_id, is_visible())
        .order_by(Idea.number)
    )
    return {row[0]: IdeaWords._make(row) for row in rows}
