"""The harness's own control: a view that forgets to commit must be noticed."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from tests.strict_client import StrictClient, check_html, uncommitted


def test_a_flush_without_a_commit_is_noticed(app: Flask, session: Session) -> None:
    with uncommitted() as waiting:
        session.add(Consultation(slug="forgotten", source_language="en", created_at=now()))
        session.flush()
        assert waiting
        session.commit()
        assert not waiting


@pytest.mark.parametrize("page", ["<p>one<p id=a><b id=a></b>", "<div></span></div>"])
def test_careless_html_is_noticed(page: str) -> None:
    with pytest.raises(AssertionError):
        check_html(page)


def test_pages_are_parsed(client: StrictClient) -> None:
    assert client.get("/healthz").mimetype == "text/plain"
