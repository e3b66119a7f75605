"""Numbers, intervals, times and the names of languages as a language writes them (from the CLDR)."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.lists import format_list as list_in
from babel.numbers import format_decimal

from deliberation.analysis.intervals import Interval

FALLBACK = "en"


def format_count(number: int, language: str) -> str:
    """The whole number with the language's grouping, as in 3 841 or 3,841."""
    return format_decimal(number, locale=_locale(language))


def format_interval(interval: Interval, language: str) -> str:
    """The interval in whole percents with the language's spacing, as in 69–91 % or 69–91%."""
    locale = _locale(language)
    pattern = locale.percent_formats[None]
    low, high = (format_decimal(round(end * 100), locale=locale) for end in (interval.low, interval.high))
    return f"{pattern.prefix[0]}{low}–{high}{pattern.suffix[0]}"


def format_time(time: datetime, language: str) -> str:
    """The day and the time of day, with the time zone it is given in."""
    return format_datetime(time, "long", tzinfo=time.tzinfo, locale=_locale(language))


def format_day(day: date, language: str) -> str:
    """The day in full, as in 15 February 2027."""
    return format_date(day, "long", locale=_locale(language))


def format_list(names: Sequence[str], language: str) -> str:
    """The names as one says them, as in "A, B and C"; empty where there are none."""
    return list_in(names, locale=_locale(language))


def language_name(language: str, *, in_language: str) -> str:
    """What a language is called in another; the tag itself where it has no known name."""
    try:
        name = Locale.parse(language, sep="-").get_display_name(_locale(in_language))
    except (UnknownLocaleError, ValueError):
        return language
    return name or language


def text_direction(language: str) -> Literal["ltr", "rtl"]:
    """The direction the language is written in."""
    return "rtl" if _locale(language).text_direction == "rtl" else "ltr"


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    """The locale of a language tag; that of its first part, or English, where the whole is not known."""
    for tag in (language, language.split("-", maxsplit=1)[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(FALLBACK)
