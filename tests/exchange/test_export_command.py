"""`flask exchange export-polis`: what it prints, what it refuses, and one moment for all files."""

import threading
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.database import one_moment
from deliberation.cli.exchange import exchange
from deliberation.ideas.models import Idea
from deliberation.votes.models import Vote, VoteEvent
from deliberation.web.extensions import db
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.factories import make_consultation, make_idea, make_vote


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(exchange, ["export-polis", *arguments])


def test_an_export_says_what_it_wrote_and_warns(app: Flask, session: Session, tmp_path: Path) -> None:
    idea = make_idea(session, make_consultation(session).threads[0])
    make_vote(session, idea)
    session.commit()
    result = run(app, "the-park", str(tmp_path / "set"))
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{tmp_path}/set: 1 ideas, 2 participants, 1 of them voted\n"
    assert "for the facilitators' own analysis" in result.stderr
    assert "deliberation" in {path.name for path in (tmp_path / "set").iterdir()}


def test_a_release_reports_what_is_left_out(app: Flask, session: Session, tmp_path: Path) -> None:
    idea = make_idea(session, make_consultation(session).threads[0])
    make_vote(session, idea)
    session.commit()
    result = run(app, "the-park", str(tmp_path / "set"), "--release")
    assert result.exit_code == 0, result.output
    assert result.stdout == (tmp_path / "set" / "RELEASE.txt").read_text()
    assert "results alone, and no rows" in result.stdout
    assert result.stderr == ""


def test_an_unknown_consultation_is_named(app: Flask, tmp_path: Path) -> None:
    result = run(app, "the-lake", str(tmp_path / "set"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: There is no consultation the-lake.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_named(app: Flask, session: Session, tmp_path: Path) -> None:
    make_consultation(session)
    session.commit()
    (tmp_path / "set").write_text("mine")
    result = run(app, "the-park", str(tmp_path / "set"))
    assert result.exit_code == 1
    assert result.stderr == f"Error: {tmp_path}/set is not a directory. Nothing was written over.\n"


@pytest.fixture(params=DATABASES)
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """An application of its own, with a vote: other connections can write beside it."""
    app = create_app(make_config(make_database(request.param, tmp_path, "moment"), tmp_path))
    migrate(app)
    with app.app_context():
        make_vote(db.session(), make_idea(db.session(), make_consultation(db.session()).threads[0]))
        db.session.commit()
    return app


def vote_beside(app: Flask) -> None:
    def cast() -> None:
        with app.app_context():
            session = db.session()
            make_vote(session, session.scalars(select(Idea)).one())
            session.commit()
            db.session.remove()

    voter = threading.Thread(target=cast)
    voter.start()
    voter.join(timeout=30)
    assert not voter.is_alive(), "the voter had to wait"


def counts(session: Session) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in (Vote, VoteEvent)]


def test_all_files_tell_of_one_moment_and_keep_nobody_waiting(installed: Flask) -> None:
    with installed.app_context():
        session = db.session()
        with one_moment(session):
            before = counts(session)
            vote_beside(installed)
            assert counts(session) == before == [1, 1]
        assert counts(session) == [2, 2]
        db.session.remove()
        db.engine.dispose()


def test_outside_of_it_another_vote_would_be_seen(installed: Flask) -> None:
    with installed.app_context():
        session = db.session()
        before = counts(session)
        session.rollback()
        vote_beside(installed)
        assert counts(session) != before
        db.session.remove()
        db.engine.dispose()
