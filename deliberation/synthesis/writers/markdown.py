"""The synthesis as CommonMark.

What people wrote stands in quotations and headings of its own. Every character that could be markup, in
CommonMark or its common extensions, is escaped; white space at the ends of lines, which a reader of
Markdown drops, is written as character references. What the working group wrote in Markdown is written anew
from what it means, so that it can neither hold markup of another kind nor change what follows it.
"""

import re
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Final

from mdformat.renderer import MDRenderer, RenderContext, RenderTreeNode

from deliberation.synthesis.writers.outline import outline_of
from deliberation.synthesis.writers.parts import (
    Claim,
    Dissent,
    Facts,
    Heading,
    Masthead,
    Paragraph,
    Part,
    Picture,
    Points,
    Prose,
    Request,
    Rows,
    Signed,
    Support,
)
from deliberation.synthesis.writers.prose import tokens_of
from deliberation.synthesis.writers.report import Report
from deliberation.synthesis.writers.text import (
    character_references,
    paragraphs,
    safe_address,
    showable,
    split_ends,
)
from deliberation.synthesis.writers.words import Words

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#&|~$^@]")
# A colon makes addresses (https:…) and, in some dialects, pictures (:smile:) and definition lists; between
# digits, as in 07:03, it makes nothing.
_COLON = re.compile(r"^:|(?<![0-9]):(?=\S)|:(?=[^\s0-9])")
_BARE_HOST = re.compile(r"\b(www)\.", re.IGNORECASE)
_LINE_START = re.compile(r"^([-+=]|[0-9]+(?=[.)]))")


_CLAIM_LEVEL: Final = 3
_DEEPEST_HEADING: Final = 6


def write_markdown(report: Report) -> bytes:
    """The report as UTF-8 CommonMark."""
    return write_markdown_parts(outline_of(report), report.words)


def write_markdown_parts(parts: Iterable[Part], words: Words) -> bytes:
    """The parts, of a report or of anything else, as UTF-8 CommonMark."""
    blocks = (block for part in parts for block in _blocks(part, words))
    return ("\n\n".join(block for block in blocks if block) + "\n").encode()


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


def _blocks(part: Part, words: Words) -> Iterator[str]:
    match part:
        case Masthead():
            yield f"# {escape_line(part.heading)}"
            yield escape_line(part.kicker)
            yield escape_line(part.consultation)
            yield from map(_paragraph, paragraphs(part.authors))
        case Heading():
            number = f"{escape_line(part.number)}. " if part.number else ""
            yield f"{'#' * part.level} {number}{escape_line(part.text)}"
        case Paragraph():
            yield from map(_paragraph, paragraphs(part.text))
        case Prose():
            yield _prose(part.markdown, _CLAIM_LEVEL)
        case Points():
            yield _points(map(escape_line, part.lines))
        case Facts():
            yield _points(
                f"{escape_line(fact.label)}: {_link(fact.value, fact.value if fact.is_address else '')}"
                for fact in part.facts
            )
        case Rows():
            yield f"**{escape_line(part.table.title)}**" if part.table.title.strip() else ""
            yield _points(_row(part.table.headings, row) for row in part.table.rows)
            yield from map(_paragraph, paragraphs(part.table.note))
        case Picture():
            yield from map(_paragraph, paragraphs(part.figure.caption))
            yield from map(_paragraph, paragraphs(part.figure.alternative))
        case Claim():
            yield from _claim(part, words)
        case Request():
            yield from _request(part, words)
        case Signed():
            yield from _signed(part, words)
        case Dissent():
            yield f"#### {escape_line(part.report.title)}"
            yield _prose(part.report.text, _CLAIM_LEVEL + 2)
            yield from map(_paragraph, paragraphs(part.names))


def _claim(part: Claim, words: Words) -> Iterator[str]:
    finding = part.finding
    yield f"{'#' * _CLAIM_LEVEL} {escape_line(finding.claim)}"
    details = [f"{escape_line(part.number)}: {escape_line(part.kind)}"]
    if part.about:
        details.append(escape_line(part.about))
    if part.themes:
        details.append(f"{escape_line(words.themes)}: {escape_line(part.themes)}")
    yield " · ".join(details)
    if finding.changes:
        yield escape_line(words.evidence_changed)
        yield _points(map(escape_line, finding.changes))
    yield _prose(finding.text, _CLAIM_LEVEL + 1)
    for support in part.support:
        yield from _support(support, words)


def _support(support: Support, words: Words) -> Iterator[str]:
    idea = support.idea
    yield escape_quotation(idea.statement)
    details = [_link(support.name, idea.address), *map(escape_line, support.origin)]
    if idea.tags:
        details.append(f"{escape_line(words.tags)}: {', '.join(map(escape_line, idea.tags))}")
    results = [" · ".join(map(escape_line, result)) for result in (support.shares, support.groups)]
    yield "\\\n".join(line for line in (*results, " · ".join(details)) if line)


def _request(part: Request, words: Words) -> Iterator[str]:
    asked = part.recommendation
    yield f"{'#' * _CLAIM_LEVEL} {escape_line(part.number)}. {escape_line(asked.what)}"
    for label, text in ((words.why, asked.why), (words.who, asked.who), (words.actions, asked.actions)):
        if text.strip():
            yield f"**{escape_line(label)}**"
            yield _prose(text, _CLAIM_LEVEL + 1)
    if part.because:
        yield f"{escape_line(words.because)}: {', '.join(escape_line(name) for name, _ in part.because)}"
    if part.by_when:
        yield f"{escape_line(words.by_when)}: {escape_line(part.by_when)}"


def _signed(part: Signed, words: Words) -> Iterator[str]:
    signature = part.signature
    yield f"{escape_line(signature.name)}: {escape_line(part.said)}"
    if signature.text.strip():
        yield escape_quotation(signature.text)
    if signature.reply.strip():
        yield f"{escape_line(words.reply)}:"
        yield escape_quotation(signature.reply)


def _row(headings: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """A row as a sentence, for CommonMark has no tables: "In a town: 94 people"."""
    if len(cells) == 2:
        return f"{escape_line(cells[0])}: {escape_line(cells[1])}"
    named = (
        f"{escape_line(heading)} {escape_line(cell)}"
        for heading, cell in zip(headings[1:], cells[1:], strict=True)
    )
    return f"{escape_line(cells[0])}: {', '.join(named)}"


def _points(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _paragraph(text: str) -> str:
    return "\\\n".join(map(_escape_core, text.split("\n")))


def _link(label: str, address: str) -> str:
    safe = safe_address(address)
    return f"[{escape_line(label)}](<{safe}>)" if safe else escape_line(label)


def _prose(markdown: str, heading_level: int) -> str:
    """The working group's Markdown, its headings below those of the report."""
    tokens = tokens_of(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(heading_level, _DEEPEST_HEADING)}"
            token.markup = "#" * int(token.tag[1])
    return str(_renderer.render(tokens, {"parser_extension": [_STRUCK_OUT], "mdformat": {}}, {})).strip("\n")


def _struck_out(node: RenderTreeNode, context: RenderContext) -> str:
    return "~~" + "".join(child.render(context) for child in node.children) + "~~"


def _escape_more(text: str, _node: RenderTreeNode, _context: RenderContext) -> str:
    """What the renderer leaves as it is, but CommonMark or a dialect takes for HTML, tables and the like."""
    return _MORE_MARKUP.sub(lambda found: found[1] or f"\\{found[2]}", text)


_MORE_MARKUP: Final = re.compile(r"(\\[\s\S])|([<|~$^{}@])")
_STRUCK_OUT: Final = SimpleNamespace(
    RENDERERS={"s": _struck_out}, POSTPROCESSORS={"text": _escape_more}, CHANGES_AST=False
)
_renderer = MDRenderer()
