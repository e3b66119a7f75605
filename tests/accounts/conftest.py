"""A letter box to look into, and people who sign up, confirm and sign in through the pages."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.strict_client import StrictClient

BASE_URL = "http://deliberation.test"
PASSWORD = "violet otter ladder rain"
OTHER_PASSWORD = "copper meadow violin fog"
_LINK = re.compile(r"http://deliberation\.test(/\S+)")


@dataclass(frozen=True)
class Mailbox:
    """Every mail the product has sent in this test."""

    folder: Path

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to the address, oldest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
        return [mail for mail in mails if mail["To"] == address]

    def text(self, address: str) -> str:
        """Return the text of the last mail to the address."""
        return str(self.to(address)[-1].get_content())

    def link(self, address: str, beginning: str) -> str:
        """Return the path that the last mail to the address links to."""
        paths = [path for path in _LINK.findall(self.text(address)) if path.startswith(beginning)]
        assert len(paths) == 1, paths
        return str(paths[0])


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """An empty letter box."""
    folder = Path(urlsplit(app.extensions["config"].mail_url).path)
    shutil.rmtree(folder, ignore_errors=True)
    yield Mailbox(folder)
    shutil.rmtree(folder, ignore_errors=True)


def sign_up(client: StrictClient, email: str = "ada@example.org", **changes: Any) -> TestResponse:
    """Fill in the form for signing up."""
    data = {"name": "Ada Ek", "email": email, "password": PASSWORD, **changes}
    return client.submit("/sign-up", data)


def sign_in(
    client: StrictClient, email: str = "ada@example.org", password: str = PASSWORD, **more: Any
) -> TestResponse:
    """Fill in the form for signing in."""
    return client.submit("/sign-in", {"email": email, "password": password, **more})


def is_signed_in(client: StrictClient) -> bool:
    """Say whether this browser is signed in."""
    return client.get("/account").status_code == 200


def has_cookie(client: StrictClient) -> bool:
    """Say whether the browser was given a session."""
    return client.get_cookie("deliberation", domain="localhost") is not None
