"""The synthesis as CommonMark.

What people wrote stands in quotations and headings of its own. Every character that could be markup, in
CommonMark or its common extensions, is escaped; white space at the ends of lines, which a reader of
Markdown drops, is written as character references.
"""

import re
from collections.abc import Iterable, Iterator

from deliberation.synthesis.writers.before.layout import (
    facts_of,
    figures_of,
    groups_of,
    origin_of,
    sections_of,
    shares_of,
)
from deliberation.synthesis.writers.document import CitedIdea, Document, ThreadDocument
from deliberation.synthesis.writers.text import (
    character_references,
    paragraphs,
    safe_address,
    showable,
    split_ends,
)

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#&|~$^@]")
# A colon makes addresses (https:…) and, in some dialects, pictures (:smile:) and definition lists; between
# digits, as in 07:03, it makes nothing.
_COLON = re.compile(r"^:|(?<![0-9]):(?=\S)|:(?=[^\s0-9])")
_BARE_HOST = re.compile(r"\b(www)\.", re.IGNORECASE)
_LINE_START = re.compile(r"^([-+=]|[0-9]+(?=[.)]))")


def write_markdown(document: Document) -> bytes:
    """The document as UTF-8 CommonMark."""
    return ("\n\n".join(_blocks(document)) + "\n").encode()


def escape_line(text: str) -> str:
    """The text on one line, such that a reader of Markdown gets exactly it back; line breaks are kept
    as character references."""
    return "".join(_escape_core(part) if part != "\n" else "&#10;" for part in _lines(text))


def escape_quotation(text: str) -> str:
    """The text as a quotation, such that a reader of Markdown gets exactly it back, line by line."""
    before, core, after = split_ends(showable(text))
    lines = "\\\n".join(_escape_core(line) for line in core.split("\n"))
    whole = character_references(before) + lines + character_references(after)
    return "\n".join(f"> {line}" for line in whole.split("\n"))


def _lines(text: str) -> list[str]:
    return re.split(r"(\n)", showable(text))


def _escape_core(line: str) -> str:
    before, core, after = split_ends(line)
    core = _MARKUP.sub(r"\\\g<0>", core)
    core = _BARE_HOST.sub(r"\1\\.", _COLON.sub(r"\\:", core))
    return (
        character_references(before) + _LINE_START.sub(_escape_line_start, core) + character_references(after)
    )


def _escape_line_start(found: re.Match[str]) -> str:
    """A digit cannot be escaped, so in "1." the dot is; it follows what was found."""
    return found[0] + "\\" if found[0].isdigit() else "\\" + found[0]


def _blocks(document: Document) -> Iterator[str]:
    words = document.words
    yield f"# {escape_line(words.synthesis)}: {escape_line(document.title)}"
    yield _pairs(facts_of(document))
    yield from map(_paragraph, paragraphs(document.introduction))
    yield f"## {escape_line(words.participation)}"
    yield _pairs(figures_of(document.participation, document))
    for thread in document.threads:
        yield from _thread_blocks(thread, document)
    yield f"## {escape_line(words.method)}"
    for line in document.method:
        yield from map(_paragraph, paragraphs(line))
    yield f"{escape_line(words.source)}: {_link(document.address, document.address)}"


def _thread_blocks(thread: ThreadDocument, document: Document) -> Iterator[str]:
    yield f"## {escape_line(document.words.thread_number(thread.number))}. {escape_line(thread.question)}"
    yield _pairs(figures_of(thread.participation, document))
    for section in sections_of(thread, document):
        yield f"### {escape_line(section.heading)}"
        yield escape_line(section.note if section.ideas else document.words.none_listed)
        for idea in section.ideas:
            yield from _idea_blocks(idea, document)


def _idea_blocks(idea: CitedIdea, document: Document) -> Iterator[str]:
    words = document.words
    yield escape_quotation(idea.statement)
    details = [_link(words.idea_number(idea.number), idea.address)]
    details += map(escape_line, origin_of(idea, document))
    if idea.tags:
        details.append(f"{escape_line(words.tags)}: {', '.join(map(escape_line, idea.tags))}")
    results = (shares_of(idea, document), groups_of(idea, document))
    lines = [" · ".join(map(escape_line, result)) for result in results]
    yield "\\\n".join(line for line in [*lines, " · ".join(details)] if line)


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- {escape_line(label)}: {escape_line(value)}" for label, value in pairs)


def _paragraph(text: str) -> str:
    return "\\\n".join(map(_escape_core, text.split("\n")))


def _link(label: str, address: str) -> str:
    safe = safe_address(address)
    return f"[{escape_line(label)}](<{safe}>)" if safe else escape_line(label)
