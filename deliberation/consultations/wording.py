"""How pages speak of languages, dates and terms. For views: it knows who reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Generic, Protocol, TypeVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from deliberation.base.clock import now
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.glossary import Term, plain_text
from deliberation.consultations.queries import chosen_text
from deliberation.web.locale import current_language


class Translatable(Protocol):
    """A text in one language that may be a translation."""

    language: str
    is_translation: bool


Text = TypeVar("Text", bound=Translatable)


@dataclass(frozen=True, slots=True)
class Said(Generic[Text]):
    """The words a reader gets, and what has to be said about their language."""

    words: Text
    mark: str
    """`Translated from Swedish`, `In Swedish`, or nothing."""
    attributes: Markup
    """The `lang` attribute, where the words are in another language than the page."""


def said(texts: Sequence[Text], *, source: str) -> Said[Text]:
    """Return the words for this reader, out of those of one thing in several languages."""
    reader = current_language()
    words = chosen_text(texts, language=reader, source=source)
    attributes = Markup()
    if words.language != reader:
        attributes = Markup(' lang="{}" dir="auto"').format(words.language)
    return Said(words, _mark(words, texts, source=source, reader=reader), attributes)


def shared_mark(items: Iterable[Said[Text]]) -> str:
    """Return the mark that all items have in common, or nothing."""
    marks = {item.mark for item in items}
    return marks.pop() if len(marks) == 1 else ""


def terms_in(entries: Iterable[BackgroundEntry], language: str) -> list[Term]:
    """Return the glossary for texts in `language`; terms without words in it are left out."""
    return [
        Term(entry.key, text.title, plain_text(text.body_html), tuple(text.forms))
        for entry in entries
        if entry.kind is EntryKind.GLOSSARY
        for text in entry.texts
        if text.language == language
    ]


def glossary_page(slug: str) -> str:
    """Return the address of the page that the glossary stands on."""
    return url_for("consultations.background", slug=slug)


def language_name(language: str) -> str:
    """Return what the reader calls a language, or its code if that is all that is known."""
    return _language_name(language, str(get_locale() or "en"))


def short_day(value: datetime) -> str:
    """Return day and month, with the year where it is not this one."""
    skeleton = "MMMd" if value.year == now().year else "yMMMd"
    return format_skeleton(skeleton, value, locale=get_locale())


def days_until(value: datetime) -> int:
    """Return how many whole days are left until then."""
    return max(0, (value - now()).days)


def _mark(words: Text, texts: Sequence[Text], *, source: str, reader: str) -> str:
    if words.is_translation:
        originals = [text.language for text in texts if not text.is_translation]
        original = source if source in originals or not originals else originals[0]
        return _("Translated from %(language)s", language=language_name(original))
    return "" if words.language == reader else _("In %(language)s", language=language_name(words.language))


@cache
def _language_name(language: str, reader: str) -> str:
    try:
        name = Locale.parse(language, sep="-").get_display_name(reader)
    except (ValueError, UnknownLocaleError):
        name = None
    return name or language
