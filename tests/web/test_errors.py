from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, delete, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from deliberation.accounts.models import SignIn
from deliberation.app import create_app
from deliberation.web.extensions import db
from tests import factories
from tests.conftest import DATABASES, POSTGRES_URL, make_config, make_database, migrate
from tests.strict_client import StrictClient, check_html


@pytest.fixture
def away(tmp_path: Path) -> FlaskClient:
    """A browser on a site whose database does not answer."""
    app = create_app(make_config("postgresql://nobody@127.0.0.1:1/nothing", tmp_path))
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def test_with_the_database_away_pages_say_so_and_when_to_come_back(away: FlaskClient) -> None:
    answer = away.get("/c/the-park")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    check_html(answer.get_data(as_text=True))


def test_with_the_database_away_the_text_is_kept(away: FlaskClient) -> None:
    with away.session_transaction() as cookie:
        cookie["_user_id"] = "somebody"
    answer = away.post(
        "/c/the-park/threads/1", data={"statement": "A bench by the water, please.", "password": "hunter"}
    )
    assert answer.status_code == 503
    page = answer.get_data(as_text=True)
    assert "A bench by the water, please." in page
    assert "hunter" not in page
    check_html(page)


def test_with_the_database_away_the_process_still_answers(away: FlaskClient) -> None:
    assert away.get("/healthz").status_code == 200
    assert away.get("/readyz").status_code == 503


@pytest.mark.skipif("postgresql" not in DATABASES, reason="no PostgreSQL")
def test_the_database_comes_back_without_a_restart(tmp_path: Path) -> None:
    url = make_database("postgresql", tmp_path, "comes_back")
    app = create_app(make_config(url, tmp_path))
    migrate(app)
    client = app.test_client()
    assert client.get("/c/nowhere").status_code == 404
    with _shut(make_url(url).database or ""):
        assert client.get("/c/nowhere").status_code == 503
    assert client.get("/c/nowhere").status_code == 404
    with app.app_context():
        db.engine.dispose()


@contextmanager
def _shut(database: str) -> Iterator[None]:
    """Let nobody into the database, and put out who is there."""
    server = create_engine(
        POSTGRES_URL.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
    )
    with server.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": database},
        )
        yield
        connection.execute(text(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true'))
    server.dispose()


@pytest.mark.parametrize(
    "path", ["/nowhere", "/c/nowhere", "/c/nowhere/threads/1", "/c/%00", "/c/the-park/ideas/99999999999999"]
)
def test_an_unknown_address_is_a_page_that_says_so(path: str, client: StrictClient, session: Session) -> None:
    factories.make_consultation(session, "the-park")
    session.commit()
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_the_wrong_method_names_the_right_ones(client: StrictClient) -> None:
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_too_much_at_once_is_refused(client: StrictClient) -> None:
    assert client.post("/sign-in", data={"email": "x" * 1_100_000}).status_code == 413


def test_a_form_without_its_token_keeps_the_text(client: StrictClient) -> None:
    answer = client.post("/preferences", data={"language": "en", "remark": "something long enough to lose"})
    assert answer.status_code == 400
    assert "something long enough to lose" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "garbage",
    [b"\xff\xfe\x00", b"a=%ff%fe&csrf_token=%00", b"&&&===", b"%", b"=" * 5_000],
)
def test_a_malformed_form_is_the_senders_fault(garbage: bytes, client: StrictClient) -> None:
    answer = client.post("/sign-in", data=garbage, content_type="application/x-www-form-urlencoded")
    assert 400 <= answer.status_code < 500


def test_a_text_sent_after_the_sign_in_has_ended_is_kept(client: StrictClient, session: Session) -> None:
    factories.make_consultation(session, "the-park")
    account = factories.make_account(session)
    factories.sign_in(client, session, account)
    session.commit()
    token = client.token("/c/the-park/threads/1")
    session.execute(delete(SignIn).where(SignIn.account_id == account.id))
    session.commit()
    written = {"csrf_token": token, "statement": "A bench by the water, please.", "language": "en"}
    answer = client.post("/c/the-park/threads/1", data=written)
    assert answer.status_code == 401
    assert "A bench by the water, please." in answer.get_data(as_text=True)
