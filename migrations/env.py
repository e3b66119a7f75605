"""Runs the migrations over the application's own engine."""

from typing import Any

from alembic import context
from flask import current_app

from deliberation.tables import metadata

SEARCH_TABLES = "idea_search"
"""Full-text indexes are the database's own affair: they are made by a migration and known to no model."""


def is_ours(_item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave the full-text index and what it is made of out of comparisons."""
    return not (kind == "table" and name is not None and name.startswith(SEARCH_TABLES))


def run() -> None:
    """Run the migrations in one transaction, so that a broken one leaves the old schema."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=is_ours,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
