"""From an empty folder to a running site, twice."""

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from config import Config
from deliberation import serve


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings for an empty folder."""
    return Config(secret_key="0123456789abcdef", database_url=f"sqlite:///{tmp_path}/new/site.sqlite3")


def test_the_first_start_makes_everything_and_prints_one_link(config: Config) -> None:
    notes = "\n".join(serve.prepare(config))
    assert re.search(r"http://127\.0\.0\.1:8000/invitation/\S{20,}", notes)
    with create_engine(config.sqlalchemy_url).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM threads")) == 7


def test_a_second_start_loads_nothing_twice_and_leaves_one_link(config: Config) -> None:
    first, second = serve.prepare(config), serve.prepare(config)
    assert first != second
    with create_engine(config.sqlalchemy_url).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM consultations")) == 1
        assert connection.scalar(text("SELECT count(*) FROM invitations")) == 1


def test_with_a_facilitator_there_is_nothing_to_say(config: Config) -> None:
    serve.prepare(config)
    engine = create_engine(config.sqlalchemy_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO accounts (id, name, email, password_hash, created_at)"
                " VALUES (1, 'Ada', 'ada@example.org', '!', '2026-11-22 12:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO roles (consultation_id, account_id, name, granted_at)"
                " VALUES (1, 1, 'facilitator', '2026-11-22 12:00:00')"
            )
        )
    engine.dispose()
    assert serve.prepare(config) == []
