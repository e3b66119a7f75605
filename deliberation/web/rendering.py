"""What templates can call: numbers, dates, shares and the facts of the page."""

from datetime import datetime
from typing import Any

from babel.dates import format_timedelta
from flask import Flask, g, request
from flask_babel import format_date, format_datetime, format_decimal, get_locale
from flask_login import current_user
from markupsafe import Markup

from deliberation.base.clock import now
from deliberation.base.text import shortened
from deliberation.web.locale import LANGUAGES, current_language, direction_of

RECENT_DAYS = 7
THEME_COOKIE = "theme"


def prepare_templates(app: Flask, *, site_name: str) -> None:
    """Give the templates their filters and the facts every page shows."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        number=number,
        day=day,
        moment=moment,
        share_range=share_range,
        shortened=shortened,
        direction=direction_of,
    )

    @app.context_processor
    def page_facts() -> dict[str, Any]:
        viewer = visible_viewer()
        theme = viewer.theme if viewer else request.cookies.get(THEME_COOKIE)
        language = current_language()
        return {
            "viewer": viewer,
            "place": g.get("place"),
            "locale": language,
            "text_direction": direction_of(language),
            "languages": LANGUAGES,
            "theme": theme if theme in {"light", "dark"} else None,
            "site_name": site_name,
        }


def visible_viewer() -> Any:
    """Return who is signed in, or None."""
    return current_user if current_user.is_authenticated else None


def number(value: float) -> str:
    """Return a number as the reader writes it."""
    return format_decimal(value)


def share_range(low: float, high: float) -> str:
    """Return an interval of shares in whole per cent, such as `69–91 %`, as the reader writes it."""
    space = "\N{NARROW NO-BREAK SPACE}" if current_language() == "sv" else ""
    return f"{round(low * 100)}–{round(high * 100)}{space}%"


def day(value: datetime) -> Markup:
    """Return a date in words inside <time>: `2 days ago` when it is recent, else `12 November 2026`."""
    locale = get_locale()
    past = now() - value
    if 0 <= past.total_seconds() < RECENT_DAYS * 86_400:
        words = format_timedelta(-past, add_direction=True, locale=locale)
    else:
        words = format_date(value, "long")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), words)


def moment(value: datetime) -> Markup:
    """Return a date and time of day inside <time>."""
    words = format_datetime(value, "medium")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), words)
