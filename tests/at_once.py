"""Several acts at the same moment, on connections of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine
from sqlalchemy.orm import Session

Act = Callable[[Session], object]


def at_once(engine: Engine, *acts: Act) -> list[Exception | None]:
    """Let all act at the same moment, each in a transaction that it commits; return what stopped each."""
    start = Barrier(len(acts))

    def do(act: Act) -> Exception | None:
        with Session(engine) as session:
            start.wait()
            try:
                act(session)
                session.commit()
            except Exception as error:
                return error
        return None

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(do, acts))


def done_by(act: Callable[[Session, int], object], who: int) -> Act:
    """Return the act as this person does it."""
    return lambda session: act(session, who)
