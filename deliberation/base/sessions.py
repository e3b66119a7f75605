"""Sessions for work outside a request: reading one moment of the database, and writing in short."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from deliberation.base.database import is_sqlite, writing

ONE_MOMENT: Final[dict[str, Any]] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens sessions on a database, or, in a test, inside one transaction of it.

    Long work reads, lets go, computes with nothing held, and writes: so nobody waits for it.
    """

    bind: Engine | Connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose statements all see the database as it was at the first of them. Writes nothing."""
        token = writing.set(False)
        try:
            with self._open() as session:
                if isinstance(self.bind, Engine) and not is_sqlite(self.bind):
                    session.connection(execution_options=ONE_MOMENT)
                yield session
        finally:
            writing.reset(token)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed in the end, and rolled back where something goes wrong."""
        token = writing.set(True)
        try:
            with self._open() as session, session.begin():
                yield session
        finally:
            writing.reset(token)

    def _open(self) -> Session:
        return Session(self.bind, join_transaction_mode="create_savepoint")
