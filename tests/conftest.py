"""The harness: a real database, rolled back after each test, and a client that looks closely."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import Config
from deliberation.app import create_app
from deliberation.web.extensions import db, limiter
from deliberation.web.migrations import migrate_to_newest
from tests.strict_client import StrictClient

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REQUIRE_EVERYTHING = os.environ.get("TEST_REQUIRE_EVERYTHING") == "1"
_made: list[str] = []


def _driver_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _find_postgres() -> str | None:
    engine = create_engine(_driver_url(POSTGRES_URL), connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return POSTGRES_URL
    except OperationalError:
        return None
    finally:
        engine.dispose()


POSTGRES = _find_postgres()
DATABASES = ["sqlite"] + (["postgresql"] if POSTGRES or REQUIRE_EVERYTHING else [])


def pytest_report_header() -> list[str]:
    """Say once what is not tested here."""
    lines = []
    if not POSTGRES:
        lines.append("SKIPPED: tests on PostgreSQL, because no server answers at TEST_POSTGRES_URL")
    return lines


def make_config(url: str, tmp_path: Path, **settings: Any) -> Config:
    """Return settings for a test installation."""
    return Config(
        secret_key="a-key-for-tests-and-nothing-else",
        database_url=url,
        base_url="http://deliberation.test",
        mail_url=f"file://{tmp_path}/mail",
        password_effort=1,
        **settings,
    )


def make_database(kind: str, folder: Path, name: str) -> str:
    """Create an empty database of this kind and return its address."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/{name}.sqlite3"
    if POSTGRES is None:
        pytest.fail("no PostgreSQL answers at TEST_POSTGRES_URL, and TEST_REQUIRE_EVERYTHING is set")
    database = f"deliberation_test_{os.getpid()}_{len(_made)}_{name}"
    _on_server(f'CREATE DATABASE "{database}"')
    _made.append(database)
    return make_url(POSTGRES).set(database=database).render_as_string(hide_password=False)


def _on_server(command: str) -> None:
    server = create_engine(_driver_url(POSTGRES_URL), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(command))
    server.dispose()


def pytest_sessionfinish() -> None:
    """Leave nothing behind on the server."""
    while _made:
        _on_server(f'DROP DATABASE IF EXISTS "{_made.pop()}" WITH (FORCE)')


def migrate(app: Flask) -> None:
    """Bring the application's database to the newest schema."""
    migrate_to_newest(app)


@pytest.fixture(scope="session", params=DATABASES)
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installed application on an empty, migrated database; one of each kind for the whole run."""
    folder = tmp_path_factory.mktemp("installation")
    app = create_app(make_config(make_database(request.param, folder, "shared"), folder))
    app.testing = True
    limiter.enabled = False
    app.test_client_class = StrictClient
    migrate(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(installation: Flask) -> Iterator[Flask]:
    """The application inside one transaction that is rolled back when the test ends."""
    with installation.app_context():
        engines = db._app_engines[installation]
        engine = engines[None]
        connection: Connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield installation
        finally:
            db.session.remove()
            engines[None] = engine
            outer.rollback()
            connection.close()


@pytest.fixture
def session(app: Flask) -> Session:
    """The session that services are called with."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A browser that has not been here before."""
    return app.test_client()  # type: ignore[return-value]
