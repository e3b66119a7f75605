"""How many can begin without an account from one network."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.consultations.models import Consultation
from deliberation.web.extensions import db, limiter
from tests.conftest import make_config, make_database, migrate
from tests.guests.conftest import guests_of, post_idea, vote
from tests.strict_client import StrictClient


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installation that counts, as all do but those of the other tests."""
    folder = tmp_path_factory.mktemp("limits")
    limiter.enabled = True
    app = create_app(make_config(make_database("sqlite", folder, "limits"), folder))
    app.testing = True
    app.test_client_class = StrictClient
    migrate(app)
    yield app
    limiter.enabled = False
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _from_the_start(app: Flask) -> None:
    limiter.reset()


def begin(app: Flask, address: str) -> int:
    """Vote as a new visitor from this address; return the status of the answer."""
    client: StrictClient = app.test_client()  # type: ignore[assignment]
    return int(vote(client, 1, environ_base={"REMOTE_ADDR": address}).status_code)


def test_new_guests_from_one_network_are_stopped_and_those_known_vote_on(
    app: Flask, session: Session, park: Consultation, client: StrictClient
) -> None:
    assert vote(client, 1, environ_base={"REMOTE_ADDR": "2001:db8::1"}).status_code == 303
    answers = [begin(app, f"2001:db8::{number:x}") for number in range(2, 43)]
    assert answers == [303] * 39 + [429] * 2
    assert len(guests_of(session)) == 40
    assert begin(app, "2001:db8:0:1::1") == 303
    assert vote(client, 2, environ_base={"REMOTE_ADDR": "2001:db8::1"}).status_code == 303
    refused: StrictClient = app.test_client()  # type: ignore[assignment]
    answer = vote(refused, 1, environ_base={"REMOTE_ADDR": "2001:db8::ff"})
    assert "Many people have begun to take part" in answer.get_data(as_text=True)


def test_guests_ideas_from_one_network_are_stopped_and_keep_what_was_typed(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    token = None
    answers = []
    for number in range(13):
        more = {"csrf_token": token} if token else {}
        data = {"statement": f"Idea number {number} of many.", "language": "en", **more}
        data["different"] = " ".join(str(n) for n in range(1, 30))
        answers.append(
            client.post("/c/the-park/threads/1", data=data, headers={"Sec-Fetch-Site": "same-origin"})
        )
        token = token or client.token("/c/the-park/threads/1")
    assert [answer.status_code for answer in answers] == [303] * 12 + [429]
    page = answers[-1].get_data(as_text=True)
    assert "Idea number 12 of many." in page
    assert "Many ideas have come from your network" in page


def test_a_visitor_who_only_reads_is_never_stopped(app: Flask, park: Consultation) -> None:
    reader = app.test_client()
    assert {reader.get("/c/the-park/threads/1").status_code for _ in range(60)} == {200}
    assert post_idea(reader, "One.").status_code == 303  # type: ignore[arg-type]
