"""What the writers say of a small consultation, format by format."""

import csv
import io
import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

import html5lib
import mwparserfromhell
import pytest
from markdown_it import MarkdownIt

from deliberation.analysis.intervals import Interval, agreement
from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.before.csv import COLUMNS
from deliberation.synthesis.writers.before.html import STYLE
from deliberation.synthesis.writers.document import Document, rank_ideas
from deliberation.synthesis.writers.numbers import (
    format_count,
    format_interval,
    format_time,
    language_name,
    text_direction,
)
from deliberation.synthesis.writers.text import safe_address
from tests.synthesis.writer_samples import IDEAS, SWEDISH, document, idea, thread

every_format = pytest.mark.parametrize("form", Format)


def written(whole: Document, form: Format) -> str:
    return WRITERS[form].write(whole).decode()


def test_there_is_a_writer_for_every_format() -> None:
    assert list(WRITERS) == list(Format) == ["markdown", "html", "wikitext", "csv", "json"]
    assert len({writer.extension for writer in WRITERS.values()}) == len(Format)


@every_format
def test_the_same_document_gives_the_same_bytes(form: Format) -> None:
    assert WRITERS[form].write(document()) == WRITERS[form].write(document())


@every_format
def test_the_order_ideas_arrive_in_does_not_choose_who_is_listed(form: Format) -> None:
    forwards, backwards = thread(IDEAS), thread(IDEAS[::-1])
    whole = document(replace(backwards, all_ideas=forwards.all_ideas))
    assert written(whole, form) == written(document(forwards), form)


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.HTML, Format.WIKITEXT])
def test_a_result_is_a_sentence_with_its_interval(form: Format) -> None:
    text = written(document(), form)
    assert "34 of 41 agree (69–91%)" in text
    assert "4 of 41 disagree (4–23%)" in text
    assert "3 of 41 pass (3–19%)" in text
    assert "Participant 7" in text
    assert "November 22, 2026" in text
    assert "3,841" in text


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.HTML, Format.WIKITEXT])
def test_swedish_numbers_are_written_the_swedish_way(form: Format) -> None:
    text = written(document(language="sv", words=SWEDISH), form)
    assert "34 av 41 håller med (69–91\u00a0%)" in text
    assert "3\u00a0841" in text
    assert "22 november 2026" in text


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.HTML, Format.WIKITEXT])
def test_an_idea_in_another_language_says_so(form: Format) -> None:
    text = written(document(), form)
    assert text.count("Swedish") == text.count("Vi behöver en gemensam principtext.") > 0


@every_format
def test_an_empty_consultation_is_written_too(form: Format) -> None:
    text = written(document(thread(()), introduction="", method=()), form)
    assert ("No idea to show here yet." in text) == (form not in {Format.CSV, Format.JSON})


@every_format
def test_every_thread_is_written_in_order(form: Format) -> None:
    second = replace(thread((idea(9),), question="Who is missing?"), number=5)
    text = written(document(thread(), second), form)
    assert text.index("Which partnerships?") < text.index("Who is missing?")


def test_markdown_reads_as_a_document() -> None:
    page = written(document(), Format.MARKDOWN)
    assert page.startswith("# Synthesis: Alliances and partnerships\n\n- Phase: Voting\n")
    assert (
        "> Keep the promises we made.\n\n"
        "34 of 41 agree (69–91%) · 4 of 41 disagree (4–23%) · 3 of 41 pass (3–19%)\\\n"
        "[Idea 1](<https://example.org/c/alliances/ideas/1>) · "
        "Participant 7 · Tags: Libraries, Universities\n"
    ) in page
    assert '<a href="https://example.org/c/alliances/ideas/1">Idea 1</a>' in MarkdownIt().render(page)


def test_the_html_page_needs_nothing_else() -> None:
    page = written(document(), Format.HTML)
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in page
    assert f"<style>{STYLE}</style>" in page
    assert "<script" not in page
    assert "src=" not in page
    assert "style=" not in page
    assert "url(" not in page


def test_the_html_page_marks_language_and_direction() -> None:
    page = written(document(language="ar", content_language="sv"), Format.HTML)
    assert '<html lang="ar" dir="rtl">' in page
    assert '<h1 class="written" lang="sv" dir="auto">' in page
    assert '<p class="written" lang="en" dir="auto">Keep the promises' in page


def test_every_anchor_in_html_is_there_once() -> None:
    second = replace(thread((idea(9),)), number=5)
    root = html5lib.parse(written(document(thread(), second), Format.HTML), namespaceHTMLElements=False)
    anchors = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(anchors) == len(set(anchors))
    assert {"thread-4", "thread-4-most-agreed", "thread-5-most-unsure", "participation", "method"} <= set(
        anchors
    )


def test_wikitext_has_anchors_and_a_table_for_each_section() -> None:
    page = written(document(), Format.WIKITEXT)
    assert '== <span id="thread-4"></span>Question 4. Which partnerships? ==' in page
    assert '=== <span id="thread-4-most-divided"></span>Most divided ===' in page
    tables = mwparserfromhell.parse(page).filter_tags(matches=lambda tag: tag.tag == "table")
    assert len(tables) == 3
    assert all(len(paragraph) < 200 for paragraph in re.split(r"\n\n", page) if "wikitable" not in paragraph)


def test_csv_has_one_row_for_every_idea() -> None:
    page = WRITERS[Format.CSV].write(document()).decode()
    rows = list(csv.DictReader(io.StringIO(page, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [row["idea"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0]["sections"] == "most_agreed; most_divided; most_unsure"
    assert (rows[0]["agree_low"], rows[0]["agree_high"]) == ("0.6874", "0.9147")
    assert (rows[0]["voters"], rows[0]["author"], rows[1]["author"]) == ("41", "7", "")
    assert rows[3]["sections"] == ""
    assert page.count("\r\n") == 5


def test_json_says_its_schema_and_sorts_its_keys() -> None:
    page = written(document(), Format.JSON)
    whole = json.loads(page)
    assert page.endswith("}\n")
    assert whole["schema"] == "deliberation-synthesis/1"
    assert page == json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    assert whole["generated_at"] == "2026-11-22T07:03:00+00:00"
    assert whole["phase"] == "voting"
    (only,) = whole["threads"]
    assert only["most_agreed"] == [1, 2]
    assert only["most_divided"] == [2, 3, 1]
    assert only["most_unsure"] == [3, 2, 1]
    assert only["ideas"][0]["agree_share"] == {"high": 0.914747, "low": 0.687374}
    assert only["participation"]["hidden_ideas"] == 2


def test_a_long_statement_is_kept_whole_in_every_format() -> None:
    long = "A sentence that goes on and on. " * 200
    whole = document(thread((idea(1, long.strip()),)))
    for form in Format:
        assert long.strip() in written(whole, form)


# The document


def test_a_cited_idea_must_be_among_the_ideas_of_its_thread() -> None:
    with pytest.raises(ValueError, match="idea 9"):
        replace(thread(), most_agreed=(idea(9),))
    with pytest.raises(ValueError, match="idea 1"):
        replace(thread(), most_agreed=(idea(1, agrees=35),))


def test_the_time_of_a_document_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        document(generated_at=datetime(2026, 11, 22))  # noqa: DTZ001 -- the mistake under test


def test_of_equals_the_older_idea_comes_first() -> None:
    ranked = rank_ideas((idea(3), idea(1), idea(2)), by=agreement, length=2)
    assert [cited.number for cited in ranked] == [1, 2]


def test_no_list_is_longer_than_asked_or_holds_ideas_without_votes() -> None:
    many = tuple(idea(number) for number in range(1, 20))
    assert len(thread(many).most_agreed) == 5
    assert thread((idea(1, agrees=0, disagrees=0, passes=0),)).most_unsure == ()


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


def test_the_name_of_a_language_is_its_tag_where_none_is_known() -> None:
    assert language_name("sv", in_language="en") == "Swedish"
    assert language_name("en", in_language="sv") == "engelska"
    assert language_name("xx", in_language="sv") == "xx"


def test_a_time_names_its_zone() -> None:
    assert format_time(document().generated_at, "sv") == "22 november 2026 07:03:00 UTC"


def test_an_address_holds_nothing_but_address() -> None:
    assert safe_address("https://example.org/c/a?b=1&c=2#d") == "https://example.org/c/a?b=1&c=2#d"
    assert safe_address("https://example.org/]|}'\"<> {\n~~~~") == (
        "https://example.org/%5D%7C%7D%27%22%3C%3E%20%7B%0A%7E%7E%7E%7E"
    )
    assert safe_address("javascript:alert(1)") == ""


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.HTML, Format.WIKITEXT])
def test_an_address_that_is_none_makes_no_link(form: Format) -> None:
    whole = document(thread((idea(1, address="javascript:alert(1)"),)), address="javascript:alert(2)")
    text = written(whole, form)
    assert "javascript:alert(1)" not in text
    assert "<a " not in text
    assert "](" not in text
    assert "Idea 1" in text
