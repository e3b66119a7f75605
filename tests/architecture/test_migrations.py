import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Enum, inspect

from config import ROOT
from deliberation.app import create_app
from deliberation.base.database import is_ours, newest_migration
from deliberation.tables import metadata
from deliberation.web.extensions import db
from tests.conftest import DATABASES, make_config, make_database, migrate


@pytest.fixture(params=DATABASES)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """An application whose database is still empty."""
    return create_app(make_config(make_database(request.param, tmp_path, "migrations"), tmp_path))


def _differences() -> list[object]:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_the_migrations_make_what_the_models_say(fresh: Flask) -> None:
    migrate(fresh)
    with fresh.app_context():
        assert _differences() == []
        db.engine.dispose()


def test_every_check_of_the_models_is_in_the_database(fresh: Flask) -> None:
    """Autogenerate compares no checks, and SQLite copies a table to change one: nothing may get lost."""
    migrate(fresh)
    with fresh.app_context():
        found = inspect(db.engine)
        for name, table in metadata.tables.items():
            checks = {check["name"]: str(check["sqltext"]) for check in found.get_check_constraints(name)}
            assert set(checks) == {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
            for column in table.columns:
                if isinstance(column.type, Enum):
                    allowed = checks[f"ck_{name}_{column.type.name}"]
                    assert set(re.findall(r"'(\w+)'", allowed)) == set(column.type.enums), (name, column.name)
        db.engine.dispose()


def test_the_migrations_go_down_and_up_again(fresh: Flask) -> None:
    migrate(fresh)
    with fresh.app_context():
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        assert _differences() == []
        db.engine.dispose()


def test_the_version_asked_for_is_the_last_migration(fresh: Flask) -> None:
    with fresh.app_context():
        head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
        db.engine.dispose()
    assert newest_migration(ROOT) == head
