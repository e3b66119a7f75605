"""Whatever people write stays text in every format: nothing becomes markup, and nothing is lost."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import pairwise

import html5lib
import mwparserfromhell
import pytest
from hypothesis import example, given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.before.csv import COLUMNS, guard_text, unguard_text
from deliberation.synthesis.writers.before.markdown import escape_line
from deliberation.synthesis.writers.before.wikitext import escape_wikitext
from deliberation.synthesis.writers.text import encodable, paragraphs, showable
from tests.synthesis.writer_samples import ANY_TEXT, NAUGHTY, hostile_document

XHTML = "{http://www.w3.org/1999/xhtml}"
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "main", "header", "section", "h1", "h2", "h3"}
ELEMENTS |= {"p", "span", "dl", "dt", "dd", "ol", "ul", "li", "blockquote", "a", "bdi"}
OUR_LINES = ("'''S", "* ", "== ", "=== ", '{| class="wikitable"', "|-", "| ", "! scope", "|}")
generated = settings(max_examples=120, deadline=None, database=None)
naughty = pytest.mark.parametrize("text", NAUGHTY, ids=[repr(text[:30]) for text in NAUGHTY])


def written(text: str, form: Format) -> str:
    return WRITERS[form].write(hostile_document(text)).decode()


# Markdown


def plain_text(inline: Token) -> str:
    """The text of an inline token that may hold nothing but text and hard line breaks."""
    kinds = {child.type for child in inline.children or []}
    assert kinds <= {"text", "hardbreak"}, kinds
    return "".join("\n" if child.type == "hardbreak" else child.content for child in inline.children or [])


def quotations(tokens: list[Token]) -> Iterator[str]:
    depth = 0
    for before, token in pairwise(tokens):
        depth += (before.type == "blockquote_open") - (before.type == "blockquote_close")
        if depth and before.type == "paragraph_open":
            yield plain_text(token)


def check_markdown(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(written(text, Format.MARKDOWN))
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert kinds <= {"heading", "paragraph", "bullet_list", "list_item", "blockquote", "inline"}
    links = [
        child.attrs["href"] for token in tokens for child in token.children or [] if "href" in child.attrs
    ]
    assert all(str(link).startswith("https://example.org/c/alliances/") for link in links)
    headings = [inline for opening, inline in pairwise(tokens) if opening.type == "heading_open"]
    assert [plain_text(heading) for heading in headings] == [
        # A reader drops the space after the colon if nothing follows.
        f"Synthesis: {showable(text)}" if text else "Synthesis:",
        "Who took part",
        f"Question 4. {showable(text)}" if text else "Question 4.",
        "Most agreed",
        "Most divided",
        "Most unsure",
        "How this was counted",
    ]
    found = list(quotations(tokens))
    assert found == [showable(text)] * len(found)
    assert len(found) == (3 if text else 0)
    for paragraph in paragraphs(text):
        assert paragraph in [plain_text(inline) for inline in paragraphs_of(tokens)]


def paragraphs_of(tokens: list[Token]) -> Iterator[Token]:
    """The paragraphs that hold text alone."""
    for token in tokens:
        if token.type == "inline" and {child.type for child in token.children or []} <= {"text", "hardbreak"}:
            yield token


@naughty
def test_a_naughty_text_stays_text_in_markdown(text: str) -> None:
    check_markdown(text)


@generated
@given(ANY_TEXT)
def test_any_text_stays_text_in_markdown(text: str) -> None:
    check_markdown(text)


@generated
@given(ANY_TEXT)
@example("+ x")
@example("12. x")
def test_markdown_escapes_hold_at_the_start_of_a_line_and_in_it(text: str) -> None:
    for prefix in ("", "before "):
        tokens = MarkdownIt("commonmark").parse(f"{prefix}{escape_line(text)}x")
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        assert plain_text(tokens[1]) == f"{prefix}{showable(text)}x"


# HTML


def check_html(text: str) -> None:
    page = written(text, Format.HTML)
    root = html5lib.HTMLParser(strict=True).parse(page)
    names = {element.tag.removeprefix(XHTML) for element in root.iter()}
    assert names <= ELEMENTS
    attributes = {name for element in root.iter() for name in element.attrib}
    assert attributes <= {"lang", "dir", "charset", "name", "content", "http-equiv", "id", "class", "href"}
    links = [element.attrib["href"] for element in root.iter(f"{XHTML}a")]
    assert all(link.startswith("https://example.org/c/alliances/") for link in links)
    expected = showable(text)
    assert root.findtext(f".//{XHTML}title") == f"Synthesis: {expected}"
    assert [heading.text or "" for heading in root.iter(f"{XHTML}h1")] == [expected]
    assert [span.text or "" for span in root.iter(f"{XHTML}span")] == [expected]
    statements = ["".join(found.itertext()) for found in root.iter(f"{XHTML}blockquote")]
    assert statements == [expected] * 3
    everything = "".join(root.itertext())
    assert all(paragraph in everything for paragraph in paragraphs(text))


@naughty
def test_a_naughty_text_stays_text_in_html(text: str) -> None:
    check_html(text)


@generated
@given(ANY_TEXT)
def test_any_text_stays_text_in_html(text: str) -> None:
    check_html(text)


# Wikitext


def shown_text(code: mwparserfromhell.wikicode.Wikicode) -> str:
    """The text a wiki shows for code that may hold nothing but text, references and line breaks."""
    shown = ""
    for node in code.nodes:
        if isinstance(node, mwparserfromhell.nodes.Tag):
            assert str(node) == "<br>"
            shown += "\n"
        elif isinstance(node, mwparserfromhell.nodes.HTMLEntity):
            shown += node.normalize()
        else:
            assert isinstance(node, mwparserfromhell.nodes.Text), type(node)
            shown += str(node)
    return shown


def check_wikitext(text: str) -> None:
    page = written(text, Format.WIKITEXT)
    code = mwparserfromhell.parse(page)
    assert not code.filter_templates()
    assert not code.filter_wikilinks()
    assert not code.filter_arguments()
    assert not code.filter_comments()
    links = code.filter_external_links()
    assert all(str(link.url).startswith("https://example.org/c/alliances/") for link in links)
    headings = code.filter_headings()
    assert [heading.level for heading in headings] == [2, 2, 3, 3, 3, 2]
    assert {str(tag.tag) for tag in code.filter_tags()} <= {
        "b",
        "li",
        "span",
        "br",
        "table",
        "tr",
        "th",
        "td",
    }
    expected = showable(text)
    question = mwparserfromhell.wikicode.Wikicode(headings[1].title.nodes[2:])
    assert shown_text(question) == f"Question 4. {expected} "
    statements = [tag for tag in code.filter_tags() if tag.tag == "td" and tag.has("lang")]
    assert [shown_text(cell.contents) for cell in statements] == [f" {expected}\n"] * 3
    for line in page.split("\n"):
        assert (
            line == ""
            or line.startswith(("'''", "* ", "== ", "=== ", "{| class", "|-", "| ", "! scope", "|}"))
            or (line[0] not in " *#:;=!{|-")
        )


@naughty
def test_a_naughty_text_stays_text_in_wikitext(text: str) -> None:
    check_wikitext(text)


@generated
@given(ANY_TEXT)
def test_any_text_stays_text_in_wikitext(text: str) -> None:
    check_wikitext(text)


@generated
@given(ANY_TEXT)
def test_wikitext_escapes_hold_at_the_start_of_a_line_and_in_it(text: str) -> None:
    for prefix in ("", "before "):
        source = prefix + escape_wikitext(text)
        assert "\n" not in source
        assert shown_text(mwparserfromhell.parse(source)) == prefix + showable(text)


# CSV and JSON


def check_csv(text: str) -> None:
    page = written(text, Format.CSV)
    rows = list(csv.reader(io.StringIO(page, newline=""), strict=True))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == 2
    row = dict(zip(COLUMNS, rows[1], strict=True))
    for column in ("question", "statement"):
        assert unguard_text(row[column]) == encodable(text)
        assert not row[column].startswith(("=", "+", "-", "@", "\t", "\r", "\0"))
    assert unguard_text(row["tags"]) == encodable(text) + "; Libraries"


@naughty
def test_a_naughty_text_stays_text_in_csv(text: str) -> None:
    check_csv(text)


@generated
@given(ANY_TEXT)
def test_any_text_stays_text_in_csv(text: str) -> None:
    check_csv(text)


def test_only_what_could_be_a_formula_is_guarded() -> None:
    assert guard_text("=1") == "'=1"
    assert guard_text("'=1") == "''=1"
    assert guard_text("'quoted'") == "'quoted'"
    assert guard_text("1-1") == "1-1"


def check_json(text: str) -> None:
    whole = json.loads(written(text, Format.JSON))
    assert whole["consultation"]["title"] == encodable(text)
    assert whole["consultation"]["introduction"] == encodable(text)
    assert whole["threads"][0]["question"] == encodable(text)
    assert whole["threads"][0]["ideas"][0]["statement"] == encodable(text)
    assert whole["threads"][0]["ideas"][0]["tags"] == [encodable(text), "Libraries"]


@naughty
def test_a_naughty_text_stays_text_in_json(text: str) -> None:
    check_json(text)


@generated
@given(ANY_TEXT)
def test_any_text_stays_text_in_json(text: str) -> None:
    check_json(text)


@pytest.mark.parametrize("form", Format)
@naughty
def test_a_naughty_text_gives_the_same_bytes_twice(text: str, form: Format) -> None:
    assert written(text, form) == written(text, form)


# What would happen without the escapes: the checks above must notice.


def unchanged(text: str) -> str:
    return text


@pytest.mark.parametrize(
    ("place", "check", "text"),
    [
        ("markdown._escape_core", check_markdown, "*x*"),
        ("markdown._escape_core", check_markdown, "<b>x</b>"),
        ("markdown._escape_core", check_markdown, "[x](https://evil.example)"),
        ("html.showable", check_html, "\0"),
        ("wikitext._escape_line", check_wikitext, "{{x}}"),
        ("wikitext._escape_line", check_wikitext, "[[x]]"),
        ("wikitext._escape_line", check_wikitext, "https://evil.example"),
        ("wikitext._escape_line", check_wikitext, "''x''"),
        ("csv.guard_text", check_csv, "=1+1"),
    ],
)
def test_the_checks_notice_a_missing_escape(
    place: str, check: Callable[[str], None], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"deliberation.synthesis.writers.before.{place}", unchanged)
    with pytest.raises((AssertionError, html5lib.html5parser.ParseError)):
        check(text)


def test_the_html_check_notices_text_taken_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deliberation.synthesis.writers.before.html.showable", Markup)
    with pytest.raises((AssertionError, html5lib.html5parser.ParseError)):
        check_html("<script>alert(1)</script>")
