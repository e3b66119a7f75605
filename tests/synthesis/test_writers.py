"""What the writers say of a small consultation, format by format."""

import csv
import io
import re
import time
from base64 import b64encode
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import html5lib
import mwparserfromhell
import openpyxl
import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from deliberation.analysis.intervals import Interval
from deliberation.synthesis import writers
from deliberation.synthesis.files import FormatUnavailable, file_name, fingerprint, get_format, write
from deliberation.synthesis.writers import WRITERS, Format, missing_packages
from deliberation.synthesis.writers.csv import COLUMNS
from deliberation.synthesis.writers.html import STYLE
from deliberation.synthesis.writers.numbers import (
    format_count,
    format_day,
    format_interval,
    format_list,
    format_time,
    language_name,
    text_direction,
)
from deliberation.synthesis.writers.report import Report, Standing
from deliberation.synthesis.writers.text import safe_address
from tests.synthesis.reading import docx_text, odt_text, pdf_text, squeezed, written
from tests.synthesis.report_samples import numbered_from, report, thread
from tests.synthesis.writer_samples import SWEDISH

TEXTS = (Format.MARKDOWN, Format.HTML, Format.WIKITEXT)
READ = (*TEXTS, Format.PDF, Format.DOCX, Format.ODT)
every_format = pytest.mark.parametrize("form", Format)
every_read_format = pytest.mark.parametrize("form", READ)


def plain(whole: Report, form: Format) -> str:
    """What somebody reads in the file, without white space; markup of texts stays."""
    content = written(whole, form)
    readers = {Format.PDF: pdf_text, Format.DOCX: docx_text, Format.ODT: odt_text}
    text = readers[form](content) if form in readers else content.decode()
    if form in (Format.WIKITEXT, Format.HTML):
        text = re.sub(r"<[^>]*>", "", text).replace("&#58;", ":").replace("&#39;", "'")
    return squeezed(text.replace("\\", ""))


def two_threads() -> Report:
    return report(thread(4), thread(5, question="Who is not here?", findings=numbered_from(20)))


def test_there_is_a_writer_for_every_format() -> None:
    assert list(WRITERS) == list(Format)
    assert len({writer.extension for writer in WRITERS.values()}) == len(Format) == 9
    assert [kind for kind in Format if missing_packages(kind)] == []


@every_format
def test_the_same_report_gives_the_same_bytes_at_another_time(form: Format) -> None:
    first = written(report(), form)
    if WRITERS[form].takes_long:
        time.sleep(2.1)  # the times in an archive are of two seconds
    assert written(report(), form) == first


@every_read_format
def test_everything_a_report_holds_is_said_in_the_order_it_is_read(form: Format) -> None:
    text = plain(report(), form)
    after = 0
    for words in (
        "Few alliances, long promises",
        "Alliances and partnerships",
        "By the working group on alliances",
        "Most want",
        "Which kinds of partnerships are critical?",
        "No partnership may give one donor a say over content.",
        "This was said by",
        "Never sign under a partnership",
        "34 of 41 agree (69–91%)",
        "Group A: 20 of 21 agree (77–99%)",
        "Two groups vote alike.",
        "120,000",
        "One in ten cast half of the votes.",
        "Nobody under 20 answered.",
        "In the country",
        "Make clear what we have before we look for new partners.",
        "The foundation and the chapters.",
        "Write down what was promised.",
        "June 1, 2027",
        "Intervals are Wilson's",
        "no objection may stand unanswered",
        "Recommendation 1 should not hinder",
        "The libraries were not heard.",
        "We say so in finding 8.",
        "What the chapters see",
        "Finding 8 is new.",
        "Working group (2027)",
        "cd" * 32,
        "python -m deliberation.analysis verify",
    ):
        found = text.find(squeezed(words), after)
        assert found >= 0, words
        after = found


@every_read_format
def test_swedish_numbers_are_written_the_swedish_way(form: Format) -> None:
    text = plain(report(language="sv", words=SWEDISH), form)
    assert squeezed("34 av 41 håller med (69–91 %)") in text
    assert squeezed("15 februari 2027") in text


@every_read_format
def test_an_idea_in_another_language_says_so(form: Format) -> None:
    assert "Swedish" in plain(report(), form)


@every_format
def test_a_report_with_next_to_nothing_in_it_is_written_too(form: Format) -> None:
    bare = replace(
        report(thread(findings=(), ideas=())),
        heading="Soon",
        authors="",
        summary="",
        grouping=None,
        map=None,
        recommendations=(),
        sign_off=None,
        changes=(),
        method=(),
        cite_as="",
        version=None,
        standing=Standing.COMPOSED,
    )
    assert written(bare, form)
    if form in READ:
        assert squeezed("Nothing stands out here yet.") in plain(bare, form)


@every_read_format
def test_every_question_is_written_in_order(form: Format) -> None:
    text = plain(two_threads(), form)
    assert text.index(squeezed("Which kinds of partnerships")) < text.index(squeezed("Who is not here?"))


def test_what_has_changed_in_the_evidence_is_said_beside_the_finding() -> None:
    moved = replace(report().threads[0].findings[0], changes=("Idea 2 was hidden.",))
    for form in READ:
        text = plain(report(thread(findings=(moved,))), form)
        assert squeezed("Evidence changed") in text
        assert squeezed("Idea 2 was hidden.") in text


def test_markdown_reads_as_a_document() -> None:
    page = written(report(), Format.MARKDOWN).decode()
    assert page.startswith("# Few alliances, long promises\n\nSynthesis, version 3.")
    assert (
        "\\\n[Idea 1](<https://example.org/c/alliances/ideas/1>) · Tags: Libraries, Universities\n"
    ) in page
    assert '<a href="https://example.org/c/alliances/ideas/1">Idea 1</a>' in MarkdownIt().render(page)


def test_the_html_page_needs_nothing_else() -> None:
    page = written(report(), Format.HTML).decode()
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in page
    assert f"<style>{STYLE}</style>" in page
    assert "<script" not in page
    assert re.findall(r'src="([^"]{5})', page) == ["data:"]
    assert "style=" not in page
    assert "url(" not in page


def test_the_html_page_marks_language_and_direction() -> None:
    page = written(report(language="ar", content_language="sv"), Format.HTML).decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert '<p class="written of" lang="sv" dir="auto">Alliances' in page
    assert '<p class="written" lang="sv" dir="auto">Vi behöver' in page


def test_every_anchor_in_html_is_there_once_and_every_link_within_leads_to_one() -> None:
    root = html5lib.parse(written(two_threads(), Format.HTML).decode(), namespaceHTMLElements=False)
    anchors = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(anchors) == len(set(anchors))
    assert {"summary", "thread-4", "finding-3", "thread-5", "participation", "method", "verify"} <= set(
        anchors
    )
    within = {link.attrib["href"][1:] for link in root.iter("a") if link.attrib["href"].startswith("#")}
    assert within <= set(anchors)


def test_wikitext_has_anchors_and_a_table_of_ideas_for_each_question() -> None:
    page = written(two_threads(), Format.WIKITEXT).decode()
    assert '== <span id="thread-4"></span>Question 4. Which kinds' in page
    assert '=== <span id="thread-5-ideas"></span>Ideas ===' in page
    tables = mwparserfromhell.parse(page).filter_tags(matches=lambda tag: tag.tag == "table")
    assert len(tables) == 2 + 3
    paragraphs = [part for part in page.split("\n\n") if "wikitable" not in part]
    assert all(len(paragraph) < 600 for paragraph in paragraphs)


def test_csv_has_one_row_for_every_idea() -> None:
    page = written(report(), Format.CSV).decode()
    rows = list(csv.DictReader(io.StringIO(page, newline="")))
    assert tuple(rows[0])[: len(COLUMNS)] == COLUMNS
    assert [row["idea"] for row in rows] == ["1", "2", "3", "4"]
    assert (rows[0]["findings"], rows[0]["kinds"]) == ("3; 1", "consensus; majority")
    assert (rows[0]["agree_low"], rows[0]["agree_high"]) == ("0.6874", "0.9147")
    assert (rows[0]["group_A_agrees"], rows[0]["group_B_agrees"]) == ("20", "")
    assert page.count("\r\n") == 5


def test_the_spreadsheet_has_a_sheet_each_for_findings_ideas_groups_and_participation() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(report(), Format.XLSX)))
    assert book.sheetnames == ["Finding", "Ideas", "Groups", "Who took part"]
    findings = list(book["Finding"].iter_rows(values_only=True))
    assert len(findings) == 8
    assert findings[1][:4] == (
        4,
        3,
        "Kind: consensus",
        "No partnership may give one donor a say over content.",
    )
    ideas = list(book["Ideas"].iter_rows(values_only=True))
    assert ideas[1][3:7] == (34, 4, 3, "34 of 41 agree (69–91%)")


def test_the_pdf_is_tagged_titled_and_says_its_language() -> None:
    reader = PdfReader(io.BytesIO(written(report(language="sv", words=SWEDISH), Format.PDF)))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Few alliances, long promises"
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data().replace(b"\n", b"")
    kinds = set(_kinds(root["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Figure", "/Link", "/L", "/LI"} <= kinds
    assert "Two groups, A on the left" in str(_figures(root["/StructTreeRoot"]))


def _elements(node: object) -> list[dict[str, object]]:
    got = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(got, list):
        return [one for child in got for one in _elements(child)]
    if not isinstance(got, dict):
        return []
    return [got, *(_elements(got["/K"]) if "/K" in got else [])]


def _kinds(root: object) -> list[str]:
    return [str(one["/S"]) for one in _elements(root) if "/S" in one]


def _figures(root: object) -> list[object]:
    return [one.get("/Alt") for one in _elements(root) if one.get("/S") == "/Figure"]


def test_a_character_that_no_font_has_is_given_by_its_number_and_the_file_says_so() -> None:
    text = pdf_text(written(report(heading="A hieroglyph: \U00013000"), Format.PDF))
    assert "A hieroglyph: [U+13000]" in text.replace("\n", " ")
    assert "Some characters are given by their numbers, as in [U+13000]." in " ".join(text.split())
    assert "given by their numbers" not in pdf_text(written(report(heading="漢字 عربي ❤"), Format.PDF))


# What is missing


@pytest.mark.parametrize(
    ("kind", "module", "package"),
    [
        (Format.PDF, "typst", "typst"),
        (Format.DOCX, "pypandoc", "pypandoc-binary"),
        (Format.ODT, "resvg_py", "resvg-py"),
        (Format.XLSX, "xlsxwriter", "xlsxwriter"),
    ],
)
def test_without_its_package_a_format_says_what_is_missing_and_the_others_work(
    kind: Format, module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = writers.find_spec
    monkeypatch.setattr(writers, "find_spec", lambda name: None if name == module else found(name))
    with pytest.raises(FormatUnavailable, match=f"pip install {package}"):
        write(report(), kind)
    for other in TEXTS:
        assert write(report(), other)


# Files


def test_a_file_is_named_after_what_is_in_it() -> None:
    assert file_name(report(), Format.PDF) == "alliances-synthesis-version-3-en.pdf"
    assert file_name(report(version=None), Format.MARKDOWN, thread_number=2) == (
        "alliances-synthesis-thread-2-en.md"
    )
    assert get_format("docx") is get_format("docx") is Format.DOCX
    assert get_format("md") is Format.MARKDOWN


def test_a_composed_report_stays_the_same_until_something_in_it_changes() -> None:
    composed = report(standing=Standing.COMPOSED, version=None)
    later = replace(composed, dated=datetime.fromisoformat("2028-01-01T00:00:00+00:00"))
    assert fingerprint(composed, Format.PDF) == fingerprint(later, Format.PDF)
    assert fingerprint(composed, Format.PDF) != fingerprint(composed, Format.ODT)
    assert fingerprint(composed, Format.PDF) != fingerprint(replace(composed, heading="Other"), Format.PDF)


# Numbers and addresses


def test_intervals_are_spaced_by_the_language() -> None:
    interval = Interval(0.687, 0.914)
    assert format_interval(interval, "sv") == "69–91\u00a0%"
    assert format_interval(interval, "en") == "69–91%"
    assert format_interval(interval, "tr") == "%69–91"
    assert format_interval(interval, "sv-FI") == "69–91\u00a0%"


def test_an_unknown_language_is_written_as_english() -> None:
    for language in ("", "xx", "xx-YY", "../..", "en_GB"):
        assert format_count(3841, language) == "3,841"
        assert text_direction(language) == "ltr"


def test_days_and_lists_are_said_in_the_language() -> None:
    assert format_day(report().dated.date(), "sv") == "15 februari 2027"
    assert format_list(("A", "B", "C"), "sv") == "A, B och C"
    assert format_list((), "sv") == ""


def test_the_name_of_a_language_is_its_tag_where_none_is_known() -> None:
    assert language_name("sv", in_language="en") == "Swedish"
    assert language_name("en", in_language="sv") == "engelska"
    assert language_name("xx", in_language="sv") == "xx"


def test_a_time_names_its_zone() -> None:
    assert format_time(report().dated, "sv") == "15 februari 2027 07:03:00 UTC"


def test_an_address_holds_nothing_but_address() -> None:
    assert safe_address("https://example.org/c/a?b=1&c=2#d") == "https://example.org/c/a?b=1&c=2#d"
    assert safe_address("https://example.org/]|}'\"<> {\n~~~~") == (
        "https://example.org/%5D%7C%7D%27%22%3C%3E%20%7B%0A%7E%7E%7E%7E"
    )
    assert safe_address("javascript:alert(1)") == ""
