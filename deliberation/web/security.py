"""Headers that keep a page to itself, and the one helper for addresses a form may lead back to."""

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

from deliberation.base.database import writing

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LONGEST_PATH: Final = 1_000
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def secure(app: Flask, *, strict_transport: bool) -> None:
    """Send the security headers with every answer, and tell the database which requests only read."""

    @app.before_request
    def tell_the_database() -> None:
        writing.set(request.method not in READING)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if strict_transport:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return _cacheable(response)


def local_path(target: str | None, *, otherwise: str) -> str:
    """Return `target` if it is a path on this site, else `otherwise`."""
    if not target or len(target) > LONGEST_PATH or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return otherwise
    if any(ord(character) < 0x21 or character == "\\" for character in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def _cacheable(response: Response) -> Response:
    """Let a browser ask whether a page has changed instead of fetching it again."""
    if response.cache_control.public:
        return response
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    if request.method in {"GET", "HEAD"} and response.status_code == 200 and not response.is_streamed:
        response.vary.update(("Cookie", "Accept-Language"))
        if "ETag" not in response.headers:
            response.add_etag(weak=True)
        response.make_conditional(request)
    return response
