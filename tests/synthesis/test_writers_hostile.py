"""Whatever people write stays text in every format: nothing becomes markup, and nothing is lost."""

import csv
import io
import json
import random
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import html5lib
import mwparserfromhell
import openpyxl
import pytest
from hypothesis import example, given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from deliberation.synthesis.writers import Format
from deliberation.synthesis.writers.csv import COLUMNS, guard_text, unguard_text
from deliberation.synthesis.writers.markdown import escape_line
from deliberation.synthesis.writers.report import Finding, FindingKind, Report
from deliberation.synthesis.writers.text import encodable, showable
from deliberation.synthesis.writers.wikitext import escape_wikitext
from tests.synthesis.reading import (
    CODE_POINT,
    docx_text,
    odt_text,
    pdf_text,
    prose_text,
    squeezed,
    unescaped_cell,
    written,
)
from tests.synthesis.report_samples import finding, hostile_report, idea, report, thread
from tests.synthesis.writer_samples import ANY_TEXT, NAUGHTY, PIECES

XHTML = "{http://www.w3.org/1999/xhtml}"
ELEMENTS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "header",
    "section",
    "h1",
    "h2",
    "h3",
    "h4",
}
ELEMENTS |= {
    "h5",
    "p",
    "span",
    "b",
    "dl",
    "dt",
    "dd",
    "div",
    "ol",
    "ul",
    "li",
    "blockquote",
    "a",
    "bdi",
    "figure",
}
ELEMENTS |= {
    "img",
    "figcaption",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "code",
    "pre",
    "hr",
    "br",
}
ELEMENTS |= {"em", "strong", "s"}
ATTRIBUTES = {"lang", "dir", "charset", "name", "content", "http-equiv", "id", "class", "href", "alt", "src"}
ATTRIBUTES |= {"aria-label", "scope", "rel", "start"}
TAGS = {
    "b",
    "li",
    "span",
    "br",
    "table",
    "tr",
    "th",
    "td",
    "em",
    "strong",
    "s",
    "code",
    "pre",
    "blockquote",
    "hr",
}
TAGS |= {"dd"}
generated = settings(max_examples=80, deadline=None, database=None)
naughty = pytest.mark.parametrize("text", NAUGHTY, ids=[repr(text[:30]) for text in NAUGHTY])


def five_hundred() -> list[str]:
    """All naughty texts there are, and as many as are missing made of what formats give a meaning."""
    dice = random.Random(2027)
    made = ["".join(dice.choices(PIECES, k=dice.randint(1, 40))) for _ in range(500 - len(NAUGHTY))]
    return [*NAUGHTY, *made]


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
    # What is Markdown by right is left out here, so that all that is left has to be plain.
    whole = without_prose(hostile_report(text))
    page = written(whole, Format.MARKDOWN).decode()
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert kinds <= {"heading", "paragraph", "bullet_list", "list_item", "blockquote", "inline"}
    links = [
        child.attrs["href"] for token in tokens for child in token.children or [] if "href" in child.attrs
    ]
    assert all(str(link).startswith("https://example.org/c/alliances/") for link in links)
    headings = [inline for opening, inline in pairwise(tokens) if opening.type == "heading_open"]
    assert plain_text(headings[0]) == showable(text)
    assert f"Question 4. {showable(text)}".rstrip(" ") in [plain_text(one).rstrip(" ") for one in headings]
    found = list(quotations(tokens))
    assert found == [showable(text)] * len(found)
    assert len(found) == (3 if text.strip() else 1 if text else 0)


def without_prose(whole: Report) -> Report:
    assert whole.sign_off is not None
    return replace(
        whole,
        summary="",
        threads=tuple(
            replace(one, findings=tuple(replace(found, text="") for found in one.findings))
            for one in whole.threads
        ),
        recommendations=tuple(replace(one, why="", who="", actions="") for one in whole.recommendations),
        sign_off=replace(
            whole.sign_off,
            minority_reports=tuple(replace(one, text="") for one in whole.sign_off.minority_reports),
        ),
    )


@naughty
def test_a_naughty_text_stays_text_in_markdown(text: str) -> None:
    check_markdown(text)


@generated
@given(ANY_TEXT)
def test_any_text_stays_text_in_markdown(text: str) -> None:
    check_markdown(text)


def check_markdown_prose(text: str) -> None:
    """What the working group writes means in the file what it means on the page."""
    page = written(replace(report(thread(findings=())), summary=text, recommendations=()), Format.MARKDOWN)
    reader = MarkdownIt("commonmark").enable(["strikethrough", "table"])
    tokens = reader.parse(page.decode())
    assert not {"html_block", "table_open"} & {token.type for token in tokens}
    inlines = [child for token in tokens for child in token.children or []]
    assert not {"html_inline", "image"} & {child.type for child in inlines}
    shown = "".join(
        child.content for token in tokens for child in (token.children or [token]) if not child.nesting
    )
    # A summary of nothing but blanks, form feeds among them, is none.
    assert not text.strip() or squeezed(prose_text(text)) in squeezed(shown)


@naughty
def test_naughty_prose_keeps_its_meaning_in_markdown(text: str) -> None:
    check_markdown_prose(text)


@generated
@given(ANY_TEXT)
def test_any_prose_keeps_its_meaning_in_markdown(text: str) -> None:
    check_markdown_prose(text)


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
    page = written(hostile_report(text), Format.HTML).decode()
    root = html5lib.HTMLParser(strict=True).parse(page)
    drawn = "{http://www.w3.org/2000/svg}"
    own = [element for element in root.iter() if not element.tag.startswith(drawn)]
    assert {element.tag.removeprefix(XHTML) for element in own} <= ELEMENTS
    assert {name for element in own for name in element.attrib} <= ATTRIBUTES
    links = [element.attrib["href"] for element in root.iter(f"{XHTML}a")]
    assert not [link for link in links if not link.startswith(("https://", "http://", "mailto:", "#"))]
    assert all(one.attrib["src"].startswith("data:image/svg+xml") for one in root.iter(f"{XHTML}img"))
    expected = showable(text)
    assert root.findtext(f".//{XHTML}title") == f"{expected}: {expected}"
    assert ["".join(heading.itertext()) for heading in root.iter(f"{XHTML}h1")] == [expected]
    statements = ["".join(found.itertext()) for found in root.iter(f"{XHTML}blockquote")]
    assert statements.count(expected) >= 1
    everything = squeezed("".join(root.itertext()))
    assert everything.count(squeezed(expected)) >= 12 or not squeezed(expected)
    assert squeezed(prose_text(text)) in everything


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
    page = written(hostile_report(text), Format.WIKITEXT).decode()
    code = mwparserfromhell.parse(page)
    assert not code.filter_templates()
    assert not code.filter_arguments()
    assert not code.filter_comments()
    assert all(str(link.title).startswith("#") for link in code.filter_wikilinks())
    links = [str(link.url) for link in code.filter_external_links()]
    assert all(link.startswith(("https://", "http://", "mailto:")) for link in links)
    assert {str(tag.tag) for tag in code.filter_tags()} <= TAGS
    headings = code.filter_headings()
    assert {heading.level for heading in headings} <= {2, 3, 4}
    expected = showable(text)
    question = mwparserfromhell.wikicode.Wikicode(headings[0 if not text.strip() else 1].title.nodes[2:])
    assert shown_text(question) == f"Question 4. {expected} "
    statements = [tag for tag in code.filter_tags() if tag.tag == "td" and tag.has("lang")]
    assert [shown_text(cell.contents) for cell in statements] == [f" {expected}\n"]


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
    page = written(hostile_report(text), Format.CSV).decode()
    rows = list(csv.reader(io.StringIO(page, newline=""), strict=True))
    assert rows[0][: len(COLUMNS)] == list(COLUMNS)
    assert len(rows) == 2
    row = dict(zip(COLUMNS, rows[1], strict=False))
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


def test_five_hundred_texts_stay_texts_in_json() -> None:
    for text in five_hundred():
        whole = json.loads(written(hostile_report(text), Format.JSON))
        assert whole["heading"] == whole["threads"][0]["ideas"][0]["statement"] == encodable(text)


def test_five_hundred_texts_stay_texts_in_what_is_read() -> None:
    for text in five_hundred():
        check_markdown(text)
        check_markdown_prose(text)
        check_html(text)
        check_wikitext(text)
        check_csv(text)


# Spreadsheets, PDF, DOCX and ODT: many texts in one file, for it takes a while


def crowded(texts: list[str]) -> Report:
    """A report with a finding for each text, with which everything in the finding is filled."""
    findings: list[Finding] = []
    for number, text in enumerate(texts, start=1):
        one = idea(number, text, tags=(text,))
        findings.append(finding(number, FindingKind.REMARK, text, one, text=text, themes=(), letters=("A",)))
    ideas = tuple(one for found in findings for one in found.ideas)
    return report(thread(findings=tuple(findings), ideas=ideas))


@pytest.fixture(scope="module")
def crowd() -> tuple[list[str], Report]:
    texts = five_hundred()
    return texts, crowded(texts)


def test_five_hundred_texts_stay_texts_in_a_spreadsheet(crowd: tuple[list[str], Report]) -> None:
    texts, whole = crowd
    book = openpyxl.load_workbook(io.BytesIO(written(whole, Format.XLSX)))
    cells = [row[2] for row in book["Ideas"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    read = [unescaped_cell(str(cell.value or "")) for cell in cells]
    assert read == [encodable(text) for text in texts]
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]


@pytest.mark.parametrize(("form", "read"), [(Format.DOCX, docx_text), (Format.ODT, odt_text)])
def test_five_hundred_texts_stay_texts_in_office_files(
    form: Format, read: Callable[[bytes], str], crowd: tuple[list[str], Report]
) -> None:
    texts, whole = crowd
    content = written(whole, form)
    text = squeezed(read(content))
    for hostile in texts:
        assert text.count(squeezed(showable(hostile))) >= 3
        assert squeezed(prose_text(hostile)) in text
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert not [name for name in names if "vba" in name.lower() or "script" in name.lower()]
        for name in names:
            if name.endswith((".xml", ".rels")):
                ET.fromstring(archive.read(name))
        outside = b"".join(archive.read(name) for name in names if name.endswith(".rels"))
    assert b"file:" not in outside


def test_five_hundred_texts_stay_texts_in_a_pdf(crowd: tuple[list[str], Report]) -> None:
    texts, whole = crowd
    content = written(whole, Format.PDF)
    assert b"/JavaScript" not in content
    assert b"/Launch" not in content
    # A reader takes right-to-left words and joined signs apart in its own order: all signs have to be there.
    found = visible(CODE_POINT.sub(lambda number: chr(int(number[1], 16)), squeezed(pdf_text(content))))
    wanted: Counter[str] = Counter()
    for text in texts:
        for _ in range(3):
            wanted += visible(showable(text))
    assert wanted - found == Counter()


def visible(text: str) -> Counter[str]:
    unseen = {"Cf", "Mn", "Me", "Zs", "Cc"}
    return Counter(sign for sign in squeezed(text) if unicodedata.category(sign) not in unseen)


@pytest.mark.parametrize("form", Format)
def test_naughty_texts_give_the_same_bytes_twice(form: Format) -> None:
    whole = crowded(list(NAUGHTY))
    assert written(whole, form) == written(whole, form)


def test_a_text_longer_than_a_cell_goes_on_beneath() -> None:
    long = "x" * 100_000
    book = openpyxl.load_workbook(
        io.BytesIO(written(report(thread(ideas=(idea(1, long),), findings=())), Format.XLSX))
    )
    assert "".join(row[2] or "" for row in book["Ideas"].iter_rows(min_row=2, values_only=True)) == long


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
        ("wikitext._escape_characters", check_wikitext, "{{x}}"),
        ("wikitext._escape_characters", check_wikitext, "[[x]]"),
        ("wikitext._escape_characters", check_wikitext, "''x''"),
        ("csv.guard_text", check_csv, "=1+1"),
    ],
)
def test_the_checks_notice_a_missing_escape(
    place: str, check: Callable[[str], None], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"deliberation.synthesis.writers.{place}", unchanged)
    with pytest.raises((AssertionError, html5lib.html5parser.ParseError)):
        check(text)


def test_the_html_check_notices_text_taken_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deliberation.synthesis.writers.html.showable", Markup)
    with pytest.raises((AssertionError, html5lib.html5parser.ParseError)):
        check_html("<script>alert(1)</script>")
