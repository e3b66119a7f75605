"""From an empty folder to a running site, twice."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from config import ROOT, Config
from deliberation import serve
from deliberation.base.database import engine_options


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings for an empty folder."""
    return Config(secret_key="0123456789abcdef", database_url=f"sqlite:///{tmp_path}/new/site.sqlite3")


@pytest.fixture
def engine(config: Config) -> Iterator[Engine]:
    """The way to the database that is not there yet."""
    engine = create_engine(config.sqlalchemy_url, **engine_options(config.sqlalchemy_url, connections=1))
    yield engine
    engine.dispose()


def _start(engine: Engine, config: Config) -> list[str]:
    serve.prepare(engine, config)
    return serve.first_steps(engine, base_url=config.base_url)


def test_the_first_start_makes_everything_and_prints_one_link(engine: Engine, config: Config) -> None:
    notes = "\n".join(_start(engine, config))
    assert re.search(r"http://127\.0\.0\.1:8000/invitation/\S{20,}", notes)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM threads")) == 7


def test_a_second_start_loads_nothing_twice_and_leaves_one_link(engine: Engine, config: Config) -> None:
    first, second = _start(engine, config), _start(engine, config)
    assert first != second
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM consultations")) == 1
        assert connection.scalar(text("SELECT count(*) FROM invitations")) == 1


def test_with_a_facilitator_there_is_nothing_to_say(engine: Engine, config: Config) -> None:
    serve.prepare(engine, config)
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
    assert _start(engine, config) == []


SLOW_TO_LOAD = {"alembic", "scipy", "simplemma", "zxcvbn", "email_validator", "pandas", "pypandoc", "typst"}


def _loaded_by(statement: str, config: Config) -> set[str]:
    settings = {"SECRET_KEY": config.secret_key, "DATABASE_URL": config.database_url, "MAIL_URL": "console:"}
    asked = f"import sys; {statement}; print(*({SLOW_TO_LOAD!r} & sys.modules.keys()))"
    command = [sys.executable, "-W", "error", "-c", asked]
    answer = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True, capture_output=True)
    return set(answer.stdout.decode().split())


def test_a_server_loads_nothing_that_its_pages_do_not_need_at_once(config: Config) -> None:
    assert _loaded_by("import wsgi", config) == set()


def test_a_module_that_is_loaded_is_seen(config: Config) -> None:
    assert _loaded_by("import wsgi, scipy.sparse", config) == {"scipy"}


def test_what_runs_beside_the_server_loads_nothing_of_that_either(config: Config) -> None:
    assert _loaded_by("import deliberation.serve", config) == set()
