"""A test browser that fails a test for what a person would only notice later."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import html5lib
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction
from werkzeug.test import TestResponse

from deliberation.web.extensions import db
from tests.statements import writes

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class StrictClient(FlaskClient):
    """Fails on changes that no one committed and on HTML that a parser has to guess at.

    Each request runs in an application context of its own, as on the server.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send the request and look closely at the answer."""
        with self.application.app_context(), uncommitted() as left_over:
            answer = super().open(*args, **kwargs)
            left_over += [repr(row) for row in (*db.session.new, *db.session.dirty, *db.session.deleted)]
        assert not left_over, f"the request left changes uncommitted: {left_over}"
        if answer.mimetype == "text/html" and answer.status_code != 304:
            check_html(answer.get_data(as_text=True))
        return answer

    def token(self, address: str) -> str:
        """Return the CSRF token of the form on the page at `address`."""
        found = _TOKEN.search(self.get(address).get_data(as_text=True))
        assert found, f"there is no form at {address}"
        return found[1]

    def submit(self, page: str, data: dict[str, Any], to: str | None = None, **kwargs: Any) -> TestResponse:
        """Open `page`, then send `data` with its form's token to the same address, or to `to`."""
        return self.post(to or page, data={"csrf_token": self.token(page), **data}, **kwargs)


@contextmanager
def uncommitted() -> Iterator[list[str]]:
    """Collect the writing statements that no commit or rollback has settled."""
    waiting: list[str] = []

    def heard(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        waiting.extend(writes([statement]))

    def settled(_session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            waiting.clear()

    event.listen(Engine, "before_cursor_execute", heard)
    event.listen(Session, "after_transaction_end", settled)
    try:
        yield waiting
    finally:
        event.remove(Engine, "before_cursor_execute", heard)
        event.remove(Session, "after_transaction_end", settled)


def check_html(page: str) -> None:
    """Fail unless `page` is a whole, valid document or fragment, with no id used twice."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    is_whole = page.lstrip().lower().startswith("<!doctype")
    tree = parser.parse(page) if is_whole else parser.parseFragment(page)
    assert not parser.errors, [(where, code) for where, code, _ in parser.errors][:5]
    ids = [element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]
    assert len(ids) == len(set(ids)), f"ids used twice: {sorted({i for i in ids if ids.count(i) > 1})}"
