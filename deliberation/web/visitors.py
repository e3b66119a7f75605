"""Pages for visitors, made once for all of them for as long as nothing in the database has changed.

Everybody without a session sees the same page in the same language. Whoever has a session is shown a page of
their own, but shares what was read for it and is nobody's own.
"""

from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, g, request

from deliberation.base.database import version_of
from deliberation.base.shared import Kept, as_of
from deliberation.web.extensions import db
from deliberation.web.locale import choose_locale
from deliberation.web.rendering import THEME_COOKIE

MOST_PAGES: Final = 256
KEPT_HEADERS: Final = ("Content-Type", "Content-Encoding", "ETag", "Vary", "Content-Language")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was sent."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


def remember_visitor_pages(app: Flask, endpoints: frozenset[str]) -> None:
    """Keep the pages at `endpoints`. Comes before whatever else changes answers, such as compression."""
    pages: Kept[Page] = Kept(MOST_PAGES)

    @app.after_request
    def keep(response: Response) -> Response:
        version = g.get("visitor_version")
        is_for_all = response.status_code == 200 and "Set-Cookie" not in response.headers
        if version is not None and is_for_all and not response.is_streamed:
            headers = tuple(
                (name, response.headers[name]) for name in KEPT_HEADERS if name in response.headers
            )
            pages.keep(_key(), version, Page(response.get_data(), headers))
        return response

    @app.before_request
    def answer() -> Response | None:
        as_of.set(None)
        if app.testing or request.method != "GET" or request.endpoint not in endpoints:
            return None
        version = version_of(db.session())
        if version is None:
            return None
        as_of.set((app.config["SQLALCHEMY_DATABASE_URI"], version))
        if _has_session(app):
            return None
        found = pages.find(_key(), version)
        if found is None:
            g.visitor_version = version
            return None
        return Response(found[0].body, headers=list(found[0].headers))


def _has_session(app: Flask) -> bool:
    return app.config["SESSION_COOKIE_NAME"] in request.cookies


def _key() -> Key:
    encodings = request.headers.get("Accept-Encoding", "")
    return request.full_path, choose_locale(), request.cookies.get(THEME_COOKIE, ""), encodings
