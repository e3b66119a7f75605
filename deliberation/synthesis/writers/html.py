"""The synthesis as one HTML file that needs nothing else: no script, no other address, the map within it.

The file carries a content security policy of its own, which allows its one style sheet by hash and the
picture in it, and forbids the rest. White space in what people wrote is kept by the style, so the text itself
is unchanged.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.resources import files
from typing import Final

from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from deliberation.synthesis.writers.bars import bar_of
from deliberation.synthesis.writers.numbers import text_direction
from deliberation.synthesis.writers.outline import outline_of
from deliberation.synthesis.writers.parts import (
    Claim,
    Dissent,
    Fact,
    Facts,
    Heading,
    Masthead,
    Paragraph,
    Part,
    Picture,
    Plain,
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

STYLE: Final = files(__package__).joinpath("html.css").read_text("utf-8")

_PAGE: Final = Markup("""<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
""")
_BAR_HEIGHT: Final = 22
_BAR_WIDTH: Final = 1000


def write_html(report: Report) -> bytes:
    """The report as a whole HTML page in UTF-8."""
    blocks = (block for part in outline_of(report) for block in _blocks(part, report))
    title = f"{showable(report.heading)}: {showable(report.consultation)}"
    return _page(blocks, title=title, language=report.language)


def write_html_parts(parts: Iterable[Plain], *, title: str, language: str) -> bytes:
    """Parts that need no report around them as a whole HTML page in UTF-8."""
    blocks = (block for part in parts for block in _plain_blocks(part, language))
    return _page(blocks, title=showable(title), language=language)


def _page(blocks: Iterable[Markup], *, title: str, language: str) -> bytes:
    page = _PAGE.format(
        language=language_tag(language),
        direction=text_direction(language),
        policy=_content_security_policy(),
        title=title,
        style=Markup(STYLE),  # noqa: S704 -- our own constant
        body=Markup("\n").join(blocks),
    )
    return page.encode()


def _content_security_policy() -> str:
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _blocks(part: Part, report: Report) -> Iterator[Markup]:
    match part:
        case Claim():
            yield from _claim(part, report)
        case Request():
            yield from _request(part, report)
        case Signed():
            yield from _signed(part, report)
        case Dissent():
            yield Markup('<section id="{}">').format(part.anchor)
            yield _written("h4", part.report.title, report.language)
            yield _prose(part.report.text, 5)
            yield from _paragraphs(part.names, report.language, "note")
            yield Markup("</section>")
        case _:
            yield from _plain_blocks(part, report.language)


def _plain_blocks(part: Plain, language: str) -> Iterator[Markup]:
    match part:
        case Masthead():
            yield from _masthead(part, language)
        case Heading():
            number = Markup("{}. ").format(showable(part.number)) if part.number else ""
            yield Markup('<h{0} id="{1}">{2}{3}</h{0}>').format(
                part.level, part.anchor, number, _written("span", part.text, part.language)
            )
        case Paragraph():
            yield from _paragraphs(part.text, language, "note" if part.is_note else "")
        case Prose():
            yield _prose(part.markdown, 3, "lead" if part.is_lead else "")
        case Points():
            yield Markup("<ul>{}</ul>").format(_items(part.lines, language))
        case Facts():
            rows = Markup("\n").join(_fact(fact) for fact in part.facts)
            style = Markup(' class="figures"') if part.are_figures else ""
            yield Markup("<dl{}>\n{}\n</dl>").format(style, rows)
        case Rows():
            yield from _table(part, language)
        case Picture():
            yield Markup('<figure><img alt="{}" src="data:image/svg+xml;base64,{}">{}</figure>').format(
                showable(part.figure.alternative),
                b64encode(part.figure.svg.encode("utf-8", "replace")).decode(),
                _written("figcaption", part.figure.caption, language),
            )


def _masthead(part: Masthead, language: str) -> Iterator[Markup]:
    yield Markup("<header>")
    yield _element("p", part.kicker, "kicker")
    yield _written("h1", part.heading, language)
    yield _written("p", part.consultation, part.content_language, "of")
    yield from _paragraphs(part.authors, language, "note")
    yield Markup("</header>")


def _claim(part: Claim, report: Report) -> Iterator[Markup]:
    words, finding = report.words, part.finding
    yield Markup('<section class="finding" id="{}">').format(part.anchor)
    yield _element("p", part.kind, "kind")
    yield _written("h3", finding.claim, report.language)
    details = [_element("span", part.number)]
    details += [_element("bdi", text) for text in (part.about,) if text]
    if part.themes:
        details.append(Markup("{}: {}").format(showable(words.themes), _element("bdi", part.themes)))
    yield Markup('<p class="details">{}</p>').format(Markup(" · ").join(details))
    if finding.changes:
        yield Markup('<div class="changed"><p>{}</p><ul>{}</ul></div>').format(
            showable(words.evidence_changed), _items(finding.changes, report.language)
        )
    if finding.text.strip():
        yield _prose(finding.text, 4)
    if part.support:
        yield Markup('<ul class="support" aria-label="{}">').format(showable(words.support))
        yield from (_support(support, report) for support in part.support)
        yield Markup("</ul>")
    yield Markup("</section>")


def _support(support: Support, report: Report) -> Markup:
    idea, words = support.idea, report.words
    details = [_link(support.name, idea.address)]
    details += [_element("bdi", origin) for origin in support.origin]
    if idea.tags:
        tags = Markup(", ").join(_element("bdi", tag) for tag in idea.tags)
        details.append(Markup("{}: {}").format(showable(words.tags), tags))
    groups = Markup("").join(_element("li", share) for share in support.groups)
    return Markup(
        '<li>\n<blockquote>{}</blockquote>\n{}<ul class="shares">{}</ul>\n{}<p class="details">{}</p>\n</li>'
    ).format(
        _written("p", idea.statement, idea.language),
        _bar(support),
        Markup("").join(_element("li", share) for share in support.shares),
        Markup('<ul class="shares groups">{}</ul>\n').format(groups) if groups else "",
        Markup(" · ").join(details),
    )


def _bar(support: Support) -> Markup:
    """The votes as a bar; what it shows stands in words beneath it, so it is hidden from those who listen."""
    bar = bar_of(support.idea)
    if bar is None:
        return Markup("")
    ends = [round(share * _BAR_WIDTH) for share in (0, bar.agrees_end, bar.disagrees_end, 1)]
    blocks = Markup("").join(
        Markup('<rect class="{}" x="{}" y="8" width="{}" height="14"/>').format(name, start, end - start)
        for name, start, end in zip(("agree", "disagree", "pass"), ends, ends[1:], strict=False)
        if end > start
    )
    low, high = round(bar.low * _BAR_WIDTH), round(bar.high * _BAR_WIDTH)
    whiskers = Markup('<path d="M{0} 0V6M{0} 3H{1}M{1} 0V6"/>').format(low, high)
    return Markup(
        '<svg class="bar" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>\n'
    ).format(_BAR_WIDTH, _BAR_HEIGHT, blocks, whiskers)


def _request(part: Request, report: Report) -> Iterator[Markup]:
    words, asked = report.words, part.recommendation
    yield Markup('<section class="request" id="{}">').format(part.anchor)
    yield Markup("<h3>{}. {}</h3>").format(
        showable(part.number), _written("span", asked.what, report.language)
    )
    yield Markup("<dl>")
    for label, text in ((words.why, asked.why), (words.who, asked.who), (words.actions, asked.actions)):
        if text.strip():
            yield Markup("<dt>{}</dt><dd>{}</dd>").format(showable(label), _prose(text, 4))
    if part.because:
        links = (
            Markup('<a href="#{}">{}</a>').format(anchor, showable(name)) for name, anchor in part.because
        )
        yield Markup("<dt>{}</dt><dd>{}</dd>").format(showable(words.because), Markup(", ").join(links))
    if part.by_when:
        yield Markup("<dt>{}</dt><dd>{}</dd>").format(showable(words.by_when), part.by_when)
    yield Markup("</dl></section>")


def _signed(part: Signed, report: Report) -> Iterator[Markup]:
    signature = part.signature
    yield Markup('<div class="signature">')
    yield Markup('<p><b class="written" dir="auto">{}</b> <span class="note">{}</span></p>').format(
        showable(signature.name), showable(part.said)
    )
    if signature.text.strip():
        yield Markup("<blockquote>{}</blockquote>").format(_written("p", signature.text, report.language))
    if signature.reply.strip():
        yield _element("p", report.words.reply, "note")
        yield Markup("<blockquote>{}</blockquote>").format(_written("p", signature.reply, report.language))
    yield Markup("</div>")


def _table(part: Rows, language: str) -> Iterator[Markup]:
    table = part.table
    yield Markup('<div class="wide"><table>')
    yield _written("caption", table.title, language)
    cells = (
        Markup('<th scope="col"{}>{}</th>').format(_number_class(at, part), showable(heading))
        for at, heading in enumerate(table.headings)
    )
    yield Markup("<thead><tr>{}</tr></thead><tbody>").format(Markup("").join(cells))
    for row, first_language in zip(table.rows, part.languages or (language,) * len(table.rows), strict=True):
        head = Markup('<th scope="row" lang="{}" dir="auto">{}</th>').format(
            language_tag(first_language), showable(row[0])
        )
        rest = (
            Markup("<td{}>{}</td>").format(_number_class(at, part), showable(cell))
            for at, cell in enumerate(row[1:], start=1)
        )
        yield Markup("<tr>{}{}</tr>").format(head, Markup("").join(rest))
    yield Markup("</tbody></table></div>")
    yield from _paragraphs(table.note, language, "note")


def _number_class(column: int, part: Rows) -> Markup:
    return Markup(' class="number"') if column >= part.numbers_from else Markup("")


def _fact(fact: Fact) -> Markup:
    value = _link(fact.value, fact.value) if fact.is_address else Markup("{}").format(showable(fact.value))
    if fact.is_code:
        value = Markup('<code class="written">{}</code>').format(value)
    return Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(showable(fact.label), value)


def _items(lines: Iterable[str], language: str) -> Markup:
    return Markup("").join(_written("li", line, language) for line in lines)


def _paragraphs(text: str, language: str, style: str = "") -> Iterator[Markup]:
    for paragraph in paragraphs(text):
        yield _written("p", paragraph, language, style)


def _written(name: str, text: str, language: str, style: str = "") -> Markup:
    """An element with what somebody wrote, in the language and direction of the text itself."""
    return Markup('<{0} class="{1}" lang="{2}" dir="auto">{3}</{0}>').format(
        name, f"written {style}".strip(), language_tag(language), showable(text)
    )


def _element(name: str, text: str, style: str = "") -> Markup:
    opening = Markup('<{} class="{}">').format(name, style) if style else Markup("<{}>").format(name)
    return Markup("{}{}</{}>").format(opening, showable(text), name)


def _link(label: str, address: str) -> Markup:
    safe = safe_address(address)
    if not safe:
        return Markup("<bdi>{}</bdi>").format(showable(label))
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(safe, showable(label))


# The working group's Markdown

_NAMES: Final = {
    "paragraph": "p", "bullet_list": "ul", "list_item": "li", "blockquote": "blockquote",
    "em": "em", "strong": "strong", "s": "s",
}  # fmt: skip
_BREAKS: Final = {"softbreak": Markup("\n"), "hardbreak": Markup("<br>"), "hr": Markup("<hr>")}


def _prose(markdown: str, heading_level: int, style: str = "") -> Markup:
    opening = Markup('<div class="{}" dir="auto">').format(style) if style else Markup('<div dir="auto">')
    return Markup("{}{}</div>").format(opening, _inside(tree_of(markdown), heading_level))


def _inside(node: SyntaxTreeNode, heading_level: int) -> Markup:
    return Markup("").join(_node(child, heading_level) for child in node.children)


def _node(node: SyntaxTreeNode, heading_level: int) -> Markup:
    if not node.is_nested:
        return _leaf(node)
    inside = _inside(node, heading_level)
    match node.type:
        case "link":
            address = link_of(node)
            return Markup('<a href="{}" rel="nofollow">{}</a>').format(address, inside) if address else inside
        case "ordered_list":
            return Markup('<ol start="{}">{}</ol>').format(node.attrs.get("start", 1), inside)
        case "heading":
            return Markup("<h{0}>{1}</h{0}>").format(heading_level, inside)
    name = None if node.hidden else _NAMES.get(node.type)
    return Markup("<{0}>{1}</{0}>").format(name, inside) if name else inside


def _leaf(node: SyntaxTreeNode) -> Markup:
    match node.type:
        case "inline":
            return _inside(node, 0)
        case "code_inline":
            return _element("code", node.content)
        case "code_block" | "fence":
            # A parser takes a line break at the start of preformatted text away.
            return Markup("<pre>\n{}</pre>").format(node.content)
    return _BREAKS.get(node.type) or Markup("{}").format(node.content)
