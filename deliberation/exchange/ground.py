"""What every writer of an export looks things up in, read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

import numpy as np
from sqlalchemy import Executable, select
from sqlalchemy.orm import Session, aliased

from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.people import Participant
from deliberation.exchange.numbers import Numbers
from deliberation.ideas.models import Idea


class IdeaRow(NamedTuple):
    """An idea, with its author and thread by number."""

    id: int
    number: int
    author: int
    thread: int
    language: str
    statement: str
    agrees: int
    disagrees: int
    passes: int
    created_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    hidden_at: datetime | None
    accepted_at: datetime | None
    merged_at: datetime | None
    merged_into: int | None
    """The number of the idea that carries its votes."""
    is_seed: bool
    is_meta: bool
    waits_since: datetime | None

    @property
    def votes(self) -> int:
        """How many have voted, passes included."""
        return self.agrees + self.disagrees + self.passes

    @property
    def is_out(self) -> bool:
        """Whether it is out of every list: hidden, withdrawn by its author, or merged into another one."""
        return any((self.hidden_at, self.withdrawn_at, self.merged_at))


class PersonRow(NamedTuple):
    """A participant."""

    id: int
    number: int
    joined_at: datetime
    is_guest: bool
    merged_into: int | None
    """The number of the participant who they turned out to be."""


class Keys:
    """Where the row with each key stands."""

    def __init__(self, keys: Sequence[int]) -> None:
        """`keys` are in the order of the rows."""
        own = np.array(keys, np.int64)
        self._order = np.argsort(own)
        self._sorted = own[self._order]

    def places(self, keys: Numbers) -> Numbers:
        """Return the place of each key, -1 for one that is not here."""
        if not len(self._sorted):
            return np.full(len(keys), -1)
        found = np.searchsorted(self._sorted, keys).clip(max=len(self._sorted) - 1)
        return np.where(self._sorted[found] == keys, self._order[found], -1)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The ideas and people of a consultation, each in the order of their numbers."""

    session: Session
    consultation: Consultation
    ideas: tuple[IdeaRow, ...]
    people: tuple[PersonRow, ...]
    idea_keys: Keys
    person_keys: Keys

    @classmethod
    def of(cls, session: Session, consultation: Consultation) -> Self:
        """Read the ground of this consultation (two statements)."""
        ideas = tuple(IdeaRow(*row) for row in session.execute(_ideas_of(consultation)))
        people = tuple(PersonRow(*row) for row in session.execute(_people_of(consultation)))
        keys = (Keys([row.id for row in rows]) for rows in (ideas, people))
        return cls(session, consultation, ideas, people, *keys)


def _ideas_of(consultation: Consultation) -> Executable:
    whole = aliased(Idea)
    same_name = (
        Idea.language, Idea.statement, Idea.agrees, Idea.disagrees, Idea.passes, Idea.created_at,
        Idea.edited_at, Idea.withdrawn_at, Idea.hidden_at, Idea.accepted_at, Idea.merged_at,
        whole.number, Idea.is_seed, Idea.is_meta, Idea.waits_since,
    )  # fmt: skip
    return (
        select(Idea.id, Idea.number, Participant.number, Thread.number, *same_name)
        .join(Participant, Participant.id == Idea.author_id)
        .join(Thread, Thread.id == Idea.thread_id)
        .outerjoin(whole, whole.id == Idea.merged_into_id)
        .where(Idea.consultation_id == consultation.id)
        .order_by(Idea.number)
    )


def _people_of(consultation: Consultation) -> Executable:
    whole = aliased(Participant)
    return (
        select(Participant.id, Participant.number, Participant.joined_at, Participant.is_guest, whole.number)
        .outerjoin(whole, whole.id == Participant.merged_into_id)
        .where(Participant.consultation_id == consultation.id)
        .order_by(Participant.number)
    )
