"""Ideas of a thread that say nearly the same as what somebody writes, found while they write.

Each process keeps what it knows of a thread, together with the thread's version, which the database is asked
for each time: an idea that was posted, reworded, hidden or restored anywhere is found, or not, at once.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, Subquery, bindparam, func, select
from sqlalchemy.orm import Session

from deliberation.ideas.letters import Index
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import IdeaCard, cards_of, is_visible

SIMILAR_FROM: Final = 0.35
"""How alike a statement has to be in order to be shown: chosen by `benchmarks.duplicates`."""
MOST_SHOWN: Final = 3
FEWEST_LETTERS: Final = 12
"""A statement that has only begun is like many."""
MOST_THREADS: Final = 16
GROWTH: Final = 1.2
"""How much a thread grows before its pieces are weighed anew."""

_HERE: Final = (Idea.thread_id == bindparam("thread", type_=Integer), is_visible())
# Hiding one idea and restoring another changes the sum of the keys; rewording changes the latest time.
_VERSION: Final = select(
    func.count(Idea.id), func.sum(Idea.id), func.max(Idea.created_at), func.max(Idea.edited_at)
).where(*_HERE)
_WORDINGS: Final = select(Idea.id, Idea.created_at, Idea.edited_at).where(*_HERE)
_TEXTS: Final = select(Idea.id, Idea.statement).where(*_HERE, Idea.id.in_(bindparam("ideas", expanding=True)))

Wordings = dict[int, tuple[datetime, datetime | None]]
"""The keys of ideas, with when they were posted and last reworded."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a process knows of a thread."""

    version: tuple[Any, ...]
    wordings: Wordings
    index: Index
    weighed: int
    """How many statements there were when their pieces were weighed."""


@dataclass(slots=True)
class Similarities:
    """The threads last asked about in this process, shared by its threads of execution."""

    _known: "OrderedDict[int, _Known]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, session: Session, thread_id: int, statement: str) -> list[int]:
        """Return the keys of the visible ideas that say nearly the same, at most `MOST_SHOWN`, nearest first.

        One statement where nothing has changed since, else three.
        """
        if len(statement.strip()) < FEWEST_LETTERS:
            return []
        index = self._current(session, thread_id).index
        return [key for key, _ in index.nearest(statement, at_least=SIMILAR_FROM, most=MOST_SHOWN)]

    def _current(self, session: Session, thread_id: int) -> _Known:
        here = {"thread": thread_id}
        version = tuple(session.connection().execute(_VERSION, here).one())
        with self._lock:
            known = self._known.get(thread_id)
        if known is None or known.version != version:
            known = _refreshed(session, here, known, version)
        with self._lock:
            self._known[thread_id] = known
            self._known.move_to_end(thread_id)
            while len(self._known) > MOST_THREADS:
                self._known.popitem(last=False)
        return known


def _refreshed(
    session: Session, here: dict[str, int], known: _Known | None, version: tuple[Any, ...]
) -> _Known:
    connection = session.connection()
    wordings: Wordings = {
        key: (posted, edited) for key, posted, edited in connection.execute(_WORDINGS, here)
    }
    if known is None or len(wordings) > GROWTH * known.weighed:
        index, weighed, fresh = None, len(wordings), list(wordings)
    else:
        index, weighed = known.index, known.weighed
        fresh = [key for key, times in wordings.items() if known.wordings.get(key) != times]
    texts = connection.execute(_TEXTS, {**here, "ideas": fresh}).all() if fresh else []
    keys, statements = [row.id for row in texts], [row.statement for row in texts]
    if index is None or known is None:
        return _Known(version, wordings, Index.of(keys, statements), weighed)
    gone = (known.wordings.keys() - wordings.keys()) | set(keys)
    return _Known(version, wordings, index.changed(gone=gone, keys=keys, statements=statements), weighed)


SIMILARITIES: Final = Similarities()


def find_similar(
    session: Session, thread_id: int, statement: str, *, reader_id: int | None, my_votes: Subquery
) -> list[IdeaCard]:
    """Return the visible ideas of the thread that say nearly the same, nearest first: at most `MOST_SHOWN`.

    Nothing is similar to what the reader has posted already in the very same words: posting that again
    leads to what is there.
    """
    cards = cards_of(
        session,
        SIMILARITIES.find(session, thread_id, statement),
        reader_id=reader_id,
        my_votes=my_votes,
    )
    if any(card.author_id == reader_id and card.statement == statement for card in cards):
        return []
    return cards
