"""A database whose connections commit, for what many do at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from deliberation.base.database import engine_options, prepare_engine
from deliberation.tables import metadata
from tests.conftest import DATABASES, make_database


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty database with all tables."""
    url = make_database(request.param, tmp_path, "jobs").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, **engine_options(url, connections=12))
    prepare_engine(engine)
    metadata.create_all(engine)
    yield engine
    engine.dispose()
