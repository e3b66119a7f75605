"""Glossary words, marked where they first occur in a text. Pure: safe HTML in, safe HTML out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from markupsafe import Markup, escape

from deliberation.base.text import shortened

LONGEST_NOTE: Final = 300
_LEFT_ALONE: Final = frozenset({"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS: Final = frozenset({"p", "li", "blockquote", "h3", "h4", "pre"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word with a definition in plain text, and every spelling under which it occurs."""

    key: str
    title: str
    definition: str
    forms: tuple[str, ...]


def plain_text(html: str) -> str:
    """Return the words of safe HTML, for a place that takes no markup."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return shortened("".join(reader.words), LONGEST_NOTE)


def mark_terms(html: str, terms: Sequence[Term], *, page: str) -> Markup:
    """Return the HTML with each term's first occurrence as a link to its entry on the glossary `page`.

    The definition stands in the link's title. Links, headings and code are left as they are. `html` must
    be safe already; nothing but these links is added to it.
    """
    spellings = _spellings(terms)
    if not spellings:
        return Markup(html)  # noqa: S704 - safe by contract
    marker = _Marker(spellings, page)
    marker.feed(html)
    marker.close()
    return Markup("".join(marker.out))  # noqa: S704 - made of safe HTML and escaped links


def mark_terms_in_text(text: str, terms: Sequence[Term], *, page: str) -> Markup:
    """Do the same for plain text."""
    return mark_terms(str(escape(text)), terms, page=page)


def _spellings(terms: Iterable[Term]) -> dict[str, Term]:
    return {form.casefold(): term for term in terms for form in term.forms if form.strip()}


class _Marker(HTMLParser):
    """Copies HTML as it is, except for the words it looks for."""

    def __init__(self, spellings: dict[str, Term], page: str) -> None:
        # Entities stay entities, so that what was escaped is copied escaped.
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._spellings, self._page = spellings, page
        longest_first = sorted(spellings, key=len, reverse=True)
        self._pattern = re.compile(
            r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.IGNORECASE
        )
        self._marked: set[str] = set()
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")
        self._depth += tag in _LEFT_ALONE

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.out.append(f"</{tag}>")
        self._depth -= tag in _LEFT_ALONE

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def handle_data(self, data: str) -> None:
        self.out.append(data if self._depth else self._pattern.sub(self._link, data))

    def _link(self, found: re.Match[str]) -> str:
        word = found[0]
        term = self._spellings.get(word.casefold())
        if term is None or term.key in self._marked:
            return word
        self._marked.add(term.key)
        return Markup('<a class="term" href="{}#term-{}" title="{}">{}</a>').format(
            self._page,
            term.key,
            term.definition,
            Markup(word),  # noqa: S704 - copied from safe HTML
        )


class _Words(HTMLParser):
    """Collects the words and forgets the markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.words.append(" ")
