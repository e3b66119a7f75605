"""The few places where SQLite and PostgreSQL differ, for every engine the product opens."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event, make_url, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

LOCK_WAIT_SECONDS = 10
CONNECT_SECONDS = 5
SEARCH_INDEX = "idea_search"
WAL_INDEX_HEAD = 48
CHECKPOINT_PAGES = 4_000
"""How much SQLite's log may grow before it is worked into the file: 16 MB. The busiest pages of the file are
then written once for hundreds of votes."""
Version = str | bytes
SQLITE: Dialect = sqlite.dialect(paramstyle="named")
PSYCOPG: Dialect = psycopg.dialect()  # type: ignore[no-untyped-call]
"""How the drivers of both databases want a statement written: for `tell_driver`."""

writing: ContextVar[bool] = ContextVar("writing", default=True)
"""Whether the work at hand may write. Writers on SQLite take the lock when they begin, because a
transaction that reads first and writes later is refused when another writer came in between."""


def is_sqlite(bind: Session | Connection | Engine) -> bool:
    """Say whether the database behind `bind` is SQLite."""
    target = bind.get_bind() if isinstance(bind, Session) else bind
    return target.dialect.name == "sqlite"


def engine_options(url: str, *, connections: int) -> dict[str, Any]:
    """Return the options with which an engine for `url` is to be created; a SQLite file gets its folder."""
    options: dict[str, Any] = {
        "pool_size": connections,
        "max_overflow": connections,
        "pool_timeout": LOCK_WAIT_SECONDS,
    }
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        options["connect_args"] = {"timeout": LOCK_WAIT_SECONDS, "check_same_thread": False}
    else:
        options["connect_args"] = {"connect_timeout": CONNECT_SECONDS}
    return options


def newest_migration(root: Path) -> str:
    """Return the schema version that this version of the product wants: the number of the last migration."""
    return max(path.name.split("_")[0] for path in (root / "migrations" / "versions").glob("[0-9]*_*.py"))


def prepare_engine(engine: Engine) -> None:
    """Make every connection of `engine` keep the product's promises. PostgreSQL keeps them as it is.

    On SQLite: foreign keys are enforced, readers do not wait for the writer (WAL), an acknowledged commit
    survives a power cut (synchronous FULL), and the transaction begins when SQLAlchemy says so.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


def tell_driver(connection: Connection, statement: str, values: dict[str, Any]) -> Any:
    """Run a statement in the driver's own words and return its cursor. Errors are those of SQLAlchemy.

    For the few statements that come with every vote: they are so small that SQLAlchemy takes several times as
    long to pass them on as the driver does.
    """
    failure: type[Exception] = connection.dialect.loaded_dbapi.Error
    try:
        cursor = connection.connection.cursor()
        connection.dispatch.before_cursor_execute(connection, cursor, statement, values, None, False)
        return cursor.execute(statement, values)
    except failure as error:
        raise DBAPIError.instance(statement, values, error, failure) from error


def to_sqlite(moment: datetime) -> str:
    """Return the moment as SQLAlchemy keeps it in SQLite."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def from_sqlite(kept: str) -> datetime:
    """Return the moment that SQLite keeps."""
    return datetime.fromisoformat(kept).replace(tzinfo=UTC)


@contextmanager
def one_moment(session: Session) -> Iterator[None]:
    """Read in one transaction that sees everything as it stood when it began, and keeps no writer waiting.

    The transaction ends with the block. A session on a connection that somebody else has begun reads in
    that one's transaction, as it is.
    """
    token = writing.set(False)
    try:
        if isinstance(session.get_bind(), Engine):
            session.rollback()
            # SQLite reads one moment as it is; its driver knows the level by another name.
            level = {} if is_sqlite(session) else {"isolation_level": "REPEATABLE READ"}
            session.connection(execution_options=level)
        yield
    finally:
        session.rollback()
        writing.reset(token)


def version_of(session: Session) -> Version | None:
    """Return something that is different after every commit, or None where nothing can be said.

    SQLite: the head of the index of its write-ahead log, which a commit changes when it becomes visible
    (https://sqlite.org/walformat.html). PostgreSQL: which transactions a statement sees now; a commit in any
    database of the server changes it.
    """
    if not is_sqlite(session):
        return str(session.scalar(text("SELECT CAST(pg_current_snapshot() AS text)")))
    try:
        with open(f"{session.get_bind().engine.url.database}-shm", "rb") as index:
            return index.read(WAL_INDEX_HEAD) or None
    except OSError:
        return None


def is_ours(_item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Alembic filter: leave the full-text index, which no model describes, out of comparisons."""
    return not (kind == "table" and name is not None and name.startswith(SEARCH_INDEX))
