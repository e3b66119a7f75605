"""The synthesis as pandoc's own document tree, from which it makes DOCX and ODT.

Texts are put into the tree, not into a language that is parsed again, so nothing in them is markup.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any, Final

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
from deliberation.synthesis.writers.text import language_tag, paragraphs, safe_address, showable
from deliberation.synthesis.writers.words import Words

Node = dict[str, Any]

_API_VERSION: Final = [1, 23, 1]
_NO_ATTRIBUTES: Final = ["", [], []]
_MOST_LEVELS: Final = 6
_NUMBER_WIDTH: Final = 0.15
_MOST_NUMBERS: Final = 4
_PICTURE_WIDTH: Final = "16cm"
"""As wide as the text on A4."""
_SPACE: Final = {"t": "Space"}
_LINE_BREAK: Final = {"t": "LineBreak"}


def pandoc_tree(report: Report, picture: bytes | None) -> bytes:
    """The report as pandoc's JSON; `picture` is the map as PNG."""
    parts = list(outline_of(report))
    blocks = [block for part in parts for block in _blocks(part, report, picture)]
    masthead = next(part for part in parts if isinstance(part, Masthead))
    meta = {
        "lang": {"t": "MetaString", "c": language_tag(report.language)},
        "title": _meta(masthead.heading.strip() or report.words.synthesis),
        "subtitle": _meta(masthead.kicker),
    }
    tree = {"pandoc-api-version": _API_VERSION, "meta": meta, "blocks": blocks}
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace")


def _meta(text: str) -> Node:
    return {"t": "MetaInlines", "c": _inlines(text)}


def _blocks(part: Part, report: Report, picture: bytes | None) -> Iterator[Node]:
    words = report.words
    match part:
        case Masthead():
            yield _para(_spoken(part.consultation, part.content_language))
            yield from _paras(part.authors)
        case Heading():
            number = [_strong(_inlines(f"{part.number}.")), _SPACE] if part.number else []
            yield _heading(part.level - 1, part.anchor, [*number, *_spoken(part.text, part.language)])
        case Paragraph():
            yield from _paras(part.text)
        case Prose():
            yield from _prose(part.markdown, 2)
        case Points():
            yield _bullets([_plain(_inlines(line))] for line in part.lines)
        case Facts():
            cells = [
                [_inlines(fact.label), _value(fact.value, fact.is_address, fact.is_code)]
                for fact in part.facts
            ]
            yield _table("", [], cells, widths=(0.3, 0.7))
        case Rows():
            yield from _rows(part)
        case Picture():
            yield from _figure(part, picture)
        case Claim():
            yield from _claim(part, words)
        case Request():
            yield from _request(part, words)
        case Signed():
            yield from _signed(part, words)
        case Dissent():
            yield _heading(3, part.anchor, _inlines(part.report.title))
            yield from _prose(part.report.text, 4)
            yield from _paras(part.names)


def _claim(part: Claim, words: Words) -> Iterator[Node]:
    finding = part.finding
    yield _heading(2, part.anchor, _inlines(finding.claim))
    details = [part.number, part.about, f"{words.themes}: {part.themes}" if part.themes else ""]
    yield _para(
        [_strong(_inlines(part.kind)), *(one for text in details if text for one in _inlines(f" · {text}"))]
    )
    if finding.changes:
        yield _para([_strong(_inlines(words.evidence_changed))])
        yield _bullets([_plain(_inlines(line))] for line in finding.changes)
    yield from _prose(finding.text, 3)
    if part.support:
        cells = [_support(support, words) for support in part.support]
        yield _table("", [_inlines(words.statement), _inlines(words.result)], cells, widths=(0.6, 0.4))


def _support(support: Support, words: Words) -> list[list[Node]]:
    idea = support.idea
    details = [*_link(_inlines(support.name), safe_address(idea.address))]
    for text in (*support.origin, f"{words.tags}: {', '.join(idea.tags)}" if idea.tags else ""):
        details += _inlines(f" · {text}") if text else []
    first, *others = (*support.shares, *support.groups)
    results = [_strong(_inlines(first))]
    for share in others:
        results += [_LINE_BREAK, *_inlines(share)]
    return [[*_spoken(idea.statement, idea.language), _LINE_BREAK, *details], results]


def _request(part: Request, words: Words) -> Iterator[Node]:
    asked = part.recommendation
    yield _heading(2, part.anchor, [*_inlines(f"{part.number}. "), *_inlines(asked.what)])
    for label, text in ((words.why, asked.why), (words.who, asked.who), (words.actions, asked.actions)):
        if text.strip():
            yield _para([_strong(_inlines(label))])
            yield from _prose(text, 3)
    if part.because:
        links = [
            one
            for name, anchor in part.because
            for one in (*_inlines(", "), *_link(_inlines(name), f"#{anchor}"))
        ]
        yield _para([_strong(_inlines(words.because)), *_inlines(": "), *links[len(_inlines(", ")) :]])
    if part.by_when:
        yield _para([_strong(_inlines(words.by_when)), *_inlines(f": {part.by_when}")])


def _signed(part: Signed, words: Words) -> Iterator[Node]:
    signature = part.signature
    yield _para([_strong(_inlines(signature.name)), *_inlines(f": {part.said}")])
    if signature.text.strip():
        yield {"t": "BlockQuote", "c": list(_paras(signature.text))}
    if signature.reply.strip():
        yield _para(_inlines(words.reply))
        yield {"t": "BlockQuote", "c": list(_paras(signature.reply))}


def _rows(part: Rows) -> Iterator[Node]:
    table = part.table
    cells = [[_inlines(cell) for cell in row] for row in table.rows]
    for row, language in zip(cells, part.languages, strict=False):
        row[0] = [_span(row[0], language)]
    headings = [_inlines(heading) for heading in table.headings]
    others = max(len(headings) - 1, 1)
    widths = (1 - _NUMBER_WIDTH * others, *(_NUMBER_WIDTH,) * others) if others <= _MOST_NUMBERS else ()
    yield _table(table.title, headings, cells, widths=widths, numbers_from=part.numbers_from)
    yield from _paras(table.note)


def _figure(part: Picture, picture: bytes | None) -> Iterator[Node]:
    caption = list(_paras(part.figure.caption))
    if picture is None:
        yield from (*caption, *_paras(part.figure.alternative))
        return
    source = f"data:image/png;base64,{b64encode(picture).decode()}"
    attributes = ["", [], [["width", _PICTURE_WIDTH]]]
    image = {"t": "Image", "c": [attributes, _inlines(part.figure.alternative), [source, ""]]}
    yield {"t": "Figure", "c": [_NO_ATTRIBUTES, [None, caption], [_plain([image])]]}


# Pieces of the tree


def _inlines(text: str) -> list[Node]:
    """The text, its line breaks kept."""
    pieces: list[Node] = []
    for line in showable(text).split("\n"):
        pieces += [_LINE_BREAK, {"t": "Str", "c": line}] if pieces else [{"t": "Str", "c": line}]
    return pieces


def _spoken(text: str, language: str) -> list[Node]:
    return [_span(_inlines(text), language)]


def _span(inlines: list[Node], language: str) -> Node:
    return {"t": "Span", "c": [["", [], [["lang", language_tag(language)]]], inlines]}


def _strong(inlines: list[Node]) -> Node:
    return {"t": "Strong", "c": inlines}


def _link(inlines: list[Node], address: str) -> list[Node]:
    return [{"t": "Link", "c": [_NO_ATTRIBUTES, inlines, [address, ""]]}] if address else inlines


def _value(text: str, is_address: bool, is_code: bool) -> list[Node]:
    if is_code:
        return [{"t": "Code", "c": [_NO_ATTRIBUTES, showable(text)]}]
    return _link(_inlines(text), safe_address(text)) if is_address else _inlines(text)


def _para(inlines: list[Node]) -> Node:
    return {"t": "Para", "c": inlines}


def _plain(inlines: list[Node]) -> Node:
    return {"t": "Plain", "c": inlines}


def _paras(text: str) -> Iterator[Node]:
    yield from (_para(_inlines(paragraph)) for paragraph in paragraphs(text))


def _heading(level: int, anchor: str, inlines: list[Node]) -> Node:
    return {"t": "Header", "c": [min(level, _MOST_LEVELS), [anchor, [], []], inlines]}


def _bullets(items: Iterable[list[Node]]) -> Node:
    return {"t": "BulletList", "c": list(items)}


def _table(
    title: str,
    headings: list[list[Node]],
    rows: list[list[list[Node]]],
    *,
    widths: tuple[float, ...] = (),
    numbers_from: int | None = None,
) -> Node:
    columns = len(headings or rows[0])
    aligned = [numbers_from is not None and at >= numbers_from for at in range(columns)]
    specification = [
        [
            {"t": "AlignRight" if is_number else "AlignDefault"},
            {"t": "ColWidth", "c": widths[at]} if widths else {"t": "ColWidthDefault"},
        ]
        for at, is_number in enumerate(aligned)
    ]
    body = [_NO_ATTRIBUTES, 1 if numbers_from else 0, [], [_row(row) for row in rows]]
    head = [_NO_ATTRIBUTES, [_row(headings)] if headings else []]
    caption = [None, [_plain(_inlines(title))] if title.strip() else []]
    return {"t": "Table", "c": [_NO_ATTRIBUTES, caption, specification, head, [body], [_NO_ATTRIBUTES, []]]}


def _row(cells: list[list[Node]]) -> list[Any]:
    return [_NO_ATTRIBUTES, [[_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, [_plain(cell)]] for cell in cells]]


# The working group's Markdown

_INLINES: Final = {"em": "Emph", "strong": "Strong", "s": "Strikeout"}


def _prose(markdown: str, heading_level: int) -> Iterator[Node]:
    yield from _prose_blocks(tree_of(markdown), heading_level)


def _prose_blocks(node: SyntaxTreeNode, heading_level: int) -> list[Node]:
    return [_prose_block(child, heading_level) for child in node.children]


def _prose_block(node: SyntaxTreeNode, heading_level: int) -> Node:
    match node.type:
        case "paragraph":
            return _plain(_prose_inlines(node)) if node.hidden else _para(_prose_inlines(node))
        case "heading":
            return _heading(heading_level, "", _prose_inlines(node))
        case "bullet_list":
            return _bullets(_prose_blocks(item, heading_level) for item in node.children)
        case "ordered_list":
            numbering = [node.attrs.get("start", 1), {"t": "Decimal"}, {"t": "Period"}]
            items = [_prose_blocks(item, heading_level) for item in node.children]
            return {"t": "OrderedList", "c": [numbering, items]}
    return _other_block(node, heading_level)


def _other_block(node: SyntaxTreeNode, heading_level: int) -> Node:
    if node.type == "blockquote":
        return {"t": "BlockQuote", "c": _prose_blocks(node, heading_level)}
    if node.type == "hr":
        return {"t": "HorizontalRule"}
    return {"t": "CodeBlock", "c": [_NO_ATTRIBUTES, node.content.rstrip("\n")]}


def _prose_inlines(node: SyntaxTreeNode) -> list[Node]:
    return [one for child in node.children for one in _prose_inline(child)]


def _prose_inline(node: SyntaxTreeNode) -> list[Node]:
    match node.type:
        case "text":
            return _inlines(node.content)
        case "softbreak" | "hardbreak":
            return [{"t": "SoftBreak"} if node.type == "softbreak" else _LINE_BREAK]
        case "code_inline":
            return [{"t": "Code", "c": [_NO_ATTRIBUTES, node.content]}]
        case "link":
            return _link(_prose_inlines(node), link_of(node))
    inside = _prose_inlines(node)
    return [{"t": _INLINES[node.type], "c": inside}] if node.type in _INLINES else inside
