"""Counts what is said to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event

_SILENT = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect every statement sent to any database while the block runs; savepoints of the harness apart."""
    heard: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(_SILENT):
            heard.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def writes(heard: list[str]) -> list[str]:
    """Return those that change something."""
    return [
        statement
        for statement in heard
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]
