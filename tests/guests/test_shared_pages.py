"""Pages that all visitors share hold nothing of a guest, and stay shared."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from deliberation.app import create_app
from deliberation.consultations.models import Guests
from deliberation.web.extensions import db, limiter
from tests import factories
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.guests.conftest import HERE
from tests.statements import statements

PAGE = "/c/the-park/threads/1"


@pytest.fixture(params=DATABASES)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application as it is served, with a consultation that takes guests."""
    app = create_app(make_config(make_database(request.param, tmp_path, "guests"), tmp_path))
    migrate(app)
    limiter.enabled = False
    with app.app_context():
        consultation = factories.make_consultation(db.session(), "the-park")
        consultation.guests = Guests.IDEAS
        factories.make_idea(db.session(), consultation.threads[0], statement="A bench by the water.")
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


def read(client: FlaskClient, page: str = PAGE) -> str:
    """Return the page as this browser gets it."""
    return client.get(page).get_data(as_text=True)


def test_what_a_guest_does_is_on_no_page_but_theirs(served: Flask) -> None:
    guest, other, visitor = served.test_client(), served.test_client(), served.test_client()
    before = read(visitor)
    for client in (guest, other):
        form = {"choice": "agree", "view": "list", "next": PAGE}
        assert client.post("/c/the-park/ideas/1/vote", data=form, headers=HERE).status_code == 303
    idea = {"statement": "Let the zebras graze.", "language": "en", "different": "1"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', read(guest))
    assert token
    posted = guest.post(PAGE, data={**idea, "csrf_token": token[1]})
    assert posted.status_code == 303
    own = posted.headers["Location"]
    for _ in range(2):  # made, and kept
        assert "You agree." in read(guest)
        assert "zebras" in read(guest, own)
        for page in (read(visitor), read(served.test_client())):
            assert "You agree." not in page
            assert "csrf_token" not in page
            assert "zebras" not in page
        assert served.test_client().get(own).status_code == 404
        assert other.get(own).status_code == 404
    assert "You agree." not in before
    tokens = [set(re.findall(r'name="csrf_token" value="([^"]+)"', read(one))) for one in (guest, other)]
    assert all(len(found) == 1 for found in tokens)
    assert tokens[0].isdisjoint(tokens[1])


def test_a_guests_page_is_for_no_cache_and_no_other_cookie(served: Flask) -> None:
    guest, visitor = served.test_client(), served.test_client()
    guest.post("/c/the-park/ideas/1/vote", data={"choice": "agree"}, headers=HERE)
    for page in (PAGE, "/c/the-park", "/c/the-park/vote", "/c/the-park/ideas/1"):
        answer = guest.get(page)
        assert "private" in answer.headers["Cache-Control"], page
        assert "Cookie" in answer.headers["Vary"], page
        tag = answer.headers["ETag"]
        assert visitor.get(page, headers={"If-None-Match": tag}).status_code == 200, page
    assert guest.get("/c/the-park/guest").headers["Cache-Control"] == "no-store"


def test_visitors_still_share_a_page_where_they_may_vote(served: Flask) -> None:
    first = read(served.test_client())
    assert 'action="/c/the-park/ideas/1/vote"' in first
    heard = []
    for _ in range(20):
        with statements() as said:
            assert read(served.test_client()) == first
        heard.append(len(said))
    assert min(heard) <= 1
