"""The world for the tests of this folder. Forms need no token here: other tests see to that."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.faults.world import Browser, World, make_world


@pytest.fixture
def world(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> World:
    """Everything and everybody."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setattr(app, "test_client_class", Browser)
    return make_world(app, session)
