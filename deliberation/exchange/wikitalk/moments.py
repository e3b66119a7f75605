"""Dates as signatures write them in several languages. Pure.

MediaWiki writes a signature's date in the wiki's language: "12:34, 5 March 2010 (UTC)", "5 mars 2010
kl. 12.34 (CET)". The names of the months are those of CLDR.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Final, NamedTuple

from babel import Locale

LANGUAGES: Final = (
    "en",
    "sv",
    "de",
    "fr",
    "es",
    "da",
    "nb",
    "nn",
    "fi",
    "nl",
    "it",
    "pt",
    "pl",
    "ru",
    "et",
    "is",
)
_HOURS: Final = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7,
}  # fmt: skip
_CLOCK: Final = r"(?P<{0}>\d{{1,2}}[:.h]\d{{2}})"
_DATE: Final = re.compile(
    r"(?<![\d:.])(?:" + _CLOCK.format("before") + r"(?:min)?,?[ ](?:de[ ])?(?:den[ ])?)?"
    r"(?:(?P<day>\d{1,2})\.?[ ](?:de[ ])?(?P<month>[^\W\d_]{3,12})\.?,?[ ](?:de[ ])?"
    r"|(?P<month2>[^\W\d_]{3,12})[ ](?P<day2>\d{1,2}),[ ])"
    r"(?P<year>\d{4})"
    r"(?:,?[ ](?:kl\.?|kello|à|um|om|at|klo)?[ ]?" + _CLOCK.format("after") + r")?"
    r"(?:[ ]?\((?P<zone>[A-Z]{2,5})\))?"
)


class FoundDate(NamedTuple):
    """A date in a text, and where it stands."""

    start: int
    end: int
    moment: datetime


def dates_in(text: str) -> Iterator[FoundDate]:
    """Yield the dates in the text. One without a zone, or with an unknown one, is taken as UTC."""
    for match in _DATE.finditer(text):
        moment = _moment(match)
        if moment is not None:
            yield FoundDate(match.start(), match.end(), moment)


def _moment(match: re.Match[str]) -> datetime | None:
    month = _months().get((match["month"] or match["month2"]).casefold())
    if month is None:
        return None
    clock = (match["before"] or match["after"] or "0:00").replace(".", ":").replace("h", ":")
    hour, minute = map(int, clock.split(":"))
    hours = _HOURS.get(match["zone"] or "UTC", 0)
    zone = timezone(timedelta(hours=hours)) if hours else UTC
    try:
        return datetime(
            int(match["year"]), month, int(match["day"] or match["day2"]), hour, minute, tzinfo=zone
        ).astimezone(UTC)
    except (ValueError, OverflowError):  # 31 February, 25:00
        return None


@cache
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for use in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                for month, name in Locale(language).months[use][width].items():
                    found.setdefault(name.strip(".").casefold(), month)
    return found
