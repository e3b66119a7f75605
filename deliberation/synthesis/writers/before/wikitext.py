"""The synthesis as MediaWiki wikitext.

Paragraphs are short and parted by blank lines, so that the Translate extension makes a unit of each; every
section has an anchor that survives translation. Characters of people's texts that could be markup are
written as character references, never wrapped in nowiki; a line break in them is a br element, so that no
text of theirs begins a line of the page.
"""

import re
from collections.abc import Iterable, Iterator

from deliberation.synthesis.writers.before.layout import (
    Section,
    facts_of,
    figures_of,
    groups_of,
    origin_of,
    sections_of,
    shares_of,
    thread_anchor,
)
from deliberation.synthesis.writers.document import CitedIdea, Document, ThreadDocument
from deliberation.synthesis.writers.text import (
    character_references,
    language_tag,
    paragraphs,
    safe_address,
    showable,
    split_ends,
)

# The colon is what makes a bare address a link, though not between digits, as in 07:03; the exclamation mark
# parts table headers; some wikis write their switches (__NOTOC__) with the wide underscore.
_MARKUP = re.compile(r"[&<>\[\]{}|'=*#;~_!＿]|(?<![0-9]):|:(?![0-9])")
_FIRST_HYPHEN = re.compile(r"^[-+]")
# MediaWiki links "RFC 1" and its like on its own.
_MAGIC_LINK = re.compile(r"(?:RFC|PMID|ISBN)(?=\s)")


def write_wikitext(document: Document) -> bytes:
    """The document as UTF-8 wikitext."""
    return ("\n\n".join(_blocks(document)) + "\n").encode()


def escape_wikitext(text: str) -> str:
    """The text on one line, such that a wiki shows exactly it."""
    before, core, after = split_ends(showable(text))
    lines = "<br>".join(_escape_line(line) for line in core.split("\n"))
    return _escape_ends(before) + lines + _escape_ends(after)


def _escape_ends(white_space: str) -> str:
    return "<br>".join(map(character_references, white_space.split("\n")))


def _escape_line(line: str) -> str:
    before, core, after = split_ends(line)
    for pattern in (_MARKUP, _FIRST_HYPHEN):
        core = pattern.sub(_escape_match, core)
    core = _MAGIC_LINK.sub(lambda found: character_references(found[0][0]) + found[0][1:], core)
    return character_references(before) + core + character_references(after)


def _escape_match(found: re.Match[str]) -> str:
    return character_references(found[0])


def _blocks(document: Document) -> Iterator[str]:
    words = document.words
    yield f"'''{escape_wikitext(words.synthesis)}. {escape_wikitext(document.title)}'''"
    yield from map(escape_wikitext, paragraphs(document.introduction))
    yield _pairs(facts_of(document))
    yield _heading(2, "participation", escape_wikitext(words.participation))
    yield _pairs(figures_of(document.participation, document))
    for thread in document.threads:
        yield from _thread_blocks(thread, document)
    yield _heading(2, "method", escape_wikitext(words.method))
    for line in document.method:
        yield from map(escape_wikitext, paragraphs(line))
    yield f"{escape_wikitext(words.source)}: {_link(document.address, document.address)}"


def _thread_blocks(thread: ThreadDocument, document: Document) -> Iterator[str]:
    name = escape_wikitext(document.words.thread_number(thread.number))
    yield _heading(2, thread_anchor(thread), f"{name}. {escape_wikitext(thread.question)}")
    yield _pairs(figures_of(thread.participation, document))
    for section in sections_of(thread, document):
        yield _heading(3, f"{thread_anchor(thread)}-{section.key}", escape_wikitext(section.heading))
        yield escape_wikitext(section.note if section.ideas else document.words.none_listed)
        if section.ideas:
            yield _table(section, document)


def _heading(level: int, anchor: str, content: str) -> str:
    marks = "=" * level
    return f'{marks} <span id="{anchor}"></span>{content} {marks}'


def _table(section: Section, document: Document) -> str:
    words = document.words
    lines = ['{| class="wikitable"', "|-"]
    for heading in (words.idea, words.statement, words.result, words.tags):
        lines.append(f'! scope="col" | {escape_wikitext(heading)}')
    for idea in section.ideas:
        lines += _row(idea, document)
    return "\n".join([*lines, "|}"])


def _row(idea: CitedIdea, document: Document) -> Iterator[str]:
    yield "|-"
    names = [_link(document.words.idea_number(idea.number), idea.address)]
    names += map(escape_wikitext, origin_of(idea, document))
    yield f"| {'<br>'.join(names)}"
    yield f'| lang="{language_tag(idea.language)}" dir="auto" | {escape_wikitext(idea.statement)}'
    results = (*shares_of(idea, document), *groups_of(idea, document))
    yield f"| {'<br>'.join(map(escape_wikitext, results))}"
    yield f"| {', '.join(map(escape_wikitext, idea.tags))}"


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"* {escape_wikitext(label)}: {escape_wikitext(value)}" for label, value in pairs)


def _link(label: str, address: str) -> str:
    safe = safe_address(address)
    return f"[{safe} {escape_wikitext(label)}]" if safe else escape_wikitext(label)
