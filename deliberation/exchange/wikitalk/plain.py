"""Wikitext to plain text: what a reader of the page would read. Pure."""

import html
import re
from collections.abc import Iterable
from typing import Final

import mwparserfromhell
from mwparserfromhell.nodes import (
    Argument,
    Comment,
    ExternalLink,
    Heading,
    HTMLEntity,
    Tag,
    Template,
    Text,
    Wikilink,
)

from deliberation.base.text import clean_text

MOST_MARKS: Final = 80
"""Signs of markup in one post. The parser tries every opening sign that nothing closes again and again."""
_MARKS: Final = re.compile(r"\{\{|\[\[|\[[a-z]|<|''|\{\||^[:*#;]+", re.M)
_LEFT_OUT: Final = frozenset(
    {"ref", "gallery", "math", "score", "syntaxhighlight", "templatestyles", "table"}
)
_FILES: Final = frozenset({"file", "image", "fil", "bild", "datei", "fichier", "archivo", "category",
                           "kategori",
                           "kategorie", "catégorie", "categoría"})  # fmt: skip
_STRIPPED: Final = re.compile(r"<[^<>]{0,300}>|'{2,5}|\[\[|\]\]|\{\{|\}\}|[{}]\|")
_BLANKS: Final = re.compile(r"\n{3,}")
_SPECIAL: Final = re.compile(r"<https?://[^<>\s]+>|([\\`*_\[\]<>])")
_LIST_LIKE: Final = re.compile(r"(?m)^(\s*)([#+=-]|\d+[.)])(?=\s|$)")
_LINE_PREFIX: Final = re.compile(r"(?m)^[ ]*([:*#;]+)[ ]*")


def is_readable(wikitext: str) -> bool:
    """Say whether there is little enough markup in the text to be parsed in no time."""
    return len(_MARKS.findall(wikitext)) <= MOST_MARKS


def plain_text(wikitext: str) -> str:
    """Return the text without its markup. Links keep their words, addresses stand in <>, templates go.

    Never raises. What `is_readable` denies has its signs of markup cut away instead of understood.
    """
    wikitext = _LINE_PREFIX.sub(lambda match: "- " if match[1][-1] in "*#" else "", wikitext)
    if is_readable(wikitext):
        words = "".join(_words(mwparserfromhell.parse(wikitext).nodes))
    else:
        words = html.unescape(_STRIPPED.sub("", wikitext))
    return _BLANKS.sub("\n\n", clean_text(words))


def as_markdown(text: str) -> str:
    """Return plain text as Markdown that shows it as it is; addresses in <> become links."""
    marked = _SPECIAL.sub(lambda match: f"\\{match[1]}" if match[1] else match[0], text)
    return _LIST_LIKE.sub(
        lambda match: match[0] if match[2] == "-" else f"{match[1]}{_shown(match[2])}", marked
    )


def _shown(sign: str) -> str:
    return sign[:-1] + "\\" + sign[-1]


def _words(nodes: Iterable[object]) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, Text):
            yield str(node.value)
        elif isinstance(node, HTMLEntity):
            yield html.unescape(str(node))
        elif isinstance(node, Wikilink):
            yield from _link_words(node)
        elif isinstance(node, ExternalLink):
            yield _address_words(node)
        elif isinstance(node, Heading):
            yield from _words(node.title.nodes)
        elif isinstance(node, Tag):
            yield from _tag_words(node)
        elif isinstance(node, Argument):
            yield from _words(node.default.nodes if node.default is not None else ())
        elif not isinstance(node, Template | Comment):
            yield str(node)


def _link_words(node: Wikilink) -> Iterable[str]:
    target = str(node.title).strip()
    if target.split(":")[0].strip().casefold() in _FILES:
        return
    yield from _words(node.text.nodes) if node.text is not None else (target.lstrip(":"),)


def _address_words(node: ExternalLink) -> str:
    address = str(node.url).strip()
    if not address.startswith(("http://", "https://")):
        return str(node)
    shown = f"<{address}>"
    words = "".join(_words(node.title.nodes)).strip() if node.title is not None else ""
    return f"{words} ({shown})" if words else shown


def _tag_words(node: Tag) -> Iterable[str]:
    name = str(node.tag).strip().casefold()
    if name in _LEFT_OUT:
        return
    if name in {"br", "hr"}:
        yield "\n"
    elif name == "nowiki":
        yield html.unescape(str(node.contents or ""))
    elif node.wiki_markup in {":", "*", "#", ";"}:
        yield "" if node.wiki_markup in {":", ";"} else "- "
    elif node.contents is not None:
        yield from _words(node.contents.nodes)
