import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from deliberation.web.security import local_path
from tests import factories
from tests.strict_client import StrictClient


def test_every_answer_keeps_the_page_to_itself(client: StrictClient) -> None:
    for path in ("/help", "/nowhere", "/healthz"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("inside", ["/", "/c/the-park?sort=new#idea-4", "/c/å"])
def test_a_path_on_this_site_is_followed(inside: str) -> None:
    assert local_path(inside, otherwise="/home") == inside


@pytest.mark.parametrize(
    "outside",
    [
        None,
        "",
        "//example.org",
        "/\\example.org",
        "https://example.org",
        "javascript:alert(1)",
        "c/x",
        "/a\nb",
        "/a\\b",
        " /",
        "/\t/x",
    ],
)
def test_nothing_leads_away(outside: str | None) -> None:
    assert local_path(outside, otherwise="/home") == "/home"


@given(st.text())
def test_no_text_leads_away(text: str) -> None:
    target = local_path(text, otherwise="/")
    assert target.startswith("/")
    assert target[1:2] not in {"/", "\\"}


def test_an_unchanged_page_is_not_sent_again(client: StrictClient, session: Session) -> None:
    factories.make_consultation(session, "the-park")
    session.commit()
    first = client.get("/c/the-park")
    again = client.get("/c/the-park", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "Cookie" in first.headers["Vary"]


def test_pages_are_compressed(client: StrictClient) -> None:
    answer = FlaskClient.open(client, "/help", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
