"""The meaning of single cells: text in, value out, or BadCell with the reason in plain words."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from deliberation.exchange.polis.records import PolisModeration
from deliberation.ideas.models import IMPORTED_STATEMENT_LENGTH
from deliberation.votes.models import Choice

# Numbers become integer keys; PostgreSQL's end here.
GREATEST_NUMBER = 2**31 - 1
# Read as seconds this is the year 5138, read as milliseconds it is 1973: no export is in doubt.
FIRST_MILLISECOND = 10**11
LATEST_MILLISECOND = 10**14
SHOWN_CHARACTERS = 40

_WHOLE = re.compile(r"[0-9]{1,18}")
_EXACT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHOICES = {str(choice.value): choice for choice in Choice}
_MODERATION = {str(state.value): state for state in PolisModeration}
_FLAGS = {"true": True, "false": False}


class BadCell(Exception):
    """The cell cannot be what its column says."""


def shown(value: str) -> str:
    """The cell's text, short and harmless enough for one line of a terminal."""
    short = value if len(value) <= SHOWN_CHARACTERS else value[:SHOWN_CHARACTERS] + "…"
    return '"' + "".join(sign if sign.isprintable() else "�" for sign in short) + '"'


def whole_number(value: str, column: str) -> int:
    """A number of at least 0."""
    if not _WHOLE.fullmatch(value):
        raise BadCell(f"{shown(value)} in column {column} is not a whole number")
    number = int(value)
    if number > GREATEST_NUMBER:
        raise BadCell(f"{shown(value)} in column {column} is too large")
    return number


def moment(value: str, column: str) -> datetime:
    """A time in UTC, written as seconds or as milliseconds since 1970."""
    if not _WHOLE.fullmatch(value):
        raise BadCell(f"{shown(value)} in column {column} is not a whole number")
    stamp = int(value)
    if stamp > LATEST_MILLISECOND:
        raise BadCell(f"{shown(value)} in column {column} is not a time in seconds or milliseconds")
    milliseconds = stamp if stamp >= FIRST_MILLISECOND else stamp * 1000
    return _EPOCH + timedelta(milliseconds=milliseconds)


def exact_moment(value: str, column: str) -> datetime:
    """A time in UTC as our own files write it, to the microsecond."""
    if not _EXACT.fullmatch(value):
        raise BadCell(f"{shown(value)} in column {column} is not a time such as 2026-11-24T09:30:00.000000Z")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise BadCell(f"{shown(value)} in column {column} is not a day and time there is") from None


def choice(value: str, column: str) -> Choice:
    """1, 0 or -1."""
    if value not in _CHOICES:
        raise BadCell(f"{shown(value)} in column {column} is not a vote: 1, 0 or -1")
    return _CHOICES[value]


def moderation(value: str, column: str) -> PolisModeration:
    """1, 0 or -1."""
    if value not in _MODERATION:
        raise BadCell(f"{shown(value)} in column {column} is not a moderation state: 1, 0 or -1")
    return _MODERATION[value]


def flag(value: str, column: str) -> bool:
    """`true` or `false`."""
    if value not in _FLAGS:
        raise BadCell(f"{shown(value)} in column {column} is neither true nor false")
    return _FLAGS[value]


def statement_text(value: str, column: str) -> str:
    """The text as `plain` gives it; never blank."""
    text = plain(value)
    if not text:
        raise BadCell(f"column {column} has no text")
    if len(text) > IMPORTED_STATEMENT_LENGTH:
        raise BadCell(f"column {column} has more than {IMPORTED_STATEMENT_LENGTH} characters")
    return text


def plain(value: str) -> str:
    """The text without white space around it and control characters, each line break one newline."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) != "Cc").strip()
