"""Runs the migrations over the application's own engine."""

from alembic import context
from flask import current_app

from deliberation.base.database import is_ours
from deliberation.tables import metadata


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
