"""The signed cookie of a browser: who is signed in with it, and what the browser calls itself."""

from typing import Final

from flask import request, session

_BROWSERS: Final = (
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def start_session(token: str) -> None:
    """Make this browser the holder of the sign-in with this secret. Nothing from before is carried over."""
    session.clear()
    session.permanent = True
    session["_user_id"] = token
    session["_fresh"] = True


def start_guest_session(token: str) -> None:
    """Make this browser the holder of the guest with this secret. Nothing from before is carried over."""
    session.clear()
    session.permanent = True
    session["guest"] = token


def guest_token() -> str | None:
    """Return the secret of the guest that this browser is, if its cookie has one."""
    token = session.get("guest")
    return token if isinstance(token, str) else None


def end_session() -> None:
    """Make this browser forget who was signed in, or which guest it was."""
    session.clear()


def browser_of_request() -> str:
    """Return a short name such as `Firefox, Android` for the browser, or nothing if it is not known.

    No more than this is kept: enough to recognise a browser of one's own, too little to track one.
    """
    sent = request.headers.get("User-Agent", "")
    names = (next((name for mark, name in known if mark in sent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, names))
