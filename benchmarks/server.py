"""What granian serves while we measure: the application, and beside it a route that does the upsert alone.

`/bare/upsert` is what the same server, the same SQLAlchemy Core and the same database can do at most.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql, sqlite
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from config import Config
from deliberation.app import create_app
from deliberation.base.database import engine_options, prepare_engine
from deliberation.votes.models import Vote

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]


def bare_app(config: Config) -> Flask:
    """Return an application of one route that casts a vote and nothing else."""
    app = Flask("bare")
    url = config.sqlalchemy_url
    engine = create_engine(url, **engine_options(url, connections=config.database_connections))
    prepare_engine(engine)
    insert = (sqlite if engine.dialect.name == "sqlite" else postgresql).insert(Vote)
    upsert = insert.on_conflict_do_update(
        index_elements=["participant_id", "idea_id"],
        set_={"choice": insert.excluded.choice, "cast_at": insert.excluded.cast_at},
    )

    @app.post("/upsert")
    def cast() -> str:
        vote = {name: int(request.form[name]) for name in ("participant_id", "idea_id", "choice")}
        with engine.begin() as connection:
            connection.execute(upsert, vote | {"cast_at": datetime.now(UTC), "previous": None})
        return "ok\n"

    return app


def served(config: Config) -> WSGI:
    """Return the application with the bare route beside it."""
    return DispatcherMiddleware(create_app(config), {"/bare": bare_app(config)})


def app() -> WSGI:
    """Make what granian serves, from the settings in the environment."""
    return served(Config.from_environment())
