"""What an imported text says about where it comes from. For pages: it knows the languages we speak."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from deliberation.exchange.drafts.rows import Row
from deliberation.exchange.wikitalk.plain import as_markdown
from deliberation.ideas.search import primary
from deliberation.web.locale import LANGUAGES

OTHERWISE = "en"


def credit_for(origin: str) -> Callable[[Row], str]:
    """Return what says in Markdown, in a row's own language, that it is imported, from where and whose it is.

    In a language that the pages do not speak it is said in English.
    """

    def credit(row: Row) -> str:
        language = primary(row.language)
        with force_locale(language if language in LANGUAGES else OTHERWISE):
            return _said(row, as_markdown(origin))

    return credit


def _said(row: Row, origin: str) -> str:
    author = as_markdown(row.author)
    if row.written_at is None:
        if author:
            return _("(Imported from %(origin)s. Written by %(author)s.)", origin=origin, author=author)
        return _("(Imported from %(origin)s. It does not say who wrote this.)", origin=origin)
    day = format_date(row.written_at, "long", rebase=False)
    if author:
        return _(
            "(Imported from %(origin)s. Written by %(author)s, %(day)s.)",
            origin=origin,
            author=author,
            day=day,
        )
    return _("(Imported from %(origin)s, %(day)s. It does not say who wrote this.)", origin=origin, day=day)
