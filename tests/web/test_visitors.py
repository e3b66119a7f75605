"""Pages kept for visitors: the same for all of them, and never older than the last commit."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.ideas.models import Idea
from deliberation.web.extensions import db
from tests import factories
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.statements import statements

PAGE = "/c/the-park/threads/1"


@pytest.fixture(params=DATABASES)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application as it is served: with what tests leave off."""
    app = create_app(make_config(make_database(request.param, tmp_path, "visitors"), tmp_path))
    migrate(app)
    with app.app_context():
        consultation = factories.make_consultation(db.session(), "the-park")
        factories.make_idea(db.session(), consultation.threads[0], statement="A bench by the water.")
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def read(served: Flask) -> Callable[..., str]:
    """Read the page as a new visitor."""

    def reader(**headers: str) -> str:
        client: FlaskClient = served.test_client()
        return client.get(
            PAGE, headers={name.replace("_", "-"): value for name, value in headers.items()}
        ).get_data(as_text=True)

    return reader


def test_a_second_visitor_gets_the_page_without_its_statements(read: Callable[..., str]) -> None:
    first = read()
    with statements() as heard:
        assert read() == first
    assert len(heard) <= 1


def test_no_commit_is_missed(served: Flask, read: Callable[..., str]) -> None:
    assert "A bench by the water." in read()
    with served.app_context():
        db.session.execute(update(Idea).values(hidden_at=now()))
        db.session.commit()
    assert "A bench by the water." not in read()


def test_each_language_has_its_own_page(read: Callable[..., str]) -> None:
    assert '<html lang="sv"' in read(Accept_Language="sv")
    assert '<html lang="en"' in read(Accept_Language="en")


def test_who_has_a_session_gets_a_page_of_their_own(served: Flask, read: Callable[..., str]) -> None:
    visitors = read()
    client = served.test_client()
    with served.app_context():
        factories.sign_in(client, db.session(), factories.make_account(db.session()))
        db.session.commit()
    own = client.get(PAGE).get_data(as_text=True)
    assert "csrf_token" in own
    assert "csrf_token" not in visitors
    assert "csrf_token" not in read()
