from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.web.extensions import db, limiter
from tests import factories
from tests.accounts.conftest import PASSWORD, Mailbox, sign_in, sign_up
from tests.conftest import make_config, make_database, migrate
from tests.strict_client import StrictClient

ADA = "ada@example.org"


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


def test_guessing_at_one_address_is_stopped_from_wherever_it_comes(
    client: StrictClient, session: Session
) -> None:
    factories.make_account(session, email=ADA, password=PASSWORD)
    session.commit()
    places = [{"REMOTE_ADDR": f"192.0.2.{n}"} for n in range(11)]
    token = client.token("/sign-in")
    answers = [
        client.post(
            "/sign-in",
            data={"csrf_token": token, "email": "Ada@example.org ", "password": "a guess"},
            environ_base=place,
        )
        for place in places
    ]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "many times in a short while" in answers[-1].get_data(as_text=True)
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert sign_in(client).status_code == 429
    assert sign_in(client, email="eve@example.org").status_code == 422


def test_guessing_from_one_network_is_stopped_whatever_the_address(client: StrictClient) -> None:
    token = client.token("/sign-in")
    statuses = [
        client.post(
            "/sign-in",
            data={"csrf_token": token, "email": f"person{n}@example.org", "password": "a guess"},
            environ_base={"REMOTE_ADDR": f"2001:db8:0:1::{n:x}"},
        ).status_code
        for n in range(31)
    ]
    assert statuses == [422] * 30 + [429]


def test_a_room_full_of_people_signs_in_behind_one_address(app: Flask, session: Session) -> None:
    for n in range(35):
        factories.make_account(session, email=f"person{n}@example.org", password=PASSWORD)
    session.commit()
    for n in range(35):
        assert sign_in(app.test_client(), email=f"person{n}@example.org").status_code == 303  # type: ignore[arg-type]


def test_nobody_fills_a_strangers_mailbox(client: StrictClient, mailbox: Mailbox) -> None:
    statuses = [sign_up(client).status_code for _ in range(3)]
    statuses += [client.submit("/sign-up/sent", {"email": ADA}).status_code for _ in range(2)]
    statuses += [client.submit("/reset", {"email": ADA}).status_code for _ in range(2)]
    assert statuses == [303] * 6 + [429]
    assert len(mailbox.to(ADA)) == 6


def test_an_unconfirmed_person_is_not_mailed_without_end(
    client: StrictClient, session: Session, mailbox: Mailbox
) -> None:
    factories.make_account(session, email=ADA, password=PASSWORD, confirmed=False)
    session.commit()
    assert [sign_in(client).status_code for _ in range(11)] == [303] * 10 + [429]


def test_mistakes_in_the_form_do_not_count_as_accounts(client: StrictClient, mailbox: Mailbox) -> None:
    statuses = {
        sign_up(client, email=f"person{n}@example.org", password="short").status_code for n in range(45)
    }
    assert statuses == {422}
    assert sign_up(client).status_code == 303


def test_guessing_the_current_password_is_stopped(client: StrictClient, session: Session) -> None:
    factories.sign_in(client, session, factories.make_account(session, password=PASSWORD))
    session.commit()
    data = {"current": "a guess", "password": "copper meadow violin fog"}
    statuses = [client.submit("/account/password", data).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
