"""Triggers that keep `thread_voters` true: on how many visible ideas of each thread everybody has voted.

Votes are cast, taken back, moved by merges, imported and given to another participant in many places, and
ideas are hidden, restored, withdrawn and merged in others. None of these has to think of people's counts,
and none can forget to: the database does it in the same transaction. A migration that makes a table anew on
SQLite loses the triggers of the old one, so they are no part of any migration: `migrations/env.py` takes them
away before migrations and calls `keep_voters` after them.

Where an idea comes or goes, its thread is locked, after the idea and before the voters, so that nobody waits
for somebody who waits for them. A single vote locks one voter alone.
"""

from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Column, Connection, event, inspect, text
from sqlalchemy.sql.visitors import iterate

from deliberation.base.database import is_sqlite
from deliberation.base.model import Base
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible
from deliberation.votes.models import ThreadVoter, Vote

_PREFIX: Final = "keep_voters_"
_VISIBLE: Final = str(is_visible())
_WAS_VISIBLE, _IS_VISIBLE = (_VISIBLE.replace("ideas.", f"{row}.") for row in ("old", "new"))
_TELLING: Final = ", ".join(["thread_id", *(c.name for c in iterate(is_visible()) if isinstance(c, Column))])
_CHANGES: Final = f"(old.thread_id <> new.thread_id OR ({_WAS_VISIBLE}) <> ({_IS_VISIBLE}))"

_ONE_MORE: Final = f"""
    INSERT INTO thread_voters (thread_id, participant_id, votes)
    SELECT ideas.thread_id, new.participant_id, 1 FROM ideas WHERE ideas.id = new.idea_id AND {_VISIBLE}
    ON CONFLICT (thread_id, participant_id) DO UPDATE SET votes = thread_voters.votes + 1;
"""  # noqa: S608 - made of the product's own words
_ONE_LESS: Final = f"""
    UPDATE thread_voters SET votes = votes - 1
    WHERE participant_id = old.participant_id
        AND thread_id = (SELECT thread_id FROM ideas WHERE ideas.id = old.idea_id AND {_VISIBLE});
"""  # noqa: S608 - made of the product's own words
_ALL_LESS: Final = f"""
    UPDATE thread_voters SET votes = votes - 1
    WHERE {_WAS_VISIBLE} AND thread_id = old.thread_id
        AND participant_id IN (SELECT participant_id FROM votes WHERE idea_id = old.id);
"""  # noqa: S608 - made of the product's own words
_ALL_MORE: Final = f"""
    INSERT INTO thread_voters (thread_id, participant_id, votes)
    SELECT new.thread_id, participant_id, 1 FROM votes WHERE idea_id = new.id AND {_IS_VISIBLE}
    ON CONFLICT (thread_id, participant_id) DO UPDATE SET votes = thread_voters.votes + 1;
"""  # noqa: S608 - made of the product's own words
_ON: Final = {
    "cast": ("AFTER INSERT ON votes", "", _ONE_MORE),
    "taken_back": ("AFTER DELETE ON votes", "", _ONE_LESS),
    "moved": ("AFTER UPDATE OF participant_id, idea_id ON votes", "", _ONE_LESS + _ONE_MORE),
    "seen": (f"AFTER UPDATE OF {_TELLING} ON ideas", f"WHEN ({_CHANGES})", _ALL_LESS + _ALL_MORE),
}
"""For each trigger when it fires, on which condition, and what it does: the same words for both databases."""
_LOCK: Final = "PERFORM 1 FROM threads WHERE id IN (old.thread_id, new.thread_id) FOR NO KEY UPDATE;"


def keep_voters(connection: Connection) -> None:
    """Make the triggers, unless they are there as they should be, or the tables are not."""
    tables = {Vote.__tablename__, Idea.__tablename__, ThreadVoter.__tablename__}
    wanted = {_name(connection, trigger) for trigger in _ON}
    if not tables <= set(inspect(connection).get_table_names()) or wanted == _present(connection).keys():
        return
    let_voters_go(connection)
    for trigger in _ON:
        for statement in _definition(connection, trigger):
            connection.exec_driver_sql(statement)


def let_voters_go(connection: Connection) -> None:
    """Take the triggers away, for as long as tables are being changed."""
    for name, table in _present(connection).items():
        connection.exec_driver_sql(f"DROP TRIGGER {name}{'' if is_sqlite(connection) else f' ON {table}'}")


def _present(connection: Connection) -> dict[str, str]:
    """Return the tables of the triggers that are there, by the triggers' names."""
    asked = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite(connection)
        else "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    )
    return {name: table for name, table in connection.execute(text(asked)) if name.startswith(_PREFIX)}


def _name(connection: Connection, trigger: str) -> str:
    """Return a name that says which definition it is."""
    body = "".join([*_ON[trigger], connection.dialect.name, _LOCK])
    return f"{_PREFIX}{trigger}_{sha256(body.encode()).hexdigest()[:8]}"


def _definition(connection: Connection, trigger: str) -> list[str]:
    when, condition, body = _ON[trigger]
    name = _name(connection, trigger)
    if is_sqlite(connection):
        return [f"CREATE TRIGGER {name} {when} {condition} BEGIN {body} END"]
    lock = _LOCK if trigger == "seen" else ""
    return [
        f"CREATE OR REPLACE FUNCTION {_PREFIX}{trigger}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {lock} {body} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} {when} FOR EACH ROW {condition} EXECUTE FUNCTION {_PREFIX}{trigger}()",
    ]


@event.listens_for(Base.metadata, "after_create")
def _keep(_target: Any, connection: Connection, **_options: Any) -> None:
    keep_voters(connection)
