"""What is kept for many readers: the same for all of them, and never older than the last commit."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.consultations.models import Thread
from deliberation.ideas.models import Idea
from deliberation.web.extensions import db
from tests import factories
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.statements import statements

PAGE = "/c/the-park/threads/1"
TRIES = 20
"""On PostgreSQL a commit in another test's database counts, too."""
TOKEN = re.compile('name="csrf_token"[^>]*value="([^"]+)"')


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
    assert min(_statements_of(read, first) for _ in range(TRIES)) <= 1


def _statements_of(read: Callable[..., str], expected: str) -> int:
    with statements() as heard:
        assert read() == expected
    return len(heard)


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


@pytest.fixture
def readers(served: Flask) -> list[FlaskClient]:
    """Two people who are signed in."""
    clients = [served.test_client(), served.test_client()]
    with served.app_context():
        for client in clients:
            factories.sign_in(client, db.session(), factories.make_account(db.session()))
        db.session.commit()
    return clients


def _page(client: FlaskClient) -> str:
    return client.get(PAGE).get_data(as_text=True)


def test_who_is_signed_in_shares_what_is_nobodys_own(readers: list[FlaskClient]) -> None:
    def heard(client: FlaskClient) -> int:
        with statements() as said:
            _page(client)
        return len(said)

    first = heard(readers[0])
    assert min(heard(readers[1]) for _ in range(TRIES)) <= first - 3


def test_who_is_signed_in_misses_no_commit(served: Flask, readers: list[FlaskClient]) -> None:
    pages = [_page(client) for client in readers]
    assert all("<b>1</b> idea<" in page for page in pages)
    with served.app_context():
        thread = db.session.scalars(select(Thread).order_by(Thread.number)).first()
        factories.make_idea(db.session(), thread, statement="A second bench.")
        db.session.commit()
    for client in readers:
        assert "<b>2</b> ideas<" in _page(client)


def test_a_page_holds_its_own_readers_token_and_no_other(readers: list[FlaskClient]) -> None:
    tokens = [set(TOKEN.findall(_page(client))) for client in (*readers, *readers)]
    assert [len(found) for found in tokens] == [1, 1, 1, 1]
    assert tokens[0].isdisjoint(tokens[1])
    assert tokens[2].isdisjoint(tokens[1] | tokens[3])


def test_a_form_that_was_refused_is_shown_to_nobody_else(readers: list[FlaskClient]) -> None:
    (token,) = set(TOKEN.findall(_page(readers[0])))
    refused = readers[0].post(PAGE, data={"csrf_token": token, "statement": "", "elaboration": "Mine alone"})
    assert "Mine alone" in refused.get_data(as_text=True)
    assert "Mine alone" not in _page(readers[1])
    assert token not in _page(readers[1])
