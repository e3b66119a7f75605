"""The synthesis as one HTML file that needs nothing else: no script, no image, no other address.

The file carries a content security policy of its own, which allows its one style sheet by hash and
forbids the rest. White space in what people wrote is kept by the style, so the text itself is unchanged.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256

from markupsafe import Markup

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
from deliberation.synthesis.writers.numbers import text_direction
from deliberation.synthesis.writers.text import language_tag, paragraphs, safe_address, showable

STYLE = """
:root { color-scheme: light dark; --ink: #211c17; --muted: #5c5348; --rule: #ddd2c1; --accent: #96203a;
  --paper: #fbf8f2; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee7db; --muted: #b9ae9f; --rule: #3d362e;
  --accent: #f2929d; --paper: #181512; } }
body { margin: 0 auto; padding: 2rem 1.25rem; max-width: 42rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 "Segoe UI", "Noto Sans", system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, blockquote { font-family: "Palatino Linotype", P052, "Noto Serif", Georgia, serif; font-weight: 500;
  line-height: 1.25; }
h2 { margin-block: 3rem 1rem; padding-block-start: 1rem; border-block-start: 2px solid var(--ink); }
h3 { margin-block: 2rem .25rem; font-size: 1.0625rem; }
a { color: inherit; text-decoration-color: var(--accent); }
.written { white-space: pre-wrap; }
.kicker { color: var(--accent); margin: 0; }
.note, .details { color: var(--muted); font-size: .9375rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .125rem 1.5rem;
  font-variant-numeric: tabular-nums; }
dd { margin: 0; }
.ideas { list-style: none; padding: 0; }
.ideas > li { padding-block: 1rem; border-block-start: 1px solid var(--rule); break-inside: avoid; }
blockquote { margin: 0; font-size: 1.25rem; }
blockquote p, .details { margin: 0; }
.shares { list-style: none; margin: .5rem 0; padding: 0; font-variant-numeric: tabular-nums; }
@media print { :root { --ink: #000; --muted: #333; --paper: #fff; --accent: #000; --rule: #999; }
  body { max-width: none; padding: 0; font-size: 11pt; } h2, h3 { break-after: avoid; }
  a { text-decoration: none; } }
"""

_PAGE = Markup("""<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{words}: {title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
""")


def write_html(document: Document) -> bytes:
    """The document as a whole HTML page in UTF-8."""
    page = _PAGE.format(
        language=language_tag(document.language),
        direction=text_direction(document.language),
        policy=_content_security_policy(),
        words=showable(document.words.synthesis),
        title=showable(document.title),
        style=Markup(STYLE),  # noqa: S704 -- our own constant
        body=Markup("\n").join(_body(document)),
    )
    return page.encode()


def _content_security_policy() -> str:
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _body(document: Document) -> Iterator[Markup]:
    words = document.words
    yield Markup("<header>")
    yield _element("p", words.synthesis, "kicker")
    yield _written("h1", document.title, document.content_language)
    for part in paragraphs(document.introduction):
        yield _written("p", part, document.content_language)
    yield _pairs(facts_of(document))
    yield Markup("</header>")
    yield Markup('<section id="participation">')
    yield _element("h2", words.participation)
    yield _pairs(figures_of(document.participation, document))
    yield Markup("</section>")
    for thread in document.threads:
        yield from _thread(thread, document)
    yield Markup('<section id="method">')
    yield _element("h2", words.method)
    for line in document.method:
        yield from (_written("p", part, document.language) for part in paragraphs(line))
    source = _link(document.address, document.address)
    yield Markup("<p>{}: {}</p>").format(showable(words.source), source)
    yield Markup("</section>")


def _thread(thread: ThreadDocument, document: Document) -> Iterator[Markup]:
    yield Markup('<section id="{}">').format(thread_anchor(thread))
    yield Markup('<h2>{}. <span class="written" lang="{}" dir="auto">{}</span></h2>').format(
        showable(document.words.thread_number(thread.number)),
        language_tag(document.content_language),
        showable(thread.question),
    )
    yield _pairs(figures_of(thread.participation, document))
    for section in sections_of(thread, document):
        yield from _section(section, thread, document)
    yield Markup("</section>")


def _section(section: Section, thread: ThreadDocument, document: Document) -> Iterator[Markup]:
    yield Markup('<section id="{}-{}">').format(thread_anchor(thread), section.key)
    yield _element("h3", section.heading)
    if section.ideas:
        yield _element("p", section.note, "note")
        yield Markup('<ol class="ideas">')
        yield from (_idea(idea, document) for idea in section.ideas)
        yield Markup("</ol>")
    else:
        yield _element("p", document.words.none_listed, "note")
    yield Markup("</section>")


def _idea(idea: CitedIdea, document: Document) -> Markup:
    words = document.words
    results = (*shares_of(idea, document), *groups_of(idea, document))
    shares = Markup("").join(_element("li", share) for share in results)
    details = [_link(words.idea_number(idea.number), idea.address)]
    details += [Markup("<bdi>{}</bdi>").format(showable(origin)) for origin in origin_of(idea, document)]
    if idea.tags:
        tags = Markup(", ").join(Markup("<bdi>{}</bdi>").format(showable(tag)) for tag in idea.tags)
        details.append(Markup("{}: {}").format(showable(words.tags), tags))
    return Markup(
        '<li>\n<blockquote>{}</blockquote>\n<ul class="shares">{}</ul>\n<p class="details">{}</p>\n</li>'
    ).format(_written("p", idea.statement, idea.language), shares, Markup(" · ").join(details))


def _written(name: str, text: str, language: str) -> Markup:
    """An element with what somebody wrote, in the language and direction of the text itself."""
    return Markup('<{0} class="written" lang="{1}" dir="auto">{2}</{0}>').format(
        name, language_tag(language), showable(text)
    )


def _element(name: str, text: str, style: str = "") -> Markup:
    opening = Markup('<{} class="{}">').format(name, style) if style else Markup("<{}>").format(name)
    return Markup("{}{}</{}>").format(opening, showable(text), name)


def _pairs(pairs: Iterable[tuple[str, str]]) -> Markup:
    rows = (
        Markup("<dt>{}</dt><dd>{}</dd>").format(showable(label), showable(value)) for label, value in pairs
    )
    return Markup("<dl>\n{}\n</dl>").format(Markup("\n").join(rows))


def _link(label: str, address: str) -> Markup:
    safe = safe_address(address)
    if not safe:
        return Markup("<bdi>{}</bdi>").format(showable(label))
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(safe, showable(label))
