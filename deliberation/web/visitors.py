"""Pages for visitors, made once for all of them for as long as nothing in the database has changed.

Everybody without a session sees the same page in the same language. It is kept with the database's own
version, and for a few seconds at most, because some of what a page says follows the clock.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, g, request

from deliberation.base.database import Version, version_of
from deliberation.web.extensions import db
from deliberation.web.locale import choose_locale
from deliberation.web.rendering import THEME_COOKIE

MOST_PAGES: Final = 256
MOST_SECONDS: Final = 2.0
KEPT_HEADERS: Final = ("Content-Type", "Content-Encoding", "ETag", "Vary", "Content-Language")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was sent."""

    version: Version
    since: float
    body: bytes
    headers: tuple[tuple[str, str], ...]


class VisitorPages:
    """The pages last made for visitors, shared by the threads of a process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Key, version: Version) -> Kept | None:
        """Return the page if it is still what would be made."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is None or kept.version != version or time.monotonic() - kept.since > MOST_SECONDS:
                return None
            self._pages.move_to_end(key)
            return kept

    def keep(self, key: Key, kept: Kept) -> None:
        """Keep the page, and let go of the one that was longest not asked for."""
        with self._lock:
            self._pages[key] = kept
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)


def remember_visitor_pages(app: Flask, endpoints: frozenset[str]) -> None:
    """Keep the pages at `endpoints`. Comes before whatever else changes answers, such as compression."""
    pages = VisitorPages()

    @app.after_request
    def keep(response: Response) -> Response:
        version = g.get("visitor_version")
        is_for_all = response.status_code == 200 and "Set-Cookie" not in response.headers
        if version is not None and is_for_all and not response.is_streamed:
            headers = tuple(
                (name, response.headers[name]) for name in KEPT_HEADERS if name in response.headers
            )
            pages.keep(_key(), Kept(version, time.monotonic(), response.get_data(), headers))
        return response

    @app.before_request
    def answer() -> Response | None:
        if app.testing or request.method != "GET" or request.endpoint not in endpoints or _has_session(app):
            return None
        version = version_of(db.session())
        kept = pages.find(_key(), version) if version else None
        if kept is None:
            g.visitor_version = version
            return None
        return Response(kept.body, headers=list(kept.headers))


def _has_session(app: Flask) -> bool:
    return app.config["SESSION_COOKIE_NAME"] in request.cookies


def _key() -> Key:
    encodings = request.headers.get("Accept-Encoding", "")
    return request.full_path, choose_locale(), request.cookies.get(THEME_COOKIE, ""), encodings
