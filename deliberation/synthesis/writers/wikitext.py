"""The synthesis as MediaWiki wikitext.

Paragraphs are short and parted by blank lines, so that the Translate extension makes a unit of each; every
section has an anchor that survives translation, and every question ends with a table of the ideas that its
findings rest on. Characters of people's texts that could be markup are written as character references,
never wrapped in nowiki; a line break in them is a br element, so that no text of theirs begins a line.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from markdown_it.tree import SyntaxTreeNode

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
from deliberation.synthesis.writers.prose import link_of, tree_of
from deliberation.synthesis.writers.report import Report
from deliberation.synthesis.writers.text import (
    character_references,
    language_tag,
    paragraphs,
    safe_address,
    showable,
    split_ends,
)
from deliberation.synthesis.writers.words import Words

# The colon is what makes a bare address a link, though not between digits, as in 07:03; the exclamation mark
# parts table headers; some wikis write their switches (__NOTOC__) with the wide underscore.
_MARKUP = re.compile(r"[&<>\[\]{}|'=*#;~_!＿]|(?<![0-9]):|:(?![0-9])")
_FIRST_HYPHEN = re.compile(r"^[-+]")
# MediaWiki links "RFC 1" and its like on its own.
_MAGIC_LINK = re.compile(r"(?:RFC|PMID|ISBN)(?=\s)")


def write_wikitext(report: Report) -> bytes:
    """The report as UTF-8 wikitext."""
    return ("\n\n".join(block for block in _all_blocks(report) if block) + "\n").encode()


def escape_wikitext(text: str) -> str:
    """The text on one line, such that a wiki shows exactly it."""
    before, core, after = split_ends(showable(text))
    lines = "<br>".join(_escape_line(line) for line in core.split("\n"))
    return _escape_ends(before) + lines + _escape_ends(after)


def _escape_ends(white_space: str) -> str:
    return "<br>".join(map(character_references, white_space.split("\n")))


def _escape_line(line: str) -> str:
    before, core, after = split_ends(line)
    return character_references(before) + _escape_characters(core) + character_references(after)


def _escape_characters(text: str) -> str:
    for pattern in (_MARKUP, _FIRST_HYPHEN):
        text = pattern.sub(_escape_match, text)
    return _MAGIC_LINK.sub(lambda found: character_references(found[0][0]) + found[0][1:], text)


def _escape_match(found: re.Match[str]) -> str:
    return character_references(found[0])


def _all_blocks(report: Report) -> Iterator[str]:
    """Every part; after the last claim of a question the ideas its claims rest on, each once, as a table."""
    cited: dict[int, Support] = {}
    anchor = ""
    for part in outline_of(report):
        if isinstance(part, Claim):
            cited |= {support.idea.number: support for support in part.support}
        elif cited:
            yield _heading(3, f"{anchor}-ideas", escape_wikitext(report.words.ideas))
            yield _ideas(tuple(cited.values()), report.words)
            cited = {}
        if isinstance(part, Heading):
            anchor = part.anchor
        yield from _blocks(part, report.words)


def _blocks(part: Part, words: Words) -> Iterator[str]:
    match part:
        case Masthead():
            yield _bold(escape_wikitext(part.heading))
            yield from map(escape_wikitext, (part.kicker, part.consultation))
            yield from map(escape_wikitext, paragraphs(part.authors))
        case Heading():
            number = f"{escape_wikitext(part.number)}. " if part.number else ""
            yield _heading(part.level, part.anchor, number + escape_wikitext(part.text))
        case Paragraph():
            yield from map(escape_wikitext, paragraphs(part.text))
        case Prose():
            yield from _prose(part.markdown)
        case Points():
            yield _points(map(escape_wikitext, part.lines))
        case Facts():
            yield _points(
                f"{escape_wikitext(fact.label)}: {_link(fact.value, fact.value if fact.is_address else '')}"
                for fact in part.facts
            )
        case Rows():
            yield _table(part)
            yield from map(escape_wikitext, paragraphs(part.table.note))
        case Picture():
            yield from map(escape_wikitext, paragraphs(part.figure.caption))
            yield from map(escape_wikitext, paragraphs(part.figure.alternative))
        case Claim():
            yield from _claim(part, words)
        case Request():
            yield from _request(part, words)
        case Signed():
            yield from _signed(part, words)
        case Dissent():
            yield _heading(4, part.anchor, escape_wikitext(part.report.title))
            yield from _prose(part.report.text)
            yield from map(escape_wikitext, paragraphs(part.names))


def _claim(part: Claim, words: Words) -> Iterator[str]:
    finding = part.finding
    yield _heading(3, part.anchor, escape_wikitext(finding.claim))
    details = [f"{escape_wikitext(part.number)}: {_bold(escape_wikitext(part.kind))}"]
    if part.about:
        details.append(escape_wikitext(part.about))
    if part.themes:
        details.append(f"{escape_wikitext(words.themes)}: {escape_wikitext(part.themes)}")
    yield " · ".join(details)
    if finding.changes:
        yield _bold(escape_wikitext(words.evidence_changed))
        yield _points(map(escape_wikitext, finding.changes))
    yield from _prose(finding.text)
    if part.support:
        links = (f"[[#{support.anchor}|{escape_wikitext(support.name)}]]" for support in part.support)
        yield f"{escape_wikitext(words.support)}: {', '.join(links)}"


def _request(part: Request, words: Words) -> Iterator[str]:
    asked = part.recommendation
    yield _heading(3, part.anchor, f"{escape_wikitext(part.number)}. {escape_wikitext(asked.what)}")
    for label, text in ((words.why, asked.why), (words.who, asked.who), (words.actions, asked.actions)):
        if text.strip():
            yield _bold(escape_wikitext(label))
            yield from _prose(text)
    if part.because:
        links = (f"[[#{anchor}|{escape_wikitext(name)}]]" for name, anchor in part.because)
        yield f"{escape_wikitext(words.because)}: {', '.join(links)}"
    if part.by_when:
        yield f"{escape_wikitext(words.by_when)}: {escape_wikitext(part.by_when)}"


def _signed(part: Signed, words: Words) -> Iterator[str]:
    signature = part.signature
    yield f"{_bold(escape_wikitext(signature.name))}: {escape_wikitext(part.said)}"
    if signature.text.strip():
        yield _quoted(escape_wikitext(signature.text))
    if signature.reply.strip():
        yield f"{escape_wikitext(words.reply)}:"
        yield _quoted(escape_wikitext(signature.reply))


def _heading(level: int, anchor: str, content: str) -> str:
    marks = "=" * level
    return f'{marks} <span id="{anchor}"></span>{content} {marks}'


def _ideas(supports: tuple[Support, ...], words: Words) -> str:
    lines = ['{| class="wikitable"', "|-"]
    for heading in (words.idea, words.statement, words.result, words.tags):
        lines.append(f'! scope="col" | {escape_wikitext(heading)}')
    for support in supports:
        lines += _idea(support)
    return "\n".join([*lines, "|}"])


def _idea(support: Support) -> Iterator[str]:
    idea = support.idea
    yield f'|- id="{support.anchor}"'
    names = [_link(support.name, idea.address), *map(escape_wikitext, support.origin)]
    yield f"| {'<br>'.join(names)}"
    yield f'| lang="{language_tag(idea.language)}" dir="auto" | {escape_wikitext(idea.statement)}'
    yield f"| {'<br>'.join(map(escape_wikitext, (*support.shares, *support.groups)))}"
    yield f"| {', '.join(map(escape_wikitext, idea.tags))}"


def _table(part: Rows) -> str:
    table = part.table
    lines = ['{| class="wikitable"']
    if table.title.strip():
        lines.append(f"|+ {escape_wikitext(table.title)}")
    lines += ["|-", *(f'! scope="col" | {escape_wikitext(heading)}' for heading in table.headings)]
    for row in table.rows:
        lines += ["|-", f'! scope="row" | {escape_wikitext(row[0])}']
        lines += [f"| {escape_wikitext(cell)}" for cell in row[1:]]
    return "\n".join([*lines, "|}"])


def _points(lines: Iterable[str]) -> str:
    return "\n".join(f"* {line}" for line in lines)


def _link(label: str, address: str) -> str:
    safe = safe_address(address)
    return f"[{safe} {escape_wikitext(label)}]" if safe else escape_wikitext(label)


def _bold(content: str) -> str:
    """The content in bold; nothing where there is none, for six apostrophes are no bold."""
    return f"'''{content}'''" if content else ""


def _quoted(content: str) -> str:
    return f"<blockquote>{content}</blockquote>"


# The working group's Markdown


def _prose(markdown: str) -> Iterator[str]:
    for node in tree_of(markdown).children:
        yield from _prose_block(node)


def _prose_block(node: SyntaxTreeNode) -> Iterator[str]:
    match node.type:
        case "paragraph":
            yield _inline(node)
        case "heading":
            yield _bold(_inline(node))
        case "bullet_list" | "ordered_list":
            yield "\n".join(_items(node, ""))
        case "blockquote":
            inside = [part for child in node.children for part in _prose_block(child)]
            yield _quoted("\n" + "\n\n".join(inside) + "\n")
        case "hr":
            yield "----"
        case _:
            yield f"<pre>{_escape_code(node.content.rstrip(chr(10)))}</pre>"


def _items(items: SyntaxTreeNode, marks: str) -> Iterator[str]:
    """The lines of a list: a paragraph of an item is one line, and a list in it has more marks."""
    own = marks + ("#" if items.type == "ordered_list" else "*")
    for item in items.children:
        mark = own
        for child in item.children:
            if child.type in ("bullet_list", "ordered_list"):
                yield from _items(child, own)
            else:
                yield f"{mark} {_one_line(child)}"
            mark = f"{own}:"


def _one_line(node: SyntaxTreeNode) -> str:
    """A block within a list, where a line is all there is."""
    if node.type in ("paragraph", "heading"):
        return _inline(node)
    if node.is_nested:
        return "<br>".join(_one_line(child) for child in node.children)
    return "" if node.type == "hr" else f"<code>{_escape_code(node.content.rstrip(chr(10)), '<br>')}</code>"


def _escape_code(text: str, line_break: str = "\n") -> str:
    return line_break.join(_escape_characters(line) for line in text.split("\n"))


def _inline(node: SyntaxTreeNode) -> str:
    return "".join(map(_inline_node, node.children))


def _inline_node(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text":
            return _escape_characters(node.content)
        case "softbreak":
            return " "
        case "hardbreak":
            return "<br>"
        case "code_inline":
            return f"<code>{_escape_characters(node.content)}</code>"
    inside = _inline(node)
    if node.type == "link":
        address = link_of(node)
        return f"[{address} {inside}]" if address and inside else inside
    name = _TAGS.get(node.type)
    return f"<{name}>{inside}</{name}>" if name else inside


_TAGS: Final = {"em": "em", "strong": "strong", "s": "s"}
