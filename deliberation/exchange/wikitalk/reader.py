"""A talk page becomes posts: who wrote what, when, in answer to what. Pure, and it never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from deliberation.base.errors import marked
from deliberation.base.text import clean_line
from deliberation.exchange.wikitalk.plain import is_readable, plain_text
from deliberation.exchange.wikitalk.records import Post, ReadingFault, TalkPage
from deliberation.exchange.wikitalk.signatures import Signature, find_signature

LONGEST: Final = 400_000
"""Characters of a page. What is longer is refused before it is looked at."""
MOST_POSTS: Final = 500
MOST_BLOCKS: Final = 5_000
DEEPEST: Final = 50
MOST_FAULTS: Final = 100
SECTION_LENGTH: Final = 200
_HEADING: Final = re.compile(r"^(={1,6})\s*([^\n]*?)\s*\1\s*$")
_PREFIX: Final = re.compile(r"[:*#;]+")
_PRINTED: Final = re.compile(r"^\s{0,6}(?:•|\d{1,2}\.)\s+(?=\S)")
"""How a list looks on a page that was copied as it is read, not as it is written."""
_THREAD: Final = re.compile(
    r"^(?:Thread|Tråd|Diskussionsfaden)\s*:\s*(?:[^/\n]*/)?(.+?)(?:\s*\(\d+\))?$", re.I
)
_REPLY: Final = re.compile(r"^(?:Re|Sv|Svar|AW|Antw)\s*:\s*", re.I)
_TOO_LONG: Final = marked(
    "The page has more than %(most)s characters. Import it in parts, some sections at a time."
)
_TOO_MANY: Final = marked(
    "The page has more than %(most)s posts. Import it in parts, some sections at a time."
)
_UNSURE: Final = marked(
    "There is more markup here than can be understood. Its signs were taken away; check it."
)


@dataclass
class _Block:
    """Lines that belong together. `text` is wikitext without the indentation."""

    section: str
    replies: bool
    depth: int
    sign: str
    line: int
    lines: list[str]
    signature: Signature | None = None

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read_talk(wikitext: str) -> TalkPage:
    """Return the posts of the page and what could not be read. Faults are in order of their lines.

    A post ends with a signature, at a new bullet, at a change of indentation and at a heading. Lines that
    nobody signed belong to the signed line of the same indentation that follows.
    """
    if len(wikitext) > LONGEST:
        return TalkPage((), (ReadingFault(1, _TOO_LONG, {"most": LONGEST}),))
    found = list(islice(_blocks(_without_comments(wikitext)), MOST_BLOCKS))
    blocks = _joined(found)
    if len(blocks) > MOST_POSTS or len(found) == MOST_BLOCKS:
        last = blocks[min(len(blocks) - 1, MOST_POSTS)]
        return TalkPage((), (ReadingFault(last.line, _TOO_MANY, {"most": MOST_POSTS}),))
    faults = [ReadingFault(block.line, _UNSURE) for block in blocks if not is_readable(block.text)]
    return TalkPage(tuple(_posts(blocks)), tuple(faults[:MOST_FAULTS]))


def _without_comments(wikitext: str) -> str:
    text = wikitext.replace("\r\n", "\n").replace("\r", "\n")
    pieces, at = [], 0
    while (start := text.find("<!--", at)) != -1 and (end := text.find("-->", start)) != -1:
        pieces += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*pieces, text[at:]])


def _blocks(wikitext: str) -> Iterator[_Block]:
    section, replies, current = "", False, None
    for number, raw in enumerate(wikitext.split("\n"), start=1):
        heading = _HEADING.match(raw) if raw.startswith("=") and len(raw) <= 1_000 else None
        if heading is not None:
            if current is not None:
                yield current
            section, replies = _section_of(heading[2])
            current = None
            continue
        raw = _PRINTED.sub("*", raw)  # noqa: PLW2901
        prefix = _PREFIX.match(raw)
        depth = min(len(prefix[0]), DEEPEST) if prefix else 0
        sign = prefix[0][-1] if prefix else ""
        words = raw[len(prefix[0]) :] if prefix else raw
        if current is not None and _goes_on(current, depth, sign, words):
            current.lines.append(words.strip())
            current.signature = _signature(current)
            continue
        if not words.strip():
            continue
        if current is not None:
            yield current
        current = _Block(section, replies, depth, sign, number, [words.strip()])
        current.signature = _signature(current)
    if current is not None:
        yield current


def _signature(block: _Block) -> Signature | None:
    # A signature is on one line or two; looking through the whole text at each line would take long.
    end = "\n".join(block.lines[-2:])
    found = find_signature(end)
    return found and found._replace(start=len(block.text) - len(end) + found.start)


def _goes_on(block: _Block, depth: int, sign: str, words: str) -> bool:
    if block.signature is not None or len(block.lines) > 400:
        return False
    if not words.strip():
        return depth == 0 and block.depth == 0
    return depth == block.depth and sign == block.sign and sign in {"", ":"}


def _section_of(title: str) -> tuple[str, bool]:
    words = clean_line(plain_text(title)) if len(title) <= 500 else clean_line(title)
    thread = _THREAD.match(words)
    words = thread[1] if thread else words
    reply = _REPLY.match(words)
    return (words[reply.end() :] if reply else words)[:SECTION_LENGTH], reply is not None


def _joined(blocks: list[_Block]) -> list[_Block]:
    """Give unsigned lines, and what hangs under them, to the signed line of the same depth that ends them."""
    whole: list[_Block] = []
    for block in blocks:
        start = _beginning(whole, block) if block.signature and block.sign in {"", ":"} else None
        if start is None:
            whole.append(block)
            continue
        first, parts = whole[start], whole[start + 1 :]
        for part in [*parts, block]:
            bullet = "* " if part.sign in {"*", "#"} else ""
            gap = [] if bullet else [""]
            first.lines += [*gap, *(bullet + line for line in part.lines)]
        first.signature = _signature(first)
        del whole[start + 1 :]
    return whole


def _beginning(whole: list[_Block], block: _Block) -> int | None:
    for place in range(len(whole) - 1, -1, -1):
        before = whole[place]
        if before.signature is not None or before.section != block.section or before.depth < block.depth:
            return None
        if before.depth == block.depth:
            return place if before.sign == block.sign else None
    return None


def _posts(blocks: list[_Block]) -> Iterator[Post]:
    path: list[tuple[int, int]] = []
    openings: dict[str, int] = {}
    section: str | None = None
    number = 0
    for block in blocks:
        wikitext = block.text if block.signature is None else block.text[: block.signature.start]
        text = plain_text(wikitext)
        if not text:
            continue
        number += 1
        opens = block.section != section or not path
        if opens:
            path, section = [], block.section
        while path and path[-1][0] >= max(block.depth, 1):
            path.pop()
        answers = path[-1][1] if path else None
        if opens and block.replies:
            answers = openings.get(block.section)
        openings.setdefault(block.section, number)
        path.append((block.depth, number))
        signed = block.signature
        yield Post(
            number, block.section, block.depth, block.sign in {"*", "#"}, opens and answers is None, answers,
            text, signed.author if signed else "", signed.written_at if signed else None, block.line,
        )  # fmt: skip
