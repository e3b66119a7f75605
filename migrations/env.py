"""Runs the migrations over the application's own engine."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from deliberation.base.database import is_ours, is_sqlite
from deliberation.tables import metadata
from deliberation.votes.voters import keep_voters, let_voters_go


def run() -> None:
    """Run the migrations in one transaction, so that a broken one leaves the old schema."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        _look_away(connection, True)
        try:
            _migrate(connection)
        finally:
            _look_away(connection, False)


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=is_ours,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if not _is_where_it_leads():
            let_voters_go(connection)
        context.run_migrations()
        keep_voters(connection)
        if is_sqlite(connection) and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("a migration left rows that refer to nothing")


def _is_where_it_leads() -> bool:
    """Say whether the schema is already the one that the command asks for, if it asks for one."""
    destination = context.get_context().opts.get("destination_rev")
    if destination in {"head", "heads"}:
        destination = context.get_head_revision()
    return destination in {None, context.get_context().get_current_revision()}


def _look_away(connection: Connection, away: bool) -> None:
    # SQLite changes a table by making it anew. To drop the old one deletes its rows, and with them whatever
    # refers to them: https://sqlite.org/lang_altertable.html#otheralter. It takes no effect in a transaction.
    if is_sqlite(connection):
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA foreign_keys = {'OFF' if away else 'ON'}")


run()
